"""The registry compiled: checked tables go in, the columns of a `Registry` and the `Names` behind its places come out.

Called by `build` for a snapshot and by `overlay` for the changes above one; the same code makes both, so that a change
means the same before and after it is compiled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.numbering import parse_column, parse_prefix_column, prefix_text_column
from wurao.numbering.number import E164_SPACE, KIND_SHIFT
from wurao.snapshot.calendar import day_types
from wurao.snapshot.callers import ALLOCATED, DO_NOT_ORIGINATE, UNALLOCATED, build_callers
from wurao.snapshot.columns import Ints, integers, places, strings, where_in
from wurao.snapshot.domains import compile_domains
from wurao.snapshot.marks import short_marks
from wurao.snapshot.orders import OVERLAY, OrderRows, build_orders
from wurao.snapshot.pages import FEWEST, build_ranks, number_profiles, ranks_of
from wurao.snapshot.personal import HAS_PERSONAL_BIT, build_personal, who_has_any
from wurao.snapshot.registrations import consent_records, profiles_in, rules_in, timed_wishes
from wurao.snapshot.registry import Registry, empty_arrays
from wurao.snapshot.senders import ALERTS, ATTESTATION_REQUIRED, OVERSEAS, OWN, SUSPENDED
from wurao.snapshot.times import NEVER
from wurao.tables import PURPOSES, TARGET_KINDS
from wurao.wishes import (
    CATEGORIES,
    DEFAULT_PROFILE,
)

Arrays = dict[str, npt.NDArray[Any]]
Tables = dict[str, pa.Table]

NO_INTS = np.empty(0, dtype=np.int64)
RANK_COLUMNS = ("segment_page", "lines", "scattered")
"""The columns that tell a number's rank."""
NUMBERS_AT_ONCE = 1 << 18
"""So many numbers are ranked at a time: few enough to stay in the processor's cache, for many segments to be walked."""
_TIMED_BIT = np.int64(-(1 << 63))
NUMBER, PREFIX, HEADER, SENDER, TRUNK = (
    TARGET_KINDS.index(k) for k in ("number", "prefix", "header", "sender", "trunk")
)


@dataclass(frozen=True, slots=True)
class Names:
    """The texts behind places: sender 3 is `senders[3]`."""

    senders: pa.Array
    trunks: pa.Array
    templates: pa.Array
    orders: pa.Array

    def places(self, kind: str, texts: pa.Array | pa.ChunkedArray) -> Ints:
        """The place of each text among the names of one kind, -1 where it has none."""
        return places(texts, getattr(self, kind))


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of orders: distinct keys of each kind, numbered on from one kind to the next."""

    numbers: Ints
    """Numbers and prefixes."""
    headers: Ints
    senders: Ints
    trunks: Ints
    above: bool
    """Of the overlay."""
    before: int = 0
    """So many targets stand before these."""

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.numbers) + len(self.headers) + len(self.senders) + len(self.trunks)

    def references(self, kind: str, keys: Ints) -> Ints:
        """The references to targets of one kind, 0 where a key is none."""
        first = self.before
        for name in ("numbers", "headers", "senders", "trunks"):
            if name == kind:
                break
            first += len(getattr(self, name))
        place = where_in(keys, getattr(self, kind))
        return np.where(place >= 0, place + first + 1 + (OVERLAY if self.above else 0), 0)


def names_of(tables: Tables) -> Names:
    """The names of a full set of tables: places are rows."""
    return Names(
        strings(tables["senders"], "sender_id"),
        strings(tables["trunks"], "trunk"),
        strings(tables["templates"], "template_id"),
        strings(tables["orders"], "order_id"),
    )


def compile_subscribers(tables: Tables, names: Names, fewest: int = FEWEST, always: Ints = NO_INTS) -> Arrays:
    """Wishes, lists and consents; a list or consent of a number that registered nothing makes it a default subscriber.

    An overlay must speak of whoever a change touched: who of `always` has nothing at all is gone.
    """
    subscribers, lists, consents = tables["subscribers"], tables["lists"], tables["consents"]
    registered = integers(subscribers, "number")
    list_owner, consent_owner = integers(lists, "subscriber"), integers(consents, "subscriber")
    owners = [registered, list_owner, consent_owner]
    gone = np.setdiff1d(always, np.concatenate(owners)) if len(always) else NO_INTS
    arrays, total = build_ranks(_pieces([registered]), fewest, gone, _pieces([list_owner, consent_owner]))
    ranking = Registry(**empty_arrays() | arrays)
    rank, list_rank, consent_rank = (ranks_of(ranking, each) for each in (registered, list_owner, consent_owner))
    timed, only, shield = timed_wishes(subscribers)
    personal = build_personal(
        total,
        (list_rank, integers(lists, "entry"), rules_in(lists)),
        (consent_rank, consent_records(consents, names.places("senders", consents.column("sender_id")))),
        (rank[timed], only, shield),
    )
    profiles = np.full(total, DEFAULT_PROFILE, dtype=np.int64)
    profiles[rank] = profiles_in(subscribers)
    profiles |= who_has_any(personal["personal"]).astype(np.int64) << HAS_PERSONAL_BIT
    profiles[rank[timed]] |= _TIMED_BIT
    return arrays | number_profiles(profiles) | personal


def _pieces(columns: list[Ints]) -> list[Ints]:
    """Some numbers at a time, so that all that is made of them stays in the processor's cache."""
    return [each[start : start + NUMBERS_AT_ONCE] for each in columns for start in range(0, len(each), NUMBERS_AT_ONCE)]


def unwritten_subscribers(tables: Tables, arrays: Arrays) -> Ints:
    """Who has a list entry or a consent but no row of `subscribers`, in the order of these; `arrays` has the ranks."""
    registered = integers(tables["subscribers"], "number")
    total = len(arrays["profile_narrow"]) + len(arrays["profile_wide"])
    if total == len(registered):
        return NO_INTS
    ranking = Registry(**empty_arrays() | {name: arrays[name] for name in RANK_COLUMNS})
    unwritten = np.ones(total, dtype=bool)
    unwritten[ranks_of(ranking, registered)] = False
    owners = np.concatenate([integers(tables["lists"], "subscriber"), integers(tables["consents"], "subscriber")])
    found: Ints = pa.array(owners[unwritten[ranks_of(ranking, owners)]]).unique().to_numpy()
    return found


def compile_orders(tables: Tables, names: Names, above: bool = False) -> tuple[Arrays, Targets]:
    """The timelines of all targets; orders on domains are the domains room's."""
    orders = tables["orders"]
    kind = integers(orders, "target_kind")
    text = orders.column("target")
    key = np.full(len(kind), -1, dtype=np.int64)
    for code, read in (
        (NUMBER, parse_column),
        (PREFIX, parse_prefix_column),
        (HEADER, header_keys),
        (SENDER, lambda column: names.places("senders", column)),
        (TRUNK, lambda column: names.places("trunks", column)),
    ):
        rows = np.flatnonzero(kind == code)
        if len(rows):
            key[rows] = read(text.take(pa.array(rows)))
    targets = Targets(
        np.unique(key[((kind == NUMBER) | (kind == PREFIX)) & (key >= 0)]),
        np.unique(key[(kind == HEADER) & (key >= 0)]),
        np.unique(key[(kind == SENDER) & (key >= 0)]),
        np.unique(key[(kind == TRUNK) & (key >= 0)]),
        above,
    )
    target = np.full(len(kind), -1, dtype=np.int64)
    for code, name in (
        (NUMBER, "numbers"),
        (PREFIX, "numbers"),
        (HEADER, "headers"),
        (SENDER, "senders"),
        (TRUNK, "trunks"),
    ):
        rows = kind == code
        target[rows] = (targets.references(name, key[rows]) & ~OVERLAY) - 1
    kept = np.flatnonzero(target >= 0)
    rows_of_orders = OrderRows(
        target,
        integers(orders, "verb"),
        integers(orders, "cause"),
        integers(orders, "rate_per_hour", 0),
        integers(orders, "start"),
        integers(orders, "end", NEVER),
        places(orders.column("supersedes"), strings(orders, "order_id")),
        short_marks(strings(orders, "order_id")),
    )
    return build_orders(rows_of_orders, targets.total, kept), targets


def header_keys(column: pa.ChunkedArray) -> Ints:
    """The key of a header as an order names it: the number, or the prefix where it is no whole number."""
    numbers = parse_column(column)
    prefixes = parse_prefix_column(column)
    return np.where(numbers >> 59 >= 2, numbers, prefixes)


def as_orders_name(keys: Ints) -> Ints:
    """The keys by which orders know headers: a prefix whose digits are a whole number as well is known by that."""
    prefixes = np.flatnonzero(keys >> KIND_SHIFT >= E164_SPACE)
    named = keys.copy()
    if len(prefixes):
        named[prefixes] = header_keys(pa.chunked_array([prefix_text_column(keys[prefixes])]))
    return named


def compile_callers(tables: Tables, names: Names, targets: Targets, touched: Ints) -> Arrays:
    """Headers, orders, numbers that do not originate, allocations; `touched` keys always appear."""
    headers = tables["headers"]
    header_key = integers(headers, "header")
    sender = names.places("senders", headers.column("sender_id"))
    records = np.stack(
        [sender, integers(headers, "category"), integers(headers, "start"), integers(headers, "end", NEVER)], axis=1
    )
    silent = integers(tables["do_not_originate"], "number")
    allocated, state = integers(tables["allocations"], "prefix"), integers(tables["allocations"], "state")
    keys = np.unique(np.concatenate([header_key, targets.numbers, silent, allocated, touched]))
    header, flags = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
    owned = sender >= 0
    header[where_in(header_key[owned], keys)] = np.flatnonzero(owned) + 1
    flags[where_in(silent, keys)] |= DO_NOT_ORIGINATE
    flags[where_in(allocated, keys)] |= np.where(state == 0, ALLOCATED, UNALLOCATED)
    return {
        **build_callers(keys, header, targets.references("numbers", keys), flags),
        "headers": np.ascontiguousarray(records).reshape(-1),
        "header_orders": targets.references("headers", as_orders_name(header_key)),
    }


def compile_senders(tables: Tables, names: Names, targets: Targets, own_sender: str) -> Arrays:
    """Senders, their trunks, the trunks and the templates."""
    senders, trunks, links = tables["senders"], tables["trunks"], tables["sender_trunks"]
    every = np.arange(len(names.senders), dtype=np.int64)
    owner = names.places("senders", links.column("sender_id"))
    carried = names.places("trunks", links.column("trunk"))
    good = (owner >= 0) & (carried >= 0)
    owner, carried = owner[good], carried[good]
    order = np.argsort(owner, kind="stable")
    count = np.bincount(owner, minlength=len(every))
    trunk_places = (np.cumsum(count) - count) | count << 32
    return {
        "senders": _words(
            sender_flags(senders, own_sender),
            integers(senders, "ceiling_per_hour"),
            trunk_places,
            targets.references("senders", every),
            short_marks(names.senders),
        ),
        "sender_trunks": carried[order].astype(np.int32),
        **_compile_trunks(trunks, names, targets),
        "templates": compile_templates(tables["templates"], names),
    }


def sender_flags(senders: pa.Table, own_sender: str) -> Ints:
    """The first word of senders."""
    own = pc.equal(senders.column("sender_id"), own_sender).to_numpy().astype(np.int64)
    return np.where(integers(senders, "state") == 1, SUSPENDED, 0) | own * OWN


def _compile_trunks(trunks: pa.Table, names: Names, targets: Targets) -> Arrays:
    numbers = trunks.column("public_safety").combine_chunks()
    count = pc.fill_null(pc.list_value_length(numbers), 0).to_numpy().astype(np.int64)
    flat = pc.list_flatten(numbers).to_numpy().astype(np.int64)
    every = np.arange(len(names.trunks), dtype=np.int64)
    first = np.cumsum(count) - count
    references = targets.references("trunks", every)
    return {
        "trunks": _words(trunk_flags(trunks), first | count << 32, references, np.zeros_like(references)),
        "trunk_numbers": flat,
    }


def trunk_flags(trunks: pa.Table) -> Ints:
    """The first word of trunks."""
    flags = np.zeros(len(trunks), dtype=np.int64)
    for name, bit in (("overseas", OVERSEAS), ("alerts", ALERTS), ("attestation_required", ATTESTATION_REQUIRED)):
        flags |= integers(trunks, name, 0) * bit
    return flags


def compile_templates(templates: pa.Table, names: Names) -> npt.NDArray[np.int64]:
    """The event's category is the template's for marketing, else its purpose (a one-time code: transaction)."""
    purpose = integers(templates, "purpose")
    means = [-1, CATEGORIES.index("service"), CATEGORIES.index("transaction"), CATEGORIES.index("transaction")]
    category = np.where(purpose == 0, integers(templates, "category"), np.array(means, dtype=np.int64)[purpose])
    otp = (purpose == PURPOSES.index("otp")).astype(np.int64)
    return _words(names.places("senders", templates.column("sender_id")), category, otp)


def _words(*columns: Ints) -> npt.NDArray[np.int64]:
    return np.ascontiguousarray(np.stack(columns, axis=1)).reshape(-1)


def compile_all(tables: Tables, own_sender: str) -> tuple[Arrays, Names]:
    """Every column of a snapshot."""
    names = names_of(tables)
    orders, targets = compile_orders(tables, names)
    holidays = tables["holidays"]
    arrays = (
        compile_subscribers(tables, names)
        | orders
        | compile_callers(tables, names, targets, NO_INTS)
        | compile_senders(tables, names, targets, own_sender)
        | compile_domains(tables["domains"])
        | {"day_types": day_types(integers(holidays, "date"), integers(holidays, "day_type"))}
    )
    return arrays, names
