"""What velocity costs with 5 million active callers: ns an event and bytes a caller, beside what a user would take.

Callers by a Zipf law (exponent 0.9, as in `workload`), callees at random among 19.51 million, a day of events whose
first 5 million show every caller once. Each event is measured and entered, one core, uncompiled code nowhere. Beside
it the same counts kept in Python's dict and deque, and in Redis's sorted sets where a server is installed, on a sample.

    python -m benchmarks.velocity_state [--callers 5000000] [--events 5000000]
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections import Counter, defaultdict, deque
from pathlib import Path

import numpy as np

from benchmarks.redis_server import PROGRAM, missing
from wurao.compiled import Bundle, compiled
from wurao.screening.velocity import (
    Velocity,
    VelocityState,
    advance,
    enter,
    measure,
    touch_entries,
    touch_records,
    touch_slots,
    touch_stores,
)
from wurao.settings import load
from wurao.settings.thresholds import Thresholds, thresholds

DAY_US = 86_400_000_000
NOON = 1_780_000_000_000_000
MOBILE = 2 << 59
SUBSCRIBERS = 19_510_000
BLOCK = 65_536
SLOTS_AHEAD, RECORDS_AHEAD, STORES_AHEAD, ENTRIES_AHEAD = 16, 12, 8, 4


class Rows(Bundle):
    """Events as the loop below reads them, and a sum of what was measured, so that nothing is left out."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "at": "i8",
        "caller": "i8",
        "callee": "i8",
        "answered": "i1",
        "ring_s": "f8",
        "duration_s": "f8",
        "sum": "i8",
    }


def _screen(state: VelocityState, limits: Thresholds, rows: Rows, start: int, stop: int) -> None:
    for row in range(start, stop):
        if row + SLOTS_AHEAD < stop:
            ahead = row + SLOTS_AHEAD
            touch_slots(state, rows.caller[ahead], rows.callee[ahead], np.uint64(0), np.uint64(0))
            ahead = row + RECORDS_AHEAD
            touch_records(state, rows.caller[ahead], rows.callee[ahead], np.uint64(0), np.uint64(0))
            ahead = row + STORES_AHEAD
            touch_stores(state, rows.caller[ahead], rows.callee[ahead])
            ahead = row + ENTRIES_AHEAD
            touch_entries(state, rows.caller[ahead], rows.callee[ahead])
        at, caller, callee = rows.at[row], rows.caller[row], rows.callee[row]
        advance(state, limits, at)
        found = measure(state, limits, caller, callee, -1, False, -1, -1)
        rows.sum[0] += found.attempts_day + found.callees_hour + found.ended_hour + found.callers_day
        enter(
            state, limits, at, 0, caller, False, callee, -1, False, -1, -1, 0,
            rows.answered[row], rows.ring_s[row], rows.duration_s[row],
        )  # fmt: skip


screen = compiled(_screen)


def rows_of(callers: int, events: int, seed: int = 1) -> Rows:
    """Every caller once in random order, then as many events again by Zipf, then the timed ones."""
    rng = np.random.default_rng(seed)
    weights = np.cumsum(1 / np.arange(1, callers + 1) ** 0.9)
    ranks = np.searchsorted(weights, rng.random(callers + events) * weights[-1])
    caller = np.concatenate([rng.permutation(callers), ranks]).astype(np.int64)
    count = len(caller)
    return Rows(
        at=NOON + np.sort(rng.integers(0, DAY_US, count)),
        caller=MOBILE | (8_613_000_000_000 + caller * 37),
        callee=MOBILE | (8_615_000_000_000 + rng.integers(0, SUBSCRIBERS, count)),
        answered=rng.integers(-1, 2, count).astype(np.int8),
        ring_s=rng.random(count) * 30,
        duration_s=rng.random(count) * 200,
        sum=np.zeros(1, np.int64),
    )


def ours(rows: Rows, callers: int, timed: int) -> dict[str, float]:
    """Ns an event over the last `timed`, and bytes."""
    limits = thresholds(load())
    velocity = Velocity.create(callers)
    velocity.make_room(16)
    screen(velocity.state, limits, rows, 0, 0)
    count = len(rows.at)
    seconds, room = 0.0, 0.0
    for start in range(0, count, BLOCK):
        stop = min(count, start + BLOCK)
        began = time.process_time()
        velocity.make_room(stop - start)
        grown = time.process_time()
        screen(velocity.state, limits, rows, start, stop)
        if start >= count - timed:
            seconds += time.process_time() - grown
            room += grown - began
    used = velocity.records()
    by_caller = 8 * (16 * used["callers"] + 48 * used["small"] + 128 * used["large"] + 1104 * used["heavy"])
    by_caller += velocity.state.array("callers_slots").nbytes
    return {
        "ns_an_event": seconds / timed * 1e9,
        "ns_make_room": room / timed * 1e9,
        "bytes_a_caller": by_caller / used["callers"],
        "bytes_in_all": velocity.bytes_used,
        **{f"records_{name}": number for name, number in used.items()},
    }


def in_python(rows: Rows, sample: int) -> float:
    """Ns an event of dict and deque, over the first events: attempts of a caller, distinct numbers of both sides."""
    calls: dict[int, deque[tuple[int, int]]] = defaultdict(deque)
    callees: dict[int, Counter[int]] = defaultdict(Counter)
    callers: dict[int, dict[int, int]] = defaultdict(dict)
    ats, froms, tos = (rows.array(name)[-sample:].tolist() for name in ("at", "caller", "callee"))
    began = time.process_time()
    total = 0
    for at, caller, callee in zip(ats, froms, tos, strict=True):
        log, others = calls[caller], callees[caller]
        while log and log[0][0] <= at - DAY_US:
            _, gone = log.popleft()
            others[gone] -= 1
            if not others[gone]:
                del others[gone]
        total += len(log) + len(others) + sum(1 for seen in callers[callee].values() if seen > at - DAY_US)
        log.append((at, callee))
        others[callee] += 1
        callers[callee][caller] = at
    return (time.process_time() - began) / sample * 1e9


def in_redis(rows: Rows, sample: int) -> float | None:
    """Ns an event of Redis's sorted sets, pipelined by 1,000, asking the same of both sides."""
    if missing():
        return None
    import redis

    with tempfile.TemporaryDirectory() as place:
        socket = Path(place) / "redis"
        process = subprocess.Popen(
            [PROGRAM, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", place],
            stdout=subprocess.DEVNULL,
        )
        try:
            while not socket.exists():
                time.sleep(0.05)
            client = redis.Redis(unix_socket_path=str(socket))
            ats, froms, tos = (rows.array(name)[-sample:].tolist() for name in ("at", "caller", "callee"))
            began = time.process_time()
            pipe = client.pipeline(transaction=False)
            for number, (at, caller, callee) in enumerate(zip(ats, froms, tos, strict=True)):
                for key, other in ((f"f{caller}", callee), (f"t{callee}", caller)):
                    pipe.zremrangebyscore(key, 0, at - DAY_US)
                    pipe.zcard(key)
                    pipe.zadd(key, {str(other): at})
                if number % 1_000 == 999:
                    pipe.execute()
            pipe.execute()
            return (time.process_time() - began) / sample * 1e9
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    """Print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=5_000_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--sample", type=int, default=100_000)
    given = parser.parse_args()
    rows = rows_of(given.callers, given.callers + given.events)
    for name, value in ours(rows, given.callers, given.events).items():
        print(f"{name:24} {value:16,.1f}")
    print(f"{'python_ns_an_event':24} {in_python(rows, given.sample):16,.1f}")
    redis_ns = in_redis(rows, given.sample // 4)
    print(f"{'redis_ns_an_event':24} " + (f"{redis_ns:16,.1f}" if redis_ns is not None else f"{missing()}"))


if __name__ == "__main__":
    main()
