"""Verdicts come in: each part of each directory below `verdicts/` that `wurao screen -o` wrote is taken exactly once.

A part is known by its SHA-256, which its manifest says and which is checked. In one transaction its runs on the shelf
are kept, its counts added, its notices queued, and it is marked as taken: killed before the commit it is taken again,
killed after it it is not. What is damaged is named, put aside and passed over until it is another file; the others go
on. Called by `serving.stops`, and by the demo before it is served.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from wurao.control.registry.models import MODELS
from wurao.control.registry.turns import writing
from wurao.control.stops import notices, shelf
from wurao.control.stops.models import PutAside, TakenPart
from wurao.control.stops.sums import add_counts
from wurao.errors import Refused, refuse_shortage
from wurao.log import logger
from wurao.records.by_callee import everything, read_part, stopped
from wurao.records.counts import Ported, count
from wurao.records.sources import Source, directories_of_verdicts, find_sources
from wurao.settings.places import data_directory

VERDICTS = "verdicts"
"""The directory below the data directory that is watched."""
MANIFEST = "manifest.json"
_log = logger("stops")


class Intake:
    """Takes what is new; one a data directory."""

    def __init__(self, place: Path | None = None) -> None:
        self.place = place or data_directory() / VERDICTS
        self._seen: dict[Path, str] = {}

    def round(self, tell: bool = True) -> int:
        """Take every part that is new; how many. `tell`: subscribers who want it are told of what was stopped."""
        taken = 0
        if lost := shelf.clear_lost():
            _log.error(
                "files by callee are gone; verdicts that are still there are taken up again", alarm=True, lost=lost
            )
            self._seen.clear()
        for directory in directories_of_verdicts(self.place):
            state = _state(directory / MANIFEST)
            if self._seen.get(directory) == state:
                continue
            taken += sum(self._take(source, tell) for source in self._sources(directory))
            if not self._has_aside(directory):
                self._seen[directory] = state
        if taken:
            shelf.tidy()
        return taken

    def _sources(self, directory: Path) -> Iterator[Source]:
        """The parts of a directory that were neither taken nor put aside."""
        manifest = directory / MANIFEST
        if self._is_aside(manifest):
            return
        try:
            sources = find_sources([str(directory)]) if _has_parts(manifest) else []
        except (Refused, OSError) as error:
            self._put_aside(manifest, error)
            return
        hashes = [source.part.sha256 for source in sources if source.part is not None]
        taken = set(TakenPart.objects.filter(sha256__in=hashes, shelved=True).values_list("sha256", flat=True))
        for source in sources:
            if source.part is not None and source.part.sha256 not in taken and not self._is_aside(source.path):
                yield source

    def _take(self, source: Source, tell: bool) -> bool:
        """Take one part; False where it was put aside."""
        assert source.part is not None
        try:
            verdicts = read_part(source)
            stops, events = stopped(verdicts), everything(verdicts)
            counts = count([source], ported=_ported(verdicts))
            if counts.damaged:
                raise Refused(counts.damaged[0])
        except (Refused, pa.ArrowException, OSError) as error:
            refuse_shortage(error, str(source.path))
            self._put_aside(source.path, error)
            return False
        runs = [shelf.write(shelf.STOPS, stops), shelf.write(shelf.RECENT, events)]
        fresh = tell and time.time() - source.path.stat().st_mtime <= notices.fresh_s()
        telling = notices.wanted(stops) if fresh else None
        with writing():
            for run in runs:
                if run is not None:
                    run.save()
            # Counted and told of before, where only the files of the shelves were lost since.
            if not TakenPart.objects.filter(sha256=source.part.sha256).update(shelved=True):
                add_counts(counts.table)
                if telling is not None:
                    notices.queue(telling)
                TakenPart.objects.create(
                    sha256=source.part.sha256, place=self._named(source.path), rows=source.part.rows, stops=len(stops)
                )
            PutAside.objects.filter(place=self._named(source.path)).delete()
        _log.info("verdicts taken", place=self._named(source.path), rows=source.part.rows, stops=len(stops))
        return True

    def _put_aside(self, path: Path, error: Exception) -> None:
        wrong = error.wrong if isinstance(error, Refused) else " ".join(str(error).split())
        _log.error("verdicts cannot be taken; put aside", alarm=True, place=self._named(path), wrong=wrong)
        given = {"file": _state(path), "wrong": wrong[:500]}
        PutAside.objects.update_or_create(place=self._named(path), defaults=given)

    def _has_aside(self, directory: Path) -> bool:
        below = self._named(directory / MANIFEST).removesuffix(MANIFEST)
        return PutAside.objects.filter(place__startswith=below).exists()

    def _is_aside(self, path: Path) -> bool:
        return PutAside.objects.filter(place=self._named(path), file=_state(path)).exists()

    def _named(self, path: Path) -> str:
        return str(path.relative_to(self.place))


def _ported(verdicts: pa.Table) -> Ported | None:
    """The callees of a part who took their numbers to another operator."""
    from wurao.numbering.parse import parse_column

    callees = np.unique(parse_column(verdicts.column("to_number").combine_chunks()))
    found: list[tuple[int, Any]] = []
    for first in range(0, len(callees), notices.AT_A_TIME):
        some = callees[first : first + notices.AT_A_TIME].tolist()
        found += MODELS["ported"].objects.filter(number__in=some).values_list("number", "operator")
    found.sort()
    numbers, operators = [number for number, _ in found], [operator for _, operator in found]
    return Ported(np.array(numbers, np.int64), pa.array(operators, pa.string())) if found else None


def _has_parts(manifest: Path) -> bool:
    """Whether a manifest names parts by now; a run that has just begun names none."""
    try:
        return b'"sha256"' in manifest.read_bytes()
    except FileNotFoundError:
        return False


def _state(path: Path) -> str:
    """What tells this state of a file from another."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return "gone"
    return f"{about.st_size}:{about.st_ctime_ns}:{about.st_ino}"


def last_taken() -> datetime | None:
    """When the last part was taken."""
    return TakenPart.objects.order_by("-taken_at").values_list("taken_at", flat=True).first()
