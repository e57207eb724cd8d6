"""What the machine is, and how fast it reads memory at random: what look-ups are measured against."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.rounds import seconds_of
from wurao.compiled import compiled

LOADS = 20_000_000


def facts() -> dict[str, str]:
    """Cores, memory and model, by the names that the report shows."""
    about = _fields("/proc/cpuinfo")
    memory = int(_fields("/proc/meminfo").get("MemTotal", "0 kB").split()[0])
    return {
        "processor": about.get("model name", platform.processor() or platform.machine()),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory / 2**20:.1f} GiB",
        "cache": about.get("cache size", "unknown"),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _fields(path: str) -> dict[str, str]:
    """The first value of each `name: value` line."""
    found: dict[str, str] = {}
    if Path(path).exists():
        for line in Path(path).read_text().splitlines():
            name, colon, value = line.partition(":")
            if colon:
                found.setdefault(name.strip(), value.strip())
    return found


def random_loads(words: int, count: int = LOADS) -> tuple[float, float]:
    """Loads a second from places at random over so many words: independent ones, and each waiting for the last."""
    rng = np.random.default_rng(7)
    memory = rng.integers(0, words, words, dtype=np.int64)
    starts = rng.integers(0, words, count, dtype=np.int64)
    return rate(lambda: independent(memory, starts), count), rate(lambda: chased(memory, count // 10), count // 10)


def rate(work: Callable[[], Any], count: int, rounds: int = 3) -> float:
    """So many a second, the best of a few rounds after one that is not counted."""
    work()
    return count / min(seconds_of(work) for _ in range(rounds))


def _independent(memory: npt.NDArray[Any], places: npt.NDArray[np.int64]) -> int:
    total = np.int64(0)
    for row in range(len(places)):
        total += np.int64(memory[places[row]])
    return total


def _chased(memory: npt.NDArray[np.int64], count: int) -> int:
    place = np.int64(0)
    for step in range(count):
        place = memory[(place + step) % len(memory)]
    return place


independent = compiled(_independent)
chased = compiled(_chased)
