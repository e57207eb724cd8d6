"""A subscriber's own lists: pasted, imported, exported, as long as one likes.

Text comes in, a line an entry: a number, or the beginning of numbers with a star behind (`1069*`). Good lines go into
the registry at once, in groups; bad ones are named by line. Whatever is exported can be imported again, and no cell of
it is a formula to a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from wurao.control.registry import rows
from wurao.control.registry.models import MODELS, Change
from wurao.control.registry.record import Author
from wurao.control.wishes import deeds
from wurao.control.wishes.words import ACTION_WORDS
from wurao.errors import SHOWN, Refused
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

    @property
    def shown(self) -> str:
        """As it is written in one: a star behind the beginning of numbers."""
        return f"{self.text}*" if self.match == "prefix" else self.text


def entries(number: int) -> Iterator[Entry]:
    """The entries of a number's lists, in the order of their numbers."""
    for row in rows.rows_where(TABLE, subscriber=number):
        yield _entry(row)


def a_page(number: int, after: str, most: int) -> list[Entry]:
    """Some entries in the same order, from behind one of them on (`Entry.shown`); Refused where it is none."""
    found = MODELS[TABLE].objects.filter(subscriber=number)
    if after:
        key = read_entry(after)
        if key is None:
            raise Refused(f"{after!r} is no entry", where="after", right="write the `next` of the page before")
        found = found.filter(Q(entry__gt=key[0]) | Q(entry=key[0], match__gt=key[1]))
    return [_entry(row) for row in found.order_by("entry", "match").values("entry", "match", "action")[:most]]


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
    return _added(number, pasted, good, author)


def remove(number: int, text: str, match: str, author: Author) -> bool:
    """Take one entry out; whether it was there."""
    return remove_one(number, f"{text}*" if match == "prefix" else text, author) is not None


def remove_one(number: int, shown: str, author: Author) -> Change | None:
    """Take out an entry as it is written in one; null where it was not there."""
    key = read_entry(shown)
    if key is None or rows.row_of(TABLE, (number, *key)) is None:
        return None
    said = (f"名单移出 {shown}", f"{shown} off the list")
    return deeds.do(number, TABLE, [((number, *key), None)], author, said)[0]


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


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(written_entry(row["entry"]), MATCHES[row["match"]], LIST_ACTIONS[row["action"]])


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
    return _added(number, pasted, good, author)


def put_one(number: int, text: str, action: str, author: Author) -> Change | None:
    """Put one entry on a list; null where it is none."""
    key = read_entry(text.strip())
    if key is None:
        return None
    zh, en = ACTION_WORDS[action]
    shown = text.strip()
    said = (f"名单加入 {shown}：{zh}", f"{shown} on the list: {en}")
    return deeds.do(number, TABLE, [((number, *key), _row(number, key, action))], author, said)[0]


def _added(number: int, pasted: Pasted, good: dict[tuple[int, int], dict[str, Any]], author: Author) -> Pasted:
    """Put entries on the lists as one deed."""
    if good:
        said = (f"名单加入 {len(good)} 条", f"{len(good)} entries on the lists")
        deeds.do(number, TABLE, [((number, *key), row) for key, row in good.items()], author, said)
    pasted.added = len(good)
    return pasted
