"""Raw rows of a file turned into checked columns: a batch of `READ_SCHEMA`, and the rows that cannot be taken.

A row is rejected only when its `at`, `channel` or `to_number` (of a look-up, its `name`) cannot be read. Whatever else
cannot be taken becomes null (a caller's number: withheld or impossible), and is told of once a file and column. Called
by `read` for every piece of every file; a column at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.errors import SHOWN, BadRow
from wurao.events.columns import ATTESTATIONS, EVENT_IDS_MADE, READ_SCHEMA, ROAMINGS, reaches_nobody
from wurao.events.moments import NO_MOMENT
from wurao.events.raw import Findings, Raw
from wurao.events.stored import STORED_SCHEMA, stored_columns
from wurao.events.values import LONGEST_CODE, Column, codes, few_texts, pc, scattered, seconds, texts, times, truths
from wurao.numbering.canonical import canonical_column
from wurao.numbering.number import KIND_SHIFT
from wurao.numbering.parse import parse_column
from wurao.wishes import CHANNELS, Channel

SIGNALLED = 64
"""Characters kept of what was signalled, of a withheld or impossible caller."""

_MOMENT_RIGHT = "write RFC 3339 with an offset, such as 2026-03-02T09:30:00+08:00, from 1970 to 2100"
_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?")
_IPV4 = r"^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$"
_IPV6 = r"^([0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}):.*$"


def checked(raw: Raw, file: str, label: str, findings: Findings) -> tuple[pa.RecordBatch, list[BadRow]]:
    """The good rows as a batch of `READ_SCHEMA`, and every bad row with its first wrong column.

    `file` is the file's name for messages, `label` its name in `event_id`s that are made: `label:row`.
    """
    return _Checking(raw, file, label, findings).run()


@dataclass(slots=True)
class _Checking:
    raw: Raw
    file: str
    label: str
    findings: Findings

    def run(self) -> tuple[pa.RecordBatch, list[BadRow]]:
        at = times(self._column("at"))
        channel = codes(self._column("channel"), CHANNELS)
        callee = parse_column(texts(self._column("to_number")))
        name = texts(self._column("name"))
        lookup = channel == Channel.NAME
        good = at != NO_MOMENT
        bad_channel = good & (channel < 0)
        good &= channel >= 0
        bad_name = bad_callee = np.zeros(0, bool)
        if lookup.any():
            bad_name = good & lookup & pc.is_null(name).to_numpy(zero_copy_only=False)
            good &= ~bad_name
            bad_callee = good & ~lookup & reaches_nobody(callee)
        else:
            bad_callee = good & reaches_nobody(callee)
        good &= ~bad_callee
        rejected: list[BadRow] = []
        if not good.all():
            rejected += self._rejected(at == NO_MOMENT, "at")
            rejected += self._rejected(bad_channel, "channel")
            rejected += self._rejected(bad_callee, "to_number")
            rejected += self._rejected(bad_name, "name")
            self._keep(good)
            at, channel, callee, name = at[good], channel[good], callee[good], name.filter(pa.array(good))
        rejected = sorted([*self.raw.broken, *rejected], key=lambda row: row.line)
        return self._batch(at, channel, callee, name), rejected

    def _batch(
        self,
        at: npt.NDArray[np.int64],
        channel: npt.NDArray[np.int8],
        callee: npt.NDArray[np.int64],
        name: Column,
    ) -> pa.RecordBatch:
        caller, signalled = self._caller()
        columns = {
            "event_id": self._event_ids(),
            "at": pa.array(at).view(READ_SCHEMA.field("at").type),
            "channel": channel,
            "from_number": caller,
            "to_number": callee,
            "from_signalled": signalled,
            "text": texts(self._column("text")),
            "category": self._few("category_declared" if self.raw.verdicts else "category"),
            "template_id": self._few("template_id"),
            "trunk": self._few("trunk"),
            "attestation": self._codes("attestation", ATTESTATIONS),
            "roaming": self._codes("roaming", ROAMINGS),
            "diversion": self._diversion(),
            "display_name": texts(self._column("display_name")),
            "name": name,
            "client": self._client(),
            "answered": self._truths("answered"),
            "ring_s": self._seconds("ring_s"),
            "duration_s": self._seconds("duration_s"),
        }
        arrays = [columns[field.name] for field in READ_SCHEMA]
        schema = READ_SCHEMA
        if self.raw.verdicts:
            arrays += stored_columns(self._column)
            schema = pa.schema([*READ_SCHEMA, *STORED_SCHEMA])
        all_made = self._column("event_id").null_count == len(self.raw.rows)
        return pa.RecordBatch.from_arrays(
            [a if isinstance(a, pa.Array) else pa.array(a) for a in arrays],
            schema=schema.with_metadata(EVENT_IDS_MADE) if all_made else schema,
        )

    def _column(self, name: str) -> Column:
        found = self.raw.columns.get(name)
        return pa.nulls(len(self.raw.rows), pa.string()) if found is None else found

    def _keep(self, good: npt.NDArray[np.bool_]) -> None:
        mask = pa.array(good)
        self.raw.columns = {name: column.filter(mask) for name, column in self.raw.columns.items()}
        self.raw.rows, self.raw.lines = self.raw.rows[good], self.raw.lines[good]

    def _rejected(self, wrong: npt.NDArray[np.bool_], column: str) -> list[BadRow]:
        rows = np.flatnonzero(wrong)
        if not len(rows):
            return []
        values = _shown(self._column(column).take(pa.array(rows)))
        lines = self.raw.lines[rows].tolist()
        return [
            BadRow(self.file, line, column, value or "", *_why(column, value))
            for line, value in zip(lines, values, strict=True)
        ]

    def _event_ids(self) -> Column:
        given = texts(self._column("event_id"))
        if len(given) and given.null_count == 0:
            return given
        made = pc.binary_join_element_wise(self.label, pa.array(self.raw.rows).cast(pa.string()), ":")
        return made if given.null_count == len(given) else pc.coalesce(given, made)

    def _caller(self) -> tuple[npt.NDArray[np.int64], Column]:
        written = texts(self._column("from_number"))
        caller = parse_column(written)
        unread = (caller >> KIND_SHIFT) <= 1
        if not unread.any():
            return caller, pa.nulls(len(caller), pa.string())
        if self.raw.verdicts:
            return caller, texts(self._column("from_signalled"))
        rows = np.flatnonzero(unread)
        few = pc.utf8_slice_codeunits(written.take(pa.array(rows)), 0, SIGNALLED)
        return caller, scattered(few, rows, len(caller))

    def _diversion(self) -> Column:
        written = texts(self._column("diversion"))
        if written.null_count == len(written):
            return written
        return pc.if_else(pc.is_valid(written), canonical_column(parse_column(written)), None)

    def _client(self) -> Column:
        """The asking address, its last part hidden: of IPv4 the last number, of IPv6 all behind 48 bits."""
        written = texts(self._column("client"))
        if written.null_count == len(written):
            return written
        masked = pc.replace_substring_regex(written, _IPV4, r"\1.*")
        masked = pc.replace_substring_regex(masked, _IPV6, r"\1:*")
        return pc.if_else(pc.ends_with(masked, "*"), masked, pc.if_else(pc.is_valid(masked), "*", None))

    def _few(self, name: str) -> Column:
        found, long = few_texts(self._column(name))
        self._mind(name, long, f"more than {LONGEST_CODE} characters are read as null")
        return found

    def _codes(self, name: str, names: tuple[str, ...]) -> npt.NDArray[np.int8]:
        found = codes(self._column(name), names)
        return self._without_unknown(name, found, f"what is none of {', '.join(names)} is read as null")

    def _truths(self, name: str) -> npt.NDArray[np.int8]:
        return self._without_unknown(name, truths(self._column(name)), "what is neither true nor false is read as null")

    def _seconds(self, name: str) -> Column:
        found, wrong = seconds(self._column(name))
        self._mind(name, wrong, "what is no number, or less than nothing, is read as null")
        return found

    def _without_unknown(self, name: str, found: npt.NDArray[np.int8], what: str) -> npt.NDArray[np.int8]:
        wrong = found == -2
        self._mind(name, wrong, what)
        return np.maximum(found, np.int8(-1))

    def _mind(self, name: str, wrong: npt.NDArray[np.bool_], what: str) -> None:
        if wrong.any():
            self.findings.mind(self.file, name, int(self.raw.lines[wrong.argmax()]), what, int(wrong.sum()))


def _shown(values: Column) -> list[str | None]:
    """Values as text for a message; those that have none as whatever number they are."""
    try:
        return [None if value is None else str(value)[:SHOWN] for value in texts(values).to_pylist()]
    except (pa.ArrowException, ValueError):
        return [None if value is None else str(value) for value in values.cast(pa.int64()).to_pylist()]


def _why(column: str, value: str | None) -> tuple[str, str]:
    """What is wrong with the value of a rejected row, and what would be right."""
    if column == "at":
        if value is None:
            return "is missing", _MOMENT_RIGHT
        return ("has no offset" if _NO_ZONE.fullmatch(value.strip()) else "is no time that is taken"), _MOMENT_RIGHT
    if column == "channel":
        return "is missing" if value is None else "is no channel", f"write {', '.join(CHANNELS[:-1])} or {CHANNELS[-1]}"
    if column == "name":
        return "is missing", "a look-up has the name asked"
    return "is missing" if value is None else "is no number", "write a number, such as +8613803510001"
