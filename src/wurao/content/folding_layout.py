"""How the folding tables are laid out: what an entry's bits mean, which columns there are.

It imports nothing, because two read it: `folding_tables`, which loads the tables, and `scripts/folding`, which makes
them while the package is built and nothing of it can be imported yet.
"""

from __future__ import annotations

FILE = "folding.npz"

BLOCK_SHIFT = 6
"""A point's block is the point without its lowest six bits; blocks that are alike are stored once."""
BLOCK_MASK = 63

KEPT = 1
"""The point gives one point, itself plus what stands in the bits from `DELTA_SHIFT` on; without this bit, none."""
TRADITIONAL = 2
"""What it gives is changed by the traditional-to-simplified tables, or is that character of a phrase that marks it."""
JOINS = 4
"""Under NFKC it may change together with the one before it: a mark, or the back part of a composition."""
EXPANDS = 8
"""It gives several points: those at the place of `expansions` that stands in the bits from `DELTA_SHIFT` on."""
OTHERWISE = 16
"""It may be written otherwise than it is read: a look-alike, a mark that is dropped, a character that is simplified."""
DELTA_SHIFT = 5

BEGINS_PHRASE = 1
"""Of a `simplified` entry: phrases begin with this point. From `SIMPLIFIED_SHIFT` on stands what to add to it."""
SIMPLIFIED_SHIFT = 1

CLASS_SHIFT = 21
"""Where a point and its canonical combining class are packed together, the class stands from this bit on."""
POINT_MASK = (1 << CLASS_SHIFT) - 1

POINTS_PER_OCTET = 6
"""U+FDFA, three octets, is 18 characters under NFKC; no other gives more for its octets."""

COLUMNS = {
    "blocks": "uint16",
    "entries": "int32",
    "expansions": "int32",
    "decomposing": "int32",
    "decomposed_at": "int32",
    "decomposed": "int32",
    "pairs": "int64",
    "composed": "int32",
    "simplified_blocks": "uint16",
    "simplified": "int32",
    "phrase_points": "int32",
    "phrase_at": "int32",
    "phrases": "int32",
    "look_alikes": "int32",
    "looked_like": "int32",
}
"""Every table; the last two are the look-alikes for people and tests, which `entries` has in it already."""

WRITTEN = {"written_blocks": "uint16", "written_entries": "int32", "written_expansions": "int32"}
"""The first three again, for a text as it is written: a machine that asks for a name folds no look-alike or traditional
character, and keeps marks."""
