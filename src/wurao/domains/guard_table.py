"""What the guard knows of names, as one compiled table, and the walk of a column of names through it.

In go the rules of the public suffix list and the guarded names of `guard_files`; `guard_table` lays down, for each
such name and for every name above one, what it is (`Mark`). `judge_names` reads each name once, from its last octet to
its first, so that at each dot the name behind it is hashed already: one look-up a label. Called by `guard` alone;
`listed` asks `keys_of` and `covered` whether a name lies below another.

A name is known by 62 bits of a hash. Two of the table that share them are refused when it is made; a stranger that
shares them with one of the table (one in 10^13 for a million names) would only be guarded too well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import Bundle, View, compiled
from wurao.domains.reasons import Decision, DomainReason
from wurao.domains.suffixes import RuleKind, Suffixes
from wurao.errors import Refused
from wurao.snapshot.columns import Ints
from wurao.snapshot.hashing import find, make_table
from wurao.snapshot.marks import octets_of


class Mark(IntFlag):
    """What a name is to the guard, or what lies below it."""

    ICANN = 1
    ICANN_WILDCARD = 2
    ICANN_EXCEPTION = 4
    ABOVE_ICANN = 8
    SHARED = 16
    SHARED_WILDCARD = 32
    SHARED_EXCEPTION = 64
    ABOVE_SHARED = 128
    PROTECTED = 256
    ABOVE_PROTECTED = 512
    POPULAR = 1024
    ABOVE_POPULAR = 2048


WORDS = 3
"""An entry of the table: key, marks, the row of the guarded name or -1."""
_ICANN, _ICANN_WILDCARD, _ICANN_EXCEPTION = Mark.ICANN.value, Mark.ICANN_WILDCARD.value, Mark.ICANN_EXCEPTION.value
_SHARED, _SHARED_WILDCARD = Mark.SHARED.value, Mark.SHARED_WILDCARD.value
_SHARED_EXCEPTION = Mark.SHARED_EXCEPTION.value
_ABOVE_ICANN, _ABOVE_SHARED = Mark.ABOVE_ICANN.value, Mark.ABOVE_SHARED.value
_PROTECTED, _POPULAR = Mark.PROTECTED.value, Mark.POPULAR.value
_ABOVE_PROTECTED, _ABOVE_POPULAR = Mark.ABOVE_PROTECTED.value, Mark.ABOVE_POPULAR.value
_MARKS_OF_RULES = {
    (RuleKind.PLAIN, False): _ICANN,
    (RuleKind.WILDCARD, False): _ICANN_WILDCARD,
    (RuleKind.EXCEPTION, False): _ICANN_EXCEPTION,
    (RuleKind.PLAIN, True): _SHARED,
    (RuleKind.WILDCARD, True): _SHARED_WILDCARD,
    (RuleKind.EXCEPTION, True): _SHARED_EXCEPTION,
}
_ABOVE = (
    (_ICANN | _ICANN_WILDCARD | _ICANN_EXCEPTION, _ABOVE_ICANN),
    (_SHARED | _SHARED_WILDCARD | _SHARED_EXCEPTION, _ABOVE_SHARED),
    (_PROTECTED, _ABOVE_PROTECTED),
    (_POPULAR, _ABOVE_POPULAR),
)
_DOT, _HYPHEN, _P, _R, _W, _Z = 46, 45, 112, 114, 119, 122
_FIRST = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xC2B2AE3D27D4EB4F)
_TURN, _TWO = np.uint64(29), np.uint64(2)

_LIST, _LIST_EXACT = Decision.LIST.value, Decision.LIST_EXACT.value
_SECOND_PERSON, _REFUSE = Decision.SECOND_PERSON.value, Decision.REFUSE.value
_NONE, _BELOW_SHARED_NAME = DomainReason.NONE.value, DomainReason.BELOW_SHARED_NAME.value
_SINGLE_LABEL, _PUBLIC_SUFFIX = DomainReason.SINGLE_LABEL.value, DomainReason.PUBLIC_SUFFIX.value
_ABOVE_PUBLIC_SUFFIX = DomainReason.ABOVE_PUBLIC_SUFFIX.value
_SHARED_NAME, _ABOVE_SHARED_NAME = DomainReason.SHARED_NAME.value, DomainReason.ABOVE_SHARED_NAME.value
_IS_PROTECTED, _IS_ABOVE_PROTECTED = DomainReason.PROTECTED.value, DomainReason.ABOVE_PROTECTED.value
_IS_POPULAR, _IS_ABOVE_POPULAR = DomainReason.POPULAR.value, DomainReason.ABOVE_POPULAR.value
_BELOW_POPULAR, _HOSTS_OWN_SITE = DomainReason.BELOW_POPULAR.value, DomainReason.HOSTS_OWN_SITE.value
_RESERVED = DomainReason.RESERVED.value


@dataclass(frozen=True, slots=True)
class Keys:
    """Each name and every name above it: its key, the row it comes from, and whether it is the row's whole name."""

    keys: Ints
    rows: Ints
    whole: npt.NDArray[np.bool_]


def guard_table(suffixes: Suffixes, guarded: pa.StringArray, marks: Ints) -> Ints:
    """The table of the suffix rules and of guarded names, each with its marks, and of every name above one.

    Refused where two different names have one key.
    """
    rules = zip(suffixes.kinds.tolist(), suffixes.private.tolist(), strict=True)
    own = np.concatenate([np.array([_MARKS_OF_RULES[RuleKind(kind), each] for kind, each in rules], np.int64), marks])
    names = pa.concat_arrays([suffixes.names, guarded])
    found = keys_of(names)
    own_keys = found.keys[found.whole]
    if len(np.unique(own_keys)) != len(names.unique()):
        raise Refused("two guarded names have one key", right="report it; the hash must be widened")
    # A wildcard's own name lies above all that the wildcard stands for.
    wildcards = np.flatnonzero(own & (_ICANN_WILDCARD | _SHARED_WILDCARD))
    keys = np.concatenate([own_keys, found.keys[~found.whole], own_keys[wildcards]])
    said = np.concatenate([own, _above(own[found.rows[~found.whole]]), _above(own[wildcards])])
    distinct, place = np.unique(keys, return_inverse=True)
    all_marks, row = np.zeros(len(distinct), np.int64), np.full(len(distinct), -1, np.int64)
    np.bitwise_or.at(all_marks, place, said)
    # Of several rows of one name the first is told of: written last.
    of_guarded = np.arange(len(names) - 1, len(suffixes.names) - 1, -1)
    row[place[of_guarded]] = of_guarded - len(suffixes.names)
    return make_table(distinct, all_marks, row)


def _above(marks: Ints) -> Ints:
    """What names above such ones are."""
    found = np.zeros(len(marks), np.int64)
    for own, above in _ABOVE:
        found[(marks & own) != 0] |= above
    return found


class Judging(Bundle):
    """A column of names while it is judged: what is asked of each, and what is found."""

    columns: ClassVar[dict[str, str]] = {
        "table": "i8",
        "octets": "u1",
        "begins": "i8",
        "exact": "i1",  # 1: only that exact name is to be listed
        "agreed": "i1",  # 1: a second person agrees
        "decision": "i1",
        "reason": "i1",
        "row": "i4",  # of the guarded name that decided, or -1
        "suffix": "i4",  # octets of the ICANN suffix at the name's end
        "shared": "i4",  # octets of the name above it, or itself, that many live under; 0 for none
    }


def judge_names(table: Ints, names: pa.StringArray, exact: npt.NDArray[Any], agreed: npt.NDArray[Any]) -> Judging:
    """Every canonical name judged; a null is refused as a single label, so leave none in."""
    begins, octets = octets_of(names)
    room = {name: np.zeros(len(names), dtype) for name, dtype in Judging.columns.items() if name[0] in "drs"}
    judging = Judging(
        table=table,
        octets=octets,
        begins=begins,
        exact=exact.astype(np.int8),
        agreed=agreed.astype(np.int8),
        **room,
    )
    _judge(judging)
    return judging


def _judge_each(judging: Judging) -> None:
    for row in range(len(judging.decision)):
        _judge_one(judging, row, judging.begins[row], judging.begins[row + 1])


_judge = compiled(_judge_each)


def _judge_one(judging: Judging, row: int, begin: int, end: int) -> None:
    """Walk one name from its end; what lies above it is remembered, what it is itself is judged at its beginning."""
    state = _FIRST
    place, labels, above, marks, entry = end, 0, 0, 0, -1
    suffix, shared, protected, popular = end, end, -1, -1
    is_icann, is_shared, top = True, False, begin
    while place > begin:
        state, place = _hash_label(judging.octets, begin, place, state)
        labels += 1
        entry = find(judging.table, WORDS, _key(state))
        marks = judging.table[entry + 1] if entry >= 0 else 0
        is_icann = (
            labels == 1 or marks & _ICANN != 0 or (above & _ICANN_WILDCARD != 0 and marks & _ICANN_EXCEPTION == 0)
        )
        is_shared = marks & _SHARED != 0 or (above & _SHARED_WILDCARD != 0 and marks & _SHARED_EXCEPTION == 0)
        if labels == 1:
            top = place
        if is_icann or marks & _ICANN_WILDCARD:
            # The name of a wildcard is the suffix of what its exceptions name.
            suffix = place
        if is_shared:
            # What lies below belongs to whoever lives there, and not to the popular name above.
            shared, popular = place, -1
        above = marks
        if place > begin:
            if marks & _PROTECTED and protected < 0:
                protected = judging.table[entry + 2]
            if marks & _POPULAR and not is_shared:
                popular = judging.table[entry + 2]
            state, place = _mixed(state, _DOT), place - 1
    own = judging.table[entry + 2] if entry >= 0 else -1
    if _is_reserved(judging.octets, top, end):
        judging.decision[row], judging.reason[row], judging.row[row] = _REFUSE, _RESERVED, -1
        return
    judging.suffix[row], judging.shared[row] = end - suffix, end - shared
    if is_icann or marks & _ABOVE_ICANN or is_shared or marks & _ABOVE_SHARED:
        judging.decision[row] = _REFUSE
        judging.reason[row] = _why_refused(labels, marks, is_icann, is_shared)
        judging.row[row] = own
        return
    exact, is_own_site = judging.exact[row] != 0, _is_own_site(judging.octets, begin, shared)
    reason, of = _why_held(marks, own, protected, popular, exact, is_own_site)
    judging.row[row] = of
    if reason != _NONE and judging.agreed[row] == 0:
        judging.decision[row], judging.reason[row] = _SECOND_PERSON, reason
    elif shared < end:
        judging.decision[row] = _LIST_EXACT
        judging.reason[row] = reason if reason != _NONE else _BELOW_SHARED_NAME
    else:
        judging.decision[row], judging.reason[row] = _LIST, reason


def _why_refused(labels: int, marks: int, is_icann: bool, is_shared: bool) -> int:
    if is_icann:
        known = _ICANN | _ICANN_WILDCARD | _ABOVE_ICANN
        return _SINGLE_LABEL if labels <= 1 and marks & known == 0 else _PUBLIC_SUFFIX
    if marks & _ABOVE_ICANN:
        return _ABOVE_PUBLIC_SUFFIX
    return _SHARED_NAME if is_shared else _ABOVE_SHARED_NAME


def _why_held(marks: int, own: int, protected: int, popular: int, exact: bool, is_own_site: bool) -> tuple[int, int]:
    """Why a second person must agree, or `_NONE`; and the guarded name that asks it, or -1."""
    if protected >= 0:
        return _IS_PROTECTED, protected
    if marks & _PROTECTED:
        return _IS_PROTECTED, own
    if marks & _ABOVE_PROTECTED and not exact:
        return _IS_ABOVE_PROTECTED, -1
    if marks & _POPULAR:
        return _IS_POPULAR, own
    if popular >= 0:
        return _BELOW_POPULAR, popular
    if marks & _ABOVE_POPULAR and not exact:
        return _IS_ABOVE_POPULAR, -1
    return (_HOSTS_OWN_SITE if is_own_site else _NONE), -1


def _is_reserved(octets: View, top: int, end: int) -> bool:
    """Whether a last label is of those by which response-policy zones mean addresses: `rpz-ip` and its like."""
    if end - top < 5:
        return False
    return octets[top] == _R and octets[top + 1] == _P and octets[top + 2] == _Z and octets[top + 3] == _HYPHEN


def _is_own_site(octets: View, begin: int, shared: int) -> bool:
    """Whether a name is `www.` before a name that many live under."""
    if shared != begin + 4 or shared > len(octets):
        return False
    return octets[begin] == _W and octets[begin + 1] == _W and octets[begin + 2] == _W


def _hash_label(octets: View, begin: int, place: int, state: np.uint64) -> tuple[np.uint64, int]:
    """Mix in the label that ends at a place; where it begins."""
    while place > begin and octets[place - 1] != _DOT:
        place -= 1
        state = _mixed(state, octets[place])
    return state, place


def _mixed(state: np.uint64, octet: int) -> np.uint64:
    turned = (state ^ np.uint64(octet)) * _STEP
    return turned ^ (turned >> _TURN)


def _key(state: np.uint64) -> int:
    return int(np.int64(state >> _TWO))


class _Keying(Bundle):
    """Names, and room for the keys of each and of all above it."""

    columns: ClassVar[dict[str, str]] = {"octets": "u1", "begins": "i8", "keys": "i8", "rows": "i8", "whole": "i1"}


def keys_of(names: pa.StringArray) -> Keys:
    """The keys of canonical names and of every name above each; those of one row lie together, its whole name last."""
    begins, octets = octets_of(names)
    dots = int(pc.sum(pc.count_substring(names, ".")).as_py() or 0)
    most = dots + len(names)
    keying = _Keying(
        octets=octets,
        begins=begins,
        keys=np.zeros(most, np.int64),
        rows=np.zeros(most, np.int64),
        whole=np.zeros(most, np.int8),
    )
    _keys_of(keying)
    return Keys(keying.array("keys"), keying.array("rows"), keying.array("whole").astype(bool))


def _keys_of_all(keying: _Keying) -> None:
    at = 0
    for row in range(len(keying.begins) - 1):
        begin, place = keying.begins[row], keying.begins[row + 1]
        state = _FIRST
        is_open = True
        while is_open:
            state, place = _hash_label(keying.octets, begin, place, state)
            is_open = place > begin
            keying.keys[at], keying.rows[at] = _key(state), row
            keying.whole[at] = 0 if is_open else 1
            at += 1
            if is_open:
                state, place = _mixed(state, _DOT), place - 1


_keys_of = compiled(_keys_of_all)


def warm() -> None:
    """Compile the walk and the keys."""
    names = pa.array(["www.example.com"])
    nothing = np.zeros(1, np.int8)
    judge_names(np.empty(0, np.int64), names, nothing, nothing)
    keys_of(names)
