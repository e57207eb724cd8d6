"""Counting verdicts: by China's days, by the callee's place, around damage, and as a picture."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.screening.counting import CountingEngine
from wurao.errors import Refused
from wurao.events.read import find_inputs
from wurao.numbering.parse import parse_text
from wurao.records.counts import BY, Ported, count
from wurao.records.picture import draw
from wurao.records.sources import find_sources
from wurao.screening.run import How, run
from wurao.verdicts import VERDICT_SCHEMA

NOON = datetime.datetime(2026, 3, 2, 4, tzinfo=datetime.UTC)


def verdicts(path: Path, rows: list[dict]) -> Path:
    base = {
        "event_id": "e",
        "at": NOON,
        "channel": "call",
        "to_number": "+8613803510001",
        "action": "block",
        "reason": "OVERSEAS",
        "overseas_mark": False,
        "snapshot": "s+1",
    }
    parquet.write_table(pa.Table.from_pylist([{**base, **row} for row in rows], VERDICT_SCHEMA), path)
    return path


def counted(*paths: Path, **how: object) -> list[dict]:
    return count(find_sources([str(path) for path in paths]), **how).table.to_pylist()


def test_days_are_those_of_china(tmp_path: Path) -> None:
    hour = datetime.timedelta(hours=1)
    rows = [{"at": NOON + 11 * hour}, {"at": NOON + 12 * hour}]
    found = counted(verdicts(tmp_path / "a.parquet", rows), by=["day"])
    assert found == [{"day": "2026-03-02", "count": 1}, {"day": "2026-03-03", "count": 1}]


def test_city_and_operator_are_the_callees_and_a_ported_number_has_its_present_operator(tmp_path: Path) -> None:
    numbers = ["+8613803510001", "+8613803510002", "+863512345678", "95588", None]
    path = verdicts(tmp_path / "a.parquet", [{"to_number": number} for number in numbers])
    (plain,) = [row for row in counted(path, by=["operator", "city"]) if row["operator"] is not None]
    assert (plain["count"], plain["operator"]) == (2, "中国移动")
    cities = {row["city"]: row["count"] for row in counted(path, by=["city"])}
    assert cities == {plain["city"]: 2, "太原": 1, None: 2}
    ported = Ported(np.array([parse_text("13803510002")]), pa.array(["中国电信"]))
    operators = {row["operator"]: row["count"] for row in counted(path, by=["operator"], ported=ported)}
    assert operators == {"中国移动": 1, "中国电信": 1, None: 3}


kinds = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["call", "message"]),
        "reason": st.sampled_from(["OVERSEAS", "CONSENT", "FAULT"]),
        "category": st.sampled_from([None, "finance"]),
        "action": st.sampled_from(["allow", "block"]),
    }
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(kinds, max_size=30),
    by=st.sets(st.sampled_from(["channel", "reason", "category", "action"]), min_size=1),
)
def test_counts_are_what_counting_one_by_one_gives(tmp_path: Path, rows: list[dict], by: set[str]) -> None:
    columns = [name for name in BY if name in by]
    half = len(rows) // 2
    paths = [verdicts(tmp_path / "a.parquet", rows[:half]), verdicts(tmp_path / "b.parquet", rows[half:])]
    expected = Counter(tuple(row[name] for name in columns) for row in rows if row["action"] == "block")
    found = counted(*paths, by=columns, only={"action": ["block"]})
    assert {tuple(row[name] for name in columns): row["count"] for row in found} == expected


def test_values_with_quotes_in_them_are_values(tmp_path: Path) -> None:
    path = verdicts(tmp_path / "a.parquet", [{"category": "o'ther\"; DROP TABLE counts"}, {}])
    only = {"category": ["o'ther\"; DROP TABLE counts"]}
    assert counted(path, by=["category"], only=only) == [{"category": only["category"][0], "count": 1}]


def test_the_parts_that_a_manifest_names_are_counted_and_a_changed_one_is_named(tmp_path: Path) -> None:
    lines = [f"2026-03-02T09:00:00Z,call,e{n},1380351{n:04},13803510001" for n in range(300)]
    (tmp_path / "a.csv").write_text("at,channel,event_id,from_number,to_number\n" + "\n".join(lines))
    out = tmp_path / "out"
    run(CountingEngine(), find_inputs([str(tmp_path / "a.csv")]), out, How(batch_rows=100, part_rows=100))
    verdicts(out / "part-00009.parquet", [{}])
    assert sum(row["count"] for row in counted(out)) == 300
    part = out / "part-00001.parquet"
    spoiled = bytearray(part.read_bytes())
    spoiled[len(spoiled) // 3] ^= 1
    part.write_bytes(spoiled)
    counts = count(find_sources([str(out)]))
    assert sum(counts.table["count"].to_pylist()) == 200
    (said,) = counts.damaged
    assert str(part) in said
    assert "checksum" in said


def test_a_cut_file_and_one_that_is_no_record_are_named_and_the_others_counted(tmp_path: Path) -> None:
    good = verdicts(tmp_path / "a.parquet", [{}, {}])
    (tmp_path / "b.parquet").write_bytes(good.read_bytes()[:-100])
    parquet.write_table(pa.table({"x": [1]}), tmp_path / "c.parquet")
    counts = count(find_sources([str(tmp_path / "*.parquet")]), by=["day"])
    assert counts.table.to_pylist() == [{"day": "2026-03-02", "count": 2}]
    assert [said.split(": ")[0] for said in counts.damaged] == [str(tmp_path / f"{n}.parquet") for n in "bc"]


def test_nothing_to_count_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no such file"):
        find_sources([str(tmp_path / "nothing")])
    with pytest.raises(Refused, match="holds no verdicts"):
        find_sources([str(tmp_path)])


def test_the_picture_is_an_svg_that_fetches_nothing_and_shows_every_count() -> None:
    rows = [
        {"day": "2026-03-02", "reason": "OVERSEAS", "action": "block", "count": 1234},
        {"day": "2026-03-03", "reason": "OVERSEAS", "action": "label", "count": 6},
        {"day": "2026-03-03", "reason": "<script>", "action": "block", "count": 7},
    ]
    written = draw(rows)
    tree = ElementTree.fromstring(written)
    shown = {text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"1,240", "1,234", "13", "7", "<script>", "处置结果 Verdicts 2026-03-02 – 2026-03-03"} <= shown
    assert "script" not in {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert "href" not in written


def test_a_picture_of_nothing_is_a_picture() -> None:
    assert ElementTree.fromstring(draw([])).tag.endswith("svg")


def test_many_reasons_and_days_are_summed_up_at_the_end() -> None:
    days = [f"2026-03-{n:02}" for n in range(1, 31)]
    tree = ElementTree.fromstring(draw([{"day": d, "reason": d, "action": "allow", "count": 1} for d in days]))
    assert "其余 others" in {text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")}
