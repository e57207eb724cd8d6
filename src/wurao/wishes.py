"""What a subscriber wants: a readable `Wish`, and its packed profile of 64 bits (DESIGN 4; CONTRACTS, Registry tables).

A `Wish` comes from a row of `subscribers`; `pack` makes the profile that the snapshot stores, `unpack` turns it
back. Bits 0 to 26 say which marketing may come (category × channel), 27 to 53 when (day type × hour band), 54 to 61 are
the switches and the guard level; bits 62 and 63 belong to the snapshot, which notes there whether anything in the
sparse tables is the subscriber's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Channel(IntEnum):
    """By what an event comes. The first three are the columns of a wish; `name` is a DNS look-up."""

    CALL = 0
    MESSAGE = 1
    AUTOCALL = 2
    NAME = 3


class Category(IntEnum):
    """What a communication is about, in bit order; from `service` on it is not marketing."""

    FINANCE = 0
    PROPERTY = 1
    EDUCATION = 2
    HEALTH = 3
    RETAIL = 4
    TELECOM_MEDIA = 5
    TRAVEL = 6
    FOOD = 7
    OTHER = 8
    SERVICE = 9
    TRANSACTION = 10
    GOVERNMENT = 11
    DEBT_COLLECTION = 12


class DayType(IntEnum):
    """A make-up working day is a weekday; the days off around a holiday are public holidays."""

    WEEKDAY = 0
    WEEKEND = 1
    PUBLIC_HOLIDAY = 2


class Guard(IntEnum):
    """How far Wurao may act on its own judgement."""

    OFF = 0
    LABEL = 1
    STANDARD = 2
    STRICT = 3


class Notice(IntEnum):
    """How the subscriber is told of what was stopped."""

    EACH = 0
    DAILY = 1
    NONE = 2


CHANNELS = tuple(channel.name.lower() for channel in Channel)
CATEGORIES = tuple(category.name.lower() for category in Category)
MARKETING_CATEGORIES = CATEGORIES[:9]
WISH_CHANNELS = CHANNELS[:3]
DAY_TYPES = tuple(day.name.lower() for day in DayType)
GUARDS = tuple(guard.name.lower() for guard in Guard)
NOTICES = tuple(notice.name.lower() for notice in Notice)
BANDS = ("00", "06", "08", "10", "12", "14", "16", "18", "21")
"""The first hour of each band; the last ends at 24."""

BAND_OF_HOUR = tuple(max(n for n, first in enumerate(BANDS) if int(first) <= hour) for hour in range(24))
"""The band of each hour of a day in China Standard Time."""

EVERYTHING = (1 << 27) - 1

HOURS_SHIFT = 27
OVERSEAS_CALLS_BIT = 54
OVERSEAS_MESSAGES_BIT = 55
UNREGISTERED_BIT = 56
DEBT_COLLECTION_BIT = 57
ONLY_MY_LIST_BIT = 58
CONTENT_PROTECTION_BIT = 59
GUARD_SHIFT = 60
WISH_MASK = (1 << 62) - 1


@dataclass(frozen=True, slots=True)
class Wish:
    """A standing wish, readable. The defaults are those of whoever has registered nothing."""

    marketing: int = EVERYTHING
    """27 bits, category × 3 + channel; 1 is allowed."""
    hours: int = EVERYTHING
    """27 bits, day type × 9 + band; 1 is allowed."""
    overseas_calls: bool = True
    overseas_messages: bool = True
    unregistered: bool = True
    debt_collection: bool = True
    only_my_list: bool = False
    content_protection: bool = False
    guard: Guard = Guard.LABEL

    def __post_init__(self) -> None:
        for name in ("marketing", "hours"):
            if not 0 <= getattr(self, name) <= EVERYTHING:
                raise ValueError(f"{name}: {getattr(self, name)} is not 27 bits")

    def allows_marketing(self, category: Category, channel: Channel) -> bool:
        """Whether marketing of this category may come by this channel."""
        return bool(self.marketing >> (category * 3 + channel) & 1)

    def allows_hour(self, day: DayType, band: int) -> bool:
        """Whether marketing may come in this band of such a day."""
        return bool(self.hours >> (day * 9 + band) & 1)


def pack(wish: Wish) -> int:
    """The profile of a wish: an integer of 62 bits."""
    return (
        wish.marketing
        | wish.hours << HOURS_SHIFT
        | wish.overseas_calls << OVERSEAS_CALLS_BIT
        | wish.overseas_messages << OVERSEAS_MESSAGES_BIT
        | wish.unregistered << UNREGISTERED_BIT
        | wish.debt_collection << DEBT_COLLECTION_BIT
        | wish.only_my_list << ONLY_MY_LIST_BIT
        | wish.content_protection << CONTENT_PROTECTION_BIT
        | wish.guard << GUARD_SHIFT
    )


def unpack(profile: int) -> Wish:
    """The wish of a profile; the two bits of the snapshot are passed over."""
    return Wish(
        marketing=profile & EVERYTHING,
        hours=profile >> HOURS_SHIFT & EVERYTHING,
        overseas_calls=bool(profile >> OVERSEAS_CALLS_BIT & 1),
        overseas_messages=bool(profile >> OVERSEAS_MESSAGES_BIT & 1),
        unregistered=bool(profile >> UNREGISTERED_BIT & 1),
        debt_collection=bool(profile >> DEBT_COLLECTION_BIT & 1),
        only_my_list=bool(profile >> ONLY_MY_LIST_BIT & 1),
        content_protection=bool(profile >> CONTENT_PROTECTION_BIT & 1),
        guard=Guard(profile >> GUARD_SHIFT & 3),
    )


DEFAULT_PROFILE = pack(Wish())
"""The profile of whoever has registered nothing."""
