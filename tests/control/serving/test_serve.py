"""`wurao serve`: everything on one machine, and whatever of it is killed, nothing acknowledged is lost or doubled."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import key_of, subscriber
from wurao.changes import ChangeReader

pytest.importorskip("django")

PATIENCE_S = 120.0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def serve(port: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "wurao", "serve", "--port", str(port), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def parts(supervisor: "subprocess.Popen[str]") -> dict[str, int]:
    """The processes under a supervisor, by the last part of their module."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if stat.read_text().rpartition(")")[2].split()[1] == str(supervisor.pid):
                command = (stat.parent / "cmdline").read_text().split("\0")
                found[command[2].rpartition(".")[2]] = int(stat.parent.name)
        except (OSError, IndexError):
            continue
    return found


def ask(url: str, method: str, path: str, key: str, body: Any = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
    request = urllib.request.Request(f"{url}/api/v1/{path}", data, given, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


@pytest.fixture
def running(registry: Path) -> Iterator[list[Any]]:
    """A place for the supervisor, so that it is ended whatever happens."""
    place: list[Any] = []
    yield place
    for each in place:
        each.send_signal(signal.SIGTERM)
        try:
            each.wait(20)
        except subprocess.TimeoutExpired:
            each.kill()
            each.wait()


class Saving(threading.Thread):
    """A subscriber who raises and lowers the shield again and again, each time until it is acknowledged."""

    def __init__(self, url: str, key: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.url, self.key, self.stop = url, key, stop
        self.saved: list[int] = []

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            key = f"{self.key[-8:]}-{number}"
            while True:
                try:
                    body = {"hours": number % 2}
                    answer = ask(self.url, "POST", "shield", self.key, body, **{"Idempotency-Key": key})
                    self.saved.append(answer["seq"])
                    break
                except urllib.error.HTTPError as refused:
                    if refused.code < 500:
                        raise
                except (OSError, ValueError):
                    time.sleep(0.1)
            time.sleep(0.05)


def test_whatever_is_killed_what_was_acknowledged_comes_into_force_once(registry: Path, running: list[Any]) -> None:
    from wurao.control.registry.models import Change

    keys = [key_of(subscriber(f"+861383511{n:04d}")) for n in range(4)]
    port, moments, stop = free_port(), random.Random(6), threading.Event()
    running.append(serve(port))
    told = json.loads(running[-1].stdout.readline())
    assert told["url"] == f"http://127.0.0.1:{port}"
    assert told["first_administrator"].startswith(f"{told['url']}/invited/")
    saving = [Saving(told["url"], key, stop) for key in keys]
    for each in saving:
        each.start()
    wait_until(lambda: all(each.saved for each in saving))
    for name in ("deliver", "web", "worker", "build", "stops", "tell"):
        before = [len(each.saved) for each in saving]
        killed = parts(running[-1])[name]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda killed=killed, name=name: parts(running[-1]).get(name, killed) != killed)
        wait_until(lambda before=before: all(len(each.saved) > n for each, n in zip(saving, before, strict=True)))
        time.sleep(moments.uniform(0.0, 0.3))
    children = parts(running[-1]).values()
    running[-1].kill()
    running.pop().wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    running.append(serve(port))
    running[-1].stdout.readline()
    before = [len(each.saved) for each in saving]
    wait_until(lambda: all(len(each.saved) > n for each, n in zip(saving, before, strict=True)))
    stop.set()
    for each in saving:
        each.join(30)
        last = each.saved[-1]
        wait_until(lambda each=each, last=last: standing(each, last) == "in_force")
    queued = [str(each) for each in Change.objects.order_by("seq").values_list("change_id", flat=True)]
    assert {seq for each in saving for seq in each.saved} == set(Change.objects.values_list("seq", flat=True))
    reader, logged = ChangeReader(registry / "store"), []
    while piece := reader.poll():
        logged += [change.change_id for change in piece]
    assert logged == queued


def standing(saving: Saving, seq: int) -> str:
    try:
        return str(ask(saving.url, "GET", f"changes/{seq}", saving.key)["standing"])
    except OSError:
        return ""


def wait_until(is_so: Any) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def test_a_second_one_on_the_same_data_is_refused(registry: Path, running: list[Any]) -> None:
    from wurao.control.serving.supervisor import take_lock
    from wurao.errors import Refused

    lock = take_lock(registry)
    try:
        with pytest.raises(Refused, match="running here already"):
            take_lock(registry)
    finally:
        os.close(lock)
