"""A run into a directory of parts, which can be resumed.

Each part is brought to the disk and named by the manifest together with its rejected rows; now and then, and at an
interrupt, so is the state of velocity. A run that goes on loads the last saved state, decides once more what came
between it and the end of the parts without writing it (which gives what it gave), and goes on from there. Velocity that
is carried on to other runs is saved here at the end too, and handed over when the manifest says that all is done. `run`
calls it for a directory.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from wurao.errors import Refused
from wurao.events.raw import Findings, Position
from wurao.events.read import Input
from wurao.screening.carried import hand_over, take_up
from wurao.screening.checkpoint import REJECTS, Manifest, Part, Saved, commit
from wurao.screening.output import VerdictFile
from wurao.screening.pipeline import (
    Decided,
    How,
    Rejects,
    Screens,
    Summary,
    ahead,
    behind,
    count,
    interrupts,
    prepared_batches,
)


@dataclass(frozen=True, slots=True)
class End:
    """The end of a part on its way to the disk."""

    late: int
    saved: str | None
    done: bool


class PartsRun:
    """A run into a directory of parts."""

    def __init__(self, engine: Screens, inputs: Sequence[Input], out: Path, manifest: Manifest, how: How) -> None:
        self.engine, self.inputs, self.out, self.manifest, self.how = engine, inputs, out, manifest, how
        self.findings = Findings(how.tell)
        self.started = time.monotonic() - manifest.tally.seconds
        self.saved_at = time.monotonic()
        self.tally = manifest.tally.copy()
        self.file: VerdictFile | None = None
        self.rows = 0
        self.after = manifest.after
        self.goes_on = "the same command goes on from there"
        if any(one.path is None for one in inputs):
            self.goes_on = "standard input cannot be resumed, so begin anew in another directory"

    def run(self) -> Summary:
        """Go on where the manifest says, to the end or the first interrupt."""
        if self.manifest.parts:
            self._resume()
        elif self.how.velocity is not None:
            self.manifest.velocity = take_up(self.engine, self.how)
            commit(self.out, self.manifest)
        self.rejects = Rejects(self.out / REJECTS)
        with closing(self.rejects), interrupts() as interrupted:
            try:
                with behind(self._write, self.how) as write:
                    self._decide_all(write, interrupted)
            except OSError:
                self.how.tell(f"what is done is kept in {self.out}: {self.goes_on}")
                raise
            finally:
                if self.file is not None:
                    self.file.abandon()
        if interrupted.is_set():
            self.how.tell(f"interrupted; what is done is kept in {self.out}: {self.goes_on}")
        hand_velocity_over(self.out, self.manifest, self.how)
        return Summary(self.manifest.tally, self.manifest.refused, interrupted.is_set())

    def _resume(self) -> None:
        """Bring velocity to where the parts end."""
        manifest = self.manifest
        self.how.tell(f"going on after {manifest.tally.events:,} events in {len(manifest.parts):,} parts")
        if manifest.snapshot != self.engine.stamp:
            self.how.tell(f"the snapshot is now {self.engine.stamp}, it was {manifest.snapshot}")
        start = self._load()
        self.how.advance(manifest.tally.events + manifest.tally.rejected)
        again = prepared_batches(self.engine, self.inputs, Findings(), self.how, start, manifest.after)
        with ahead(again, self.how) as items:
            for _, prepared in items:
                self.engine.decide(prepared)

    def _load(self) -> Position:
        """Velocity as it was saved, and where that was; as it was before the first event where that is unsound."""
        manifest = self.manifest
        if manifest.saved is not None:
            try:
                self.engine.load_velocity(self.out / manifest.saved.name)
                return manifest.saved_after
            except Refused as error:
                self.how.tell(f"{error}; velocity is reckoned anew from the first event")
        take_up(self.engine, self.how, manifest.velocity)
        return Position()

    def _decide_all(self, write: Callable[[Decided | End], None], interrupted: threading.Event) -> None:
        source = prepared_batches(self.engine, self.inputs, self.findings, self.how, self.manifest.after, None)
        rows = 0
        with ahead(source, self.how) as items:
            for batch, prepared in items:
                if interrupted.is_set():
                    break
                write(Decided(batch, prepared, self.engine.decide(prepared)))
                rows += len(batch.events)
                self.how.advance(batch.rows)
                if rows >= self.how.part_rows:
                    rows = 0
                    overdue = time.monotonic() - self.saved_at >= self.how.save_seconds
                    write(End(self.engine.late, self._save() if overdue else None, False))
        broken_off = interrupted.is_set()
        saved = self._save() if broken_off or self.how.velocity is not None else None
        write(End(self.engine.late, saved, not broken_off))

    def _save(self) -> str:
        name = f"velocity-{time.time_ns()}.state"
        self.engine.save_velocity(self.out / name)
        self.saved_at = time.monotonic()
        return name

    def _write(self, item: Decided | End) -> None:
        if isinstance(item, End):
            self._end_part(item)
            return
        if self.file is None:
            self.file = VerdictFile(self.out / f"part-{len(self.manifest.parts):05}.parquet")
        self.file.write(self.engine.render(item.prepared, item.verdicts))
        count(self.tally, item)
        self.rejects.write(item.batch)
        self.rows += len(item.batch.events)
        self.after = item.batch.after

    def _end_part(self, end: End) -> None:
        """Bring part, rejects and velocity to the disk, and let the manifest name them: all or nothing."""
        manifest, before = self.manifest, self.manifest.saved
        self.tally.late = end.late
        self.tally.seconds = round(time.monotonic() - self.started, 3)
        if self.file is None and end.done and not manifest.parts:
            self.file = VerdictFile(self.out / "part-00000.parquet")
        if self.file is not None:
            kept = self.file.keep()
            part = Part(self.file.path.name, self.rows, kept.bytes, kept.sha256, self.after)
            manifest.parts.append(part)
            self.file, self.rows = None, 0
        manifest.rejects_bytes = self.rejects.sync()
        manifest.tally = self.tally.copy()
        manifest.refused = list(dict.fromkeys([*manifest.refused, *map(str, self.findings.refused)]))
        manifest.done = end.done
        if end.done or end.saved is not None:
            manifest.saved = Saved(end.saved, len(manifest.parts)) if end.saved is not None else None
        commit(self.out, manifest)
        if before is not None and before != manifest.saved:
            (self.out / before.name).unlink(missing_ok=True)


def hand_velocity_over(out: Path, manifest: Manifest, how: How) -> None:
    """What a run that is done has saved for the next one goes to where that looks for it."""
    if not manifest.done or manifest.saved is None or manifest.velocity is None or how.velocity is None:
        return
    saved = out / manifest.saved.name
    hand_over(saved, manifest.velocity, how.velocity)
    manifest.saved = None
    commit(out, manifest)
    saved.unlink(missing_ok=True)
