"""The records of a master file: owner, kind, target, line (RFC 1035, 5). Called by `rpz`.

Lines that are one whole record, as nearly all are, are parted a column at a time. What needs to be read in order
(`$ORIGIN`, parentheses, quotes, escapes) is read singly: owners come out absolute and in lower case, with the last
dot, as far as an origin is known. Nothing is held but a block of lines and an open parenthesis, up to
`LONGEST_RECORD`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.forms.lines import Lines
from wurao.errors import WHOLE_ROW, BadRow
from wurao.tables import BadRows
from wurao.tables.bad import Fault, note

LONGEST_RECORD = 64 << 10
"""Characters between two parentheses."""
_PLAIN = (
    r"^(?P<owner>[^\s;]*)\s+(?:\d[0-9smhdwSMHDW]*\s+)?(?:(?i:IN)\s+)?(?:\d[0-9smhdwSMHDW]*\s+)?"
    r"(?P<kind>[A-Za-z][A-Za-z0-9]*)\s+(?P<target>[^;]*?)\s*(?:;.*)?$"
)
_SPECIAL = r"[()\"\\]|^\$"
_NOTHING = r"^\s*(;|$)"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(?:[^\s"\\]|\\.)+')
_RIGHT = "write a record such as evil.example CNAME ."
_ESCAPE = re.compile(r"\\(\d{3}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Records:
    """Some records of a zone."""

    owners: pa.StringArray
    kinds: pa.StringArray
    """In capitals."""
    targets: pa.StringArray
    """What stands behind the kind; of CNAMEs absolute where an origin is known."""
    lines: npt.NDArray[np.int64]


def records_of(lines: Iterable[Lines], label: str, bad: BadRows) -> Iterator[Records]:
    """The records on some lines; lines that are none go to `bad`."""
    reading = _Reading(label, bad)
    for block in lines:
        records = reading.take(block)
        if len(records.owners):
            yield records
    reading.close()


@dataclass(slots=True)
class _Found:
    """The records of a block while they are found: by column from plain lines, singly from others."""

    rows: list[int] = field(default_factory=list)
    owners: list[str | None] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    origins: list[tuple[int, str]] = field(default_factory=list)
    """From which row on which origin holds."""


@dataclass(slots=True)
class _Reading:
    """A master file while it is read: what holds from line to line."""

    label: str
    bad: BadRows
    origin: str = ""
    """With its last dot; empty while none is known."""
    owner: str | None = None
    """The owner of the last record."""
    open_lines: list[str] = field(default_factory=list)
    """The lines since a parenthesis that is not closed yet."""
    open_at: int = 0

    def take(self, block: Lines) -> Records:
        """The records that end in a block."""
        found = _Found(origins=[(0, self.origin)])
        taken = self._singly(block, found)
        plain = ~taken & ~np.asarray(pc.match_substring_regex(block.texts, _NOTHING), bool)
        rows = np.flatnonzero(plain)
        parts = pc.extract_regex(block.texts.take(pa.array(rows)), _PLAIN)
        good = np.asarray(parts.is_valid(), bool)
        wrong = np.zeros(len(block.texts), bool)
        wrong[rows[~good]] = True
        fault = Fault(wrong, WHOLE_ROW, "is no record of a zone", _RIGHT)
        note(self.bad, self.label, block.numbers, fault, block.texts.filter(pa.array(wrong)).to_pylist())
        parts, rows = parts.filter(pa.array(good)), rows[good]
        owners, kinds, targets = (parts.field(name) for name in ("owner", "kind", "target"))
        owners = pc.if_else(pc.equal(owners, ""), pa.scalar(None, pa.string()), owners)
        owners = pa.concat_arrays([owners, pa.array(found.owners, pa.string())])
        kinds = pa.concat_arrays([pc.ascii_upper(kinds), pa.array(found.kinds, pa.string())])
        targets = pa.concat_arrays([targets, pa.array(found.targets, pa.string())])
        every = np.concatenate([rows, np.array(found.rows, np.int64)])
        order = np.argsort(every, kind="stable")
        in_order = pa.array(order)
        return self._records(
            owners.take(in_order), kinds.take(in_order), targets.take(in_order), every[order], found, block
        )

    def close(self) -> None:
        """The file has ended."""
        if self.open_lines:
            shown = self.open_lines[0]
            error = "opens a parenthesis that is never closed"
            self.bad.add(BadRow(self.label, self.open_at, WHOLE_ROW, shown, error, "close it with )"))
            self.open_lines = []

    def _records(
        self,
        owners: pa.StringArray,
        kinds: pa.StringArray,
        targets: pa.StringArray,
        rows: npt.NDArray[np.int64],
        found: _Found,
        block: Lines,
    ) -> Records:
        """Owners and targets made absolute, owners that were left out filled in; those that have none are named."""
        begins = np.array([row for row, _ in found.origins])
        origin = np.searchsorted(begins, rows, side="right") - 1
        owners = _absolute(owners, [name for _, name in found.origins], origin)
        before = pa.array([self.owner], pa.string())
        owners = pc.fill_null_forward(pa.concat_arrays([before, owners])).slice(1)
        self.owner = owners[-1].as_py() if len(owners) else self.owner
        nobody = np.asarray(owners.is_null(), bool)
        wrong = np.zeros(len(block.texts), bool)
        wrong[rows[nobody]] = True
        fault = Fault(wrong, WHOLE_ROW, "has no owner", _RIGHT)
        note(self.bad, self.label, block.numbers, fault, block.texts.filter(pa.array(wrong)).to_pylist())
        targets = _absolute(targets, [name for _, name in found.origins], origin)
        keeps = pa.array(~nobody)
        return Records(owners.filter(keeps), kinds.filter(keeps), targets.filter(keeps), rows[~nobody] + block.first)

    def _singly(self, block: Lines, found: _Found) -> npt.NDArray[np.bool_]:
        """Read what must be read in order; which rows were taken by it."""
        taken = np.asarray(pc.match_substring_regex(block.texts, _SPECIAL), bool)
        after = 0
        for row in np.flatnonzero(taken).tolist():
            if self.open_lines:
                self._go_on(block, after, row)
                taken[after:row] = True
            else:
                self.open_lines, self.open_at = [_without_comment(block.texts[row].as_py())], block.first + row
            after = row + 1
            text = " ".join(self.open_lines)
            if _depth(text) > 0 and len(text) <= LONGEST_RECORD:
                continue
            self.open_lines = []
            self._logical(text, row, block, found)
        if self.open_lines:
            taken[after:] = True
            self._go_on(block, after, len(block.texts) - 1)
        return taken

    def _go_on(self, block: Lines, first: int, last: int) -> None:
        """Put the rows from one to another behind the open parenthesis; of an endless one no more is kept."""
        if sum(map(len, self.open_lines)) <= LONGEST_RECORD:
            texts = block.texts.slice(first, min(last + 1 - first, LONGEST_RECORD)).to_pylist()
            self.open_lines += [_without_comment(text) for text in texts]

    def _logical(self, text: str, row: int, block: Lines, found: _Found) -> None:
        """One directive or record in full."""
        tokens = [] if len(text) > LONGEST_RECORD else _TOKEN.findall(_without_parentheses(text))
        if text.startswith("$"):
            self._directive(tokens, text, row, found)
            return
        owner = None if text[:1].isspace() or not tokens else tokens.pop(0)
        rest = [token for token in tokens if not re.fullmatch(r"(?i:in)|\d[0-9smhdw]*", token)]
        name = None if owner is None else _unescaped(owner)
        if len(rest) < 2 or (owner is not None and name is None):
            error = "is no record of a zone" if len(rest) < 2 else "has an owner that is no name to look up"
            self.bad.add(BadRow(self.label, self.open_at, WHOLE_ROW, text, error, _RIGHT))
            return
        found.rows.append(row)
        found.owners.append(name)
        found.kinds.append(rest[0].upper())
        found.targets.append(rest[1])

    def _directive(self, tokens: list[str], text: str, row: int, found: _Found) -> None:
        match [token.upper() for token in tokens[:1]]:
            case ["$ORIGIN"] if len(tokens) == 2 and (name := _unescaped(tokens[1])) is not None:
                self.origin = name if name.endswith(".") or not self.origin else f"{name}.{self.origin}"
                self.origin = self.origin if self.origin.endswith(".") else f"{self.origin}."
                found.origins.append((row, self.origin))
            case ["$TTL"]:
                pass
            case _:
                right = "write $ORIGIN with a name, and all records in one file"
                self.bad.add(BadRow(self.label, self.open_at, WHOLE_ROW, text, "is no directive that is read", right))


def _absolute(names: pa.StringArray, origins: list[str], origin: npt.NDArray[np.int64]) -> pa.StringArray:
    """Names in lower case with their last dot, by the origin that each stands under; null stays."""
    lower = pc.ascii_lower(names)
    behind = pa.array(origins, pa.string()).take(pa.array(origin)) if len(names) else pa.array([], pa.string())
    with_dot = pc.if_else(pc.equal(behind, "."), ".", pc.binary_join_element_wise(".", behind, ""))
    with_dot = pc.if_else(pc.equal(behind, ""), ".", with_dot)
    whole = pc.if_else(pc.ends_with(lower, "."), lower, pc.binary_join_element_wise(lower, with_dot, ""))
    itself = pc.if_else(pc.equal(behind, ""), ".", behind)
    return pc.if_else(pc.equal(lower, "@"), itself, whole)


def _without_comment(line: str) -> str:
    """A line up to the `;` that no quote and no escape holds."""
    quoted = skip = False
    for place, character in enumerate(line):
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            return line[:place]
    return line


def _depth(text: str) -> int:
    """How many parentheses are open at the end of a text, those in quotes and escapes not counted."""
    bare = re.sub(r'\\.|"(?:[^"\\]|\\.)*"', "", text)
    return bare.count("(") - bare.count(")")


def _without_parentheses(text: str) -> str:
    return re.sub(r'("(?:[^"\\]|\\.)*"|\\.)|[()]', lambda found: found[1] or " ", text)


def _unescaped(name: str) -> str | None:
    """A name with its escapes read; null where a label holds what no name to look up does."""
    if "\\" not in name and '"' not in name:
        return name
    labels = []
    for label in re.split(r"(?<!\\)\.", name):
        plain = _ESCAPE.sub(lambda found: chr(int(found[1])) if found[1].isdigit() else found[1], label)
        if not plain.isascii() or not re.fullmatch(r"[\w*-]*", plain):
            return None
        labels.append(plain)
    return ".".join(labels)
