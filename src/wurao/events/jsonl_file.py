"""A JSON lines file (RFC 8259, UTF-8) as raw rows: one object a line, its keys the columns.

A compiled scan walks each block once and finds, of every line, where the values of the wanted keys lie. A broken line
costs itself only; values inside values are passed over, to a depth. Of a key that stands twice the last one counts.
`read` calls `read_jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from wurao.compiled import Bundle, View, compiled
from wurao.errors import Refused
from wurao.events.blocks import LONGEST_ROW, Scan, Scanned, TextBlocks, filled, room_for
from wurao.events.raw import (
    EVENT_COLUMNS,
    VERDICT_COLUMNS,
    VERDICT_EXTRA,
    Findings,
    Position,
    Raw,
    are_verdicts,
    tell_unknown,
)
from wurao.events.spans import ABSENT, BARE, ESCAPED, NESTED, PLAIN, hexadecimal_at

BROKEN, TOO_DEEP, UNENDING = 1, 2, 3
DEEPEST = 64
"""Objects and arrays inside each other."""
UNKNOWN = 32
"""So many different unknown keys of a block are told of."""
_FLAWS = (
    ("", ""),
    ("is no JSON object", 'write one object a line, such as {"at": "2026-03-02T09:30:00+08:00", "channel": "call", …}'),
    (f"holds values inside each other more than {DEEPEST} deep", "write plain values"),
    (f"is a line of more than {LONGEST_ROW:,} bytes", "write shorter lines"),
)
_MARK = b"\xef\xbb\xbf"


class JsonBlock(Bundle):
    """Bytes of a JSON lines file, the wanted keys, and the spans to be filled in."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "data": "u1",
        "keys": "u1",
        "key_starts": "i4",
        "starts": "i4",
        "ends": "i4",
        "forms": "i1",
        "row_starts": "i4",
        "lines": "i8",
        "flaws": "i1",
        "unknown_starts": "i4",
        "unknown_ends": "i4",
        "found": "i8",
    }


def read_jsonl(file: BinaryIO, name: str, place: Position, findings: Findings, most: int) -> Iterator[Raw]:
    """The rows of an open JSON lines file from a position on, in pieces of at most `most`. Refused: it is UTF-16."""
    first = file.readline(LONGEST_ROW)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("is UTF-16", where=name, right="save it as UTF-8")
    verdicts = are_verdicts(_keys(first))
    wanted = [*EVENT_COLUMNS] if not verdicts else [*_WITHOUT_CATEGORY, *VERDICT_EXTRA]
    passed = VERDICT_COLUMNS | {"category"} if verdicts else frozenset[str]()
    rest = b""
    if place.row:
        file.seek(place.offset)
    else:
        rest = first.removeprefix(_MARK)
        place = Position(place.file, 0, len(first) - len(rest), 1)
    told = findings if place.row == 0 else Findings()
    scan = _scan(name, wanted, most, set(passed), told)
    yield from TextBlocks(name, wanted, scan, _FLAWS, findings, place, rest, verdicts, _before_text).read(file)


_WITHOUT_CATEGORY = [name for name in EVENT_COLUMNS if name != "category"]


def _before_text(line: bytes) -> bytes:
    """What is shown of a broken line: its beginning, up to a text."""
    return line.partition(b'"text"')[0]


def _keys(line: bytes) -> list[str]:
    """The keys of a file's first object; none where it is broken."""
    try:
        value = json.loads(line.removeprefix(_MARK))
    except (ValueError, RecursionError):
        return []
    return list(value) if isinstance(value, dict) else []


def _scan(name: str, wanted: list[str], most: int, passed: set[str], findings: Findings) -> Scan:
    encoded = [key.encode() for key in wanted]
    keys = np.frombuffer(b"".join(encoded), np.uint8)
    key_starts = np.cumsum([0, *map(len, encoded)], dtype=np.int32)

    def scan(data: np.ndarray, line: int, last: bool) -> Scanned:
        room = room_for(data, len(wanted), most)
        unknown_starts, unknown_ends = (np.zeros(UNKNOWN, np.int32) for _ in range(2))
        found = np.zeros(1, np.int64)
        block = JsonBlock(
            data=data,
            keys=keys,
            key_starts=key_starts,
            unknown_starts=unknown_starts,
            unknown_ends=unknown_ends,
            found=found,
            **room,
        )
        scanned = filled(data, room, len(wanted), scan_jsonl(block, line, last))
        spans = zip(unknown_starts[: found[0]], unknown_ends[: found[0]], strict=True)
        unknown = [bytes(data[start:end]).decode(errors="replace") for start, end in spans]
        tell_unknown(sorted(set(unknown) - passed), name, findings)
        passed.update(unknown)
        return scanned

    return scan


def _scan_jsonl(block: JsonBlock, line: int, last: bool) -> tuple[int, int, int]:
    """Fill in the spans of the whole lines of a block; how many rows, how many bytes they take, the line after them."""
    size = len(block.data)
    rows = 0
    place = 0
    while place < size and rows < len(block.lines):
        end = place
        while end < size and block.data[end] != 10:
            end += 1
        if end == size and not last:
            break
        start = blanks_end(block.data, place, end)
        if start < end:
            block.row_starts[rows] = start
            block.lines[rows] = line
            block.flaws[rows] = scan_object(block, start, end, rows)
            rows += 1
        line += 1
        place = end + 1
    return rows, min(place, size), line


scan_jsonl = compiled(_scan_jsonl)


def scan_object(block: JsonBlock, place: int, end: int, row: int) -> int:
    """Fill in the spans of one line; what is wrong with it, or 0."""
    data = block.data
    if data[place] != 123:
        return BROKEN
    place = blanks_end(data, place + 1, end)
    if place < end and data[place] == 125:
        return 0 if blanks_end(data, place + 1, end) == end else BROKEN
    while place < end and data[place] == 34:
        key = place + 1
        place, _ = string_end(data, key, end)
        if place < 0:
            return BROKEN
        slot = slot_of(block, key, place)
        place = blanks_end(data, place + 1, end)
        if place == end or data[place] != 58:
            return BROKEN
        start = blanks_end(data, place + 1, end)
        place, form = value_end(data, start, end)
        if place < 0:
            return form
        if slot >= 0:
            at = slot * len(block.lines) + row
            inside = 1 if form in (PLAIN, ESCAPED) else 0
            block.starts[at], block.ends[at], block.forms[at] = start + inside, place - inside, form
        place = blanks_end(data, place, end)
        if place < end and data[place] == 125:
            return 0 if blanks_end(data, place + 1, end) == end else BROKEN
        if place == end or data[place] != 44:
            return BROKEN
        place = blanks_end(data, place + 1, end)
    return BROKEN


def slot_of(block: JsonBlock, start: int, end: int) -> int:
    """Which wanted key this is; -1 for another, which is noted as unknown."""
    for slot in range(len(block.key_starts) - 1):
        first = block.key_starts[slot]
        if same_bytes(block.data, start, end, block.keys, first, block.key_starts[slot + 1]):
            return slot
    found = block.found[0]
    for n in range(found):
        if same_bytes(block.data, start, end, block.data, block.unknown_starts[n], block.unknown_ends[n]):
            return -1
    if found < len(block.unknown_starts):
        block.unknown_starts[found] = start
        block.unknown_ends[found] = end
        block.found[0] = found + 1
    return -1


def same_bytes(data: View, start: int, end: int, other: View, first: int, after: int) -> bool:
    """Whether two stretches of bytes are equal."""
    if end - start != after - first:
        return False
    length = end - start
    same = 0
    while same < length and data[start + same] == other[first + same]:
        same += 1
    return same == length


def blanks_end(data: View, place: int, end: int) -> int:
    """The first place that is no blank."""
    while place < end and (data[place] == 32 or data[place] == 9 or data[place] == 13):
        place += 1
    return place


def value_end(data: View, place: int, end: int) -> tuple[int, int]:
    """Where a value ends, and its form; -1 and the flaw where it is none."""
    if place == end:
        return -1, BROKEN
    octet = data[place]
    if octet == 34:
        after, escaped = string_end(data, place + 1, end)
        if after < 0:
            return -1, BROKEN
        return after + 1, ESCAPED if escaped else PLAIN
    if octet == 123 or octet == 91:
        return nested_end(data, place, end)
    after = place
    while after < end and is_bare(data[after]):
        after += 1
    if after - place == 4 and data[place] == 110 and data[place + 1] == 117 and data[place + 3] == 108:
        return after, ABSENT
    if after == place or not (octet == 45 or (octet >= 48 and octet <= 57) or is_truth(data, place, after)):
        return -1, BROKEN
    return after, BARE


def is_bare(octet: int) -> bool:
    """Whether a character may stand in a number, true, false or null."""
    return (
        (octet >= 48 and octet <= 57)
        or (octet >= 97 and octet <= 122)
        or octet == 45
        or octet == 43
        or octet == 46
        or octet == 69
    )


def is_truth(data: View, start: int, end: int) -> bool:
    """Whether a word is true or false."""
    if end - start == 4:
        return bool(data[start] == 116 and data[start + 1] == 114 and data[start + 2] == 117 and data[start + 3] == 101)
    return bool(end - start == 5 and data[start] == 102 and data[start + 1] == 97 and data[start + 4] == 101)


def string_end(data: View, place: int, end: int) -> tuple[int, bool]:
    """Where the closing quote of a string stands (-1: nowhere, or an escape is wrong), and whether it has escapes."""
    escaped = False
    while place < end:
        octet = data[place]
        if octet == 34:
            return place, escaped
        if octet == 92:
            escaped = True
            if place + 1 >= end:
                return -1, escaped
            letter = data[place + 1]
            if letter == 117:
                if place + 6 > end or hexadecimal_at(data, place + 2) < 0:
                    return -1, escaped
                place += 4
            elif not is_escape(letter):
                return -1, escaped
            place += 1
        place += 1
    return -1, escaped


def is_escape(letter: int) -> bool:
    """Whether a letter may follow a backslash."""
    return (
        letter == 34
        or letter == 92
        or letter == 47
        or letter == 98
        or letter == 102
        or letter == 110
        or letter == 114
        or letter == 116
    )


def nested_end(data: View, place: int, end: int) -> tuple[int, int]:
    """Where an object or array ends; its brackets are counted, and the strings in it passed over."""
    depth = 0
    while place < end:
        octet = data[place]
        if octet == 34:
            place, _ = string_end(data, place + 1, end)
            if place < 0:
                return -1, BROKEN
        elif octet == 123 or octet == 91:
            depth += 1
            if depth > DEEPEST:
                return -1, TOO_DEEP
        elif octet == 125 or octet == 93:
            depth -= 1
            if depth == 0:
                return place + 1, NESTED
        place += 1
    return -1, BROKEN
