"""The tables that folding looks up, loaded once from the file that was made when the package was built.

What each column means stands in `folding_layout`; `scripts/folding` makes the file. `folding_tables` is for compiled
callers, `written_tables` for those that want a name as a machine would ask for it, `versions` says what the tables were
made from.
"""

from __future__ import annotations

import functools
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from wurao.compiled import Bundle, View
from wurao.content.folding_layout import COLUMNS, FILE, WRITTEN
from wurao.errors import MachineFailed

PATH = Path(__file__).with_name(FILE)
REMEDY = (
    "in a checkout run `.venv/bin/python -m scripts.folding`; where the package was installed from a wheel, "
    "`pip install --force-reinstall --no-deps wurao`"
)
"""What makes the file again."""


class Folding(Bundle):
    """All tables of folding; `folding_layout` says what is in them."""

    columns: ClassVar[dict[str, str]] = COLUMNS

    blocks: View
    entries: View
    expansions: View
    decomposing: View
    decomposed_at: View
    decomposed: View
    pairs: View
    composed: View
    simplified_blocks: View
    simplified: View
    phrase_points: View
    phrase_at: View
    phrases: View
    look_alikes: View
    looked_like: View


@functools.cache
def folding_tables() -> Folding:
    """The tables; MachineFailed, with what to run, where the file is missing or cannot be read."""
    return Folding(**{name: array for name, array in _arrays(PATH).items() if name in COLUMNS})


@functools.cache
def written_tables() -> Folding:
    """The tables by which `folding.fold` leaves a text as it is written: NFKC, small letters, no format characters."""
    arrays = _arrays(PATH)
    return Folding(**{name: arrays.get(f"written_{name}", arrays[name]) for name in COLUMNS})


@functools.cache
def versions() -> dict[str, str]:
    """What the tables were made from: `Unicode` and `OpenCC`, each with its version."""
    told = str(_arrays(PATH)["made_from"])
    return dict(each.split(" ") for each in told.split(", "))


def _arrays(path: Path) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in (*COLUMNS, *WRITTEN, "made_from")}
    except FileNotFoundError:
        raise MachineFailed("the folding tables are missing", where=str(path), right=REMEDY) from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MachineFailed(f"these are no folding tables ({error})", where=str(path), right=REMEDY) from error
    return arrays
