"""Saving wishes as fast as they are answered: who saves, what they say, and how far the workers are meanwhile.

`prepared` makes a registry with people; a `Saving` asks by many connections at once and comes back with what was
`Said`. Every request is made beforehand. Called by `wish_saved`.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks import workload
from benchmarks.asking_http import Answer, Asked, keep_asking, request
from benchmarks.columns import Ints
from benchmarks.people import keys_of
from benchmarks.serving import Home
from benchmarks.written import write_tables
from wurao.changes import workers
from wurao.errors import MachineFailed
from wurao.tables import HOURS_COLUMNS, MARKETING_COLUMNS
from wurao.wishes import EVERYTHING

CONNECTIONS = 32
PEOPLE = 2_000
JSON = "application/json"
WISHES = 64
"""So many different wishes are said in turn."""
BESIDE = 1
"""Workers more than that of `wurao serve`."""
LOOK_EVERY_S = 0.005
TAIL_S = 2.0
"""For so long the workers are looked at after the last answer."""


@dataclass
class Said:
    """What was asked and answered, and how far the workers were meanwhile."""

    sent: list[float] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    """Of each: person × WISHES + wish."""
    answered_s: list[float] = field(default_factory=list)
    looked: list[float] = field(default_factory=list)
    applied: list[int] = field(default_factory=list)
    """At each look what every worker had applied, at least."""

    def take(self, answer: Answer) -> None:
        """An acknowledged wish; MachineFailed for anything else."""
        if answer.status != 200:
            raise MachineFailed(f"answered {answer.status}: {answer.body[:300]!r}", where="PUT /api/v1/wishes")
        self.seqs.append(json.loads(answer.body)["seq"])
        self.sent.append(answer.sent)
        self.tokens.append(answer.token)
        self.answered_s.append(answer.got - answer.sent)

    def look(self, store: Path) -> None:
        """What every worker has applied by now."""
        found = workers(store)
        applied = min((each.applied_seq for each in found), default=-1) if len(found) == 1 + BESIDE else -1
        self.looked.append(time.monotonic())
        self.applied.append(applied)

    def last_of_each(self) -> dict[int, int]:
        """Of each person the wish that was saved last."""
        order = np.argsort(np.array(self.seqs))
        return {self.tokens[row] // WISHES: self.tokens[row] % WISHES for row in order}


@dataclass(frozen=True, slots=True)
class Saving:
    """Whoever saves wishes."""

    numbers: Ints
    requests: list[list[bytes]]
    """Of each person each wish."""
    marketing: list[int]
    """Of each wish."""

    def save(self, at: tuple[str, int], store: Path, seconds: float) -> tuple[Said, float, float]:
        """Save for so long; what was said, in what time, and what it took of this process's."""
        said, turns = Said(), np.zeros(CONNECTIONS, np.int64)
        began, cpu = time.monotonic(), time.process_time()

        def following(place: int) -> Asked | None:
            if time.monotonic() - began > seconds:
                return None
            turn = int(turns[place])
            turns[place] += 1
            # Each connection has people of its own, so that each person's wishes come in order.
            own = len(self.requests) // CONNECTIONS
            person, wish = place + CONNECTIONS * (turn % own), (turn // own + place) % WISHES
            return Asked(self.requests[person][wish], person * WISHES + wish)

        keep_asking(at, CONNECTIONS, following, said.take, lambda: said.look(store), LOOK_EVERY_S)
        took, own = time.monotonic() - began, time.process_time() - cpu
        while time.monotonic() - began < took + TAIL_S:
            said.look(store)
            time.sleep(LOOK_EVERY_S)
        return said, took, own


def prepared(at: Home, count: int) -> Saving:
    """A registry of so many subscribers, and the people of whom wishes are saved, with every request made."""
    rng = np.random.default_rng(15)
    numbers = workload.subscriber_numbers(rng, count, max(1, count * workload.SEGMENTS // workload.SUBSCRIBERS))
    tables = at.data / "tables"
    write_tables({"subscribers": workload.subscribers(rng, numbers)}, tables)
    at.run("wurao", "load", str(tables))
    chosen = numbers[:PEOPLE]
    marketing = [int(bits) for bits in rng.choice(EVERYTHING, WISHES, replace=False)]
    bodies = [json.dumps(_wish(bits)).encode() for bits in marketing]
    requests = [
        [
            request("PUT", "/api/v1/wishes", "127.0.0.1", body, Authorization=f"Bearer {key}", Content_Type=JSON)
            for body in bodies
        ]
        for key in keys_of(at, chosen.tolist())
    ]
    return Saving(chosen, requests, marketing)


def _wish(marketing: int) -> dict[str, object]:
    return {
        "marketing": [name for place, name in enumerate(MARKETING_COLUMNS) if marketing >> place & 1],
        "hours": list(HOURS_COLUMNS),
        "overseas_calls": False,
        "overseas_messages": True,
        "unregistered": False,
        "debt_collection": True,
        "only_my_list": False,
        "content_protection": False,
        "guard": "standard",
        "notice": "none",
    }


def empty_rate(address: tuple[str, int], seconds: float) -> tuple[float, float]:
    """Empty pages a second by as many connections, and this process's part of a core."""
    empty, count = Asked(request("GET", "/health/", "127.0.0.1")), 0
    began, cpu = time.monotonic(), time.process_time()

    def take(answer: Answer) -> None:
        nonlocal count
        if answer.status != 200:
            raise MachineFailed(f"answered {answer.status}", where="GET /health/")
        count += 1

    keep_asking(address, CONNECTIONS, lambda place: empty if time.monotonic() - began < seconds else None, take)
    took = time.monotonic() - began
    return count / took, (time.process_time() - cpu) / took
