"""Traditional characters to simplified ones in place, as OpenCC's t2s does it: at each place the longest phrase, else
the character.

One thing is not taken over: t2s leaves what an ideographic description character (U+2FF0 to U+2FFF) describes as it is,
which would be a place to hide in. In goes a text's points, folded already; they keep their number. `folding` calls this
for texts in which some character would change or some phrase may stand; others never come here.
"""

from __future__ import annotations

from wurao.compiled import View, apart
from wurao.content.folding_composition import place_of
from wurao.content.folding_layout import BEGINS_PHRASE, BLOCK_MASK, BLOCK_SHIFT, SIMPLIFIED_SHIFT
from wurao.content.folding_tables import Folding


@apart
def simplify(tables: Folding, points: View, count: int) -> None:
    """Simplify the first `count` points."""
    at = 0
    while at < count:
        point = points[at]
        entry = tables.simplified[tables.simplified_blocks[point >> BLOCK_SHIFT] << BLOCK_SHIFT | point & BLOCK_MASK]
        length = _phrase(tables, points, at, count) if entry & BEGINS_PHRASE != 0 else 0
        if length == 0:
            points[at] = point + (entry >> SIMPLIFIED_SHIFT)
            length = 1
        at += length


def _phrase(tables: Folding, points: View, at: int, count: int) -> int:
    """Put the longest phrase that stands here in its simplified form; its length, 0 where none stands here."""
    here = tables.phrase_at[place_of(tables.phrase_points, points[at])]
    length = tables.phrases[here]
    while length != 0 and not _stands(tables, here + 1, length, points, at, count):
        here += 1 + 2 * length
        length = tables.phrases[here]
    for n in range(length):
        points[at + n] = tables.phrases[here + 1 + length + n]
    return length


def _stands(tables: Folding, phrase: int, length: int, points: View, at: int, count: int) -> bool:
    matching = 0
    if at + length <= count:
        while matching < length and points[at + matching] == tables.phrases[phrase + matching]:
            matching += 1
    return matching == length
