"""Backups: taken while others write, whole or refused, and back in place with nothing given twice."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from wurao.errors import Refused

pytest.importorskip("django")


def put(n: int) -> Any:
    from wurao.control.registry import record

    row = record.checked_row(
        "ported", {"number": f"+86138{n:08d}", "operator": "联通", "since": "2026-03-01T08:00:00Z"}
    )
    return record.put("ported", row, record.Author("operator", "file"))


def deliver(store: Path) -> None:
    from wurao.control.registry.delivery import Delivery

    delivery = Delivery(store)
    while delivery.round():
        pass
    delivery.close()


def test_a_backup_taken_while_others_write_comes_back_as_one_moment(registry: Path, tmp_path: Path) -> None:
    from django.db import connections

    from wurao.control.keeping import back_up, restore
    from wurao.control.registry.models import MODELS, Change

    for n in range(20):
        put(n)
    deliver(registry / "store")
    stop = threading.Event()

    def write() -> None:
        n = 100
        while not stop.is_set():
            put(n)
            n += 1
        connections.close_all()

    writing = threading.Thread(target=write)
    writing.start()
    parts = back_up(tmp_path / "backup.tar", registry)
    stop.set()
    writing.join()
    assert set(parts) == {"registry.sqlite3", "control.key"}
    assert (tmp_path / "backup.tar").stat().st_mode & 0o077 == 0
    last = put(9_999)
    connections.close_all()
    with pytest.raises(Refused, match="holds a registry already"):
        restore(tmp_path / "backup.tar", registry)
    restore(tmp_path / "backup.tar", registry, replace=True)
    held = MODELS["ported"].objects.count()
    assert held >= 20
    assert held == Change.objects.count()
    assert not Change.objects.filter(change_id=last.change_id).exists()
    # The log is made anew, past what it had: no seq is given twice.
    put(9_998)
    before = set(Change.objects.filter(log_seq__isnull=False).values_list("log_seq", flat=True))
    deliver(registry / "store")
    after = set(Change.objects.values_list("log_seq", flat=True)) - before
    assert None not in after
    assert min(after) > max(before)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_damaged_backup_is_refused_and_touches_nothing(registry: Path, tmp_path: Path, place: float) -> None:
    from wurao.control.keeping import back_up, restore

    put(1)
    back_up(tmp_path / "backup.tar", registry)
    octets = bytearray((tmp_path / "backup.tar").read_bytes())
    (tmp_path / "cut.tar").write_bytes(octets[: int(place * len(octets))])
    octets[int(place * len(octets))] ^= 4
    (tmp_path / "flipped.tar").write_bytes(octets)
    before = (registry / "registry.sqlite3").read_bytes()
    for name in ("cut.tar", "flipped.tar"):
        with pytest.raises(Refused, match="take another backup"):
            restore(tmp_path / name, registry, replace=True)
    assert (registry / "registry.sqlite3").read_bytes() == before


def test_the_doctor_says_what_is_wrong_and_what_would_be_right(registry: Path) -> None:
    from wurao.control.doctor import examine

    put(1)
    found = {each.what: each for each in examine()}
    assert found["settings"].ok
    assert found["database"].ok
    assert (found["snapshot"].ok, found["workers"].ok) == (False, False)
    assert "wurao serve" in found["workers"].right


def test_the_doctor_runs_as_a_command(registry: Path) -> None:
    command = [sys.executable, "-m", "wurao", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "数据库 database" in done.stdout
