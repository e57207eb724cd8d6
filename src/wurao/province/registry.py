"""The registry of the province: every table of CONTRACTS as a Parquet file, as its registrars would hand it in.

`write_registry(directory, world)` is called once by `generate`. Codes and numbers are written as text; 19.5 million
subscribers are written in slices.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wurao.province.block import NONE
from wurao.province.columns import (
    DAY_US,
    MIDNIGHT_US,
    TIME,
    absent,
    decimal,
    numbers,
    picked,
    sets,
    times,
    together,
    where,
)
from wurao.province.firms import EXPIRED, REVOKED
from wurao.province.people import DENIES_400, DENIES_FORMER, ELDER, FAMILY, FORMER, LISTS_FAMILY
from wurao.province.plan import CODES
from wurao.province.registry_firms import (
    header_rows,
    sender_ids,
    sender_rows,
    sender_trunk_rows,
    template_rows,
    trunk_rows,
)
from wurao.province.registry_orders import (
    allocation_rows,
    do_not_originate_rows,
    domain_rows,
    holiday_rows,
    order_rows,
    ported_rows,
    what_if_rows,
)
from wurao.province.wishes import CATEGORIES, GUARDS
from wurao.province.world import World
from wurao.tables import TABLES

SLICE = 2_000_000
_CHANNELS = TABLES["consents"].column("channels").codes


def write_registry(directory: Path, world: World, rng: np.random.Generator) -> None:
    """Write all tables into the directory."""
    tables = {
        "subscribers": _subscribers(world, rng),
        "lists": _lists(world),
        "consents": iter([_consents(world, rng)]),
        "senders": iter([sender_rows(world)]),
        "headers": iter([header_rows(world)]),
        "templates": iter([template_rows(world)]),
        "trunks": iter([trunk_rows(world)]),
        "sender_trunks": iter([sender_trunk_rows(world)]),
        "orders": iter([order_rows(world)]),
        "do_not_originate": iter([do_not_originate_rows()]),
        "allocations": iter([allocation_rows(world)]),
        "ported": iter([ported_rows(world, rng)]),
        "holidays": iter([holiday_rows()]),
        "domains": iter([domain_rows()]),
    }
    for name, parts in tables.items():
        _write(directory / f"{name}.parquet", parts, [column.name for column in TABLES[name].columns])


def write_what_if(directory: Path, world: World) -> None:
    """Write `orders.parquet` with orders to try on the day before making them."""
    _write(
        directory / "orders.parquet", iter([what_if_rows(world)]), [column.name for column in TABLES["orders"].columns]
    )


def _write(file: Path, parts: Iterator[pa.Table], declared: list[str]) -> None:
    first = next(parts).select(declared)
    with pq.ParquetWriter(file, first.schema, compression="zstd", write_page_checksum=True) as writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(part.select(declared))


def _subscribers(world: World, rng: np.random.Generator) -> Iterator[pa.Table]:
    people, wishes, floods = world.people, world.people.wishes, world.floods
    shielded = floods.shield_until > 0
    shield = dict(zip(floods.person[shielded].tolist(), floods.shield_until[shielded].tolist(), strict=True))
    everyone = np.flatnonzero(people.registered)
    for start in range(0, len(everyone), SLICE):
        person = everyone[start : start + SLICE]
        n, wish = len(person), people.wish[person]
        until = np.zeros(n, dtype=np.int64)
        for who, seconds in shield.items():
            place = np.searchsorted(person, who)
            if place < n and person[place] == who:
                until[place] = MIDNIGHT_US + int(seconds * 1e6)
        old = people.has(person, ELDER)
        guardian = people.contact(person, 0)
        guardian = np.where(guardian == person, people.contact(person, 1), guardian)
        yield pa.table(
            {
                "number": numbers(people.number[person]),
                "operator": picked(CODES, people.operator[person]),
                "since": times(MIDNIGHT_US - rng.integers(1, 2_000, n) * DAY_US),
                "marketing": pa.array(wishes.marketing[wish].astype(np.int32)),
                "hours": pa.array(wishes.hours[wish].astype(np.int32)),
                "overseas_calls": pa.array(wishes.overseas_calls[wish]),
                "overseas_messages": pa.array(wishes.overseas_messages[wish]),
                "unregistered": pa.array(wishes.unregistered[wish]),
                "debt_collection": pa.array(wishes.debt_collection[wish]),
                "only_my_list": pa.array(wishes.only_my_list[wish]),
                "only_my_list_until": absent(n, TIME),
                "content_protection": pa.array(wishes.content_protection[wish]),
                "guard": picked(GUARDS, wishes.guard[wish]),
                "shield_until": times(until, until == 0),
                "guardian": where(old, numbers(people.number[guardian])),
                "notice": picked(("each", "daily", "none"), rng.choice(3, n, p=[0.2, 0.3, 0.5])),
            }
        )


def _lists(world: World) -> Iterator[pa.Table]:
    """Families on allow lists, former contacts and 400 numbers on deny lists."""
    people = world.people
    for trait, ranks, action in (
        (LISTS_FAMILY, tuple(range(FAMILY)), "allow"),
        (DENIES_FORMER, (FORMER,), "deny"),
        (DENIES_400, (NONE,), "deny"),
    ):
        person = np.flatnonzero(people.traits & trait)
        for rank in ranks:
            entry = people.number[people.contact(person, rank)] if rank != NONE else np.full(len(person), 400)
            other = entry != people.number[person]
            n = int(other.sum())
            yield pa.table(
                {
                    "subscriber": numbers(people.number[person[other]]),
                    "entry": numbers(entry[other]),
                    "match": pa.array(["prefix" if rank == NONE else "exact"] * n, pa.string()),
                    "action": pa.array([action] * n, pa.string()),
                    "until": absent(n, TIME),
                }
            )


def _consents(world: World, rng: np.random.Generator) -> pa.Table:
    given, n = world.consents, len(world.consents.person)
    start = MIDNIGHT_US - rng.integers(60, 700, n) * DAY_US
    ended = MIDNIGHT_US - rng.integers(1, 50, n) * DAY_US
    later = MIDNIGHT_US + rng.integers(30, 700, n) * DAY_US
    expires = np.where(given.state == EXPIRED, ended, later)
    return pa.table(
        {
            "consent_id": together("c", decimal(np.arange(n))),
            "subscriber": numbers(world.people.number[given.person]),
            "sender_id": picked(sender_ids(world), given.firm),
            "categories": sets(CATEGORIES, given.categories),
            "channels": sets(_CHANNELS, given.channels),
            "max_per_day": absent(n, pa.int64()),
            "given": times(start),
            "expires": times(expires, (given.state != EXPIRED) & (rng.random(n) < 0.4)),
            "revoked": times(ended, given.state != REVOKED),
            "wording": pa.array(["本人同意接收贵公司的营销信息,可随时撤回"] * n),
            "proof_sha256": absent(n, pa.string()),
        }
    )
