"""Events made for tests over the small universe: as dictionaries, and as the batches that readers give."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from tests.snapshot.small import CALLEES, CALLERS, HOURS, START, TEMPLATES, TEXTS, TRUNKS, number
from wurao.events.columns import READ_SCHEMA
from wurao.numbering import IMPOSSIBLE, WITHHELD
from wurao.wishes import CATEGORIES

Event = dict[str, Any]


def event(random: Random, at: datetime) -> Event:
    """Any attempt."""
    caller = random.choice((WITHHELD, IMPOSSIBLE)) if random.random() < 0.1 else number(random)
    return {
        "event_id": f"e{random.randrange(60)}" if random.random() < 0.2 else f"x{random.getrandbits(60)}",
        "at": at,
        "channel": random.randrange(3),
        "caller": caller,
        "callee": number(random, CALLERS if random.random() < 0.1 else CALLEES),
        "trunk": random.choice([*TRUNKS, "unheard of", None]),
        "template": random.choice([*TEMPLATES, "unheard of", None]),
        "declared": random.choice([*CATEGORIES, "unheard of", None, None, None]),
        "attestation": random.choice((-1, -1, 0, 1, 2, 3, 4, 5)),
        "roaming": random.randrange(-1, 3),
        "answered": random.randrange(-1, 2),
        "ring_s": random.choice((None, 0.5, 3.0, 20.0)),
        "duration_s": random.choice((None, 5.0, 600.0)),
        "text": random.choice((None, *TEXTS)),
    }


def events(random: Random, rows: int) -> list[Event]:
    """So many, mostly in rising time, some late; by day and hour on both sides of midnight and of a holiday."""
    at, found = START + timedelta(hours=random.randrange(-1, HOURS)), []
    for _ in range(rows):
        at += timedelta(seconds=random.choice((0, 1, 30, 400, 3_600)))
        behind = timedelta(seconds=random.choice((0, 0, 0, 5, 300, 900)))
        found.append(event(random, at - behind))
    return found


def batch(made: list[Event]) -> pa.RecordBatch:
    """The batch of `READ_SCHEMA` that a reader makes of them."""
    columns: dict[str, list[Any]] = {field.name: [None] * len(made) for field in READ_SCHEMA}
    names = {"from_number": "caller", "to_number": "callee", "template_id": "template", "category": "declared"}
    for field in READ_SCHEMA:
        key = names.get(field.name, field.name)
        if made and key in made[0]:
            columns[field.name] = [each[key] for each in made]
    arrays = [
        pa.array(columns[field.name], field.type.value_type).dictionary_encode().cast(field.type)
        if pa.types.is_dictionary(field.type)
        else pa.array(columns[field.name], field.type)
        for field in READ_SCHEMA
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=READ_SCHEMA)
