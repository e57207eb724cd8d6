"""What an order is aimed at: read by its kind, and whether an order may hit it (DESIGN 5, the last "Never").

A header is meant by the whole number that its digits are, or by a prefix where they are none, as some firms have all
numbers that begin so. No block and no limit may hit a number of the tier *never*, a prefix that holds one, or a prefix
of fewer than five digits after the country code; a number of the tier *protected*, or a prefix that holds one, only
with a second person who is not the one who ordered. A release may hit anything. Of a domain only the form is looked at:
the domains room will know which names no one may block. Called by `rows` and `rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import compiled
from wurao.numbering.canonical import canonical_column
from wurao.numbering.number import HOME_SPACE, IMPOSSIBLE
from wurao.numbering.prefixes import digits_after_country_code, prefix_text_column
from wurao.numbering.protected import Tier, holds_protected, protected_arrays, tier_in
from wurao.tables.bad import Fault
from wurao.tables.declared import TARGET_KINDS, VERBS
from wurao.tables.domain_names import is_name
from wurao.tables.forms import numbers, prefixes
from wurao.tables.persons import another_agreed
from wurao.tables.plain import Mask, nulls_of, text_of

FEWEST_DIGITS = 5
"""After the country code; DESIGN 5."""
_NUMBER, _PREFIX, _HEADER, _DOMAIN = (TARGET_KINDS.index(kind) for kind in ("number", "prefix", "header", "domain"))

Ints = npt.NDArray[np.int64]


def targets(kinds: npt.NDArray[np.int8], written: pa.Array) -> pa.StringArray:
    """Targets as text, canonical where they are numbers or prefixes; null where they cannot be read."""
    text = text_of(written)
    if text is None:
        return pa.nulls(len(written), pa.string())
    found = text
    as_prefix = _are_prefixes(kinds, text)
    for mask, read, write in (
        (((kinds == _NUMBER) | (kinds == _HEADER)) & ~as_prefix, numbers, canonical_column),
        (as_prefix, prefixes, prefix_text_column),
    ):
        if mask.any():
            entries = read(text.filter(pa.array(mask)))
            texts = write(np.asarray(entries.fill_null(IMPOSSIBLE)))
            known = pc.if_else(entries.is_valid(), texts, pa.scalar(None, pa.string()))
            found = pc.replace_with_mask(found, pa.array(mask), known)
    is_domain = pa.array(kinds == _DOMAIN)
    return pc.if_else(is_domain, pc.utf8_rtrim(pc.utf8_lower(found), "."), found)


def _are_prefixes(kinds: npt.NDArray[np.int8], text: pa.StringArray) -> Mask:
    """Where a target is a prefix: where its kind says so, and a header that is no whole number."""
    found = kinds == _PREFIX
    rows = np.flatnonzero((kinds == _HEADER) & ~nulls_of(text))
    if len(rows):
        found[rows] = nulls_of(numbers(text.take(pa.array(rows))))
    return found


def order_targets(columns: Mapping[str, pa.Array]) -> Iterator[Fault]:
    """Orders that no one may give, or no one alone."""
    kinds = np.asarray(columns["target_kind"].fill_null(-1))
    held_back = np.asarray(columns["verb"].fill_null(VERBS.index("release"))) != VERBS.index("release")
    target = columns["target"]
    right = "write a name such as example.com"
    yield Fault(_no_names(target, kinds == _DOMAIN), "target", "is no domain of two labels or more", right)
    aimed = held_back & ~nulls_of(target)
    as_prefix = _are_prefixes(kinds, target)
    short = aimed & _too_short(target, as_prefix)
    right = f"write at least {FEWEST_DIGITS} digits after the country code"
    yield Fault(short, "target", "is a prefix that would hit a whole operator, city or country", right)
    tiers = _tiers(target, aimed & ((kinds == _NUMBER) | (kinds == _HEADER)) & ~as_prefix, aimed & as_prefix & ~short)
    right = "leave emergency and public safety numbers alone"
    yield Fault(tiers == Tier.NEVER, "target", "is or holds a number that no order may hit", right)
    alone = nulls_of(columns["second_person"])
    same = ~alone & ~another_agreed(columns["second_person"], columns["authority"])
    right = "write in second_person who agreed, another than authority"
    yield Fault(
        (tiers == Tier.PROTECTED) & alone, "target", "is or holds a protected number and nobody else agreed", right
    )
    yield Fault((tiers == Tier.PROTECTED) & same, "second_person", "is the authority itself", right)


def _no_names(target: pa.StringArray, as_domain: Mask) -> Mask:
    """Where what ought to be a domain can be none."""
    wrong = as_domain & ~nulls_of(target)
    rows = np.flatnonzero(wrong)
    if len(rows):
        wrong[rows] = ~is_name(target.take(pa.array(rows)))
    return wrong


def _too_short(target: pa.StringArray, as_prefix: Mask) -> Mask:
    """Where a prefix has too few digits after its country code, or as dialled at home."""
    short = np.zeros(len(target), bool)
    rows = np.flatnonzero(as_prefix)
    mark_short(_entries_at(prefixes, target, rows), rows, short)
    return short


def _mark_short(entries: Ints, rows: Ints, short: Mask) -> None:
    for place in range(len(entries)):
        short[rows[place]] = digits_after_country_code(int(entries[place])) < FEWEST_DIGITS


mark_short = compiled(_mark_short)


def _tiers(target: pa.StringArray, as_number: Mask, as_prefix: Mask) -> npt.NDArray[np.int8]:
    """The tier that each target is, or holds; none of a target that is neither a number nor a prefix here."""
    tiers = np.zeros(len(target), np.int8)
    rows = np.flatnonzero(as_number)
    if len(rows):
        read_tiers(_entries_at(numbers, target, rows), *protected_arrays(), rows, tiers)
    rows = np.flatnonzero(as_prefix)
    entries = _entries_at(prefixes, target, rows)
    for prefix in np.unique(entries[entries >> 59 == HOME_SPACE]):
        tiers[rows[entries == prefix]] = holds_protected(int(prefix))
    return tiers


def _entries_at(read: Callable[[pa.Array], pa.Array], target: pa.StringArray, rows: Ints) -> Ints:
    """The Numbers or Prefixes of some targets."""
    return np.asarray(read(target.take(pa.array(rows))).fill_null(0))


def _read_tiers(
    entries: Ints, keys: Ints, key_tiers: npt.NDArray[np.int8], rows: Ints, tiers: npt.NDArray[np.int8]
) -> None:
    for place in range(len(entries)):
        tiers[rows[place]] = tier_in(int(entries[place]), keys, key_tiers)


read_tiers = compiled(_read_tiers)


def warm() -> None:
    """Compile what asks the tiers and counts the digits of targets."""
    _tiers(pa.array(["110"]), np.ones(1, bool), np.zeros(1, bool))
    _too_short(pa.array(["+86138"]), np.ones(1, bool))
