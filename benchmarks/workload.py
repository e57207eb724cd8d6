"""The workload of every speed claim, fixed here: the registry of a province, as tables in their inside forms.

19.51 million subscribers on 11,221 segments, 1 million senders with a header each, 5 million consents, 1 million orders
of which 50,000 are on prefixes of 5 to 9 digits after the country code, 20 million list entries (10% prefixes), a
template for every tenth sender. `live` has the 100,000 changes on top, `traffic` the events. `scale` divides every
count, for a look before the long run; the same seed gives the same registry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.columns import Ints, named, some, table
from wurao.numbering import canonical_column, prefix_text_column
from wurao.numbering.number import Kind
from wurao.tables import TABLES, TARGET_KINDS, empty

SUBSCRIBERS = 19_510_000
SEGMENTS = 11_221
SENDERS = 1_000_000
CONSENTS = 5_000_000
ORDERS = 1_000_000
PREFIX_ORDERS = 50_000
LIST_ENTRIES = 20_000_000
PROFILES = 400
TRUNKS = 100
OVERSEAS_TRUNKS = range(90, 100)
SIGNED_TRUNKS = range(80, 85)
SAFETY_TRUNK, ALERT_TRUNK = 88, 89
START = 1_780_000_000_000_000
"""2026-05-28 20:26:40 UTC in microseconds: when the events begin; they last a day, which ends on a Saturday."""
SECOND = 1_000_000
DAY = 86_400 * SECOND

MOBILE = np.int64(Kind.MOBILE) << 59
PORT = np.int64(Kind.MESSAGE_PORT) << 59
SHORT = np.int64(Kind.SHORT) << 59
E164_PREFIX = np.int64(11) << 59
RANGES = np.array([130, 131, 135, 136, 137, 138, 139, 150, 151, 152, 158, 159, 182, 187, 188, 189])
"""The first three digits of subscribers' numbers; each range has 10,000 segments."""


@dataclass(frozen=True, slots=True)
class Workload:
    """The registry's tables, and what events and changes draw from."""

    tables: dict[str, pa.Table]
    subscribers: Ints
    headers: Ints
    """The header of sender n at place n."""
    templates: int
    """Template n is sender n's, for so many senders."""


def make(scale: int = 1, seed: int = 1) -> Workload:
    """The registry."""
    rng = np.random.default_rng(seed)
    numbers = subscriber_numbers(rng, SUBSCRIBERS // scale, max(1, SEGMENTS // scale))
    senders = SENDERS // scale
    headers = PORT | (10**12 + np.sort(rng.choice(10**11, senders, replace=False)).astype(np.int64))
    templates = senders // 10
    tables = {name: empty(name) for name in TABLES} | {
        "subscribers": subscribers(rng, numbers),
        "lists": _lists(rng, numbers, headers, LIST_ENTRIES // scale),
        "consents": consents(rng, numbers, senders, np.arange(CONSENTS // scale)),
        "senders": _senders(rng, senders),
        "headers": header_rows(rng, headers, np.arange(senders)),
        "templates": _templates(rng, templates),
        "trunks": _trunks(),
        "orders": _orders(rng, numbers, headers, ORDERS // scale, PREFIX_ORDERS // scale),
        "do_not_originate": table("do_not_originate", 100, number=numbers[-100:], match=np.zeros(100, np.int8)),
        "allocations": _allocations(numbers),
    }
    return Workload(tables, numbers, headers, templates)


def subscriber_numbers(rng: np.random.Generator, count: int, segments: int) -> Ints:
    """Distinct mobile numbers in no order, spread over segments as a province's are."""
    drawn = np.sort(rng.choice(len(RANGES) * 10_000, segments, replace=False)).astype(np.int64)
    chosen = 860_000_000 + RANGES[drawn // 10_000] * 10_000 + drawn % 10_000
    taken = np.zeros(segments * 10_000, dtype=bool)
    left = count
    while left:
        taken[rng.integers(0, len(taken), left)] = True
        left = count - int(np.count_nonzero(taken))
    places = np.flatnonzero(taken)
    rng.shuffle(places)
    return MOBILE | (chosen[places // 10_000] * 10_000 + places % 10_000)


def subscribers(rng: np.random.Generator, numbers: Ints) -> pa.Table:
    """Rows of `subscribers`: a few hundred mixes of wishes, the first far more common than the last."""
    rows = len(numbers)
    mixes = np.random.default_rng(0).integers(0, 1 << 27, (PROFILES, 2)).astype(np.int32) | 0x1249249
    mix = np.minimum(rng.zipf(1.3, rows), PROFILES) - 1
    until = START + rng.integers(-DAY, 2 * DAY, rows)
    few = rng.random(rows)
    return table(
        "subscribers",
        rows,
        number=numbers,
        marketing=mixes[mix, 0],
        hours=mixes[mix, 1],
        overseas_calls=mix % 7 != 1,
        overseas_messages=mix % 5 != 1,
        unregistered=mix % 3 != 1,
        debt_collection=mix % 4 != 1,
        only_my_list=mix % 101 == 100,
        only_my_list_until=some(until, few < 0.001),
        content_protection=mix % 11 == 1,
        guard=(mix % 4).astype(np.int8),
        shield_until=some(until, (few > 0.001) & (few < 0.003)),
        notice=np.full(rows, 2, np.int8),
    )


def _lists(rng: np.random.Generator, numbers: Ints, headers: Ints, entries: int) -> pa.Table:
    """A quarter of the subscribers have lists; of the entries 30% are headers, 10% prefixes, the others people."""
    owners, people, senders = len(numbers) // 4, len(numbers), len(headers)
    owner = rng.integers(0, owners, entries + entries // 50)
    which = rng.integers(0, people, len(owner))
    on_header = rng.random(len(owner)) < 0.3
    which[on_header] = people + rng.integers(0, senders, int(on_header.sum()))
    pairs = np.unique(owner * (people + senders) + which)
    pairs = pairs[np.sort(rng.permutation(len(pairs))[:entries])]
    owner, which = np.divmod(pairs, people + senders)
    entry = np.concatenate([numbers, headers])[which]
    prefix = np.flatnonzero(rng.random(len(entry)) < 0.1)
    shown = rng.integers(5, 11, len(prefix))
    digits = numbers[rng.integers(0, people, len(prefix))] & ((1 << 59) - 1)
    entry[prefix] = E164_PREFIX | (10**shown + digits // 10 ** (13 - shown))
    return list_rows(rng, numbers[owner], entry)


def list_rows(rng: np.random.Generator, owners: Ints, entries: Ints) -> pa.Table:
    """Rows of `lists`, each key once."""
    order = np.lexsort((entries, owners))
    owners, entries = owners[order], entries[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (owners[1:] != owners[:-1]) | (entries[1:] != entries[:-1])
    owners, entries = owners[first], entries[first]
    rows = len(owners)
    return table(
        "lists",
        rows,
        subscriber=owners,
        entry=entries,
        match=(entries >> 59 >= 11).astype(np.int8),
        action=rng.integers(0, 2, rows).astype(np.int8),
        until=some(START + rng.integers(-DAY, 2 * DAY, rows), rng.random(rows) < 0.05),
    )


def consents(rng: np.random.Generator, numbers: Ints, senders: int, ids: Ints) -> pa.Table:
    """Rows of `consents` by these ids: a third expires, a twentieth was revoked."""
    rows = len(ids)
    given = START - rng.integers(DAY, 300 * DAY, rows)
    return table(
        "consents",
        rows,
        consent_id=named("C", ids),
        subscriber=numbers[rng.integers(0, len(numbers), rows)],
        sender_id=named("S", rng.integers(0, senders, rows)),
        categories=rng.integers(1, 1 << 13, rows).astype(np.int32),
        channels=rng.integers(1, 8, rows).astype(np.int32),
        given=given,
        expires=some(START + rng.integers(-DAY // 2, 300 * DAY, rows), rng.random(rows) < 0.33),
        revoked=some(START - rng.integers(-DAY, DAY // 2, rows), rng.random(rows) < 0.05),
    )


def _senders(rng: np.random.Generator, senders: int) -> pa.Table:
    names = named("S", np.arange(senders))
    return table(
        "senders",
        senders,
        sender_id=names,
        name=names,
        state=(rng.random(senders) < 0.01).astype(np.int8),
        categories=np.full(senders, 511, np.int32),
        since=np.full(senders, START - 400 * DAY),
    )


def header_rows(rng: np.random.Generator, headers: Ints, senders: Ints) -> pa.Table:
    """Rows of `headers`: half have a category of their own, a fiftieth ends before the day does."""
    rows = len(headers)
    return table(
        "headers",
        rows,
        header=headers,
        match=np.zeros(rows, np.int8),
        sender_id=named("S", senders),
        category=pa.array(rng.integers(0, 13, rows).astype(np.int8), mask=rng.random(rows) < 0.5),
        start=START - rng.integers(0, 300 * DAY, rows),
        end=some(START + rng.integers(1, DAY, rows), rng.random(rows) < 0.02),
    )


def _templates(rng: np.random.Generator, templates: int) -> pa.Table:
    return table(
        "templates",
        templates,
        template_id=named("M", np.arange(templates)),
        sender_id=named("S", np.arange(templates)),
        category=rng.integers(0, 9, templates).astype(np.int8),
        purpose=rng.integers(0, 4, templates).astype(np.int8),
        body=named("body ", np.arange(templates)),
    )


def _trunks() -> pa.Table:
    every = range(TRUNKS)
    carried = [[int(SHORT | 1110)] if n == SAFETY_TRUNK else None for n in every]
    return table(
        "trunks",
        TRUNKS,
        trunk=[f"T{n}" for n in every],
        operator=["CMCC"] * TRUNKS,
        overseas=[n in OVERSEAS_TRUNKS for n in every],
        alerts=[n == ALERT_TRUNK for n in every],
        attestation_required=[n in SIGNED_TRUNKS for n in every],
        public_safety=pa.array(carried, pa.list_(pa.int64())),
    )


def _orders(rng: np.random.Generator, numbers: Ints, headers: Ints, orders: int, prefixes: int) -> pa.Table:
    """Orders on numbers, half of them subscribers', on prefixes, and a few hundred on headers, senders and trunks."""
    kinds = {"prefix": prefixes, "header": orders // 200, "sender": orders // 200, "trunk": 5}
    on_numbers = orders - sum(kinds.values())
    people = numbers[rng.permutation(len(numbers))[: on_numbers // 2]]
    others = MOBILE | np.unique(8_614_500_000_000 + rng.choice(10**8, on_numbers - len(people), replace=False))
    targets = [
        canonical_column(np.concatenate([people, others])),
        prefix_text_column(_ordered_prefixes(rng, numbers, prefixes)),
        canonical_column(headers[rng.integers(0, len(headers), kinds["header"])]),
        named("S", rng.integers(0, len(headers), kinds["sender"])),
        named("T", rng.integers(0, TRUNKS, kinds["trunk"])),
    ]
    counts = [len(target) for target in targets]
    kind = np.repeat([TARGET_KINDS.index(name) for name in ("number", *kinds)], counts).astype(np.int8)
    return order_rows(rng, pa.concat_arrays(targets), kind, np.arange(sum(counts)))


def _ordered_prefixes(rng: np.random.Generator, numbers: Ints, count: int) -> Ints:
    """Of 5 to 9 digits after the country code; a tenth lie among subscribers' numbers, with 8 or 9 digits."""
    shown = rng.integers(5, 10, count)
    digits = 86_200_000_000 + rng.integers(0, 8 * 10**8, count)
    near = np.flatnonzero(rng.random(count) < 0.1)
    shown[near] = rng.integers(8, 10, len(near))
    digits[near] = (numbers[rng.integers(0, len(numbers), len(near))] & ((1 << 59) - 1)) // 100
    return E164_PREFIX | (10 ** (shown + 2) + digits // 10 ** (9 - shown))


def order_rows(rng: np.random.Generator, targets: pa.Array, kinds: npt.NDArray[np.int8], ids: Ints) -> pa.Table:
    """Rows of `orders`: most block, few limit or release; some begin or end within the day."""
    rows = len(ids)
    verb = np.where(rng.random(rows) < 0.9, 2, rng.integers(0, 3, rows)).astype(np.int8)
    return table(
        "orders",
        rows,
        order_id=named("O", ids),
        verb=verb,
        target_kind=kinds,
        target=targets,
        cause=rng.integers(0, 2, rows).astype(np.int8),
        rate_per_hour=some(np.full(rows, 10), verb == 1),
        authority=np.full(rows, "省通信管理局"),
        second_person=np.full(rows, "P2"),
        start=START - rng.integers(-DAY // 2, 100 * DAY, rows),
        end=START + rng.integers(DAY // 2, 100 * DAY, rows),
    )


def _allocations(numbers: Ints) -> pa.Table:
    """What the segments of the subscribers are: allocated, but for a few."""
    segments = np.unique((numbers & ((1 << 59) - 1)) // 10_000)
    return table(
        "allocations",
        len(segments),
        prefix=E164_PREFIX | (10**9 + segments),
        state=(np.arange(len(segments)) % 1_000 == 999).astype(np.int8),
        as_of=np.full(len(segments), 20_000, np.int32),
    )
