"""A list taken through: read, asked of screening, answered once a day, marked, recorded; a million within seconds.

Comes in: a firm's file and purpose. Goes out: the lines, as they were written, of those numbers that may be called now.
Nothing else goes out: not why others may not, not how many were withheld.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.control.accounts.guard import Actor
from wurao.control.firms.findings import Finding, NotRight
from wurao.control.firms.models import Firm
from wurao.control.may_call import answers
from wurao.control.may_call.answers import Held, day_of
from wurao.control.may_call.approaching import approach_of
from wurao.control.may_call.leaks import sample_of
from wurao.control.may_call.marking import key_of, marks_of, withheld
from wurao.control.may_call.models import Asking
from wurao.control.numbers import NumberLines, read_numbers
from wurao.control.registry.turns import writing
from wurao.errors import Refused
from wurao.screening.reach import Approach, Reach
from wurao.settings.places import default_store

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FEWEST, MOST = 1_000, 1_000_000
TRIES = 5
_REACHES: dict[Path, Reach] = {}
_OPENING = threading.Lock()


class AskedTooMuch(Refused):
    """More numbers on one day than are answered, or too many askings at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a firm gets: the lines, and the record."""

    lines: Any
    """Arrow, octets: the first line of each number that may be called, in the order of the file."""
    asking: Asking
    bad: list[tuple[int, str]]

    def as_text(self) -> bytes:
        """The lines as a file."""
        if not len(self.lines):
            return b""
        one = pa.ListArray.from_arrays(pa.array([0, len(self.lines)], pa.int32()), self.lines)
        return bytes(pc.binary_join(one, b"\n")[0].as_buffer()) + b"\n"


def ask(
    firm: Firm,
    octets: bytes,
    category: str,
    channel: str,
    actor: Actor,
    header: str = "",
    now: datetime | None = None,
) -> Answer:
    """Answer a list; NotRight where it or the purpose is not right, Refused where it cannot be answered now."""
    now = now or datetime.now(UTC)
    approach = approach_of(firm, category, channel, now, header)
    lines = read_numbers(octets)
    numbers, first = np.unique(lines.numbers, return_index=True)
    if not FEWEST <= len(numbers) <= MOST:
        raise NotRight(
            [Finding(f"一次 {FEWEST:,} 至 {MOST:,} 个不同的号码", f"{FEWEST:,} to {MOST:,} distinct numbers at a time")]
        )
    asking = _Asking(firm, numbers, approach, now, lines)
    told, made = asking.settled(actor)
    order = np.sort(first[told])
    return Answer(lines.written.take(pa.array(order)), made, lines.first_bad())


class _Asking:
    """One list on its way."""

    def __init__(self, firm: Firm, numbers: Ints, approach: Approach, now: datetime, lines: NumberLines) -> None:
        self.firm, self.numbers, self.approach, self.now, self.lines = firm, numbers, approach, now, lines
        self.whose = (firm.sender_id, approach.declared, approach.channel, day_of(now))
        self.snapshot = ""
        self.reached: Mask | None = None

    def settled(self, actor: Actor) -> tuple[Mask, Asking]:
        """Which of the numbers are told, kept for the day and recorded in one transaction."""
        for _ in range(TRIES):
            before = answers.held(*self.whose)
            known, told = before.of(self.numbers)
            fresh = np.flatnonzero(~known)
            if len(before.numbers) + len(fresh) > answers.MOST:
                raise AskedTooMuch(f"more than {answers.MOST:,} numbers a day", right="ask for the others tomorrow")
            might = fresh[self._reached(fresh)]
            marks = marks_of(self.numbers[might], key_of(self.firm.sender_id))
            hidden, threshold = withheld(marks, before.callable, before.withheld)
            told[might[~hidden]] = True
            count = int(np.count_nonzero(hidden))
            after = before.with_more(self.numbers[fresh], told[fresh], count)
            made = self._record(actor, told, len(known) - len(fresh), len(might), count, threshold)
            if self._keep(after, made, len(fresh)):
                return told, made
        raise AskedTooMuch("others of the firm ask at the same time", right="ask again")

    def _reached(self, fresh: Ints) -> Mask:
        """Of the fresh ones who would be reached; asked once, since later tries have fewer of them."""
        if self.reached is None:
            self.reached = np.zeros(len(self.numbers), bool)
            found, self.snapshot = _reach().ask(self.numbers[fresh], self.approach)
            self.reached[fresh] = found
        return self.reached[fresh]

    def _keep(self, after: Held, made: Asking, fresh: int) -> bool:
        with writing():
            if fresh and not answers.keep(*self.whose, after):
                return False
            made.save(force_insert=True)
            return True

    def _record(self, actor: Actor, told: Mask, repeated: int, might: int, hidden: int, threshold: int) -> Asking:
        return Asking(
            at=self.now,
            sender_id=self.firm.sender_id,
            person=actor.person.pk if actor.person else None,
            way=actor.way,
            address=actor.address,
            category=self.approach.declared,
            channel=self.approach.channel,
            lines=len(self.lines.numbers),
            asked=len(self.numbers),
            repeated=repeated,
            callable=might,
            withheld=hidden,
            told=int(np.count_nonzero(told)),
            threshold=threshold,
            snapshot=self.snapshot,
            list_sha256=hashlib.sha256(self.numbers.astype("<i8").tobytes()).hexdigest(),
            sample=sample_of(self.numbers[told]).astype("<i8").tobytes(),
        )


def _reach() -> Reach:
    """What answers by the store of this process; opened once."""
    store = default_store()
    with _OPENING:
        if store not in _REACHES:
            _REACHES[store] = Reach(store)
        return _REACHES[store]
