"""Copy the registry while it runs: one file with all that cannot be made again.

In goes the data directory; out comes a file with the database, the keys and the settings, each with its hash. Snapshots
and the change log are made again from it. `wurao restore` takes it back.
"""

from __future__ import annotations

from pathlib import Path

import click

from wurao.cli.options import data_option, json_option
from wurao.cli.output import note, print_json
from wurao.settings.places import data_directory


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@json_option
def command(file: Path, as_json: bool) -> None:
    """Copy the registry to FILE while it runs; FILE must not be there.

    \b
    Example:
      wurao backup /backup/wurao-2026-03-01.tar
    """
    from wurao.control.keeping import back_up

    kept = back_up(file, data_directory())
    if as_json:
        print_json({"file": str(file), "files": kept})
    else:
        for name, size in kept.items():
            click.echo(f"{name}  {size:,}")
    note(f"backed up to {file}; it opens every session and key, so keep it safe")
