"""Plain code and machine code: the same answers, the same refusals, and machine code known by all it is made of."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from enum import IntEnum
from types import FunctionType
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao._numba import fingerprint
from wurao.compiled import Bundle, View, apart, as_it_stands, bits_set, compiled, prefetch
from wurao.screening.kernel import screen_rows


class Page(Bundle):
    columns: ClassVar[dict[str, str]] = {"narrow": "i1", "wide": "u4", "whole": "i8", "mixed": "u8", "real": "f8"}


def page(length: int = 5) -> Page:
    return Page(**{name: np.arange(length).astype(dtype) for name, dtype in Page.columns.items()})


def _take(made: Page, place: int) -> tuple[int, int, int, np.uint64, float]:
    return made.narrow[place], made.wide[place], made.whole[place], made.mixed[place], made.real[place]


def _put(made: Page, place: int, value: int) -> None:
    made.whole[place] = value


def _near(made: Page, place: int) -> int:
    prefetch(made.whole, place)
    return len(made.whole)


def _bits(word: np.uint64) -> int:
    return bits_set(word)


take, put, near, bits = compiled(_take), compiled(_put), compiled(_near), compiled(_bits)
places = st.integers(-(2**63), 2**63 - 1) | st.integers(-8, 8)


def outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except IndexError as error:
        return str(error)


def test_as_it_stands_nothing_is_compiled_in_this_thread_and_overflow_is_no_warning() -> None:
    ran: list[str] = []

    def _seen(word: np.uint64) -> np.uint64:
        ran.append(threading.current_thread().name)
        return word * np.uint64(3)

    seen = compiled(_seen)
    with as_it_stands(), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert seen(np.uint64(2**64 - 1)) == np.uint64(2**64 - 3)
        other: list[int] = []
        elsewhere = threading.Thread(target=lambda: other.append(bits(np.uint64(7))), name="elsewhere")
        elsewhere.start()
        elsewhere.join()
    assert (len(ran), other) == (1, [3])
    assert "dispatcher" not in vars(seen)
    assert "dispatcher" in vars(bits)


@given(places)
def test_reading_gives_the_same_or_refuses_the_same(place: int) -> None:
    made = page()
    assert outcome(take, made, place) == outcome(take.plain, made, place)
    assert isinstance(outcome(take, made, place), tuple) == (0 <= place < 5)


@given(places, st.integers(-(2**63), 2**63 - 1))
def test_writing_reaches_its_own_page_only(place: int, value: int) -> None:
    fast, plain = page(), page()
    assert outcome(put, fast, place, value) == outcome(put.plain, plain, place, value)
    assert fast.array("whole").tolist() == plain.array("whole").tolist()


@given(places)
def test_asking_for_memory_that_is_not_there_changes_nothing(place: int) -> None:
    assert near(page(), place) == near.plain(page(), place) == 5


@given(st.integers(0, 2**64 - 1))
def test_bits_are_counted_alike(word: int) -> None:
    assert bits(np.uint64(word)) == bits.plain(np.uint64(word)) == f"{word:b}".count("1")


def test_values_are_pythons_own_but_for_the_words_that_wrap() -> None:
    kinds = [type(value) for value in _take(page(), 1)]
    assert kinds == [int, int, int, np.uint64, float]


@pytest.mark.parametrize("length", [0, 1])
def test_an_empty_page_has_no_first_value(length: int) -> None:
    assert (outcome(take, page(length), 0) == "an index points outside its page") == (length == 0)


def test_a_bundle_takes_its_columns_and_no_others() -> None:
    arrays = {name: np.zeros(2, dtype) for name, dtype in Page.columns.items()}
    with pytest.raises(ValueError, match=r"Page.wide is int64, not u4"):
        Page(**arrays | {"wide": np.zeros(2, np.int64)})
    with pytest.raises(ValueError, match="more missing or not declared"):
        Page(**arrays, more=np.zeros(2))
    with pytest.raises(ValueError, match="real missing or not declared"):
        Page(**{name: array for name, array in arrays.items() if name != "real"})


@pytest.mark.parametrize("array", [np.zeros((2, 2)), np.zeros(8)[::2]])
def test_a_view_is_of_one_contiguous_column(array: Any) -> None:
    with pytest.raises(ValueError, match="one contiguous"):
        View(array)


# What machine code is known by.


class Verb(IntEnum):
    ASK = 1


class OtherVerb(IntEnum):
    ASK = 2


OtherVerb.__name__, OtherVerb.__qualname__ = Verb.__name__, Verb.__qualname__
CALLER = "def entry(value):\n    return helper(value) + LIMIT\n"
HELPER = "def helper(value):\n    return deeper(value) * 2\n"
DEEPER = "def deeper(value):\n    return value + 1\n"


def made(source: str, **others: Any) -> Any:
    """A function of the package, by its source and what else its module has."""
    scope: dict[str, Any] = {"__name__": "wurao.made", **others}
    exec(source, scope)
    return next(value for value in scope.values() if isinstance(value, FunctionType) and value not in others.values())


def entry(caller: str = CALLER, helper: str = HELPER, deeper: str = DEEPER, limit: Any = 3) -> Any:
    return made(caller, helper=made(helper, deeper=made(deeper)), LIMIT=limit)


def variants() -> list[Any]:
    """The same function, and others that differ from it in one thing each."""
    return [
        entry(),
        entry(caller=CALLER.replace("+", "-")),
        entry(helper=HELPER.replace("2", "3")),
        entry(deeper=DEEPER.replace("value + 1", "value + 2")),
        entry(limit=4),
        entry(limit=3.0),
        entry(limit=Verb.ASK),
        entry(limit=Verb),
        entry(limit=OtherVerb),
        entry(limit=np.array([3])),
        entry(limit=np.array([4])),
        entry(helper=HELPER.replace("(value):", "(value, more=1):")),
        entry(helper=HELPER.replace("(value):", "(value, more=2):")),
        entry(helper=HELPER.replace("(value):", "(value, *, more=2):")),
    ]


def test_whatever_it_is_made_of_tells_machine_code_from_other() -> None:
    first, again = ([fingerprint(each) for each in variants()] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(first)


def test_a_function_kept_apart_is_other_machine_code() -> None:
    one, two = made(DEEPER), made(DEEPER)
    assert fingerprint(one) != fingerprint(apart(two))


def test_machine_code_is_known_by_the_same_in_every_process() -> None:
    program = "from wurao._numba import fingerprint\nfrom wurao.screening.kernel import screen_rows\n"
    command = [sys.executable, "-c", f"{program}print(fingerprint(screen_rows))"]
    found = {
        subprocess.run(
            command, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {fingerprint(screen_rows)}
