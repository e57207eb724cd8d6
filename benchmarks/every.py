"""The list of all benchmarks. Adding one: a module with `NAME`, `ABOUT` and `run(ground)`, and its line here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from benchmarks import (
    country,
    dns_cost,
    dns_in_force,
    dns_publish,
    dns_rate,
    dns_replace,
    domains_check,
    first_page,
    hostile_texts,
    in_force,
    may_call,
    one_event,
    pages,
    parquet,
    parquet_texts,
    registry_loaded,
    snapshot,
    texts,
    verdicts_batch,
    verdicts_velocity,
    wish_bytes,
    wish_saved,
    words,
)
from benchmarks.figure import Figure
from benchmarks.ground import Ground


class Benchmark(Protocol):
    """What each module of the list has."""

    NAME: str
    ABOUT: str

    def run(self, ground: Ground) -> Iterator[Figure]:
        """Measure, and yield a figure for each line of the report."""


BENCHMARKS: tuple[Benchmark, ...] = (
    verdicts_batch,
    verdicts_velocity,
    one_event,
    texts,
    words,
    hostile_texts,
    domains_check,
    wish_bytes,
    snapshot,
    in_force,
    country,
    parquet,
    parquet_texts,
    dns_in_force,
    dns_rate,
    dns_publish,
    dns_replace,
    dns_cost,
    wish_saved,
    registry_loaded,
    may_call,
    pages,
    first_page,
)
"""In the order of the report."""
