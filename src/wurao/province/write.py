"""Blocks made into files: the Event columns of CONTRACTS as Parquet, and the truth, a row each in the same order.

Numbers are written as networks signal them: with `+`, `00`, the country code alone, or as dialled at home; and a few
that are none. `EventFiles` takes sorted blocks and writes `part-00000.parquet` … of `EVENTS_A_FILE` at least.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wurao.province.block import ATTESTATIONS, NONE, ROAMINGS, Block, Ints
from wurao.province.columns import MIDNIGHT_US, absent, decimal, numbers, picked, times, together, where
from wurao.province.life import FRAUD_NAMES, ORDINARY_NAMES
from wurao.province.scenes import NOTHING, SCENES, SHOULD, Scene
from wurao.province.wishes import CATEGORIES
from wurao.province.world import World

EVENTS_A_FILE = 300_000
CHANNELS = ("call", "message", "autocall", "name")
ORDINARY = tuple(
    f"{word}-{n}.example" for word in ("weather", "school", "shop", "news") for n in range(ORDINARY_NAMES // 4)
)
FRAUD = tuple(f"{word}-{n}.example" for word in ("bank-verify", "etc-renew", "refund") for n in range(FRAUD_NAMES // 3))
LIFE = "life"

_REPEATED = ("channel", "text", "category", "template_id", "trunk", "attestation", "roaming", "display_name", "name")
_LAID_OUT: dict[str, Any] = {
    "compression": "zstd",
    "write_page_checksum": True,
    "use_dictionary": [*_REPEATED, "planted", "should", "scene"],
    "column_encoding": {"event_id": "DELTA_BYTE_ARRAY"},
}
"""Only columns that repeat themselves get a dictionary: trying it on the others takes half of the time of writing."""


class EventFiles:
    """Writes events and truth as blocks come, in order of time. Use it in a `with`; it counts what it wrote."""

    def __init__(self, directory: Path, truth: Path, world: World) -> None:
        self.directory, self.world, self.events = directory, world, 0
        self._texts = pa.array(world.texts.pool)
        self._templates = pa.array([f"t{place:06d}" for place in range(len(world.firms.bodies))])
        self._pending: list[pa.Table] = []
        self._files = 0
        self._truth = pq.ParquetWriter(truth, pa.schema(_TRUTH_FIELDS), **_LAID_OUT)
        self._thread = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None

    def __enter__(self) -> EventFiles:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self._wait()
                if self._pending:
                    self._next_file()
        finally:
            self._thread.shutdown()
            self._truth.close()

    def write(self, block: Block) -> None:
        """Take one block, whose events follow those before in time; it is written while the next one is made."""
        self._wait()
        if len(block["at"]):
            self._under_way = self._thread.submit(self._write, block, self.events)
            self.events += len(block["at"])

    def _wait(self) -> None:
        if self._under_way is not None:
            self._under_way.result()
            self._under_way = None

    def _write(self, block: Block, before: int) -> None:
        ids = together("20260916", decimal(np.arange(len(block["at"])) + before + 10**9), by="-")
        self._pending.append(self._table(block, ids))
        self._truth.write_table(_truth(block, ids))
        if sum(len(table) for table in self._pending) >= EVENTS_A_FILE:
            self._next_file()

    def _next_file(self) -> None:
        file = self.directory / f"part-{self._files:05d}.parquet"
        pq.write_table(pa.concat_tables(self._pending), file, row_group_size=250_000, **_LAID_OUT)
        self._pending, self._files = [], self._files + 1

    def _table(self, block: Block, ids: pa.StringArray) -> pa.Table:
        world, at = self.world, block["at"]
        spoken, channel, name = block["answered"] != NONE, block["channel"], block["name"]
        columns = {
            "event_id": ids,
            "at": times(at + MIDNIGHT_US),
            "channel": picked(CHANNELS, channel),
            "from_number": numbers(block["caller"], at % 4),
            "to_number": numbers(block["callee"], at // 4 % 4),
            "text": picked(self._texts, block["text"]),
            "category": picked(CATEGORIES, block["category"]),
            "template_id": picked(self._templates, block["template"]),
            "trunk": picked(world.trunks.names, block["trunk"]),
            "attestation": picked(ATTESTATIONS, block["attestation"]),
            "roaming": picked(ROAMINGS, block["roaming"]),
            "diversion": numbers(block["diversion"], at % 2),
            "display_name": picked(world.firms.name, block["display"]),
            "name": picked(ORDINARY + FRAUD, np.where(name <= -2, ORDINARY_NAMES - 2 - name, name)),
            "client": _addresses(block["client"]),
            "answered": pa.array(block["answered"] == 1, mask=~spoken),
            "ring_s": pa.array(block["ring"].astype(np.float64).round(1), mask=~spoken),
            "duration_s": pa.array(block["duration"].astype(np.float64).round(1), mask=~spoken),
        }
        return pa.table(columns)


_TRUTH_FIELDS: list[pa.Field[Any]] = [
    pa.field("event_id", pa.string()),
    pa.field("planted", pa.string()),
    pa.field("wanted", pa.bool_()),
    pa.field("should", pa.string()),
    pa.field("scene", pa.string()),
]


def _truth(block: Block, ids: pa.StringArray) -> pa.Table:
    """What the generator knows of each: the kind planted where the callee's wish lets Wurao act, else life."""
    scene, should = block["scene"].astype(np.int64), block["should"]
    planted = np.where((scene > Scene.LET_THROUGH) & (should > NOTHING), scene, len(SCENES))
    return pa.table(
        {
            "event_id": ids,
            "planted": picked((*SCENES, LIFE), planted),
            "wanted": pa.array(block["wanted"]),
            "should": picked(SHOULD, should),
            "scene": picked(SCENES, scene),
        }
    )


def _addresses(client: Ints) -> Any:
    """The asking addresses, all in 10.0.0.0/8."""
    if (client < 0).all():
        return absent(len(client), pa.string())
    return where(client >= 0, together("10", *(decimal(client >> shift & 255) for shift in (16, 8, 0)), by="."))
