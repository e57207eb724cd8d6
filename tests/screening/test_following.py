"""Workers that follow a store: changes in force within a second, new snapshots, damage and death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.screening.events import batch
from tests.screening.worker import CALLEE, CALLER, asked
from wurao.changes import Change, ChangeWriter, puts, wait_in_force, workers
from wurao.changes.record import deletions
from wurao.changes.workers import SILENT_S
from wurao.numbering import parse_text
from wurao.screening import engine as engine_module
from wurao.screening import following as following_module
from wurao.screening.engine import Engine
from wurao.screening.following import Following
from wurao.screening.kernel import screen_rows
from wurao.screening.sight import Sight
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
        return self.says_from(time.monotonic())

    def says_from(self, now: float) -> dict[str, Any]:
        """The first decision that begins after a time."""
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


def test_a_worker_that_was_stopped_decides_nothing_more_by_what_was_before(store: Path, worker: Running) -> None:
    with ChangeWriter(store) as writer:
        for row, reason in ((DENY, "MY_DENY_LIST"), (ALLOW, "MY_ALLOW_LIST"), (DENY, "MY_DENY_LIST")):
            os.kill(worker.process.pid, signal.SIGSTOP)
            _, seq = writer.append(changes("lists", row))
            assert wait_in_force(store, seq, PATIENCE)
            now = time.monotonic()
            os.kill(worker.process.pid, signal.SIGCONT)
            assert worker.says_from(now)["reason"] == reason


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

        patch.setattr(Sight, "with_changes", fails)
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


class Held:
    """Holds changes up on their way into a sight, until let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let_go = threading.Event()
        real = Sight.with_changes

        def with_changes(sight: Sight, *rest: Any) -> Sight:
            self.let_go.wait(PATIENCE)
            return real(sight, *rest)

        monkeypatch.setattr(Sight, "with_changes", with_changes)


@pytest.fixture
def following(store: Path) -> Iterator[Following]:
    made = Following(store)
    made.start()
    yield made
    made.stop()


def test_a_worker_that_is_long_at_a_change_is_waited_for(
    store: Path, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    with ChangeWriter(store) as writer:
        _, seq = writer.append(changes("lists", DENY))
    assert not wait_in_force(store, seq, 2.5 * SILENT_S)
    assert following.begin().seq < seq
    following.end()
    held.let_go.set()
    assert wait_in_force(store, seq, PATIENCE)
    assert following.begin().seq == seq


def test_a_worker_that_was_silent_decides_again_only_with_what_went_on_without_it(
    store: Path, following: Following, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    held = Held(monkeypatch)
    with ChangeWriter(store) as writer:
        with following._reporting:
            _, seq = writer.append(changes("lists", DENY))
            assert wait_in_force(store, seq, PATIENCE)
            assert following.newest.seq < seq
        threading.Timer(0.5, held.let_go.set).start()
        assert following.begin().seq == seq
    assert '"worker silent"' in capsys.readouterr().err


def test_what_was_acknowledged_while_a_worker_began_is_in_its_first_decision(store: Path) -> None:
    following = Following(store)
    with ChangeWriter(store) as writer:
        _, seq = writer.append(changes("lists", DENY))
    assert wait_in_force(store, seq, PATIENCE)
    following.start()
    try:
        assert following.begin().seq == seq
    finally:
        following.stop()


def test_no_call_waits_for_a_store_to_which_nothing_can_be_reported(
    store: Path, following: Following, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert following._worker is not None
    with monkeypatch.context() as patch:

        def fails(*_: object) -> None:
            raise OSError("made")

        patch.setattr(following._worker, "report", fails)
        until = time.monotonic() + PATIENCE
        while following._worker.is_in_service() and time.monotonic() < until:
            time.sleep(0.02)
        assert following.begin().seq == 0
        following.end()
        assert '"deciding out of service, by what was known before"' in capsys.readouterr().err
    with ChangeWriter(store) as writer:
        _, seq = writer.append(changes("lists", DENY))
    until = time.monotonic() + PATIENCE
    while not following._worker.is_in_service() and time.monotonic() < until:
        time.sleep(0.02)
    assert wait_in_force(store, seq, PATIENCE)
    assert following.begin().seq == seq
    assert not following._alone


class Interrupted:
    """A kernel that something comes between whose blocks."""

    def __init__(self, between: Callable[[], None]) -> None:
        self.plain, self.between = screen_rows, between

    def __call__(self, *arguments: Any) -> None:
        with np.errstate(over="ignore"):
            self.plain(*arguments)
        self.between()


def test_a_change_is_taken_up_between_the_blocks_of_one_batch(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BLOCK", 2)
    sender = {
        "sender_id": "firm",
        "name": "某公司",
        "state": "active",
        "categories": "other",
        "since": "2026-01-01T00:00:00Z",
    }
    order = {"order_id": "o1", "verb": "block", "target_kind": "number", "target": "+8613800000009", "cause": "fraud"}
    span = {"authority": "某局", "start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}
    coming = [
        changes("lists", DENY),
        changes("trunks", {"trunk": "abroad", "operator": "移动", "overseas": "true"}),
        changes("senders", sender) + changes("orders", order | span),
    ]
    snapshot = current_id(store)
    with ChangeWriter(store) as writer, Engine.open(store) as engine:
        engine.following = following = Following(store)

        def between() -> None:
            if coming:
                writer.append(coming.pop(0))
                following.look()

        engine.kernel = Interrupted(between)
        rows = [asked(row) for row in range(8)]
        rows[3] |= {"trunk": "abroad"}
        rows[5] |= {"trunk": "abroad", "caller": parse_text("+8613800000008")}
        rows[7] |= {"caller": parse_text("+8613800000009")}
        found = engine.screen(batch(rows)).to_pylist()
        engine.following = None
    assert [row["reason"] for row in found[::2]] == ["NOTHING_SPOKE", *["MY_DENY_LIST"] * 3]
    assert [row["snapshot"] for row in found] == [f"{snapshot}+{seq}" for seq in (0, 0, 1, 1, 2, 2, 4, 4)]
    assert [row["overseas_mark"] for row in found] == [False] * 5 + [True] + [False] * 2
    assert [row["order_id"] for row in found] == [None] * 7 + ["o1"]


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
