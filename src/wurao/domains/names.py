"""A name as people write it, made the one form that is listed and compared: `read_names`, a column at a time.

Canonical is lower case, without the last dot, international names as A-labels (IDNA 2008 by UTS 46). A web address
gives its host, `*.example.com` and `.example.com` give the name; both are said. What DNS allows beyond host names
stays: an underscore, a hyphen at either end of a label (RFC 2181). A single label is read, and the guard refuses it.
What cannot be read is null, with its reason. Names in ASCII take one compiled pass over the column's octets; only
distinct ones with other letters, with xn-- or with percent signs are looked at singly (`international`). Called by
`forms`, `listing`, `guard_files` and the commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.compiled import Bundle, View, compiled
from wurao.domains.international import in_ascii, is_mixed
from wurao.domains.reasons import FIRST_UNREADABLE, DomainReason, sayings
from wurao.snapshot.marks import octets_of

LONGEST_NAME, LONGEST_LABEL = 253, 63
_NONE, _URL, _WILDCARD = DomainReason.NONE.value, DomainReason.URL.value, DomainReason.WILDCARD.value
_EMPTY, _EMPTY_LABEL = DomainReason.EMPTY.value, DomainReason.EMPTY_LABEL.value
_LABEL_TOO_LONG, _NAME_TOO_LONG = DomainReason.LABEL_TOO_LONG.value, DomainReason.NAME_TOO_LONG.value
_ADDRESS, _BAD_CHARACTER = DomainReason.ADDRESS.value, DomainReason.BAD_CHARACTER.value
_AT_EDGE = DomainReason.HYPHEN_AT_EDGE.value
_FOREIGN = 100
"""In the compiled pass alone: to be looked at singly."""
_LONGEST_WRITTEN = 1_000
"""Octets; no name of 253 takes more in any letters, so nothing longer is looked at."""
_DOT, _SLASH, _COLON, _AT, _HYPHEN, _UNDERSCORE, _STAR = 46, 47, 58, 64, 45, 95, 42
_QUESTION, _HASH, _BLANK, _PERCENT = 63, 35, 32, 37
_LONGEST_LABEL, _LONGEST_NAME = LONGEST_LABEL, LONGEST_NAME


@dataclass(frozen=True, slots=True)
class ReadNames:
    """The canonical form of each name, null where it cannot be read; why, or what was done to read it."""

    canonical: pa.StringArray
    reasons: npt.NDArray[np.int8]
    """A `DomainReason` each: of the unreadable ones why, of others `URL`, `WILDCARD`, `MIXED_SCRIPT` or `NONE`."""

    @property
    def readable(self) -> npt.NDArray[np.bool_]:
        """Which names could be read."""
        return self.reasons < FIRST_UNREADABLE

    @property
    def errors(self) -> pa.StringArray:
        """What is wrong with each that cannot be read and what would be right, in English; else null."""
        texts = {int(code): _error(int(code)) for code in np.unique(self.reasons)}
        return pa.array([texts[int(code)] for code in self.reasons.tolist()], pa.string())


def _error(code: int) -> str | None:
    if code < FIRST_UNREADABLE:
        return None
    said = sayings()[DomainReason(code)]
    return f"{said.sentence_en} {said.right_en}"


def read_names(written: pa.Array | pa.ChunkedArray) -> ReadNames:
    """The canonical form of each name of a string column; a null is an empty name."""
    column = written.combine_chunks() if isinstance(written, pa.ChunkedArray) else written
    names, reasons = _read(column, settled=False)
    foreign = np.flatnonzero(reasons == _FOREIGN)
    if not len(foreign):
        return ReadNames(_with_nulls(names, reasons), reasons)
    texts = column.take(pa.array(foreign))
    distinct = texts.unique()
    spelled = [in_ascii(text) for text in distinct.to_pylist()]
    again, found = _read(pa.array([text for text, _ in spelled], pa.string()), settled=True)
    wrong = np.array([reason for _, reason in spelled], np.int8)
    found = np.where(wrong != _NONE, wrong, found).astype(np.int8)
    for place in np.flatnonzero(found < FIRST_UNREADABLE).tolist():
        if is_mixed(again[place].as_py()):
            found[place] = DomainReason.MIXED_SCRIPT
    place_of = pc.index_in(texts, value_set=distinct).to_numpy()
    reasons[foreign] = found[place_of]
    chosen = np.arange(len(column))
    chosen[foreign] = len(column) + place_of
    return ReadNames(_with_nulls(pa.concat_arrays([names, again]).take(pa.array(chosen)), reasons), reasons)


def _with_nulls(names: pa.StringArray, reasons: npt.NDArray[np.int8]) -> pa.StringArray:
    unreadable = reasons >= FIRST_UNREADABLE
    return pc.if_else(pa.array(unreadable), pa.scalar(None, pa.string()), names) if unreadable.any() else names


class _Reading(Bundle):
    """A column of names while it is read: octets and where each name begins, what comes out, and why."""

    columns: ClassVar[dict[str, str]] = {
        "octets": "u1",
        "begins": "i8",
        "out": "u1",
        "ends": "i4",  # where each name ends in `out`; one further than the names
        "reasons": "i1",
    }


def _read(column: pa.StringArray, settled: bool) -> tuple[pa.StringArray, npt.NDArray[np.int8]]:
    """One compiled pass: each name in lower case, and its reason; those that cannot be read are empty.

    Unless the international ones are `settled`, theirs is `_FOREIGN`.
    """
    begins, octets = octets_of(pc.fill_null(column, ""))
    reading = _Reading(
        octets=octets,
        begins=begins,
        out=np.zeros(int(begins[-1] - begins[0]), np.uint8),
        ends=np.zeros(len(column) + 1, np.int32),
        reasons=np.zeros(len(column), np.int8),
    )
    _read_column(reading, settled)
    ends = reading.array("ends")
    data = pa.py_buffer(reading.array("out")[: ends[-1]].tobytes())
    return pa.StringArray.from_buffers(len(column), pa.py_buffer(ends), data), reading.array("reasons")


def _read_each(reading: _Reading, settled: bool) -> None:
    written = 0
    for row in range(len(reading.reasons)):
        begin, end, said = reading.begins[row], reading.begins[row + 1], _NONE
        if not _write_plain(reading.octets, begin, end, reading.out, written):
            begin, end, said = _host(reading.octets, begin, end)
            reason = _reason(reading.octets, begin, end, settled)
            if reason != _NONE:
                said, end = reason, begin
            for place in range(begin, end):
                reading.out[written + place - begin] = _lower(reading.octets[place])
        written += end - begin
        reading.reasons[row] = said
        reading.ends[row + 1] = written


_read_column = compiled(_read_each)


def _write_plain(octets: View, begin: int, end: int, out: View, at: int) -> bool:
    """Write a name that is as nearly all are, with nothing to leave out or to look at twice; false where it is not."""
    if end - begin > _LONGEST_NAME or begin == end:
        return False
    label, digits = 0, 0
    for place in range(begin, end):
        octet = _lower(octets[place])
        if 97 <= octet <= 122 or octet == _UNDERSCORE:
            label += 1
        elif octet == _DOT:
            if label == 0 or label > _LONGEST_LABEL or octets[place - 1] == _HYPHEN:
                return False
            label, digits = 0, 0
        elif 48 <= octet <= 57:
            label += 1
            digits += 1
        elif octet == _HYPHEN:
            label += 1
            if label == 1 or place == end - 1 or (label == 4 and octets[place - 1] == _HYPHEN):
                return False
        else:
            return False
        out[at + place - begin] = octet
    return 0 < label <= _LONGEST_LABEL and digits < label


def _host(octets: View, begin: int, end: int) -> tuple[int, int, int]:
    """The name within what was written: where it begins and ends, and what was left out around it."""
    while begin < end and octets[begin] <= _BLANK:
        begin += 1
    while end > begin and octets[end - 1] <= _BLANK:
        end -= 1
    begin, end, said = _without_address(octets, begin, end)
    if end - begin > 1 and octets[begin] == _STAR and octets[begin + 1] == _DOT:
        begin, said = begin + 2, _WILDCARD
    elif end - begin > 1 and octets[begin] == _DOT:
        begin, said = begin + 1, _WILDCARD
    if end - begin > 1 and octets[end - 1] == _DOT:
        end -= 1
    return begin, end, said


def _without_address(octets: View, begin: int, end: int) -> tuple[int, int, int]:
    """The host of a web address: what stands between its scheme, or user, and its port, path, query or fragment."""
    said = _NONE
    if end - begin > 2 and octets[begin] == _SLASH and octets[begin + 1] == _SLASH:
        begin, said = begin + 2, _URL
    for place in range(begin, end - 2):
        if octets[place] == _COLON and octets[place + 1] == _SLASH and octets[place + 2] == _SLASH:
            begin, said = place + 3, _URL
            break
        if octets[place] == _SLASH:
            break
    for place in range(begin, end):
        if octets[place] == _SLASH or octets[place] == _QUESTION or octets[place] == _HASH:
            end, said = place, _URL
            break
    if said == _URL:
        for place in range(begin, end):
            if octets[place] == _AT:
                begin = place + 1
    port = end
    while port > begin and 48 <= octets[port - 1] <= 57:
        port -= 1
    if port > begin and port < end and octets[port - 1] == _COLON and not _has(octets, begin, port - 1, _COLON):
        end, said = port - 1, _URL
    return begin, end, said


def _reason(octets: View, begin: int, end: int, settled: bool) -> int:
    """Why a name cannot be read as it stands: the first thing that is wrong with it; `_NONE`, or `_FOREIGN`."""
    if begin == end:
        return _EMPTY
    if end - begin > _LONGEST_WRITTEN:
        return _NAME_TOO_LONG
    if not settled and _is_foreign(octets, begin, end):
        return _FOREIGN
    label, digits, colons, wrong = 0, 0, 0, _NONE
    for place in range(begin, end):
        octet = _lower(octets[place])
        if octet == _DOT:
            if label == 0 and wrong == _NONE:
                wrong = _EMPTY_LABEL
            if label > 0 and octets[place - 1] == _HYPHEN and wrong == _NONE:
                wrong = _AT_EDGE
            label, digits = 0, 0
            continue
        label += 1
        digits += 1 if 48 <= octet <= 57 else 0
        colons += 1 if octet == _COLON else 0
        if wrong == _NONE and not _is_of_names(octet):
            wrong = _BAD_CHARACTER
        if wrong == _NONE and octet == _HYPHEN and (label == 1 or place == end - 1):
            wrong = _AT_EDGE
        if wrong == _NONE and label > _LONGEST_LABEL:
            wrong = _LABEL_TOO_LONG
    if colons > 1 or (wrong == _NONE and label > 0 and digits == label):
        return _ADDRESS
    if wrong == _NONE and label == 0:
        return _EMPTY_LABEL
    if wrong == _NONE and end - begin > _LONGEST_NAME:
        return _NAME_TOO_LONG
    return wrong


def _is_foreign(octets: View, begin: int, end: int) -> bool:
    """Whether a name holds letters beyond ASCII, a percent sign, or a label in its xn-- form."""
    for place in range(begin, end):
        if octets[place] >= 128 or octets[place] == _PERCENT:
            return True
        if (
            octets[place] == _HYPHEN
            and place >= begin + 3
            and octets[place - 1] == _HYPHEN
            and _lower(octets[place - 2]) == 110
            and _lower(octets[place - 3]) == 120
            and (place == begin + 3 or octets[place - 4] == _DOT)
        ):
            return True
    return False


def _is_of_names(octet: int) -> bool:
    """Whether a name may hold an octet, in lower case."""
    return 97 <= octet <= 122 or 48 <= octet <= 57 or octet == _HYPHEN or octet == _UNDERSCORE


def _lower(octet: int) -> int:
    return octet + 32 if 65 <= octet <= 90 else octet


def _has(octets: View, begin: int, end: int, wanted: int) -> bool:
    for place in range(begin, end):
        if octets[place] == wanted:
            return True
    return False


def warm() -> None:
    """Compile the pass over a column."""
    read_names(pa.array(["www.example.com"]))
