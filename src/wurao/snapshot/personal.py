"""What one subscriber keeps beside the wish: the lists, the consents, and wishes for a time.

Lists and consents lie by the subscriber's rank: `personal` holds, at each rank, where its list entries and its consents
begin; the next rank's tell where they end. A subscriber who has neither is known by a bit of the profile, so that most
events never look here. List entries are two words, the entry (Number or Prefix; numbers sort before prefixes) and
`until << 6 + digits << 1 + deny` (the digits of a prefix, 0 for a number); consents four: `sender + categories << 32 +
channels << 48`, given, until (the earlier of expiry and revocation), the most a day (which no rule asks for: decision
0012). Wishes for a time are few and stand in a table keyed by rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from wurao.compiled import compiled
from wurao.numbering.number import (
    E164_SPACE,
    KIND_SHIFT,
    PORT_SPACE,
    POWERS_OF_TEN,
    VALUE_MASK,
    length_of,
    prefix_of_digits,
)
from wurao.snapshot.hashing import find, make_table
from wurao.snapshot.ranges import check_range
from wurao.snapshot.times import NEVER

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry

Ints = npt.NDArray[np.int64]

HAS_PERSONAL_BIT = 62
"""Set in the profile of whoever has a list entry or a consent; the sign bit, of whoever has a wish for a time."""
SHORT_LIST = 24
"""A list up to this length is read through; a longer one is searched."""


def listed(registry: Registry, rank: int, caller: int, at: int) -> int:
    """What the lists of a subscriber say of a caller: -1 nothing, 0 allow, 1 deny; the longest match, then allow."""
    start = registry.personal[2 * rank]
    end = registry.personal[2 * rank + 2]
    if start == end:
        return -1
    check_range(start, end, len(registry.list_entries) >> 1)
    digits = length_of(caller)
    if end - start > SHORT_LIST:
        return _search(registry, start, end, caller, digits, at)
    longest = 0
    said = -1
    for place in range(start, end):
        rule = registry.list_entries[2 * place + 1]
        length = (rule >> 1) & 31
        entry = registry.list_entries[2 * place]
        if length == 0:
            matches = entry == caller
            length = digits
        else:
            matches = length <= digits and prefix_of_digits(caller, digits, length) == entry
        if matches and at < (rule >> 6):
            deny = rule & 1
            if length > longest or (length == longest and deny == 0) or said < 0:
                longest = length
                said = deny
    return said


def _search(registry: Registry, start: int, end: int, caller: int, digits: int, at: int) -> int:
    said = _entry_says(registry, start, end, caller, at)
    for step in range(digits):
        of_prefix = _entry_says(registry, start, end, prefix_of_digits(caller, digits, digits - step), at)
        if step == 0 and said >= 0 and of_prefix >= 0:
            return said & of_prefix
        if said >= 0:
            return said
        if of_prefix >= 0:
            return of_prefix
    return said


def _entry_says(registry: Registry, start: int, end: int, entry: int, at: int) -> int:
    low = start
    high = end
    while low < high:
        middle = (low + high) >> 1
        if registry.list_entries[2 * middle] < entry:
            low = middle + 1
        else:
            high = middle
    if low < end and registry.list_entries[2 * low] == entry:
        rule = registry.list_entries[2 * low + 1]
        if at < (rule >> 6):
            return rule & 1
    return -1


def consented(registry: Registry, rank: int, sender: int, channel: int, at: int) -> int:
    """The categories (a bit each) that the subscriber's consents in force give a sender on a channel."""
    categories = 0
    start = registry.personal[2 * rank + 1]
    end = registry.personal[2 * rank + 3]
    check_range(start, end, len(registry.consents) >> 2)
    for place in range(start, end):
        head = registry.consents[4 * place]
        if (
            (head & 0xFFFFFFFF) == sender
            and (head >> 48 >> channel) & 1
            and registry.consents[4 * place + 1] <= at
            and at < registry.consents[4 * place + 2]
        ):
            categories |= (head >> 32) & 0xFFFF
    return categories


def only_my_list_until(registry: Registry, rank: int) -> int:
    """Until when only the subscriber's list is let through; 0 where no such time was set."""
    entry = find(registry.timed, 3, rank)
    return registry.timed[entry + 1] if entry >= 0 else 0


def shield_until(registry: Registry, rank: int) -> int:
    """Until when the subscriber's flood shield is up; 0 where it is not."""
    entry = find(registry.timed, 3, rank)
    return registry.timed[entry + 2] if entry >= 0 else 0


def build_personal(
    subscribers: int,
    lists: tuple[Ints, Ints, Ints],
    consents: tuple[Ints, Ints],
    timed: tuple[Ints, Ints, Ints],
) -> dict[str, npt.NDArray[Any]]:
    """The arrays for so many ranks.

    `lists` are ranks, entries and rules; `consents` ranks and records (n, 4); `timed` ranks,
    only-my-list ends and shield ends.
    """
    personal = np.zeros((subscribers + 1, 2), dtype=np.uint32)
    for column, ranks in enumerate((lists[0], consents[0])):
        np.cumsum(np.bincount(ranks, minlength=subscribers), out=personal[1:, column])
    entries = np.empty(2 * len(lists[0]), dtype=np.int64)
    _lay_entries(personal[:, 0].astype(np.int64), *lists, entries)
    records = np.empty((len(consents[0]), 4), dtype=np.int64)
    _lay_records(personal[:, 1].astype(np.int64), *consents, records)
    return {
        "personal": personal.reshape(-1),
        "list_entries": entries,
        "consents": records.reshape(-1),
        "timed": make_table(*timed),
    }


def _lay_each_entry(starts: Ints, ranks: Ints, entries: Ints, rules: Ints, laid: Ints) -> None:
    """Each subscriber's entries together, in rising order: put where they belong, then sorted as they come."""
    taken = np.zeros(len(starts), dtype=np.int64)
    for row in range(len(ranks)):
        first = starts[ranks[row]]
        place = first + taken[ranks[row]]
        taken[ranks[row]] += 1
        while place > first and laid[2 * place - 2] > entries[row]:
            laid[2 * place] = laid[2 * place - 2]
            laid[2 * place + 1] = laid[2 * place - 1]
            place -= 1
        laid[2 * place] = entries[row]
        laid[2 * place + 1] = rules[row]


def _lay_each_record(starts: Ints, ranks: Ints, records: Ints, laid: Ints) -> None:
    """Each subscriber's consents together, in the order in which they came."""
    taken = np.zeros(len(starts), dtype=np.int64)
    for row in range(len(ranks)):
        place = starts[ranks[row]] + taken[ranks[row]]
        taken[ranks[row]] += 1
        for word in range(4):
            laid[place, word] = records[row, word]


_lay_entries = compiled(_lay_each_entry)
_lay_records = compiled(_lay_each_record)


def list_rules(entries: Ints, until: Ints, deny: npt.NDArray[np.bool_]) -> Ints:
    """The second word of list entries."""
    rules: Ints = np.minimum(until, NEVER) << 6 | deny
    prefixes = np.flatnonzero(entries >> KIND_SHIFT >= E164_SPACE)
    few = entries[prefixes]
    digits = np.searchsorted(POWERS_OF_TEN, few & VALUE_MASK, side="right") - 1
    rules[prefixes] |= (digits + 3 * (few >> KIND_SHIFT == PORT_SPACE)) << 1
    return rules


def who_has_any(personal: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """At each rank, whether it has a list entry or a consent."""
    begins_later = personal[2:] != personal[:-2]
    has_any: npt.NDArray[np.bool_] = begins_later[0::2] | begins_later[1::2]
    return has_any
