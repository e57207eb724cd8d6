"""Workers that follow a store: changes in force within a second, new snapshots, damage and death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.screening.events import batch
from tests.screening.worker import CALLEE, CALLER, asked
from wurao.changes import Change, ChangeWriter, puts, wait_in_force, workers
from wurao.changes.record import deletions
from wurao.screening import following as following_module
from wurao.screening.engine import Engine
from wurao.screening.following import Following
from wurao.snapshot import build, current_id
from wurao.tables import check_rows

PATIENCE = 30.0
"""Seconds to wait for what takes a fifth of one on a machine with nothing else to do."""
PROGRAM = Path(__file__).with_name("worker.py")
ROOT = Path(__file__).parents[2]


def changes(table: str, *rows: dict[str, object]) -> list[Change]:
    checked, bad = check_rows(table, list(rows))
    assert not bad.count
    return list(puts(table, checked))


DENY = {"subscriber": CALLEE, "entry": CALLER, "match": "exact", "action": "deny"}
ALLOW = DENY | {"action": "allow"}


def built(tables: Path, store: Path) -> str:
    tables.mkdir(exist_ok=True)
    (tables / "subscribers.csv").write_text(f"number\n{CALLEE}\n")
    return build(tables, store, own_sender="").id


@pytest.fixture
def store(tmp_path: Path) -> Path:
    built(tmp_path / "tables", tmp_path / "store")
    return tmp_path / "store"


class Running:
    """A worker's process and what it says."""

    def __init__(self, store: Path) -> None:
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        command = [sys.executable, str(PROGRAM), str(store)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    def says(self) -> dict[str, Any]:
        """The next decision."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def says_from_now_on(self) -> dict[str, Any]:
        """The first decision that begins after this was asked."""
        now = time.monotonic()
        while (said := self.says())["began"] < now:
            pass
        return said

    def comes_to(self, snapshot: str) -> dict[str, Any]:
        """The first decision by a snapshot."""
        while not (said := self.says())["snapshot"].startswith(snapshot):
            pass
        return said


@pytest.fixture
def worker(store: Path) -> Iterator[Running]:
    running = Running(store)
    running.says()
    yield running
    running.process.kill()
    running.process.wait()


def test_a_worker_decides_by_changes_new_snapshots_and_what_is_left_of_them(store: Path, worker: Running) -> None:
    with ChangeWriter(store) as writer:
        _, seq = writer.append(changes("lists", DENY))
        assert wait_in_force(store, seq, PATIENCE)
        assert worker.says_from_now_on()["reason"] == "MY_DENY_LIST"
        second = built(store.parent / "tables", store)
        assert worker.comes_to(second)["reason"] == "MY_DENY_LIST"
        _, seq = writer.append(changes("lists", ALLOW))
        assert wait_in_force(store, seq, PATIENCE)
        said = worker.says_from_now_on()
        assert (said["reason"], said["snapshot"]) == ("MY_ALLOW_LIST", f"{second}+2")
        third = built(store.parent / "tables", store)
        assert worker.comes_to(third)["reason"] == "MY_ALLOW_LIST"


def test_a_killed_worker_leaves_service_and_the_store_as_it_was(store: Path, worker: Running) -> None:
    assert len(workers(store)) == 1
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    with ChangeWriter(store) as writer:
        _, seq = writer.append(changes("lists", DENY))
    assert wait_in_force(store, seq, PATIENCE)
    with Engine.open(store) as engine:
        assert reason(engine) == "MY_DENY_LIST"
    assert built(store.parent / "tables", store) == current_id(store)


def reason(engine: Engine) -> str:
    return str(engine.screen(batch([asked(time.monotonic_ns())])).column("reason")[0].as_py())


def flip(store: Path, name: str, file: str) -> None:
    path = store / "snapshots" / name / file
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    path.unlink()
    path.write_bytes(octets)


def test_where_the_newest_snapshot_is_damaged_the_one_before_goes_on(store: Path, capsys: Any) -> None:
    first = current_id(store)
    with ChangeWriter(store) as writer:
        writer.append(changes("lists", DENY))
        following = Following(store)
        second = built(store.parent / "tables", store)
        flip(store, second, "profiles.bin")
        writer.append(changes("lists", ALLOW))
        following.look()
    assert following.newest.stamp == f"{first}+2"
    assert Following(store).newest.stamp == f"{first}+2"
    assert '"snapshot damaged"' in capsys.readouterr().err


def test_a_snapshot_found_damaged_while_in_use_gives_way_to_the_one_before(store: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(following_module, "VERIFY_EVERY", 0.05)
    first = current_id(store)
    second = built(store.parent / "tables", store)
    following = Following(store)
    following.start()
    try:
        assert following.newest.snapshot.id == second
        flip(store, second, "profiles.bin")
        until = time.monotonic() + 20
        while following.newest.snapshot.id != first and time.monotonic() < until:
            time.sleep(0.02)
        assert following.newest.snapshot.id == first
    finally:
        following.stop()


def test_a_new_snapshot_never_takes_a_change_out_of_force(store: Path) -> None:
    with ChangeWriter(store) as writer:
        writer.append(changes("lists", DENY))
        following = Following(store)
        seen = [following.newest.seq]
        built(store.parent / "tables", store)
        writer.append(changes("lists", ALLOW))
        following.look()
        seen.append(following.newest.seq)
        assert seen == [1, 2]
        assert following.newest.changed


def test_changes_that_cannot_be_laid_over_are_tried_again_and_never_passed_over(store: Path, monkeypatch: Any) -> None:
    following = Following(store)
    with ChangeWriter(store) as writer:
        writer.append(changes("lists", DENY))
    with monkeypatch.context() as patch:

        def fails(*_: object) -> None:
            raise ValueError("made")

        patch.setattr(following_module, "overlay", fails)
        for _ in range(2):
            with pytest.raises(ValueError, match="made"):
                following.look()
            assert following.newest.seq == 0
    following.look()
    assert following.newest.seq == 1


def test_what_is_being_decided_is_reported_until_it_is_decided(store: Path) -> None:
    following = Following(store)
    following.start()
    try:
        following.begin()
        with ChangeWriter(store) as writer:
            _, seq = writer.append(changes("lists", DENY))
            assert not wait_in_force(store, seq, 0.5)
            following.end()
            assert wait_in_force(store, seq, PATIENCE)
    finally:
        following.stop()
    assert not workers(store)


def test_a_deleted_row_is_out_of_force_too(store: Path) -> None:
    with ChangeWriter(store) as writer:
        writer.append(changes("lists", DENY))
        gone, bad = check_rows(
            "lists", [{name: DENY[name] for name in ("subscriber", "entry", "match")}], only_key=True
        )
        assert not bad.count
        writer.append(list(deletions("lists", gone)))
    with Engine.open(store) as engine:
        assert reason(engine) == "NOTHING_SPOKE"


def test_events_prepared_before_a_change_find_the_trunks_that_it_brings(store: Path) -> None:
    with Engine.open(store, follow=True) as engine:
        made = asked(1) | {"trunk": "abroad"}
        prepared = engine.prepare(batch([made]))
        with ChangeWriter(store) as writer:
            row = {"trunk": "abroad", "operator": "移动", "overseas": "true"}
            _, seq = writer.append(changes("trunks", row))
            assert wait_in_force(store, seq, PATIENCE)
        assert engine.render(prepared, engine.decide(prepared)).column("overseas_mark").to_pylist() == [True]
