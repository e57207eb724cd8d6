"""The data files beside this one: CSV with a header and `#` comments, facts about numbers with their sources.

What comes in is a file's name; what goes out are its rows as dictionaries. The modules that own a file call this once,
when they are imported, and keep what they need as arrays.
"""

from __future__ import annotations

import csv
from pathlib import Path

_HERE = Path(__file__).parent


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a data file, by column name; lines that begin with `#` are comments."""
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
