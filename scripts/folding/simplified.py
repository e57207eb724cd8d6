"""OpenCC's traditional-to-simplified dictionaries (t2s), read out of the package `opencc`.

The package has them in a form of its own and brings the tool that writes them as text. Which of them `t2s` is made of,
and that the longest phrase comes first, then the second list of characters before the first, its configuration says.
"""

from __future__ import annotations

import importlib.util
import subprocess
import tempfile
from pathlib import Path

CHARACTERS = ("TSCharacters", "TSCharactersExt")
PHRASES = "TSPhrases"


def characters() -> dict[str, str]:
    """Every character that t2s changes, with what it becomes: of several the first."""
    found: dict[str, str] = {}
    for name in CHARACTERS:
        found |= _dictionary(name)
    return {old: new for old, new in found.items() if old != new}


def phrases() -> dict[str, str]:
    """Every phrase, with what it becomes; also those that stay, since they keep their characters from changing."""
    return _dictionary(PHRASES)


def _dictionary(name: str) -> dict[str, str]:
    spec = importlib.util.find_spec("opencc")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package opencc is needed to make the folding tables")
    inside = Path(spec.origin).parent / "clib"
    with tempfile.TemporaryDirectory() as aside:
        text = Path(aside) / "dictionary.txt"
        kept = inside / "share" / "opencc" / f"{name}.ocd2"
        command = [inside / "bin" / "opencc_dict", "-i", kept, "-o", text, "-f", "ocd2", "-t", "text"]
        subprocess.run(command, check=True, capture_output=True)
        rows = [line.split("\t") for line in text.read_text("utf-8").splitlines()]
    return {old: new.split(" ")[0] for old, new in rows}
