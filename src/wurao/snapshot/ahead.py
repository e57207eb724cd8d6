"""Asking the machine for the memory that a row will need, some rows before its turn.

A province's columns are far larger than any cache, and each look-up leads to the next: a row asked alone waits for
memory a dozen times. So the kernel runs five steps ahead of itself, each a load deeper than the one before: `ask_keys`
for the row farthest ahead, then `ask_line`, `ask_ranked`, `ask_personal` and `ask_entries` for nearer ones. They change
nothing; leaving them out changes only the speed. What is damaged raises here as it will in its own turn: the engine
then asks the rows between one by one.
"""

from __future__ import annotations

from wurao.compiled import prefetch
from wurao.numbering.number import POWERS_OF_TEN
from wurao.snapshot.callers import E164, MOBILE_DIGITS, lengths_of
from wurao.snapshot.hashing import find, home
from wurao.snapshot.pages import find_rank, profile_number
from wurao.snapshot.registry import Registry


def ask_keys(base: Registry, caller: int, callee: int) -> None:
    """Where the numbers are looked for: the caller's entry, its prefixes' (of a mobile number), the callee's page."""
    prefetch(base.callers, home(base.callers, 4, caller))
    _ask_page(base, callee)
    if (caller >> 59) == 2:
        lengths = lengths_of(base, E164, caller)
        value = caller & 576460752303423487
        for step in range(MOBILE_DIGITS):
            length = MOBILE_DIGITS - step
            if (lengths >> length) & 1:
                prefetch(base.prefixes, home(base.prefixes, 4, (11 << 59) | (POWERS_OF_TEN[length] + value)))
            value //= 10


def ask_caller_page(base: Registry, caller: int) -> None:
    """The caller's page too, where it matters whether it is a subscriber's number."""
    _ask_page(base, caller)


def _ask_page(base: Registry, number: int) -> None:
    if (number >> 59) == 2:
        prefetch(base.segment_page, (number & 576460752303423487) // 10_000 - 861_300_000)
    else:
        prefetch(base.scattered, home(base.scattered, 2, number))


def ask_line(base: Registry, number: int) -> None:
    """The line that says who is a subscriber."""
    if (number >> 59) == 2:
        value = number & 576460752303423487
        segment = value // 10_000 - 861_300_000
        if segment >= 0 and segment < len(base.segment_page):
            page = base.segment_page[segment]
            prefetch(base.lines, ((page - 1) * 10_000 + value % 10_000) // 480 * 8)


def ask_caller(base: Registry, caller: int) -> None:
    """The caller's header, and the orders on its number."""
    entry = find(base.callers, 4, caller)
    if entry >= 0:
        header = base.callers[entry + 1] - 1
        prefetch(base.headers, 4 * header)
        prefetch(base.header_orders, header)
        prefetch(base.order_targets, base.callers[entry + 2] - 1)


def ask_ranked(base: Registry, callee: int) -> int:
    """The callee's rank (-1 for none), and its profile number."""
    rank = find_rank(base, callee)
    prefetch(base.profile_narrow, rank)
    prefetch(base.profile_wide, rank)
    return rank


def ask_sender(base: Registry, newest: Registry, caller: int) -> int:
    """The sender of the caller's header (-1 for none), and the slices of the orders on its number."""
    sender = -1
    entry = find(base.callers, 4, caller)
    if entry >= 0:
        header = base.callers[entry + 1] - 1
        if header >= 0:
            sender = base.headers[4 * header]
            prefetch(newest.senders, 5 * sender)
        target = base.callers[entry + 2] - 1
        if target >= 0 and target < len(base.order_targets):
            prefetch(base.order_slices, 5 * base.order_targets[target])
    return sender


def ask_personal(base: Registry, rank: int) -> bool:
    """Where the lists and consents of a rank stand, if it has any; whether it has."""
    if rank < 0 or (base.profiles[profile_number(base, rank)] >> 62) & 1 == 0:
        return False
    prefetch(base.personal, 2 * rank)
    return True


def ask_entries(base: Registry, rank: int) -> None:
    """The lists and consents of a rank that has any."""
    if rank >= 0:
        prefetch(base.list_entries, 2 * base.personal[2 * rank])
        prefetch(base.consents, 4 * base.personal[2 * rank + 1])
