"""`wurao serve` on a PostgreSQL that is killed, slow, or has its disk full: told, refused whole, and back by itself.

FAULTS, "Power, disk, time" and "Parts and peers", as far as the control plane is concerned. The PostgreSQL is real, its
disk a small one, and between the two stands a relay that makes it slow.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.conftest import NOBODY, POSTGRES, _close, _use
from tests.control.people import key_of, subscriber
from tests.control.serving.small_disk import fill, small_disk
from tests.control.serving.test_serve import ask, free_port, wait_until

pytest.importorskip("django")
if not POSTGRES:
    pytest.skip("no PostgreSQL: apt-get install postgresql", allow_module_level=True)

DISK_MB = 160


class Postgres:
    """A PostgreSQL on a disk of its own, to be killed and started again."""

    def __init__(self, place: Path, port: int) -> None:
        self.programs, self.place, self.port = POSTGRES[-1].parent, place, port
        self.data = place / "data"
        self.as_nobody: dict[str, Any] = {}
        if os.getuid() == 0:
            self.as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        options = ["-U", "wurao", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1"]
        self.run("initdb", "-D", self.data, *options)

    def run(self, program: str, *arguments: object) -> None:
        command = [self.programs / program, *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.as_nobody)

    def start(self) -> None:
        """Until it answers; its fsync is on, as what was acknowledged must outlive it."""
        options = ["listen_addresses=127.0.0.1", f"unix_socket_directories={self.place}", "max_wal_size=8MB"]
        options += ["min_wal_size=2MB", "shared_buffers=4MB", "max_connections=60"]
        given = [part for option in options for part in ("-c", option)]
        command = [self.programs / "postgres", "-D", self.data, "-p", str(self.port), *given]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(command, cwd="/", **quiet, **self.as_nobody)
        asked = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_until(lambda: subprocess.run(asked, check=False).returncode == 0)

    def kill(self) -> None:
        """All of it at once, as by the kernel."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        for pid in (self.server.pid, *map(int, children)):
            os.kill(pid, signal.SIGKILL)
        self.server.wait()

    def stop(self) -> None:
        """In order."""
        self.server.send_signal(signal.SIGINT)
        self.server.wait(60)


class Relay(threading.Thread):
    """Stands between the service and its database, and may hold back each reply for a while."""

    def __init__(self, behind: int) -> None:
        super().__init__(daemon=True)
        self.behind, self.delay = behind, 0.0
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self.listening.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.behind))
            except OSError:
                near.close()
                continue
            for one, other, slow in ((near, far, False), (far, near, True)):
                threading.Thread(target=self.carry, args=(one, other, slow), daemon=True).start()

    def carry(self, one: socket.socket, other: socket.socket, slow: bool) -> None:
        try:
            while piece := one.recv(1 << 16):
                if slow and self.delay:
                    time.sleep(self.delay)
                other.sendall(piece)
        except OSError:
            pass
        finally:
            for each in (one, other):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()


class Service:
    """The running service, its database, and a subscriber's key."""

    def __init__(self, postgres: Postgres, relay: Relay, url: str, data: Path, key: str, filler: Path) -> None:
        self.postgres, self.relay, self.url, self.data = postgres, relay, url, data
        self.key, self.filler, self.saved = key, filler, list[int]()
        self.told: set[str] = set()

    def save(self, hours: int) -> int:
        """Raise or lower the shield; the status."""
        try:
            self.saved.append(ask(self.url, "POST", "shield", self.key, {"hours": hours})["seq"])
            return 200
        except urllib.error.HTTPError as error:
            self.told.add(str(error.headers["Content-Type"]))
            return error.code

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def is_well(self) -> bool:
        return self.page("/health/")[0] == 200

    def kept(self, which: str = "true") -> list[int]:
        """The changes that the database has, or those of them for which something holds."""
        import psycopg

        with psycopg.connect(f"postgresql://wurao@127.0.0.1:{self.postgres.port}/wurao") as connection:
            query = f'SELECT "seq" FROM "registry_change" WHERE {which} ORDER BY "seq"'
            return [seq for (seq,) in connection.execute(query)]


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """A small disk; not below pytest's own directory, which others than its owner cannot enter."""
    place = Path(tempfile.mkdtemp(prefix="wurao-small-disk-"))
    with small_disk(place, DISK_MB):
        os.chown(place, NOBODY, NOBODY)
        yield place
    place.rmdir()


@pytest.fixture(scope="module")
def service(project: Path, disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`wurao serve` on that database, impatient."""
    from tests.conftest import SHARED_CODE
    from wurao.control.database import database

    postgres = Postgres(disk, free_port())
    postgres.start()
    postgres.run("createdb", "-h", "127.0.0.1", "-p", postgres.port, "-U", "wurao", "wurao")
    relay, data, port = Relay(postgres.port), tmp_path_factory.mktemp("served"), free_port()
    relay.start()
    shutil.copy(project / "control.key", data / "control.key")
    (data / "compiled").symlink_to(SHARED_CODE / "compiled")
    (data / "settings.toml").write_text("[control]\ndatabase_patience_s = 2\nweb_processes = 1\nweb_threads = 4\n")
    url = f"postgresql://wurao@127.0.0.1:{relay.port}/wurao?connect_timeout=3"
    command = [sys.executable, "-m", "wurao", "serve", "--port", str(port), "--json"]
    environment = {**os.environ, "WURAO_DATA": str(data), "DATABASE_URL": url}
    environment.pop("WURAO_SETTINGS", None)
    log = (data / "log").open("wb")
    supervisor: Any = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        told = json.loads(supervisor.stdout.readline())
        _use(database(f"postgresql://wurao@127.0.0.1:{postgres.port}/wurao").for_django())
        key = key_of(subscriber())
        _close()
        made = Service(postgres, relay, told["url"], data, key, disk / "filler")
        wait_until(made.is_well)
        yield made
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(30)
        relay.listening.close()
        postgres.stop()


def test_postgresql_killed_again_and_again_keeps_what_was_acknowledged_once(service: Service) -> None:
    for turn in range(2):
        statuses: list[int] = []
        stop = threading.Event()

        def save_on(statuses: list[int] = statuses, stop: threading.Event = stop) -> None:
            while not stop.is_set():
                statuses.append(service.save(len(statuses) % 2))
                time.sleep(0.02)

        saving = threading.Thread(target=save_on)
        saving.start()
        wait_until(lambda statuses=statuses: statuses.count(200) >= 5)
        service.postgres.kill()
        wait_until(lambda statuses=statuses: statuses[-1] != 200)
        if not turn:
            # While it is away a page says so, in both languages, and so does the API.
            status, html = service.page("/health/")
            assert (status, "暂时无法使用" in html, "Not available now" in html) == (503, True, True)
        service.postgres.start()
        before = len(service.saved)
        wait_until(lambda before=before: len(service.saved) > before + 3)
        stop.set()
        saving.join()
        assert set(statuses) <= {200, 503}
        assert 503 in statuses
    kept = service.kept()
    assert set(service.saved) <= set(kept)
    assert len(kept) == len(set(kept))
    assert service.told == {"application/problem+json"}
    # And all of it comes into the change log, without anybody starting anything.
    wait_until(lambda: service.kept("log_seq IS NULL") == [])


def test_a_slow_postgresql_is_told_and_nothing_is_half_done(service: Service) -> None:
    before = service.kept()
    service.relay.delay = 5.0
    try:
        assert service.save(6) == 503
        assert service.page("/health/")[0] in (200, 503)
    finally:
        service.relay.delay = 0.0
    wait_until(service.is_well)
    wait_until(lambda: service.save(1) == 200)
    # Refused means not done: one change, and it is the one that was acknowledged.
    assert [seq for seq in service.kept() if seq not in before] == [service.saved[-1]]


def test_a_full_disk_refuses_changes_and_loses_none(service: Service) -> None:
    fill(service.filler)
    statuses = []
    end = time.monotonic() + 120
    while 503 not in statuses and time.monotonic() < end:
        statuses.append(service.save(len(statuses) % 2))
    assert statuses[-1] == 503
    assert set(statuses) <= {200, 503}
    service.filler.unlink()
    if service.postgres.server.poll() is not None:
        service.postgres.start()
    wait_until(lambda: service.save(6) == 200)
    assert set(service.saved) <= set(service.kept())


def test_a_backup_comes_back_through_the_commands(service: Service, tmp_path: Path) -> None:
    wait_until(service.is_well)
    environment = {
        **os.environ,
        "WURAO_DATA": str(service.data),
        "DATABASE_URL": f"postgresql://wurao@127.0.0.1:{service.postgres.port}/wurao",
    }
    stop = threading.Event()

    def save_on() -> None:
        while not stop.is_set():
            service.save(1)

    saving = threading.Thread(target=save_on)
    saving.start()
    command = [sys.executable, "-m", "wurao"]
    quiet: dict[str, Any] = {"capture_output": True, "text": True, "check": False}
    done = subprocess.run([*command, "backup", tmp_path / "backup.tar"], env=environment, **quiet)
    stop.set()
    saving.join()
    assert done.returncode == 0, done.stderr
    acknowledged = service.kept()
    service.postgres.run("createdb", "-h", "127.0.0.1", "-p", service.postgres.port, "-U", "wurao", "again")
    other = tmp_path / "data"
    other.mkdir(mode=0o700)
    again = f"postgresql://wurao@127.0.0.1:{service.postgres.port}/again"
    environment |= {"WURAO_DATA": str(other), "DATABASE_URL": again}
    done = subprocess.run([*command, "restore", tmp_path / "backup.tar"], env=environment, **quiet)
    assert done.returncode == 0, done.stderr
    import psycopg

    with psycopg.connect(again) as connection:
        held = [seq for (seq,) in connection.execute('SELECT "seq" FROM "registry_change" ORDER BY "seq"')]
        rows = connection.execute('SELECT count(*) FROM "registry_subscribers"').fetchone()
    # One moment of it, without gaps: all that came before, and nothing after.
    assert held == acknowledged[: len(held)]
    assert len(held) > 20
    assert rows == (1,)
    assert (other / "control.key").read_bytes() == (service.data / "control.key").read_bytes()
