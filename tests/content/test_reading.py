"""One pass over a column: equal texts are one, wherever their hashes lead; of a long text the beginning is read."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.toys import toy_classifier
from wurao.compiled import View
from wurao.content.reader import Reader, TextsRead
from wurao.content.reading import LONGEST, LOOKS, Texts, find_distinct, hashed

KEY = bytes(range(32))
READER = Reader(toy_classifier(), key=lambda: KEY)
SEED = 7


def read(*texts: str, **how: Any) -> TextsRead:
    many = len(texts)
    return READER.read(pa.array(texts, pa.string()), np.arange(many), np.full(many, -1, np.int32), **how)


def hosts(found: TextsRead, row: int) -> list[str]:
    begins, octets = found.readings.array("host_begins"), found.readings.array("hosts").tobytes()
    of = found.readings.array("hosts_of")
    place = found.reading[row]
    return [octets[begins[n] : begins[n + 1]].decode() for n in range(of[place], of[place + 1])]


@given(st.binary(max_size=40), st.integers(0, 2**60))
def test_a_hash_is_of_the_octets_alone_wherever_they_stand(octets: bytes, seed: int):
    alone, amid = (np.frombuffer(each or b"\0", np.uint8) for each in (octets, b"xyz" + octets + b"w"))
    with np.errstate(over="ignore"):
        one = hashed(alone, 0, len(octets), np.uint64(seed))
        assert hashed(amid, 3, 3 + len(octets), np.uint64(seed)) == one
        if octets:
            other = np.frombuffer(octets[:-1] + bytes([octets[-1] ^ 1]), np.uint8)
            assert hashed(other, 0, len(octets), np.uint64(seed)) != one


def distinct(texts: list[bytes], seed: int = SEED, plain: bool = False) -> tuple[list[int], int]:
    """The place of each text among the distinct ones, and how many there are; with the smallest table that may be."""
    many = len(texts)
    columns: dict[str, Any] = {
        "octets": np.frombuffer(b"".join(texts) or b"\0", np.uint8),
        "places": np.cumsum([0, *map(len, texts)]).astype(np.int32),
        "rows": np.arange(many),
        "templates": np.full(many, -1, np.int32),
        "reading": np.full(many, -1, np.int32),
        "fits": np.ones(many, np.int8),
        "starts": np.zeros(many, np.int64),
        "ends": np.zeros(many, np.int64),
        "heads": np.zeros(many, np.int32),
        "nexts": np.zeros(many, np.int32),
        "table": np.zeros(1 << (2 * many).bit_length(), np.int32),
        "at": np.zeros(1, np.int64),
    }
    with np.errstate(over="ignore"):
        count = (find_distinct.plain if plain else find_distinct)(Texts(**columns), columns["octets"], seed)
    return columns["reading"].tolist(), int(count)


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=12), min_size=1, max_size=20), st.integers(0, 2**60))
def test_equal_texts_have_one_place_and_others_their_own(texts: list[bytes], seed: int):
    places, count = distinct(texts, seed)
    assert (places, count) == distinct(texts, seed, plain=True)
    assert count == len(set(texts))
    for one, place in zip(texts, places, strict=True):
        assert [each == place for each in places] == [other == one for other in texts]


def test_texts_that_were_made_to_meet_cost_no_more_looks_than_a_bound():
    texts, slots = [], 1 << 10
    number = 0
    with np.errstate(over="ignore"):
        while len(texts) < 2 * LOOKS:
            text = str(number).encode()
            number += 1
            if int(hashed(np.frombuffer(text, np.uint8), 0, len(text), np.uint64(SEED))) & (slots - 1) == 5:
                texts.append(text)
    places, count = distinct([*texts, *texts])
    assert len(places) == 4 * LOOKS
    assert count >= len(texts)
    groups: dict[int, set[bytes]] = {}
    for text, place in zip([*texts, *texts], places, strict=True):
        groups.setdefault(place, set()).add(text)
    assert all(len(group) == 1 for group in groups.values())


def test_of_a_text_of_more_than_a_mebibyte_the_beginning_is_read_and_its_hash_is_of_all():
    filler = "好" * (LONGEST // 3)
    long, longer = f"登录 a.cn，{filler}，登录 b.cn", f"登录 a.cn，{filler}，登录 c.cn"
    found = read(long, longer, "登录 d.cn")
    assert [hosts(found, row) for row in range(3)] == [["a.cn"], ["a.cn"], ["d.cn"]]
    assert found.judged.array("score")[0] == found.judged.array("score")[1]
    marks = found.readings.array("hashes").reshape(3, 32)
    assert [row.tobytes() for row in marks[:2]] == [
        hmac.new(KEY, text.encode(), hashlib.sha256).digest() for text in (long, longer)
    ]


def test_the_beginning_that_is_read_may_end_within_a_letter():
    found = read("a" + "好" * (LONGEST // 3 + 1))
    assert not found.faults
    assert found.reading.tolist() == [0]


@pytest.mark.parametrize("piece", ["字\u0301", "\u202e", "【", "退订回", "http://a.cn ", "\ufdfa", "1 ", "加v:"])
def test_half_a_mebibyte_of_anything_costs_no_other_text_anything(piece: str):
    flood = piece * ((1 << 19) // len(piece.encode()))
    found, alone = read("登录 b.cn", flood, "登录 c.cn"), read("登录 b.cn", "登录 c.cn")
    assert not found.faults
    for row, other in ((0, 0), (2, 1)):
        assert hosts(found, row) == hosts(alone, other)
        assert found.judged.array("score")[row] == alone.judged.array("score")[other]


def test_a_view_outside_its_page_raises_and_reads_nothing():
    with pytest.raises(IndexError):
        View(np.zeros(3, np.int32))[3]
