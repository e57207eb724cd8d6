"""One event at a time, as numbers: what a gateway asks for every call, without Arrow and without waiting for a block.

`Asking` holds room for one event and one verdict and calls the engine's machine code on them, so that an answer costs
microseconds. It is the engine's own kernel and velocity: asked here or in a batch, an event gets the same verdict.
`outcome` takes what is known of a call when it is over. Places of trunks and templates are those of the sight in use,
as `EventColumns` has them.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wurao.compiled import compiled
from wurao.content.reader import TextsRead
from wurao.events.columns import EventColumns
from wurao.numbering.canonical import canonical
from wurao.numbering.number import Kind, kind_of
from wurao.screening.engine import Engine
from wurao.screening.faults import tell_fault, tell_text_fault
from wurao.screening.kernel import VerdictColumns
from wurao.screening.sight import Sight
from wurao.screening.texts import OF_TEXTS, Candidates, ask_who_is_protected, hosts_looked_up
from wurao.screening.velocity import Velocity, outcome
from wurao.settings import load
from wurao.settings.thresholds import thresholds
from wurao.snapshot.senders import OVERSEAS
from wurao.verdicts import Action, Reason
from wurao.wishes import Channel

Column = npt.NDArray[Any]
OUTCOME = compiled(outcome)
NOT_TOLD = float("nan")
CEILING = Reason.SENDER_CEILING.value
ROWS_OF_ROOM = 4_096
"""Velocity makes room for so many events at once."""
EVENT = (
    "looked",
    "at",
    "caller",
    "callee",
    "id_high",
    "id_low",
    "ring_s",
    "duration_s",
    "trunk",
    "template",
    "reading",
    "text_score",
    "text_score_known",
)
UNREAD_WIDE, UNREAD = (-1, 0.0, 0.0), (1, -1, -1, -1, -1)
"""What the columns of texts hold where none was read (templates count as declared): the wide ones, those of a byte."""
MESSAGE = Channel.MESSAGE.value
VERDICT = ("order", "at_row", "sight", "sender")
"""The wide columns, the widest first, so that each lies where its width asks for; those of one byte follow."""


class Answer(NamedTuple):
    """A verdict as `VerdictColumns` has it; -1 is null."""

    action: int
    reason: int
    label: int
    overseas_mark: int
    category: int
    sender: int
    order: int


class Asking:
    """Room for one event and its verdict; for one thread, the one that the engine decides on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._put, self._event, events = _room(EventColumns.columns, EVENT)
        self._take, self._verdict, verdicts = _room(VerdictColumns.columns, VERDICT)
        self._events, self._verdicts = EventColumns(**events), VerdictColumns(**verdicts)
        self._room_left, self._room = 0, (engine.velocity, 0)
        self._one = Candidates(rows=np.zeros(1, np.int64), protected=np.zeros(1, np.int8), at=np.zeros(1, np.int64))
        self.read: TextsRead | None = None
        self._see(engine.sight)
        # Arguments have one type each for as long as this lives, and telling types takes longer than a verdict.
        self._kernel, self._plain = engine.kernel.for_types_of(*self._asked()), engine.kernel.plain
        self._outcome = OUTCOME.for_types_of(*_told(engine, 0, 0, 0, NOT_TOLD, NOT_TOLD))

    def ask(
        self,
        at: int,
        channel: int,
        caller: int,
        callee: int,
        *,
        trunk: int = -1,
        template: int = -1,
        declared: int = -1,
        attestation: int = -1,
        roaming: int = -1,
        mark: tuple[int, int] = (0, 0),
        text: bytes | None = None,
    ) -> Answer:
        """The verdict on one call or message, which velocity then counts.

        `text` is a message's, in UTF-8, an empty one is none; it is read where the callee has content protection on,
        and forgotten: `read` then has what a record keeps of it. `mark` is what `snapshot.marks` makes of the event's
        id; 0 and 0 for none, as most gateways have. An event that raises is asked once more, uncompiled; if it raises
        again it is let through with reason FAULT, counted and told of, as in a batch.
        """
        engine = self._engine
        following = engine.following
        if following is not None:
            engine.sight = following.begin()
        try:
            if engine.sight is not self._sight:
                self._see(engine.sight)
            velocity = engine.velocity
            if self._room_left == 0 or self._room[0] is not velocity or self._room[1] != velocity.rooms:
                velocity.make_room(ROWS_OF_ROOM)
                self._room_left, self._room = ROWS_OF_ROOM, (velocity, velocity.rooms)
            self._room_left -= 1
            codes = (channel, declared, attestation, roaming, -1, 0)
            numbers = (0, at, caller, callee, *mark, NOT_TOLD, NOT_TOLD, trunk, template)
            self._put.pack_into(self._event, 0, *numbers, *UNREAD_WIDE, *codes, *UNREAD)
            self.read = None
            if text and channel == MESSAGE:
                self._read(text, at)
            self._decide()
        except Exception as fault:
            tell_fault(engine.faults, fault, at=at, from_number=canonical(caller), to_number=canonical(callee))
            return self._let_through(caller, trunk)
        finally:
            if following is not None:
                following.end()
        order, _, _, *rest = self._take.unpack_from(self._verdict)
        sender, action, reason, label, overseas_mark, category = rest
        if engine.ceilings is not None and sender >= 0 and CEILING in (reason, label):
            engine.ceilings.one(self._sight, at, sender)
        return Answer(action, reason, label, overseas_mark, category, sender, order)

    def outcome(
        self, at: int, caller: int, answered: bool, ring_s: float = NOT_TOLD, duration_s: float = NOT_TOLD
    ) -> bool:
        """Take how a call that was asked about and not stopped came out; `at` is that of the call.

        Whoever asked knows its caller, so none is looked for by the event's id. It counts when the call ended
        (CONTRACTS, Velocity). Whether velocity took it: it does not for a caller that is hidden, or forgotten
        meanwhile, and while it remembers each of the caller's calls it wants one at that very time. A fault is counted
        and told of, and the outcome lost.
        """
        engine = self._engine
        try:
            return bool(self._outcome(*_told(engine, at, caller, int(answered), ring_s, duration_s)))
        except Exception as fault:
            tell_fault(engine.faults, fault, at=at, from_number=canonical(caller))
            return False

    def _see(self, sight: Sight) -> None:
        self._sight = sight
        self._base, self._overlay = sight.snapshot.registry, sight.overlaid.registry
        self._verdicts.array("sight")[0] = sight.number

    def _read(self, text: bytes, at: int) -> None:
        """Read the text of the event, where it may be; one that cannot be read is as if it were not there."""
        sight, events, one = self._sight, self._events, self._one
        ask_who_is_protected(self._base, self._overlay, events, one, 0)
        if one.protected[0] == 0:
            return
        octets, places = np.frombuffer(text, np.uint8), np.array([0, len(text)], np.int32)
        texts = self._engine.texts
        read = texts.reader.read_octets(
            octets, places, one.array("rows"), events.array("template"), texts.fitting(sight)
        )
        events.reading[0], events.fits[0] = read.reading[0], read.fits[0]
        faults = read.faults
        if read.reading[0] >= 0:
            self.read = read
            for name, of in OF_TEXTS.items():
                getattr(events, f"text_{name}")[0] = getattr(read.judged, of)[0]
            faults = [*faults, *hosts_looked_up(sight, events, one.array("rows"), read)]
        for fault in faults:
            tell_text_fault(self._engine.faults, fault.error, 1, at=at)

    def _decide(self) -> None:
        """Run the machine code on the event; once more uncompiled where it raises, which tells the rule."""
        asked = self._asked()
        try:
            self._kernel(*asked)
        except Exception:
            with np.errstate(over="ignore"):
                self._plain(*asked)

    def _asked(self) -> tuple[Any, ...]:
        """What the kernel is called with: the one event of the room."""
        engine = self._engine
        state, limits = engine.velocity.state, engine.thresholds
        return self._base, self._overlay, state, limits, self._events, self._verdicts, 0, 1

    def _let_through(self, caller: int, trunk: int) -> Answer:
        flags = self._overlay.array("trunks")[4 * trunk : 4 * trunk + 1] if trunk >= 0 else ()
        overseas = kind_of(caller) == Kind.FOREIGN or any(flag & OVERSEAS for flag in flags)
        return Answer(Action.ALLOW.value, Reason.FAULT.value, -1, int(overseas), -1, -1, -1)


def _told(engine: Engine, at: int, caller: int, answered: int, ring_s: float, duration_s: float) -> tuple[Any, ...]:
    """What `outcome` is called with."""
    return engine.velocity.state, engine.thresholds, at, caller, answered, ring_s, duration_s


_LETTERS = {"f4": "f", "i8": "q", "u8": "Q", "f8": "d", "i4": "i", "i1": "b"}


def _room(columns: dict[str, str], wide: tuple[str, ...]) -> tuple[struct.Struct, bytearray, dict[str, Column]]:
    """How one row is packed, its octets, and columns of one row that are views of them."""
    names = [*wide, *(name for name in columns if name not in wide)]
    packed = struct.Struct("=" + "".join(_LETTERS[columns[name]] for name in names))
    octets = bytearray(packed.size)
    views: dict[str, Column] = {}
    at = 0
    for name in names:
        views[name] = np.frombuffer(octets, columns[name], 1, at)
        at += np.dtype(columns[name]).itemsize
    return packed, octets, views


def warm() -> None:
    """Compile what takes outcomes."""
    OUTCOME(Velocity.create(1).state, thresholds(load()), 0, 0, 0, NOT_TOLD, NOT_TOLD)
