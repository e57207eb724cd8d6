"""A fault never stops a call: only the rows that raise are let through, and nothing else is any different.

Faults are put in by rules that raise, at each of the twelve places, and by pages that point outside other pages; on
both paths. What the issue describes, undoing a block and asking it again row by row, is carried out here as the
reference.
"""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening.engines import SETTINGS, Plain, engine_of, memory, sight_of
from tests.screening.events import Event, batch, events
from tests.screening.raising import RAISING, raises_at
from tests.snapshot import small
from wurao.compiled import View
from wurao.events.columns import EventColumns
from wurao.numbering.number import Kind, pack
from wurao.screening.engine import KERNEL, Engine
from wurao.screening.kernel import VerdictColumns, blank_verdicts
from wurao.screening.precedence import RULE_NAMES
from wurao.screening.sight import Sight
from wurao.settings.thresholds import thresholds
from wurao.snapshot import Snapshot, untouched
from wurao.verdicts import Action, Reason

seeds = st.integers(0, 2**32)
KERNELS = {"compiled": RAISING, "plain": Plain(RAISING.plain)}
NAMES = [name for name in VerdictColumns.columns if name not in ("at_row", "sight")]


def quiet(row: int, microseconds: int = 0) -> Event:
    """A call of which nobody has registered anything: every rule is asked."""
    made = events(Random(5), 1)[0] | {"event_id": f"n{row}"}
    plain = {"channel": 0, "trunk": None, "template": None, "declared": None, "attestation": -1, "roaming": -1}
    numbers = {"caller": small.parse_text(small.MOBILES[0]), "callee": small.parse_text(small.MOBILES[1])}
    return made | plain | numbers | {"at": small.START + timedelta(microseconds=microseconds)}


@pytest.mark.parametrize("way", KERNELS)
@pytest.mark.parametrize("place", range(12))
def test_a_rule_that_raises_lets_its_event_through_and_no_other(place: int, way: str, capsys: Any) -> None:
    engine = engine_of(sight_of(small.Registry()), KERNELS[way])
    made = [quiet(row, raises_at(place) if row in (1, 3) else 0) for row in range(5)]
    found = engine.screen(batch(made))
    reasons = found.column("reason").to_pylist()
    assert [reason == "FAULT" for reason in reasons] == [False, True, False, True, False]
    assert set(found.column("action").to_pylist()) == {"allow"}
    assert engine.faults == {(RULE_NAMES[place], "ZeroDivisionError"): 2}
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["where"], line["event_id"], line["level"]) for line in told] == [(RULE_NAMES[place], "n1", "error")]
    assert [line["alarm"] for line in told] == [True]


def with_faults(random: Random, rows: int, late: bool = True) -> pa.RecordBatch:
    """Events of which a quarter make some rule raise, if it is asked."""
    made = events(random, rows)
    if not late:
        made.sort(key=lambda each: each["at"])
    for each in made:
        if random.random() < 0.25:
            each["at"] = each["at"].replace(microsecond=raises_at(random.randrange(12)))
    return batch(made)


def undone_and_asked_again(engine: Engine, asked: pa.RecordBatch) -> dict[str, list[Any]]:
    """As the issue says: the block's velocity changes are undone and it runs again row by row uncompiled."""
    prepared = engine.prepare(asked)
    prepared.decide_with(prepared.sight, 0)
    verdicts = VerdictColumns(
        **{name: np.zeros(len(asked), dtype) for name, dtype in VerdictColumns.columns.items() if name in NAMES},
        at_row=np.zeros(1, np.int64),
        sight=np.full(1, prepared.sight.number, np.int64),
    )
    engine.velocity.make_room(len(asked))
    before = {name: words.copy() for name, words in engine.velocity._arrays.items()}
    registries = prepared.sight.snapshot.registry, prepared.sight.overlaid.registry

    def run(kernel: Any, first: int, last: int) -> None:
        kernel(*registries, engine.velocity.state, engine.thresholds, prepared.events, verdicts, first, last)

    try:
        run(RAISING, 0, len(asked))
    except ZeroDivisionError:
        for name, words in engine.velocity._arrays.items():
            words[:] = before[name]
        for row in range(len(asked)):
            try:
                run(KERNELS["plain"], row, row + 1)
            except ZeroDivisionError:
                verdicts.let_through(row, overseas(prepared.events, prepared.sight, row))
    return {name: verdicts.array(name).tolist() for name in NAMES}


def overseas(columns: EventColumns, sight: Sight, row: int) -> bool:
    trunk = columns.trunk[row]
    by_trunk = trunk >= 0 and bool(sight.overlaid.registry.trunks[4 * trunk] & 1)
    return by_trunk or columns.caller[row] >> 59 == Kind.FOREIGN


@settings(max_examples=25)
@given(seeds, st.sampled_from(sorted(KERNELS)))
def test_going_on_behind_the_raising_row_gives_what_undoing_the_block_gives(seed: int, way: str) -> None:
    random = Random(seed)
    made = small.registry(random)
    sight = sight_of(made, small.steps(random, made))
    ours, theirs = engine_of(sight, KERNELS[way]), engine_of(sight, RAISING)
    for _ in range(2):
        asked = with_faults(random, 50)
        verdicts = ours.decide(ours.prepare(asked))
        assert {name: verdicts.array(name).tolist() for name in NAMES} == undone_and_asked_again(theirs, asked)
    assert memory(ours) == memory(theirs)


@settings(max_examples=15)
@given(seeds)
def test_a_raising_row_leaves_no_trace_but_the_clock(seed: int) -> None:
    random = Random(seed)
    sight = sight_of(small.registry(random))
    asked = with_faults(random, 60, late=False)
    faulty, sound = engine_of(sight, RAISING), engine_of(sight)
    verdicts = faulty.screen(asked)
    raised = np.array([reason == "FAULT" for reason in verdicts.column("reason").to_pylist()])
    sound.screen(asked.filter(pa.array(~raised)))
    assert faulty.velocity.records() == sound.velocity.records()
    assert sum(faulty.faults.values()) == raised.sum()


# Pages that point outside other pages.

QUIET = thresholds(SETTINGS)
QUIET = QUIET._replace(**{name: 1 << 30 for name in QUIET._fields if "_per_" in name or name.endswith("attempts")})
"""No velocity speaks, so that a row gets alone what it gets among others."""

DENSE = [pack(Kind.MOBILE, 8613810000000 + 7 * n) for n in range(90)]
"""Enough of one segment for a page."""
FIRM, PORT = "firm1", small.parse_text("10690001")
YEARS_LATER = small.START.replace(year=2029)


def full() -> Snapshot:
    """A snapshot in which every column holds something that some event reads."""
    made = small.Registry()

    def put(name: str, **values: Any) -> None:
        made.put(name, small.MADE[name][0](Random(len(made.rows[name]))) | values)

    for place, number in enumerate([*DENSE, small.parse_text(small.MOBILES[4])]):
        put(
            "subscribers",
            number=number,
            guard=place % 4,
            only_my_list=False,
            only_my_list_until=None,
            shield_until=None,
        )
    for number in (DENSE[1], DENSE[2], small.parse_text(small.MOBILES[4])):
        put("lists", subscriber=number, match=1, entry=small.parse_prefix("+852"), action=1, until=None)
        ends = {"given": small.START, "expires": None, "revoked": None}
        put("consents", consent_id=str(number), subscriber=number, sender_id=FIRM, categories=511, channels=7, **ends)
    put("subscribers", number=DENSE[3], shield_until=YEARS_LATER)
    for name in (FIRM, "firm2"):
        put("senders", sender_id=name, state=0, ceiling_per_hour=None)
    span = {"start": small.START, "end": None}
    put("headers", header=PORT, match=0, sender_id=FIRM, category=2, **span)
    put("headers", header=small.parse_prefix("95"), match=1, sender_id="firm2", category=None, **span)
    put("trunks", trunk="home", overseas=False, alerts=False, attestation_required=False, public_safety=None)
    put("trunks", trunk="safe", overseas=False, alerts=False, public_safety=[small.parse_text("110")])
    put("sender_trunks", sender_id=FIRM, trunk="home")
    put("templates", template_id="text0", sender_id=FIRM, category=2, purpose=0)
    aims = [(0, "+85291234567"), (1, "+1"), (2, "10690001"), (3, "firm2"), (4, "safe")]
    for place, (kind, target) in enumerate(aims):
        aim = {"order_id": f"order{place}", "target_kind": kind, "target": target, "supersedes": None}
        put("orders", verb=2, cause=1, rate_per_hour=None, start=small.START, end=YEARS_LATER, **aim)
    return small.snapshot_of(small.tables_of(made))


def asked_of(snapshot: Snapshot) -> pa.RecordBatch:
    """Events that between them read everything."""
    made: list[Event] = []
    for callee in (DENSE[0], DENSE[1], DENSE[2], DENSE[3], small.parse_text(small.MOBILES[4]), PORT):
        for caller in ("+85291234567", "+12025550123", "10690001", "95588", "955881", "110", small.MOBILES[0]):
            for trunk, channel in (("home", 1), ("safe", 0), (None, 0)):
                template = "text0" if channel == 1 else None
                numbers = {"caller": small.parse_text(caller), "callee": callee, "channel": channel}
                made.append(quiet(len(made)) | numbers | {"trunk": trunk, "template": template})
    return batch(made)


BIT = 1 << 63
PAGES: dict[str, tuple[int, dict[int, tuple[int, ...]]]] = {
    "segment_page": (1, {0: (0xFFFFFFFF, 1 << 31)}),
    "lines": (8, {0: (0xFFFFFFFF,)}),
    "profile_narrow": (1, {0: (0xFFFF, 1 << 15)}),
    "scattered": (2, {1: (1 << 31, 1 << 41, 1 << 62, BIT)}),
    "personal": (2, {0: (0xFFFFFFFF, 1 << 31), 1: (0xFFFFFFFF, 1 << 31)}),
    "callers": (4, {1: (1 << 31, 1 << 41, 1 << 62, BIT), 2: (1 << 31, 1 << 41, 1 << 62, BIT)}),
    "prefixes": (4, {1: (1 << 31, 1 << 41, 1 << 62, BIT), 2: (1 << 31, 1 << 41, 1 << 62, BIT)}),
    "headers": (4, {0: (1 << 31, 1 << 62, BIT), 1: (1 << 31, 77, BIT)}),
    "header_orders": (1, {0: (1 << 31, 1 << 41, 1 << 62, BIT)}),
    "senders": (5, {2: (1 << 31, 1 << 62, BIT), 3: (1 << 31, 1 << 41, 1 << 62, BIT)}),
    "trunks": (4, {1: (1 << 31, 1 << 62, BIT), 2: (1 << 31, 1 << 41, 1 << 62, BIT)}),
    "templates": (3, {1: (1 << 31, 77, BIT)}),
    "order_targets": (1, {0: (0xFFFFFFFF, 1 << 31)}),
    "order_slices": (5, {2: (0xFFFFFFFF,)}),
    "day_types": (1, {0: (77, -77)}),
}
"""Of each column: the words of an entry, and what damage to those that point elsewhere is tried."""


class Watched(View):
    """A view that notes whether a place of it was read."""

    __slots__ = ("place", "was_read")

    def __init__(self, array: Any, place: int) -> None:
        super().__init__(array)
        self.place, self.was_read = place, False

    def __getitem__(self, index: int) -> Any:
        self.was_read |= index == self.place
        return super().__getitem__(index)


def readers(sight: Sight, column: str, place: int, asked: pa.RecordBatch) -> np.ndarray[Any, Any]:
    """The rows that read one place of a column, as long as it is sound."""
    engine = engine_of(sight, Plain())
    engine.thresholds = QUIET
    registry = (
        sight.overlaid.registry
        if column in ("senders", "trunks", "templates", "day_types")
        else sight.snapshot.registry
    )
    sound = getattr(registry, column)
    watched = Watched(sound.array, place)
    setattr(registry, column, watched)
    prepared = engine.prepare(asked)
    prepared.events.array("looked")[:] = 0
    verdicts = blank_verdicts(len(asked))
    engine.velocity.make_room(len(asked))
    found = np.zeros(len(asked), bool)
    for row in range(len(asked)):
        watched.was_read = False
        engine._run(Plain(), prepared, verdicts, row, row + 1)
        found[row] = watched.was_read
    setattr(registry, column, sound)
    return found


def damaged(snapshot: Snapshot, column: str, place: int, bits: int) -> Sight:
    """The same with bits of one value flipped, or the value set for narrow ones, after it was opened."""
    arrays = {name: array.copy() for name, array in snapshot.arrays.items()}
    words = arrays[column]
    if words.dtype in (np.int64, np.uint64):
        words.view(np.uint64)[place] ^= np.uint64(bits)
        if column == "lines":
            words.view(np.uint64)[place] |= np.uint64(bits)
    else:
        words[place] = bits
    other = Snapshot(snapshot.id, snapshot.manifest, arrays)
    return Sight(other, untouched(other), 0, {})


@pytest.mark.parametrize("column", PAGES)
def test_an_index_that_points_outside_gives_fault_on_the_rows_that_read_it_and_on_no_other(column: str) -> None:
    snapshot = full()
    asked = asked_of(snapshot)
    sight = Sight(snapshot, untouched(snapshot), 0, {})
    sound = verdicts_alone(sight, KERNEL, asked, np.arange(len(asked)))
    width, tried = PAGES[column]
    faults = 0
    reading_of: dict[int, Any] = {}
    for place, bits in places_to_try(snapshot, column, width, tried):
        if place not in reading_of:
            reading_of[place] = readers(sight, column, place, asked)
        reading = reading_of[place]
        wrong = damaged(snapshot, column, place, bits)
        for kernel in (KERNEL, Plain()):
            for row, found in verdicts_alone(wrong, kernel, asked, np.flatnonzero(reading)).items():
                assert found["reason"] == "FAULT" or (column in SOMETIMES and found == sound[row]), (place, bits, row)
                faults += found["reason"] == "FAULT"
        whole = np.array(engine_of(wrong).screen(asked).column("reason").to_pylist())
        assert not ((whole == "FAULT") & ~reading).any(), (place, bits)
    assert faults


def verdicts_alone(sight: Sight, kernel: Any, asked: pa.RecordBatch, rows: Any) -> dict[int, dict[str, Any]]:
    """What some rows get, of which each is asked as if it were the only one of its id and hour."""
    engine = engine_of(sight, kernel)
    engine.thresholds = QUIET
    found = engine.screen(asked.take(pa.array(rows, pa.int64()))).to_pylist()
    return dict(zip(rows.tolist(), found, strict=True))


SOMETIMES = ("order_slices", "order_targets", "lines", "senders", "personal")
"""Columns whose damage some readers do not meet, since what they look for comes before it."""


def places_to_try(
    snapshot: Snapshot, column: str, width: int, tried: dict[int, tuple[int, ...]]
) -> list[tuple[int, int]]:
    """The places of the words of some entries, the used ones, and what to do to each."""
    words = snapshot.arrays[column]
    if column == "day_types":
        entries = [round(small.START.timestamp() + 8 * 3600) // 86_400]
    elif width > 1 and column in ("callers", "prefixes", "scattered"):
        entries = np.flatnonzero(words[::width] >= 0).tolist()
    else:
        entries = np.flatnonzero(words.reshape(-1, width).any(axis=1)).tolist()
    return [
        (entry * width + word, bits) for entry in entries[:3] for word, all_bits in tried.items() for bits in all_bits
    ]


def test_a_fault_keeps_the_overseas_mark() -> None:
    engine = engine_of(sight_of(small.Registry()), RAISING)
    made = [quiet(row, raises_at(0)) for row in range(2)]
    made[1]["caller"] = small.parse_text("+85291234567")
    found = engine.screen(batch(made))
    assert found.column("reason").to_pylist() == [Reason.FAULT.name] * 2
    assert found.column("action").to_pylist() == [Action.ALLOW.code] * 2
    assert found.column("overseas_mark").to_pylist() == [False, True]


def test_machine_code_that_cannot_even_begin_leaves_every_verdict_as_it_is() -> None:
    class Broken(Plain):
        def __call__(self, *_: Any) -> None:
            raise RuntimeError("cannot be compiled")

    random = Random(9)
    sight = sight_of(small.registry(random))
    asked = batch(events(random, 30))
    broken, sound = engine_of(sight, Broken()), engine_of(sight)
    assert broken.screen(asked).equals(sound.screen(asked))
    assert memory(broken) == memory(sound)
