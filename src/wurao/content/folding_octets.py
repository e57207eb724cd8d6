"""UTF-8 read one point at a time (RFC 3629; Unicode 3.9, table 3-7), from octets that may hold anything.

What is no UTF-8 becomes U+FFFD, as Python's `errors="replace"` has it: one for each longest beginning of a well-formed
sequence, else one for each octet. Reading goes on behind it. `folding` calls this.
"""

from __future__ import annotations

from wurao.compiled import View, apart

REPLACEMENT = 0xFFFD


def next_point(data: View, at: int, end: int) -> tuple[int, int]:
    """The point that begins at an octet before `end`, and the place behind it."""
    lead = data[at]
    if lead < 0x80:
        return lead, at + 1
    if 0xE0 <= lead <= 0xEF and at + 2 < end:
        second, third = data[at + 1], data[at + 2]
        point = (lead & 15) << 12 | (second & 63) << 6 | third & 63
        if second & 0xC0 == 0x80 and third & 0xC0 == 0x80 and point >= 0x800 and not 0xD800 <= point < 0xE000:
            return point, at + 3
    return _less_common(data, at, end)


@apart
def _less_common(data: View, at: int, end: int) -> tuple[int, int]:
    """Of two or four octets, or none."""
    lead = data[at]
    if lead < 0xC2 or lead > 0xF4:
        return REPLACEMENT, at + 1
    follow = 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
    lowest = 0xA0 if lead == 0xE0 else 0x90 if lead == 0xF0 else 0x80
    highest = 0x9F if lead == 0xED else 0x8F if lead == 0xF4 else 0xBF
    point = lead & (0x3F >> follow)
    for n in range(1, follow + 1):
        if at + n >= end or not lowest <= data[at + n] <= highest:
            return REPLACEMENT, at + n
        point = point << 6 | data[at + n] & 63
        lowest, highest = 0x80, 0xBF
    return point, at + follow + 1
