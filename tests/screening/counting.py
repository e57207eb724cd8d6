"""An engine as `run` sees one, whose verdicts rest on everything it has seen: for trying what happens around it.

As a program: `python counting.py OUT SLOW VELOCITY INPUT...` screens the inputs into OUT, sleeping SLOW seconds a
batch; VELOCITY is where the state is carried on, `-` for nowhere.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from wurao.events.read import find_inputs
from wurao.numbering.canonical import canonical_column
from wurao.screening.run import How, run
from wurao.verdicts import ACTIONS, REASONS, VERDICT_SCHEMA
from wurao.wishes import CHANNELS


class Decided:
    def __init__(self, columns: dict[str, Any]) -> None:
        self.columns = columns

    def array(self, name: str) -> Any:
        return self.columns[name]


class CountingEngine:
    """The action is how often the caller was seen before; the reason how many events there were: both modulo."""

    def __init__(self, slow: float = 0.0) -> None:
        self.seen: Counter[int] = Counter()
        self.late = 0
        self.stamp = "20260302T000000000000Z+7"
        self.slow = slow

    def prepare(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch

    def decide(self, prepared: pa.RecordBatch) -> Decided:
        time.sleep(self.slow)
        actions, reasons = [], []
        for caller in prepared.column("from_number").to_pylist():
            actions.append(self.seen[caller] % len(ACTIONS))
            reasons.append(self.seen.total() % len(REASONS))
            self.late += actions[-1] == 3
            self.seen[caller] += 1
        return Decided({"action": np.array(actions, np.int8), "reason": np.array(reasons, np.int8)})

    def render(self, prepared: pa.RecordBatch, verdicts: Decided) -> pa.RecordBatch:
        rows = len(prepared)
        columns = {
            "event_id": prepared["event_id"],
            "at": prepared["at"],
            "channel": coded(prepared["channel"].to_numpy(), CHANNELS),
            "from_number": canonical_column(prepared["from_number"].to_numpy()),
            "to_number": canonical_column(prepared["to_number"].to_numpy()),
            "action": coded(verdicts.array("action"), ACTIONS),
            "reason": coded(verdicts.array("reason"), REASONS),
            "overseas_mark": pa.array(np.zeros(rows, bool)),
            "from_signalled": prepared["from_signalled"],
            "trunk": prepared["trunk"].dictionary_decode(),
            "snapshot": pa.repeat(self.stamp, rows),
        }
        arrays = [columns.get(field.name, pa.nulls(rows, field.type)) for field in VERDICT_SCHEMA]
        return pa.RecordBatch.from_arrays(arrays, schema=VERDICT_SCHEMA)

    def save_velocity(self, path: Path) -> None:
        path.write_text(json.dumps([self.late, list(self.seen.items())]))

    def load_velocity(self, path: Path) -> None:
        self.late, seen = json.loads(path.read_text())
        self.seen = Counter(dict(seen))

    def begin_with_velocity(self, path: Path) -> None:
        self.load_velocity(path)
        self.late = 0


def coded(values: Any, names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(values), pa.array(names))


if __name__ == "__main__":
    velocity = None if sys.argv[3] == "-" else Path(sys.argv[3])
    sizes = {"batch_rows": 50, "part_rows": 200, "save_seconds": 0.05}
    how = How(**sizes, velocity=velocity, tell=lambda said: print(said, file=sys.stderr))
    done = run(CountingEngine(float(sys.argv[2])), find_inputs(sys.argv[4:]), Path(sys.argv[1]), how)
    sys.exit(130 if done.interrupted else 0)
