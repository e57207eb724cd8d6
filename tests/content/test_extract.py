"""Everything found in a text: it never fails, finds lie inside and in order, one text and a column say the same."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.compiled import View
from wurao.content.extract import MOST, FindKind, Finds, Flag, _find_each, _texts, extract, extract_column, find_tables
from wurao.content.finds.kinds import ROOM
from wurao.content.finds.tables import name_hash

SIGNS = """
    . 。 点 com cn a b 1 13803510001 0351- 86 + - http :// hxxp: / @ qq.com 微信 加v qq ： 验证码 是 123456 500 元 万 五
    块 ¥ £ 退订 回 T 【 】 [ ] ( ) dot stop reply 例子 中国 访问 www xn-- 电话 一 百 so top 😀 ü рф * | 2 · ,
"""
PIECES = st.sampled_from([*SIGNS.split(), "\u0301", "\ud800"])
TEXTS = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.just(" "), st.just("")), max_size=40).map("".join))


def plainly(text: str) -> tuple[list[int], Finds]:
    finds = Finds.empty()
    with np.errstate(over="ignore"):
        _find_each.plain(find_tables(), _texts([text]), finds)
    return _rows(finds), finds


def _rows(finds: Finds) -> list[list[int]]:
    kept = finds.kept[0]
    names = ("kind", "first", "last", "flags", "host_from", "host_to")
    return [finds.array(name)[:kept].tolist() for name in names] + [finds.array("counts").tolist()]


@settings(max_examples=300)
@given(TEXTS)
def test_any_text_gives_finds_that_lie_inside_and_in_order(text: str):
    finds = extract(text)
    assert [find.first for find in finds] == sorted(find.first for find in finds)
    for find in finds:
        assert find.text
        assert 0 <= find.first < find.last
        assert bool(find.host) == (find.kind == FindKind.LINK)
        assert find.flags == Flag(0) or find.kind == FindKind.LINK
        assert len(find.host) <= 253
        assert find.host.isascii()
        assert find.host == find.host.lower()
        assert not find.host or all(0 < len(label) <= 63 for label in find.host.split("."))


@settings(max_examples=200)
@given(TEXTS)
def test_compiled_code_finds_what_the_plain_code_finds(text: str):
    finds = Finds.empty()
    _find_each(find_tables(), _texts([text]), finds)
    expected, plain = plainly(text)
    assert _rows(finds) == expected
    used = finds.kept[1]
    assert finds.array("octets")[:used].tobytes() == plain.array("octets")[:used].tobytes()


@given(st.lists(st.one_of(st.none(), TEXTS.filter(lambda text: "\ud800" not in text)), max_size=8))
def test_a_column_has_the_hosts_of_each_of_its_texts(texts: list[str | None]):
    texts = [text.encode("utf-8", "replace").decode() if text is not None else None for text in texts]
    expected = [
        None if text is None else [find.host for find in extract(text) if find.kind == FindKind.LINK] for text in texts
    ]
    column = pa.chunked_array([texts[:3], texts[3:]], pa.string())
    assert extract_column(column).to_pylist() == expected
    assert extract_column(pa.array(texts, pa.large_string())).to_pylist() == expected


def test_a_column_of_invalid_utf8_is_read_all_the_same():
    column = pa.array([b"\xff\xfeabc.com", b"\xe4\xb8 abc.com/x1"], pa.binary())
    assert extract_column(column).to_pylist() == [["abc.com"], ["abc.com"]]


def test_a_sliced_column_and_an_empty_one_are_read():
    column = pa.array(["a.com", None, "b.com c.com", "d.com"])
    assert extract_column(column[1:3]).to_pylist() == [None, ["b.com", "c.com"]]
    assert extract_column(column[:0]).to_pylist() == []


def test_at_most_sixteen_of_a_kind_are_kept_and_all_are_counted():
    finds = Finds.empty()
    text = "登录abc.com " * 40 + "13803510001 。" * 3
    _find_each(find_tables(), _texts([text]), finds)
    assert finds.counts[FindKind.LINK] == 40
    assert finds.kept[0] == MOST + 3


FLOODS = [
    *(".", "。", "a.", "1", "1 ", "1.", "【", "[", "]", "@a.", "h", "http://", "点", "a点", "a b ", "c o m . ", "dot "),
    *(
        "一",
        "元",
        "微",
        "加v:",
        "qq1",
        "退订回",
        "验证码",
        "验证码1234 ",
        "例",
        "例.",
        "-.-",
        "a。in/",
        "x.y.z@",
        "http://a@",
        "http:%61",
        "ftp:a,b@",
        "\u0301",
    ),
]


@pytest.mark.parametrize("piece", FLOODS)
def test_a_flood_of_anything_costs_a_number_of_looks_in_proportion_to_its_length(piece: str):
    class Counting(View):
        looks = 0

        def __getitem__(self, index: int) -> int:
            Counting.looks += 1
            return super().__getitem__(index)

    def looks(times: int) -> int:
        Counting.looks = 0
        texts = _texts([piece * times])
        texts.text = Counting(texts.array("text"))
        with np.errstate(over="ignore"):
            _find_each.plain(find_tables(), texts, Finds.empty())
        return Counting.looks

    size = 1_200 // len(piece)
    assert looks(2 * size) < 2.3 * looks(size) + 1_000


def test_a_megabyte_of_anything_is_read():
    for piece in FLOODS:
        extract_column(pa.array([piece * (1_000_000 // len(piece.encode()))]))


def test_the_room_for_finds_holds_every_kind_full():
    kinds = "a.com 13803510001 qq123456 微信abc123 5元 验证码1234 退订回t "
    finds = Finds.empty()
    _find_each(find_tables(), _texts(["【甲】" + kinds * 20 + "【乙】"]), finds)
    assert finds.counts[FindKind.SIGNATURE] == 2
    assert finds.kept[0] == ROOM - MOST + 2


def test_names_as_long_as_dns_knows_are_kept_and_longer_ones_are_none():
    longest = ".".join(["a" * 63] * 3 + ["b" * 57, "com"])
    assert len(longest) == 253
    hosts = [find.host for find in extract(f"{longest} " * MOST + f"b{longest} http://{'a' * 60}é.com")]
    assert hosts == [longest] * MOST
    assert extract(f"c.{longest}") == []


def test_a_name_that_is_in_the_tables_is_known_by_its_hash():
    hashes = {name_hash(name) for name in ("com", "cn", "中国", "xn--fiqs8s", "t.cn")}
    assert len(hashes) == 5
