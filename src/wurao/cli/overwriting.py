"""Nothing that a command reads is written over by the same command.

In go the files that it would write and those that it was given, by whatever names, links included; `Refused` comes
out where one is the other. Called by every command that writes where its user says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from wurao.errors import Refused

STANDARD_INPUT = Path("/dev/stdin")
"""What stands for standard input among the files that are read: a shell may have opened one for it."""


def refuse_overwriting(outputs: Iterable[Path], inputs: Iterable[Path], into: Path | None = None) -> None:
    """Refused where an output is an input, or where an input lies in the directory `into` that is written to."""
    read = {found: path for path in inputs if (found := _identity(path)) is not None}
    for output in outputs:
        identity = _identity(output)
        if identity is not None and (same := read.get(identity)) is not None:
            raise Refused(_wrong(output, same), where=str(output), right="name another file for what comes out")
    place = _identity(into) if into is not None else None
    inside = next((path for path in read.values() if place and _identity(path.resolve().parent) == place), None)
    if inside is not None:
        right = "name another directory for what comes out"
        raise Refused(f"is written to, and holds the input {inside}", where=str(into), right=right)


def _wrong(output: Path, same: Path) -> str:
    if same == STANDARD_INPUT:
        return "would be written over, and is standard input"
    return "would be written over, and is an input" + ("" if same == output else f", {same}")


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells one file from all others, whatever it is called; null where there is none."""
    try:
        about = os.stat(path)
    except OSError:
        return None
    return about.st_dev, about.st_ino
