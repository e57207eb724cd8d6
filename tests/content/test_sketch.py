"""The sketch of a text: how well it tells how alike two texts are, what makes no difference to it, and to whom."""

from __future__ import annotations

import math
import random
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.content.plain import plain, points_of
from wurao.compiled import Bundle, compiled
from wurao.content.sketch import (
    AT_ONCE,
    BINS,
    SketchKey,
    likeness,
    likenesses,
    sip,
    sketch_key,
    sketch_scratch,
    sketch_text,
)

KEY = sketch_key(bytes(range(32)))
SCRATCH = sketch_scratch()
HAN = [chr(point) for point in range(0x4E00, 0x8000)]


class _Text(Bundle):
    columns = {"points": "i4", "out": "u1"}  # noqa: RUF012


def _sketch_one(key: SketchKey, text: _Text, scratch) -> None:
    sketch_text(key, text.points, len(text.points), scratch, text.out, BINS)


_sketch = compiled(_sketch_one)


def sketch(text: str, key: SketchKey = KEY, plainly: bool = False) -> bytes:
    one = _Text(points=points_of(text).array, out=np.zeros(2 * BINS, np.uint8))
    with np.errstate(over="ignore"):
        (_sketch.plain if plainly else _sketch)(key, one, SCRATCH)
    assert not one.array("out")[:BINS].any()
    return one.array("out")[BINS:].tobytes()


def shingles(text: str) -> set[str]:
    letters = [each for each in plain(text) if unicodedata.category(each)[0] in "LN"]
    one = "".join("0" if each in "0123456789" else each for each in letters)
    return {one[n : n + 3] for n in range(max(1, len(one) - 2))}


def jaccard(one: str, other: str) -> float:
    return len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))


def errors(letters: int, changed: float, pairs: int = 60, keys: int = 8) -> list[float]:
    chance = random.Random(letters)
    found = []
    for _ in range(keys):
        key = sketch_key(chance.randbytes(32))
        for _ in range(pairs):
            one = chance.choices(HAN, k=letters)
            other = [chance.choice(HAN) if chance.random() < changed else each for each in one]
            texts = "".join(one), "".join(other)
            found.append(likeness(*(sketch(each, key) for each in texts)) - jaccard(*texts))
    return found


@pytest.mark.parametrize("letters", [60, 150, 600])
@pytest.mark.parametrize("changed", [0.02, 0.1, 0.25])
def test_the_standard_error_is_what_is_stated(letters: int, changed: float):
    found = errors(letters, changed)
    assert math.sqrt(sum(each**2 for each in found) / len(found)) < 0.063 * 1.1
    assert abs(sum(found) / len(found)) < 0.02


@pytest.mark.parametrize("changed", [0.05, 0.2])
def test_texts_of_a_few_shingles_are_estimated_with_the_wider_error(changed: float):
    found = errors(12, changed)
    assert math.sqrt(sum(each**2 for each in found) / len(found)) < 0.09
    assert abs(sum(found) / len(found)) < 0.02


def test_texts_that_share_nothing_are_not_alike():
    found = [
        likeness(sketch("".join(HAN[n : n + 40])), sketch("".join(HAN[n + 50 : n + 90]))) for n in range(0, 9000, 90)
    ]
    assert sum(found) / len(found) < 0.01
    assert max(found) < 0.1


@given(st.text(max_size=80), st.data())
@example("尊敬的用户,验证码123456,10分钟内有效", None)
def test_signs_and_which_digits_stand_there_make_no_difference(text: str, data: st.DataObject | None):
    other = "".join(str(9 - int(each)) if each in "0123456789" else each for each in text)
    assert sketch(text) == sketch(other)
    letters = "".join(each for each in plain(text) if unicodedata.category(each)[0] in "LN")
    assert sketch(text) == sketch(letters) == sketch("。".join(letters))


@given(st.text(max_size=60))
@example("")
@example("好")
@example("的" * (AT_ONCE + 2))
@example("".join(HAN[: AT_ONCE + 2]))
def test_plain_and_compiled_code_say_the_same(text: str):
    assert sketch(text, plainly=True) == sketch(text)
    assert likeness(sketch(text), sketch(text)) == 1.0


def test_a_long_text_is_sketched_as_the_set_of_its_shingles():
    few = "".join(HAN[:300])
    assert likeness(sketch(few * 500), sketch(few)) > 0.9


def test_another_key_makes_another_sketch():
    text = "您的快递丢失,双倍理赔请加客服"
    assert likeness(sketch(text), sketch(text, sketch_key(b"x" * 32))) < 0.2
    assert sketch(text) == sketch(text, sketch_key(bytes(range(32))))


def test_one_is_compared_with_many_at_once():
    texts = ["您的快递丢失", "您的快递丢失,双倍理赔", "晚上一起吃面?"]
    many = np.frombuffer(b"".join(map(sketch, texts)), np.uint8).reshape(-1, BINS)
    found = likenesses(sketch(texts[0]), many)
    assert found.tolist() == [likeness(sketch(texts[0]), sketch(each)) for each in texts]
    assert found[0] == 1.0 > found[1] > found[2]
    assert likenesses(sketch(texts[0]), many[:0]).shape == (0,)


# SipHash-1-3 by its definition, over whole numbers.
def by_definition(low: int, high: int, word: int) -> int:
    full = (1 << 64) - 1

    def turned(value: int, by: int) -> int:
        return (value << by | value >> 64 - by) & full

    def rounds(v: list[int], count: int) -> None:
        for _ in range(count):
            v[0] = (v[0] + v[1]) & full
            v[1] = turned(v[1], 13) ^ v[0]
            v[0] = turned(v[0], 32)
            v[2] = (v[2] + v[3]) & full
            v[3] = turned(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & full
            v[3] = turned(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & full
            v[1] = turned(v[1], 17) ^ v[2]
            v[2] = turned(v[2], 32)

    v = [int.from_bytes(b"somepseudorandomlygeneratedbytes"[n : n + 8], "big") for n in range(0, 32, 8)]
    v = [each ^ (low, high)[n % 2] for n, each in enumerate(v)]
    for block in (word, 8 << 56):
        v[3] ^= block
        rounds(v, 1)
        v[0] ^= block
    v[2] ^= 0xFF
    rounds(v, 3)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


words = st.integers(0, (1 << 64) - 1)


@given(words, words, words)
def test_shingles_are_hashed_by_siphash(low: int, high: int, word: int):
    with np.errstate(over="ignore"):
        assert int(sip(np.uint64(low), np.uint64(high), np.uint64(word))) == by_definition(low, high, word)
