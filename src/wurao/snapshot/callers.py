"""What is known of a number that calls: whose header it is, the orders on it, whether it may originate at all.

One table holds numbers, one holds prefixes; an entry is four words: the key, header + 1, a reference to an order
target, flags. So one look-up of the number and one for each length of prefix that is registered answer everything at
once. A header is four words: the sender, its category, start, end; `header_orders` has the reference to the orders on
it. An entry of the overlay stands for the base's entry of the same key altogether.

Prefixes have 3 to 13 digits, but those that cover or lie in one mobile segment have few lengths: `segment_prefixes` has
a bit for each of them, at the segment, so that a mobile caller's prefixes are mostly one look-up or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wurao.compiled import View
from wurao.numbering.number import E164_SPACE, KIND_SHIFT, POWERS_OF_TEN, VALUE_MASK, digits_in
from wurao.snapshot.hashing import find, make_table, may_hold
from wurao.snapshot.orders import OVERLAY, in_force
from wurao.snapshot.pages import FIRST_SEGMENT, SEGMENTS

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry

Ints = npt.NDArray[np.int64]
DO_NOT_ORIGINATE = 1
ALLOCATED = 2
UNALLOCATED = 4
ALLOCATION = ALLOCATED | UNALLOCATED
E164, HOME, PORT = 0, 1, 2
"""The rows of `prefix_lengths`: a bit for each number of digits that some prefix of the space has."""
MOBILE_DIGITS, SEGMENT_DIGITS = 13, 9
"""Of a mobile number with its country code, and of its segment."""
HOME_1 = 12 << 59 | 11
HOME_10 = 12 << 59 | 110
"""The prefixes of a message port number that are shorter than its 106."""


class CallerLook(NamedTuple):
    """What the numbers' and prefixes' tables say of a caller at a time."""

    header: int
    """The header in its time, the longest; with `orders.OVERLAY` where it stands there; -1 for none."""
    over: int
    """The longest header outside its time, likewise."""
    do_not_originate: bool
    unallocated: bool
    fraud: int
    """The slice of the most specific fraud order on the number or a prefix, as `orders.in_force` gives it."""
    harassment: int


def look_at_caller(base: Registry, overlay: Registry, number: int, at: int) -> CallerLook:
    """Ask the number's entry, then those of its prefixes from the longest to the shortest."""
    entry = _number_entry(base, overlay, number)
    header, over, flags, fraud, harassment = _read(base, overlay, base.callers, overlay.callers, entry, at)
    originate = (flags & DO_NOT_ORIGINATE) != 0
    allocation = flags & ALLOCATION
    space = _space(number >> 59)
    lengths = lengths_of(base, space, number) | lengths_of(overlay, space, number)
    ahead = 2 if space == PORT and (base.prefix_lengths[HOME] | overlay.prefix_lengths[HOME]) & 6 else 0
    if lengths == 0 and ahead == 0:
        return CallerLook(header, over, originate, allocation == UNALLOCATED, fraud, harassment)
    value = number & 576460752303423487
    shown = digits_in(value)
    if space != E164:
        shown -= 1
        value -= POWERS_OF_TEN[shown]
    for step in range(shown + 1 + ahead):
        length = shown - step
        if length >= 0 and (lengths >> length) & 1:
            key = ((11 + space) << 59) | (POWERS_OF_TEN[length] + value)
        elif length < 0:
            key = HOME_10 if length == -1 else HOME_1
        else:
            value //= 10
            continue
        value //= 10
        entry = _entry(base.prefixes, overlay.prefixes, key)
        if entry >= 0:
            found, found_over, flags, of_fraud, of_harassment = _read(
                base, overlay, base.prefixes, overlay.prefixes, entry, at
            )
            header = found if header < 0 else header
            over = found_over if over < 0 else over
            originate = originate or (flags & DO_NOT_ORIGINATE) != 0
            allocation = flags & ALLOCATION if allocation == 0 else allocation
            fraud = of_fraud if fraud < 0 else fraud
            harassment = of_harassment if harassment < 0 else harassment
    return CallerLook(header, over, originate, allocation == UNALLOCATED, fraud, harassment)


def _space(kind: int) -> int:
    """In which space the prefixes of a kind are, -1 for one that has no digits."""
    if kind == 4 or kind == 5:
        return HOME
    if kind == 6:
        return PORT
    return -1 if kind < 2 or kind == 7 else E164


def lengths_of(registry: Registry, space: int, number: int) -> int:
    """A bit for each number of digits that a prefix of this number may have."""
    if space < 0:
        return 0
    if (number >> 59) == 2 and len(registry.segment_prefixes) > 0:
        segment = (number & 576460752303423487) // 10_000 - 861_300_000
        if segment >= 0 and segment < len(registry.segment_prefixes):
            return registry.segment_prefixes[segment]
    return registry.prefix_lengths[space]


def _number_entry(base: Registry, overlay: Registry, number: int) -> int:
    """Where a number's entry begins, with `OVERLAY` where it stands there; or -1."""
    if may_hold(overlay.changed, number):
        found = find(overlay.callers, 4, number)
        if found >= 0:
            return found + OVERLAY
    return find(base.callers, 4, number)


def _entry(of_base: View, of_overlay: View, key: int) -> int:
    """Where a prefix's entry begins, with `OVERLAY` where it stands there; or -1."""
    if len(of_overlay) > 0:
        found = find(of_overlay, 4, key)
        if found >= 0:
            return found + OVERLAY
    return find(of_base, 4, key)


def _read(
    base: Registry, overlay: Registry, of_base: View, of_overlay: View, entry: int, at: int
) -> tuple[int, int, int, int, int]:
    """Of an entry: header in its time, header outside it, flags, slices of a fraud and of a harassment order."""
    if entry < 0:
        return -1, -1, 0, -1, -1
    above = entry >= OVERLAY
    table = of_overlay if above else of_base
    place = entry - OVERLAY if above else entry
    header = table[place + 1] - 1
    if header < -1 or header > 4294967295:
        raise IndexError("a header points outside its page")
    over = -1
    orders = table[place + 2]
    flags = table[place + 3]
    if header >= 0:
        headers = overlay.headers if above else base.headers
        in_time = headers[4 * header + 2] <= at and at < headers[4 * header + 3]
        header += OVERLAY if above else 0
        if not in_time:
            over = header
            header = -1
    if orders == 0:
        return header, over, flags, -1, -1
    return header, over, flags, in_force(base, overlay, orders, 0, at), in_force(base, overlay, orders, 1, at)


def header_word(base: Registry, overlay: Registry, header: int, word: int) -> int:
    """A word of the header that `look_at_caller` found: 0 sender, 1 category."""
    if header >= OVERLAY:
        return overlay.headers[4 * (header - OVERLAY) + word]
    return base.headers[4 * header + word]


def header_orders(base: Registry, overlay: Registry, header: int) -> int:
    """The reference to the orders on a header as such."""
    return overlay.header_orders[header - OVERLAY] if header >= OVERLAY else base.header_orders[header]


def build_callers(keys: Ints, header: Ints, orders: Ints, flags: Ints) -> dict[str, npt.NDArray[Any]]:
    """The numbers' table, the prefixes' table and the lengths of prefixes, for distinct keys of both sorts.

    `header` is a header's row plus one, `orders` a reference, `flags` as above; 0 where there is none.
    """
    kinds = keys >> KIND_SHIFT
    lengths = np.zeros(3, dtype=np.int64)
    for space in (E164, HOME, PORT):
        values = keys[kinds == E164_SPACE + space] & VALUE_MASK
        shown = np.searchsorted(POWERS_OF_TEN, values, side="right") - 1
        lengths[space] = np.bitwise_or.reduce(np.int64(1) << shown, initial=0)
    prefix = kinds >= E164_SPACE
    numbers, prefixes = (make_table(keys[rows], header[rows], orders[rows], flags[rows]) for rows in (~prefix, prefix))
    of_e164 = keys[kinds == E164_SPACE] & VALUE_MASK
    return {
        "callers": numbers,
        "prefixes": prefixes,
        "prefix_lengths": lengths,
        "segment_prefixes": _lengths_by_segment(of_e164) if len(of_e164) else np.empty(0, dtype=np.uint16),
    }


def _lengths_by_segment(prefixes: Ints) -> npt.NDArray[np.uint16]:
    """For each mobile segment a bit for each length of the prefixes (as values of keys) that cover it or lie in it."""
    shown = np.searchsorted(POWERS_OF_TEN, prefixes, side="right") - 1
    lengths = np.zeros(SEGMENTS, dtype=np.uint16)
    for length in range(MOBILE_DIGITS + 1):
        digits = prefixes[shown == length] - 10**length
        if length > SEGMENT_DIGITS:
            digits //= 10 ** (length - SEGMENT_DIGITS)
        covered = 10 ** max(0, SEGMENT_DIGITS - length)
        first = np.clip(digits * covered - FIRST_SEGMENT, 0, SEGMENTS)
        last = np.clip((digits + 1) * covered - FIRST_SEGMENT, 0, SEGMENTS)
        edges = np.bincount(first, minlength=SEGMENTS + 1) - np.bincount(last, minlength=SEGMENTS + 1)
        lengths[np.cumsum(edges)[:SEGMENTS] > 0] |= np.uint16(1 << length)
    return lengths
