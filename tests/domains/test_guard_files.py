"""Guard data on disk: damaged, cut or half of it is refused; newer is loaded whole or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domains.small import HEAD, guard_of, write_parts
from wurao.domains import Decision, Guard
from wurao.domains.guard_files import (
    MANIFEST,
    PARTS,
    GuardData,
    guard_stamp,
    read_guard_data,
    read_manifest,
    shipped_directory,
)
from wurao.domains.guard_loading import FILES, about_of, load_guard, unload_guard, write_manifest
from wurao.domains.suffixes import LIST, read_suffixes, shipped_text
from wurao.errors import Refused


def decides(guard: Guard, name: str) -> str:
    return Decision(int(guard.decide(pa.array([name])).decision[0])).code


def read_or_none(loaded: Path, shipped: Path) -> GuardData | None:
    """The data; null where they are refused."""
    try:
        return read_guard_data(loaded, shipped)
    except Refused:
        return None


def test_the_shipped_data_are_what_their_manifest_says() -> None:
    abouts = read_manifest(shipped_directory())
    assert set(abouts) == {part.file for part in PARTS}
    for file, about in abouts.items():
        found = about_of(shipped_directory() / file, about.source)
        assert found == about, "run: make guard"
        assert about.date >= "2014-11-06"
        assert about.source


def test_the_shipped_data_say_where_every_name_is_from() -> None:
    for part in PARTS:
        text = (shipped_directory() / part.file).read_text("utf-8")
        if part.file.endswith(".csv"):
            known = {line.split()[1] for line in text.splitlines() if line.startswith("#   ")}
            sources = {line.rpartition(",")[2].split()[0].strip('"') for line in text.splitlines()
                       if not line.startswith(("#", "name,"))}  # fmt: skip
            assert sources <= known, part.file
        else:
            assert "2014, public domain" in text


def test_the_suffix_list_has_its_sections_and_its_age() -> None:
    suffixes = read_suffixes(shipped_text())
    assert suffixes.private.any()
    assert not suffixes.private.all()
    assert suffixes.version.startswith("20")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_cut_suffix_list_is_refused(share: float) -> None:
    text = shipped_text()
    with pytest.raises(Refused, match="public suffix list"):
        read_suffixes(text[: int(len(text) * share)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_damage_anywhere_in_the_data_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    place = tmp_path / "parts"
    shutil.rmtree(place, ignore_errors=True)
    write_parts(place)
    file = place / data.draw(st.sampled_from([MANIFEST, *(part.file for part in PARTS)]))
    octets = bytearray(file.read_bytes())
    match data.draw(st.sampled_from(["cut", "flip", "gone", "longer"])):
        case "cut":
            file.write_bytes(octets[: data.draw(st.integers(0, len(octets) - 2))])
        case "flip":
            octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            file.write_bytes(octets)
        case "gone":
            file.unlink()
        case _:
            file.write_bytes(octets + b"x.example\n")
    before = write_parts(tmp_path / "sound")
    if (found := read_or_none(tmp_path / "none", place)) is not None:
        # A flipped bit of a date or a source is no less of a guard; names never differ.
        assert file.name == MANIFEST
        assert found.names.equals(read_guard_data(tmp_path / "none", before).names)


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        (["evil..com,x,test"], "banks.csv:3"),
        (["bank.com,x"], "banks.csv:3"),
        (["bank.com,,test"], "banks.csv:3"),
        ([], "banks.csv"),
    ],
)
def test_a_row_that_is_none_is_named_with_its_line(tmp_path: Path, rows: list[str], where: str) -> None:
    with pytest.raises(Refused) as error:
        write_parts(tmp_path / "parts", banks=rows)
    assert where in error.value.where


def test_newer_data_stand_over_the_shipped_part_by_part(tmp_path: Path) -> None:
    place, given_parts = tmp_path / "guard", tmp_path / "given"
    given_parts.mkdir()
    (given_parts / "banks.csv").write_text(HEAD.format("banks") + "".join(f"b{n}.com,x,test\n" for n in range(300)))
    before = guard_stamp(place)
    load_guard(given_parts, "a test", place=place)
    guard = Guard.read(place)
    assert (decides(guard, "b7.com"), decides(guard, "jshbank.com")) == ("second-person", "list")
    assert decides(guard, "qq.com") == "second-person"
    about = next(part for part in guard.data.parts if part.file == "banks.csv")
    assert (about.about.source, about.about.date, about.about.names) == ("a test", "2026-11-30", 300)
    assert (loaded := guard_stamp(place)) == guard_stamp(place) != before
    with (place / "banks.csv").open("a") as file:
        file.write("cut")
    assert guard_stamp(place) != loaded
    load_guard(given_parts, "a test", place=place)
    (given_parts / "banks.csv").rename(given_parts / "government.csv")
    load_guard(given_parts, "another", smaller=True, place=place)
    both = Guard.read(place)
    assert (decides(both, "b7.com"), decides(both, "taiyuan.gov.cn")) == ("second-person", "list")
    assert len(list(tmp_path.glob("guard-*"))) == 1
    unload_guard(place)
    assert decides(Guard.read(place), "icbc.com.cn") == "second-person"
    assert not list(tmp_path.glob("guard*"))


def test_a_ranking_with_numbers_is_read(tmp_path: Path) -> None:
    directory = tmp_path / "given"
    directory.mkdir()
    (directory / "popular.txt").write_text("".join(f"{n + 1},n{n}.com\n" for n in range(6000)))
    load_guard(directory, "Tranco", place=tmp_path / "guard")
    by = Guard.read(tmp_path / "guard").hit("n41.com").by
    assert by is not None
    assert by.rank == 42


def test_a_whole_newer_suffix_list_is_taken_and_a_cut_one_refused(tmp_path: Path) -> None:
    directory, place = tmp_path / "given", tmp_path / "guard"
    directory.mkdir()
    text = shipped_text().replace("// ===END ICANN DOMAINS===", "nurhier\n\n// ===END ICANN DOMAINS===")
    (directory / LIST).write_text(text)
    load_guard(directory, "publicsuffix.org", place=place)
    assert decides(Guard.read(place), "evil.nurhier") == "list"
    (directory / LIST).write_text(text[:100_000])
    with pytest.raises(Refused):
        load_guard(directory, "publicsuffix.org", place=place)
    assert decides(Guard.read(place), "evil.nurhier") == "list"


def test_what_would_guard_much_less_is_refused_unless_it_is_meant(tmp_path: Path) -> None:
    directory, place = tmp_path / "given", tmp_path / "guard"
    directory.mkdir()
    (directory / "popular.txt").write_text("only.example\n")
    with pytest.raises(Refused, match="has 1 names where 10,000"):
        load_guard(directory, "x", place=place)
    assert not place.exists()
    load_guard(directory, "x", smaller=True, place=place)
    assert decides(Guard.read(place), "only.example") == "second-person"


def test_nothing_to_load_and_a_part_cut_in_a_line_are_refused(tmp_path: Path) -> None:
    directory = tmp_path / "given"
    directory.mkdir()
    with pytest.raises(Refused, match="holds no part"):
        load_guard(directory, "x", place=tmp_path / "guard")
    (directory / "popular.txt").write_text("google.com\nfacebook.c")
    with pytest.raises(Refused, match="middle of a line"):
        load_guard(directory, "x", smaller=True, place=tmp_path / "guard")


def test_damaged_loaded_data_are_refused_and_mended_by_loading_again(tmp_path: Path) -> None:
    directory, place = tmp_path / "given", tmp_path / "guard"
    directory.mkdir()
    (directory / "operators.csv").write_text(HEAD.format("operators") + "".join(f"o{n}.com,x,t\n" for n in range(99)))
    load_guard(directory, "x", place=place)
    with (place / "operators.csv").open("a") as file:
        file.write("more.com,x,t\n")
    with pytest.raises(Refused, match="guard load") as error:
        Guard.read(place)
    assert error.value.exit_code == 1
    load_guard(directory, "x", place=place)
    assert decides(Guard.read(place), "o5.com") == "second-person"


def test_a_loaded_place_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "guard").symlink_to("guard-gone")
    with pytest.raises(Refused):
        Guard.read(tmp_path / "guard")


def test_a_manifest_of_another_format_is_refused(tmp_path: Path) -> None:
    guard_of(tmp_path / "parts")
    manifest = tmp_path / "parts" / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 2}))
    with pytest.raises(Refused, match="format 2"):
        read_guard_data(tmp_path / "none", tmp_path / "parts")


def test_the_manifest_names_what_may_be_loaded() -> None:
    assert FILES == (*(part.file for part in PARTS), LIST)
    assert callable(write_manifest)
