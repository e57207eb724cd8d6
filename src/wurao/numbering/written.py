"""Where in a text the number stands, and what is written there: digits, a name, a word for hidden, or none of these.

A text is anything that a person writes or a network signals: `(0351) 2345678`, a tel URI (RFC 3966), a SIP address
with display name, user part, password and parameters (RFC 3261 19.1, 20.10). `locate` finds the user part and the
phone-context; `read_symbols` reads one stretch and says its shape. Called by `parse`; what the digits mean is
`national`'s affair.

All functions are plain scalar code over bytes (uncompiled) or an array of uint8 (compiled).
"""

from __future__ import annotations

from wurao.compiled import apart
from wurao.numbering.hidden import MEANS_IMPOSSIBLE, MEANS_WITHHELD, START, meaning_of, next_step
from wurao.numbering.symbols import NOTHING, Digits, Octets, capital, folded, symbol_at

SHAPE_EMPTY = 0
SHAPE_HIDDEN = 1
SHAPE_DIGITS = 2
SHAPE_INTERNATIONAL = 3
SHAPE_NAME = 4
SHAPE_NONE = 5
"""What was written is no number of any kind."""

ROOM = 40
"""So many digits are kept: a port number of 20 after 0086, a carrier's prefix or a context; more are no number."""

NAME_BASE = 40
NAME_LENGTH = 11
"""GSM 03.38 and SMPP 3.4: an alphanumeric sender has up to 11 characters."""

_NOT_IN_NAMES = -1

_TEL = b"TEL:"
_SIP = b"SIP:"
_SIPS = b"SIPS:"
_SMS = b"SMS:"
_SMSTO = b"SMSTO:"
_CALLTO = b"CALLTO:"
_CONTEXT = b";PHONE-CONTEXT="
_ANONYMOUS_HOST = b"ANONYMOUS.INVALID"
_UNKNOWN_HOST = b"UNKNOWN.INVALID"


@apart
def locate(buffer: Octets, start: int, end: int) -> tuple[int, int, int, int, bool]:
    """Where the number stands (first, last), where its phone-context (first, last), and whether the host says hidden.

    The context is empty where there is none.
    """
    start, end = _address(buffer, start, end)
    body = _after_scheme(buffer, start, end)
    at = _find(buffer, body, end, 64)
    is_sip = _begins(buffer, start, end, _SIP) or _begins(buffer, start, end, _SIPS)
    user_end = at if at >= 0 else end
    hidden = False
    if at >= 0:
        hidden = _begins(buffer, at + 1, end, _ANONYMOUS_HOST) or _begins(buffer, at + 1, end, _UNKNOWN_HOST)
    last = _number_end(buffer, body, user_end, body > start or at >= 0)
    if is_sip and at < 0:
        hidden = _is_host(buffer, body, last)
    context = _find_word(buffer, last, end, _CONTEXT)
    if context < 0:
        return body, last, last, last, hidden
    context += len(_CONTEXT)
    context_end = _find(buffer, context, end, 59)
    stop = _find(buffer, context, end, 64)
    context_end = end if context_end < 0 else context_end
    return body, last, context, min(context_end, stop) if stop >= 0 else context_end, hidden


@apart
def read_symbols(buffer: Octets, first: int, last: int, digits: Digits, kept: int) -> tuple[int, int, int]:
    """The shape of what stands in a stretch, how many digits `digits` then holds (`kept` were there), and the name.

    A name is its symbols in base 40, none of which is zero, so that the length is kept too.
    """
    count, names, name, length = kept, 0, 0, 0
    plus, bad, blank, unnamed = False, False, False, False
    word = START
    at = first
    while at < last:
        symbol, after = symbol_at(buffer, at, last)
        symbol = capital(folded(symbol))
        if symbol == NOTHING:
            at = after
            continue
        if 48 <= symbol <= 57:
            if count < ROOM:
                digits[count] = symbol - 48
            count += 1
        elif symbol == 43:
            bad = bad or plus or count > kept or names > 0
            plus = unnamed = True
        elif symbol == 40 and plus and kept < count <= kept + 3 and _is_trunk_zero(buffer, at, last):
            after = at + 3
        elif _ends_number(symbol) and count > kept and names == 0:
            break
        place = _place_in_names(symbol)
        if place == _NOT_IN_NAMES:
            bad = bad or not (_is_separator(symbol) or symbol == 43)
            unnamed = True
        elif symbol == 32:
            blank = length > 0
        else:
            if 65 <= symbol <= 90 or symbol == 38:
                names += 1
            if blank:
                name, length = _with_symbol(name, length, _place_in_names(32))
                blank = False
            name, length = _with_symbol(name, length, place)
        if not _is_separator(symbol):
            word = next_step(word, symbol)
        at = after
    return _shape(count - kept, names, plus, bad, unnamed or length > NAME_LENGTH, meaning_of(word)), count, name


def symbol_of_place(place: int) -> int:
    """The ASCII symbol at a place (1 to 40) of the symbols of names."""
    if place <= 26:
        return 64 + place
    if place <= 36:
        return 21 + place
    if place == 37:
        return 32
    if place == 38:
        return 45
    return 46 if place == 39 else 38


def _shape(count: int, names: int, plus: bool, bad: bool, no_name: bool, meaning: int) -> int:
    if meaning == MEANS_WITHHELD:
        return SHAPE_HIDDEN
    if meaning == MEANS_IMPOSSIBLE or bad:
        return SHAPE_NONE
    if names > 0:
        return SHAPE_NONE if plus or no_name else SHAPE_NAME
    if count == 0:
        return SHAPE_NONE if plus else SHAPE_EMPTY
    return SHAPE_INTERNATIONAL if plus else SHAPE_DIGITS


def _with_symbol(name: int, length: int, place: int) -> tuple[int, int]:
    """One more symbol; past the longest name only the length goes on, so that the value stays within its bits."""
    if length < NAME_LENGTH:
        return name * NAME_BASE + place, length + 1
    return name, NAME_LENGTH + 1


def _place_in_names(symbol: int) -> int:
    """1 to 40 for the symbols of names: letters, digits, space, hyphen (and underscore), dot, ampersand."""
    if 65 <= symbol <= 90:
        return symbol - 64
    if 48 <= symbol <= 57:
        return symbol - 21
    if symbol == 32:
        return 37
    if symbol == 45 or symbol == 95:
        return 38
    if symbol == 46:
        return 39
    return 40 if symbol == 38 else _NOT_IN_NAMES


def _is_separator(symbol: int) -> bool:
    """What people put between digits: blanks, hyphens, dots, slashes, brackets, quotes, underscores, tildes."""
    return symbol in (32, 34, 39, 40, 41, 45, 46, 47, 91, 93, 95, 126)


def _ends_number(symbol: int) -> bool:
    """A comma (a dialling pause), 转 or 轉: what follows is an extension."""
    return symbol == 44 or symbol == 0x8F6C or symbol == 0x8F49


def _is_trunk_zero(buffer: Octets, at: int, last: int) -> bool:
    """Whether `(0)` stands here, as in +44 (0)20: the trunk prefix that is not dialled from abroad."""
    return at + 2 < last and int(buffer[at]) == 40 and int(buffer[at + 1]) == 48 and int(buffer[at + 2]) == 41


@apart
def _address(buffer: Octets, start: int, end: int) -> tuple[int, int]:
    """The address within blanks, quotes, a display name and angle brackets."""
    start, end = _trimmed(buffer, start, end)
    inside = start
    if start < end and int(buffer[start]) == 34:
        quote = _closing_quote(buffer, start + 1, end)
        opening = _find(buffer, quote, end, 60)
        if opening < 0:
            return _trimmed(buffer, start + 1, quote)
        inside = quote
    opening = _find(buffer, inside, end, 60)
    if opening < 0:
        return start, end
    closing = _find(buffer, opening, end, 62)
    return _trimmed(buffer, opening + 1, closing if closing >= 0 else end)


def _after_scheme(buffer: Octets, start: int, end: int) -> int:
    """The place after `tel:`, `sip:` and the like, or the start."""
    length = 0
    if _begins(buffer, start, end, _TEL) or _begins(buffer, start, end, _SIP) or _begins(buffer, start, end, _SMS):
        length = 4
    elif _begins(buffer, start, end, _SIPS):
        length = 5
    elif _begins(buffer, start, end, _SMSTO):
        length = 6
    elif _begins(buffer, start, end, _CALLTO):
        length = 7
    if length == 0:
        return start
    at = start + length
    while at < end and int(buffer[at]) == 47:
        at += 1
    return at


@apart
def _number_end(buffer: Octets, first: int, end: int, is_address: bool) -> int:
    """Where parameters, a password or headers begin; in bare text only `;` and a letter are a parameter."""
    for at in range(first, end):
        octet = int(buffer[at])
        if octet == 59 and (is_address or (at + 1 < end and 65 <= capital(int(buffer[at + 1])) <= 90)):
            return at
        if is_address and (octet == 58 or octet == 63):
            return at
    return end


def _is_host(buffer: Octets, first: int, last: int) -> bool:
    """Whether a SIP address without a user names only a host: it has a dot or a bracket, and no + before."""
    if first < last and int(buffer[first]) == 43:
        return False
    return _find(buffer, first, last, 46) >= 0 or _find(buffer, first, last, 91) >= 0


def _trimmed(buffer: Octets, start: int, end: int) -> tuple[int, int]:
    """Without blanks, control characters and NULs at both ends."""
    while start < end and int(buffer[start]) <= 32:
        start += 1
    while end > start and int(buffer[end - 1]) <= 32:
        end -= 1
    return start, end


def _closing_quote(buffer: Octets, at: int, end: int) -> int:
    while at < end and int(buffer[at]) != 34:
        at += 2 if int(buffer[at]) == 92 else 1
    return min(at, end)


@apart
def _find(buffer: Octets, start: int, end: int, octet: int) -> int:
    """The first place of an octet; -1 where it is not."""
    for at in range(start, end):
        if int(buffer[at]) == octet:
            return at
    return -1


def _find_word(buffer: Octets, start: int, end: int, word: bytes) -> int:
    for at in range(start, end - len(word) + 1):
        if int(buffer[at]) == word[0] and _begins(buffer, at, end, word):
            return at
    return -1


@apart
def _begins(buffer: Octets, at: int, end: int, word: bytes) -> bool:
    """Whether a word of capitals stands here, in letters of either case."""
    if end - at < len(word):
        return False
    matching = 0
    while matching < len(word) and capital(int(buffer[at + matching])) == word[matching]:
        matching += 1
    return matching == len(word)
