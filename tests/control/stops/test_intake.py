"""Verdicts come in by directory: each part once, whatever is killed; a damaged one is named and holds up no other."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, OTHER
from tests.control.stops.parts import NOON, verdict, write_parts

pytest.importorskip("django")


def held() -> dict[str, int]:
    """How many stops of a number there are, and how many verdicts were counted."""
    from wurao.control.stops.found import stops_of
    from wurao.control.stops.models import DayCount
    from wurao.numbering import parse_text

    counts = sum(DayCount.objects.filter(scope="", by="day", channel="all").values_list("count", flat=True))
    return {"stops": len(stops_of(parse_text(NUMBER), most=10_000)), "counted": counts}


def take() -> int:
    from wurao.control.stops.intake import Intake

    return Intake().round()


def rows(n: int, **more: Any) -> list[dict[str, Any]]:
    return [verdict(**more) for _ in range(n)]


def test_each_part_is_taken_once_and_a_copy_of_it_is_the_same_part(db: Path) -> None:
    from wurao.control.stops.intake import Intake

    place = db / "verdicts"
    write_parts(place / "monday", rows(3), [verdict(action="allow", reason="NOTHING_SPOKE"), verdict(to_number=OTHER)])
    intake = Intake()
    assert intake.round() == 2
    assert held() == {"stops": 3, "counted": 5}
    assert intake.round() == 0
    shutil.copytree(place / "monday", place / "again")
    shutil.move(place / "monday", place / "moved")
    assert (intake.round(), take()) == (0, 0)
    assert held() == {"stops": 3, "counted": 5}


def test_parts_that_a_run_adds_later_are_taken_later(registry: Path) -> None:
    from wurao.control.stops.intake import Intake

    first, second = rows(2), rows(1)
    write_parts(registry / "verdicts" / "day", first)
    intake = Intake()
    assert intake.round() == 1
    write_parts(registry / "verdicts" / "day", first, second)
    assert intake.round() == 1
    assert held() == {"stops": 3, "counted": 3}


def test_a_damaged_part_is_named_and_the_others_are_taken_and_it_too_once_it_is_mended(registry: Path) -> None:
    from wurao.control.stops.intake import Intake
    from wurao.control.stops.models import PutAside

    paths = write_parts(registry / "verdicts" / "day", rows(1), rows(2), rows(3))
    whole = paths[1].read_bytes()
    paths[1].write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    paths[2].unlink()
    (registry / "verdicts" / "other").mkdir()
    (registry / "verdicts" / "other" / "manifest.json").write_text('{"sha256"')
    write_parts(registry / "verdicts" / "zz", rows(4))
    intake = Intake()
    assert (intake.round(), intake.round()) == (2, 0)
    aside = dict(PutAside.objects.values_list("place", "wrong"))
    assert set(aside) == {"day/part-00001.parquet", "day/part-00002.parquet", "other/manifest.json"}
    assert "checksum" in aside["day/part-00001.parquet"]
    paths[1].write_bytes(whole)
    assert intake.round() == 1
    assert held() == {"stops": 7, "counted": 7}
    assert not PutAside.objects.filter(place="day/part-00001.parquet").exists()


def test_what_is_no_verdicts_is_put_aside(registry: Path) -> None:
    from wurao.control.stops.models import PutAside

    (registry / "verdicts").mkdir()
    write_parts(registry / "verdicts" / "a", rows(1))
    manifest = registry / "verdicts" / "a" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("wurao verdicts 1", "wurao verdicts 9"))
    assert take() == 0
    assert "another version" in PutAside.objects.get().wrong


# The process kills itself just before or just after a step of taking a part.
KILLED = """
import os, signal, sys
from wurao.control.start import start
start()
from wurao.control.stops import intake, shelf, notices
from wurao.control.stops.models import TakenPart
module, name = {"write": (shelf, "write"), "count": (intake, "add_counts"), "tidy": (shelf, "tidy"),
                "queue": (notices, "queue")}[sys.argv[1]]
step, left = getattr(module, name), [int(sys.argv[2])]
def broken(*given):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(*given)
setattr(module, name, broken)
intake.Intake().round()
"""


@pytest.mark.parametrize(("step", "time"), [("write", 4), ("queue", 2)])
def test_killed_anywhere_each_part_counts_once(registry: Path, step: str, time: int) -> None:
    write_parts(registry / "verdicts" / "day", rows(2), rows(3))
    killed = subprocess.run([sys.executable, "-c", KILLED, step, str(time)], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    take()
    assert held() == {"stops": 5, "counted": 5}
    assert take() == 0
    assert len(list((registry / "by-callee").iterdir())) == 4


def test_small_runs_are_merged_what_is_old_goes_and_nothing_of_the_rest_is_lost(registry: Path) -> None:
    from wurao.control.stops import shelf
    from wurao.control.stops.found import stops_of
    from wurao.control.stops.models import KeptRun
    from wurao.numbering import parse_text

    for day in range(20):
        moment = NOON + timedelta(days=day)
        write_parts(registry / "verdicts" / f"{day:02}", [verdict(at=moment), verdict(at=moment, to_number=OTHER)])
    take()
    assert len(stops_of(parse_text(NUMBER))) == 20
    assert KeptRun.objects.filter(shelf="stops").count() <= 13
    recent = shelf.look_up("recent", parse_text(NUMBER))
    assert recent is not None
    assert 2 <= len(recent) < 20


def test_files_that_are_lost_are_made_again_and_nothing_is_counted_or_told_twice(db: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.stops.models import Notice

    row = record.checked_row("subscribers", {"number": NUMBER, "notice": "each"})
    record.put("subscribers", row, record.Author("subscriber", "web"))
    write_parts(db / "verdicts" / "a", rows(2), rows(3))
    take()
    shutil.rmtree(db / "by-callee")
    assert take() == 2
    assert held() == {"stops": 5, "counted": 5}
    assert Notice.objects.count() == 5
    assert take() == 0


def test_what_was_forgotten_is_seen_no_more_and_leaves_the_files(registry: Path) -> None:
    from wurao.control.stops import shelf
    from wurao.control.stops.forgetting import forget
    from wurao.control.stops.forgetting import held as kept_of
    from wurao.control.stops.found import stops_of
    from wurao.control.stops.models import Forgotten
    from wurao.numbering import parse_text

    first, second = verdict(), verdict()
    for n in range(8):
        write_parts(registry / "verdicts" / str(n), [first if n == 0 else second | {"event_id": f"x{n}"}])
    forget(parse_text(NUMBER), second["at"])
    take()
    assert len(stops_of(parse_text(NUMBER))) == len(kept_of(parse_text(NUMBER))["stops"]) == 7
    Forgotten.objects.all().delete()
    assert first["event_id"] not in {stop.event_id for stop in stops_of(parse_text(NUMBER))}
    assert shelf.look_up("stops", parse_text(OTHER)) is None
