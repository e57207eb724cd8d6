"""The numbering plan's geography: province, city and operator of mobile segments, province and city of area codes.

In goes a `phone.dat`, the one that the `phone` package ships or a newer one that `load` took into the data directory;
out comes a `Plan` of arrays, which answers for columns of Numbers. `current` gives the plan in use. Called by the
command `number`, by records (city and operator of callees) and by the demo's generator.

The file's format is that of the package: a version of four digits (year and month), the place of the index, records
`province|city|postcode|area` ended by NUL, then an index of 9 bytes each: segment (the first seven digits), place of
its record, operator code. A damaged file is refused and the one before stays in use.
"""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wurao.errors import Refused
from wurao.numbering.data_files import rows_of
from wurao.numbering.number import VALUE_MASK, Kind
from wurao.settings.places import data_directory

FIRST_SEGMENT = 1_300_000
SEGMENTS = 700_000
"""Segments 1300000 to 1999999, at their distance from the first."""

NOWHERE = -1
"""In an array of codes: the plan does not say."""

OPERATORS = (
    "中国移动",
    "中国联通",
    "中国电信",
    "中国电信虚拟运营商",
    "中国联通虚拟运营商",
    "中国移动虚拟运营商",
    "中国广电",
    "中国广电虚拟运营商",
)
"""The operators, each at its code in the file less one."""

Codes = npt.NDArray[np.int16]

_HEAD = 8
_ENTRY = np.dtype([("segment", "<i4"), ("record", "<i4"), ("operator", "u1")])
_FEWEST_SHARE = 0.9
_FOLDER = "plan"
_CURRENT = "current"


@dataclass(frozen=True, eq=False)
class Plan:
    """One edition of the plan. Codes are places in `provinces`, `cities` and `operators`; `NOWHERE` where unknown."""

    version: str
    source: str
    provinces: tuple[str, ...]
    cities: tuple[str, ...]
    operators: tuple[str, ...]
    city_province: Codes
    """The province of each city; two cities of one name are two."""
    segment_city: Codes
    segment_operator: Codes
    area_city: Codes
    """At each area code's integer, its city; `area_province` knows those whose city is not known."""
    area_province: Codes
    block_operator: Codes
    """For each thousand segments (1380…) the operator that all known ones have: what a segment not yet known is."""

    def city_of(self, numbers: npt.NDArray[np.int64]) -> Codes:
        """The city of each Number: of a mobile, IoT or satellite one by segment, of a fixed one by area code."""
        segments, areas = _segments_and_areas(numbers)
        return np.where(segments >= 0, self.segment_city[segments], self.area_city[areas])

    def province_of(self, numbers: npt.NDArray[np.int64]) -> Codes:
        """The province of each Number, likewise."""
        segments, areas = _segments_and_areas(numbers)
        cities = self.segment_city[segments]
        of_city = np.where(cities >= 0, self.city_province[cities], NOWHERE)
        return np.where(segments >= 0, of_city, self.area_province[areas]).astype(np.int16)

    def operator_of(self, numbers: npt.NDArray[np.int64]) -> Codes:
        """The operator to whom each Number was given out; ported numbers are the registry's affair.

        A segment that the edition lacks has the operator of its neighbours where they all have one.
        """
        segments, _ = _segments_and_areas(numbers)
        known = np.where(segments >= 0, self.segment_operator[segments], NOWHERE)
        nearby = np.where(segments >= 0, self.block_operator[segments // 1000], NOWHERE)
        return np.where(known >= 0, known, nearby).astype(np.int16)

    def segments(self, province: str | None = None) -> npt.NDArray[np.int64]:
        """All segments that the edition knows, as seven-digit integers in order, of one province or of all.

        Among them are those of 13-digit things and of satellites; `phone_segments` leaves these out.
        """
        known = self.segment_city >= 0
        if province is not None:
            if province not in self.provinces:
                raise Refused(f"{province!r} is no province of the plan", right=f"one of {' '.join(self.provinces)}")
            known &= self.city_province[self.segment_city] == self.provinces.index(province)
        return FIRST_SEGMENT + np.flatnonzero(known).astype(np.int64)

    def phone_segments(self, province: str | None = None) -> npt.NDArray[np.int64]:
        """The segments in which people have mobile numbers of 11 digits: none of 140 to 144, 146, 148, 174, 1349."""
        segments = self.segments(province)
        first_three = segments // 10_000
        for_things = ((first_three >= 140) & (first_three <= 144)) | np.isin(first_three, (146, 148))
        return segments[~for_things & (first_three != 174) & (segments // 1000 != 1349)]

    def city_of_segments(self, segments: npt.NDArray[np.int64]) -> Codes:
        """The city of each seven-digit segment."""
        return self.segment_city[segments - FIRST_SEGMENT]

    def operator_of_segments(self, segments: npt.NDArray[np.int64]) -> Codes:
        """The operator of each seven-digit segment."""
        return self.segment_operator[segments - FIRST_SEGMENT]

    def place_names(self, number: int) -> tuple[str | None, str | None, str | None]:
        """Province, city and operator of one Number, by name; null where the plan does not say."""
        one = np.array([number], dtype=np.int64)
        return (
            _name(self.provinces, self.province_of(one)),
            _name(self.cities, self.city_of(one)),
            _name(self.operators, self.operator_of(one)),
        )


@functools.cache
def current() -> Plan:
    """The plan in use: the newest that `load` took, else the one of the `phone` package.

    A loaded file that is damaged is told in the log and passed over.
    """
    file = data_directory() / _FOLDER / _CURRENT
    if file.exists():
        try:
            return _loaded(file.resolve())
        except Refused as error:
            import structlog

            structlog.get_logger().warning("plan_damaged", error=str(error), instead="the one of the phone package")
    return packaged()


def packaged() -> Plan:
    """The plan that the `phone` package ships."""
    found = find_spec("phone")
    if found is None or found.origin is None:
        raise Refused("the package phone is not installed", right="install wurao anew")
    return read_plan(Path(found.origin).parent / "phone.dat")


def load(file: Path, *, older: bool = False) -> Plan:
    """Check a newer `phone.dat` and take it into use; `Refused` where it is damaged, older or much smaller.

    `older`: an older or smaller one is taken all the same. What was in use stays so until the new one is on the disk.
    """
    content = file.read_bytes()
    plan = _plan(content, str(file))
    before = current()
    if not older:
        _check_newer(plan, before, str(file))
    folder = data_directory() / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{plan.version}-{zlib.crc32(content):08x}.dat"
    _write(kept, content)
    aside = folder / f"{_CURRENT}.{os.getpid()}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(kept.name)
    aside.replace(folder / _CURRENT)
    _sync(folder)
    current.cache_clear()
    return current()


def read_plan(file: Path) -> Plan:
    """The plan of a `phone.dat`; `Refused`, with what is wrong, where it is damaged."""
    return _plan(file.read_bytes(), str(file))


def _loaded(file: Path) -> Plan:
    """A file that `load` kept: its name ends in the CRC-32 of its content."""
    content = file.read_bytes()
    if f"{zlib.crc32(content):08x}" != file.stem.rpartition("-")[2]:
        raise Refused("the file is damaged: its checksum differs", where=str(file), right="load the plan again")
    return _plan(content, str(file))


def _check_newer(plan: Plan, before: Plan, where: str) -> None:
    count, count_before = int((plan.segment_city >= 0).sum()), int((before.segment_city >= 0).sum())
    right = "give a newer one, or --older to take it all the same"
    if plan.version < before.version:
        raise Refused(f"version {plan.version} is older than {before.version}, in use", where=where, right=right)
    if count < _FEWEST_SHARE * count_before:
        raise Refused(f"it has {count} segments, the one in use {count_before}", where=where, right=right)


def _plan(content: bytes, where: str) -> Plan:
    version, records, index = _parts(content, where)
    places = {}
    at = _HEAD
    for record in records:
        places[at] = record
        at += len(record) + 1
    offsets = np.array(sorted(places), dtype=np.int64)
    of_record = np.searchsorted(offsets, index["record"])
    if (of_record == len(offsets)).any() or (offsets[of_record] != index["record"]).any():
        raise _damaged(where, "a segment points to no record")
    fields = [_fields(places[int(offset)], where) for offset in offsets]
    return _compiled(version, where, fields, index, of_record.astype(np.int64))


def _parts(content: bytes, where: str) -> tuple[str, list[bytes], npt.NDArray[np.void]]:
    """Version, records and index, each checked for form and order."""
    version = content[:4]
    if len(content) < _HEAD or not version.isdigit():
        raise _damaged(where, "it does not begin with a version of four digits")
    start = int.from_bytes(content[4:_HEAD], "little")
    if not _HEAD < start <= len(content) or content[start - 1] != 0:
        raise _damaged(where, f"its index cannot begin at {start}")
    if (len(content) - start) % _ENTRY.itemsize:
        raise _damaged(where, "it ends within an entry of the index; it was cut off")
    index = np.frombuffer(content, _ENTRY, offset=start)
    segments = index["segment"].astype(np.int64)
    if len(index) == 0:
        raise _damaged(where, "it has no segments")
    if (np.diff(segments) <= 0).any():
        raise _damaged(where, f"segments out of order near {int(segments[1:][np.diff(segments) <= 0][0])}")
    if segments[0] < FIRST_SEGMENT or segments[-1] >= FIRST_SEGMENT + SEGMENTS:
        raise _damaged(where, "it has segments that are none of 1300000 to 1999999")
    if index["operator"].min() < 1 or index["operator"].max() > len(OPERATORS):
        raise _damaged(where, "it has operators of unknown code")
    return version.decode(), content[_HEAD : start - 1].split(b"\0"), index


def _fields(record: bytes, where: str) -> tuple[str, str]:
    try:
        fields = record.decode().split("|")
    except UnicodeDecodeError:
        fields = []
    if len(fields) != 4 or not fields[0] or not fields[1]:
        raise _damaged(where, f"record {record[:60]!r} is not province|city|postcode|area")
    return fields[0], fields[1]


def _compiled(
    version: str,
    source: str,
    fields: Sequence[tuple[str, str]],
    index: npt.NDArray[np.void],
    of_record: npt.NDArray[np.int64],
) -> Plan:
    areas = rows_of("area_codes.csv")
    of_areas = [(row["province"], row["city"]) for row in areas]
    cities = sorted({*fields, *(place for place in of_areas if place[1])})
    provinces = sorted({province for province, _ in (*cities, *of_areas)})
    city_code = {place: code for code, place in enumerate(cities)}
    segment_city = np.full(SEGMENTS, NOWHERE, dtype=np.int16)
    segment_operator = np.full(SEGMENTS, NOWHERE, dtype=np.int16)
    segments = index["segment"].astype(np.int64) - FIRST_SEGMENT
    segment_city[segments] = np.array([city_code[place] for place in fields], dtype=np.int16)[of_record]
    segment_operator[segments] = index["operator"].astype(np.int16) - 1
    area_city = np.full(1000, NOWHERE, dtype=np.int16)
    area_province = np.full(1000, NOWHERE, dtype=np.int16)
    for row, place in zip(areas, of_areas, strict=True):
        area_city[int(row["area"])] = city_code.get(place, NOWHERE)
        area_province[int(row["area"])] = provinces.index(place[0])
    return Plan(
        version=version,
        source=source,
        provinces=tuple(provinces),
        cities=tuple(city for _, city in cities),
        operators=OPERATORS,
        city_province=np.array([provinces.index(province) for province, _ in cities], dtype=np.int16),
        segment_city=segment_city,
        segment_operator=segment_operator,
        area_city=area_city,
        area_province=area_province,
        block_operator=_block_operators(segment_operator),
    )


def _block_operators(segment_operator: Codes) -> Codes:
    blocks = segment_operator.reshape(-1, 1000)
    most = blocks.max(axis=1)
    least = np.where(blocks < 0, len(OPERATORS), blocks).min(axis=1)
    return np.where(most == least, most, NOWHERE).astype(np.int16)


def _segments_and_areas(numbers: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each Number its segment's distance from the first, or -1, and its area code, or 0."""
    kinds = numbers >> 59
    values = numbers & VALUE_MASK
    of_eleven = np.isin(kinds, (Kind.MOBILE, Kind.SATELLITE))
    is_thing = kinds == Kind.IOT
    sevens = np.where(of_eleven, values // 10**4 % 10**7, np.where(is_thing, values // 10**6 % 10**7, 0))
    segments = np.where((sevens >= FIRST_SEGMENT) & (sevens < FIRST_SEGMENT + SEGMENTS), sevens - FIRST_SEGMENT, -1)
    national = np.where(kinds == Kind.FIXED, np.where(values < 87 * 10**10, values - 86 * 10**10, 0), 0)
    longer = np.where((kinds == Kind.FIXED) & (values >= 87 * 10**10), values - 86 * 10**11, 0)
    of_two = national // 10**8
    short_area = np.isin(of_two, _TWO_DIGIT_AREAS)
    areas = np.where(longer > 0, longer // 10**8, np.where(short_area, of_two, national // 10**7))
    return segments, areas


_TWO_DIGIT_AREAS = np.array([int(row["area"]) for row in rows_of("area_codes.csv") if len(row["area"]) == 2])


def _name(names: tuple[str, ...], codes: Codes) -> str | None:
    code = int(codes[0])
    return names[code] if code >= 0 else None


def _damaged(where: str, wrong: str) -> Refused:
    return Refused(wrong, where=where, right="give a phone.dat as the phone package ships it; the plan in use stays")


def _write(file: Path, content: bytes) -> None:
    """Write aside, have it on the disk, rename."""
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with aside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
