"""Bodies of templates taken apart: the fixed texts, and the variables between them with their types.

A variable stands in braces, `{code}`, `{amount:money}`, `${name}`, `{#var#}`, `{1}`, `{{date}}`, full-width braces too
(signs of fixed text do not matter, so the `$` before one needs no reading). A column of bodies comes in, its bytes are
gone over once; out come the places where to cut, and for each body that cannot be read what is wrong with it. Called by
`template_index`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import Bundle, View, compiled
from wurao.content.template_types import known_types, told_type, type_of
from wurao.tables.bad import Fault

Ints = npt.NDArray[np.int64]

MOST_VARIABLES = 64
FIXED = -1
"""What stands for the type of a part that is fixed text."""
UNKNOWN = -2
UNCLOSED, UNOPENED, WITHIN, TOO_MANY = range(1, 5)
NAMED = 20
"""So many unknown types are named each on its own."""
_WRITE = "write variables as {code} or {amount:money}"
_FAULTS = {
    UNCLOSED: ("opens a variable and does not close it", _WRITE),
    UNOPENED: ("closes a variable that it does not open", _WRITE),
    WITHIN: ("opens a variable within a variable", _WRITE),
    TOO_MANY: (f"has more than {MOST_VARIABLES} variables", f"write at most {MOST_VARIABLES}"),
}


@dataclass(frozen=True, slots=True)
class Bodies:
    """Bodies in parts, fixed text and variable by turns, each body's first and last a fixed text (it may be empty)."""

    parts: pa.Array
    """The text of each part of all bodies."""
    types: npt.NDArray[np.int8]
    """The place in `TYPES` of each part, `FIXED`, or `UNKNOWN`."""
    first: Ints
    """Where the parts of each body begin and, one further, end."""
    good: npt.NDArray[np.bool_]
    """Which bodies can be read."""
    faults: list[Fault]


class _Scanned(Bundle):
    """The bytes of all bodies, and room for what is found: the cuts, each body's first part, its fault."""

    columns = {"places": "i8", "octets": "u1", "cuts": "i8", "first": "i8", "fault": "i1"}  # noqa: RUF012 - declared ClassVar


def read_bodies(bodies: pa.Array) -> Bodies:
    """Take bodies apart, null as an empty one; what cannot be read is among the faults and not good."""
    places, octets = _bytes_of(bodies)
    at_most = 2 * int(np.count_nonzero(octets == _OPENS) + np.count_nonzero(octets == _WIDE)) + len(bodies)
    cuts, first = np.zeros(at_most + 1, dtype=np.int64), np.zeros(len(bodies) + 1, dtype=np.int64)
    fault = np.zeros(len(bodies), dtype=np.int8)
    count = _scan(_Scanned(places=places, octets=octets, cuts=cuts, first=first, fault=fault))
    offsets, data = pa.py_buffer(cuts[: count + 1]), pa.py_buffer(octets)
    parts = pa.Array.from_buffers(pa.large_string(), count, [None, offsets, data])
    types = np.full(count, FIXED, dtype=np.int8)
    is_variable = _variables(first, count)
    types[is_variable] = _types(parts.filter(pa.array(is_variable)))
    faults = [Fault(fault == code, "body", *told) for code, told in _FAULTS.items() if np.any(fault == code)]
    faults += _unknown_types(parts, types, np.repeat(np.arange(len(bodies)), np.diff(first)), len(bodies))
    good = ~np.logical_or.reduce([each.rows for each in faults]) if faults else np.ones(len(bodies), dtype=bool)
    return Bodies(parts, types, first, good, faults)


def _unknown_types(parts: pa.Array, types: npt.NDArray[np.int8], owner: Ints, bodies: int) -> list[Fault]:
    """A fault for each unknown type that is named, the last one for all types beyond the first few."""
    unknown = np.flatnonzero(types == UNKNOWN)
    rows: dict[str, list[int]] = {}
    for row, part in zip(owner[unknown].tolist(), parts.take(pa.array(unknown)).to_pylist(), strict=True):
        told = f" {told_type(_inner(part))!r}"
        rows.setdefault(told if told in rows or len(rows) < NAMED else "", []).append(row)
    faults = []
    for told, mine in rows.items():
        mask = np.zeros(bodies, dtype=bool)
        mask[mine] = True
        faults.append(Fault(mask, "body", f"has a variable of the unknown type{told}", f"write one of {known_types()}"))
    return faults


def _bytes_of(bodies: pa.Array) -> tuple[Ints, npt.NDArray[np.uint8]]:
    texts = bodies.fill_null("").cast(pa.large_string())
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(len(texts) + 1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    places = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return places, np.frombuffer(data, dtype=np.uint8)


def _variables(first: Ints, parts: int) -> npt.NDArray[np.bool_]:
    """Which parts are variables: every second one of its body."""
    owner_first = np.repeat(first[:-1], np.diff(first))
    return ((np.arange(parts) - owner_first) & 1).astype(bool)


def _inner(part: str) -> str:
    return part.strip("{}｛｝").strip("# \t")


def _types(variables: pa.Array) -> npt.NDArray[np.int8]:
    """The type of each variable."""
    if not len(variables):
        return np.empty(0, dtype=np.int8)
    encoded = variables.dictionary_encode()
    found = [type_of(_inner(each)) for each in encoded.dictionary.to_pylist()]
    types = np.array([UNKNOWN if each is None else each for each in found], dtype=np.int8)
    return types[encoded.indices.to_numpy()]


_OPENS, _CLOSES, _WIDE = 0x7B, 0x7D, 0xEF
_WIDE_OPENS, _WIDE_CLOSES = 0x9B, 0x9D
_NO_BRACE = 0


def _scan_all(scanned: _Scanned) -> int:
    """Find the cuts of every body; how many parts there are. A body with a fault is one part."""
    parts = 0
    scanned.cuts[0] = scanned.places[0]
    for body in range(len(scanned.fault)):
        scanned.first[body] = parts
        end = scanned.places[body + 1]
        after = _scan_body(scanned, body, scanned.places[body], end, parts)
        parts = parts if scanned.fault[body] else after
        scanned.cuts[parts + 1] = end
        parts += 1
    scanned.first[len(scanned.fault)] = parts
    return parts


def _scan_body(scanned: _Scanned, body: int, start: int, end: int, parts: int) -> int:
    """Cut one body before and behind each variable; how many parts there are before its last."""
    first, place = parts, start
    opened, doubled = -1, False
    while place < end:
        brace = _brace_at(scanned.octets, place, end)
        width = 3 if scanned.octets[place] == _WIDE else 1
        if brace == _OPENS and opened < 0:
            parts += 1
            scanned.cuts[parts] = place
            opened, doubled = place + width, False
        elif brace == _OPENS and (doubled or place != opened):
            scanned.fault[body] = WITHIN
            return first
        elif brace == _OPENS:
            doubled = True
        elif brace == _CLOSES and opened < 0:
            scanned.fault[body] = UNOPENED
            return first
        elif brace == _CLOSES and doubled:
            doubled = False
            if place + width >= end or _brace_at(scanned.octets, place + width, end) != _CLOSES:
                scanned.fault[body] = UNCLOSED
                return first
        elif brace == _CLOSES:
            parts += 1
            scanned.cuts[parts] = place + width
            opened = -1
        place += width if brace != _NO_BRACE else 1
    if opened >= 0:
        scanned.fault[body] = UNCLOSED
    elif parts - first > 2 * MOST_VARIABLES:
        scanned.fault[body] = TOO_MANY
    return parts


def _brace_at(octets: View, place: int, end: int) -> int:
    """`{` or `}` where one stands here, full-width ones too (EF BD 9B and EF BD 9D)."""
    octet = octets[place]
    if octet == _OPENS or octet == _CLOSES:
        return octet
    if octet == _WIDE and place + 2 < end and octets[place + 1] == 0xBD:
        third = octets[place + 2]
        if third == _WIDE_OPENS:
            return _OPENS
        if third == _WIDE_CLOSES:
            return _CLOSES
    return _NO_BRACE


_scan = compiled(_scan_all)
