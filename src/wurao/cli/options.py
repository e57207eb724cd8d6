"""The options that commands share: where data, settings and the snapshot store are, and JSON for programs.

A command takes them as decorators. `data_option` and `settings_option` act by themselves before anything else of the
command runs and hand it nothing; `store_option` hands it `store: Path`, `json_option` hands it `as_json: bool`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from wurao.errors import Refused
from wurao.settings.places import choose_data_directory, choose_settings_file, default_store

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class InputPath(click.Path):
    """The path of an input that must be there: one that is not is refused for its input (exit 1), on every command."""

    def __init__(self, *, directory: bool) -> None:
        super().__init__(file_okay=not directory, dir_okay=directory, path_type=Path)
        self._directory = directory

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, once something of the wanted kind is there; Refused otherwise."""
        path, wanted = Path(value), "directory" if self._directory else "file"
        if not path.exists() or path.is_dir() != self._directory:
            wrong = f"is no {wanted}" if path.exists() else f"there is no such {wanted}"
            raise Refused(wrong, where=str(path), right=f"give the {wanted} that is to be read")
        return path


def data_option(command: Decorated) -> Decorated:
    """`--data DIR`: the data directory of this run. Every command takes it."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="The data directory; else WURAO_DATA, else the platform's usual place.",
        expose_value=False,
        is_eager=True,
        callback=lambda context, option, value: _chosen(choose_data_directory, value),
    )(command)


def settings_option(command: Decorated) -> Decorated:
    """`--settings FILE`: the operator's settings over the defaults. Every command that reads settings takes it."""
    return click.option(
        "--settings",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Settings over the defaults; else WURAO_SETTINGS, else settings.toml in the data directory.",
        expose_value=False,
        is_eager=True,
        callback=lambda context, option, value: _chosen(choose_settings_file, value),
    )(command)


def store_option(command: Decorated) -> Decorated:
    """`--store DIR`, as `store: Path`; it need not exist (`store_with_a_snapshot` insists)."""
    return click.option(
        "--store",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="The snapshot store; else store/ in the data directory.",
        callback=lambda context, option, value: value or default_store(),
    )(command)


def json_option(command: Decorated) -> Decorated:
    """`--json`, as `as_json: bool`: print for programs on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")(command)


def store_with_a_snapshot(store: Path) -> Path:
    """The store as given, when it serves a snapshot; else `Refused`, with how to make one.

    A store whose `current` is lost, or names what is gone, still serves its newest sound snapshot: each was whole
    before `current` ever named it. That is told of, with how to point it, since somebody may have pointed it elsewhere.
    """
    if (store / "current").exists():
        return store
    if (newest := _newest_snapshot(store)) is not None:
        from wurao.log import logger

        told, right = "current names no snapshot; the newest serves", f"ln -sfn snapshots/{newest} {store}/current"
        logger("snapshot").error(told, alarm=True, store=str(store), right=right)
        return store
    right = f"make one with: wurao snapshot build TABLES -o {store}, or try: wurao demo"
    raise Refused("there is no snapshot here", where=str(store), right=right)


def _newest_snapshot(store: Path) -> str | None:
    """The last snapshot that was written whole; those under way have a suffix."""
    found = sorted(path.name for path in (store / "snapshots").glob("*Z") if path.is_dir())
    return found[-1] if found else None


def _chosen(choose: Callable[[Path], None], value: Path | None) -> None:
    if value is not None:
        choose(value)
