"""Load tables of files into an empty registry, checked row by row.

What a snapshot is built from without a registry, the files of the tables, is brought into the registry's database, for
`wurao serve` to go on from. Bad rows are named and left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from wurao.cli.options import data_option, json_option
from wurao.cli.output import note, print_json, print_table
from wurao.cli.serve import prepared, refuse_without_control
from wurao.settings.places import default_store

SHOWN = 20


@click.command()
@click.argument("tables", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_option
@json_option
def command(tables: Path, as_json: bool) -> None:
    """Load TABLES, a directory of CSV or Parquet files, into an empty registry.

    \b
    Example:
      wurao load tables --data /var/lib/wurao
    """
    refuse_without_control()
    from wurao.control.database import database
    from wurao.control.registry.loading import load

    prepared()
    rows = load(tables, database(), default_store(), _tell_bad)
    if as_json:
        print_json({"rows": rows})
    else:
        print_table(("表 table", "行 rows"), list(rows.items()))
    note("loaded; a running wurao serve builds a snapshot of it, or start one")


def _tell_bad(name: str, bad: Any) -> None:
    for row in bad.kept[:SHOWN]:
        note(str(row))
    if bad.count > SHOWN:
        note(f"{name}: {bad.count:,} bad rows in all")
