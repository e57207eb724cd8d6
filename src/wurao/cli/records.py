"""Count verdicts by day, channel, reason, category, operator, city and action.

VERDICTS are directories that `wurao screen` wrote, or Parquet files of verdicts. The days are China's; operator and
city are the callee's, by the numbering plan, and where a store is given a ported number's operator is its present one.
Out goes a table, JSON lines, or a picture.
"""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wurao.cli.options import data_option, json_option, settings_option, store_with_a_snapshot

if TYPE_CHECKING:
    from wurao.records.counts import Ported

COLUMNS = ("day", "channel", "reason", "category", "operator", "city", "action")
HEADERS = {
    "day": "日期 day",
    "channel": "渠道 channel",
    "reason": "原因 reason",
    "category": "类别 category",
    "operator": "运营商 operator",
    "city": "城市 city",
    "action": "处置 action",
}


def _columns(context: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Names of columns, parted by commas, in their usual order."""
    names = value.split(",") if value else COLUMNS
    for name in names:
        if name not in COLUMNS:
            raise click.BadParameter(f"{name!r} is no column; write some of {','.join(COLUMNS)}", context, option)
    return tuple(name for name in COLUMNS if name in names)


def _days(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Days of the calendar, written as the counts write them."""
    for value in values:
        try:
            written = datetime.date.fromisoformat(value).isoformat()
        except ValueError:
            written = None
        if written != value:
            raise click.BadParameter(f"{value!r} is no day; write one such as 2026-03-02", context, option)
    return values


def _codes(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Codes that a verdict can have in this column."""
    if not values:
        return values
    from wurao.verdicts import ACTIONS, REASONS
    from wurao.wishes import CATEGORIES, CHANNELS

    known = {"channel": CHANNELS, "reason": REASONS, "category": CATEGORIES, "action": ACTIONS}[str(option.name)]
    for value in values:
        if value not in known:
            wrong = f"{value!r} is no {option.name}; write some of {', '.join(known)}"
            raise click.BadParameter(wrong, context, option)
    return values


def _svg(context: click.Context, option: click.Parameter, value: Path | None) -> Path | None:
    """The name of a picture, which is an SVG whatever it is called."""
    if value is not None and value.suffix.lower() != ".svg":
        raise click.BadParameter(f"{value.name!r} would hold an SVG; end the name in .svg", context, option)
    return value


@click.command()
@click.argument("verdicts", nargs=-1, required=True, metavar="VERDICTS...")
@click.option("--by", callback=_columns, metavar="COLUMNS", help="Only by these, such as day,reason.")
@click.option(
    "--day", multiple=True, callback=_days, metavar="YYYY-MM-DD", help="Only this day; may be given several times."
)
@click.option("--channel", multiple=True, callback=_codes, metavar="CODE", help="Only this channel; likewise.")
@click.option("--reason", multiple=True, callback=_codes, metavar="CODE", help="Only this reason; likewise.")
@click.option("--category", multiple=True, callback=_codes, metavar="CODE", help="Only this category; likewise.")
@click.option("--operator", multiple=True, metavar="NAME", help="Only callees of this operator; likewise.")
@click.option("--city", multiple=True, metavar="NAME", help="Only callees of this city; likewise.")
@click.option("--action", multiple=True, callback=_codes, metavar="CODE", help="Only this action; likewise.")
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="Lines of the table; 0: all.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_svg,
    metavar="FILE.svg",
    help="Draw the counts.",
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A snapshot store, whose ported numbers, changes included, are counted to their present operator.",
)
@data_option
@settings_option
@json_option
def command(
    verdicts: tuple[str, ...],
    by: tuple[str, ...],
    limit: int,
    picture: Path | None,
    store: Path | None,
    as_json: bool,
    **only: tuple[str, ...],
) -> None:
    """Count verdicts by day, channel, reason, category, operator, city and action.

    \b
    Examples:
      wurao records verdicts/ --by reason,action
      wurao records verdicts/ --day 2026-03-02 --action block --json
      wurao records verdicts/ --picture day.svg
    """
    from wurao.cli.output import note, print_json, progress
    from wurao.cli.overwriting import refuse_overwriting
    from wurao.errors import Refused
    from wurao.records.counts import count
    from wurao.records.sources import find_sources

    sources = find_sources(verdicts)
    if picture is not None:
        refuse_overwriting([picture, _aside(picture)], [source.path for source in sources])
    ported = _ported(store) if store is not None else None
    wanted = {name: values for name, values in only.items() if values}
    with progress("counting") as shown:
        needed = COLUMNS if picture is not None else by
        counts = count(sources, by=needed, only=wanted, ported=ported, advance=shown.advance)
    rows = counts.table.to_pylist()
    if picture is not None:
        _draw(rows, picture)
        note(f"drawn: {picture}")
    if as_json:
        for row in _summed(rows, by):
            print_json(row)
    elif picture is None:
        _show(rows, by, limit)
    for wrong in counts.damaged:
        note(wrong)
    if counts.damaged:
        raise Refused(f"{len(counts.damaged)} of {len(sources)} files were not counted", right="the others are")


def _show(rows: list[dict[str, Any]], by: tuple[str, ...], limit: int) -> None:
    from wurao.cli.output import note, print_table

    shown = sorted(rows, key=lambda row: -row["count"])[: limit or None]
    print_table(
        [*(HEADERS[name] for name in by), "数量 count"], [[*(row[n] for n in by), row["count"]] for row in shown]
    )
    if len(shown) < len(rows):
        note(f"{len(rows) - len(shown):,} more lines: --limit 0 or --json shows them, --by joins them")


def _summed(rows: list[dict[str, Any]], by: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows added up by the columns that were asked for."""
    sums: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in by)
        sums[key] = sums.get(key, 0) + row["count"]
    return [{**dict(zip(by, key, strict=True)), "count": total} for key, total in sums.items()]


def _draw(rows: list[dict[str, Any]], picture: Path) -> None:
    from wurao.records.picture import draw

    aside = _aside(picture)
    aside.write_text(draw(rows), encoding="utf-8")
    os.replace(aside, picture)


def _aside(picture: Path) -> Path:
    return picture.with_name(picture.name + ".partial")


def _ported(store: Path) -> Ported:
    import numpy as np

    from wurao.records.counts import Ported
    from wurao.snapshot import ported_rows

    table = ported_rows(store_with_a_snapshot(store))
    numbers = table.column("number").to_numpy()
    order = np.argsort(numbers, kind="stable")
    return Ported(numbers[order], table.column("operator").combine_chunks().take(order))
