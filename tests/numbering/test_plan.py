"""The segment plan: what it knows, and that a damaged one is never taken into use."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import phone
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.geodata import GEOCODE_DATA

from wurao.errors import Refused
from wurao.numbering import Kind, parse_text, plan
from wurao.numbering.data_files import rows_of
from wurao.numbering.number import kind_of, pack

PACKAGED = Path(phone.__file__).parent / "phone.dat"
RECORDS = ("山西|太原|030000|0351", "北京|北京|100000|010")


def phone_dat(
    version: bytes = b"2601", segments=((1380350, 0, 1), (1380351, 0, 1), (1920000, 1, 7)), records=RECORDS
) -> bytes:
    """A small plan in the package's format."""
    body, places = b"", []
    for record in records:
        places.append(8 + len(body))
        body += record.encode() + b"\0"
    index = b"".join(struct.pack("<iiB", segment, places[record], sort) for segment, record, sort in segments)
    return version + struct.pack("<i", 8 + len(body)) + body + index


@pytest.fixture
def fresh(data: Path):
    """An empty data directory, and no plan kept in memory from another test."""
    plan.current.cache_clear()
    yield data
    plan.current.cache_clear()


@pytest.fixture(scope="module")
def packaged() -> plan.Plan:
    return plan.packaged()


def names(found: plan.Plan, text: str) -> tuple[str | None, str | None, str | None]:
    return found.place_names(parse_text(text))


def test_the_packaged_plan_has_the_segments_of_the_design(packaged: plan.Plan) -> None:
    assert len(packaged.segments()) == 499_527
    assert len(packaged.segments("山西")) == 11_221


@pytest.fixture(scope="module")
def package() -> phone.Phone:
    return phone.Phone()


@given(st.integers(1_300_000, 1_999_999))
def test_each_mobile_number_belongs_where_the_package_says(packaged, package, segment: int) -> None:
    province, city, operator = packaged.place_names(pack(Kind.MOBILE, 86 * 10**11 + segment * 10_000))
    told = package.find(str(segment))
    if told is None:
        assert (province, city) == (None, None)
    else:
        assert (province, city, operator) == (told["province"], told["city"], f"中国{told['phone_type']}")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("0351-2345678", ("山西", "太原", None)),
        ("0359-2345678", ("山西", "运城", None)),
        ("010-62345678", ("北京", "北京", None)),
        ("0755-23456789", ("广东", "深圳", None)),
        ("0978-2345678", ("青海", None, None)),
        ("1460000345678", ("江苏", "南京", "中国联通")),
        ("110", (None, None, None)),
        ("+852 2345 6789", (None, None, None)),
        ("10690001234567", (None, None, None)),
        ("ICBC", (None, None, None)),
        ("", (None, None, None)),
        ("impossible", (None, None, None)),
    ],
)
def test_a_number_belongs_to_its_segment_or_area_code_or_nowhere(packaged, text: str, place) -> None:
    assert names(packaged, text) == place


def test_a_segment_not_yet_known_has_the_operator_of_its_neighbours(packaged: plan.Plan) -> None:
    unknown = np.flatnonzero(packaged.segment_operator[620_000:630_000] < 0)[0] + 620_000
    number = pack(Kind.MOBILE, 86 * 10**11 + (int(unknown) + 1_300_000) * 10_000)
    assert packaged.place_names(number) == (None, None, "中国广电")


def test_a_column_is_answered_as_its_numbers_one_by_one(packaged: plan.Plan) -> None:
    texts = ["13803510001", "0351-2345678", "02423456789", "95588", "ICBC", "", "1064912345678", "17400001234"]
    numbers = np.array([parse_text(text) for text in texts], dtype=np.int64)
    columns = zip(packaged.province_of(numbers), packaged.city_of(numbers), packaged.operator_of(numbers), strict=True)
    lists = (packaged.provinces, packaged.cities, packaged.operators)
    named = [
        tuple(names[code] if code >= 0 else None for names, code in zip(lists, row, strict=True)) for row in columns
    ]
    assert named == [packaged.place_names(int(number)) for number in numbers]


def test_people_have_no_numbers_in_segments_of_things_and_satellites(packaged: plan.Plan) -> None:
    segments = packaged.phone_segments("山西")
    assert 10_000 < len(segments) < 11_221
    assert set((segments // 10_000).tolist()).isdisjoint({140, 141, 142, 143, 144, 146, 148, 174})
    cities = {packaged.cities[code] for code in packaged.city_of_segments(segments)}
    assert cities == {"太原", "大同", "朔州", "忻州", "吕梁", "晋中", "阳泉", "长治", "晋城", "临汾", "运城"}
    assert (packaged.operator_of_segments(segments) >= 0).all()


def test_an_unknown_province_is_refused_with_the_known_ones(packaged: plan.Plan) -> None:
    with pytest.raises(Refused, match="山西"):
        packaged.segments("Shanxi")


def test_area_codes_are_those_of_the_library_and_of_the_plan(package: phone.Phone) -> None:
    areas = {row["area"] for row in rows_of("area_codes.csv")}
    of_library = {code[2:] for code in GEOCODE_DATA if code.startswith("86") and len(code) == 5}
    of_library = {code for code in of_library if code[0] in "3456789"}
    assert of_library <= areas
    assert {code for code in areas if len(code) == 2} == {"10", "20", "21", "22", "23", "24", "25", "27", "28", "29"}
    assert len(areas) == len(rows_of("area_codes.csv"))
    records = package.buf[8 : package.first_phone_record_offset].decode().split("\0")
    assert {record.split("|")[3].lstrip("0") for record in records if record} <= areas


def test_a_newer_plan_is_taken_into_use_and_stays(fresh: Path, tmp_path: Path) -> None:
    file = tmp_path / "phone.dat"
    file.write_bytes(phone_dat())
    loaded = plan.load(file, older=True)
    assert loaded.version == "2601"
    plan.current.cache_clear()
    assert plan.current().version == "2601"
    assert names(plan.current(), "13803510001") == ("山西", "太原", "中国移动")
    assert plan.current().segments("北京").tolist() == [1_920_000]
    assert not [entry for entry in (fresh / "plan").iterdir() if entry.name.count(".") > 1]


def test_an_older_or_much_smaller_plan_is_refused_unless_asked_for(fresh: Path, tmp_path: Path) -> None:
    file = tmp_path / "phone.dat"
    file.write_bytes(phone_dat(version=b"2001"))
    with pytest.raises(Refused, match="older than 2312"):
        plan.load(file)
    file.write_bytes(phone_dat())
    with pytest.raises(Refused, match="has 3 segments"):
        plan.load(file)
    assert plan.current().version == "2312"
    assert plan.load(PACKAGED).version == "2312"


DAMAGED = {
    "empty": b"",
    "no version": phone_dat(version=b"ab12"),
    "cut within the index": phone_dat()[:-3],
    "cut within the records": phone_dat()[:30],
    "no segments": phone_dat(segments=()),
    "out of order": phone_dat(segments=((1380351, 0, 1), (1380350, 0, 1))),
    "twice": phone_dat(segments=((1380351, 0, 1), (1380351, 0, 1))),
    "no mobile segment": phone_dat(segments=((1280351, 0, 1),)),
    "unknown operator": phone_dat(segments=((1380351, 0, 9),)),
    "record of three fields": phone_dat(records=("山西|太原|030000", RECORDS[1])),
    "record without a city": phone_dat(records=("山西||030000|0351", RECORDS[1])),
    "index begins outside": b"2601" + struct.pack("<i", 10**9) + phone_dat()[8:],
    "index begins before": b"2601" + struct.pack("<i", -5) + phone_dat()[8:],
    "points between records": phone_dat()[:-5] + struct.pack("<i", 9) + b"\x01",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_plan_is_refused_and_the_one_in_use_stays(fresh: Path, tmp_path: Path, content: bytes) -> None:
    good = tmp_path / "good.dat"
    good.write_bytes(phone_dat())
    plan.load(good, older=True)
    bad = tmp_path / "bad.dat"
    bad.write_bytes(content)
    with pytest.raises(Refused, match=r"bad\.dat"):
        plan.load(bad, older=True)
    plan.current.cache_clear()
    assert plan.current().version == "2601"


@given(st.data())
def test_no_content_makes_the_reader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(phone_dat())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / "mutated.dat"
    file.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    with suppress(Refused):
        plan.read_plan(file)


@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
def test_a_loaded_plan_damaged_later_is_passed_over_for_the_packaged_one(
    fresh: Path, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "phone.dat"
    file.write_bytes(phone_dat())
    plan.load(file, older=True)
    kept = (fresh / "plan" / "current").resolve()
    content = kept.read_bytes()
    match damage:
        case "flip":
            kept.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
        case "cut":
            kept.write_bytes(content[:-9])
        case "gone":
            kept.unlink()
    plan.current.cache_clear()
    assert plan.current().version == "2312"


def test_kinds_that_the_plan_answers_for_are_read_as_such() -> None:
    assert kind_of(parse_text("1460000345678")) == Kind.IOT
    assert kind_of(parse_text("14600003456")) == Kind.MOBILE
