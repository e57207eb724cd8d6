"""A subscriber's own lists: pasted, imported, exported, as long as one likes.

Text comes in, a line an entry: a number, or the beginning of numbers with a star behind (`1069*`). Good lines go into
the registry at once, in groups; bad ones are named by line. Whatever is exported can be imported again, and no cell of
it is a formula to a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wurao.control.registry import record, rows
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.errors import SHOWN
from wurao.numbering import parse_prefix, parse_text
from wurao.numbering.number import IMPOSSIBLE
from wurao.tables import LIST_ACTIONS, MATCHES
from wurao.tables.written import written_entry

TABLE = "lists"
MOST = 100_000
"""So many lines at a time."""
_PARTS = re.compile(r"[\n\r,;，；、]+")
EXACT, PREFIX = (MATCHES.index(each) for each in ("exact", "prefix"))


@dataclass(slots=True)
class Pasted:
    """What came of a pasted text."""

    added: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    """The place and the text of what is no number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as a page shows it."""

    text: str
    match: str
    action: str


def entries(number: int) -> Iterator[Entry]:
    """The entries of a number's lists, in the order of their numbers."""
    for row in rows.rows_where(TABLE, subscriber=number):
        yield Entry(written_entry(row["entry"]), MATCHES[row["match"]], LIST_ACTIONS[row["action"]])


def paste(number: int, text: str, action: str, author: Author) -> Pasted:
    """Put every entry of a text on the allow or the deny list."""
    pasted, good = Pasted(), {}
    for place, part in enumerate(_PARTS.split(text)[:MOST], 1):
        written = part.strip().strip('"').lstrip("'").strip()
        if not written:
            continue
        key = read_entry(written)
        if key is None:
            pasted.bad.append((place, written[:SHOWN]))
        else:
            good[key] = _row(number, key, action)
    record.put_all(TABLE, good.values(), author)
    pasted.added = len(good)
    return pasted


def remove(number: int, text: str, match: str, author: Author) -> bool:
    """Take one entry out; whether it was there."""
    key = read_entry(f"{text}*" if match == "prefix" else text)
    if key is None or rows.row_of(TABLE, (number, *key)) is None:
        return False
    record.delete(TABLE, (number, *key), author)
    return True


def exported(number: int) -> str:
    """The lists as CSV: entry, match, action. A leading + is kept from being a formula by the quote before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("entry", "match", "action"))
    for entry in entries(number):
        shown = f"'{entry.text}" if entry.text[:1] in "+=-@" else entry.text
        writer.writerow((shown, entry.match, entry.action))
    return out.getvalue()


def imported(text: str) -> list[tuple[str, str]]:
    """The entries of an exported file as (what `paste` reads, action); lines that are none are left to it."""
    found = []
    for line in csv.reader(io.StringIO(text)):
        if not line or line[0].strip().lower() == "entry":
            continue
        star = "*" if len(line) > 1 and line[1].strip() == "prefix" else ""
        action = line[2].strip() if len(line) > 2 and line[2].strip() in LIST_ACTIONS else "deny"
        found.append((line[0] + star, action))
    return found


def read_entry(text: str) -> tuple[int, int] | None:
    """The entry and its match of a text; null where it is neither a number nor the beginning of one."""
    if text.endswith(("*", "＊")):
        prefix = parse_prefix(text[:-1].strip())
        return None if prefix is None else (prefix, PREFIX)
    number = parse_text(text)
    return (number, EXACT) if number > IMPOSSIBLE else None


def _row(number: int, key: tuple[int, int], action: str) -> dict[str, Any]:
    return rows.blank_row(TABLE, subscriber=number, entry=key[0], match=key[1], action=LIST_ACTIONS.index(action))


def take_file(number: int, text: str, author: Author) -> Pasted:
    """Put every entry of an exported file on the list that it names."""
    pasted, good = Pasted(), {}
    for place, (written, action) in enumerate(imported(text)[:MOST], 1):
        key = read_entry(written.strip().lstrip("'").strip())
        if key is None:
            pasted.bad.append((place, written[:SHOWN]))
        else:
            good[key] = _row(number, key, action)
    record.put_all(TABLE, good.values(), author)
    pasted.added = len(good)
    return pasted


def put_one(number: int, text: str, action: str, author: Author) -> Change | None:
    """Put one entry on a list; null where it is none."""
    key = read_entry(text.strip())
    return None if key is None else record.put(TABLE, _row(number, key, action), author)
