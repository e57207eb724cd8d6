"""When a change is in force: every live worker has applied it; the silent are out."""

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

from wurao.changes import Worker, WorkerState, in_force, wait_in_force, workers

workers_module = sys.modules[Worker.__module__]


def test_a_change_is_in_force_when_every_live_worker_has_applied_it(tmp_path: Path) -> None:
    assert in_force(tmp_path, 7)
    with Worker(tmp_path) as first, Worker(tmp_path) as second:
        first.report(7)
        second.report(6)
        assert not in_force(tmp_path, 7)
        assert not wait_in_force(tmp_path, 7, 0.05)
        second.report(7)
        assert in_force(tmp_path, 7)
        assert {(worker.id, worker.applied_seq, worker.pid) for worker in workers(tmp_path)} == {
            (first.id, 7, os.getpid()),
            (second.id, 7, os.getpid()),
        }
    assert workers(tmp_path) == []


def rewritten(store: Path, worker: Worker, **fields: object) -> None:
    path = store / "workers" / f"{worker.id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_worker_silent_for_a_second_is_out_whatever_the_clock_says(tmp_path: Path) -> None:
    with Worker(tmp_path) as worker:
        worker.report(3)
        rewritten(tmp_path, worker, reported=time.monotonic() - 0.9)
        assert not in_force(tmp_path, 4)
        rewritten(tmp_path, worker, reported=time.monotonic() - 1.1)
        assert in_force(tmp_path, 4)
        worker.report(3)
        assert not in_force(tmp_path, 4)


def test_a_worker_that_reports_while_the_reports_are_read_is_waited_for(tmp_path: Path, monkeypatch: Any) -> None:
    with Worker(tmp_path) as worker:
        worker.report(3)
        real = workers_module.workers

        def slow(store: Path) -> list[WorkerState]:
            found = real(store)
            time.sleep(1.1)
            return found

        monkeypatch.setattr(workers_module, "workers", slow)
        assert not in_force(tmp_path, 4)


def test_a_worker_is_in_service_from_its_coming_back_until_it_is_silent_for_a_second(tmp_path: Path) -> None:
    with Worker(tmp_path) as worker:
        assert not worker.is_in_service()
        worker.report(3)
        first = worker.left
        assert not worker.is_in_service()
        worker.come_back(first)
        assert worker.is_in_service()
        time.sleep(1.05)
        assert not worker.is_in_service()
        worker.report(3)
        worker.come_back(first)
        assert not worker.is_in_service()
        worker.come_back(worker.left)
        assert worker.is_in_service()
        worker.report(4)
        assert worker.is_in_service()


def test_a_report_that_takes_longer_than_a_second_to_stand_is_a_silence(tmp_path: Path, monkeypatch: Any) -> None:
    with Worker(tmp_path) as worker:
        worker.report(3)
        worker.come_back(worker.left)
        real = os.replace

        def slow(*paths: Any) -> None:
            time.sleep(1.1)
            real(*paths)

        with monkeypatch.context() as patch:
            patch.setattr(workers_module.os, "replace", slow)
            worker.report(3)
        worker.report(3)
        assert not worker.is_in_service()


def test_a_worker_of_another_boot_is_out(tmp_path: Path) -> None:
    with Worker(tmp_path) as worker:
        worker.report(3)
        rewritten(tmp_path, worker, boot="another")
        assert in_force(tmp_path, 4)


def test_a_killed_worker_does_not_hold_changes_up_for_ever(tmp_path: Path) -> None:
    code = """
        import sys, time
        from pathlib import Path
        from wurao.changes import Worker
        worker = Worker(Path(sys.argv[1]))
        while True:
            worker.report(3)
            print("reported", flush=True)
            time.sleep(0.1)
    """
    killed = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), tmp_path], stdout=subprocess.PIPE)
    assert killed.stdout is not None
    killed.stdout.readline()
    assert not in_force(tmp_path, 4)
    killed.kill()
    killed.communicate()
    assert wait_in_force(tmp_path, 4, 30)
    now = time.monotonic()
    assert [worker.is_live(now) for worker in workers(tmp_path)] == [False]


def test_a_damaged_report_is_no_worker(tmp_path: Path) -> None:
    with Worker(tmp_path) as worker:
        worker.report(3)
        (tmp_path / "workers" / f"{worker.id}.json").write_text('{"id": ')
        assert workers(tmp_path) == []
