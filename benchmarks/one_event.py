"""One event in process, beside Redis asked the same facts by a pipelined script: one round trip an event.

Ours is `Asking.ask`: integers in, verdict out, velocity counted. Redis gets the facts of the events that are asked,
and of a million subscribers besides, since its answer does not get slower with more; it is asked for the wish, the
list entry, the caller's header, the orders on number and prefixes and the consent, and decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.redis_server import missing, redis_server
from benchmarks.traffic import Columns
from wurao.screening.asking import Asking
from wurao.screening.engine import Engine
from wurao.settings import load

NAME = "one-event"
ABOUT = "one event in process: median and 99th percentile, beside Redis"
EVENTS = 50_000
REDIS_EVENTS = 5_000
ROUNDS = 5
MEDIAN_US, LATE_US = 10.0, 50.0
PREFIXES = range(2, 7)
"""Digits left out of a number to have the prefixes of 11 to 7 digits."""

Micros = npt.NDArray[np.float64]


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines: median, 99th percentile. Ours and Redis by turns; percentiles are of all rounds together."""
    columns = ground.events((EVENTS + REDIS_EVENTS) * ground.scale * ROUNDS)
    rows = _rows(columns)
    asking = Asking(Engine(ground.sight, load()))
    for row in rows[:1_000]:
        asking.ask(**row)
    ours, theirs = [], []
    with redis_server() as client:
        if client is not None:
            ground.tell("loading the facts into Redis")
            _fill(client, ground, rows)
        for number in range(ROUNDS):
            part = rows[number * EVENTS : (number + 1) * EVENTS]
            ours.append(_timed(lambda row: asking.ask(**row), part))
            if client is not None:
                theirs.append(_timed(lambda row: _ask_redis(client, row), part[:REDIS_EVENTS]))
    for name, share, most in (("one-event-median", 50, MEDIAN_US), ("one-event-p99", 99, LATE_US)):
        yield _figure(name, share, most, ours, theirs)


def _figure(name: str, share: int, most: float, ours: list[Micros], theirs: list[Micros]) -> Figure:
    value = float(np.percentile(np.concatenate(ours), share))
    ratios = [float(np.percentile(b, share) / np.percentile(a, share)) for a, b in zip(ours, theirs, strict=False)]
    if theirs:
        redis = f"{np.percentile(np.concatenate(theirs), share):.1f} microseconds"
    else:
        redis = f"not measured, since {missing()}"
    return Figure(
        name=name,
        value=value,
        unit="microseconds",
        reach=f"≤ {most:g} microseconds",
        met=value <= most,
        beside=f"Redis on a Unix socket, the same facts in one round trip: {redis}",
        ratio=float(np.median(ratios)) if ratios else None,
        ratio_low=min(ratios, default=None),
        ratio_high=max(ratios, default=None),
        notes=[f"{sum(map(len, ours)):,} events, velocity counted"],
    )


def _rows(columns: Columns) -> list[dict[str, int]]:
    """Each event as the arguments of `ask`."""
    names = ("at", "channel", "caller", "callee", "trunk", "template", "declared", "attestation", "roaming")
    lists = [columns[name].tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]


def _timed(work: Callable[[dict[str, int]], object], rows: list[dict[str, int]]) -> Micros:
    """Microseconds of each call."""
    clock, took = time.perf_counter_ns, np.empty(len(rows))
    for place, row in enumerate(rows):
        began = clock()
        work(row)
        took[place] = clock() - began
    return took / 1_000


def _fill(client: Any, ground: Ground, rows: list[dict[str, int]]) -> None:
    """A key a fact: wishes as strings, lists and consents as hashes of their subscriber, the others by their key."""
    pipe = client.pipeline(transaction=False)
    callees = {row["callee"] for row in rows}
    tables = ground.load.tables
    subscribers = tables["subscribers"].select(["number", "marketing"]).slice(0, 1_000_000)
    wishes = dict(zip(*(column.to_pylist() for column in subscribers.columns), strict=True))
    for number in {*wishes, *callees}:
        _send(pipe, "set", f"wish:{number}", wishes.get(number, 0))
    for name, key, field in (("lists", "subscriber", "entry"), ("consents", "subscriber", "sender_id")):
        table = tables[name].slice(0, 1_000_000)
        for owner, value in zip(table.column(key).to_pylist(), table.column(field).to_pylist(), strict=True):
            _send(pipe, "hset", f"{name}:{owner}", value, 1)
    for header, sender in zip(*(tables["headers"].column(n).to_pylist() for n in ("header", "sender_id")), strict=True):
        _send(pipe, "set", f"header:{header}", sender)
    for target in tables["orders"].column("target").to_pylist():
        _send(pipe, "set", f"order:{target}", 1)
    pipe.execute()


def _send(pipe: Any, verb: str, *arguments: object) -> None:
    getattr(pipe, verb)(*arguments)
    if len(pipe) >= 10_000:
        pipe.execute()


def _ask_redis(client: Any, row: dict[str, int]) -> Any:
    """The facts of one event in one round trip; the script then would decide."""
    caller, callee = row["caller"], row["callee"]
    digits = caller & ((1 << 59) - 1)
    pipe = client.pipeline(transaction=False)
    pipe.get(f"wish:{callee}")
    pipe.hget(f"lists:{callee}", caller)
    pipe.get(f"header:{caller}")
    pipe.mget([f"order:+{digits}", *(f"order:+{digits // 10**left}" for left in PREFIXES)])
    pipe.hgetall(f"consents:{callee}")
    return pipe.execute()
