"""Reading numbers: every way of writing one gives one Number, nothing raises, one at a time and by column alike."""

from __future__ import annotations

import string

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.numbering import IMPOSSIBLE, WITHHELD, Kind, canonical, parse_column, parse_text
from wurao.numbering.number import kind_of, pack
from wurao.numbering.parse import _parse_all, parse
from wurao.numbering.written import ROOM

MOBILE = pack(Kind.MOBILE, 8613803510001)
FIXED = pack(Kind.FIXED, 863512345678)
POLICE = pack(Kind.SHORT, 1110)

SPELLED = {
    MOBILE: (
        "+86 138-0351-0001",
        "+8613803510001",
        "008613803510001",
        "8613803510001",
        "13803510001",
        "013803510001",
        "+86 (0)138 0351 0001",
        "+86 013803510001",
        "86-138.0351/0001",
        "  13803510001\t",
        "13803510001\x00\x00",
        "'13803510001",
        '"13803510001"',
        "１３８０３５１０００１",
        "＋８６（１３８）０３５１－０００１",
        "٠٠٨٦١٣٨٠٣٥١٠٠٠١",
        "𝟏𝟑𝟖𝟎𝟑𝟓𝟏𝟎𝟎𝟎𝟏",
        "1\ufe0f\u20e33803510001",
        "138\u200b0351\u202c0001",
        "138\u30000351\u00a00001",
        "tel:+86-138-0351-0001",
        "TEL:+8613803510001;phone-context=+86",
        "tel:13803510001;phone-context=+86",
        "tel:13803510001;phone-context=+86351",
        "tel:13803510001;phone-context=ims.mnc000.mcc460.3gppnet.org",
        "tel:+8613803510001;isub=1;ext=801",
        "sip:+8613803510001@10.0.0.1:5060;user=phone",
        "sips:%2B8613803510001;npdi@gw.example.cn;transport=tcp?subject=x",
        "SIP:13803510001:secret@gw.example.cn",
        "sip:13803510001;phone-context=+86@gw;user=phone",
        "+8613803510001@ims.mnc000.mcc460.3gppnet.org",
        "+8613803510001;phone-context=+86;npdi",
        '"王 <五>" <sip:13803510001@gw>;tag=88',
        "Wang <tel:+8613803510001>",
        "sip:13803510001",
        "smsto:13803510001",
        "1795113803510001",
        "12593-13803510001",
        "125831 13803510001",
        "13803510001转8",
        "13803510001,,8",
    ),
    FIXED: (
        "0351-2345678",
        "(0351) 2345678",
        "【0351】2345678",
        "+86 351 2345678",
        "+86 0351-2345678",
        "+86 (0)351 2345678",
        "00863512345678",
        "863512345678",
        "3512345678",
        "tel:2345678;phone-context=+86351",
        "tel:0351-2345678;phone-context=+86",
        "17909 0351 2345678",
        "086-351-2345678",
    ),
    POLICE: (
        "110",
        "0351-110",
        "+86351110",
        "+86110",
        "+8610110",
        "+86 951 110",
        "0951-110",
        "tel:110;phone-context=+86",
        "tel:110;phone-context=+86351",
        "sip:110@gw",
        "１１０",
    ),
    pack(Kind.SHORT, 195588): (
        "95588",
        "+8695588",
        "095588",
        "010-95588",
        "0086 95588",
        "tel:95588;phone-context=+86351",
    ),
    pack(Kind.SHORT, 112345): ("12345", "0351-12345", "+8635112345", "01012345"),
    pack(Kind.SHORT, 112321): ("12321",),
    pack(Kind.SHORT, 110086): ("10086", "010-10086", "+8610086"),
    pack(Kind.SHORT, 11008611): ("1008611",),
    pack(Kind.SHORT, 110100571): ("1010 0571",),
    pack(Kind.FREEPHONE, 14008100000): ("400-810-0000", "+864008100000", "4008100000转1", "400 8100 000"),
    pack(Kind.FREEPHONE, 18008201234): ("800-820-1234",),
    pack(Kind.MESSAGE_PORT, 190001234567): ("10690001234567", "+8610690001234567", "8610690001234567"),
    pack(Kind.MESSAGE_PORT, 1 * 10**17 + 90001234567890123): ("10690001234567890123", "008610690001234567890123"),
    pack(Kind.FIXED, 861069001234): ("010-6900 1234", "+86 10 6900 1234"),
    pack(Kind.MESSAGE_PORT, 19001234): ("106 900 1234",),
    pack(Kind.FIXED, 8675523456789): ("0755-23456789", "+8675523456789"),
    pack(Kind.IOT, 861064912345678): ("1064912345678", "+861064912345678"),
    pack(Kind.IOT, 861440012345678): ("1440012345678",),
    pack(Kind.SATELLITE, 8617400001234): ("17400001234", "+86 174 0000 1234"),
    pack(Kind.SATELLITE, 8613490001234): ("1349 000 1234",),
    pack(Kind.FOREIGN, 12125551234): ("+1 212 555 1234", "001 (212) 555-1234", "tel:+1-212-555-1234"),
    pack(Kind.FOREIGN, 85223456789): ("+852 2345 6789", "00852 23456789"),
    pack(Kind.FOREIGN, 442079460958): ("+44 (0)20 7946 0958", "+442079460958"),
    pack(Kind.FOREIGN, 390612345678): ("+39 06 1234 5678",),
    WITHHELD: (
        "",
        "   ",
        "-",
        '""',
        "anonymous",
        "Anonymous",
        "UNKNOWN",
        "restricted",
        "Private Number",
        "no caller-id",
        "unavailable",
        "Coin line/payphone",
        "null",
        "未知",
        "隐藏 号码",
        "隱藏號碼",
        "withheld",
        "<unknown>",
        "sip:anonymous@anonymous.invalid",
        '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=9',
        "sip:+8613803510001@anonymous.invalid",
        "sip:unavailable@unknown.invalid",
        "tel:anonymous",
        "sip:gw.example.cn",
        "sip:@gw",
        "\x00\x00",
    ),
    IMPOSSIBLE: (
        "1" * 400,
        "54321",
        "24680",
        "138035100012",
        "1380351000",
        "2345678",
        "0999-12345678901",
        "026-23456789",
        "0100-2345678",
        "010-12345678",
        "0351-0345678",
        "+86",
        "+",
        "00",
        "0",
        "106",
        "12800138000",
        "+999 1234567",
        "+1 212 555 12345",
        "+861",
        "+86+13803510001",
        "138+03510001",
        "+0351-2345678",
        "138*0351#0001",
        "13803510001;13803510002",
        "13803510001 13803510002",
        "107690001234567890123",
        "impossible",
        "ABCDEFGHIJKL",
        "TRANSFER*",
        "中国银行",
        "银行95588",
        "\ufffd",
        "138\x000351",
    ),
}


@pytest.mark.parametrize(("number", "text"), [(number, text) for number, texts in SPELLED.items() for text in texts])
def test_each_way_of_writing_a_number_is_that_number(number: int, text: str) -> None:
    assert parse_text(text) == number


def test_null_is_withheld() -> None:
    assert parse_text(None) == WITHHELD


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ICBC", "ICBC"),
        ("icbc", "ICBC"),
        ("China Bank", "CHINA BANK"),
        ("  China \u3000 Bank ", "CHINA BANK"),
        ("china_bank", "CHINA-BANK"),
        ("H&M", "H&M"),
        ("Ｔａｏｂａｏ", "TAOBAO"),
        ("sip:alice@example.cn", "ALICE"),
        ("138O3510001", "138O3510001"),
        ("0A", "0A"),
        ("000A", "000A"),
    ],
)
def test_a_senders_name_is_kept_in_capitals(text: str, name: str) -> None:
    assert kind_of(parse_text(text)) == Kind.NAME
    assert canonical(parse_text(text)) == name


@given(
    st.sampled_from(["13", "14", "15", "16", "17", "18", "19"]),
    st.text("0123456789", min_size=9, max_size=9),
    st.lists(st.sampled_from(["", " ", "-", ".", "/", "\u2013", "(", ")", "\u200e"]), min_size=11, max_size=11),
    st.sampled_from(["", "+86", "0086", "86", "0", "+86 0", "tel:+86", "sip:+86"]),
    st.sampled_from([0, 0xFEE0, 0x660 - 48, 0x1D7CE - 48]),
)
def test_no_mobile_number_is_impossible_however_it_is_spaced(first, rest, between, before, script) -> None:
    digits = first + rest
    shown = "".join(mark + chr(ord(digit) + script) for mark, digit in zip(between, digits, strict=True))
    number = parse_text(before + shown)
    assert kind_of(number) in (Kind.MOBILE, Kind.SATELLITE)
    assert canonical(number) == f"+86{digits}"


@given(
    st.from_regex(
        r"(95[0-9]{3,4}|96[0-9]{3,4}|100[0-9]{2}|123[0-9]{2}|11[0-9]|106[0-9]{2,17}|[48]00[0-9]{7})", fullmatch=True
    )
)
def test_what_is_dialled_at_home_reads_as_itself(text: str) -> None:
    number = parse_text(text)
    assert kind_of(number) in (Kind.SHORT, Kind.MESSAGE_PORT, Kind.FREEPHONE, Kind.IOT)
    assert canonical(number).removeprefix("+86") == text


WRITTEN = st.one_of(
    st.text(max_size=30),
    st.text('0123456789+-() ;=@:.%"<>', max_size=40),
    st.text("0123456789", max_size=28),
    st.from_regex(r"\A(\+|00|0|86|\+86)?[0-9]{1,20}\Z"),
    st.text(string.ascii_letters + string.digits + " -._&", max_size=14),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["tel:", "sip:", "sips:", "", '"x" <sip:', "<"]),
        st.from_regex(r"\A\+?[0-9A-Za-z%.-]{0,18}\Z"),
        st.sampled_from(
            ["", ";phone-context=+86", ";phone-context=+86351", ";phone-context=+1", ";a=b", "@gw", "@gw>"]
        ),
        st.sampled_from(["", ";phone-context=+86351", "?x=1", ":5060"]),
    ),
)


@given(WRITTEN)
@settings(max_examples=500)
def test_what_was_read_reads_back_from_its_canonical_text(text: str) -> None:
    number = parse_text(text)
    assert 0 <= number < 1 << 63
    assert kind_of(number) <= Kind.FOREIGN
    assert parse_text(canonical(number)) == number


@given(st.text("0123456789", min_size=1, max_size=17))
def test_foreign_numbers_are_those_that_the_library_finds_possible(digits: str) -> None:
    parsed = next(
        (
            phonenumbers.PhoneNumber(country_code=int(digits[:size]), national_number=int(digits[size:] or 0))
            for size in (1, 2, 3)
            if digits[0] != "0" and int(digits[:size]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
        ),
        None,
    )
    if parsed is None or parsed.country_code == 86:
        return
    zeros = len(digits) - len(str(parsed.country_code)) - len(str(parsed.national_number))
    if zeros > 0:
        parsed.italian_leading_zero, parsed.number_of_leading_zeros = True, zeros
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    is_possible = reason == phonenumbers.ValidationResult.IS_POSSIBLE
    assert (kind_of(parse_text(f"+{digits}")) == Kind.FOREIGN) == is_possible


OCTETS = st.one_of(
    st.binary(max_size=40),
    WRITTEN.map(lambda text: text.encode("utf-8", "surrogatepass")),
    WRITTEN.flatmap(lambda text: st.integers(0, 12).map(lambda cut: text.encode("utf-8", "surrogatepass")[cut:-1])),
    st.sampled_from([b"1" * 400, b"\x00" * 50, b"(" * 10_000, b'"' * 3000, b"%" * 100, b"\xf0\x9f\x92", b"<", b'"\\']),
)


@given(st.lists(st.one_of(st.none(), OCTETS), max_size=40))
@settings(max_examples=300)
def test_a_column_reads_as_its_values_one_by_one(values: list[bytes | None]) -> None:
    one_by_one = [WITHHELD if value is None else parse(value, 0, len(value), bytearray(ROOM)) for value in values]
    assert parse_column(pa.array(values, pa.binary())).tolist() == one_by_one


@given(st.lists(OCTETS, max_size=8))
def test_the_same_lines_run_over_arrays_uncompiled(values: list[bytes]) -> None:
    octets = np.frombuffer(b"".join(values), dtype=np.uint8)
    offsets = np.cumsum([0, *map(len, values)]).astype(np.int64)
    plain = np.zeros(len(values), dtype=np.int64)
    _parse_all.plain(octets, offsets, plain, np.zeros(ROOM, dtype=np.uint8))
    assert plain.tolist() == parse_column(pa.array(values, pa.binary())).tolist()


@given(st.sampled_from(["13803510001", "+8613803510001"]), st.integers(0, 13), st.integers(0, 255))
def test_what_is_read_quickly_is_read_as_any_other_text(text: str, place: int, octet: int) -> None:
    octets = bytearray(text.encode())
    octets[place % len(octets)] = octet
    quickly, slowly = parse_column(pa.array([bytes(octets), b" " + bytes(octets)], pa.binary())).tolist()
    assert quickly == slowly == parse(bytes(octets), 0, len(octets), bytearray(ROOM))


TEXTS = ["+8613803510001", None, "0351-110", "bad*", "", "13803510001"]
READ = [MOBILE, WITHHELD, POLICE, IMPOSSIBLE, WITHHELD, MOBILE]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(TEXTS),
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS, pa.string_view()),
        pa.array(TEXTS).dictionary_encode(),
        pa.array(["x", *TEXTS, "y"]).slice(1, 6),
        pa.array(["x", *TEXTS, "y"]).dictionary_encode().slice(1, 6),
        pa.chunked_array([TEXTS[:2], [], TEXTS[2:]]),
    ],
)
def test_every_arrow_form_of_a_column_is_read(column) -> None:
    assert parse_column(column).tolist() == READ


def test_columns_without_values_and_of_integers_are_read_too() -> None:
    assert parse_column(pa.nulls(2)).tolist() == [WITHHELD, WITHHELD]
    assert parse_column(pa.array([None, None], pa.string())).tolist() == [WITHHELD, WITHHELD]
    assert parse_column(pa.array([], pa.string())).tolist() == []
    assert parse_column(pa.chunked_array([], pa.string())).tolist() == []
    assert parse_column(pa.array([13803510001, None])).tolist() == [MOBILE, WITHHELD]


def test_a_column_that_cannot_hold_numbers_is_a_fault_of_the_caller() -> None:
    with pytest.raises(TypeError, match="double"):
        parse_column(pa.array([1.5]))


def test_one_machine_code_serves_columns_from_anywhere() -> None:
    columns = [
        pa.array(TEXTS),
        pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"110")]),
        pa.array([None], pa.string()),
        pa.array([], pa.large_string()),
    ]
    for column in columns:
        parse_column(column)
    assert len(_parse_all.dispatcher.signatures) == 1


@given(st.from_regex(r"106[0-9]{0,18}", fullmatch=True))
def test_a_port_number_reads_alike_on_the_short_way_and_with_a_blank_that_takes_the_long_one(text: str) -> None:
    assert parse_text(text) == parse_text(text[:3] + " " + text[3:])
