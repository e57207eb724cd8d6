"""The events of the workload: a day's calls and messages, as the numbers that the kernel reads.

Half of the callers are registered headers, the others people by a Zipf law. So that every rule has something to say,
small shares of the events follow a list entry, a consent, an order, or come from or go to short codes, or hide who
calls.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.columns import Ints
from benchmarks.workload import DAY, OVERSEAS_TRUNKS, SHORT, START, TRUNKS, Workload
from wurao.events.columns import EventColumns
from wurao.numbering import IMPOSSIBLE, WITHHELD, parse_column
from wurao.screening.lookups import WORDS
from wurao.screening.texts import nothing_read

ZIPF = 0.9
ACTIVE_PEOPLE = 4_000_000
"""With a million headers they make the 5 million active callers."""
SHORT_CALLERS = SHORT | np.array([1110, 1120, 196110, 195588, 112345, 110086, 195511])
"""Police, ambulance, warnings of fraud, a bank, a town hall, an operator, and one that is not protected or may be."""
CALLED_FOR_HELP = SHORT | np.array([1110, 1119, 1120])
A_DAY = {
    "follow_list": 0.04,
    "follow_consent": 0.04,
    "follow_order": 0.02,
    "short": 0.004,
    "help": 0.001,
    "hidden": 0.005,
}
"""Shares of the events that are drawn from the registry, or come from few callers."""

Columns = dict[str, npt.NDArray[Any]]


def events(load: Workload, count: int, scale: int = 1, seed: int = 2) -> Columns:
    """The columns of `EventColumns`, in order of time."""
    rng = np.random.default_rng(seed)
    caller = people(load, rng, count, scale)
    sender = np.full(count, -1, dtype=np.int64)
    by_header = np.flatnonzero(rng.random(count) < 0.5)
    sender[by_header] = rng.integers(0, len(load.headers), len(by_header))
    caller[by_header] = load.headers[sender[by_header]]
    callee = load.subscribers[rng.integers(0, len(load.subscribers), count)]
    _follow_registry(load, rng, caller, callee, sender)
    channel = rng.choice(np.array([0, 1, 2], np.int8), count, p=[0.6, 0.3, 0.1])
    templated = (sender >= 0) & (sender < load.templates) & (rng.random(count) < 0.7)
    return {
        "at": START + np.sort(rng.integers(0, DAY, count)),
        "channel": channel,
        "caller": caller,
        "callee": callee,
        "trunk": _trunks(rng, count),
        "template": np.where(templated & (channel == 1), sender, -1).astype(np.int32),
        "declared": np.where(rng.random(count) < 0.1, rng.integers(0, 13, count), -1).astype(np.int8),
        "attestation": rng.choice(np.arange(-1, 6, dtype=np.int8), count, p=[0.4, 0.2, 0.1, 0.1, 0.15, 0.04, 0.01]),
        "roaming": rng.integers(-1, 3, count).astype(np.int8),
        "answered": rng.integers(-1, 2, count).astype(np.int8),
        "ring_s": rng.random(count) * 30,
        "duration_s": rng.random(count) * 200,
        "id_high": rng.integers(0, 1 << 63, count, dtype=np.uint64),
        "id_low": np.arange(count, dtype=np.uint64),
        "listed": np.zeros(count, np.int8),
        **nothing_read(count),
    }


def bundle(columns: Columns) -> EventColumns:
    """The columns as the kernel takes them, nothing looked up yet; the room for it is memory that was used before."""
    return EventColumns(**columns, looked=np.full(WORDS * len(columns["at"]), 0, np.int64))


def people(load: Workload, rng: np.random.Generator, count: int, scale: int) -> Ints:
    """Callers by a Zipf law among the active ones; `subscribers` is in no order, so neither are they."""
    active = min(max(1, ACTIVE_PEOPLE // scale), len(load.subscribers))
    weights = np.cumsum(np.arange(1, active + 1, dtype=np.float64) ** -ZIPF)
    found: Ints = load.subscribers[np.searchsorted(weights, rng.random(count) * weights[-1])]
    return found


def _follow_registry(load: Workload, rng: np.random.Generator, caller: Ints, callee: Ints, sender: Ints) -> None:
    """Draw some rows from lists, consents and orders; let some come from short codes, or from nobody."""
    drawn = rng.random(len(caller))
    edges = np.cumsum([0.0, *A_DAY.values()])
    rows = {name: np.flatnonzero((drawn >= edges[n]) & (drawn < edges[n + 1])) for n, name in enumerate(A_DAY)}
    lists = load.tables["lists"].filter(pc.equal(load.tables["lists"].column("match"), 0))
    place = pa.array(rng.integers(0, len(lists), len(rows["follow_list"])))
    caller[rows["follow_list"]] = lists.column("entry").take(place).to_numpy()
    callee[rows["follow_list"]] = lists.column("subscriber").take(place).to_numpy()
    consents = load.tables["consents"]
    place = pa.array(rng.integers(0, len(consents), len(rows["follow_consent"])))
    given_to = pc.utf8_slice_codeunits(consents.column("sender_id").take(place), 1).cast(pa.int64()).to_numpy()
    caller[rows["follow_consent"]] = load.headers[given_to]
    callee[rows["follow_consent"]] = consents.column("subscriber").take(place).to_numpy()
    orders = load.tables["orders"].filter(pc.equal(load.tables["orders"].column("target_kind"), 0))
    place = pa.array(rng.integers(0, len(orders), len(rows["follow_order"])))
    caller[rows["follow_order"]] = parse_column(orders.column("target").take(place))
    sender[np.concatenate([rows[name] for name in A_DAY])] = -1
    sender[rows["follow_consent"]] = given_to
    caller[rows["short"]] = SHORT_CALLERS[rng.integers(0, len(SHORT_CALLERS), len(rows["short"]))]
    callee[rows["help"]] = CALLED_FOR_HELP[rng.integers(0, len(CALLED_FOR_HELP), len(rows["help"]))]
    caller[rows["hidden"]] = np.where(rng.random(len(rows["hidden"])) < 0.8, WITHHELD, IMPOSSIBLE)


def _trunks(rng: np.random.Generator, count: int) -> npt.NDArray[np.int32]:
    """Most by domestic trunks, 5% by overseas ones, a few by the one for alerts, some by none that is known."""
    weights = np.ones(TRUNKS)
    weights[list(OVERSEAS_TRUNKS)] = 0.5
    weights[89] = 0.1
    chosen: npt.NDArray[np.int32] = rng.choice(TRUNKS, count, p=weights / weights.sum()).astype(np.int32)
    chosen[rng.random(count) < 0.05] = -1
    return chosen
