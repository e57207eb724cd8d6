"""Sliding counts of what happens under one key: a sender's attempts, what an order's limit let through, codes.

A record: key; stamp; second key; first live cell | cells << 8; total; then cells, `at << 21 | count`, in order of
time. Exact while there is a cell for each time; when they run out, those that fall into the same part of the window
(3/4 as many parts as cells) become one, which leaves with its newest: the count is never less than the truth, and more
by no more than what fell into one such part. A part holds 2 million; further ones are not counted.
"""

from __future__ import annotations

from wurao.compiled import View, apart

CELLS, TOTAL, FIRST_CELL = 3, 4, 5
MOST = (1 << 21) - 1


def tally(words: View, base: int, stride: int, now: int, span: int) -> int:
    """How many within the window; changes nothing."""
    head, end = words[base + CELLS] & 255, words[base + CELLS] >> 8
    total = words[base + TOTAL]
    for cell in range(head, min(end, stride - FIRST_CELL)):
        word = words[base + FIRST_CELL + cell]
        if word >> 21 > now - span:
            break
        total -= word & MOST
    return int(total)


def count_one(words: View, base: int, stride: int, at: int, now: int, span: int) -> None:
    """Count one more at a time."""
    if at <= now - span:
        return
    room = stride - FIRST_CELL
    head, end = words[base + CELLS] & 255, min(words[base + CELLS] >> 8, room)
    first = base + FIRST_CELL
    total = words[base + TOTAL]
    while head < end and words[first + head] >> 21 <= now - span:
        total -= words[first + head] & MOST
        head += 1
    if head == end:
        head, end, total = 0, 0, 0
    if end == room:
        part = 1 if head > 0 else max(1, span * 4 // (3 * room))
        end = _squeeze(words, first, head, end, part)
        head = 0
        if end == room:
            return
    place = end
    while place > head and words[first + place - 1] >> 21 > at:
        words[first + place] = words[first + place - 1]
        place -= 1
    words[first + place] = (at << 21) | 1
    words[base + CELLS] = head | ((end + 1) << 8)
    words[base + TOTAL] = total + 1


def is_full(words: View, base: int, stride: int, now: int, span: int) -> bool:
    """Whether a record has no cell left for one more time; changes nothing."""
    head, end = words[base + CELLS] & 255, words[base + CELLS] >> 8
    return bool(end - head == stride - FIRST_CELL and words[base + FIRST_CELL + head] >> 21 > now - span)


@apart
def _squeeze(words: View, first: int, head: int, end: int, part: int) -> int:
    """Move the cells to the front and join those of one part (milliseconds) of the window; how many are left."""
    kept = 0
    for cell in range(head, end):
        word = words[first + cell]
        if kept > 0:
            last = words[first + kept - 1]
            if (last >> 21) // part == (word >> 21) // part and (last & MOST) + (word & MOST) <= MOST:
                words[first + kept - 1] = word + (last & MOST)
                continue
        words[first + kept] = word
        kept += 1
    return kept
