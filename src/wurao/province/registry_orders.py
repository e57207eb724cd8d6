"""The registry's tables of the authority and the plan: orders, numbers that may not call, allocations, days, domains.

`registry` writes them.
"""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa

from wurao.province.block import E164
from wurao.province.campaigns import LIMIT, LIMITED, diallers
from wurao.province.columns import DAY_US, MIDNIGHT_US, absent, days, numbers, picked, times
from wurao.province.fakes import (
    FRAUD_NUMBERS,
    FRAUD_PREFIXES,
    HARASSMENT_NUMBERS,
    HARASSMENT_PREFIX,
    NOT_ORIGINATING,
    NOT_ORIGINATING_PREFIX,
    UNALLOCATED,
)
from wurao.province.firms import ORDERED
from wurao.province.plan import CODES
from wurao.province.registry_firms import sender_ids
from wurao.province.world import World
from wurao.province.write import FRAUD


def order_rows(world: World) -> pa.Table:
    fraud_header, fraud_sender, header, sender = world.firms.of(ORDERED)
    ids = sender_ids(world)
    rows: list[tuple[str, str, str, str, int | None]]
    rows = [("block", "number", f"+{n - E164}", "fraud", None) for n in FRAUD_NUMBERS.tolist()]
    rows += [("block", "prefix", f"+{prefix}", "fraud", None) for prefix in FRAUD_PREFIXES]
    rows += [
        ("block", "header", str(world.firms.line[fraud_header]), "fraud", None),
        ("block", "sender", ids[fraud_sender], "fraud", None),
        ("block", "trunk", world.trunks.names[world.trunks.ordered], "fraud", None),
        ("block", "prefix", f"+{HARASSMENT_PREFIX}", "harassment", None),
        ("block", "header", str(world.firms.line[header]), "harassment", None),
        ("block", "sender", ids[sender], "harassment", None),
        ("limit", "number", f"+{LIMITED - E164}", "harassment", LIMIT),
    ]
    rows += [("block", "number", f"+{n - E164}", "harassment", None) for n in HARASSMENT_NUMBERS.tolist()]
    return _orders(rows, first=1)


def what_if_rows(world: World) -> pa.Table:
    """Orders that are not made yet, for `wurao replay`: against the day's diallers."""
    rows: list[tuple[str, str, str, str, int | None]]
    rows = [("block", "number", f"+{number - E164}", "fraud", None) for number in diallers(world).tolist()]
    return _orders(rows, first=9_001)


def _orders(rows: list[tuple[str, str, str, str, int | None]], first: int) -> pa.Table:
    """Orders of these verbs, kinds of target, targets, causes and rates, in force around the day."""
    verb, kind, target, cause, rate = zip(*rows, strict=True)
    n = len(rows)
    return pa.table(
        {
            "order_id": pa.array([f"晋通管〔2026〕{first + place:04d}" for place in range(n)]),
            "verb": pa.array(verb),
            "target_kind": pa.array(kind),
            "target": pa.array(target),
            "cause": pa.array(cause),
            "rate_per_hour": pa.array(rate, pa.int64()),
            "authority": pa.array(["山西省通信管理局"] * n),
            "second_person": pa.array(["王芳"] * n),
            "start": days(-20, n),
            "end": days(70, n),
            "supersedes": absent(n, pa.string()),
        }
    )


def do_not_originate_rows() -> pa.Table:
    n = len(NOT_ORIGINATING)
    entries = numbers(np.append(NOT_ORIGINATING, NOT_ORIGINATING_PREFIX))
    return pa.table({"number": entries, "match": pa.array(["exact"] * n + ["prefix"])})


def allocation_rows(world: World) -> pa.Table:
    held = np.unique((world.people.number - E164) // 10_000).tolist()
    free = [86 * 10**7 + segment for segment in UNALLOCATED]
    prefixes = [f"+{prefix}" for prefix in held + free]
    states = ["allocated"] * len(held) + ["unallocated"] * len(free)
    as_of = [datetime.date(2026, 9, 1)] * len(states)
    return pa.table({"prefix": pa.array(prefixes), "state": pa.array(states), "as_of": pa.array(as_of)})


def ported_rows(world: World, rng: np.random.Generator) -> pa.Table:
    person = np.unique(rng.integers(0, len(world.people), max(10, world.subscribers // 100)))
    n = len(person)
    operator = (world.people.operator[person] + 1) % 3
    since = times(MIDNIGHT_US - rng.integers(1, 1_500, n) * DAY_US)
    return pa.table(
        {"number": numbers(world.people.number[person]), "operator": picked(CODES, operator), "since": since}
    )


def holiday_rows() -> pa.Table:
    days = [datetime.date(2026, 9, 25), datetime.date(2026, 10, 1), datetime.date(2026, 10, 10)]
    return pa.table({"date": pa.array(days), "day_type": pa.array(["public_holiday", "public_holiday", "weekday"])})


def domain_rows() -> pa.Table:
    n = len(FRAUD)
    return pa.table(
        {
            "name": pa.array(FRAUD),
            "match": pa.array(["below" if place % 2 else "exact" for place in range(n)]),
            "cause": pa.array(["fraud"] * n),
            "source": pa.array(["12321"] * n),
            "order_id": absent(n, pa.string()),
            "second_person": absent(n, pa.string()),
            "start": days(-10, n),
            "end": days(90, n),
        }
    )
