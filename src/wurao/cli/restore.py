"""Bring a registry back from a backup.

In goes a file of `wurao backup`; out comes a data directory from which `wurao serve` goes on. Every part is held
against its hash before anything is touched.
"""

from __future__ import annotations

from pathlib import Path

import click

from wurao.cli.options import data_option, json_option
from wurao.cli.output import note, print_json
from wurao.settings.places import data_directory


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put aside the registry that is there, under a name with the time.")
@data_option
@json_option
def command(file: Path, replace: bool, as_json: bool) -> None:
    """Bring the registry of FILE back into the data directory; not while `wurao serve` runs.

    \b
    Example:
      wurao restore /backup/wurao-2026-03-01.tar --data /var/lib/wurao
    """
    from wurao.control.keeping import restore

    restored = restore(file, data_directory(), replace=replace)
    if as_json:
        print_json({"file": str(file), "files": restored})
    note(f"restored to {data_directory()}; next: wurao serve")
