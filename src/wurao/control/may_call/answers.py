"""A day's answers to one firm for one purpose: a number asked about again gets the answer that it got before.

Numbers lie sorted, one after the other as differences, with a bit each; a million take some 1.5 MB, and only the day's
own are kept. The day is China's. `asking` reads what is there, decides the others, and writes both together; where
another asking was quicker it reads again.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.control.may_call.models import Answers

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MOST = 5_000_000
"""So many numbers are answered a firm, purpose and day."""
_CHINA = timezone(timedelta(hours=8))
_FAST = 1


@dataclass(frozen=True, slots=True)
class Held:
    """What was answered: numbers in rising order, and whether each was in the answer."""

    numbers: Ints
    told: Mask
    callable: int = 0
    withheld: int = 0
    version: int = 0

    def of(self, numbers: Ints) -> tuple[Mask, Mask]:
        """Of some numbers: which were answered, and which of these were told."""
        if not len(self.numbers):
            return np.zeros(len(numbers), bool), np.zeros(len(numbers), bool)
        place = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        known = self.numbers[place] == numbers
        return known, known & self.told[place]

    def with_more(self, numbers: Ints, told: Mask, withheld: int) -> Held:
        """The same with more numbers, none of which is among these, and how many of those told apart are withheld."""
        together = np.concatenate([self.numbers, numbers])
        order = np.argsort(together, kind="stable")
        might = self.callable + int(np.count_nonzero(told)) + withheld
        both = np.concatenate([self.told, told])[order]
        return Held(together[order], both, might, self.withheld + withheld, self.version)


NOTHING = Held(np.empty(0, np.int64), np.empty(0, bool))


def day_of(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(_CHINA).date()


def held(sender_id: str, category: int, channel: int, day: date) -> Held:
    """What was answered on a day."""
    found = Answers.objects.filter(sender_id=sender_id, category=category, channel=channel, day=day).first()
    if found is None:
        return NOTHING
    numbers, told = unpacked(bytes(found.held))
    return Held(numbers, told, found.callable, found.withheld, found.version)


def keep(sender_id: str, category: int, channel: int, day: date, after: Held) -> bool:
    """Write what is answered now, within a transaction; False where another asking came between."""
    whose: dict[str, Any] = {"sender_id": sender_id, "category": category, "channel": channel, "day": day}
    held_now = {"held": packed(after), "callable": after.callable, "withheld": after.withheld}
    if after.version:
        found = Answers.objects.filter(**whose, version=after.version)
        return bool(found.update(version=after.version + 1, **held_now))
    _, made = Answers.objects.get_or_create(**whose, defaults=held_now)
    Answers.objects.filter(day__lt=day).delete()
    return made


def packed(answers: Held) -> bytes:
    """Sorted numbers as differences, and the bits, each compressed."""
    steps = np.diff(answers.numbers, prepend=np.int64(0)).astype("<i8")
    numbers = zlib.compress(steps.tobytes(), _FAST)
    return len(numbers).to_bytes(8, "little") + numbers + zlib.compress(np.packbits(answers.told).tobytes(), _FAST)


def unpacked(octets: bytes) -> tuple[Ints, Mask]:
    """What `packed` made."""
    size = int.from_bytes(octets[:8], "little")
    numbers = np.cumsum(np.frombuffer(zlib.decompress(octets[8 : 8 + size]), "<i8").astype(np.int64))
    bits = np.frombuffer(zlib.decompress(octets[8 + size :]), np.uint8)
    return numbers, np.unpackbits(bits, count=len(numbers)).astype(bool)
