"""Every page of each role, with a whole province in PostgreSQL: how long the server takes, and which page longest.

All tables of the workload are loaded, a million changes stand in the history, a hundred thousand firms and as many
records of access beside them, and a day of verdicts is taken in. Each page is asked for many times by one connection of
somebody signed in; the clock runs from the request sent until the last octet is there, on the same machine. A figure is
the slowest page's, since the reach is any page's. Beside it stands /health/ of the same server in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pyarrow import parquet

from benchmarks import postgres_server
from benchmarks.asking_http import Answer, Asked, keep_asking, request
from benchmarks.figure import Figure
from benchmarks.furnished import furnish
from benchmarks.ground import Ground
from benchmarks.page_paths import SENDER, paths_of
from benchmarks.people import cookies_of
from benchmarks.postgres_server import running_postgres
from benchmarks.serving import Home, home, lacking, serving, wait_until
from benchmarks.written import event_table
from wurao.control.database import database
from wurao.control.registry.arrow import connect, fetch

NAME = "pages"
ABOUT = "server time of every page of each role, with 19.51 million subscribers in PostgreSQL"
MEDIAN_S, SLOW_S = 0.1, 0.4
ROUNDS, WARM = 40, 3
EVENTS = 2_000_000
OPERATOR, CITY = "CMCC", "太原"
SHOWN = 5


@dataclass
class Timed:
    """How long one page of one role took, each time."""

    role: str
    name: str
    path: str
    seconds: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    octets: int = 0

    @property
    def median(self) -> float:
        """The middle one."""
        return float(np.median(self.seconds))

    @property
    def slow(self) -> float:
        """The 95th percentile."""
        return float(np.percentile(self.seconds, 95))

    def __str__(self) -> str:
        return f"{self.role} {self.path} {1e3 * self.median:.0f} ms (95th percentile {1e3 * self.slow:.0f})"


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines: the median and the 95th percentile of the page of which it is greatest."""
    if gone := lacking() or postgres_server.missing():
        ground.tell(gone)
        return
    ground.warm()
    with running_postgres() as postgres, home(ground.work / NAME, postgres.url) as at:
        ground.tell("loading the province")
        at.run("wurao", "load", str(ground.tables))
        ground.tell("the snapshot, a history, a day of verdicts")
        at.run("wurao", "snapshot", "build", postgres.url, "-o", str(at.store))
        told = furnish(at, ground.scale)
        count = _screen_a_day(ground, at)
        with serving(at) as address:
            wait_until(lambda: _taken_in(at) == count)
            empty = _timed(address, Timed("nobody", "health", "/health/"), "")
            every = list(_every_page(ground, at, address))
    yield from _figures(every, empty, [told, postgres_server.settings_told()])


def _figures(every: list[Timed], empty: Timed, notes: list[str]) -> Iterator[Figure]:
    good = [each for each in every if each.statuses == {200}]
    others = sorted(
        {f"{each.path} ({', '.join(map(str, sorted(each.statuses)))})" for each in every}
        - {f"{each.path} (200)" for each in good}
    )
    all_s = np.concatenate([each.seconds for each in good])
    beside = f"/health/ of the same server (the same middleware, one SELECT 1): {1e3 * empty.median:.1f} ms (95th "
    beside += f"percentile {1e3 * empty.slow:.1f})"
    common = [
        f"{len(good)} pages of {len({each.role for each in good})} roles, each {ROUNDS} times; of all together median "
        f"{1e3 * np.median(all_s):.0f} ms, 95th percentile {1e3 * np.percentile(all_s, 95):.0f} ms",
        *notes,
        *([f"not measured, since they lead on or have nothing to show: {', '.join(others)}"] if others else []),
    ]
    for name, reach, of in ((NAME, MEDIAN_S, "median"), (f"{NAME}-p95", SLOW_S, "slow")):
        worst = sorted(good, key=lambda each: -getattr(each, of))
        value = getattr(worst[0], of)
        yield Figure(
            name=name,
            value=value,
            unit="seconds",
            reach=f"≤ {reach:g} seconds, the {'median' if of == 'median' else '95th percentile'} of the slowest page",
            met=value <= reach,
            beside=beside,
            ratio=getattr(empty, of) / value,
            notes=["the slowest: " + "; ".join(map(str, worst[:SHOWN])), *common],
        )


def _every_page(ground: Ground, at: Home, address: tuple[str, int]) -> Iterator[Timed]:
    """Every page of each role, as somebody who has something there."""
    number = int(ground.load.subscribers[0])
    whose: dict[str, Any] = {"operator": OPERATOR, "city": CITY, "sender_id": SENDER}
    paths = paths_of(at)
    roles = {role: dict(whose) for role in paths if role != "nobody"}
    roles["subscriber"] = {"number": number}
    roles["operator"] |= {"caller": number}
    cookies = {"nobody": "", **cookies_of(at, roles)}
    for role, pages in paths.items():
        ground.tell(f"{len(pages)} pages of {role}")
        for name, path in pages.items():
            yield _timed(address, Timed(role, name, path), cookies[role])


def _timed(address: tuple[str, int], page: Timed, cookie: str) -> Timed:
    """A page asked for again and again by one connection; the first times are not counted."""
    given = {"Cookie": cookie} if cookie else {}
    asked, left = Asked(request("GET", page.path, "127.0.0.1", Accept_Encoding="br, gzip", **given)), WARM + ROUNDS

    def following(place: int) -> Asked | None:
        nonlocal left
        left -= 1
        return asked if left >= 0 else None

    def take(answer: Answer) -> None:
        if left < ROUNDS:
            page.seconds.append(answer.got - answer.sent)
        page.statuses.add(answer.status)
        page.octets = len(answer.body)

    keep_asking(address, 1, following, take)
    return page


def _screen_a_day(ground: Ground, at: Home) -> int:
    """Verdicts of a day, where the intake looks for them; how many."""
    table = event_table(ground.events(EVENTS), 0)
    (at.data / "events").mkdir()
    parquet.write_table(table, at.data / "events" / "day.parquet")
    out = at.data / "verdicts" / "day"
    out.parent.mkdir()
    at.run("wurao", "screen", str(at.data / "events"), "-o", str(out), "--store", str(at.store))
    return len(table)


def _taken_in(at: Home) -> int:
    """How many verdicts are taken in."""
    with connect(database(at.url)) as connection, connection.cursor() as cursor:
        return int(fetch(cursor, 'SELECT coalesce(sum("rows"), 0)::bigint FROM "stops_takenpart"').column(0)[0].as_py())
