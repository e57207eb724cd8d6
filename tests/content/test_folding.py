"""Folding: the compiled pass equals unicodedata, UTS #39's confusables and OpenCC, on whatever a message may hold."""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import pairwise

import numpy as np
import opencc
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scripts.folding.look_alikes import look_alikes
from scripts.folding.simplified import characters, phrases
from wurao.compiled import View
from wurao.content.folding import fold, fold_and_tell, fold_texts, room_for, scratch_for
from wurao.content.folding_layout import OTHERWISE, POINTS_PER_OCTET
from wurao.content.folding_plain import plain_text, written_text
from wurao.content.folding_tables import Folding, folding_tables, versions, written_tables

OPENCC = opencc.OpenCC("t2s")
DESCRIPTION = re.compile("([\u2ff0-\u2fff])")
"""Ideographic description characters: OpenCC leaves what they describe traditional, folding does not."""
PHRASES = phrases()
CHARACTERS = characters()
LOOK_ALIKES = look_alikes()
every = [chr(point) for point in range(0x110000)]
same_unicode = pytest.mark.skipif(
    versions()["Unicode"] != unicodedata.unidata_version,
    reason=f"the tables are of Unicode {versions()['Unicode']}, this Python has {unicodedata.unidata_version}",
)


def t2s(text: str) -> str:
    return "".join(OPENCC.convert(part) if part else "" for part in DESCRIPTION.split(text))


def folded(*texts: str | bytes) -> list[str]:
    octets = [text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") for text in texts]
    points, offsets = fold_texts(pa.array(octets, pa.binary()))
    whole = "".join(map(chr, points.tolist()))
    return [whole[begin:end] for begin, end in pairwise(offsets)]


def by_the_libraries(text: str) -> str:
    return plain_text(text, t2s)


@functools.cache
def joining() -> list[str]:
    """Characters that NFKC decomposes, or may join or reorder."""
    return [
        each
        for each in every
        if unicodedata.combining(each)
        or unicodedata.decomposition(each)
        or unicodedata.category(each) in ("Mn", "Mc", "Cf")
    ]


words = st.sampled_from(sorted(PHRASES))
traditional = st.sampled_from(sorted(CHARACTERS))
hangul = st.sampled_from("".join(map(chr, (*range(0x1100, 0x1200), *range(0xAC00, 0xAC40), 0x3164, 0xFFA1, 0xFFC2))))
joins = st.deferred(lambda: st.sampled_from(joining()))
looks = st.sampled_from(sorted(LOOK_ALIKES))
anything = st.text(st.characters(codec=None), max_size=8)
pieces = st.one_of(
    words, traditional, joins, looks, anything, hangul, st.sampled_from(["您", "，", "a", "\u200d", "１"])
)
mixed = st.lists(pieces, max_size=24).map("".join)
marks = st.text(st.sampled_from([each for each in every if unicodedata.combining(each)]), max_size=80)


@same_unicode
def test_every_character_alone_is_what_the_libraries_make_of_it():
    without_simplifying = [plain_text(each, str) for each in every]
    expected = [t2s(each) if not CHARACTERS.keys().isdisjoint(each) else each for each in without_simplifying]
    assert folded(*every) == expected


@same_unicode
@given(st.lists(mixed, min_size=1, max_size=8))
@example(["乾坤乾燥乾隆", "一目瞭然瞭望", "e\u0301\u0323", "각가", "\ufdfa", "\u0301\u0323a", "\ud83d", "…℃㈠"])
@example(["e\u200d\u0301", "ᄀ\u200dᅡ", "か\u3099", "\u0344", "=\u0338", "𑄮"])
def test_the_compiled_pass_equals_the_libraries(texts: list[str]):
    assert folded(*texts) == [by_the_libraries(text) for text in texts]


@same_unicode
@given(st.sampled_from(["", "e", "您", "한", "\ufdfa", "…"]), marks, st.sampled_from(["", "x", "ᅡ", "，"]))
@example("e", "\u0315\u0300\u05ae\u0301" * 4000, "x")
@example("a", "\u0301" * 5000 + "\u0323" * 10, "")
def test_a_flood_of_marks_is_put_in_order_and_gone(before: str, flood: str, after: str):
    text = before + flood + after
    assert folded(text) == [by_the_libraries(text)]


@given(st.lists(st.one_of(words, traditional, st.sampled_from("乾覆於瞭藉沈一有李着了的")), max_size=40).map("".join))
@example("薴")
def test_traditional_becomes_simplified_as_opencc_has_it(text: str):
    assert folded(text) == [t2s(unicodedata.normalize("NFKC", text))]


def test_a_description_character_hides_no_traditional_one():
    assert folded("⿰轉⿲賬⿻乾燥") == ["⿰转⿲账⿻干燥"]


def test_every_phrase_is_there():
    words = sorted(PHRASES)
    assert folded(*words) == [t2s(word) for word in words]


@given(st.one_of(st.binary(max_size=40), mixed.map(lambda text: text.encode("utf-8", "replace")[1:-1])))
@example(b"\xe4\xb8")
@example(b"\xed\xa0\x80\xf4\x90\x80\x80\xf0\x9f\x98\xe0\x80\xc0\xaf")
def test_octets_that_are_no_text_are_replaced_as_python_replaces_them(octets: bytes):
    assert folded(octets) == folded(octets.decode("utf-8", "replace"))


@given(mixed)
def test_without_the_library_the_shipped_tables_say_the_same(text: str):
    assert plain_text(text) == by_the_libraries(text)


@same_unicode
@given(st.lists(st.one_of(looks, st.text(st.characters(max_codepoint=0xFF)), joins), max_size=24).map("".join))
def test_plain_text_folds_to_itself_where_nothing_dropped_stood_between_two_that_join(text: str):
    once = by_the_libraries(text)
    if t2s(once) == once and unicodedata.is_normalized("NFKC", once):
        assert folded(once) == [once]


def test_the_tables_are_those_that_the_sources_make():
    tables = folding_tables()
    shipped = dict(zip(tables.array("look_alikes").tolist(), tables.array("looked_like").tolist(), strict=True))
    assert shipped == {ord(old): ord(new) for old, new in LOOK_ALIKES.items()}
    assert versions()["OpenCC"] == opencc.__version__


def test_ascii_and_chinese_characters_are_folded_to_nothing_else():
    chinese = [chr(point) for point in range(0x4E00, 0xA000)]
    ascii_letters_and_digits = [chr(point) for point in range(0x21, 0x7F)]
    assert folded(*ascii_letters_and_digits) == [each.lower() for each in ascii_letters_and_digits]
    assert folded(*chinese, "〇") == [*map(t2s, chinese), "〇"]


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("Ｐａｙｐａｌ", "paypal"),
        ("раураl", "paypal"),
        ("ᴘᴀʏᴘᴀʟ", "paypal"),
        ("р\u200bа\u2060у\u00adp\ufeffal", "paypal"),
        ("p\u0336a\u0336y\u0336", "pay"),
        ("páÿpãł", "paypal"),
        ("🅿🅰🅨🇵🅰🇱", "paypal"),
        ("ＱＱ：①❷➂⓸⑤", "qq:12345"),
        ("٠١٢۳৪", "01234"),
        ("\u202e转账\u202c", "转账"),
        ("請立即點擊連結，聯繫客服", "请立即点击连结,联系客服"),
        ("⻓期⾦融", "长期金融"),
        ("ロ令", "口令"),
        ("登\u0000录\t链\n接", "登 录 链 接"),
        ("退订回Ｔ", "退订回t"),
        ("1l0O|", "1l0o|"),
        ("", ""),
    ],
)
def test_a_disguise_reads_as_what_it_looks_like(disguised: str, plain: str):
    assert folded(disguised) == [plain]
    assert by_the_libraries(disguised) == plain


def test_a_column_may_be_chunked_sliced_encoded_or_have_nulls():
    expected = ["a", "", "长", "b"]
    column = pa.array(["Ａ", None, "長", "B"])
    for each in (
        column,
        column.cast(pa.large_string()),
        column.dictionary_encode(),
        pa.chunked_array([column[:1], column[1:]]),
        pa.array(["x", "Ａ", None, "長", "B", "y"])[1:5],
    ):
        points, offsets = fold_texts(each)
        texts = ["".join(map(chr, points[a:b].tolist())) for a, b in pairwise(offsets)]
        assert texts == expected
    assert fold_texts(pa.array([], pa.string()))[1].tolist() == [0]
    with pytest.raises(TypeError, match="int64 holds no texts"):
        fold_texts(pa.array([1]))


def test_no_character_needs_more_room_than_is_asked_for():
    given_points = {each: len(unicodedata.normalize("NFKC", each)) for each in every}
    widest = max(points / len(each.encode("utf-8", "surrogatepass")) for each, points in given_points.items())
    assert widest == POINTS_PER_OCTET
    assert folded("\ufdfa" * 1000) == [by_the_libraries("\ufdfa" * 1000)]


class Counting(View):
    """A view that counts how often it is read and written."""

    __slots__ = ()
    steps = 0

    def __getitem__(self, index: int) -> int:
        Counting.steps += 1
        return super().__getitem__(index)

    def __setitem__(self, index: int, value: int) -> None:
        Counting.steps += 1
        super().__setitem__(index, value)


def steps_for(text: str) -> int:
    """How many values the pass reads and writes for a text, uncompiled."""
    octets = text.encode()
    tables = Folding(**{name: folding_tables().array(name) for name in Folding.columns})
    for name in Folding.columns:
        setattr(tables, name, Counting(tables.array(name)))
    data = Counting(np.frombuffer(octets, np.uint8))
    scratch = Counting(np.empty(scratch_for(len(octets)), np.int32))
    points = Counting(np.empty(room_for(len(octets)), np.int32))
    Counting.steps = 0
    fold(tables, data, 0, len(octets), scratch, points)
    return Counting.steps


@pytest.mark.parametrize(
    "piece",
    [
        "\u0301",
        "\u0315\u0300\u05ae",
        "a\u0315\u0300",
        "a" + "\u0315\u0300" * 9,
        "각",
        "각\u11a8",
        ".",
        "\ufdfa",
        "乾",
        "一目瞭",
        "深沈不",
        "\u200b",
    ],
)
def test_the_work_grows_as_the_text_does(piece: str):
    short, long = steps_for(piece * 200), steps_for(piece * 800)
    assert long <= 4.2 * short
    assert long <= 300 * 800 * len(piece)


def test_the_plain_function_and_the_machine_code_agree():
    text = "Ｐ\u0336乾燥각…\ufdfa𝐚\u0323\u0301" * 3
    octets = np.frombuffer(text.encode(), np.uint8)
    points = np.empty(room_for(len(octets)), np.int32)
    scratch = View(np.empty(scratch_for(len(octets)), np.int32))
    count = fold(folding_tables(), View(octets), 0, len(octets), scratch, View(points))
    assert ["".join(map(chr, points[:count].tolist()))] == folded(text)


def written(*texts: str) -> list[str]:
    """Texts as the compiled pass leaves them by the tables of what is written."""
    found = []
    for text in texts:
        octets = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
        points, scratch = np.empty(room_for(len(octets)), np.int32), np.empty(scratch_for(len(octets)), np.int32)
        with np.errstate(over="ignore"):
            count = fold(written_tables(), View(octets), 0, len(octets), View(scratch), View(points))
        found.append("".join(map(chr, points[:count].tolist())))
    return found


@same_unicode
@given(st.lists(mixed, min_size=1, max_size=8))
@example(["乾坤中國", "e\u0301\u0323", "각가", "\ufdfa", "हिन्दी", "аpple", "a\ufe0f\u034f", "\ud83d", "𑄮"])
def test_what_is_written_is_nfkc_in_small_letters(texts: list[str]):
    assert written(*texts) == [written_text(text) for text in texts]


@same_unicode
@given(mixed)
def test_a_text_of_whose_points_none_says_so_is_read_as_it_is_written(text: str):
    octets = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    points, scratch = np.empty(room_for(len(octets)), np.int32), np.empty(scratch_for(len(octets)), np.int32)
    _, bits = fold_and_tell(folding_tables(), View(octets), 0, len(octets), View(scratch), View(points))
    assert bits & OTHERWISE or plain_text(text) == written_text(text)
