"""What people registered, row by row, as the words that a snapshot keeps of it.

Checked rows of `subscribers`, `lists` and `consents` go in; profiles, list rules, consent records and wishes for a time
come out, in the order of the rows. Called by `compile`, which knows everybody's rank.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.snapshot.columns import Ints, integers
from wurao.snapshot.personal import list_rules
from wurao.snapshot.times import NEVER
from wurao.wishes import (
    CONTENT_PROTECTION_BIT,
    DEBT_COLLECTION_BIT,
    GUARD_SHIFT,
    HOURS_SHIFT,
    ONLY_MY_LIST_BIT,
    OVERSEAS_CALLS_BIT,
    OVERSEAS_MESSAGES_BIT,
    UNREGISTERED_BIT,
)

ROWS_AT_ONCE = 1 << 16
WISH_BITS = {
    "overseas_calls": OVERSEAS_CALLS_BIT,
    "overseas_messages": OVERSEAS_MESSAGES_BIT,
    "unregistered": UNREGISTERED_BIT,
    "debt_collection": DEBT_COLLECTION_BIT,
    "only_my_list": ONLY_MY_LIST_BIT,
    "content_protection": CONTENT_PROTECTION_BIT,
    "guard": GUARD_SHIFT,
}


def timed_wishes(subscribers: pa.Table) -> tuple[Ints, Ints, Ints]:
    """The rows with a wish for a time; until when only the list is let through, and the flood shield up, or 0."""
    columns = subscribers.select(["only_my_list_until", "shield_until"])
    rows = np.flatnonzero(pc.or_(*(pc.is_valid(column) for column in columns.columns)).to_numpy())
    few = columns.take(pa.array(rows))
    only, shield = integers(few, "only_my_list_until", 0), integers(few, "shield_until", 0)
    later = (only > 0) | (shield > 0)
    return rows[later], only[later], shield[later]


def profiles_in(subscribers: pa.Table) -> Ints:
    """The profile of each row, without the snapshot's two bits."""
    profiles = np.empty(len(subscribers), dtype=np.int64)
    for place, rows in _few_at_once(subscribers.select(["marketing", "hours", *WISH_BITS])):
        profile = integers(rows, "marketing") | integers(rows, "hours") << HOURS_SHIFT
        for name, bit in WISH_BITS.items():
            profile |= integers(rows, name) << bit
        profiles[place] = profile
    return profiles


def rules_in(lists: pa.Table) -> Ints:
    """The second word of each list entry."""
    rules = np.empty(len(lists), dtype=np.int64)
    for place, rows in _few_at_once(lists.select(["entry", "until", "action"])):
        rules[place] = list_rules(
            integers(rows, "entry"), integers(rows, "until", NEVER), integers(rows, "action") == 1
        )
    return rules


def _few_at_once(table: pa.Table) -> Iterator[tuple[slice, pa.Table]]:
    """Some rows at a time and where they stand, so that all that is made of them stays in the processor's cache."""
    first = 0
    for batch in table.to_batches(ROWS_AT_ONCE):
        yield slice(first, first + len(batch)), pa.Table.from_batches([batch])
        first += len(batch)


def consent_records(consents: pa.Table, sender: Ints) -> Ints:
    """The four words of each consent (n, 4), given the senders' places, -1 for one that is not registered."""
    head = (
        np.where(sender < 0, 0xFFFFFFFF, sender)
        | integers(consents, "categories") << 32
        | integers(consents, "channels") << 48
    )
    until = np.minimum(integers(consents, "expires", NEVER), integers(consents, "revoked", NEVER))
    return np.stack([head, integers(consents, "given"), until, integers(consents, "max_per_day")], axis=1)
