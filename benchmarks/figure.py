"""One line of the report: what was measured, what was to be reached, and what stood beside it in the same run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, as CONTRACTS' `bench` prints it, and what it takes to judge it.

    `met` is null where the run was scaled down: such a figure is a look, not a claim.
    """

    name: str
    value: float
    unit: str
    reach: str
    met: bool | None
    beside: str
    """What a user would take instead, and what it did in the same run; empty where the reach is the machine's own."""
    ratio: float | None
    """How many times better than that, the median over the rounds."""
    ratio_low: float | None = None
    ratio_high: float | None = None
    """The lowest and the highest round: the noise."""
    notes: list[str] = field(default_factory=list)

    def at_scale(self, scale: int) -> Figure:
        """The same from a run of a scaled workload: it says so, and claims nothing."""
        if scale == 1:
            return self
        return replace(self, met=None, notes=[f"workload divided by {scale:,}: a look, not a claim", *self.notes])

    def as_dict(self) -> dict[str, Any]:
        """The keys of CONTRACTS, then those that explain."""
        told = asdict(self)
        for name in ("value", "ratio", "ratio_low", "ratio_high"):
            told[name] = None if told[name] is None else _short(told[name])
        return told


def _short(value: float) -> float:
    """Four figures; more would be noise."""
    return float(f"{value:.4g}")
