"""The trunks of the province: whose they are, which come from overseas, which carry alerts or public safety numbers.

`trunks(firms)` makes them once; flows name a trunk by its place, `registry` writes the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wurao.province.block import Ints
from wurao.province.plan import AREA_CODES, CODES, ELSEWHERE

PUBLIC_SAFETY = ("110", "119", "120", "122", "96110", "12110", "12119", "12122")
OVERSEAS = 6
WHOLESALE = 4
"""Resellers' trunks, on which an attestation is required; the last of them is under an order for fraud."""


@dataclass(frozen=True)
class Trunks:
    """All trunks by place, and the places of each sort."""

    names: tuple[str, ...]
    operators: tuple[str, ...]
    overseas: range
    alerts: int
    public_safety: range
    wholesale: range
    ordered: int
    firms: range

    def home(self, operator: NDArray[np.int8], city: NDArray[np.int8]) -> Ints:
        """The domestic trunk of an operator in a city of the province."""
        return operator.astype(np.int64) * len(AREA_CODES) + city

    def elsewhere(self, rng: np.random.Generator, n: int) -> Ints:
        """Domestic trunks from other provinces."""
        first = len(CODES) * len(AREA_CODES)
        return rng.integers(first, first + len(CODES) * len(ELSEWHERE), n)

    def abroad(self, rng: np.random.Generator, n: int) -> Ints:
        """Overseas trunks."""
        return rng.integers(self.overseas.start, self.overseas.stop, n)


def trunks(firms_with_a_trunk: int) -> Trunks:
    """Name them all: four operators in eleven cities, other provinces, overseas, the special ones, one a firm."""
    named = [(f"{code}-0{area}", code) for code in CODES for area in AREA_CODES]
    named += [(f"{code}-inter-{n + 1}", code) for code in CODES for n in range(len(ELSEWHERE))]
    starts = [len(named)]
    for sort in (
        [(f"intl-{CODES[n % 3]}-{n + 1}", CODES[n % 3]) for n in range(OVERSEAS)],
        [("alerts-province", "cmcc")],
        [(f"psap-0{area}", "ctcc") for area in AREA_CODES],
        [(f"wholesale-{n + 1}", CODES[n % 3]) for n in range(WHOLESALE)],
        [(f"firm-{n + 1:05d}", CODES[n % 3]) for n in range(firms_with_a_trunk)],
    ):
        named += sort
        starts.append(len(named))
    names, operators = zip(*named, strict=True)
    return Trunks(
        names=names,
        operators=operators,
        overseas=range(starts[0], starts[1]),
        alerts=starts[1],
        public_safety=range(starts[2], starts[3]),
        wholesale=range(starts[3], starts[4] - 1),
        ordered=starts[4] - 1,
        firms=range(starts[4], starts[5]),
    )
