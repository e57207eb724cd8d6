"""A believable province on disk: the registry's tables, a day of events, and the truth of each.

`generate` is called by `wurao demo` and by tests; the same arguments write the same files, byte for byte. Memory holds
the people (0.6 GB for 40 million in use) and one stretch of the day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wurao.province.block import joined
from wurao.province.business import business
from wurao.province.campaigns import campaigns
from wurao.province.fakes import FAKES
from wurao.province.life import life
from wurao.province.planted import attempts
from wurao.province.registry import write_registry, write_what_if
from wurao.province.rescue import rescue
from wurao.province.unregistered import UNREGISTERED
from wurao.province.world import Flow, world
from wurao.province.write import EventFiles

SEED = 20_260_916
EVENTS_A_STRETCH = 1_500_000
"""About so many events are held at once."""


@dataclass(frozen=True)
class Made:
    """What was generated, and where."""

    tables: Path
    events: Path
    truth: Path
    what_if: Path
    """Orders not made yet, to try with `wurao replay`."""
    subscribers: int
    count: int
    """How many events."""

    @classmethod
    def within(cls, directory: Path, subscribers: int, count: int) -> Made:
        """The province that `generate` wrote into this directory."""
        truth, what_if = directory / "truth.parquet", directory / "what-if"
        return cls(directory / "tables", directory / "events", truth, what_if, subscribers, count)


def generate(
    directory: Path,
    subscribers: int = 200_000,
    seed: int = SEED,
    shared: Path | None = None,
    told: Callable[[int], None] = lambda events: None,
) -> Made:
    """Write `tables/`, `events/`, `truth.parquet` and `what-if/` into the directory, which must hold none of them yet.

    `shared` is the shared directory, where real texts may stand; `told` hears how many more events were written.
    Raises `Refused` for a number of subscribers that the real segment plan cannot hold.
    """
    root = np.random.SeedSequence(seed)
    made_of, tables_of, plans_of, day = root.spawn(4)
    province = world(np.random.default_rng(made_of), subscribers, shared)
    plans = np.random.default_rng(plans_of)
    planted = attempts((*FAKES, *UNREGISTERED))
    flows: list[Flow] = [life, business, planted, campaigns(province, plans), rescue(province, plans)]
    made = Made.within(directory, subscribers, 0)
    made.tables.mkdir(parents=True)
    made.events.mkdir()
    write_registry(made.tables, province, np.random.default_rng(tables_of))
    made.what_if.mkdir()
    write_what_if(made.what_if, province)
    with EventFiles(made.events, made.truth, province) as files:
        for hour in range(24):
            for start_s, end_s, stretch in _stretches(hour, subscribers, day):
                generators = [np.random.default_rng(each) for each in stretch.spawn(len(flows))]
                drawn = zip(flows, generators, strict=True)
                blocks = [block for flow, rng in drawn for block in flow(province, rng, start_s, end_s)]
                before = files.events
                files.write(joined(blocks))
                told(files.events - before)
    return Made.within(directory, subscribers, files.events)


def _stretches(
    hour: int, subscribers: int, day: np.random.SeedSequence
) -> list[tuple[float, float, np.random.SeedSequence]]:
    """An hour, cut so that the busiest stretch stays within memory."""
    cuts = 1
    while cuts < 60 and subscribers * 0.5 / cuts > EVENTS_A_STRETCH:
        cuts += 1
    edges = np.linspace(hour * 3600, (hour + 1) * 3600, cuts + 1).tolist()
    return list(zip(edges[:-1], edges[1:], day.spawn(cuts), strict=True))
