"""`wurao serve` on SQLite whose disk, a small one, is full: changes are refused whole, pages stay, nothing is lost.

FAULTS, "Power, disk, time". The change log lies on the same disk, so what was acknowledged comes into force when there
is room again, without anybody starting anything.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.conftest import _close
from tests.control.people import key_of, subscriber
from tests.control.serving.small_disk import fill, small_disk
from tests.control.serving.test_serve import ask, free_port, wait_until

pytest.importorskip("django")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    with small_disk(place, 48):
        yield place


def test_a_full_disk_refuses_changes_keeps_pages_and_loses_nothing(registry: Path, disk: Path) -> None:
    key = key_of(subscriber())
    _close()
    for name in ("registry.sqlite3", "control.key"):
        shutil.copy(registry / name, disk / name)
    (disk / "compiled").symlink_to((registry / "compiled").resolve())
    command = [sys.executable, "-m", "wurao", "serve", "--port", str(free_port()), "--json"]
    environment = {**os.environ, "WURAO_DATA": str(disk)}
    log = (registry / "log").open("wb")
    supervisor: Any = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        url = json.loads(supervisor.stdout.readline())["url"]
        saved = [ask(url, "POST", "shield", key, {"hours": 1})["seq"]]
        fill(disk / "filler")
        statuses: list[int] = []
        told: set[str] = set()
        end = time.monotonic() + 60
        while 503 not in statuses and time.monotonic() < end:
            try:
                saved.append(ask(url, "POST", "shield", key, {"hours": len(saved) % 2})["seq"])
            except urllib.error.HTTPError as refused:
                statuses.append(refused.code)
                told.add(refused.headers["Content-Type"])
        assert (set(statuses), told) == ({503}, {"application/problem+json"})
        with urllib.request.urlopen(f"{url}/", timeout=20) as page:
            assert page.status == 200
        assert set(saved) <= set(kept(disk))
        (disk / "filler").unlink()
        wait_until(lambda: is_saved(url, key, saved))
        wait_until(lambda: kept(disk, "log_seq IS NULL") == [])
        assert set(saved) <= set(kept(disk))
    finally:
        supervisor.terminate()
        supervisor.wait(30)
        log.close()


def is_saved(url: str, key: str, saved: list[int]) -> bool:
    try:
        saved.append(ask(url, "POST", "shield", key, {"hours": 6})["seq"])
    except urllib.error.HTTPError:
        return False
    return True


def kept(disk: Path, which: str = "true") -> list[int]:
    """The changes that the database has, or those of them for which something holds."""
    with sqlite3.connect(f"file:{disk}/registry.sqlite3?mode=ro", uri=True) as connection:
        return [seq for (seq,) in connection.execute(f"SELECT seq FROM registry_change WHERE {which}")]
