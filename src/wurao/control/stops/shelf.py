"""Where what concerns people is kept beside the database: sorted runs, small ones merged into larger ones.

Two shelves: `stops`, what was stopped or labelled, for as long as `stops_days` says; `recent`, every event of the last
days, so that a changed wish can be tried on it. A run counts when its `KeptRun` is committed; a file without one is
left over and goes. `write` is called by whoever takes a part, before the transaction that takes it, since wishes wait
for none of that; `look_up` by pages, in any process.
"""

from __future__ import annotations

import functools
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from wurao.control.registry.turns import writing
from wurao.control.stops.models import Forgotten, KeptRun, TakenPart
from wurao.records.runs import Run, merge, write_run
from wurao.settings.places import data_directory

STOPS, RECENT = "stops", "recent"
PLACE = "by-callee"
TOGETHER = 8
"""So many runs of about one size are merged."""
LARGEST = 4_000_000
"""Rows that a run has at most by merging: it is sorted in memory."""
TRIES = 5


def write(shelf: str, rows: pa.Table) -> KeptRun | None:
    """Write rows as a run; it counts once what is given back is saved. None for no rows."""
    return _written(shelf, rows) if len(rows) else None


def look_up(shelf: str, callee: int) -> pa.Table | None:
    """The rows of one callee, in no order, the runs that were kept later later; null where there are none."""
    for _ in range(TRIES):
        files = KeptRun.objects.filter(shelf=shelf).order_by("number").values_list("file", flat=True)
        try:
            found = [rows for file in files if (rows := _opened(_place() / file).of(callee)).num_rows]
        except FileNotFoundError:  # merged meanwhile
            continue
        if not found:
            return None
        table = pa.Table.from_batches(found)
        gone = Forgotten.objects.filter(number=callee).first()
        return table if gone is None else table.filter(pc.field("at") >= pa.scalar(gone.before))
    return None


def any_rows(shelf: str) -> pa.Table | None:
    """The rows of the largest run, for whoever wants examples; null where there is none."""
    largest = KeptRun.objects.filter(shelf=shelf).order_by("-rows").first()
    return None if largest is None else pa.Table.from_batches([_opened(_place() / largest.file).rows])


def newest(shelf: str) -> datetime | None:
    """The time of the newest event on a shelf."""
    last = KeptRun.objects.filter(shelf=shelf).order_by("-last_at").first()
    return None if last is None else last.last_at


def tidy() -> None:
    """Drop what is too old, merge what is small, and remove files that no run is kept in."""
    for shelf, days in ((STOPS, settings.CONTROL.stops_days), (RECENT, settings.CONTROL.recent_days)):
        last = newest(shelf)
        if last is not None:
            KeptRun.objects.filter(shelf=shelf, last_at__lt=last - timedelta(days=days)).delete()
        for runs in _to_merge(shelf):
            _merge(shelf, runs)
    kept = set(KeptRun.objects.values_list("file", flat=True))
    for file in _place().iterdir():
        if file.name not in kept:
            file.unlink(missing_ok=True)


def clear_lost() -> int:
    """Where files of runs are gone, as after a restore, begin the shelves anew: what was taken is to be taken up again.

    How many files are gone. Counts, notices and reports stand in the database and stay.
    """
    lost = [file for file in KeptRun.objects.values_list("file", flat=True) if not (_place() / file).exists()]
    if lost:
        with writing():
            KeptRun.objects.all().delete()
            TakenPart.objects.update(shelved=False)
    return len(lost)


def _to_merge(shelf: str) -> Iterator[list[KeptRun]]:
    """Groups of about one size, as many as it takes, that make no run above the largest."""
    sizes: dict[int, list[KeptRun]] = defaultdict(list)
    for run in KeptRun.objects.filter(shelf=shelf).order_by("number"):
        sizes[run.rows.bit_length() // 3].append(run)
    for runs in sizes.values():
        group = runs[:TOGETHER]
        if len(group) == TOGETHER and sum(run.rows for run in group) <= LARGEST:
            yield group


def _merge(shelf: str, runs: list[KeptRun]) -> None:
    name = _name(shelf)
    opened = [_opened(_place() / run.file) for run in runs]
    rows, size = merge(opened, _place() / name, _not_forgotten)
    with writing():
        KeptRun.objects.filter(number__in=[run.number for run in runs]).delete()
        if rows:
            KeptRun.objects.create(shelf=shelf, file=name, rows=rows, size=size, last_at=max(r.last_at for r in runs))


def _not_forgotten(rows: pa.Table) -> Any:
    """A mask of the rows that may still be kept."""
    gone = list(Forgotten.objects.values_list("number", "before"))
    if not gone:
        return pa.repeat(pa.scalar(True), len(rows))
    place = pc.index_in(rows.column("callee"), pa.array([number for number, _ in gone], pa.int64()))
    before = pa.array([moment for _, moment in gone], rows.schema.field("at").type).take(place)
    return pc.fill_null(pc.greater_equal(rows.column("at"), before), True)


def _written(shelf: str, rows: pa.Table) -> KeptRun:
    name = _name(shelf)
    size = write_run(rows, _place() / name)
    return KeptRun(shelf=shelf, file=name, rows=len(rows), size=size, last_at=pc.max(rows.column("at")).as_py())


def _name(shelf: str) -> str:
    return f"{shelf}-{uuid.uuid4().hex}.arrow"


def _place() -> Path:
    place = data_directory() / PLACE
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


@functools.lru_cache(maxsize=1024)
def _opened(path: Path) -> Run:
    """Runs stay mapped: a name is never given twice."""
    return Run(path)
