"""A CSV file (RFC 4180, UTF-8) as raw rows, each with its true line.

A compiled scan walks each block once and finds, of every row, where the values of the wanted columns lie; it sees
quoted line breaks, ragged rows and quotes out of place there and then. `read` calls `read_csv`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from wurao.compiled import Bundle, View, compiled
from wurao.errors import Refused
from wurao.events.blocks import LONGEST_ROW, TEXT, Scan, Scanned, TextBlocks, filled, room_for
from wurao.events.raw import Findings, Position, Raw, are_verdicts, wanted_columns
from wurao.events.spans import ABSENT, DOUBLED, PLAIN

RAGGED, MISQUOTED, UNENDING = 1, 2, 3
MARK = b"\xef\xbb\xbf"


class CsvBlock(Bundle):
    """Bytes of a CSV file, and the spans of their rows to be filled in; `slots` is each field's wanted column or -1."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "data": "u1",
        "slots": "i4",
        "starts": "i4",
        "ends": "i4",
        "forms": "i1",
        "row_starts": "i4",
        "lines": "i8",
        "flaws": "i1",
    }


def read_csv(file: BinaryIO, name: str, place: Position, findings: Findings, most: int) -> Iterator[Raw]:
    """The rows of an open CSV file from a position on, in pieces of at most `most`.

    Refused: no header, one that is not UTF-8, misses required columns or names one twice.
    """
    header, begin = read_header(file, name)
    told = findings if place.row == 0 else Findings()
    wanted = wanted_columns(header, name, told)
    if place.row == 0:
        place = Position(place.file, 0, begin, 2)
    else:
        file.seek(place.offset)
    flaws = (
        ("", ""),
        (f"has more or fewer fields than the header, which names {len(header):,}", "write every field, empty or not"),
        ("has text after a closing quote", 'quote a whole field, and write "" for a quote inside'),
        (f"does not end within {LONGEST_ROW:,} bytes or the file", 'close the quote with "'),
    )
    scan, verdicts = _scan(header, wanted, most), are_verdicts(header)
    harmless = _nothing if TEXT in wanted else bytes
    yield from TextBlocks(name, wanted, scan, flaws, findings, place, verdicts=verdicts, harmless=harmless).read(file)


def _nothing(row: bytes) -> bytes:
    """What is shown of a broken row where a text may stand anywhere in it."""
    return b""


def read_header(file: BinaryIO, name: str) -> tuple[list[str], int]:
    """The names of the columns, and where the first row begins; the file stands there."""
    first = file.readline(LONGEST_ROW)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("is UTF-16", where=name, right="save it as UTF-8")
    text = first.removeprefix(MARK)
    if not text.strip():
        raise Refused("has no header", where=f"{name}:1", right="the first line names the columns")
    if b"\0" in text:
        raise Refused("the header holds a NUL", where=f"{name}:1", right="save the file as UTF-8 text")
    try:
        names = next(csv.reader(io.StringIO(text.decode().rstrip("\r\n")), strict=True))
    except UnicodeDecodeError:
        raise Refused("the header is not UTF-8", where=f"{name}:1", right="save the file as UTF-8") from None
    except csv.Error as error:
        raise Refused(f"the header cannot be read: {error}", where=f"{name}:1", right="part names by commas") from None
    return [each.strip() for each in names], len(first)


def _scan(header: list[str], wanted: list[str], most: int) -> Scan:
    places = {name: place for place, name in enumerate(wanted)}
    slots = np.array([places.get(name, -1) for name in header], np.int32)

    def scan(data: np.ndarray, line: int, last: bool) -> Scanned:
        if not last and data[-1] == 13:
            data = data[:-1]
        room = room_for(data, len(wanted), most)
        return filled(data, room, len(wanted), scan_csv(CsvBlock(data=data, slots=slots, **room), line, last))

    return scan


def _scan_csv(block: CsvBlock, line: int, last: bool) -> tuple[int, int, int]:
    """Fill in the spans of the whole rows of a block; how many rows, how many bytes they take, the line after them."""
    size = len(block.data)
    capacity = len(block.lines)
    rows = 0
    place = 0
    used = 0
    while place < size and rows < capacity:
        if block.data[place] == 10 or (block.data[place] == 13 and (place + 1 == size or block.data[place + 1] == 10)):
            if block.data[place] == 10:
                line += 1
                used = place + 1
            place += 1
            continue
        end, breaks = scan_row(block, place, rows, capacity)
        if end < 0 or (end == size and not last):
            break
        block.row_starts[rows] = place
        block.lines[rows] = line
        rows += 1
        place = end
        if place < size and block.data[place] == 13:
            place += 1
        if place < size:
            place += 1
            breaks += 1
        line += breaks
        used = place
    if last and place == size:
        used = size
    return rows, used, line


scan_csv = compiled(_scan_csv)


def scan_row(block: CsvBlock, place: int, row: int, capacity: int) -> tuple[int, int]:
    """Fill in the spans of one row; where its last field ends (-1: a quote stays open), line breaks inside it."""
    count = 0
    breaks = 0
    while True:
        slot = block.slots[count] if count < len(block.slots) else -1
        if place < len(block.data) and block.data[place] == 34:
            end, inside, doubled = quoted_end(block.data, place + 1)
            if end < 0:
                return -1, 0
            breaks += inside
            note_span(block, slot, row, capacity, place + 1, end, DOUBLED if doubled else PLAIN)
            place = end + 1
            end = plain_end(block.data, place)
            if end != place:
                block.flaws[row] = MISQUOTED
        else:
            end = plain_end(block.data, place)
            note_span(block, slot, row, capacity, place, end, PLAIN if end > place else ABSENT)
        count += 1
        place = end
        if place == len(block.data) or block.data[place] != 44:
            break
        place += 1
    if count != len(block.slots):
        block.flaws[row] = RAGGED
    return place, breaks


def note_span(block: CsvBlock, slot: int, row: int, capacity: int, start: int, end: int, form: int) -> None:
    """Note where a value lies, when its column is wanted; an empty one, quoted or not, is none."""
    if slot >= 0:
        at = slot * capacity + row
        block.starts[at] = start
        block.ends[at] = end
        block.forms[at] = form if end > start else ABSENT


def plain_end(data: View, place: int) -> int:
    """Where an unquoted field ends: at a comma, a line break or the end."""
    size = len(data)
    while place < size:
        octet = data[place]
        if octet == 44 or octet == 10 or (octet == 13 and (place + 1 == size or data[place + 1] == 10)):
            return place
        place += 1
    return size


def quoted_end(data: View, place: int) -> tuple[int, int, bool]:
    """Where the closing quote of a field stands (-1: nowhere), line breaks before it, whether quotes are doubled."""
    size = len(data)
    breaks = 0
    doubled = False
    while place < size:
        octet = data[place]
        if octet == 34:
            if place + 1 == size or data[place + 1] != 34:
                return place, breaks, doubled
            doubled = True
            place += 1
        elif octet == 10:
            breaks += 1
        place += 1
    return -1, breaks, doubled
