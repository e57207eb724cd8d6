"""What the fuzzing of domains begins with is taken whole, so that it damages what is good."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz_targets import TARGETS
from benchmarks.ground import Ground

OF_DOMAINS = {"domain-list", "guard-data", "resolver-logs", "agent", "warning-page"}


@pytest.mark.parametrize("name", sorted(OF_DOMAINS))
def test_what_is_good_is_taken(name: str, tmp_path: Path) -> None:
    target = next(each for each in TARGETS if each.name == name)
    seeds = target.seeds(Ground(10_000, tmp_path))
    assert seeds
    assert all(target.parse(good, tmp_path) for good in seeds)
