"""Whether reading takes time in proportion to a text's length, whatever the text: from 1 kB to 1 MB, on one core.

The whole path (`Reader.read`) of texts that a naive way takes the square of their length for, or more: floods of marks
and of characters without width, near-links, near-misses of the template that they declare, long runs of one letter, of
figures and of opened brackets. The figure is how many times longer an octet of a longer text takes than one of a
shorter text, at worst; it would be 1 where time is linear, and 1,000 where it is the square. Beside it Python's `re`
with the expression that comes to mind for the same, at the sizes that it gets through.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import pyarrow as pa

from benchmarks.content_texts import real_texts
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.rounds import seconds_of
from wurao.content.folding import fold_texts
from wurao.content.reader import Fitting, Reader
from wurao.content.template_index import compile_templates, no_templates

NAME = "hostile-texts"
ABOUT = "time an octet of hostile texts from 1 kB to 1 MB, beside Python's re"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
"""Octets."""
TEXTS = 16
"""So many are read at the greatest size, since as many are hashed at once; and as many octets at each other size."""
ROUNDS = 3
REACH = 2.0
PATIENCE = 5.0
"""Seconds that an expression may be expected to take for one text; where it would be more, it is not tried."""
BODY = "尊敬的{name}您{text}的{text}账单{text}已出{text}请查收"


@dataclass(frozen=True, slots=True)
class Kind:
    """Texts of one kind: what is repeated, behind which beginning, and the expression that would be written for it."""

    name: str
    begin: str
    repeated: str
    naive: str


def kinds() -> tuple[Kind, ...]:
    """Normal texts first."""
    texts, _ = real_texts()
    return (
        Kind("normal", "", "".join(texts[:20_000]), r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
        Kind("marks", "e", "\u0301\u0327\u0316\u0345", r"[\u0300-\u036f]+$"),
        Kind("no width", "安", "\u200b\u200d\u2060\ufeff", r"[\u200b-\u200f\u2060\ufeff]+$"),
        Kind("near-links", "http://", "a.b-1.", r"(?:[a-z0-9-]+\.)+[a-z]{2,}"),
        Kind("broken links", "", "hxxp:/www点1。", r"(?:\w+[.点。])+com"),
        Kind("near-templates", "尊敬的", "您的账单已出", r"尊敬的(.*)您(.*)的(.*)账单(.*)已出(.*)请查收"),
        Kind("letters", "", "a", r"\w+@\w+\.\w+"),
        Kind("figures", "", "1", r"\d+元"),
        Kind("brackets", "", "【", r"【[^】]+】"),
    )


def run(ground: Ground) -> Iterator[Figure]:
    """One line."""
    reading = _reading()
    every = kinds()
    for kind in every:
        reading(columns(kind, SIZES[0], TEXTS))
    sizes = [size for size in SIZES if size <= max(SIZES[-1] // ground.scale, SIZES[1])]
    ours = {kind.name: octet_times(reading, kind, sizes) for kind in every}
    ground.tell("the same by Python's re, as far as it gets")
    theirs = {kind.name: naive_times(kind, sizes) for kind in every}
    rounds = [max(growth([of_size[each] for of_size in times]) for times in ours.values()) for each in range(ROUNDS)]
    medians = {name: [median(of_size) for of_size in times] for name, times in ours.items()}
    worst, value = _worst(medians)[0], median(rounds)
    their_worst, their_value = _worst(theirs)
    yield Figure(
        name=NAME,
        value=value,
        unit="times as long an octet, at worst",
        reach=f"≤ {REACH:g}, from {sizes[0]:,} to {sizes[-1]:,} octets",
        met=value <= REACH,
        beside=f"Python's re, as far as it gets in {PATIENCE:g} seconds a text: {their_value:,.1f} ({their_worst})",
        ratio=their_value / value,
        ratio_low=their_value / max(rounds),
        ratio_high=their_value / min(rounds),
        notes=[
            f"at worst: {worst}; processor time; round by round {min(rounds):.2f} to {max(rounds):.2f}",
            f"ns an octet at {', '.join(f'{size:,}' for size in sizes)} octets, and re's:",
            *(f"{name}: {_told(medians[name])}; re {_told(theirs[name])}" for name in ours),
        ],
    )


def octet_times(reading: Callable[[pa.Array], object], kind: Kind, sizes: Sequence[int]) -> list[list[float]]:
    """Seconds an octet at each size, several rounds of them."""
    times: list[list[float]] = []
    for size in sizes:
        column = columns(kind, size, TEXTS * sizes[-1] // size)
        read = sum(len(text.as_buffer()) for text in column.cast(pa.binary()))
        reading(column)
        times.append([seconds_of(lambda c=column: reading(c), time.process_time) / read for _ in range(ROUNDS)])
    return times


def naive_times(kind: Kind, sizes: Sequence[int]) -> list[float]:
    """Seconds an octet of Python's expression at the sizes that it gets through."""
    naive = re.compile(kind.naive)
    taken: list[float] = []
    for size in sizes:
        text = text_of(kind, size, 0)
        if taken and 10 * _last_growth(taken) * taken[-1] > PATIENCE:
            break
        taken.append(seconds_of(lambda t=text: naive.search(t) and naive.findall(t), time.process_time))
    return [seconds / size for seconds, size in zip(taken, sizes, strict=False)]


def _last_growth(taken: list[float]) -> float:
    """What ten times the length is expected to multiply an octet's time by: as before, else by ten."""
    return taken[-1] / taken[-2] / 10 if len(taken) > 1 else 10.0


def growth(times: list[float]) -> float:
    """How many times longer an octet of a longer text takes than one of a shorter text, at worst; 1 at least."""
    return max([1.0, *(longer / shorter for shorter, longer in itertools.combinations(times, 2))])


def _worst(times: dict[str, list[float]]) -> tuple[str, float]:
    name = max(times, key=lambda each: growth(times[each]))
    return name, growth(times[name])


def _told(times: list[float]) -> str:
    return ", ".join(f"{1e9 * each:,.0f}" for each in times)


def columns(kind: Kind, size: int, count: int) -> pa.Array:
    """So many distinct texts of about so many octets."""
    return pa.array([text_of(kind, size, number) for number in range(count)])


def text_of(kind: Kind, size: int, number: int) -> str:
    """A text of at most so many octets."""
    begin = f"{kind.begin}{number}:"
    start = number % max(1, len(kind.repeated))
    repeated = (kind.repeated[start:] + kind.repeated[:start]) * (size // len(kind.repeated.encode()) + 1)
    return (begin + repeated).encode()[:size].decode(errors="ignore")


def _reading() -> Callable[[pa.Array], object]:
    compiled = compile_templates(pa.array([BODY]), fold_texts)
    fitting = Fitting(compiled.templates(), no_templates(1, above=True))
    reader = Reader(key=lambda: bytes(32))

    def read(column: pa.Array) -> object:
        found = reader.read(column, np.arange(len(column)), np.zeros(len(column), np.int32), fitting)
        if found.faults:
            raise AssertionError(f"a text was not read: {found.faults[0].error!r}")
        return found

    return read
