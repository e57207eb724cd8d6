"""The registry's tables of firms: senders, their headers, templates and trunks. `registry` writes them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wurao.province.campaigns import NARROW_CEILING
from wurao.province.columns import DAY_US, MIDNIGHT_US, days, numbers, picked, sets, times
from wurao.province.firms import ADVERTISER, BANK, HOSPITAL, LAPSED, NARROW, SCHOOL, SUSPENDED
from wurao.province.trunks import PUBLIC_SAFETY
from wurao.province.wishes import CATEGORIES, SERVICE, TRANSACTION
from wurao.province.world import World
from wurao.tables import TABLES

_PEAK = 0.12
"""The busiest hour has about so much of a firm's day."""


def sender_ids(world: World) -> tuple[str, ...]:
    """The `sender_id` of each firm."""
    return tuple(f"s{place:06d}" for place in range(len(world.firms)))


def sender_rows(world: World) -> pa.Table:
    firms, n = world.firms, len(world.firms)
    share = firms.weight / firms.weight[firms.sort == ADVERTISER].sum()
    busiest = (share * world.subscribers * _PEAK * 4).astype(np.int64)
    ceiling = np.where(firms.sort == NARROW, NARROW_CEILING, busiest)
    usual = (ceiling < 20_000) & (firms.sort != NARROW)
    credit = [f"9114{place:014d}" for place in range(n)]
    return pa.table(
        {
            "sender_id": pa.array(sender_ids(world)),
            "name": pa.array(firms.name),
            "credit_code": pa.array(credit),
            "state": picked(("active", "suspended"), (firms.sort == SUSPENDED).astype(np.int8)),
            "categories": sets(CATEGORIES, 1 << firms.category | 1 << SERVICE | 1 << TRANSACTION),
            "ceiling_per_hour": pa.array(ceiling, mask=usual),
            "since": days(-1_500, n),
        }
    )


def header_rows(world: World) -> pa.Table:
    """Three a firm: the port it advertises from (every other one a prefix), the port for codes, the line for calls."""
    firms, n = world.firms, len(world.firms)
    line_category = np.where(np.isin(firms.sort, (BANK, SCHOOL, HOSPITAL)), SERVICE, firms.category)
    category = np.concatenate([firms.category, np.full(n, TRANSACTION), line_category])
    prefix = np.concatenate([np.arange(n) % 2, np.zeros(2 * n, dtype=np.int64)])
    end = np.full(3 * n, MIDNIGHT_US - 20 * DAY_US)
    return pa.table(
        {
            "header": numbers(np.concatenate([firms.port, firms.code_port, firms.line])),
            "match": picked(("exact", "prefix"), prefix),
            "sender_id": picked(sender_ids(world), np.tile(np.arange(n), 3)),
            "category": picked(CATEGORIES, category),
            "start": days(-1_000, 3 * n),
            "end": times(end, np.tile(firms.sort != LAPSED, 3)),
        }
    )


def template_rows(world: World) -> pa.Table:
    firms, n = world.firms, len(world.firms)
    category = np.where(firms.category < SERVICE, firms.category, CATEGORIES.index("other"))
    by_firm = np.column_stack([category, category, np.full(n, SERVICE), np.full(n, TRANSACTION)])
    purpose = np.tile(np.array([0, 0, 1, 3]), n)
    return pa.table(
        {
            "template_id": pa.array([f"t{place:06d}" for place in range(4 * n)]),
            "sender_id": picked(sender_ids(world), np.repeat(np.arange(n), 4)),
            "category": picked(CATEGORIES, by_firm.ravel()),
            "purpose": picked(TABLES["templates"].column("purpose").codes, purpose),
            "body": pa.array(firms.bodies),
        }
    )


def trunk_rows(world: World) -> pa.Table:
    trunks = world.trunks
    place = np.arange(len(trunks.names))
    numbers = [";".join(PUBLIC_SAFETY) if n in trunks.public_safety else None for n in place.tolist()]
    wholesale = [n in trunks.wholesale or n == trunks.ordered for n in place.tolist()]
    return pa.table(
        {
            "trunk": pa.array(trunks.names),
            "operator": pa.array(trunks.operators),
            "overseas": pa.array([n in trunks.overseas for n in place.tolist()]),
            "alerts": pa.array(place == trunks.alerts),
            "attestation_required": pa.array(wholesale),
            "public_safety": pa.array(numbers, pa.string()),
        }
    )


def sender_trunk_rows(world: World) -> pa.Table:
    firm = np.flatnonzero(world.firms.own_trunk >= 0)
    names = np.array(world.trunks.names)[world.trunks.firms.start + world.firms.own_trunk[firm]]
    return pa.table({"sender_id": picked(sender_ids(world), firm), "trunk": pa.array(names.tolist(), pa.string())})
