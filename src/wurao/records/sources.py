"""Where verdicts lie: files of them, and the directories that `wurao screen` writes, with what their manifests say.

Paths come in, `Source`s go out, each checked by `verify` against its manifest before it is believed. Called by
`counts`, `by_callee` and the command `records`.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wurao.errors import Refused
from wurao.screening.checkpoint import MANIFEST, Part, read_manifest

_PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class Source:
    """One file of verdicts; what the manifest beside it says it is, where there is one."""

    path: Path
    part: Part | None = None


def find_sources(arguments: Sequence[str]) -> list[Source]:
    """The files that paths, globs and directories name; of a directory with a manifest the parts that it names.

    Refused: nothing there, or no Parquet.
    """
    found: list[Source] = []
    for argument in arguments:
        path = Path(argument)
        paths = [path] if path.exists() else sorted(map(Path, glob.glob(argument, recursive=True)))
        sources = [source for each in paths for source in _sources(each)]
        if not sources:
            right = "give files or directories of Parquet verdicts, as wurao screen -o DIR writes them"
            raise Refused("holds no verdicts" if paths else "no such file", where=argument, right=right)
        found += sources
    return found


def directories_of_verdicts(place: Path) -> Iterator[Path]:
    """A directory and those below it, in order, that `wurao screen -o` wrote: each that has a manifest.

    What lies below one of them is not looked at, so that years of parts cost a look at each directory only.
    """
    if (place / MANIFEST).exists():
        yield place
    yield from _below(place)


def _below(place: Path) -> Iterator[Path]:
    try:
        with os.scandir(place) as found:
            names = sorted(each.name for each in found if each.is_dir(follow_symlinks=False))
    except OSError:
        return
    for name in names:
        if (place / name / MANIFEST).exists():
            yield place / name
        else:
            yield from _below(place / name)


def verify(source: Source, interrupted: Callable[[], bool] = lambda: False) -> None:
    """Compare a part with what its manifest says; Refused where they differ. After an interrupt it says nothing."""
    if source.part is None:
        return
    digest = hashlib.sha256()
    with source.path.open("rb") as file:
        while not interrupted() and (piece := file.read(_PIECE)):
            digest.update(piece)
    if not interrupted() and digest.hexdigest() != source.part.sha256:
        raise Refused("is not what was written (its checksum differs)", right="restore it, or screen anew")


def _sources(path: Path) -> Iterable[Source]:
    if not path.is_dir():
        return [Source(path)] if path.suffix.lower() in (".parquet", ".pq") else []
    if (path / MANIFEST).exists():
        return [Source(path / part.name, part) for part in read_manifest(path).parts]
    return [Source(each) for each in sorted(path.glob("*.parquet"))]
