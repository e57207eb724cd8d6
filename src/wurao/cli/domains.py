"""Check, import, export and publish lists of fraud domains, and load the data of their guard.

Each command of the group is a file beside this one, `domains_<name>.py`, with a module-level `subcommand`; it is
imported when it is used. The first sentence of its docstring is its line in `wurao domains --help`.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import click

_PREFIX = "domains_"


class DomainCommands(click.Group):
    """The commands are the files beside this one whose names begin so."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands, without importing any."""
        return sorted(_files())

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the file of one command; None where there is none."""
        if name not in _files():
            return None
        found = getattr(importlib.import_module(f"wurao.cli.{_files()[name].stem}"), "subcommand", None)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, read without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_sentence(file)) for name, file in sorted(_files().items())])


@click.group(cls=DomainCommands, short_help="Check, import, export and publish lists of fraud domains; load the guard.")
def command() -> None:
    """Check, import, export and publish lists of fraud domains; load the guard's data."""


def _files() -> dict[str, Path]:
    return {
        file.stem.removeprefix(_PREFIX).replace("_", "-"): file for file in Path(__file__).parent.glob(f"{_PREFIX}*.py")
    }


def _first_sentence(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_bytes())) or ""
    line = " ".join(text.split("\n\n")[0].split())
    return line.partition(". ")[0].rstrip(".")
