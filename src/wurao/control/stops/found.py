"""A subscriber's stops, the newest first: found on the shelf, with the sentence why and the sender's name.

A Number comes in; `Stop`s go out, each with a name of its own by which pages and programs speak of it. Called by
`views`, `api` and `taps`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wurao.control.registry.models import MODELS
from wurao.control.stops import shelf
from wurao.numbering import IMPOSSIBLE, WITHHELD, masked
from wurao.reasons import Wording, wordings
from wurao.verdicts import Reason

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
STOPPED = ("divert", "block")
LET_THROUGH_BY = ("PUBLIC_SAFETY", "PUBLIC_ALERT", "MY_ALLOW_LIST", "CONSENT")
SPARE = 100
"""So many events more are looked at than are shown, for those that were screened twice."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One event that was stopped or labelled."""

    event: str
    """Its name among the subscriber's: the moment and a hash of the event's id."""
    event_id: str
    at: datetime
    callee: int
    caller: int
    channel: str
    action: str
    reason: Reason
    overseas_mark: bool
    category: str | None
    sender_id: str | None
    order_id: str | None
    sender: str | None = None
    """The registered sender's name."""

    @property
    def masked(self) -> str:
        """Who called, the last digits starred."""
        return masked(self.caller)

    @property
    def has_number(self) -> bool:
        """Whether the caller showed a number."""
        return self.caller not in (WITHHELD, IMPOSSIBLE)

    @property
    def was_stopped(self) -> bool:
        """Whether it was diverted or blocked; else it came with a warning."""
        return self.action in STOPPED

    @property
    def wording(self) -> Wording:
        """Why, in both languages."""
        return wordings()[self.reason]


def stops_of(number: int, before: str = "", most: int = 50) -> list[Stop]:
    """The newest stops of a number; `before`: those that come behind the one of this name."""
    table = shelf.look_up(shelf.STOPS, number)
    if table is None:
        return []
    moment = moment_in(before)
    if moment is not None:
        table = table.filter(pc.field("at") <= pa.scalar(moment, table.schema.field("at").type))
    rows = _newest_first(table, 2 * most + SPARE)
    if before:
        place = next((n + 1 for n, row in enumerate(rows) if name_of(row) == before), len(rows))
        rows = rows[place:]
    return _named(rows[:most])


def stop_of(number: int, event: str) -> Stop | None:
    """The stop of a name; null where the number has none."""
    table, moment = shelf.look_up(shelf.STOPS, number), moment_in(event)
    if table is None or moment is None:
        return None
    at = pa.scalar(moment, table.schema.field("at").type)
    found = [row for row in _newest_first(table.filter(pc.field("at") == at)) if name_of(row) == event]
    return _named(found)[0] if found else None


def name_of(row: Mapping[str, Any]) -> str:
    """The name of a row among its callee's."""
    us = (row["at"] - _EPOCH) // _US
    return f"{us:x}-{hashlib.blake2s(row['event_id'].encode(), digest_size=6).hexdigest()}"


def moment_in(event: str) -> datetime | None:
    """The moment in such a name; null where it is none."""
    try:
        return _EPOCH + int(event.partition("-")[0][:16], 16) * _US
    except (ValueError, OverflowError):
        return None


def _newest_first(table: pa.Table, most: int | None = None) -> list[dict[str, Any]]:
    """The newest rows, each event once."""
    order = pc.sort_indices(table, [("at", "descending"), ("event_id", "descending")])
    rows: dict[tuple[datetime, str], dict[str, Any]] = {}
    for row in table.take(order[:most]).to_pylist():
        rows.setdefault((row["at"], row["event_id"]), row)
    return list(rows.values())


def _named(rows: Iterable[Mapping[str, Any]]) -> list[Stop]:
    rows = list(rows)
    ids = {row["sender_id"] for row in rows} - {None}
    names = dict(MODELS["senders"].objects.filter(sender_id__in=ids).values_list("sender_id", "name")) if ids else {}
    return [_stop(row, names) for row in rows]


def _stop(row: Mapping[str, Any], names: Mapping[str, str]) -> Stop:
    # A label's own reason stands in `label` where a rule that allows ended it.
    code = row["label"] if row["action"] == "label" and row["reason"] in LET_THROUGH_BY else row["reason"]
    plain = ("event_id", "at", "callee", "caller", "channel", "action", "overseas_mark", "category")
    return Stop(
        event=name_of(row),
        reason=Reason[code or row["reason"]],
        sender_id=row["sender_id"],
        order_id=row["order_id"],
        sender=names.get(row["sender_id"] or ""),
        **{name: row[name] for name in plain},
    )
