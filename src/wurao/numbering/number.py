"""A Number: one int64, four bits of kind above the value (CONTRACTS, Numbers); and a Prefix, packed beside it.

What each kind holds in its 59 bits of value:

=============  =====================================================================================
withheld       0
impossible     0
mobile, fixed  the E.164 digits: 8613803510001, 863512345678
iot, foreign   the E.164 digits
satellite      the E.164 digits (1740… to 1749… of China Telecom, and the like)
short          the digits as dialled at home after a leading 1, which keeps the length: 110 is 1110
freephone      likewise: 400-810-0000 is 14008100000
message_port   the digits after 106 after a leading 1: 10690001234567 is 190001234567
name           a sender's name in base 40, up to 11 symbols
=============  =====================================================================================

A Prefix is an int64 of the same shape whose kind is one of three spaces: the first digits of an E.164 number, of a
number as dialled at home, or of a message port number; the value is those digits after a leading 1. So a Number
and a Prefix never look alike, and one column holds either.

All functions here are plain scalar code, compiled with whatever calls them.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

KIND_SHIFT = 59
VALUE_MASK = (1 << KIND_SHIFT) - 1


class Kind(IntEnum):
    """What a number is. The integers are part of the stored format."""

    WITHHELD = 0
    IMPOSSIBLE = 1
    MOBILE = 2
    FIXED = 3
    SHORT = 4
    FREEPHONE = 5
    MESSAGE_PORT = 6
    NAME = 7
    IOT = 8
    SATELLITE = 9
    FOREIGN = 10


KINDS = tuple(kind.name.lower() for kind in Kind)
"""The codes of the kinds, each at its own integer."""

E164_SPACE = 11
HOME_SPACE = 12
PORT_SPACE = 13
LONGEST = 20
"""A message port number has up to 20 digits; nothing is longer."""

WITHHELD = 0
IMPOSSIBLE = 1 << KIND_SHIFT

POWERS_OF_TEN = np.array([10**n for n in range(19)], dtype=np.int64)


def pack(kind: int, value: int) -> int:
    """The int64 of a kind and its value."""
    return (kind << 59) | value


def kind_of(number: int) -> int:
    """The `Kind` of a number, as an integer; 11 and above for a prefix."""
    return number >> 59


def value_of(number: int) -> int:
    """What is below the four bits of kind."""
    return number & 576460752303423487


def digits_in(value: int) -> int:
    """How many decimal digits a value has; 0 has one."""
    count = 1
    while count < 19 and value >= POWERS_OF_TEN[count]:
        count += 1
    return count


def is_e164(number: int) -> bool:
    """Whether the value is E.164 digits."""
    kind = number >> 59
    return kind == 2 or kind == 3 or kind >= 8


def length_of(number: int) -> int:
    """How many digits a person dials or reads: of the E.164 digits, else as dialled at home; 0 where there are none."""
    kind = number >> 59
    value = number & 576460752303423487
    if kind == 2 or kind == 3 or (kind >= 8 and kind <= 10):
        return digits_in(value)
    if kind == 4 or kind == 5:
        return digits_in(value) - 1
    if kind == 6:
        return digits_in(value) + 2
    return 0


def prefix_of(number: int, length: int) -> int:
    """The Prefix that is a number's first `length` digits (1 to `length_of`); of a port number's first two: at home.

    A kind without digits has no prefix: ask `length_of` first.
    """
    return prefix_of_digits(number, length_of(number), length)


def prefix_of_digits(number: int, digits: int, length: int) -> int:
    """`prefix_of` for a number whose `length_of` is at hand."""
    kind = number >> 59
    value = number & 576460752303423487
    if kind == 6:
        if length < 3:
            return (12 << 59) | (110 if length == 2 else 11)
        return (13 << 59) | (value // POWERS_OF_TEN[digits - length])
    if kind == 4 or kind == 5:
        return (12 << 59) | (value // POWERS_OF_TEN[digits - length])
    return (11 << 59) | (POWERS_OF_TEN[length] + value // POWERS_OF_TEN[digits - length])


def is_prefix(entry: int) -> bool:
    """Whether an int64 is a Prefix, not a Number."""
    return (entry >> 59) >= 11


def prefix_length(prefix: int) -> int:
    """How many digits a Prefix has, as `length_of` counts them."""
    value = prefix & 576460752303423487
    if (prefix >> 59) == 13:
        return digits_in(value) + 2
    return digits_in(value) - 1


def starts_with(number: int, prefix: int) -> bool:
    """Whether a Number begins with the digits of a Prefix."""
    length = prefix_length(prefix)
    return length <= length_of(number) and prefix_of(number, length) == prefix
