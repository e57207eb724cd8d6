"""International labels in their ASCII form, written in compiled code (RFC 3492; the prefix of RFC 5890).

In goes a label as points, out go octets. The points are folded already (NFKC, lower case), which is what IDNA 2003
does before (RFC 3491) for the scripts that names are seen in; so the host equals the one that the registry's domains
are kept by. Written here, not left to Python's codec, so that no text with such a name leaves the compiled path: a
sender could otherwise slow screening down by writing one in every message.
"""

from __future__ import annotations

from wurao.compiled import View, apart

LONGEST_LABEL = 63
"""Octets (RFC 1035 2.3.4)."""
_BASE, _LEAST, _MOST, _SKEW, _DAMP, _FIRST_BIAS, _FIRST_POINT = 36, 1, 26, 38, 700, 72, 128
_LONGEST = LONGEST_LABEL


@apart
def write_label(label: View, size: int, octets: View, at: int) -> int:
    """Write a label of so many points; where it ends, or -1 when it is longer than a label may be."""
    plain = 0
    for n in range(size):
        if label[n] < 128:
            plain += 1
    if plain == size:
        for n in range(size):
            octets[at + n] = label[n]
        return at + size if 0 < size <= _LONGEST else -1
    octets[at], octets[at + 1], octets[at + 2], octets[at + 3] = 120, 110, 45, 45
    end = at + 4
    for n in range(size):
        if label[n] < 128:
            octets[end] = label[n]
            end += 1
    if plain > 0:
        octets[end] = 45
        end += 1
    return _write_others(label, size, plain, octets, end, at + _LONGEST)


def _write_others(label: View, size: int, plain: int, octets: View, end: int, limit: int) -> int:
    """The points that are not ASCII, smallest first (RFC 3492 6.3)."""
    point, delta, bias, handled = _FIRST_POINT, 0, _FIRST_BIAS, plain
    while handled < size:
        least = 0x110000
        for n in range(size):
            if point <= label[n] < least:
                least = label[n]
        delta += (least - point) * (handled + 1)
        point = least
        for n in range(size):
            if label[n] < point:
                delta += 1
            elif label[n] == point:
                end = _write_number(delta, bias, octets, end, limit)
                if end < 0:
                    return -1
                bias = _adapted(delta, handled + 1, handled == plain)
                delta = 0
                handled += 1
        delta += 1
        point += 1
    return end


def _write_number(number: int, bias: int, octets: View, end: int, limit: int) -> int:
    """One number as digits of varying base; -1 where the label grows too long."""
    k = _BASE
    while end < limit:
        threshold = min(max(k - bias, _LEAST), _MOST)
        if number < threshold:
            octets[end] = _digit(number)
            return end + 1
        octets[end] = _digit(threshold + (number - threshold) % (_BASE - threshold))
        end += 1
        number = (number - threshold) // (_BASE - threshold)
        k += _BASE
    return -1


def _digit(value: int) -> int:
    return value + 97 if value < 26 else value + 22


def _adapted(delta: int, points: int, is_first: bool) -> int:
    delta = delta // _DAMP if is_first else delta // 2
    delta += delta // points
    k = 0
    while delta > (_BASE - _LEAST) * _MOST // 2:
        delta //= _BASE - _LEAST
        k += _BASE
    return k + (_BASE - _LEAST + 1) * delta // (delta + _SKEW)
