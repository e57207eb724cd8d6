"""The pass over a column of texts: each distinct one read once, alone or among others alike, and nobody else's."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.content.extract import FindKind
from wurao.content.folding import fold_texts
from wurao.content.judging import Judged
from wurao.content.reader import NO_TEMPLATES, Fitting, Reader, TextsRead
from wurao.content.template_index import compile_templates, no_templates

KEY = bytes(range(32))
READER = Reader(key=lambda: KEY)
BODIES = ["您好", "验证码{code}", "【某行】您好，{name}的账单 {amount:money} 元"]
FITTING = Fitting(compile_templates(pa.array(BODIES), fold_texts).templates(), no_templates(len(BODIES), above=True))
TEXTS = st.one_of(
    st.sampled_from(
        [
            "您 好！",
            "验证码 8848",
            "【某行】您好，王先生的账单 1,024 元",
            "登录 a.example.com 或 b.cn",
            "b.cn b.cn http://c.cn/d",
        ]
    ),
    st.text(max_size=30),
)
COLUMNS = st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=12)


def read(texts: list[str | None], rows: list[int], declared: list[int], **how: Any) -> TextsRead:
    column = pa.array(["before", *texts], pa.string())[1:]
    return READER.read(column, np.array(rows, np.int64), np.array(declared, np.int32), FITTING, **how)


def told(found: TextsRead, row: int) -> Any:
    """What is known of one row's text."""
    place = int(found.reading[row])
    if place < 0:
        return None
    readings, judged = found.readings, [found.judged.array(name)[place].item() for name in Judged.columns]
    begins, octets = readings.array("host_begins"), readings.array("hosts").tobytes()
    hosts = [octets[begins[n] : begins[n + 1]] for n in range(readings.hosts_of[place], readings.hosts_of[place + 1])]
    marks = [readings.array(name).reshape(found.count, -1)[place].tobytes() for name in ("hashes", "sketches")]
    return judged, hosts, marks, int(found.fits[row])


def some_rows(data: st.DataObject, texts: list[str | None]) -> tuple[list[int], list[int]]:
    there = [row for row, text in enumerate(texts) if text is not None]
    rows = sorted(data.draw(st.sets(st.sampled_from(there)))) if there else []
    return rows, data.draw(st.lists(st.integers(-1, 2), min_size=len(texts), max_size=len(texts)))


@settings(max_examples=60)
@given(COLUMNS, st.data())
def test_a_text_is_read_among_others_as_it_is_alone_compiled_or_not(
    texts: list[str | None], data: st.DataObject
) -> None:
    rows, declared = some_rows(data, texts)
    found, plain = read(texts, rows, declared), read(texts, rows, declared, plain=True)
    for row in range(len(texts)):
        assert told(found, row) == told(plain, row)
        alone = read([texts[row]], [0], [declared[row]]) if row in rows else None
        assert told(found, row) == (None if alone is None else told(alone, 0))
    assert found.count == len({texts[row] for row in rows})
    assert not found.faults


@settings(max_examples=40)
@given(COLUMNS, st.data())
def test_what_stands_in_a_row_that_is_not_to_be_read_changes_nothing(
    texts: list[str | None], data: st.DataObject
) -> None:
    rows, declared = some_rows(data, texts)
    others = [text if row in rows else data.draw(st.one_of(st.none(), TEXTS)) for row, text in enumerate(texts)]
    found, other = read(texts, rows, declared), read(others, rows, declared)
    assert found.count == other.count
    assert found.reading.tolist() == other.reading.tolist()
    for name in ("hashes", "sketches", "hosts_of", "host_begins", "hosts"):
        assert found.readings.array(name).tobytes() == other.readings.array(name).tobytes()


def test_the_hash_is_of_the_octets_and_each_host_is_named_once() -> None:
    text = "b.cn b.cn，http://c.cn/d"
    _, hosts, (hashed, _), _ = told(read([text], [0], [-1]), 0)
    assert hashed == hmac.new(KEY, text.encode(), hashlib.sha256).digest()
    assert hosts == [b"b.cn", b"c.cn"]


def test_each_row_is_asked_for_the_template_that_it_declares() -> None:
    texts = ["验证码 8848", "验证码 8848", "验证码 8848", "您好", None, "您好"]
    found = read(texts, [0, 1, 2, 3, 5], [1, 0, -1, 0, 0, 7])
    assert found.fits.tolist() == [1, 0, 0, 1, 1, 0], "of a text that is not read, what is declared counts"
    assert found.count == 2


def test_hosts_of_every_text_are_kept_however_many() -> None:
    texts = [" ".join(f"http://{'a' * 60}.{'b' * 60}.{n}-{m}.com" for m in range(20)) for n in range(300)]
    found = read(list(texts), list(range(300)), [-1] * 300)
    for row in (0, 151, 299):
        assert told(found, row)[1] == [f"{'a' * 60}.{'b' * 60}.{row}-{m}.com".encode() for m in range(20)]


def test_a_megabyte_is_read_and_the_room_for_it_given_back() -> None:
    found = read(["验证码 8848", "字\u0301" * 200_000, "登录 b.cn"], [0, 1, 2], [1, -1, -1])
    assert [place >= 0 for place in found.reading] == [True] * 3
    assert found.fits[0] == 1
    again = read(["登录 b.cn"], [0], [-1])
    assert told(again, 0) == told(found, 2)


def test_finds_of_the_text_that_was_read_last_are_told() -> None:
    read(["您好", "登录 b.cn 领 100元"], [0, 1], [-1, -1])
    plain, finds = READER.finds()
    assert plain == "登录 b.cn 领 100元"
    assert [(find.kind, find.text) for find in finds] == [(FindKind.LINK, "b.cn"), (FindKind.AMOUNT, "100元")]
    assert READER.fitting_templates(FITTING) == []


def damaged() -> Fitting:
    """Templates of which the second leads outside its page."""
    compiled = compile_templates(pa.array(BODIES), fold_texts)
    compiled.arrays["shape_of"][1] = 77
    return Fitting(compiled.templates(), FITTING.above)


@pytest.mark.parametrize("plain", [False, True])
def test_a_text_that_raises_costs_no_other_one_anything(plain: bool) -> None:
    texts = ["您好", "登录 b.cn 验证码 8848", "登录 c.cn", "登录 b.cn 验证码 8848", "您好"]
    declared = np.array([0, 1, 2, -1, 0], np.int32)
    rows = np.arange(5)
    found = READER.read(pa.array(texts), rows, declared, damaged(), plain=plain)
    sound = READER.read(pa.array(texts), rows, np.array([0, -1, 2, -1, 0], np.int32), FITTING)
    for row in (0, 2, 4):
        assert told(found, row) == told(sound, row)
    assert found.reading[[1, 3]].tolist() == [-1, -1]
    assert found.fits[[1, 3]].tolist() == [1, 1], "as for one that is not read: what is declared counts"
    (fault,) = found.faults
    assert (fault.rows.tolist(), type(fault.error)) == ([1, 3], IndexError)


def test_without_keeping_no_key_is_asked_for() -> None:
    def no_key() -> bytes:
        raise AssertionError("asked for the key")

    found = Reader(key=no_key).read(
        pa.array(["您好"]), np.zeros(1, np.int64), np.zeros(1, np.int32), NO_TEMPLATES, keeping=False
    )
    assert found.reading.tolist() == [0]
    assert len(found.readings.hashes) == 0


def test_many_texts_whose_hashes_meet_are_still_each_their_own() -> None:
    texts = [f"验证码 {n:06}" for n in range(5_000)]
    found = read([*texts, *texts], list(range(10_000)), [1] * 10_000)
    assert found.count == 5_000
    assert found.reading[:5_000].tolist() == found.reading[5_000:].tolist()
    assert found.fits.all()
