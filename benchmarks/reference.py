"""DuckDB asked for the verdicts: one query on one thread over tables that are in memory before the clock starts."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from benchmarks.ground import Ground
from benchmarks.reference_query import QUERY
from benchmarks.reference_tables import load, load_events
from benchmarks.traffic import Columns

Answers = tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]


class Reference:
    """A DuckDB with the registry, its live changes and the events in it."""

    def __init__(self, ground: Ground, threads: int = 1) -> None:
        self.connection: Any = duckdb.connect(":memory:")
        self.connection.execute(f"set threads = {threads}; set preserve_insertion_order = false")
        ground.tell("loading the same tables into DuckDB")
        load(self.connection, ground.load, ground.changed)
        self.events = 0

    def take(self, columns: Columns) -> None:
        """Load the events to be asked about."""
        load_events(self.connection, columns)
        self.events = len(columns["at"])

    def ask(self) -> Any:
        """Ask; the answer as an Arrow table in no order."""
        return self.connection.sql(QUERY).to_arrow_table()

    def answers(self) -> Answers:
        """Action and reason of each event, in the events' order."""
        found = self.ask()
        order = found.column("id").to_numpy()
        action, reason = np.full(self.events, -1, np.int8), np.full(self.events, -1, np.int8)
        action[order], reason[order] = found.column("action").to_numpy(), found.column("reason").to_numpy()
        return action, reason
