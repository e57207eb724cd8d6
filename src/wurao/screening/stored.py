"""What verdicts tell of texts that were read when they were screened, in place of texts (DESIGN 8: none is kept).

A batch read from a file of verdicts comes in (`events.stored`); out comes what reading its texts would have given, as
far as verdicts tell: class, kind, score and links of each message whose text was read. Whether a text fitted the
template that was declared they tell only where it did not. Called by `texts`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.content.classes import CLASSES, KINDS
from wurao.content.hosts import Readings
from wurao.content.judging import Judged
from wurao.content.reader import TextsRead
from wurao.events.values import places_of
from wurao.snapshot.columns import places


def are_stored(batch: pa.RecordBatch) -> bool:
    """Whether a batch is one of verdicts."""
    return "stored_score" in batch.schema.names


def stored_texts(batch: pa.RecordBatch, rows: npt.NDArray[np.int64]) -> TextsRead:
    """What verdicts tell of the texts of some rows: a text a row."""
    reading = np.full(batch.num_rows, -1, np.int32)
    reading[rows] = np.arange(len(rows))
    few = batch.take(pa.array(rows))
    links = few.column("stored_links")
    hosts = pc.fill_null(links.flatten(), "")
    lengths = pc.fill_null(pc.list_value_length(links), 0).to_numpy()
    _, begins, octets = hosts.buffers()
    arrays: dict[str, npt.NDArray[Any]] = {
        "hashes": np.zeros(0, np.uint8),
        "sketches": np.zeros(0, np.uint8),
        "hosts_of": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        "host_begins": np.frombuffer(begins, np.int32)[hosts.offset :][: len(hosts) + 1],
        "hosts": np.frombuffer(octets if octets is not None else b"", np.uint8),
    }
    score = few.column("stored_score").to_numpy()
    class_of, kind = _codes(few.column("stored_class"), CLASSES), _codes(few.column("stored_kind"), KINDS)
    label = np.full(len(rows), -1, np.int8)
    judged = Judged(
        score=score,
        score_known=score,
        class_of=class_of,
        class_known=class_of,
        kind=kind,
        kind_known=kind,
        label=label,
    )
    fits = batch.column("stored_fits").to_numpy(zero_copy_only=False).astype(np.int8)
    return TextsRead(reading, fits, judged, Readings(**arrays), len(rows))


def stored_marks(batch: pa.RecordBatch, read: TextsRead) -> dict[str, pa.Array]:
    """The hashes and sketches of the texts that count as read, as the verdicts have them."""
    there = pa.array(read.reading >= 0)
    return {
        f"text_{name}": pc.if_else(there, column, pa.scalar(None, column.type))
        for name, column in ((name, batch.column(f"stored_{name}")) for name in ("hash", "sketch"))
    }


def _codes(column: pa.Array, codes: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """The place of each value of a dictionary column among codes, -1 for null and for what is none."""
    if column.null_count == len(column):
        return np.full(len(column), -1, np.int8)
    found = np.append(places(column.dictionary, pa.array(codes)), -1).astype(np.int8)
    there = column.is_valid().to_numpy(zero_copy_only=False)
    return found[np.where(there, places_of(column), len(found) - 1)]
