"""What the registries say of events, found ahead of their turn: all that a verdict needs and velocity has no part in.

`look_rows` fills the column `looked` of `EventColumns`, a line of eight words a row; `engine` calls it where events are
prepared, on any thread, so that the thread that decides has velocity and the rules alone. The kernel takes a row's
look-ups from there (`looked_at`) and asks itself where there are none: the one event of a gateway, and a row that
raised. A sight never changes, so looked up ahead or in its turn a row finds the same.
"""

from __future__ import annotations

from wurao.compiled import prefetch
from wurao.events.columns import EventColumns
from wurao.screening.gather import Looked, look, rank_of
from wurao.snapshot.ahead import (
    ask_caller,
    ask_caller_page,
    ask_entries,
    ask_keys,
    ask_line,
    ask_personal,
    ask_ranked,
    ask_sender,
)
from wurao.snapshot.registry import Registry
from wurao.wishes import CHANNELS

NAME = CHANNELS.index("name")
MESSAGE = CHANNELS.index("message")
FAR, MIDDLE, NEAR, NEXT, LAST, GROUP = 20, 16, 12, 8, 4, 4
"""So many rows ahead memory is asked for, each a load deeper; and for so many rows at a time, since the code that asks
and the code that decides do not both fit where the processor keeps what it runs. All are multiples of the last."""
WORDS = 8
BITS, RANK, PROFILE, SENDER, MARK, CEILING, FRAUD, HARASSMENT = range(WORDS)
"""The words of a row: all that is short, packed; the others as `Looked` has them. `BITS` is 0 where none were found."""
THERE = 1
REGISTERED = 1 << 13
"""Bits of `BITS`: the row was looked up; its caller is a subscriber and calls."""


def look_rows(base: Registry, overlay: Registry, events: EventColumns, start: int, stop: int) -> None:
    """Look rows up whose words are 0; one that raises leaves its own so, and those behind it."""
    ahead = FAR if stop - start > FAR else 0
    for first in range(start - ahead, stop, GROUP):
        if ahead > 0:
            _ask_ahead(base, overlay, events, first, start, stop)
        for row in range(max(first, start), min(first + GROUP, stop)):
            if events.channel[row] == NAME:
                events.looked[WORDS * row + BITS] = THERE
            else:
                _keep(events, row, look(base, overlay, events, row), calls_as_subscriber(base, overlay, events, row))


def calls_as_subscriber(base: Registry, overlay: Registry, events: EventColumns, row: int) -> bool:
    """Whether a row is a call by a subscriber, whose callee may ring back (DESIGN 3, Stranger)."""
    return events.channel[row] != MESSAGE and rank_of(base, overlay, events.caller[row]) >= 0


def is_looked_up(events: EventColumns, row: int) -> bool:
    """Whether a row was looked up ahead."""
    return events.looked[WORDS * row + BITS] != 0


def was_subscriber(events: EventColumns, row: int) -> bool:
    """What `calls_as_subscriber` said of a row that was looked up ahead."""
    return (events.looked[WORDS * row + BITS] & REGISTERED) != 0


def sender_ahead(events: EventColumns, row: int) -> int:
    """The mark of a row's sender; -1 for none, and where the row was not looked up."""
    return events.looked[WORDS * row + MARK] if is_looked_up(events, row) else -1


def ask_orders(base: Registry, events: EventColumns, row: int) -> None:
    """Ask for the slices of the orders of a row that was looked up ahead, on another thread maybe; most have none."""
    first = WORDS * row
    if events.looked[first + BITS] != 0:
        if events.looked[first + FRAUD] >= 0:
            prefetch(base.order_slices, 5 * events.looked[first + FRAUD])
        if events.looked[first + HARASSMENT] >= 0:
            prefetch(base.order_slices, 5 * events.looked[first + HARASSMENT])


def _keep(events: EventColumns, row: int, found: Looked, registered: bool) -> None:
    if found.caller_tier < 0 or found.caller_tier > 3 or found.callee_tier < 0 or found.callee_tier > 3:
        raise IndexError("a tier is none of the tiers")
    first = WORDS * row
    words = events.looked
    words[first + RANK] = found.rank
    words[first + PROFILE] = found.profile
    words[first + SENDER] = found.sender
    words[first + MARK] = found.sender_mark
    words[first + CEILING] = found.ceiling
    words[first + FRAUD] = found.fraud
    words[first + HARASSMENT] = found.harassment
    words[first + BITS] = (
        THERE
        | found.caller_tier << 1
        | found.callee_tier << 3
        | (1 if found.commercial else 0) << 5
        | (1 if found.do_not_originate else 0) << 6
        | (1 if found.unallocated else 0) << 7
        | (1 if found.carries_caller else 0) << 8
        | (1 if found.known else 0) << 9
        | (1 if found.header_over else 0) << 10
        | (1 if found.matched else 0) << 11
        | (1 if found.otp else 0) << 12
        | (REGISTERED if registered else 0)
        | (found.listed + 1) << 14
        | (found.category + 1) << 16
        | (found.trunk_flags & 7) << 21
        | (found.sender_flags & 7) << 24
        | (found.consented & 0xFFFF) << 27
    )


def looked_at(events: EventColumns, row: int) -> Looked:
    """What was found of a row that was looked up ahead."""
    first = WORDS * row
    words = events.looked
    bits = words[first + BITS]
    return Looked(
        words[first + RANK],
        words[first + PROFILE],
        (bits >> 1) & 3,
        (bits >> 3) & 3,
        ((bits >> 5) & 1) != 0,
        ((bits >> 6) & 1) != 0,
        ((bits >> 7) & 1) != 0,
        (bits >> 21) & 7,
        ((bits >> 8) & 1) != 0,
        words[first + SENDER],
        ((bits >> 9) & 1) != 0,
        (bits >> 24) & 7,
        ((bits >> 10) & 1) != 0,
        words[first + CEILING],
        ((bits >> 11) & 1) != 0,
        ((bits >> 12) & 1) != 0,
        ((bits >> 16) & 31) - 1,
        words[first + FRAUD],
        words[first + HARASSMENT],
        ((bits >> 14) & 3) - 1,
        (bits >> 27) & 0xFFFF,
        words[first + MARK],
    )


def _ask_ahead(base: Registry, overlay: Registry, events: EventColumns, first: int, start: int, stop: int) -> None:
    """Ask for what the rows ahead of a group need; a rank found on the way is kept in the row's own words."""
    words = events.looked
    for row in range(first + FAR, min(first + FAR + GROUP, stop)):
        ask_keys(base, events.caller[row], events.callee[row])
        ask_caller_page(base, events.caller[row])
    for row in range(max(first + MIDDLE, start), min(first + MIDDLE + GROUP, stop)):
        ask_line(base, events.callee[row])
        ask_line(base, events.caller[row])
        ask_caller(base, events.caller[row])
    for row in range(max(first + NEAR, start), min(first + NEAR + GROUP, stop)):
        words[WORDS * row + RANK] = ask_ranked(base, events.callee[row])
        ask_sender(base, overlay, events.caller[row])
    for row in range(max(first + NEXT, start), min(first + NEXT + GROUP, stop)):
        if not ask_personal(base, words[WORDS * row + RANK]):
            words[WORDS * row + RANK] = -1
    for row in range(max(first + LAST, start), min(first + LAST + GROUP, stop)):
        ask_entries(base, words[WORDS * row + RANK])
