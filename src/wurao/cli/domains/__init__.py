"""Check, import, export and publish lists of fraud domains, and load the data of their guard.

Each command of the group is a file of this folder, as those of `wurao` are files of the folder above.
"""

from __future__ import annotations

from pathlib import Path

import click

from wurao.cli.files import CommandFiles


@click.group(cls=CommandFiles, package=__name__, folder=Path(__file__).parent)
def command() -> None:
    """Check, import, export and publish lists of fraud domains; load the guard's data."""
