"""Say what a number is: as it is stored, where it belongs, whose it is, and whether it is protected.

In come texts as a person writes or a network signals them; out goes a line each, in their order. A text that is no
number has its error in its line, the others are answered all the same, and the command then exits with 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import data_option, json_option, store_with_a_snapshot
from wurao.cli.output import print_json, print_table
from wurao.errors import Refused
from wurao.numbering import IMPOSSIBLE, KINDS, NUMBER_EXPECTED, Kind, Tier, canonical, e164, parse_text, tier_of
from wurao.numbering.number import kind_of
from wurao.numbering.protected import entry_of

if TYPE_CHECKING:
    import pyarrow as pa

COUNTRIES = {"CN": "中国", "HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"}
"""What the table shows for these; other countries as their code."""

COLUMNS = ("input", "canonical", "kind", "country", "province", "city", "operator", "protected")

SHOWN = 60
"""At most so many characters of a text are shown to people."""

_NOWHERE = (Kind.WITHHELD, Kind.IMPOSSIBLE, Kind.NAME)
_OF_THE_PLAN = (Kind.MOBILE, Kind.FIXED, Kind.IOT, Kind.SATELLITE)


@click.command(
    "number",
    short_help="Say what a number is.",
)
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Ask this snapshot store, and its changes, whether the number was ported to another operator.",
)
@json_option
@data_option
def command(texts: tuple[str, ...], store: Path | None, as_json: bool) -> None:
    """Say of each TEXT what number it is: kind, country, province, city, operator, protection.

    Write -- before a text that begins with a hyphen.

    \b
    Example:
      wurao number '+86 138-0351-0001' 0351-110 95588 '+852 2345 6789'
    """
    ported = _ported(store) if store is not None else None
    found = [answer(text, ported) for text in texts]
    if as_json:
        for line in found:
            print_json(line)
    else:
        _show(found)
    wrong = [text[:SHOWN] for text, line in zip(texts, found, strict=True) if line["error"] is not None]
    if wrong:
        raise Refused(f"no number: {', '.join(map(repr, wrong))}", right=NUMBER_EXPECTED)


def answer(text: str, ported: pa.Table | None = None) -> dict[str, str | None]:
    """What CONTRACTS (Commands, number) says of one text; `ported` are the rows of numbers taken to other operators."""
    number = parse_text(text)
    kind = Kind(kind_of(number))
    province, city, operator = _place(number, kind)
    if ported is not None:
        from wurao.snapshot import operator_in

        operator = operator_in(ported, number) or operator
    tier = tier_of(number)
    return {
        "input": text.encode(errors="surrogateescape").decode(errors="replace"),
        "e164": e164(number),
        "canonical": canonical(number),
        "kind": KINDS[kind],
        "country": _country(number, kind),
        "province": province,
        "city": city,
        "operator": operator,
        "protected": tier.name.lower() if tier != Tier.NONE else None,
        "error": f"{text[:SHOWN]!r} is no number; {NUMBER_EXPECTED}" if number == IMPOSSIBLE else None,
    }


def _place(number: int, kind: Kind) -> tuple[str | None, str | None, str | None]:
    if kind not in _OF_THE_PLAN:
        return None, None, None
    from wurao.numbering.plan import current

    return current().place_names(number)


def _country(number: int, kind: Kind) -> str | None:
    if kind in _NOWHERE:
        return None
    if kind != Kind.FOREIGN:
        return "CN"
    from wurao.numbering.foreign import country_of

    return country_of(number)


def _ported(store: Path) -> pa.Table:
    from wurao.snapshot import ported_rows

    return ported_rows(store_with_a_snapshot(store))


def _show(found: list[dict[str, str | None]]) -> None:
    """The table for people: countries and protected numbers by name; the errors are told after it."""
    shown = [
        line | {"country": COUNTRIES.get(line["country"] or "", line["country"]), **_named(line)} for line in found
    ]
    print_table(COLUMNS, [[(line[column] or "")[:SHOWN] or None for column in COLUMNS] for line in shown])


def _named(line: dict[str, str | None]) -> dict[str, str]:
    """A protected number's tier with its name."""
    entry = entry_of(parse_text(line["canonical"]))
    return {} if entry is None else {"protected": f"{line['protected']} {entry.name_zh}"}
