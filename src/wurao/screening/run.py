"""Files of events screened into files of verdicts.

`run` takes an engine, the inputs and where the verdicts go, and gives a `Summary`. A directory gets parts and can be
resumed (`parts`), unless standard input filled it; a single file is done in one go. Memory does not grow with the
input. The command `screen`, the demo and the benchmarks call it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from wurao.errors import Refused
from wurao.events.raw import Findings
from wurao.events.read import Input
from wurao.screening.carried import checked, identity_of, refuse_another, take_up
from wurao.screening.checkpoint import REJECTS, Tally, begin_or_resume, held
from wurao.screening.output import PARTIAL, VerdictFile, format_of
from wurao.screening.parts import PartsRun, hand_velocity_over
from wurao.screening.pipeline import (
    Decided,
    How,
    Rejects,
    Screens,
    Summary,
    ahead,
    behind,
    count,
    prepared_batches,
)

__all__ = ["How", "Screens", "Summary", "files_of", "rejects_of", "run"]


def run(engine: Screens, inputs: Sequence[Input], out: Path, how: How | None = None) -> Summary:
    """Screen every input into `out`: a directory, or one file by its ending.

    Refused: a directory with verdicts of other inputs, or with other files; a velocity that cannot be taken up or put
    in the place of another run's. MachineFailed, OSError: the disk. At an
    interrupt (Ctrl-C) a directory keeps what is done, the batch at hand included; the second one breaks off at once.
    """
    how = how or How()
    begun = None if how.velocity is None else identity_of(checked(how.velocity, out))
    form = format_of(out)
    if form is not None:
        return _OneFile(engine, inputs, out, form, how).run()
    with held(out):
        manifest = begin_or_resume(out, inputs, engine.stamp, begun)
        if manifest.done:
            hand_velocity_over(out, manifest, how)
            how.tell(whole_already(out, manifest.snapshot, engine.stamp))
            return Summary(manifest.tally, manifest.refused)
        return PartsRun(engine, inputs, out, manifest, how).run()


def rejects_of(out: Path) -> Path:
    """Where a run into `out` names the rows that it could not read."""
    return out / REJECTS if format_of(out) is None else out.with_name(f"{out.stem}.{REJECTS}")


def whole_already(out: Path, made_with: str, now: str) -> str:
    """What to tell of a directory in which nothing is left to do; where the snapshot is another now, that too."""
    told = f"{out} is whole already, made with snapshot {made_with}: nothing to do"
    return told if made_with == now else f"{told}; with {now}, which the store has, screen into another directory"


def files_of(out: Path) -> list[Path]:
    """The files that a run into one file writes or takes away; of a directory none can be told."""
    if format_of(out) is None:
        return []
    return [each.with_name(each.name + aside) for each in (out, rejects_of(out)) for aside in ("", PARTIAL)]


class _OneFile:
    """A run into one file."""

    def __init__(self, engine: Screens, inputs: Sequence[Input], out: Path, form: str, how: How) -> None:
        self.engine, self.inputs, self.out, self.how = engine, inputs, out, how
        self.begun = take_up(engine, how)
        self.findings = Findings(how.tell)
        self.tally = Tally()
        self.out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists() and not out.is_file():
            raise Refused("is no regular file", where=str(out), right="the name of a file, which would be replaced")
        self.file = VerdictFile(out, form)
        self.kept_rejects = rejects_of(out)

    def run(self) -> Summary:
        """Screen to the end; at an interrupt nothing is left."""
        started = time.monotonic()
        aside = self.kept_rejects.with_name(self.kept_rejects.name + PARTIAL)
        aside.unlink(missing_ok=True)
        self.rejects = Rejects(aside)
        try:
            with closing(self.rejects):
                with behind(self._write, self.how) as write:
                    self._decide_all(write)
                self._keep(aside)
        except KeyboardInterrupt:
            self.how.tell("interrupted; one file cannot be resumed, so nothing was kept (a directory can)")
            return Summary(self.tally, interrupted=True)
        finally:
            self.file.abandon()
            aside.unlink(missing_ok=True)
        if self.how.velocity is not None:
            refuse_another(self.how.velocity, self.begun)
            self.engine.save_velocity(self.how.velocity)
        self.tally.late = self.engine.late
        self.tally.seconds = round(time.monotonic() - started, 3)
        return Summary(self.tally, [str(error) for error in self.findings.refused])

    def _decide_all(self, write: Callable[[Decided], None]) -> None:
        source = prepared_batches(self.engine, self.inputs, self.findings, self.how, None, None)
        with ahead(source, self.how) as items:
            for batch, prepared in items:
                write(Decided(batch, prepared, self.engine.decide(prepared)))
                self.how.advance(batch.rows)

    def _write(self, item: Decided) -> None:
        self.file.write(self.engine.render(item.prepared, item.verdicts))
        count(self.tally, item)
        self.rejects.write(item.batch)

    def _keep(self, aside: Path) -> None:
        if self.findings.refused and not self.tally.events:
            self.how.tell(f"nothing could be read: {self.out} is as it was")
            return
        if self.rejects.sync():
            os.replace(aside, self.kept_rejects)
        else:
            self.kept_rejects.unlink(missing_ok=True)
        self.file.keep()
