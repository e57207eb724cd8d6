"""Who agreed, and who asked: whether two columns name one person.

Names come in as people write them; out comes where both are the same however they are written. Whatever cannot be told
apart on screen is one: width and case, white space, characters without a shape. Called by `targets` and by the guard of
domain names.
"""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.tables.plain import Mask


def another_agreed(second_person: pa.Array | pa.ChunkedArray, asked: pa.Array | pa.ChunkedArray) -> Mask:
    """Where a second person is named who is not the one who asked."""
    found = np.zeros(len(second_person), bool)
    rows = np.flatnonzero(np.asarray(pc.is_valid(second_person), bool))
    if len(rows):
        chosen = pa.array(rows)
        second, first = _folded(second_person.take(chosen)), _folded(asked.take(chosen))
        found[rows] = pc.and_(pc.not_equal(second, ""), pc.not_equal(second, first))
    return found


def _folded(names: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """Names as they are compared; a null as nobody's."""
    coded = names.dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    distinct = pa.array([_fold(each) for each in coded.dictionary.to_pylist()], pa.string())
    return pc.fill_null(distinct.take(coded.indices), "")


def _fold(name: str) -> str:
    seen = "".join(each for each in unicodedata.normalize("NFKC", name) if unicodedata.category(each) != "Cf")
    return "".join(unicodedata.normalize("NFKC", seen.casefold()).split())
