"""Being told of stops: each, once a day, or not; once each, whatever is killed; nothing to who registered none."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER
from tests.control.stops.parts import verdict, write_parts

pytest.importorskip("django")

THIRD = "+8613835110003"


def registered(number: str, notice: str) -> None:
    from wurao.control.registry import record

    row = record.checked_row("subscribers", {"number": number, "notice": notice})
    record.put("subscribers", row, record.Author("subscriber", "web"))


def take(data: Path, name: str, *rows: dict[str, Any]) -> Path:
    from wurao.control.stops.intake import Intake

    (path,) = write_parts(data / "verdicts" / name, list(rows))
    Intake().round()
    return path


def sent(number: str) -> list[str]:
    from wurao.control.accounts.models import ShownMessage
    from wurao.numbering import parse_text

    return list(ShownMessage.objects.filter(number=parse_text(number)).order_by("pk").values_list("text", flat=True))


def test_each_is_told_each_and_daily_once_a_day_and_none_nothing(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wurao.control.stops import notices

    for number, notice in ((NUMBER, "each"), (OTHER, "daily"), (THIRD, "none")):
        registered(number, notice)
    everybody = [NUMBER, OTHER, THIRD, "+8613835110004"]
    take(
        db,
        "a",
        *(verdict(to_number=number, reason="WISH_HOURS") for number in everybody for _ in range(2)),
        *(verdict(to_number=number, action="label", reason="VELOCITY_CALLER") for number in everybody),
    )
    take(db, "b", verdict(to_number=OTHER))
    notices.send_due()
    assert [len(sent(number)) for number in everybody] == [2, 0, 0, 0]
    assert "1390001****" in sent(NUMBER)[0]
    assert "您登记过在这个时段不接收营销。" in sent(NUMBER)[0]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for _ in range(2):
        notices.send_due(tomorrow)
    assert [len(sent(number)) for number in everybody] == [2, 1, 0, 0]
    assert "3 次" in sent(OTHER)[0]
    assert notices.counts() == {"sent": 3}
    monkeypatch.setattr(notices, "MOST_COUNTED", 2)
    assert notices.counts() == {"sent": 2}


def test_daily_ones_come_at_the_settings_hour(registry: Path) -> None:
    from wurao.control.stops.models import Notice
    from wurao.control.stops.notices import CHINA

    registered(NUMBER, "daily")
    take(registry, "a", verdict())
    due = Notice.objects.get().due.astimezone(CHINA)
    assert (due.hour, due.minute) == (9, 0)
    assert timedelta(0) < due - datetime.now(UTC) <= timedelta(days=1)


def test_whoever_wants_to_hear_no_more_hears_nothing_of_what_waits(registry: Path) -> None:
    from wurao.control.stops import notices

    registered(NUMBER, "each")
    take(registry, "a", verdict())
    registered(NUMBER, "none")
    notices.send_due()
    assert sent(NUMBER) == []
    assert notices.counts() == {"dropped": 1}


def test_the_same_event_screened_again_is_told_once_and_the_past_not_at_all(registry: Path) -> None:
    from wurao.control.stops import notices
    from wurao.control.stops.intake import Intake

    registered(NUMBER, "each")
    event = verdict()
    take(registry, "a", event)
    take(registry, "b", event | {"snapshot": "s+2"})
    (old,) = write_parts(registry / "verdicts" / "old", [verdict()])
    past = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    os.utime(old, (past, past))
    assert Intake().round() == 1
    notices.send_due()
    assert len(sent(NUMBER)) == 1


# The sender writes each message to a file; the process kills itself before or after one of them.
KILLED = """
import os, signal, sys
from wurao.control.start import start
start()
from wurao.control.stops import notices
hand_over, left = notices.hand_over, [3]
def broken(number, text):
    left[0] -= 1
    if left[0] == 0 and sys.argv[1] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    taken = hand_over(number, text)
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return taken
notices.hand_over = broken
notices.send_due()
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_sending_nobody_is_told_twice(registry: Path, when: str) -> None:
    from wurao.control.stops import notices

    registered(NUMBER, "each")
    take(registry, "a", *(verdict(from_number=f"+861390001000{n}") for n in range(5)))
    killed = subprocess.run([sys.executable, "-c", KILLED, when], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    assert notices.settle_broken_off() == 1
    notices.send_due()
    texts = sent(NUMBER)
    assert len(texts) == len(set(texts)) == (4 if when == "before" else 5)
    assert notices.counts() == {"sent": 4, "unknown": 1}


def test_a_sender_that_fails_is_counted(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from django.conf import settings

    from wurao.control.stops import notices

    registered(NUMBER, "each")
    take(registry, "a", verdict())
    monkeypatch.setattr(settings, "CONTROL", replace(settings.CONTROL, message_sender="no.such.module.send"))
    notices.send_due()
    assert notices.counts() == {"failed": 1}
