"""Alarms for senders above their ceiling, once an hour; one warning where many rows are late, and what made them so."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.screening.engines import LOW, SETTINGS, engine_of, sight_of
from tests.screening.events import Event, batch
from tests.snapshot import small
from wurao.cli import run
from wurao.numbering import parse_text
from wurao.screening.asking import Asking
from wurao.screening.engine import Engine
from wurao.screening.sight import Sight
from wurao.snapshot import build
from wurao.verdicts import Reason

PORT, OWN_CEILING = "10690001", "10690002"
USUAL = LOW["sender_ceiling_per_hour"]


def sight(guard: int = 1) -> Sight:
    """Two firms, one with a ceiling of five an hour; everybody has the same guard level."""
    made = small.Registry()
    for firm, port, ceiling in (("firm1", PORT, None), ("firm2", OWN_CEILING, 5)):
        sender = {"sender_id": firm, "state": 0, "ceiling_per_hour": ceiling}
        made.put("senders", small.MADE["senders"][0](Random(0)) | sender)
        header = {"header": parse_text(port), "match": 0, "sender_id": firm, "start": small.START, "end": None}
        made.put("headers", small.MADE["headers"][0](Random(0)) | header)
    plain = {"only_my_list": False, "only_my_list_until": None, "shield_until": None, "guard": guard}
    for text in small.MOBILES:
        made.put("subscribers", small.MADE["subscribers"][0](Random(0)) | plain | {"number": parse_text(text)})
    return sight_of(made)


def calls(port: str, count: int, after: timedelta = timedelta(0), step: int = 1) -> list[Event]:
    """So many calls by a firm, some seconds apart."""
    nothing = dict.fromkeys(("trunk", "template", "declared", "ring_s", "duration_s", "event_id"))
    codes = {"channel": 0, "attestation": 0, "roaming": -1, "answered": -1, "caller": parse_text(port)}
    times = [small.START + after + timedelta(seconds=step * n) for n in range(count)]
    return [{"at": at, "callee": parse_text(small.MOBILES[n % 5]), **nothing, **codes} for n, at in enumerate(times)]


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def alarms(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, int, str]]:
    lines = [line for line in told(capsys) if line.get("alarm")]
    assert {line["event"] for line in lines} <= {"sender above its ceiling"}
    return [(line["sender_id"], line["per_hour"], line["at"]) for line in lines]


def at(after: timedelta) -> str:
    return (small.START + after).isoformat()


def engine(seen: Sight) -> Engine:
    made = engine_of(seen)
    assert made.ceilings is not None
    made.ceilings._usual = USUAL
    return made


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_sender_above_its_ceiling_raises_an_alarm_once_an_hour_whatever_the_batches(capsys, size) -> None:
    screening = engine(sight())
    asked = calls(PORT, 6) + calls(OWN_CEILING, 8, timedelta(minutes=1)) + calls(PORT, 6, timedelta(hours=2))
    for first in range(0, len(asked), size):
        screening.screen(batch(asked[first : first + size]))
    assert alarms(capsys) == [
        ("firm1", USUAL, at(timedelta(seconds=USUAL))),
        ("firm2", 5, at(timedelta(minutes=1, seconds=5))),
        ("firm1", USUAL, at(timedelta(hours=2, seconds=USUAL))),
    ]


def test_a_sender_at_its_ceiling_raises_none(capsys) -> None:
    engine(sight()).screen(batch(calls(PORT, USUAL) + calls(OWN_CEILING, 5)))
    assert alarms(capsys) == []


def test_what_is_diverted_by_the_strict_raises_it_too(capsys) -> None:
    found = engine(sight(guard=3)).screen(batch(calls(PORT, 4))).to_pylist()
    assert (found[-1]["action"], found[-1]["reason"]) == ("divert", "SENDER_CEILING")
    assert len(alarms(capsys)) == 1


def test_asked_one_by_one_it_raises_the_same(capsys) -> None:
    screening = engine(sight())
    asking = Asking(screening)
    columns = screening.prepare(batch(calls(PORT, 8))).events
    names = ("at", "channel", "caller", "callee", "attestation")
    rows = zip(*(columns.array(name).tolist() for name in names), strict=True)
    answers = [asking.ask(**dict(zip(names, row, strict=True))) for row in rows]
    assert [answer.label for answer in answers].count(Reason.SENDER_CEILING) == 8 - USUAL
    assert alarms(capsys) == [("firm1", USUAL, at(timedelta(seconds=USUAL)))]


def test_whoever_looks_at_the_past_hears_of_none(capsys) -> None:
    quiet = Engine(sight(), SETTINGS, alarms=False)
    quiet.thresholds = quiet.thresholds._replace(**LOW)
    assert "SENDER_CEILING" in quiet.screen(batch(calls(PORT, 8))).column("label").to_pylist()
    assert alarms(capsys) == []


def test_one_time_far_ahead_is_named_with_its_row_when_many_rows_are_late(capsys) -> None:
    screening = engine_of(sight())
    ahead = [calls(PORT, 1, timedelta(days=365))[0] | {"event_id": "day.csv:100"}]
    screening.screen(batch(calls(PORT, 99) + ahead))
    assert [line for line in told(capsys) if "late" in line] == []
    for _ in range(3):
        screening.screen(batch(calls(PORT, 50)))
    (line,) = (line for line in told(capsys) if "late" in line)
    assert (line["level"], line["event_id"], line["late"]) == ("warning", "day.csv:100", 50)
    assert line["greatest"] == at(timedelta(days=365))
    assert screening.late == 150


def test_a_few_late_rows_among_many_are_no_news(capsys) -> None:
    screening = engine_of(sight())
    late = calls(PORT, 15, timedelta(hours=-1))
    screening.screen(batch([*calls(PORT, 2000), *late]))
    assert screening.late == 15
    assert [line for line in told(capsys) if "late" in line] == []


def test_a_file_with_a_time_far_ahead_says_in_which_row(tmp_path, capsys) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "subscribers.csv").write_text("number\n")
    build(tmp_path / "tables", tmp_path / "store", own_sender="wurao")
    rows = [f"2026-03-02T09:00:{n:02}+08:00,call,13803510001" for n in range(60)]
    rows[7] = rows[7].replace("2026", "2036")
    (tmp_path / "day.csv").write_text("\n".join(["at,channel,to_number", *rows]) + "\n")
    assert (
        run(["screen", str(tmp_path / "day.csv"), "-o", str(tmp_path / "out"), "--store", str(tmp_path / "store")]) == 0
    )
    said = capsys.readouterr().err
    assert "day.csv:8" in said
    assert "2036-03-02T01:00:07" in said
