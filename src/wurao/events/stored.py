"""What a file of verdicts brings of the texts that were read when it was screened, since it brings no text.

In go the columns of the verdicts as read, in whatever form the file has; out come columns of `STORED_SCHEMA`, which
stand behind those of `READ_SCHEMA`. Called by `checked`; screening takes them in place of a text.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from wurao.events.columns import FEW
from wurao.events.values import Column, few_texts, pc, seconds, texts
from wurao.verdicts import Reason

STORED_SCHEMA = pa.schema(
    [
        pa.field("stored_class", FEW),
        pa.field("stored_kind", FEW),
        pa.field("stored_score", pa.float32()),
        pa.field("stored_links", pa.list_(pa.string())),
        pa.field("stored_hash", pa.binary(32)),
        pa.field("stored_sketch", pa.binary(64)),
        pa.field("stored_fits", pa.bool_(), nullable=False),
    ]
)
"""`stored_fits`: nothing says that the text did not fit the template which was declared."""
STORED_COLUMNS = ("class", "kind", "score", "links", "text_hash", "text_sketch", "reason", "label")
"""The columns of verdicts that these are made of."""
_UNFIT = Reason.UNREGISTERED_TEMPLATE.name
_AROUND = r'[\[\]"\s]'


def stored_columns(column: Callable[[str], Column]) -> list[Column]:
    """The columns of `STORED_SCHEMA`; `column` gives one of the file's, nulls where it has none."""
    score, _ = seconds(column("score"))
    unfit = pc.or_(*(_is(column(name), _UNFIT) for name in ("reason", "label")))
    found = {
        "stored_class": few_texts(column("class"))[0],
        "stored_kind": few_texts(column("kind"))[0],
        "stored_score": score.cast(pa.float32()),
        "stored_links": _lists(column("links")),
        "stored_hash": _octets(column("text_hash"), 32),
        "stored_sketch": _octets(column("text_sketch"), 64),
        "stored_fits": pc.invert(unfit),
    }
    return [found[field.name] for field in STORED_SCHEMA]


def _is(column: Column, word: str) -> Column:
    return pc.fill_null(pc.equal(texts(column), word), False)


def _lists(column: Column) -> Column:
    """Hosts as a list of them: as a list, joined by `;` (CSV), or as a JSON array, none of whose hosts is escaped."""
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.list_(pa.string()))
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return column.cast(pa.list_(pa.string()))
    written = pc.replace_substring_regex(texts(column), _AROUND, "")
    return pc.split_pattern_regex(written, "[;,]").cast(pa.list_(pa.string()))


def _octets(column: Column, width: int) -> Column:
    """Octets of a fixed width: as they are, or in hexadecimal; anything else is null."""
    kind = pa.binary(width)
    if column.null_count == len(column):
        return pa.nulls(len(column), kind)
    if pa.types.is_fixed_size_binary(column.type):
        return column if column.type == kind else pa.nulls(len(column), kind)
    written = texts(column)
    good = pc.fill_null(pc.match_substring_regex(written, f"^[0-9a-f]{{{2 * width}}}$"), False)
    digits = pc.if_else(good, written, "0" * 2 * width)
    octets = np.frombuffer("".join(digits.to_pylist()).encode(), np.uint8)
    values = np.where(octets > 57, octets - 87, octets - 48).reshape(-1, 2)
    found = pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer((values[:, 0] << 4 | values[:, 1]).tobytes())])
    return pc.if_else(good, found, pa.scalar(None, kind))
