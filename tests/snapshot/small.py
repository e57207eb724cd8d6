"""A small universe for tests: a few numbers, prefixes, firms and hours, so that everything collides with everything.

Rows are plain dictionaries in the inside forms of `tables`; `tables_of` makes checked tables of them, `snapshot_of` a
snapshot in memory, and `Registry` here is the obviously right state that changes are put over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from wurao.content.registered import compiled_bodies
from wurao.numbering import IMPOSSIBLE, canonical, parse_prefix, parse_text, prefix_text
from wurao.snapshot import Changed, Snapshot
from wurao.snapshot.build import _files
from wurao.snapshot.manifest import Manifest
from wurao.tables import PURPOSES, TABLES, TARGET_KINDS, VERBS, schema
from wurao.wishes import CATEGORIES, EVERYTHING

OWN = "firm0"
START = datetime(2026, 2, 14, 15, 30, tzinfo=UTC)
"""23:30 in China on a make-up working day, half an hour before the Spring Festival's holidays."""
MOBILES = [f"+861380000000{n}" for n in range(3)] + ["+8613800010000", "+8619912345678"]
CALLERS = [
    *MOBILES,
    "+861062345678",
    "+863516234567",
    "+861064123456789",
    "+85291234567",
    "+12025550123",
    "110",
    "12321",
    "95588",
    "96110",
    "955881",
    "4008100000",
    "8008100000",
    "10690001",
    "106900011",
    "10690002",
    "BANK",
]
CALLEES = [*MOBILES, "+861062345678", "110", "+85291234567"]
PREFIXES = [
    "+86138", "+861380000", "+8613800000000", "+86139", "+86", "+8610", "+852", "+1", "+12025",
    "1069", "10690001", "106900011", "1", "10", "95", "95588", "9", "400", "4008100000", "+861064",
]  # fmt: skip
SENDERS = [f"firm{n}" for n in range(4)]
TRUNKS = ["home", "abroad", "safe", "signed"]
TEMPLATES = [f"text{n}" for n in range(4)]
BODIES = ["您好", "验证码{code}", "【某行】您好，{name}的账单 {amount:money} 元", "{坏"]
TEXTS = [
    "您好",
    "您 好！",
    "您的验证码１２３４５６",
    "验证码8848",
    "【某行】您好，王先生的账单 1,024 元",
    "点击 http://bad.example.com/a 领奖",
    "登录www.example。com，或 t.cn/abc",
    "\u200b验\u200b证码 77 88",
]
ORDERS = [f"order{n}" for n in range(8)]
HOURS = 6

Row = dict[str, Any]
Key = tuple[Any, ...]


def moment(random: Random) -> datetime:
    """One of a few whole hours."""
    return START + timedelta(hours=random.randrange(HOURS))


def maybe(random: Random, value: Any, chance: float = 0.5) -> Any:
    return value if random.random() < chance else None


def number(random: Random, among: list[str] = CALLERS) -> int:
    found = parse_text(random.choice(among))
    assert found > IMPOSSIBLE
    return found


def prefix(random: Random) -> int:
    found = parse_prefix(random.choice(PREFIXES))
    assert found is not None
    return found


def entry(random: Random) -> Row:
    """A number or a prefix, with its `match`."""
    if random.random() < 0.5:
        return {"match": 0, "entry": number(random)}
    return {"match": 1, "entry": prefix(random)}


def _subscriber(random: Random) -> Row:
    flags = (
        "overseas_calls",
        "overseas_messages",
        "unregistered",
        "debt_collection",
        "only_my_list",
        "content_protection",
    )
    return {
        "number": number(random, CALLEES),
        "operator": maybe(random, "移动", 0.2),
        "since": None,
        "marketing": random.choice((0, EVERYTHING, random.randrange(EVERYTHING))),
        "hours": random.choice((0, EVERYTHING, random.randrange(EVERYTHING))),
        **{flag: random.random() < 0.5 for flag in flags},
        "only_my_list_until": maybe(random, moment(random), 0.2),
        "guard": random.randrange(4),
        "shield_until": maybe(random, moment(random), 0.2),
        "guardian": None,
        "notice": random.randrange(3),
    }


def _list(random: Random) -> Row:
    of = {
        "subscriber": number(random, CALLEES),
        "action": random.randrange(2),
        "until": maybe(random, moment(random), 0.3),
    }
    return of | entry(random)


def _consent(random: Random) -> Row:
    given = moment(random)
    return {
        "consent_id": f"consent{random.randrange(8)}",
        "subscriber": number(random, CALLEES),
        "sender_id": random.choice(SENDERS),
        "categories": random.randrange(1, 1 << len(CATEGORIES)),
        "channels": random.randrange(1, 8),
        "max_per_day": None,
        "given": given,
        "expires": maybe(random, given + timedelta(hours=random.randrange(1, 4))),
        "revoked": maybe(random, given + timedelta(hours=random.randrange(4)), 0.3),
        "wording": None,
        "proof_sha256": None,
    }


def _sender(random: Random) -> Row:
    return {
        "sender_id": random.choice(SENDERS),
        "name": "某公司",
        "credit_code": None,
        "state": int(random.random() < 0.2),
        "categories": 1,
        "ceiling_per_hour": maybe(random, random.randrange(3)),
        "since": START,
    }


def _header(random: Random) -> Row:
    start = moment(random)
    found = entry(random)
    return {
        "header": found["entry"],
        "match": found["match"],
        "sender_id": random.choice(SENDERS),
        "category": maybe(random, random.randrange(len(CATEGORIES))),
        "start": START if random.random() < 0.6 else start,
        "end": maybe(random, start + timedelta(hours=random.randrange(1, 4)), 0.3),
    }


def _template(random: Random) -> Row:
    return {
        "template_id": random.choice(TEMPLATES),
        "sender_id": random.choice(SENDERS),
        "category": random.randrange(9),
        "purpose": random.randrange(len(PURPOSES)),
        "body": random.choice(BODIES),
    }


def _trunk(random: Random) -> Row:
    safe = [parse_text(text) for text in ("110", "12321") if random.random() < 0.3]
    return {
        "trunk": random.choice(TRUNKS),
        "operator": "移动",
        "overseas": random.random() < 0.4,
        "alerts": random.random() < 0.1,
        "attestation_required": random.random() < 0.3,
        "public_safety": maybe(random, safe),
    }


def _sender_trunk(random: Random) -> Row:
    return {"sender_id": random.choice(SENDERS), "trunk": random.choice(TRUNKS)}


def _order(random: Random) -> Row:
    kind = random.choice(TARGET_KINDS)
    header = random.choice([text for text in [*CALLERS, *PREFIXES] if not text.startswith("+8613")])
    target = {
        "number": canonical(number(random)),
        "prefix": prefix_text(prefix(random)),
        "header": _as_orders_name(header),
        "sender": random.choice(SENDERS),
        "trunk": random.choice(TRUNKS),
        "domain": "example.com",
    }[kind]
    start = moment(random)
    name = random.randrange(len(ORDERS))
    verb = random.randrange(3)
    return {
        "order_id": ORDERS[name],
        "verb": verb,
        "target_kind": TARGET_KINDS.index(kind),
        "target": target,
        "cause": random.randrange(2),
        "rate_per_hour": random.randrange(3) if verb == VERBS.index("limit") else None,
        "authority": "某局",
        "second_person": None,
        "start": start,
        "end": start + timedelta(hours=random.randrange(1, 6)),
        "supersedes": ORDERS[random.randrange(name)] if name and random.random() < 0.5 else None,
    }


def _as_orders_name(header: str) -> str:
    """A header by the whole number that its digits are, else by the prefix."""
    whole, begins = parse_text(header), parse_prefix(header)
    if whole > IMPOSSIBLE:
        return canonical(whole)
    assert begins is not None
    return prefix_text(begins)


def _silent(random: Random) -> Row:
    found = entry(random)
    return {"number": found["entry"], "match": found["match"]}


def _allocation(random: Random) -> Row:
    return {"prefix": prefix(random), "state": random.randrange(2), "as_of": START.date()}


def _holiday(random: Random) -> Row:
    return {"date": START.date() + timedelta(days=random.randrange(2)), "day_type": random.randrange(3)}


def _domain(random: Random) -> Row:
    start = moment(random)
    return {
        "name": random.choice(("bad.example.com", "example.com", "t.cn", "com")),
        "match": random.randrange(2),
        "cause": "fraud",
        "source": "某局",
        "order_id": None,
        "second_person": None,
        "start": start,
        "end": maybe(random, start + timedelta(hours=random.randrange(1, 4)), 0.3),
    }


MADE = {
    "subscribers": (_subscriber, 5),
    "lists": (_list, 8),
    "consents": (_consent, 6),
    "senders": (_sender, 4),
    "headers": (_header, 6),
    "templates": (_template, 4),
    "trunks": (_trunk, 4),
    "sender_trunks": (_sender_trunk, 3),
    "orders": (_order, 6),
    "do_not_originate": (_silent, 1),
    "allocations": (_allocation, 2),
    "holidays": (_holiday, 1),
    "domains": (_domain, 3),
}
"""How a row of each table is made, and the most that a registry begins with."""


class Registry:
    """Rows by table and key."""

    def __init__(self, rows: Mapping[str, Mapping[Key, Row]] | None = None) -> None:
        self.rows = {name: dict(rows[name]) if rows else {} for name in MADE}

    def put(self, name: str, row: Row) -> None:
        self.rows[name].pop(key_of(name, row), None)
        self.rows[name][key_of(name, row)] = row

    def delete(self, name: str, key: Key) -> None:
        self.rows[name].pop(key, None)

    def of(self, name: str) -> list[Row]:
        return list(self.rows[name].values())


Step = tuple[str, Key, Row | None]
"""A change: the table, the key, the row put or None."""


def key_of(name: str, row: Row) -> Key:
    return tuple(row[column] for column in TABLES[name].key)


def registry(random: Random) -> Registry:
    """Any registry; full or nearly empty."""
    made = Registry()
    for name, (make, most) in MADE.items():
        for _ in range(random.randrange(most + 1)):
            made.put(name, make(random))
    return made


def steps(random: Random, upon: Registry, most: int = 12) -> list[Step]:
    """Any changes, the later ones often about what stands there, or stood there."""
    found: list[Step] = []
    for _ in range(random.randrange(1, most + 1)):
        name = random.choice(list(MADE))
        keys = [*upon.rows[name], *(key for table, key, _ in found if table == name)]
        if keys and random.random() < 0.4:
            found.append((name, random.choice(keys), None))
        else:
            row = MADE[name][0](random)
            found.append((name, key_of(name, row), row))
    return found


def applied(upon: Registry, changes: list[Step]) -> Registry:
    after = Registry(upon.rows)
    for name, key, row in changes:
        if row is None:
            after.delete(name, key)
        else:
            after.put(name, row)
    return after


def changed(changes: list[Step]) -> dict[str, Changed]:
    """The last words of changes, as the log tells them."""
    last: dict[str, dict[Key, Row | None]] = {}
    for name, key, row in changes:
        last.setdefault(name, {})[key] = row
    return {
        name: Changed(
            pa.Table.from_pylist([row for row in rows.values() if row is not None], schema=schema(name)),
            pa.Table.from_pylist(
                [dict(zip(TABLES[name].key, key, strict=True)) for key, row in rows.items() if row is None],
                schema=pa.schema([schema(name).field(column) for column in TABLES[name].key]),
            ),
        )
        for name, rows in last.items()
    }


def tables_of(made: Registry) -> dict[str, pa.Table]:
    return {name: pa.Table.from_pylist(made.of(name) if name in MADE else [], schema=schema(name)) for name in TABLES}


def snapshot_of(tables: dict[str, pa.Table], name: str = "20260101T000000000000Z") -> Snapshot:
    """A snapshot in memory, its arrays writeable."""
    counts = {each: len(table) for each, table in tables.items()}
    manifest = Manifest(name, "2026-01-01T00:00:00Z", 0, counts, {}, {"own_sender": OWN})
    return Snapshot(name, manifest, {each: array.copy() for each, array in _files(tables, OWN, compiled_bodies)})
