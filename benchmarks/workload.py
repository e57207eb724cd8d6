"""The workload of every speed claim, fixed here: a province's registry and events, as arrays and tables.

19.51 million subscribers on 11,221 segments, 1 million senders (half of the callers are registered headers), 5 million
consents, 1 million orders of which 50,000 are on prefixes of 5 to 9 digits, 20 million list entries (10% prefixes), 100,000
live changes on top, callers by a Zipf law. `scale` divides every count, for a look before the long run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.numbering.number import Kind
from wurao.tables.shapes import schema

SUBSCRIBERS = 19_510_000
SEGMENTS = 11_221
SENDERS = 1_000_000
CONSENTS = 5_000_000
ORDERS = 1_000_000
PREFIX_ORDERS = 50_000
LIST_ENTRIES = 20_000_000
CHANGES = 100_000
PROFILES = 400
NOON = 1_780_000_000_000_000
"""2026-05-28 20:26:40 UTC in microseconds: an instant within every order and consent here."""
DAY = 86_400_000_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Workload:
    """The tables in their inside forms, and what events draw from."""

    tables: dict[str, pa.Table]
    subscribers: Ints
    headers: Ints


def subscriber_numbers(rng: np.random.Generator, count: int, segments: int) -> Ints:
    """Distinct mobile numbers, spread over segments as a province's are."""
    chosen = np.sort(rng.choice(700_000, segments, replace=False)).astype(np.int64) + 861_300_000
    places = rng.choice(segments * 10_000, count, replace=False) if segments * 10_000 < 1e8 else _distinct(rng, count, segments * 10_000)
    return (np.int64(Kind.MOBILE) << 59) | (chosen[places // 10_000] * 10_000 + places % 10_000)


def _distinct(rng: np.random.Generator, count: int, below: int) -> Ints:
    taken = np.zeros(below, dtype=bool)
    left = count
    while left:
        taken[rng.integers(0, below, left)] = True
        left = count - int(np.count_nonzero(taken))
    places = np.flatnonzero(taken)
    rng.shuffle(places)
    return places


def make(scale: int = 1, seed: int = 1) -> Workload:
    """The registry's tables."""
    rng = np.random.default_rng(seed)
    numbers = subscriber_numbers(rng, SUBSCRIBERS // scale, max(1, SEGMENTS // scale))
    senders = SENDERS // scale
    ids = np.char.add("S", np.arange(senders).astype(str))
    headers = (np.int64(Kind.MESSAGE_PORT) << 59) | (10**12 + rng.choice(10**11, senders, replace=False).astype(np.int64))
    tables = {
        "subscribers": _subscribers(rng, numbers),
        "lists": _lists(rng, numbers, headers, LIST_ENTRIES // scale),
        "consents": _consents(rng, numbers, ids, CONSENTS // scale),
        "senders": _table("senders", senders, sender_id=ids, name=ids, state=np.zeros(senders, np.int8),
                          categories=np.full(senders, 511, np.int32), since=np.full(senders, NOON - 400 * DAY)),
        "headers": _table("headers", senders, header=headers, match=np.zeros(senders, np.int8), sender_id=ids,
                          category=rng.integers(0, 10, senders).astype(np.int8), start=np.full(senders, NOON - 300 * DAY)),
        "trunks": _trunks(),
        "orders": _orders(rng, numbers, ORDERS // scale, PREFIX_ORDERS // scale),
    }
    for name in ("templates", "sender_trunks", "do_not_originate", "allocations", "ported", "holidays", "domains"):
        tables[name] = schema(name).empty_table()
    return Workload(tables, numbers, headers)


def _table(table: str, rows: int, /, **columns: object) -> pa.Table:
    wanted = schema(table)
    arrays = []
    for field in wanted:
        values = columns.get(field.name)
        arrays.append(pa.nulls(rows, field.type) if values is None else pa.array(values).cast(field.type))
    return pa.table(arrays, schema=wanted)


def _subscribers(rng: np.random.Generator, numbers: Ints) -> pa.Table:
    rows = len(numbers)
    mixes = rng.integers(0, 1 << 27, (PROFILES, 2)).astype(np.int32) | 0x1249249
    mix = np.minimum(rng.zipf(1.3, rows), PROFILES) - 1
    true = np.ones(rows, dtype=bool)
    return _table(
        "subscribers", rows, number=numbers, marketing=mixes[mix, 0], hours=mixes[mix, 1],
        overseas_calls=mix % 7 != 1, overseas_messages=mix % 5 != 1, unregistered=mix % 3 != 1, debt_collection=true,
        only_my_list=mix % 101 == 100, content_protection=mix % 11 == 1, guard=(mix % 4).astype(np.int8),
        notice=np.full(rows, 2, np.int8),
    )


def _lists(rng: np.random.Generator, numbers: Ints, headers: Ints, entries: int) -> pa.Table:
    owners = numbers[: len(numbers) // 4]
    owner = owners[rng.integers(0, len(owners), entries)]
    entry = numbers[rng.integers(0, len(numbers), entries)]
    on_header = rng.random(entries) < 0.3
    entry[on_header] = headers[rng.integers(0, len(headers), int(on_header.sum()))]
    prefix = rng.random(entries) < 0.1
    length = rng.integers(3, 9, int(prefix.sum()))
    digits = numbers[rng.integers(0, len(numbers), int(prefix.sum()))] & ((1 << 59) - 1)
    entry[prefix] = (np.int64(11) << 59) | (10 ** (length + 2) + digits // 10 ** (11 - length))
    pairs = np.unique(np.stack([owner, entry], axis=1), axis=0) if entries < 1_000_000 else np.stack([owner, entry], axis=1)
    rows = len(pairs)
    return _table("lists", rows, subscriber=pairs[:, 0], entry=pairs[:, 1], match=(pairs[:, 1] >> 59 >= 11).astype(np.int8),
                  action=rng.integers(0, 2, rows).astype(np.int8))


def _consents(rng: np.random.Generator, numbers: Ints, ids: npt.NDArray[np.str_], consents: int) -> pa.Table:
    return _table(
        "consents", consents, consent_id=np.char.add("C", np.arange(consents).astype(str)),
        subscriber=numbers[rng.integers(0, len(numbers), consents)], sender_id=ids[rng.integers(0, len(ids), consents)],
        categories=rng.integers(1, 1 << 13, consents).astype(np.int32), channels=rng.integers(1, 8, consents).astype(np.int32),
        given=NOON - rng.integers(1, 300, consents) * DAY,
    )


def _trunks() -> pa.Table:
    names = [f"T{n}" for n in range(100)]
    return _table("trunks", 100, trunk=names, operator=["CMCC"] * 100, overseas=[n >= 90 for n in range(100)],
                  alerts=[n == 89 for n in range(100)], attestation_required=[80 <= n < 85 for n in range(100)])


def _orders(rng: np.random.Generator, numbers: Ints, orders: int, prefixes: int) -> pa.Table:
    on_number = orders - prefixes
    digits = rng.choice(10**9, on_number, replace=False).astype(np.int64) + 8_613_000_000_000
    texts = np.char.add("+", digits.astype(str))
    length = rng.integers(5, 10, prefixes)
    first = (1_300_000_000 + rng.integers(0, 700_000_000, prefixes)) // 10 ** (10 - length)
    texts = np.concatenate([texts, np.char.add("+86", first.astype(str))])
    kind = np.concatenate([np.zeros(on_number, np.int8), np.ones(prefixes, np.int8)])
    return _table(
        "orders", orders, order_id=np.char.add("O", np.arange(orders).astype(str)),
        verb=np.where(rng.random(orders) < 0.9, 2, rng.integers(0, 3, orders)).astype(np.int8), target_kind=kind, target=texts,
        cause=rng.integers(0, 2, orders).astype(np.int8), rate_per_hour=np.full(orders, 10), authority=np.full(orders, "省通信管理局"),
        start=NOON - rng.integers(1, 100, orders) * DAY, end=NOON + rng.integers(-5, 100, orders) * DAY,
    )


def events(load: Workload, count: int, seed: int = 2, active: int | None = None) -> dict[str, npt.NDArray[np.generic]]:
    """The columns of `EventColumns`: half of the callers are headers, the others by a Zipf law."""
    rng = np.random.default_rng(seed)
    ranks = np.arange(1, (active or min(5_000_000, len(load.subscribers))) + 1)
    weights = np.cumsum(1 / ranks**0.9)
    caller = load.subscribers[np.searchsorted(weights, rng.random(count) * weights[-1])]
    by_header = rng.random(count) < 0.5
    which = rng.integers(0, len(load.headers), int(by_header.sum()))
    caller[by_header] = load.headers[which]
    return {
        "at": NOON + np.sort(rng.integers(0, DAY, count)),
        "channel": rng.choice(np.array([0, 1, 2], np.int8), count, p=[0.6, 0.3, 0.1]),
        "caller": caller,
        "callee": load.subscribers[rng.integers(0, len(load.subscribers), count)],
        "trunk": rng.integers(0, 100, count).astype(np.int32),
        "template": np.full(count, -1, np.int32),
        "declared": np.full(count, -1, np.int8),
        "attestation": rng.choice(np.array([-1, 0, 1, 3], np.int8), count),
        "roaming": np.full(count, -1, np.int8),
        "answered": rng.integers(-1, 2, count).astype(np.int8),
        "ring_s": rng.random(count) * 30,
        "duration_s": rng.random(count) * 200,
        "id_high": np.zeros(count, np.uint64),
        "id_low": np.zeros(count, np.uint64),
    }
