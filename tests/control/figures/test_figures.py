"""Figures for the staff: what was taken in, split each way, within what is theirs; charts from what is shipped."""

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, browser, key_of, staff
from tests.control.stops.parts import NOON, verdict, write_parts

pytest.importorskip("django")

DATONG = "+8618635210002"  # of 中国联通
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def counted(db: Path) -> Path:
    from wurao.control.stops.intake import Intake

    usual = {"at": NOON}
    write_parts(
        db / "verdicts" / "a",
        [verdict(**usual), verdict(**usual), verdict(**usual, action="allow", reason="NOTHING_SPOKE", category=None)],
        [verdict(**usual, to_number=DATONG, reason="OVERSEAS", action="divert", category=None)],
    )
    write_parts(db / "verdicts" / "b", [verdict(at=NOON - timedelta(days=40))])
    Intake().round()
    return db


def asked(person: Any, **query: Any) -> Any:
    headers = {"Authorization": f"Bearer {key_of(person)}"}
    return json.loads(browser().get("/api/v1/figures", query, headers=headers).content)


def test_they_are_split_each_way_and_reach_back_so_many_days(counted: Path) -> None:
    regulator = staff("regulator")
    by_day = asked(regulator)
    assert [(each["name"], each["allow"], each["divert"], each["block"]) for each in by_day["items"]] == [
        ("2026-09-16", 1, 1, 2)
    ]
    assert len(asked(regulator, days=90)["items"]) == 2
    by_reason = {each["name"]: each["block"] + each["divert"] for each in asked(regulator, by="reason")["items"]}
    assert by_reason == {"WISH_CATEGORY": 2, "OVERSEAS": 1, "NOTHING_SPOKE": 0}
    assert {each["name"] for each in asked(regulator, by="category")["items"]} == {"finance", ""}
    assert asked(regulator, channel="message")["items"] == []


def test_all_channels_are_the_sum_of_each_and_become_so_where_there_were_only_channels(counted: Path) -> None:
    from importlib import import_module

    from django.db import connection

    from wurao.control.stops.intake import Intake
    from wurao.control.stops.models import DayCount

    def held() -> list[Any]:
        kept = DayCount.objects.filter(channel="all")
        return sorted(kept.values_list("scope", "by", "day", "name", "action", "count"))

    write_parts(counted / "verdicts" / "c", [verdict(at=NOON, channel="message"), verdict(at=NOON, channel="message")])
    Intake().round()
    regulator, before = staff("regulator"), held()
    assert [asked(regulator, channel=each)["items"][0]["block"] for each in ("call", "message")] == [2, 2]
    assert asked(regulator)["items"][0]["block"] == 4
    DayCount.objects.filter(channel="all").delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("wurao.control.stops.migrations.0002_every_channel")._SUM)
    assert held() == before


def test_each_sees_only_what_is_theirs(counted: Path) -> None:
    def stopped(person: Any) -> int:
        return sum(each["block"] + each["divert"] for each in asked(person)["items"])

    assert stopped(staff("operator", "a", operator="cmcc")) == 2
    assert stopped(staff("operator", "b", operator="联通")) == 1
    assert stopped(staff("operator", "c", operator="")) == 0
    assert stopped(staff("police", "d", city="太原")) == 2
    assert stopped(staff("auditor", "e")) == 3


def test_a_ported_number_counts_for_its_present_operator(db: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.stops.intake import Intake

    row = record.checked_row("ported", {"number": NUMBER, "operator": "ctcc", "since": "2026-03-01T08:00:00Z"})
    record.put("ported", row, record.Author("operator", "file"))
    write_parts(db / "verdicts" / "a", [verdict()])
    Intake().round()
    assert [each["name"] for each in asked(staff("regulator"), by="operator")["items"]] == ["中国电信"]


def test_the_page_has_a_table_beside_each_chart_and_names_what_was_put_aside(counted: Path) -> None:
    from wurao.control.stops.intake import Intake

    (path,) = write_parts(counted / "verdicts" / "c", [verdict()])
    path.write_bytes(b"PAR1")
    Intake().round()
    html = browser(staff("regulator")).get("/figures/?days=7").content.decode()
    charts = re.findall(r'class="chart"[^>]* data-table="([^"]+)"', html)
    assert len(charts) == 5
    assert all(f'<table class="plain" id="{each}"' in html for each in charts)
    assert "c/part-00000.parquet" in html
    assert 'data-value="2"' in html
    assert "c/part-00000.parquet" not in browser(staff("police", city="太原")).get("/figures/").content.decode()
    assert browser(staff("administrator")).get("/figures/").status_code == 403


def test_the_vendored_files_are_those_that_npm_gave() -> None:
    vendored = ROOT / "src/wurao/control/console/static/vendor"
    hashes = json.loads((ROOT / "vendor" / "vendored.json").read_text())
    found = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in vendored.iterdir()}
    assert found == hashes
    lock = json.loads((ROOT / "vendor" / "package-lock.json").read_text())
    version = lock["packages"]["node_modules/chart.js"]["version"]
    assert f"Chart.js v{version}" in (vendored / "chart.js").read_text()[:200]
