"""Blocked domains: whether a name asked for, or one above it that is listed with all below, is listed at a time.

A table entry is six words: 62 bits of the name's mark, its other word, and start and end of the listing as that exact
name and of the one with all below. Names are compared in lower case, without the last dot, international ones in
their ASCII form (IDNA 2008 by UTS 46, as `domains.names` reads them). A name of more labels or letters than DNS knows
is not listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import idna
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import Bundle, View, compiled
from wurao.snapshot.columns import Ints, integers
from wurao.snapshot.hashing import find, make_table
from wurao.snapshot.marks import Octets, mark_of, marks, octets_of
from wurao.snapshot.times import NEVER

if TYPE_CHECKING:
    from wurao.snapshot.registry import Registry

WORDS = 6
LONGEST = 253
_TWO = np.uint64(2)


def listed_names(base: Registry, overlay: Registry, names: pa.Array, at: Ints, listed: npt.NDArray[np.int8]) -> None:
    """Set `listed` to 1 for each name that is blocked at its time; null is no name."""
    places, octets = octets_of(canonical_names(names))
    _look_up(base, overlay, places, octets, at, listed)


class Hosts(Bundle):
    """The hosts that stand in texts, the texts of rows, and which rows have one that is blocked."""

    columns: ClassVar[dict[str, str]] = {
        "rows": "i8",  # those that may have hosts
        "reading": "i4",  # of each row: the place of its text
        "times": "i8",  # of each row
        "hosts_of": "i4",  # where each text's hosts begin and, one further, end
        "host_begins": "i4",  # where each host begins and, one further, ends
        "octets": "u1",
        "listed": "i1",  # of each row: set to 1 where a host is blocked at its time, else to 0
        "at": "i8",  # one value: the place in `rows` in work
    }


def _look_hosts_up_all(base: Registry, overlay: Registry, hosts: Hosts, first: int) -> None:
    for number in range(first, len(hosts.rows)):
        hosts.at[0] = number
        row = hosts.rows[number]
        text = hosts.reading[row]
        found = 0
        if text >= 0:
            for host in range(hosts.hosts_of[text], hosts.hosts_of[text + 1]):
                start, end = hosts.host_begins[host], hosts.host_begins[host + 1]
                if found == 0 and _is_listed_at(base, overlay, hosts.octets, start, end, hosts.times[row]):
                    found = 1
        hosts.listed[row] = found


look_hosts_up = compiled(_look_hosts_up_all)


def canonical_names(names: pa.Array) -> pa.Array:
    """Names in lower case, without the last dot, international ones in their ASCII form."""
    lower = pc.utf8_rtrim(pc.utf8_lower(pc.fill_null(names, "")), ".")
    foreign = pc.invert(pc.string_is_ascii(lower))
    if not pc.any(foreign).as_py():
        return lower
    distinct = lower.filter(foreign).unique()
    ascii_form = pa.array([_in_ascii(name) for name in distinct.to_pylist()], pa.string())
    return pc.coalesce(ascii_form.take(pc.index_in(lower, value_set=distinct)), lower)


def _in_ascii(name: str) -> str:
    try:
        # The last dot may have been a full-width one.
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False).rstrip(".")
        return ".".join(label if label.isascii() else idna.alabel(label).decode() for label in mapped.split("."))
    except idna.IDNAError:
        return name


def _look_up_all(
    base: Registry, overlay: Registry, places: Ints, octets: Octets, at: Ints, listed: npt.NDArray[np.int8]
) -> None:
    for row in range(len(listed)):
        if _is_listed_at(base, overlay, octets, places[row], places[row + 1], at[row]):
            listed[row] = 1


_look_up = compiled(_look_up_all)


def _is_listed_at(base: Registry, overlay: Registry, octets: Octets | View, start: int, end: int, at: int) -> bool:
    """Whether a name, or one above it with all below, is listed at a time."""
    if end - start > LONGEST or start == end:
        return False
    for place in range(start, end):
        begins = place == start or octets[place - 1] == 46
        if begins and _is_listed(base.domains, overlay.domains, octets, place, end, place == start, at):
            return True
    return False


def _is_listed(
    of_base: View, of_overlay: View, octets: Octets | View, start: int, end: int, whole: bool, at: int
) -> bool:
    check, low = mark_of(octets, start, end)
    key = int(np.int64(low >> _TWO))
    above = find(of_overlay, WORDS, key)
    table = of_overlay if above >= 0 else of_base
    entry = above if above >= 0 else find(of_base, WORDS, key)
    if entry < 0 or table[entry + 1] != np.int64(check >> _TWO):
        return False
    exactly = whole and table[entry + 2] <= at and at < table[entry + 3]
    return exactly or (table[entry + 4] <= at and at < table[entry + 5])


def compile_domains(domains: pa.Table, touched: pa.Array | None = None) -> dict[str, npt.NDArray[Any]]:
    """The table of listed names; `touched` ones always appear, listed or not."""
    names = canonical_names(domains.column("name").combine_chunks())
    every = (pa.concat_arrays([names, canonical_names(touched)]) if touched is not None else names).unique()
    if not len(every):
        return {"domains": np.empty(0, dtype=np.int64)}
    check, low = marks(every)
    row = pc.index_in(names, value_set=every).to_numpy()
    below = integers(domains, "match")
    spans = np.full((len(every), 4), NEVER, dtype=np.int64)
    spans[row, 2 * below] = integers(domains, "start")
    spans[row, 2 * below + 1] = integers(domains, "end", NEVER)
    shift = np.uint64(2)
    keys, where = np.unique((low >> shift).astype(np.int64), return_index=True)
    columns = [(check >> shift).astype(np.int64)[where], *spans[where].T]
    return {"domains": make_table(keys, *columns)}
