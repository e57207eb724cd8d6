"""Show the guard's data, and load newer.

The guard decides by names of government, banks, operators, large services, hosting and popular names, and by the
public suffix list. The package ships all of it; a part that is loaded stands over the shipped one.
"""

from __future__ import annotations

from pathlib import Path

import click

from wurao.cli.options import data_option, json_option
from wurao.cli.output import note, print_json, print_table
from wurao.errors import Misused

HEADERS = ("部分 part", "名称 names", "日期 date", "位置 where")


@click.group(short_help="Show the guard's data, or load newer.")
def command() -> None:
    """Show the data by which the guard decides, or load newer."""


@command.command()
@data_option
@json_option
def show(as_json: bool) -> None:
    """Say which parts the guard's data have, of which date, from which source, how many names; and check them.

    \b
    Example:
      wurao domains guard show
    """
    _print(as_json)


@command.command()
@click.argument("directory", type=click.Path(path_type=Path), required=False, metavar="DIR")
@click.option("--source", help="Where the parts are from; it is kept with them.")
@click.option("--smaller", is_flag=True, help="Take parts that guard much less than those they stand for.")
@click.option("--shipped", is_flag=True, help="Go back to the shipped parts.")
@data_option
@json_option
def load(directory: Path | None, source: str | None, smaller: bool, shipped: bool, as_json: bool) -> None:
    """Load the parts that lie in DIR over the shipped ones, checked line by line, all of them or none.

    DIR holds some of government.csv, banks.csv, operators.csv, services.csv, hosting.csv (columns name, owner, source),
    popular.txt (a name a line, or rank,name, the most popular first) and public_suffix_list.dat. Parts loaded before
    and not given again stay.

    \b
    Example:
      wurao domains guard load newer --source 'Tranco, 2026-11-29'
    """
    from wurao.domains.guard_loading import load_guard, unload_guard

    if (directory is None) != shipped:
        raise Misused("names no data", where="guard load", right="give DIR, or --shipped")
    if directory is None:
        unload_guard()
    else:
        load_guard(directory, source or str(directory), smaller=smaller)
        note("loaded; the next build, change and publishing go by it")
    _print(as_json)


def _print(as_json: bool) -> None:
    from wurao.domains import Guard
    from wurao.domains.guard_files import PARTS
    from wurao.domains.guard_loading import BETWEEN_SOURCES

    names = {part.file: f"{part.name_zh} {part.name_en}" for part in PARTS}
    parts = Guard.read().data.parts
    if as_json:
        print_json(
            {
                part.file: {
                    "names": part.about.names,
                    "date": part.about.date,
                    "source": part.about.source,
                    "where": part.where,
                }
                for part in parts
            }
        )
        return
    rows = [
        (
            f"{part.file} {names.get(part.file, '公共后缀 public suffixes')}",
            part.about.names,
            part.about.date,
            str(part.where),
        )
        for part in parts
    ]
    print_table(HEADERS, rows)
    click.echo("\n来源 sources")
    for part in parts:
        click.echo(part.file)
        for source in part.about.source.split(BETWEEN_SOURCES):
            click.echo(f"  {source}")
