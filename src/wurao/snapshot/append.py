"""The columns of an overlay with those of a run of changes after them.

A run is compiled alone, by the code that compiles a snapshot; its columns begin to count at 0. Here they are put behind
the overlay's, what points into them moved on by so much, and the tables that lead to them get new entries over the old.
What an entry led to before stays where it was, reached by nobody, until everything is compiled at once again. Copying
is all that this costs beside the run itself. Called by `overlay`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.snapshot.columns import places
from wurao.snapshot.compile import Arrays
from wurao.snapshot.domains import WORDS
from wurao.snapshot.hashing import FREE, table_with
from wurao.snapshot.registry import Registry

NARROW = 1 << 16
"""So many profiles can have a number of 16 bits."""
_ORDER = np.int64(0xFFFFFFFF)


def with_subscribers(above: Registry, late: Arrays) -> Arrays:
    """Wishes, lists and consents: whoever is in the run has a new rank."""
    ranked = len(above.profile_narrow) + len(above.profile_wide)
    keys, ranks = _entries(late["scattered"], 2)
    owners, *times = _entries(late["timed"], 3)
    stood, personal = above.array("personal"), late["personal"].reshape(-1, 2)
    begins = np.array([len(above.list_entries) // 2, len(above.consents) // 4], dtype=np.uint32)
    return _with_profiles(above, late) | {
        "scattered": table_with(above.array("scattered"), keys, np.where(ranks >= 0, ranks + ranked, ranks)),
        "personal": np.concatenate([stood[:-2], (personal + begins).reshape(-1)]),
        "list_entries": np.concatenate([above.array("list_entries"), late["list_entries"]]),
        "consents": np.concatenate([above.array("consents"), late["consents"]]),
        "timed": table_with(above.array("timed"), owners + ranked, *times),
    }


def _with_profiles(above: Registry, late: Arrays) -> Arrays:
    """The profile of each rank; a profile that is there already keeps its number."""
    known = above.array("profiles")
    number = places(pa.array(late["profiles"]), pa.array(known))
    new = number < 0
    number[new] = len(known) + np.arange(np.count_nonzero(new))
    every = np.concatenate([known, late["profiles"][new]])
    stood = above.array("profile_wide" if len(above.profile_wide) else "profile_narrow")
    mine = number[late["profile_wide" if len(late["profile_wide"]) else "profile_narrow"]]
    wide = len(every) > NARROW
    numbers = np.concatenate([stood.astype(np.uint32), mine.astype(np.uint32)])
    return {
        "profiles": every,
        "profile_narrow": np.empty(0, np.uint16) if wide else numbers.astype(np.uint16),
        "profile_wide": numbers if wide else np.empty(0, np.uint32),
    }


def with_orders(above: Registry, late: Arrays) -> Arrays:
    """The timelines of targets; what refers to a target of the run has been told how many stand before."""
    slices = late["order_slices"].reshape(-1, 5).copy()
    slices[:, 2] += above.order_count[0]
    stood = above.array("order_targets")
    return {
        "order_targets": np.concatenate([stood[:-1], late["order_targets"] + stood[-1]]),
        "order_slices": np.concatenate([above.array("order_slices"), slices.reshape(-1)]),
        "order_count": above.array("order_count") + late["order_count"],
    }


def with_callers(above: Registry, late: Arrays) -> Arrays:
    """Numbers and prefixes, and the headers that they are."""
    headers = len(above.headers) // 4
    tables = {}
    for name in ("callers", "prefixes"):
        key, header, orders, flags = _entries(late[name], 4)
        tables[name] = table_with(above.array(name), key, np.where(header > 0, header + headers, 0), orders, flags)
    of_segments, mine = above.array("segment_prefixes"), late["segment_prefixes"]
    return tables | {
        "prefix_lengths": above.array("prefix_lengths") | late["prefix_lengths"],
        "segment_prefixes": of_segments | mine if len(of_segments) and len(mine) else max(of_segments, mine, key=len),
        "headers": np.concatenate([above.array("headers"), late["headers"]]),
        "header_orders": np.concatenate([above.array("header_orders"), late["header_orders"]]),
    }


def with_domains(above: Registry, late: Arrays) -> Arrays:
    """Listed names."""
    key, *columns = _entries(late["domains"], WORDS)
    return {"domains": table_with(above.array("domains"), key, *columns)}


def _entries(table: npt.NDArray[Any], words: int) -> list[npt.NDArray[np.int64]]:
    """The columns of a table's entries, the keys first."""
    rows = table.reshape(-1, words)
    return list(rows[rows[:, 0] != FREE].T)
