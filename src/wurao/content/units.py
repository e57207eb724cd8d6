"""A plain text as the classifier reads it: units, which no separator put into a word, and no other figure, changes.

Comes in: points of plain text (`folding`). Goes out: units (int32): a letter is its own point; a run of digits is one
unit that tells its length (`DIGITS` + length, at most `LONGEST_RUN`), whatever signs stand within it; signs are left
out, but between two Latin words one `BOUNDARY` stands, as they would run together. Called by `words` and `ngrams`.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.letters import DIGIT, is_letter, kind_of

BOUNDARY = 0x20
DIGITS = 0x110000
"""Above every point."""
LONGEST_RUN = 20


def is_latin(unit: int) -> bool:
    """Whether a unit is one of the 26 small letters."""
    return 0x61 <= unit <= 0x7A


@apart
def spell(kinds: View, points: View, n: int, units: View) -> int:
    """Write the units of the first `n` points to `units`, which has room for as many; how many there are."""
    count = 0
    gap = False
    for at in range(n):
        point = points[at]
        kind = kind_of(kinds, point)
        if not is_letter(kind):
            gap = True
            continue
        before = units[count - 1] if count > 0 else 0
        if kind == DIGIT:
            if before >= DIGITS:
                units[count - 1] = min(before + 1, DIGITS + LONGEST_RUN)
                gap = False
                continue
            point = DIGITS + 1
        elif gap and is_latin(before) and is_latin(point):
            units[count] = BOUNDARY
            count += 1
        units[count] = point
        count += 1
        gap = False
    return count
