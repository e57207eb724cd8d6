"""Why the guard says what it says of a name: stable codes, each with a sentence in both languages in `reasons.toml`.

`Decision` is what may be done with a name, from the freest to the strictest; `DomainReason` why. `names` finds the
codes below 30, which are of the writing; `guard` finds the others. The integers never change and are never used again;
the code, its name in capitals, is what commands print. `sentence_of` is what a person is shown.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from importlib.resources import files


class Decision(IntEnum):
    """What the guard says of a name. `code` is what commands print (CONTRACTS, `domains check`)."""

    LIST = 0
    """It may be listed, with all below."""
    LIST_EXACT = 1
    """It may be listed, but only as that exact name."""
    SECOND_PERSON = 2
    """It may be listed when a second person agrees."""
    REFUSE = 3
    """It is never listed."""

    @property
    def code(self) -> str:
        """The word in files and on screen."""
        return self.name.lower().replace("_", "-")


class DomainReason(IntEnum):
    """Why; `NONE` where there is nothing to say of a name."""

    NONE = 0
    # Of how it is written; the name is read all the same.
    URL = 1
    WILDCARD = 2
    MIXED_SCRIPT = 3
    # Of how it is written; it cannot be read.
    EMPTY = 10
    EMPTY_LABEL = 11
    LABEL_TOO_LONG = 12
    NAME_TOO_LONG = 13
    ADDRESS = 14
    BAD_CHARACTER = 15
    BAD_PUNYCODE = 16
    NOT_IDNA = 17
    BAD_LINE = 18
    HYPHEN_AT_EDGE = 19
    # Of what it would hit.
    SINGLE_LABEL = 30
    PUBLIC_SUFFIX = 31
    ABOVE_PUBLIC_SUFFIX = 32
    SHARED_NAME = 33
    ABOVE_SHARED_NAME = 34
    BELOW_SHARED_NAME = 35
    PROTECTED = 36
    ABOVE_PROTECTED = 37
    POPULAR = 38
    ABOVE_POPULAR = 39
    BELOW_POPULAR = 40
    HOSTS_OWN_SITE = 41
    RESERVED = 42


FIRST_UNREADABLE = DomainReason.EMPTY
WAITING = frozenset(
    {
        DomainReason.PROTECTED,
        DomainReason.ABOVE_PROTECTED,
        DomainReason.POPULAR,
        DomainReason.ABOVE_POPULAR,
        DomainReason.BELOW_POPULAR,
        DomainReason.HOSTS_OWN_SITE,
    }
)
"""Why a name waits for a second person."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What one reason says, and what would be right, in both languages; none of the four is empty."""

    sentence_zh: str
    sentence_en: str
    right_zh: str
    right_en: str

    def __post_init__(self) -> None:
        for each in fields(self):
            if not getattr(self, each.name).strip():
                raise ValueError(f"{each.name} is empty")


@functools.cache
def sayings() -> Mapping[DomainReason, Saying]:
    """What every reason but `NONE` says, in the order of their integers."""
    written = tomllib.loads(files(__package__).joinpath("reasons.toml").read_text("utf-8"))
    unknown = set(written) - {reason.name for reason in DomainReason}
    if unknown:
        raise ValueError(f"reasons.toml: {', '.join(sorted(unknown))}: no such reason")
    return {reason: Saying(**written[reason.name]) for reason in DomainReason if reason}


def code_of(reason: int) -> str | None:
    """The code as commands print it; null for `NONE`."""
    return DomainReason(reason).name if reason else None


def sentence_of(reason: int) -> str:
    """Both sentences, Chinese first; empty for `NONE`."""
    if not reason:
        return ""
    said = sayings()[DomainReason(reason)]
    return f"{said.sentence_zh} {said.sentence_en}"


def page() -> str:
    """The page docs/reference/domain-reasons.md."""
    lines = [
        "# What the guard of domains says 域名守卫的原因",
        "",
        "Written by `make docs` from `src/wurao/domains/reasons.toml`. What is done about a name:",
        "",
        "- `list` 可列入（含其下） it may be listed, with all below",
        "- `list-exact` 只可列入该名称本身 it may be listed as that exact name only",
        "- `second-person` 须经第二人同意 it may be listed when a second person agrees",
        "- `refuse` 永不列入 it is never listed",
    ]
    for reason, said in sayings().items():
        lines += [
            "",
            f"## {reason.value} {reason.name}",
            "",
            f"**{said.sentence_zh}** {said.right_zh}",
            "",
            f"**{said.sentence_en}** {said.right_en}",
        ]
    return "\n".join(lines) + "\n"
