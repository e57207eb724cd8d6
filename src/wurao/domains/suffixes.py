"""The public suffix list: its rules, the ICANN section and the private one apart, wildcards and exceptions kept.

`read_suffixes` reads the list's text, as the package `publicsuffixlist` brings it every week or as an administration
loads a newer one; out come `Suffixes`, whose columns `guard_table` compiles. Whoever wants to know a single name's
suffix asks the guard. A list without both sections' ends, or with too few rules, was cut and is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.domains.names import read_names
from wurao.errors import Refused

LIST = "public_suffix_list.dat"
FEWEST_RULES = 5_000
"""The list has had more since 2012; a shorter one is damaged."""
_VERSION = re.compile(r"^// VERSION: (\S+)", re.MULTILINE)
_SECTION = re.compile(r"^// ===(BEGIN|END) (ICANN|PRIVATE) DOMAINS===$")


class RuleKind(IntEnum):
    """How a rule is written: `name`, `*.name`, `!name`."""

    PLAIN = 0
    WILDCARD = 1
    EXCEPTION = 2


@dataclass(frozen=True, slots=True)
class Suffixes:
    """The rules, one a row."""

    names: pa.StringArray
    """Canonical, without what marks a wildcard or an exception."""
    kinds: npt.NDArray[np.int8]
    """A `RuleKind` each."""
    private: npt.NDArray[np.bool_]
    version: str
    """What the list says of its age, such as `2026-10-22_08-36-41_UTC`; empty where it says nothing."""


def shipped_text() -> str:
    """The list that the package `publicsuffixlist` brings."""
    return files("publicsuffixlist").joinpath(LIST).read_text("utf-8")


def read_suffixes(text: str, where: str = LIST) -> Suffixes:
    """The rules of a list; Refused where it is cut, or a rule is no name."""
    lines, sections = _rules_of(text)
    if sections != ["BEGIN ICANN", "END ICANN", "BEGIN PRIVATE", "END PRIVATE"]:
        right = "load a whole list, with its ICANN and its private section"
        raise Refused("has not both sections of the public suffix list", where=where, right=right)
    if len(lines) < FEWEST_RULES:
        right = f"load a whole list; it has at least {FEWEST_RULES:,}"
        raise Refused(f"has only {len(lines):,} rules of the public suffix list", where=where, right=right)
    kinds = np.array([_kind(rule) for rule, _, _ in lines], np.int8)
    read = read_names(pa.array([_bare(rule) for rule, _, _ in lines], pa.string()))
    if not read.readable.all():
        place = int(np.flatnonzero(~read.readable)[0])
        rule, _, line = lines[place]
        raise Refused(f"{rule!r} is no rule", where=f"{where}:{line}", right=str(read.errors[place].as_py()))
    found = _VERSION.search(text)
    private = np.array([is_private for _, is_private, _ in lines], bool)
    return Suffixes(read.canonical, kinds, private, found[1] if found else "")


def _rules_of(text: str) -> tuple[list[tuple[str, bool, int]], list[str]]:
    """Each rule with whether it is private and its line; and the marks of sections in their order."""
    rules: list[tuple[str, bool, int]] = []
    sections: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if mark := _SECTION.match(line.strip()):
            sections.append(f"{mark[1]} {mark[2]}")
            continue
        rule = line.partition(" ")[0].strip()
        if rule and not rule.startswith("//") and sections:
            rules.append((rule, sections[-1].endswith("PRIVATE"), number))
    return rules, sections


def _kind(rule: str) -> RuleKind:
    if rule.startswith("!"):
        return RuleKind.EXCEPTION
    return RuleKind.WILDCARD if rule.startswith("*.") else RuleKind.PLAIN


def _bare(rule: str) -> str:
    return rule[1:] if rule.startswith("!") else rule.removeprefix("*.")
