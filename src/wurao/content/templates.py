"""Which registered templates a text fits, of 100,000, without trying each.

A template is fixed text with typed variables (`template_types`). Text and template are compared letter by letter,
digits among them; signs between fixed letters do not matter, those inside a variable must be ones that its type has.
Plain text comes in as points; out comes whether one template fits, or which do.

Templates whose letters and types are the same are one shape. Of each shape the rarest window of 8 letters of its fixed
text (4, 2 or 1 where no piece is as long) stands in a hash table, a text's every window is looked up there, behind a
filter of bits, and only shapes found so are tried. Trying follows all places where a variable may end at once, so it
costs at most the text's letters times the shape's variables, whatever either holds; a text of more letters than any
template may have (`LONGEST`) is left after so many. What remains dear: thousands of templates with the same fixed
letters and different variables, each of which is tried.

A `Templates` is plain columns, mapped from a snapshot or made for the changes above one (`template_index`). There are
always two: a place of which the changes speak is not asked of the base.
"""

from __future__ import annotations

import numpy as np

from wurao.compiled import Bundle, View, apart
from wurao.content.letters import ALL_LETTERS, ALL_SIGNS, is_letter, kind_of
from wurao.content.template_types import WORDS
from wurao.snapshot.hashing import find, may_hold, spread

LONGEST = 4096
"""A template takes at most so many letters, its variables filled; no longer text fits any."""
TRIED = 1 << 15
"""Room for the windows of one text that were found: at most one for each letter and width, twice."""
NO_SHAPE, ELSEWHERE = -1, -2
"""A place without a template that can be read; a place of which only the base knows."""
WIDTHS = (8, 4, 2, 1)
BASE = np.uint64(0x9E3779B97F4A7C15)
_LETTER_TIMES = np.uint64(0xC2B2AE3D27D4EB4F)
_KEY_SHIFT = np.uint64(2)


def _power(exponent: int) -> np.uint64:
    return np.uint64(pow(int(BASE), exponent, 1 << 64))


POWERS = (_power(8), _power(4), _power(2), _power(1))


class Templates(Bundle):
    """Compiled templates."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "kinds": "u1",  # letters: the kind of each point
        "types": "i4",  # template_types: the figures of each type
        "shape_of": "i4",  # by a template's place: its shape, NO_SHAPE or ELSEWHERE
        "shapes": "i4",  # six words: first piece, variables, fewest and most letters, first member, members
        "pieces": "i4",  # three words: first letter, letters, the type of the variable behind it
        "letters": "i4",  # of all pieces
        "borders": "i4",  # by the same places: how much of the piece's beginning ends here (Knuth, Morris, Pratt 1977)
        "windows": "i8",  # a table: key, first + count << 32 of its shapes in `postings`
        "filter": "u8",  # the filter of its keys
        "postings": "i4",
        "members": "i4",  # places of templates, shape by shape
        "widths": "i4",  # how many shapes stand in the table by a window of each of WIDTHS
    }


class TemplateScratch(Bundle):
    """Room for one text at a time, the same for all sets of templates: one for each thread."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "letters": "i4",
        "sorts": "i4",  # of each letter: its kind and those of the signs before it, as bits
        "hashes": "u8",  # of the letters before each
        "begins": "i1",  # whether a variable may begin here
        "ends": "i1",
        "tried": "i8",  # a set: slot of the window table + number of the text << 32
        "texts": "i8",  # one value: so many texts were read
    }


def template_scratch() -> TemplateScratch:
    """Room for a thread."""
    size = {"tried": TRIED, "texts": 1}
    arrays = {name: np.zeros(size.get(name, LONGEST + 1), dtype) for name, dtype in TemplateScratch.columns.items()}
    return TemplateScratch(**arrays)


@apart
def fits(templates: Templates, points: View, n: int, template: int, scratch: TemplateScratch) -> bool:
    """Whether the first `n` points of a plain text fit the template at a place."""
    shape = shape_at(templates, template)
    return shape >= 0 and _fits(templates, shape, read_letters(templates, points, n, scratch), scratch)


@apart
def fits_newest(
    base: Templates, overlay: Templates, points: View, n: int, template: int, scratch: TemplateScratch
) -> bool:
    """The same, by the changes above a base where they speak of the place."""
    if speaks_of(overlay, template):
        return fits(overlay, points, n, template, scratch)
    return fits(base, points, n, template, scratch)


@apart
def find_fitting(templates: Templates, points: View, n: int, scratch: TemplateScratch, out: View) -> int:
    """How many templates the first `n` points of a plain text fit; the places of the first of them go to `out`."""
    count = read_letters(templates, points, n, scratch)
    return _find(templates, templates, False, count, scratch, 0, out)


@apart
def find_newest(base: Templates, overlay: Templates, points: View, n: int, scratch: TemplateScratch, out: View) -> int:
    """The same of a base and the changes above it."""
    count = read_letters(base, points, n, scratch)
    found = _find(base, overlay, True, count, scratch, 0, out)
    return _find(overlay, overlay, False, count, scratch, found, out)


def shape_at(templates: Templates, template: int) -> int:
    """The shape of the template at a place; `NO_SHAPE` where there is none."""
    if template < 0 or template >= len(templates.shape_of):
        return NO_SHAPE
    return templates.shape_of[template]


def speaks_of(overlay: Templates, template: int) -> bool:
    """Whether the template at a place is one that changed."""
    return 0 <= template < len(overlay.shape_of) and overlay.shape_of[template] != ELSEWHERE


def read_letters(templates: Templates, points: View, n: int, scratch: TemplateScratch) -> int:
    """Put a text's letters into the scratch, with their kinds; how many there are, LONGEST + 1 for any more."""
    count, signs = 0, 0
    for place in range(n):
        kind = kind_of(templates.kinds, points[place])
        if is_letter(kind):
            if count == LONGEST:
                return LONGEST + 1
            scratch.letters[count] = points[place]
            scratch.sorts[count] = signs | 1 << kind
            signs = 0
            count += 1
        else:
            signs |= 1 << kind
    return count


@apart
def _find(
    templates: Templates, above: Templates, is_base: bool, count: int, scratch: TemplateScratch, found: int, out: View
) -> int:
    if count > LONGEST or len(templates.shapes) == 0:
        return found
    scratch.texts[0] += 1
    _hash_letters(count, scratch)
    for level in range(len(WIDTHS)):
        width = WIDTHS[level]
        if templates.widths[level] == 0:
            continue
        for place in range(count - width + 1):
            key = window_key(scratch.hashes[place], scratch.hashes[place + width], POWERS[level])
            if not may_hold(templates.filter, key):
                continue
            slot = find(templates.windows, 2, key)
            if slot >= 0 and _is_new(scratch, slot):
                found = _try_all(templates, above, is_base, templates.windows[slot + 1], count, scratch, found, out)
    return found


def _hash_letters(count: int, scratch: TemplateScratch) -> None:
    so_far = np.uint64(0)
    scratch.hashes[0] = so_far
    for place in range(count):
        so_far = so_far * BASE + mixed(scratch.letters[place])
        scratch.hashes[place + 1] = so_far


def mixed(letter: int) -> np.uint64:
    """A letter as it enters a hash; the products wrap on purpose."""
    return (np.uint64(letter) + np.uint64(1)) * _LETTER_TIMES


def window_key(before: np.uint64, behind: np.uint64, power: np.uint64) -> int:
    """The key of a window, by the hashes of all letters before it and up to its end."""
    return int(np.int64(spread_word(behind - before * power) >> _KEY_SHIFT))


def spread_word(word: np.uint64) -> np.uint64:
    """Mix a word, so that its lower bits tell of all."""
    return (word ^ (word >> np.uint64(31))) * BASE


def _is_new(scratch: TemplateScratch, slot: int) -> bool:
    """Whether a window is found for the first time in this text; it is then remembered."""
    mine = (scratch.texts[0] & 0x7FFFFFFF) << 32 | slot
    place = int(np.int64(spread(mine) & np.uint64(TRIED - 1)))
    for _ in range(TRIED):
        held = scratch.tried[place]
        if held == mine:
            return False
        if held >> 32 != mine >> 32:
            scratch.tried[place] = mine
            return True
        place = (place + 1) & (TRIED - 1)
    return False


def _try_all(
    templates: Templates,
    above: Templates,
    is_base: bool,
    posted: int,
    count: int,
    scratch: TemplateScratch,
    found: int,
    out: View,
) -> int:
    """Try the shapes of one window; the members of those that fit go to `out`."""
    first = posted & 0xFFFFFFFF
    for place in range(first, first + (posted >> 32)):
        shape = templates.postings[place]
        if _fits(templates, shape, count, scratch):
            member = templates.shapes[6 * shape + 4]
            for at in range(member, member + templates.shapes[6 * shape + 5]):
                template = templates.members[at]
                if is_base and speaks_of(above, template):
                    continue
                if found < len(out):
                    out[found] = template
                found += 1
    return found


@apart
def _fits(templates: Templates, shape: int, count: int, scratch: TemplateScratch) -> bool:
    """Whether the letters in the scratch fit a shape."""
    shapes, pieces, letters = templates.shapes, templates.pieces, scratch.letters
    piece, variables = 3 * shapes[6 * shape], shapes[6 * shape + 1]
    if count < shapes[6 * shape + 2] or count > shapes[6 * shape + 3]:
        return False
    head, tail = pieces[piece + 1], pieces[piece + 3 * variables + 1]
    if not _stands(templates, pieces[piece], head, letters, 0):
        return False
    if variables == 0:
        return True
    last = count - tail
    if not _stands(templates, pieces[piece + 3 * variables], tail, letters, last):
        return False
    scratch.begins[head] = 1
    first, latest = head, head
    for _ in range(variables - 1):
        stop = _spread(templates, pieces[piece + 2], first, latest, last, scratch)
        piece += 3
        first, latest = _land(templates, piece, first, stop, last, scratch)
        if first < 0:
            return False
    return _spread(templates, pieces[piece + 2], first, latest, last, scratch) == last and scratch.ends[last] == 1


def _stands(templates: Templates, first: int, length: int, letters: View, place: int) -> bool:
    """Whether a piece stands at a place of the text."""
    for ahead in range(length):
        if templates.letters[first + ahead] != letters[place + ahead]:
            return False
    return True


def _spread(templates: Templates, kind: int, first: int, latest: int, last: int, scratch: TemplateScratch) -> int:
    """Mark where a variable may end that begins where `begins` says, between `first` and `latest`; how far it marked.

    It may begin nowhere before `low`: a letter that its type has not, or a sign before one, stands in the way.
    """
    mask, least, most = (
        templates.types[WORDS * kind],
        templates.types[WORDS * kind + 1],
        templates.types[WORDS * kind + 2],
    )
    stop = min(last, latest + most)
    low, begun = first, -1
    for place in range(first, stop + 1):
        if place > first:
            sort = scratch.sorts[place - 1]
            if sort & ALL_LETTERS & mask == 0:
                low = place
            elif sort & ALL_SIGNS & ~mask:
                low = place - 1
        begin = place - least
        if begin >= first and begin <= latest and scratch.begins[begin] == 1:
            begun = begin
        scratch.ends[place] = 1 if begun >= low and begun >= place - most else 0
    return stop


def _land(
    templates: Templates, piece: int, first: int, stop: int, last: int, scratch: TemplateScratch
) -> tuple[int, int]:
    """Mark behind each place, of those that `ends` marks from `first` to `stop`, where a piece stands.

    The first and last of the marks, -1 where there is none.
    """
    start, length = templates.pieces[piece], templates.pieces[piece + 1]
    earliest, latest, same = -1, -1, 0
    for place in range(first, min(stop + length, last) + 1):
        if length > 0 and place > first:
            letter = scratch.letters[place - 1]
            while same > 0 and (same == length or templates.letters[start + same] != letter):
                same = _shorter(templates.borders[start + same - 1], same)
            if templates.letters[start + same] == letter:
                same += 1
        scratch.begins[place] = 0
        if same == length and place - length >= first and scratch.ends[place - length] == 1:
            scratch.begins[place] = 1
            latest = place
            if earliest < 0:
                earliest = place
    return earliest, latest


def _shorter(border: int, same: int) -> int:
    """A border, which is shorter than what it is the border of; else its page is damaged, and would never end."""
    if border < 0 or border >= same:
        raise IndexError("a border is longer than what it ends")
    return border
