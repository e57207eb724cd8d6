"""Errors say what is wrong, where, and what would be right, in one line; in every process alike."""

from __future__ import annotations

import errno
import pickle

import pytest

from wurao.errors import WHOLE_ROW, BadRow, MachineFailed, Misused, Refused, WuraoError, refuse_shortage, shortage


@pytest.mark.parametrize("kind", [Refused, Misused, MachineFailed])
def test_an_error_of_another_process_is_told_whole(kind: type[WuraoError]):
    error = kind("is full", where="/disk", right="make room")
    told = pickle.loads(pickle.dumps(error))
    assert type(told) is kind
    assert str(told) == str(error) == "/disk: is full; make room"


def test_what_is_not_known_leaves_no_gap():
    assert str(Refused("is full")) == "is full"
    row = BadRow("day.csv", 8, WHOLE_ROW, "a,b", "has 2 fields", "write 3")
    assert str(row) == "day.csv:8 (row): 'a,b' has 2 fields; write 3"


def test_a_bad_value_is_told_with_its_column():
    row = BadRow("subscribers.csv", 1207, "guard", "high", "is no level", "write off, label, standard or strict")
    expected = "subscribers.csv:1207 guard: 'high' is no level; write off, label, standard or strict"
    assert str(row) == expected


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), "the memory of this machine is used up"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "the memory of this machine is used up"),
        (RuntimeError("can't start new thread"), "the memory of this machine is used up"),
        (ImportError("x.so: failed to map segment from shared object"), "the memory of this machine is used up"),
        (OSError(errno.EMFILE, "Too many open files"), "too many files are open"),
        (OSError(errno.EIO, "Input/output error"), None),
        (ValueError("Cannot allocate memory"), None),
        (OSError("is no whole file"), None),
    ],
)
def test_a_shortage_of_the_machine_is_told_from_damage(error: BaseException, short: str | None):
    assert shortage(error) == short
    if short is None:
        refuse_shortage(error, "store")
        return
    with pytest.raises(MachineFailed, match=f"store: {short}"):
        refuse_shortage(error, "store")


def test_a_shortage_is_seen_behind_a_librarys_own_words():
    error = OSError("could not find x.so")
    error.__context__ = OSError("x.so: failed to map segment from shared object")
    assert shortage(error) == "the memory of this machine is used up"
