"""A million names read and judged by the guard, beside a plain loop over the same with the package publicsuffixlist.

Ours is what `wurao domains check` does of each name: read as written, made canonical, judged by suffixes, hosting
names, protected and popular ones. The loop asks publicsuffixlist for each name's suffix, in both sections, and looks in
a set of popular names; it does less. Both must see the same ICANN suffix of each name, or there is no figure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from publicsuffixlist import PublicSuffixList

from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.rounds import by_turns
from wurao.domains import Decision, Guard, read_names
from wurao.domains.guard_files import PARTS
from wurao.domains.guard_table import Mark

NAME = "domains-check"
ABOUT = "a million names read and judged by the guard, beside a loop with publicsuffixlist"
NAMES = 1_000_000
SECONDS = 2.0


def run(ground: Ground) -> Iterator[Figure]:
    """One line."""
    names, source = _names(max(NAMES // ground.scale, 1_000))
    column, guard = pa.array(names, pa.string()), Guard.read()
    every, icann = PublicSuffixList(), PublicSuffixList(only_icann=True)
    shown = [part.mark == Mark.POPULAR for part in PARTS]
    popular = set(guard.data.names.filter(pa.array(np.array(shown)[guard.data.part])).to_pylist())

    def ours() -> np.ndarray:
        return guard.decide(read_names(column).canonical).decision

    def theirs() -> list[bool]:
        return [_may(name, every, icann, popular) for name in names]

    ours()
    _compare(guard, names, icann)
    rounds = by_turns(ours, theirs, 3)
    yield Figure(
        name=NAME,
        value=rounds.seconds,
        unit="seconds",
        reach=f"{NAMES:,} names in ≤ {SECONDS:g} s on one core",
        met=rounds.seconds <= SECONDS,
        beside=f"a loop with publicsuffixlist and a set of popular names: {rounds.their_seconds:.1f} s",
        ratio=rounds.ratio,
        ratio_low=min(rounds.ratios),
        ratio_high=max(rounds.ratios),
        notes=[f"{len(names):,} names: {source}"],
    )


def _may(name: str, every: PublicSuffixList, icann: PublicSuffixList, popular: set[str]) -> bool:
    """What a plain loop would ask of a name."""
    suffix, private = icann.publicsuffix(name), every.publicsuffix(name)
    return suffix != name and private != name and name not in popular


def _compare(guard: Guard, names: list[str], icann: PublicSuffixList) -> None:
    """Both must see the same suffixes; asked of the first names only, since it takes as long as a round."""
    some = names[:50_000]
    found = guard.decide(pa.array(some, pa.string()))
    for name, octets, decision in zip(some, found.suffix.tolist(), found.decision.tolist(), strict=True):
        suffix = icann.publicsuffix(name) or ""
        if octets != len(suffix) or (suffix == name and decision != Decision.REFUSE):
            raise AssertionError(f"{name}: the suffix has {octets} octets here, and is {suffix!r} there")


def _names(count: int) -> tuple[list[str], str]:
    """So many names, no two the same: scam domains with a label before them, else made-up ones."""
    shared = Path(os.environ.get("WURAO_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
    file = shared / "domains" / "scam.txt"
    known = file.read_text().split() if file.is_file() else [f"evil-{n}.example" for n in range(1_000)]
    source = "scam domains, and names below them" if file.is_file() else "made-up ones, as the shared data are not here"
    made = (name if number < len(known) else f"n{number}.{name}" for number, name in enumerate(cycle(known)))
    return list(islice(made, count)), source
