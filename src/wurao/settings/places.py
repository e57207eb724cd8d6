"""Where things are kept on this machine: the data directory, and what lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_chosen: Path | None = None
_chosen_settings: Path | None = None


def choose_data_directory(directory: Path) -> None:
    """Take what `--data` said, for the rest of this process and its children."""
    global _chosen
    _chosen = directory
    os.environ["WURAO_DATA"] = str(directory)


def data_directory() -> Path:
    """`--data DIR`, else `WURAO_DATA`, else the platform's usual place."""
    if _chosen is not None:
        return _chosen
    named = os.environ.get("WURAO_DATA")
    return Path(named) if named else Path(platformdirs.user_data_dir("wurao", appauthor=False))


def default_store() -> Path:
    """Where the snapshot store is when nobody says otherwise."""
    return data_directory() / "store"


def choose_settings_file(file: Path) -> None:
    """Take what `--settings` said, for the rest of this process and its children."""
    global _chosen_settings
    _chosen_settings = file
    os.environ["WURAO_SETTINGS"] = str(file)


def settings_file() -> Path | None:
    """`--settings FILE`, else `WURAO_SETTINGS`, else `settings.toml` in the data directory where there is one."""
    if _chosen_settings is not None:
        return _chosen_settings
    named = os.environ.get("WURAO_SETTINGS")
    if named:
        return Path(named)
    usual = data_directory() / "settings.toml"
    return usual if usual.exists() else None
