"""Bodies of templates compiled into `Templates`: parted, folded, their letters laid out.

A column of bodies comes in with the places of its templates; out come the columns that a snapshot keeps and the faults
of bodies that cannot be read (their places have no shape, so no text fits them). The same for a whole registry, for
`wurao snapshot build`, and for the few that changed above one, where every other place is the base's. Every step takes
a whole column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import Bundle, View, compiled
from wurao.content.letters import is_letter, kind_of, kinds
from wurao.content.template_bodies import FIXED, Bodies, read_bodies
from wurao.content.template_types import TYPES, WORDS, figures
from wurao.content.template_windows import index_windows
from wurao.content.templates import ELSEWHERE, LONGEST, NO_SHAPE, WIDTHS, Templates
from wurao.errors import Refused
from wurao.tables.bad import Fault

Ints = npt.NDArray[np.int64]
Points = npt.NDArray[np.int32]
Arrays = dict[str, npt.NDArray[Any]]
Folded = Callable[[pa.Array], tuple[Points, Ints]]
"""Folds a column of texts: the points of all plain texts, and where each begins and, one further, ends."""

_END = -1
"""What stands for a type behind the last piece."""


@dataclass(frozen=True, slots=True)
class CompiledBodies:
    """The columns of a `Templates`, and what is wrong with bodies that cannot be read, by their row."""

    arrays: Arrays
    faults: list[Fault]

    def templates(self) -> Templates:
        """As the matcher takes them."""
        return Templates(**self.arrays)


def compile_templates(
    bodies: pa.Array, fold: Folded, *, places: Ints | None = None, total: int | None = None
) -> CompiledBodies:
    """Compile bodies, the template of row n standing at `places[n]`, else at n.

    For the changes above a base: `places` are those of the templates that changed (a deleted one's body is null), of
    `total` in all; every other place is the base's.
    """
    read = read_bodies(bodies)
    signatures, good, empty = _signatures(read, fold)
    faults = [*read.faults, *_faults_of(read.good, good, empty)]
    shape_of_row = np.full(len(bodies), NO_SHAPE, dtype=np.int64)
    encoded = signatures.filter(pa.array(good)).dictionary_encode()
    shape_of_row[good] = encoded.indices.to_numpy()
    arrays = _laid_out(encoded.dictionary) | {"kinds": kinds(), "types": figures()}
    arrays |= index_windows(arrays)
    rows = np.arange(len(bodies), dtype=np.int64) if places is None else places
    shape_of = np.full(len(bodies) if total is None else total, ELSEWHERE if total is not None else NO_SHAPE, np.int32)
    shape_of[rows] = shape_of_row
    by_shape = np.flatnonzero(good)[np.argsort(shape_of_row[good], kind="stable")]
    count = np.bincount(shape_of_row[good], minlength=len(encoded.dictionary))
    shapes = arrays["shapes"].reshape(-1, 6)
    shapes[:, 4], shapes[:, 5] = np.cumsum(count) - count, count
    arrays |= {"shape_of": shape_of, "members": rows[by_shape].astype(np.int32)}
    return CompiledBodies(arrays, faults)


def no_templates(total: int = 0, above: bool = False) -> Templates:
    """None at all; `above`: no changes, so that every place is the base's."""
    arrays = {name: np.empty(0, dtype) for name, dtype in Templates.columns.items()} | {"kinds": kinds()}
    arrays |= {"types": figures(), "widths": np.zeros(len(WIDTHS), np.int32)}
    arrays["shape_of"] = np.full(total, ELSEWHERE if above else NO_SHAPE, dtype=np.int32)
    return Templates(**arrays)


def check_body(body: str, fold: Folded) -> None:
    """Raise Refused where one body cannot be read, with what would be right."""
    for fault in compile_templates(pa.array([body]), fold).faults:
        raise Refused(f"the body {fault.error}", right=fault.expected)


def warm() -> None:
    """Compile what compiles templates."""
    compile_templates(
        pa.array(["【a】{code}"]), lambda column: (np.zeros(len(column), np.int32) + 97, np.arange(len(column) + 1))
    )


def _faults_of(read: npt.NDArray[np.bool_], good: npt.NDArray[np.bool_], empty: npt.NDArray[np.bool_]) -> list[Fault]:
    told = (
        (
            read & empty,
            "has no letter or digit outside its variables",
            "write the fixed text, the 【signature】 with it",
        ),
        (read & ~empty & ~good, f"is longer than {LONGEST:,} letters", "write a text that fits a message"),
    )
    return [Fault(rows, "body", error, expected) for rows, error, expected in told if rows.any()]


class _Parts(Bundle):
    """Parts of bodies, the plain texts of the fixed ones, and room for the signatures."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "kinds": "u1",
        "types": "i1",
        "first": "i8",
        "good": "i1",
        "piece": "i8",  # by part: which plain text it has
        "points": "i4",
        "places": "i8",  # where each plain text begins
        "words": "i4",
        "ends": "i8",  # by body: where its signature begins and, one further, ends
        "least": "i8",
        "fixed": "i8",
    }


def _signatures(read: Bodies, fold: Folded) -> tuple[pa.Array, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """What tells shapes apart: length, letters and type behind, piece by piece, as 32-bit words.

    Beside it which bodies have a shape, and which have no fixed letter.
    """
    rows = len(read.good)
    fixed = np.flatnonzero(read.types == FIXED)
    encoded = read.parts.take(pa.array(fixed)).dictionary_encode()
    points, places = fold(encoded.dictionary)
    piece = np.full(len(read.types), -1, dtype=np.int64)
    piece[fixed] = encoded.indices.to_numpy()
    room = int(np.diff(places)[piece[fixed]].sum()) + 2 * len(fixed)
    parts = _Parts(
        kinds=kinds(),
        types=read.types,
        first=read.first,
        good=read.good.astype(np.int8),
        piece=piece,
        points=np.ascontiguousarray(points, dtype=np.int32),
        places=np.ascontiguousarray(places, dtype=np.int64),
        words=np.zeros(room, dtype=np.int32),
        ends=np.zeros(rows + 1, dtype=np.int64),
        least=np.zeros(rows, dtype=np.int64),
        fixed=np.zeros(rows, dtype=np.int64),
    )
    _write_signatures(parts)
    offsets, words = pa.py_buffer(4 * parts.array("ends")), pa.py_buffer(parts.array("words"))
    least = np.array([each.least for each in TYPES] + [0, 0], dtype=np.int64)[read.types]
    shortest = np.add.reduceat(least, read.first[:-1]) + parts.array("fixed") if rows else parts.array("fixed")
    empty = parts.array("fixed") == 0
    good = read.good & ~empty & (shortest <= LONGEST)
    return pa.Array.from_buffers(pa.large_binary(), rows, [None, offsets, words]), good, empty


def _write_all(parts: _Parts) -> None:
    word = 0
    for body in range(len(parts.good)):
        parts.ends[body] = word
        if parts.good[body] == 0:
            continue
        last = parts.first[body + 1]
        for part in range(parts.first[body], last, 2):
            start = word
            word += 1
            text = parts.piece[part]
            for place in range(parts.places[text], parts.places[text + 1]):
                if is_letter(kind_of(parts.kinds, parts.points[place])):
                    parts.words[word] = parts.points[place]
                    word += 1
            parts.words[start] = word - start - 1
            parts.fixed[body] += word - start - 1
            parts.words[word] = parts.types[part + 1] if part + 1 < last else _END
            word += 1
    parts.ends[len(parts.good)] = word


_write_signatures = compiled(_write_all)


class _Laid(Bundle):
    """Signatures of shapes, and the columns that are made of them."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "words": "i4",
        "places": "i8",
        "types": "i4",
        "shapes": "i4",
        "pieces": "i4",
        "letters": "i4",
        "borders": "i4",
        "sizes": "i8",
    }


def _laid_out(signatures: pa.Array) -> Arrays:
    _, offsets, data = signatures.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[signatures.offset : signatures.offset + len(signatures) + 1] // 4
    words = np.frombuffer(data, dtype=np.int32) if data is not None and len(signatures) else np.empty(0, np.int32)
    laid = _Laid(
        words=words,
        places=np.ascontiguousarray(places),
        types=figures(),
        shapes=np.zeros(6 * len(signatures), dtype=np.int32),
        pieces=np.zeros(3 * len(words), dtype=np.int32),
        letters=np.zeros(len(words), dtype=np.int32),
        borders=np.zeros(len(words), dtype=np.int32),
        sizes=np.zeros(2, dtype=np.int64),
    )
    _lay_out(laid)
    pieces, letters = laid.array("sizes").tolist()
    return {
        "shapes": laid.array("shapes"),
        "pieces": laid.array("pieces")[: 3 * pieces].copy(),
        "letters": laid.array("letters")[:letters].copy(),
        "borders": laid.array("borders")[:letters].copy(),
    }


def _lay_out_all(laid: _Laid) -> None:
    pieces, letters = 0, 0
    for shape in range(len(laid.places) - 1):
        word, end = laid.places[shape], laid.places[shape + 1]
        first, least, most = pieces, 0, 0
        while word < end:
            length, kind = laid.words[word], laid.words[word + 1 + laid.words[word]]
            laid.pieces[3 * pieces] = letters
            laid.pieces[3 * pieces + 1] = length
            laid.pieces[3 * pieces + 2] = kind
            for ahead in range(length):
                laid.letters[letters + ahead] = laid.words[word + 1 + ahead]
            _find_borders(laid.letters, laid.borders, letters, length)
            least, most = least + length, most + length
            if kind != _END:
                least, most = least + laid.types[WORDS * kind + 1], most + laid.types[WORDS * kind + 2]
            pieces, letters, word = pieces + 1, letters + length, word + length + 2
        laid.shapes[6 * shape] = first
        laid.shapes[6 * shape + 1] = pieces - first - 1
        laid.shapes[6 * shape + 2] = least
        laid.shapes[6 * shape + 3] = min(most, LONGEST)
    laid.sizes[0] = pieces
    laid.sizes[1] = letters


def _find_borders(letters: View, borders: View, first: int, length: int) -> None:
    """How long a beginning of a piece ends at each of its letters, itself apart."""
    same = 0
    for ahead in range(1, length):
        letter = letters[first + ahead]
        while same > 0 and letters[first + same] != letter:
            same = borders[first + same - 1]
        if letters[first + same] == letter:
            same += 1
        borders[first + ahead] = same


_lay_out = compiled(_lay_out_all)
