"""Bytes a registered subscriber of all that a wish look-up needs, beside a Python dict, Redis and SQLite.

Ours is counted on the whole snapshot. The others hold the same numbers and profiles of a sample, whose cost a
subscriber hardly changes with size (a dict's and Redis's tables double, so theirs is taken where the table is
three quarters full of what it takes); what is said of them is said to be of a sample.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.columns import Ints
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.redis_server import missing, redis_server
from wurao.snapshot.pages import numbers_by_rank

NAME = "wish-bytes"
ABOUT = "bytes a subscriber of everything that a wish look-up needs"
BYTES = 3.0
SAMPLE = 1_000_000
REDIS_SAMPLE = 200_000


def run(ground: Ground) -> Iterator[Figure]:
    """One line."""
    snapshot = ground.snapshot
    ours = snapshot.wish_bytes / snapshot.subscribers
    numbers, profiles = _sample(ground)
    sizes = {"a Python dict": _dict_bytes(numbers, profiles), "SQLite": _sqlite_bytes(ground.work, numbers, profiles)}
    sizes |= _redis_bytes(numbers, profiles)
    without = f"Redis is not measured, since {gone}" if (gone := missing()) else None
    smallest = min(sizes, key=lambda name: sizes[name])
    yield Figure(
        name=NAME,
        value=ours,
        unit="bytes a subscriber",
        reach=f"≤ {BYTES:g}",
        met=ours <= BYTES,
        beside=", ".join(f"{name}: {size:.1f}" for name, size in sizes.items()),
        ratio=sizes[smallest] / ours,
        notes=[
            f"{snapshot.subscribers:,} subscribers; the ratio is to {smallest}",
            f"a dict and SQLite hold {len(numbers):,} of the same, Redis {min(REDIS_SAMPLE, len(numbers)):,}: "
            "theirs is a sample's cost, carried over",
            *([without] if without else []),
        ],
    )


def _sample(ground: Ground) -> tuple[Ints, Ints]:
    """Numbers of whole segments, as dense as the province has them, and their profiles."""
    registry = ground.snapshot.registry
    numbers = numbers_by_rank(registry)
    ranks = np.arange(min(SAMPLE, len(numbers)))
    narrow = registry.array("profile_narrow")
    which = (narrow if len(narrow) else registry.array("profile_wide"))[ranks]
    return numbers[ranks], registry.array("profiles")[which] & ((1 << 62) - 1)


def _dict_bytes(numbers: Ints, profiles: Ints) -> float:
    """The table and the keys; a profile that many share is one object, as a careful user would have it."""
    shared: dict[int, int] = {}
    held = {number: shared.setdefault(p, p) for number, p in zip(numbers.tolist(), profiles.tolist(), strict=True)}
    return (sys.getsizeof(held) + sum(map(sys.getsizeof, held))) / len(held)


def _sqlite_bytes(work: Path, numbers: Ints, profiles: Ints) -> float:
    """Number as the row's id, profile as a number in a table beside, as small as SQLite keeps it."""
    file = work / "wishes.sqlite"
    file.unlink(missing_ok=True)
    different, numbered = np.unique(profiles, return_inverse=True)
    with sqlite3.connect(file) as connection:
        connection.execute("create table profiles (id integer primary key, profile integer)")
        connection.execute("create table wishes (number integer primary key, profile integer)")
        connection.executemany("insert into profiles values (?, ?)", enumerate(different.tolist()))
        ordered = np.argsort(numbers)
        rows = zip((numbers[ordered] & ((1 << 59) - 1)).tolist(), numbered[ordered].tolist(), strict=True)
        connection.executemany("insert into wishes values (?, ?)", rows)
    connection.close()
    size = file.stat().st_size
    file.unlink()
    return size / len(numbers)


def _redis_bytes(numbers: Ints, profiles: Ints) -> dict[str, float]:
    """A key a number; and the trick of those in the know, a small hash for each hundred numbers."""
    numbers, profiles = numbers[:REDIS_SAMPLE], profiles[:REDIS_SAMPLE]
    found: dict[str, float] = {}
    digits = (numbers & ((1 << 59) - 1)).tolist()
    with redis_server() as client:
        if client is None:
            return {}
        for name in ("Redis", "Redis in small hashes"):
            client.flushall()
            before = client.info("memory")["used_memory"]
            pipe = client.pipeline(transaction=False)
            for place, (number, profile) in enumerate(zip(digits, profiles.tolist(), strict=True)):
                if name == "Redis":
                    pipe.set(number, profile)
                else:
                    pipe.hset(number // 100, number % 100, profile)
                if place % 10_000 == 9_999:
                    pipe.execute()
            pipe.execute()
            found[name] = (client.info("memory")["used_memory"] - before) / len(digits)
    return found
