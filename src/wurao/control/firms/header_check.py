"""The pre-check of a header: a number, the beginning of numbers, or a sender's name; all its rules, in one place.

A header is what a person sees before answering, so one that is a public service's, or looks like one, is refused. The
protected numbers are those of `numbering.protected`; names that nobody may imitate stand in `public_names.csv` beside.

==================  ====================================================  ==============
rule                refused is                                            example
==================  ====================================================  ==============
`_no_number`        what is no number, or of a kind that no operator at   +85223456789
                    home assigns
`_too_wide`         the beginning of more numbers than a firm is given    1069*
`_protected`        a protected number, one of its extensions, a          95588, 1008611
                    beginning that holds one
`_begins_alike`     digits that go on behind a public service's           955881, 106110
`_ends_alike`       digits that end like one: the tail names the service  1069000195588
`_holds_alike`      an operator's or rescuers' number amid the digits     10690100861
`_named_alike`      a name that reads like a public body's, a bank's or   P0LICE, 1CBC
                    an operator's
`_taken`            what is registered, covers it, or lies within it      –
==================  ====================================================  ==============

Whoever holds a public service registers it by the regulator's file, not here.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Q

from wurao.control.firms.findings import Finding, note
from wurao.control.registry.models import MODELS
from wurao.numbering import Kind, Tier, canonical, holds_protected, parse_prefix, parse_text, prefix_text
from wurao.numbering.number import IMPOSSIBLE, KIND_SHIFT, kind_of, length_of, prefix_length, prefix_of
from wurao.numbering.protected import ProtectedNumber, entry_of, protected_numbers, tier_of
from wurao.tables import MATCHES

EXACT, PREFIX = (MATCHES.index(each) for each in ("exact", "prefix"))
LONG_ENOUGH = 5
"""Shorter services are looked for at the beginning only: three digits stand in many a number by chance."""
EMERGENCIES = ("110", "119", "120", "122")
RUNS = ("12345", "12348", "12349", "12340")
"""So many count upwards in made-up and assigned numbers alike: amid digits they look like nothing."""
SHORTEST = {"106": 8, "": 5}
"""A beginning has at least so many digits."""
_ASSIGNED = (Kind.MOBILE, Kind.FIXED, Kind.SHORT, Kind.FREEPHONE, Kind.MESSAGE_PORT, Kind.NAME)
_E164, _HOME, _PORT = 11, 12, 13
"""The three spaces of prefixes (`numbering.number`)."""
_LOOKS_LIKE = str.maketrans("0158346279", "OISBEAGZTP")
_HOLDER_RIGHT = ("持有者请经主管部门登记", "its holder is registered through the regulator")


@dataclass(frozen=True, slots=True)
class Header:
    """What somebody wants to send by: an entry of the registry, and how people read it."""

    entry: int
    match: int
    sender_id: str = ""

    @property
    def digits(self) -> str:
        """As it is dialled at home; of a name its symbols."""
        text = prefix_text(self.entry) if self.match == PREFIX else canonical(self.entry)
        return f"0{text[3:]}" if self._is_fixed else text.removeprefix("+86")

    @property
    def service(self) -> str:
        """The digits that tell whose it is: of a port number those behind 106, of a freephone one behind 400."""
        text = self.digits
        if self.is_port:
            return text[3:]
        return text[3:] if text.startswith(("400", "800")) else text

    @property
    def is_port(self) -> bool:
        """Whether it is a message port number, or begins some."""
        return kind_of(self.entry) in (Kind.MESSAGE_PORT, _PORT)

    @property
    def is_name(self) -> bool:
        """Whether it is a sender's name."""
        return kind_of(self.entry) == Kind.NAME

    @property
    def is_short(self) -> bool:
        """Whether it is a short code, or begins some."""
        return kind_of(self.entry) == Kind.SHORT or (kind_of(self.entry) == _HOME and self.digits[:1] not in "48")

    @property
    def _is_fixed(self) -> bool:
        return kind_of(self.entry) == Kind.FIXED


def read_header(written: str, sender_id: str = "") -> Header | None:
    """The header of what somebody wrote, a star behind the beginning of many; null where it is none."""
    text = written.strip()
    if text.endswith(("*", "＊")):
        prefix = parse_prefix(text[:-1].strip())
        return None if prefix is None else Header(prefix, PREFIX, sender_id)
    number = parse_text(text)
    return Header(number, EXACT, sender_id) if number > IMPOSSIBLE else None


def check_header(written: str, sender_id: str = "") -> list[Finding]:
    """What a machine finds wrong with a header that a firm asks for; the first rule that refuses is enough."""
    header = read_header(written, sender_id)
    if header is None:
        return [_finding("这不是号码、号段或发送方名称", "this is no number, beginning of numbers or sender's name")]
    for rule in RULES:
        found = rule(header)
        if found is not None and found.refuses:
            return [found]
    return [found for rule in RULES if (found := rule(header)) is not None]


def _no_number(header: Header) -> Finding | None:
    kind = kind_of(header.entry)
    if header.match == PREFIX and header.digits.startswith("+"):
        return _finding("境外号段不能登记", "numbers of other countries are not registered here")
    if header.match == EXACT and kind not in _ASSIGNED:
        return _finding("这类号码不能登记为发送号码（境外、卫星、物联网）", "such numbers are not for senders")
    return None


def _too_wide(header: Header) -> Finding | None:
    if header.match == EXACT:
        return None
    least = SHORTEST["106"] if header.is_port else SHORTEST[""]
    if prefix_length(header.entry) - (2 if kind_of(header.entry) == _E164 else 0) < least:
        return _finding(f"号段至少写 {least} 位", f"the beginning of numbers has {least} digits at least")
    return None


def _protected(header: Header) -> Finding | None:
    if header.match == PREFIX:
        if holds_protected(header.entry) is not Tier.NONE:
            return _public("号段内有受保护号码", "a protected number lies within")
        return None
    if tier_of(header.entry) is not Tier.NONE:
        entry = entry_of(header.entry)
        assert entry is not None
        return _public(f"这是{entry.name_zh}的号码", f"this is the number of {entry.name_en}")
    return None


def _begins_alike(header: Header) -> Finding | None:
    if header.is_name or not (header.is_port or header.is_short or header.service != header.digits):
        return None
    for digits, entry in _services():
        counts = header.is_short or len(digits) >= LONG_ENOUGH or digits in EMERGENCIES
        if counts and header.service.startswith(digits) and (header.is_short or digits not in RUNS):
            return _alike(digits, entry)
    return None


def _ends_alike(header: Header) -> Finding | None:
    if header.is_name or header.match == PREFIX or kind_of(header.entry) == Kind.MOBILE:
        return None
    for digits, entry in _services():
        if len(digits) >= LONG_ENOUGH and header.service.endswith(digits):
            return _alike(digits, entry)
    return None


def _holds_alike(header: Header) -> Finding | None:
    if header.is_name or not (header.is_port or header.service != header.digits):
        return None
    others = None
    for digits, entry in _services():
        if len(digits) < LONG_ENOUGH or digits in RUNS or digits not in header.service:
            continue
        if entry.tier is Tier.NEVER or digits.startswith("100"):
            return _alike(digits, entry)
        others = others or note(f"号码中含 {digits}（{entry.name_zh}）", f"{digits} ({entry.name_en}) stands in it")
    return others


def _named_alike(header: Header) -> Finding | None:
    if not header.is_name:
        return None
    name = _as_read(canonical(header.entry))
    for public, match, zh, en in _public_names():
        seen = _as_read(public)
        if name == seen or (match == "within" and seen in name):
            return _public(f"名称像{zh}", f"the name looks like that of {en}")
    plain = "".join(each for each in canonical(header.entry) if each.isdigit())
    for digits, entry in _services():
        if plain.startswith(digits) or (len(digits) >= LONG_ENOUGH and digits in plain):
            return _alike(digits, entry)
    return None


def _taken(header: Header) -> Finding | None:
    for row in MODELS["headers"].objects.filter(_meeting(header)).values("sender_id", "header", "match")[:1]:
        if row["sender_id"] != header.sender_id:
            return _finding("已由其他企业登记", "another firm has it registered")
        if (row["header"], row["match"]) == (header.entry, header.match):
            return _finding("贵单位已登记这个号码", "you have it registered already")
    return None


RULES: tuple[Callable[[Header], Finding | None], ...] = (
    _no_number,
    _too_wide,
    _protected,
    _begins_alike,
    _ends_alike,
    _holds_alike,
    _named_alike,
    _taken,
)
"""In the order in which they are asked."""


def _meeting(header: Header) -> Q:
    """Rows of `headers` that are the same, cover it, or lie within it."""
    if header.is_name:
        return Q(header=header.entry)
    if header.match == EXACT:
        whole = length_of(header.entry)
        above = [prefix_of(header.entry, length) for length in range(1, whole + 1)]
        return Q(header=header.entry, match=EXACT) | Q(header__in=above, match=PREFIX)
    return _within(header.entry)


def _within(prefix: int) -> Q:
    """Prefixes above and below a prefix, and the numbers that begin with it, as ranges of integers."""
    digits, space = str(prefix & ((1 << KIND_SHIFT) - 1))[1:], prefix >> KIND_SHIFT
    above = [(space << KIND_SHIFT) | int(f"1{digits[:length]}") for length in range(1, len(digits) + 1)]
    found = Q(header__in=above, match=PREFIX)
    kinds = {11: (Kind.MOBILE, Kind.FIXED, Kind.IOT), 12: (Kind.SHORT, Kind.FREEPHONE), 13: (Kind.MESSAGE_PORT,)}
    lead = "" if space == _E164 else "1"
    for more in range(0, 18 - len(digits)):
        low, high = int(f"{digits}{'0' * more}"), int(f"{digits}{'9' * more}")
        of_prefixes = ((space << KIND_SHIFT) | int(f"1{low}"), (space << KIND_SHIFT) | int(f"1{high}"))
        found |= Q(header__range=of_prefixes, match=PREFIX)
        for kind in kinds[space]:
            first, last = int(f"{lead}{low}"), int(f"{lead}{high}")
            found |= Q(header__range=((kind << KIND_SHIFT) | first, (kind << KIND_SHIFT) | last), match=EXACT)
    return found


@functools.cache
def _services() -> tuple[tuple[str, ProtectedNumber], ...]:
    """The digits of each protected number, the longest first, so that the closest is named."""
    found = [(canonical(each.number), each) for each in protected_numbers()]
    return tuple(sorted(found, key=lambda each: -len(each[0])))


@functools.cache
def _public_names() -> tuple[tuple[str, str, str, str], ...]:
    text = (Path(__file__).parent / "public_names.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple((row["name"], row["match"], row["holder_zh"], row["holder_en"]) for row in csv.DictReader(lines))


def _as_read(name: str) -> str:
    """A name as an eye takes it: digits as the letters that they look like, I, L and 1 alike, no signs."""
    return "".join(each for each in name.translate(_LOOKS_LIKE) if each.isalpha()).replace("L", "I").replace("VV", "W")


def _alike(digits: str, entry: ProtectedNumber) -> Finding:
    return _public(f"看起来像 {digits}（{entry.name_zh}）", f"it looks like {digits} ({entry.name_en})")


def _public(zh: str, en: str) -> Finding:
    return _finding(f"{zh}；{_HOLDER_RIGHT[0]}", f"{en}; {_HOLDER_RIGHT[1]}")


def _finding(zh: str, en: str) -> Finding:
    return Finding(zh, en)
