"""A response-policy zone as a list: which names it answers otherwise than they are (draft-vixie-dnsop-dns-rpz).

A master file (RFC 1035, 5) comes in: `$ORIGIN` and `$TTL`, owners relative, absolute or left out, TTLs, classes,
parentheses, comments, escapes. A name with `*.` before it beside the name itself is one with all below; alone it is a
bad line, since the table `domains` cannot let the name itself through; so is a name with all below of which the zone
lets some through, since more would be blocked than the zone means. What passes names through, and triggers on
addresses and name servers, are no names to block: such lines are named. The whole zone is held as columns, for the two
records of a name may lie anywhere. Called by `reading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.forms.entry import BELOW, EXACT, Written
from wurao.domains.forms.lines import Lines
from wurao.domains.forms.records import Records, records_of
from wurao.errors import WHOLE_ROW
from wurao.tables import BadRows
from wurao.tables.bad import Fault, note

_LETS_THROUGH = ("rpz-passthru.", "rpz-tcp-only.")
_OF_THE_ZONE = ("SOA", "NS", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "ZONEMD", "DS")
_TRIGGER = r"(^|\.)rpz-[a-z-]+$"
_RIGHT_THROUGH = "leave it out; what is let through is told to the resolver, not listed"
_FAULTS = (
    ("outside", "lies outside the zone", "write names of the zone, or its $ORIGIN and SOA"),
    ("trigger", "is a trigger on addresses or name servers", "write names only; have addresses dealt with elsewhere"),
    ("through", "lets a name through", _RIGHT_THROUGH),
    (
        "excepted",
        "is meant with all below but for what the zone lets through there, which a listing cannot say",
        "write each name that is meant as an exact one; or leave the exceptions out, where all below is to be blocked",
    ),
    ("alone", "is a wildcard without the name itself", "write the name too, where it is meant with all below"),
)


def read_rpz(lines: Iterable[Lines], label: str, bad: BadRows) -> Iterator[Written]:
    """The names that a zone blocks; bad lines go to `bad`."""
    blocks = list(records_of(lines, label, bad))
    if not blocks:
        return
    zone = _Zone.of(blocks)
    for name, error, right in _FAULTS:
        rows = getattr(zone, name)
        note(
            bad, label, zone.lines, Fault(rows, WHOLE_ROW, error, right), zone.owners.filter(pa.array(rows)).to_pylist()
        )
    keeps = np.flatnonzero(zone.listed)
    if len(keeps):
        match = np.where(zone.has_wildcard[keeps], BELOW, EXACT).astype(np.int8)
        yield Written(zone.names.take(pa.array(keeps)), zone.lines[keeps], match)


@dataclass(frozen=True, slots=True)
class _Zone:
    """All records of a zone: what each is about, and what is to be done with it."""

    owners: pa.StringArray
    names: pa.StringArray
    """Without the zone's own name, and without `*.`."""
    lines: npt.NDArray[np.int64]
    outside: npt.NDArray[np.bool_]
    trigger: npt.NDArray[np.bool_]
    through: npt.NDArray[np.bool_]
    alone: npt.NDArray[np.bool_]
    excepted: npt.NDArray[np.bool_]
    listed: npt.NDArray[np.bool_]
    """The first record of each name that is blocked."""
    has_wildcard: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, blocks: list[Records]) -> _Zone:
        owners = pa.concat_arrays([block.owners for block in blocks])
        kinds = pa.concat_arrays([block.kinds for block in blocks])
        targets = pa.concat_arrays([block.targets for block in blocks])
        lines = np.concatenate([block.lines for block in blocks])
        below, outside = _below_apex(owners, _apex(owners, kinds))
        of_zone = np.asarray(pc.is_in(kinds, value_set=pa.array(_OF_THE_ZONE)), bool)
        of_zone |= np.asarray(pc.equal(below, ""), bool)
        outside &= ~of_zone
        wild = np.asarray(pc.starts_with(below, "*."), bool)
        names = pc.replace_substring_regex(below, r"^\*\.", "")
        usable = ~of_zone & ~outside
        trigger = usable & np.asarray(pc.match_substring_regex(names, _TRIGGER), bool)
        is_cname = np.asarray(pc.equal(kinds, "CNAME"), bool)
        to_itself = pc.equal(pc.utf8_lower(targets), pc.binary_join_element_wise(below, ".", ""))
        lets = np.asarray(pc.or_(pc.is_in(pc.utf8_lower(targets), value_set=pa.array(_LETS_THROUGH)), to_itself), bool)
        through = usable & ~trigger & is_cname & lets
        blocks_name = usable & ~trigger & ~through
        coded = names.dictionary_encode()
        place = coded.indices.to_numpy()
        exact, wildcard = np.zeros(len(coded.dictionary), bool), np.zeros(len(coded.dictionary), bool)
        exact[place[blocks_name & ~wild]] = True
        wildcard[place[blocks_name & wild]] = True
        alone = blocks_name & wild & ~exact[place]
        first = np.zeros(len(names), bool)
        rows = np.flatnonzero(blocks_name & ~wild)
        _, where = np.unique(place[rows], return_index=True)
        first[rows[where]] = True
        excepted = first & wildcard[place]
        excepted &= np.asarray(pc.is_in(names, value_set=_at_and_above(names.filter(pa.array(through)))), bool)
        return cls(owners, names, lines, outside, trigger, through, alone, excepted, first & ~excepted, wildcard[place])


def _at_and_above(names: pa.StringArray) -> pa.StringArray:
    """Names, and every name above one of them."""
    found, above = names.slice(0, 0), names.unique()
    while len(above):
        found = pa.concat_arrays([found, above])
        above = pc.replace_substring_regex(above, r"^[^.]*\.?", "").unique()
        above = above.filter(pc.not_equal(above, ""))
    return found


def _apex(owners: pa.StringArray, kinds: pa.StringArray) -> str | None:
    """The zone's own name, with its last dot: the owner of its SOA; null where it has none."""
    found = owners.filter(pc.equal(kinds, "SOA"))
    return str(found[0].as_py()) if len(found) else None


def _below_apex(owners: pa.StringArray, apex: str | None) -> tuple[pa.StringArray, npt.NDArray[np.bool_]]:
    """Owners without the zone's own name, and which lie outside it."""
    if apex is None or apex == ".":
        return pc.utf8_rtrim(owners, "."), np.zeros(len(owners), bool)
    inside = np.asarray(pc.or_(pc.ends_with(owners, f".{apex}"), pc.equal(owners, apex)), bool)
    cut = pc.utf8_slice_codeunits(owners, 0, stop=-len(apex))
    below = pc.if_else(pa.array(inside), pc.utf8_rtrim(cut, "."), owners)
    return below, ~inside
