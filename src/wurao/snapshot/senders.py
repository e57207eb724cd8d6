"""Senders, their trunks and templates, and the trunks themselves: small tables, looked at by place.

A sender is five words: flags, ceiling an hour (-1: the setting's), `first + count << 32` of its trunks, a reference to
the orders on it, its mark (what names it whatever the snapshot). A trunk is four: flags, `first + count << 32` of the
public-safety numbers it may carry, a reference to orders, 0. A template is three: sender, category (the event's, worked
out), 1 for a one-time code. The overlay holds all of them when any of them was changed, the places of those in the base
kept; so a place means the same in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wurao.snapshot.ranges import check_range

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry

SUSPENDED = 1
OWN = 2
GONE = 4
"""The row was deleted by a change; its place is kept."""

OVERSEAS = 1
ALERTS = 2
ATTESTATION_REQUIRED = 4


def comes_by_its_trunk(newest: Registry, sender: int, trunk: int) -> bool:
    """Whether a trunk is one of a sender's; a sender without any may come by every domestic one."""
    trunks = newest.senders[5 * sender + 2]
    count = trunks >> 32
    if count == 0:
        return trunk < 0 or (newest.trunks[4 * trunk] & OVERSEAS) == 0
    first = trunks & 0xFFFFFFFF
    check_range(first, first + count, len(newest.sender_trunks))
    for place in range(first, first + count):
        if newest.sender_trunks[place] == trunk:
            return True
    return False


def trunk_carries(newest: Registry, trunk: int, number: int) -> bool:
    """Whether a number is one of the public-safety numbers that are registered for a trunk."""
    if trunk < 0:
        return False
    numbers = newest.trunks[4 * trunk + 1]
    first = numbers & 0xFFFFFFFF
    last = first + (numbers >> 32)
    check_range(first, last, len(newest.trunk_numbers))
    for place in range(first, last):
        if newest.trunk_numbers[place] == number:
            return True
    return False
