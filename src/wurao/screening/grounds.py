"""What of the registry spoke: the order, the list entry, the consents behind what rules looked at, by name.

Rules see facts, which are numbers and truths; a person wants to know which order it was. After `explain` has asked the
rules, `name_grounds` finds what the same look-ups rested on and writes it beside what each rule looked at: the order of
rules 2 and 5, the matching entry of rule 4, the consents and the sender of rule 10. People's numbers are masked. The
engine calls it; uncompiled, for one event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.events.columns import EventColumns
from wurao.numbering.canonical import MASKED_DIGITS, masked
from wurao.numbering.number import Kind, is_prefix, kind_of, length_of, prefix_length, starts_with
from wurao.numbering.prefixes import prefix_text
from wurao.screening.explain import Explanation
from wurao.screening.facts import NONE
from wurao.screening.gather import Looked
from wurao.screening.sight import Sight
from wurao.snapshot.changed import merged, rows_with
from wurao.snapshot.columns import integers
from wurao.snapshot.orders import OVERLAY
from wurao.snapshot.times import NEVER

Named = dict[str, str]
"""What spoke, under the name of the fact that it is behind."""


def name_grounds(explanation: Explanation, sight: Sight, events: EventColumns, looked: Looked) -> None:
    """Add to what each rule that was asked looked at what was found behind it; `events` holds the one event."""
    for record in explanation.rules:
        if record.asked and record.rule in _GROUNDS:
            record.looked_at.update(_GROUNDS[record.rule](sight, events, looked))


def _fraud_order(sight: Sight, events: EventColumns, looked: Looked) -> Named:
    return _order("fraud.order_id", sight, looked.fraud)


def _harassment_order(sight: Sight, events: EventColumns, looked: Looked) -> Named:
    return _order("harassment.order_id", sight, looked.harassment)


def _order(name: str, sight: Sight, place: int) -> Named:
    found: str | None = sight.order_ids(np.array([place], dtype=np.int64))[0].as_py()
    return {} if found is None else {name: found}


def _list_entry(sight: Sight, events: EventColumns, looked: Looked) -> Named:
    """The longest entry that matches, of two equal ones the one that allows, as `personal.listed` chooses."""
    if looked.listed == NONE:
        return {}
    above = looked.rank >= OVERLAY
    registry = sight.overlaid.registry if above else sight.snapshot.registry
    rank = looked.rank - OVERLAY if above else looked.rank
    starts = registry.array("personal")
    entries = registry.array("list_entries").reshape(-1, 2)[starts[2 * rank] : starts[2 * rank + 2]]
    caller, at = events.caller[0], events.at[0]
    matching = [
        (_length(entry, caller), -(rule & 1), entry)
        for entry, rule in entries.tolist()
        if at < rule >> 6 and (starts_with(caller, entry) if is_prefix(entry) else entry == caller)
    ]
    return {"listed.entry": _entry_text(max(matching)[2], caller)} if matching else {}


def _length(entry: int, caller: int) -> int:
    return prefix_length(entry) if is_prefix(entry) else length_of(caller)


def _entry_text(entry: int, caller: int) -> str:
    """An entry that matches a caller; of a long prefix the digits are hidden that are hidden of the caller."""
    if not is_prefix(entry):
        return f"{masked(entry)} exact"
    text = prefix_text(entry)
    shown = length_of(caller) if kind_of(caller) == Kind.SHORT else length_of(caller) - MASKED_DIGITS
    hidden = max(0, prefix_length(entry) - shown)
    return f"{text[: len(text) - hidden]}{'*' * hidden} prefix"


def _consents(sight: Sight, events: EventColumns, looked: Looked) -> Named:
    """The consents in force that have the event's category, or the declared one."""
    if not looked.known:
        return {}
    sender: str = sight.overlaid.names.senders[looked.sender].as_py()
    named = {"sender.sender_id": sender}
    wanted = sum(1 << category for category in {looked.category, events.declared[0]} - {NONE})
    if looked.consented & wanted:
        rows = _consents_of(sight, events.callee[0])
        at, until = events.at[0], np.minimum(integers(rows, "expires", NEVER), integers(rows, "revoked", NEVER))
        speak = (integers(rows, "given") <= at) & (at < until) & (integers(rows, "categories") & wanted != 0)
        speak &= (integers(rows, "channels") >> events.channel[0] & 1 == 1) & _equal(rows.column("sender_id"), sender)
        named["consent.consent_id"] = ";".join(rows.column("consent_id").filter(pa.array(speak)).to_pylist())
    return named


def _equal(column: pa.ChunkedArray, value: str) -> np.ndarray:
    return np.asarray(pc.equal(column, value))


def _consents_of(sight: Sight, subscriber: int) -> pa.Table:
    """A subscriber's consents, the changes put over them."""
    one = np.array([subscriber], dtype=np.int64)
    rows = rows_with(sight.snapshot.table("consents"), "subscriber", one)
    changed = sight.changed.get("consents")
    return rows if changed is None else rows_with(merged(rows, changed), "subscriber", one)


_GROUNDS: Mapping[str, Callable[[Sight, EventColumns, Looked], Named]] = {
    "order_fraud": _fraud_order,
    "my_lists": _list_entry,
    "order_harassment": _harassment_order,
    "consent": _consents,
}
"""Of each rule that rests on a row of the registry, what finds it."""
