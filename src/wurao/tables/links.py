"""What only shows across rows and tables: keys given twice, references to nothing, orders that replace in a circle.

Comes in: whole checked tables with the origin of each row. Each check yields the rows that cannot stay; `read` names
them and takes them out. Keys of up to tens of millions of rows are compared by a 64-bit mixture of their columns, made
compiled, and sorting; only rows whose mixtures meet are compared exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import Bundle, compiled
from wurao.tables.bad import Fault
from wurao.tables.declared import Table

Words = npt.NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_BY_27, _BY_30, _BY_31 = np.uint64(27), np.uint64(30), np.uint64(31)


class KeyIntegers(Bundle):
    """The words of rows, and the integers of one key column to be mixed into them."""

    columns = {"words": "u8", "values": "i8"}  # noqa: RUF012 - declared ClassVar by Bundle


class KeyTexts(Bundle):
    """The words of rows; the bytes of one key column of texts and where each starts (one more than rows)."""

    columns = {"words": "u8", "data": "u1", "starts": "i4"}  # noqa: RUF012 - declared ClassVar by Bundle


class Reference(NamedTuple):
    """A column whose values must stand in a column of another table."""

    table: str
    column: str
    of: str
    its: str


REFERENCES = (
    Reference("consents", "sender_id", "senders", "sender_id"),
    Reference("headers", "sender_id", "senders", "sender_id"),
    Reference("templates", "sender_id", "senders", "sender_id"),
    Reference("sender_trunks", "sender_id", "senders", "sender_id"),
    Reference("sender_trunks", "trunk", "trunks", "trunk"),
)


def repeated_keys(table: Table, rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Where a key stands that an earlier row has."""
    repeated = np.zeros(rows.num_rows, bool)
    if rows.num_rows < 2:
        return repeated
    words = _key_words(table, rows)
    ordered = np.sort(words)
    meeting = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(meeting):
        return repeated
    suspects = np.flatnonzero(np.isin(words, meeting))
    keys = rows.select(list(table.key)).take(pa.array(suspects)).append_column("row", pa.array(suspects))
    firsts = keys.group_by(list(table.key)).aggregate([("row", "min")])["row_min"]
    repeated[suspects] = True
    repeated[np.asarray(firsts)] = False
    return repeated


def dangling(reference: Reference, rows: pa.Table, known: pa.Table) -> Fault:
    """Rows whose reference stands in no row of the table that it names."""
    found = pc.is_in(rows[reference.column], value_set=known[reference.its].combine_chunks())
    error = f"is no {reference.its.removesuffix('_id')} of {reference.of}"
    return Fault(~np.asarray(found, bool), reference.column, error, f"write a {reference.its} of {reference.of}")


def replacing_nothing(orders: pa.Table) -> Fault:
    """Orders that replace one that is not there."""
    unknown = np.asarray(orders["supersedes"].is_valid(), bool) & (_replaced(orders) < 0)
    return Fault(
        unknown, "supersedes", "is no order of orders", "write the order_id of the order that this one replaces"
    )


def replacing_in_a_circle(orders: pa.Table) -> Fault:
    """Orders that replace each other so that none is the last."""
    circle = in_a_circle(_replaced(orders))
    return Fault(circle, "supersedes", "leads back to the order itself", "leave it empty in one of them")


def in_a_circle(replaced: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Where following the row that each one replaces (-1: none) leads back to it."""
    far = replaced
    for _ in range(len(replaced).bit_length()):
        far = np.where(far < 0, -1, far[far])
    circle = np.zeros(len(replaced), bool)
    front = np.unique(far[far >= 0])
    while len(front):
        circle[front] = True
        front = np.unique(replaced[front])
        front = front[~circle[front]]
    return circle


def _replaced(orders: pa.Table) -> npt.NDArray[np.int64]:
    """The row of the order that each one replaces, or -1."""
    place = pc.index_in(orders["supersedes"], value_set=orders["order_id"].combine_chunks())
    unnamed = np.asarray(orders["supersedes"].is_null(), bool)
    return np.where(unnamed, -1, np.asarray(place.fill_null(-1)).astype(np.int64))


def _key_words(table: Table, rows: pa.Table) -> Words:
    """A 64-bit word for each row's key; equal keys have equal words, unequal ones almost never."""
    words = np.zeros(rows.num_rows, np.uint64)
    for name in table.key:
        first = 0
        for chunk in rows[name].chunks:
            _mix_in(words[first : first + len(chunk)], chunk)
            first += len(chunk)
    return words


def _mix_in(words: Words, chunk: pa.Array) -> None:
    """Mix one column of a key into the words of its rows."""
    if pa.types.is_string(chunk.type):
        _, offsets, data = chunk.buffers()
        if data is not None:
            starts = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
            mix_texts(KeyTexts(words=words, data=np.frombuffer(data, np.uint8), starts=starts))
        return
    if pa.types.is_date32(chunk.type):
        chunk = chunk.cast(pa.int32())
    mix_integers(KeyIntegers(words=words, values=np.asarray(chunk).astype(np.int64, copy=False)))


def mixed(word: np.uint64) -> np.uint64:
    """The finaliser of SplitMix64, a bijection that spreads every bit; wraps on purpose."""
    word = word + _STEP
    word = (word ^ (word >> _BY_30)) * _FIRST
    word = (word ^ (word >> _BY_27)) * _SECOND
    return word ^ (word >> _BY_31)


def _mix_integers(key: KeyIntegers) -> None:
    for row in range(len(key.words)):
        key.words[row] = mixed(key.words[row] ^ np.uint64(key.values[row]))


def _mix_texts(key: KeyTexts) -> None:
    for row in range(len(key.words)):
        word = key.words[row]
        for place in range(key.starts[row], key.starts[row + 1]):
            word = (word ^ np.uint64(key.data[place])) * _FIRST
            word ^= word >> _BY_27
        key.words[row] = mixed(word)


mix_integers, mix_texts = compiled(_mix_integers), compiled(_mix_texts)


def warm() -> None:
    """Compile what mixes keys."""
    words = np.zeros(1, np.uint64)
    _mix_in(words, pa.array([1]))
    _mix_in(words, pa.array(["a"]))
