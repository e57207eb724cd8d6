"""Wish pages: from a subscriber's number to its rank and its profile, in three loads and three bytes a subscriber.

What it must do: find, for any number, whether it registered anything and what, for 19.51 million numbers scattered
over 11,221 segments of 10,000 (17% filled) and for 1.8 billion over 499,527 (36%), in no more than 3 bytes a registered
subscriber, with as few cache misses as can be.

How: a segment with enough subscribers has a page, a run of 10,000 places; all pages lie end to end. 480 places share a
line of 64 bytes: 32 bits say how many subscribers stand before the line, a bit each place says who is one. The rank so
counted is the place of the subscriber's profile number (16 bits, or 32 when there are more than 65,536 distinct
profiles), and of everything else that is kept by rank. Loads: the page's number (2.8 MB, stays near), the line, the
profile number; the profiles themselves are few. A subscriber in a thin segment, or whose number is no mobile one,
stands in a small table of its own, ranks following those of the pages.

Cost at the province's density: 64 ÷ 480 × 10,000 ÷ 1,739 + 0.14 + 2 = 2.91 bytes; alternatives are measured in
docs/decisions/0002-wish-pages.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.compiled import bits_set, compiled
from wurao.numbering.number import KIND_SHIFT, VALUE_MASK, Kind
from wurao.snapshot.hashing import find, make_table

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry

Ints = npt.NDArray[np.int64]
SEGMENTS = 700_000
"""Mobile segments 1300000 to 1999999."""
FIRST_SEGMENT = 861_300_000
"""The E.164 digits of the first, without the four that a segment leaves open."""
PLACES = 10_000
IN_LINE = 480
WORDS = 8
FEWEST = 64
"""A segment with fewer subscribers has no page: below some 60, an entry each in the small table is smaller."""

GONE = -2
"""The rank, in an overlay, of a number that registered nothing any more: the base is not asked."""

NOBODY = np.empty(0, dtype=np.int64)

_LOW = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)


def find_rank(registry: Registry, number: int) -> int:
    """The rank of a subscriber, or -1; `GONE` in an overlay that says so. IndexError for a rank that can be none."""
    bit = bit_of(registry, number)
    if bit >= 0:
        return rank_at(registry, bit)
    entry = find(registry.scattered, 2, number)
    if entry < 0:
        return -1
    rank = registry.scattered[entry + 1]
    if rank < GONE or rank > 4294967295:
        raise IndexError("a rank points outside its pages")
    return rank


def bit_of(registry: Registry, number: int) -> int:
    """Where a number's bit stands among those of all lines; -1 for one whose segment has no page."""
    value = number & 576460752303423487
    segment = value // 10_000
    within = value - segment * 10_000
    segment -= 861_300_000
    if (number >> 59) != 2 or segment < 0 or segment >= len(registry.segment_page):
        return -1
    page = registry.segment_page[segment]
    if page == 0:
        return -1
    place = (page - 1) * 10_000 + within
    line = place // 480
    return line * 512 + 32 + place - line * 480


def rank_at(registry: Registry, bit: int) -> int:
    """The rank of whom a bit stands for, or -1 where it is not set."""
    word = bit >> 6
    line = word & -8
    below = np.uint64(bit & 63)
    here = registry.lines[word]
    first = registry.lines[line]
    if ((here >> below) & _ONE) == np.uint64(0):
        return -1
    stand_before = first & _LOW
    rank = int(np.int64(stand_before)) - bits_set(stand_before) + bits_set(here & ((_ONE << below) - _ONE))
    for between in range(line, word):
        rank += bits_set(registry.lines[between])
    return rank


def ranks_of(registry: Registry, numbers: Ints) -> Ints:
    """The rank of each number, -1 for one that has none."""
    ranks = np.empty(len(numbers), dtype=np.int64)
    _find(registry, numbers, ranks)
    return ranks


def _find_each(registry: Registry, numbers: Ints, ranks: Ints) -> None:
    for row in range(len(numbers)):
        ranks[row] = find_rank(registry, numbers[row])


_find = compiled(_find_each)


def profile_number(registry: Registry, rank: int) -> int:
    """Which of the profiles is a subscriber's."""
    if len(registry.profile_narrow) > 0:
        return registry.profile_narrow[rank]
    return registry.profile_wide[rank]


def build_ranks(
    numbers: Sequence[Ints], fewest: int = FEWEST, gone: Ints = NOBODY, owners: Sequence[Ints] = ()
) -> tuple[dict[str, npt.NDArray[Any]], int]:
    """The columns that give every number of some columns its rank, and how many ranks there are.

    A number may come again and again; no sorting, so that it takes seconds for 19.51 million. The columns are walked
    twice and not held, so that a sequence may make them anew: a whole country's would fill the memory. `owners` are the
    numbers that own something, each as often as it does: they get ranks too, but give no segment a page. `gone` are
    other numbers, of which an overlay says that they registered nothing any more.
    """
    filled = np.zeros(SEGMENTS, np.int64)
    for column in numbers:
        segments = _segments(column)
        filled += np.bincount(segments[segments >= 0], minlength=SEGMENTS)
    paged = np.flatnonzero(filled >= fewest)
    segment_page = np.zeros(SEGMENTS if len(paged) else 0, dtype=np.uint32)
    segment_page[paged] = np.arange(1, len(paged) + 1, dtype=np.uint32)
    lines = np.zeros(-(-len(paged) * PLACES // IN_LINE) * WORDS, dtype=np.uint64)
    thin = []
    for column in chain(numbers, owners):
        pages = np.zeros(len(column), dtype=np.int64)
        if len(paged):
            segments = _segments(column)
            mobile = segments >= 0
            pages[mobile] = segment_page[segments[mobile]]
            _set(lines, column, pages)
        thin.append(column[pages == 0])
    total = int(_rank(lines))
    scattered = np.unique(np.concatenate(thin)) if thin else np.empty(0, dtype=np.int64)
    ranks = np.arange(total, total + len(scattered))
    keys, ranks = np.append(scattered, gone), np.append(ranks, np.full(len(gone), GONE))
    arrays: dict[str, npt.NDArray[Any]] = {
        "segment_page": segment_page,
        "lines": lines,
        "scattered": make_table(keys, ranks),
    }
    return arrays, total + len(scattered)


def number_profiles(profiles: Ints) -> dict[str, npt.NDArray[Any]]:
    """The columns that give every rank its profile."""
    encoded = pa.array(profiles).dictionary_encode()
    distinct = encoded.dictionary.to_numpy()
    wide = len(distinct) > 1 << 16
    numbered = encoded.indices.to_numpy().astype(np.uint32 if wide else np.uint16)
    return {
        "profile_narrow": np.empty(0, np.uint16) if wide else numbered,
        "profile_wide": numbered if wide else np.empty(0, np.uint32),
        "profiles": distinct.astype(np.int64),
    }


def _segments(numbers: Ints) -> npt.NDArray[np.int32]:
    """The mobile segment of each number, counted from the first; -1 for any other number."""
    segments = (numbers & VALUE_MASK) // PLACES - FIRST_SEGMENT
    mobile = (numbers >> KIND_SHIFT == Kind.MOBILE) & (segments >= 0) & (segments < SEGMENTS)
    return np.where(mobile, segments, -1).astype(np.int32)


def numbers_by_rank(registry: Registry) -> Ints:
    """Every subscriber's number, at its rank: what `find_rank` undoes."""
    total = max(len(registry.profile_narrow), len(registry.profile_wide))
    numbers = np.empty(total, dtype=np.int64)
    pages = registry.array("segment_page")
    segment_of_page = np.flatnonzero(pages)[np.argsort(pages[pages > 0], kind="stable")].astype(np.int64)
    _read(registry.array("lines"), segment_of_page, numbers)
    scattered = registry.array("scattered").reshape(-1, 2)
    taken = scattered[scattered[:, 0] >= 0]
    numbers[taken[:, 1]] = taken[:, 0]
    return numbers


def _set_bits(lines: npt.NDArray[np.uint64], numbers: Ints, pages: Ints) -> None:
    for row in range(len(numbers)):
        if pages[row] > 0:
            place = (pages[row] - 1) * 10_000 + (numbers[row] & 576460752303423487) % 10_000
            bit = place % 480 + 32
            lines[place // 480 * 8 + (bit >> 6)] |= np.uint64(1) << np.uint64(bit & 63)


def _rank_lines(lines: npt.NDArray[np.uint64]) -> int:
    total = np.int64(0)
    for line in range(len(lines) // 8):
        within = np.int64(0)
        for word in range(8):
            within += bits_set(lines[line * 8 + word])
        lines[line * 8] |= np.uint64(total)
        total += within
    return int(total)


def _read_bits(lines: npt.NDArray[np.uint64], segment_of_page: Ints, numbers: Ints) -> None:
    for line in range(len(lines) // 8):
        rank = np.int64(lines[line * 8] & np.uint64(0xFFFFFFFF))
        for bit in range(32, 512):
            if (lines[line * 8 + (bit >> 6)] >> np.uint64(bit & 63)) & np.uint64(1):
                place = line * 480 + bit - 32
                numbers[rank] = (np.int64(2) << 59) | (
                    segment_of_page[place // 10_000] + 861_300_000
                ) * 10_000 + place % 10_000
                rank += 1


_set = compiled(_set_bits)
_rank = compiled(_rank_lines)
_read = compiled(_read_bits)
