"""NFKC of a stretch of points that may change together (UAX #15): decomposed, put into canonical order, composed.

A stretch is one starter with the marks and other points that join what stands before them; text without such points
never comes here. Each step takes time linear in the stretch: marks are ordered by counting where there are many, so
that a megabyte of them costs what a megabyte costs. All work in `scratch`: `CLASSES` counters, then two halves, the
points of the stretch, each packed with its canonical combining class, and room to order them. `folding` calls this.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.folding_layout import CLASS_SHIFT, POINT_MASK
from wurao.content.folding_tables import Folding

CLASSES = 256
FEW = 16
"""Up to so many marks in a row are ordered by insertion."""

SYLLABLES = 0xAC00
LEADS = 0x1100
VOWELS = 0x1161
TAILS = 0x11A7
LEAD_COUNT = 19
VOWEL_COUNT = 21
TAIL_COUNT = 28
"""Hangul syllables by arithmetic (Unicode 3.12)."""

NOT_THERE = -1


@apart
def decompose(tables: Folding, point: int, scratch: View, at: int) -> int:
    """Write the full compatibility decomposition of a point at `at`; the place behind it."""
    if SYLLABLES <= point < SYLLABLES + LEAD_COUNT * VOWEL_COUNT * TAIL_COUNT:
        return _decompose_syllable(point - SYLLABLES, scratch, at)
    row = place_of(tables.decomposing, point)
    if row == NOT_THERE:
        scratch[at] = point
        return at + 1
    for place in range(tables.decomposed_at[row], tables.decomposed_at[row + 1]):
        scratch[at] = tables.decomposed[place]
        at += 1
    return at


def _decompose_syllable(syllable: int, scratch: View, at: int) -> int:
    scratch[at] = LEADS + syllable // (VOWEL_COUNT * TAIL_COUNT)
    scratch[at + 1] = VOWELS + syllable // TAIL_COUNT % VOWEL_COUNT
    tail = syllable % TAIL_COUNT
    if tail == 0:
        return at + 2
    scratch[at + 2] = TAILS + tail
    return at + 3


@apart
def put_in_order(scratch: View, first: int, last: int, aside: int) -> None:
    """Put each run of marks in `scratch[first:last]` in the order of their classes; `aside` is as much room."""
    at = first
    while at < last:
        begin = at
        is_ordered = True
        while at < last and scratch[at] >> CLASS_SHIFT != 0:
            if at > begin and scratch[at - 1] >> CLASS_SHIFT > scratch[at] >> CLASS_SHIFT:
                is_ordered = False
            at += 1
        if not is_ordered and at - begin <= FEW:
            _order_few(scratch, begin, at)
        elif not is_ordered:
            _order_many(scratch, begin, at, aside)
        at += 1


def _order_few(scratch: View, first: int, last: int) -> None:
    for here in range(first + 1, last):
        mark = scratch[here]
        at = here
        while at > first and scratch[at - 1] >> CLASS_SHIFT > mark >> CLASS_SHIFT:
            scratch[at] = scratch[at - 1]
            at -= 1
        scratch[at] = mark


def _order_many(scratch: View, first: int, last: int, aside: int) -> None:
    """By counting how many there are of each class; those of one class keep their order."""
    for each in range(CLASSES):
        scratch[each] = 0
    for at in range(first, last):
        scratch[scratch[at] >> CLASS_SHIFT] = scratch[scratch[at] >> CLASS_SHIFT] + 1
    place = 0
    for each in range(CLASSES):
        count = scratch[each]
        scratch[each] = place
        place += count
    for at in range(first, last):
        of_class = scratch[at] >> CLASS_SHIFT
        scratch[aside + scratch[of_class]] = scratch[at]
        scratch[of_class] = scratch[of_class] + 1
    for n in range(last - first):
        scratch[first + n] = scratch[aside + n]


@apart
def compose(tables: Folding, scratch: View, first: int, last: int) -> int:
    """Join what can be joined in `scratch[first:last]`; the place behind what is left, each a bare point."""
    starter, blocking, kept = NOT_THERE, NOT_THERE, first
    for at in range(first, last):
        point, of_class = scratch[at] & POINT_MASK, scratch[at] >> CLASS_SHIFT
        joined = NOT_THERE
        if starter != NOT_THERE and blocking < of_class:
            joined = _joined(tables, scratch[starter], point)
        if joined != NOT_THERE:
            scratch[starter] = joined
            continue
        if of_class == 0:
            starter, blocking = kept, NOT_THERE
        else:
            blocking = of_class
        scratch[kept] = point
        kept += 1
    return kept


def _joined(tables: Folding, first: int, second: int) -> int:
    """What two points become as one; `NOT_THERE` where they stay two."""
    if LEADS <= first < LEADS + LEAD_COUNT and VOWELS <= second < VOWELS + VOWEL_COUNT:
        return SYLLABLES + ((first - LEADS) * VOWEL_COUNT + second - VOWELS) * TAIL_COUNT
    syllable = first - SYLLABLES
    if 0 <= syllable < LEAD_COUNT * VOWEL_COUNT * TAIL_COUNT and TAILS < second < TAILS + TAIL_COUNT:
        return first + second - TAILS if syllable % TAIL_COUNT == 0 else NOT_THERE
    row = place_of(tables.pairs, first << CLASS_SHIFT | second)
    return tables.composed[row] if row != NOT_THERE else NOT_THERE


@apart
def place_of(ordered: View, value: int) -> int:
    """The place of a value in a view that ascends; `NOT_THERE` where it is not."""
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) >> 1
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low if low < len(ordered) and ordered[low] == value else NOT_THERE
