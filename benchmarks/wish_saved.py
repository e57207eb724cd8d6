"""Wishes saved over HTTP and in force in every worker: `wurao serve` whole, on PostgreSQL and on SQLite.

Thirty-two connections, each a program with the keys of many subscribers, PUT a wish and, once answered, the next. A
wish is in force when every worker (that of `wurao serve`, and one more beside) reports an `applied_seq` at or past it;
these reports are looked at 200 times a second from outside, so that asking costs the service nothing. Beside it stands
the same server answering /health/: the same connections, middleware and process, and one `SELECT 1`. At the end
everything that was acknowledged must be in the registry's history and in the change log, and what the workers decide by
must be what each subscriber said last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks import postgres_server
from benchmarks.columns import Ints
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.postgres_server import running_postgres
from benchmarks.processor import seconds_by_part, told_each
from benchmarks.serving import Home, home, lacking, serving, wait_until
from benchmarks.wish_saving import BESIDE, CONNECTIONS, PEOPLE, Said, Saving, empty_rate, prepared
from wurao.changes import workers
from wurao.control.database import database
from wurao.control.registry.arrow import connect, fetch
from wurao.errors import MachineFailed
from wurao.screening.following import Following
from wurao.screening.sight import Sight
from wurao.snapshot import snapshot_ids
from wurao.snapshot.profiles import profiles_of
from wurao.wishes import EVERYTHING

NAME = "wish-saved"
ABOUT = "wishes saved over HTTP by 32 connections and in force in every worker, on PostgreSQL and on SQLite"
RATES = {"postgresql": 300.0, "sqlite": 100.0}
IN_FORCE_S = 1.0
SECONDS = 600.0
SHORTEST_S, WARM_S, EMPTY_S = 2.0, 5.0, 15.0
REGISTERED = 1_000_000


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines each: the rate, and the 99th percentile until in force."""
    if gone := lacking():
        ground.tell(gone)
        return
    ground.warm()
    for kind in RATES:
        if kind == "postgresql" and (gone := postgres_server.missing()):
            ground.tell(gone)
            continue
        with ExitStack() as stack:
            url = stack.enter_context(running_postgres()).url if kind == "postgresql" else ""
            at = stack.enter_context(home(ground.work / f"{NAME}-{kind}", url))
            yield from _measured(ground, at, kind)


def _measured(ground: Ground, at: Home, kind: str) -> Iterator[Figure]:
    ground.tell(f"{kind}: a registry with its people")
    saving = prepared(at, max(PEOPLE, REGISTERED // ground.scale))
    seconds = max(SHORTEST_S, SECONDS / ground.scale)
    with serving(at, BESIDE) as address:
        ground.tell(f"{kind}: wishes by {CONNECTIONS} connections for {seconds:.0f} s, empty pages before and after")
        warm, *_ = saving.save(address, at.store, min(WARM_S, seconds))
        before, cost = empty_rate(address, min(EMPTY_S, seconds))
        taken = seconds_by_part()
        said, took, own = saving.save(address, at.store, seconds)
        each = told_each(taken, seconds_by_part(), len(said.seqs), own)
        after, _ = empty_rate(address, min(EMPTY_S, seconds))
        last = last_of_log(at)
        wait_until(lambda: min((each.applied_seq for each in workers(at.store)), default=-1) >= last)
    built = len(snapshot_ids(at.store))
    check(at, saving, [warm, said])
    waited = in_force_s(said, logged(at))
    rate, empty = len(said.seqs) / took, (before + after) / 2
    slow, ack = np.percentile(waited, 99), np.percentile(said.answered_s, (50, 99))
    notes = [
        f"{len(said.seqs):,} wishes of {len(saving.numbers):,} subscribers in {took:.0f} s, registered "
        f"{max(PEOPLE, REGISTERED // ground.scale):,}; none that was acknowledged is missing, and the workers decide "
        "by the last of each",
        f"answered after {1e3 * ack[0]:.0f} ms (median), {1e3 * ack[1]:.0f} ms (99th percentile)",
        each,
        f"whoever asks took {own / took:.0%} of a core; of empty pages, by as many connections, {cost:.0%}",
        f"{built} snapshots kept at the end; the message to the subscriber goes to the log, as it comes",
        *([postgres_server.settings_told()] if kind == "postgresql" else []),
    ]
    yield Figure(
        name=f"{NAME}-{kind}",
        value=rate,
        unit="a second",
        reach=f"≥ {RATES[kind]:g} for {SECONDS:g} s",
        met=rate >= RATES[kind],
        beside=f"the same server answering /health/ (the same middleware, one SELECT 1): {empty:,.0f} a second",
        ratio=rate / empty,
        ratio_low=rate / max(before, after),
        ratio_high=rate / min(before, after),
        notes=notes,
    )
    yield Figure(
        name=f"{NAME}-{kind}-in-force",
        value=float(slow),
        unit="seconds",
        reach=f"≤ {IN_FORCE_S:g}, the 99th percentile from request to in force",
        met=bool(slow <= IN_FORCE_S),
        beside="",
        ratio=None,
        notes=[
            f"median {np.median(waited):.3f}, the slowest {np.max(waited):.3f} seconds, in {1 + BESIDE} workers, while "
            f"{rate:,.0f} a second were saved"
        ],
    )


def in_force_s(said: Said, logged: dict[int, int]) -> npt.NDArray[np.float64]:
    """From each request sent until every worker was seen to have it; until the last look where none saw that."""
    reached = np.maximum.accumulate(np.array(said.applied))
    places = np.searchsorted(reached, np.array([logged[seq] for seq in said.seqs]))
    places = np.minimum(places, len(reached) - 1)
    return np.array(said.looked)[places] - np.array(said.sent)


def last_of_log(at: Home) -> int:
    """The place in the log of the last change, once nothing waits."""
    wait_until(lambda: _column(at, 'SELECT "seq" FROM "registry_change" WHERE "log_seq" IS NULL') == [])
    return int(_column(at, 'SELECT max("log_seq") FROM "registry_change"')[0])


def logged(at: Home) -> dict[int, int]:
    """Of each change its place in the log."""
    found = _rows(at, 'SELECT "seq", "log_seq" FROM "registry_change"')
    return dict(zip(*(column.to_pylist() for column in found.columns), strict=True))


def check(at: Home, saving: Saving, every: list[Said]) -> None:
    """MachineFailed unless all that was acknowledged is there, in order, and the workers decide by the last of each."""
    places, acknowledged = logged(at), [seq for said in every for seq in said.seqs]
    missing = [seq for seq in acknowledged if places.get(seq) is None]
    if missing or len(set(acknowledged)) != len(acknowledged):
        raise MachineFailed(f"{len(missing)} acknowledged wishes are missing", where=str(at.data))
    last: dict[int, int] = {}
    for said in every:
        last |= said.last_of_each()
    people = np.array(sorted(last))
    wanted = np.array([saving.marketing[last[person]] for person in people])
    following = Following(at.store)
    following.look()
    wrong = int(np.count_nonzero(marketing_in(following.newest, saving.numbers[people]) != wanted))
    if wrong:
        raise MachineFailed(
            f"{wrong} of {len(people)} subscribers are not decided for as they said", where=str(at.store)
        )


def marketing_in(sight: Sight, numbers: Ints) -> Ints:
    """What marketing each number lets through, by what a worker sees."""
    found = profiles_of(sight.snapshot.registry, numbers) & EVERYTHING
    if "subscribers" in sight.changed:
        rows = sight.changed["subscribers"].puts
        late = dict(zip(rows.column("number").to_pylist(), rows.column("marketing").to_pylist(), strict=True))
        found = np.array([late.get(number, int(stood)) for number, stood in zip(numbers.tolist(), found, strict=True)])
    return found


def _column(at: Home, query: str) -> list[int]:
    found: list[int] = _rows(at, query).column(0).to_pylist()
    return found


def _rows(at: Home, query: str) -> pa.Table:
    """What the registry answers; this process has no Django."""
    url = at.url or f"sqlite:///{at.data / 'registry.sqlite3'}"
    with connect(database(url)) as connection, connection.cursor() as cursor:
        return fetch(cursor, query)
