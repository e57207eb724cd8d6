"""A publisher that follows a store: what `wurao change --wait` says is in force is refused at the resolvers."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gateways.dns.conftest import Net, wait_for
from tests.gateways.dns.test_publisher import blocks
from wurao.changes import workers
from wurao.cli import change, run
from wurao.gateways.dns.loopback import Server
from wurao.gateways.dns.secondaries import Resolver

HEAD = "name,match,cause,source,start,end,op"
START = "2026-01-01T00:00:00+08:00"


def wurao(*arguments: object, ends: int = 0) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "wurao", *map(str, arguments), "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == ends, done.stderr
    return json.loads(done.stdout) if done.stdout else {}


class Province:
    """A data directory with a store, and the plan of primary and resolvers."""

    def __init__(self, data: Path, net: Net, *resolvers: Resolver) -> None:
        self.data, self.net = data, net
        self.store = data / "store"
        tables = data / "tables"
        tables.mkdir()
        columns = HEAD.removesuffix(",op")
        (tables / "domains.csv").write_text(f"{columns}\nfraud-shop.example,below,fraud,12321,{START},\n")
        wurao("snapshot", "build", tables, "-o", self.store)
        (data / "dns").mkdir()
        each = "".join(
            f'[[resolver]]\nname = "{one.name}"\nkind = "{one.kind}"\naddress = "{one.address}"\n' for one in resolvers
        )
        (data / "dns" / "resolvers.toml").write_text(f'listen = "{net.listen}"\n{each}')
        net.stack.callback(self._end_primary)

    def change(self, *lines: str) -> dict[str, object]:
        file = self.data / "domains.csv"
        file.write_text("\n".join([HEAD, *lines]) + "\n")
        return wurao("change", file, "--wait")

    def put_from_elsewhere(self, name: str) -> None:
        """From a data directory with a guard of its own, without waiting."""
        file = self.data / "domains.csv"
        file.write_text(f"{HEAD}\n{name},below,fraud,12321,{START},,put\n")
        elsewhere = {**os.environ, "WURAO_DATA": str(self.data / "elsewhere")}
        command = [sys.executable, "-m", "wurao", "change", str(file), "--store", str(self.store)]
        subprocess.run(command, env=elsewhere, check=True, capture_output=True)

    def list(self, name: str) -> dict[str, object]:
        return self.change(f"{name},below,fraud,12321,{START},,put")

    def release(self, name: str) -> dict[str, object]:
        return self.change(f"{name},below,fraud,12321,{START},,delete")

    def start(self) -> subprocess.Popen[bytes]:
        log = (self.data / "publisher.log").open("ab")
        command = [sys.executable, "-m", "wurao", "domains", "publish", "--follow"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        self.net.stack.callback(process.wait)
        self.net.stack.callback(process.kill)
        until = time.monotonic() + 60
        while not any(each.pid == process.pid for each in workers(self.store)):
            assert process.poll() is None, (self.data / "publisher.log").read_text()
            assert time.monotonic() < until, (self.data / "publisher.log").read_text()
            time.sleep(0.05)
        return process

    def kill_primary(self) -> None:
        os.kill(int((self.data / "dns" / "knot" / "knot.pid").read_text()), signal.SIGKILL)

    def _end_primary(self) -> None:
        place = self.data / "dns" / "knot"
        if place.exists():
            subprocess.run(["knotc", "-s", "knot.sock", "-t", "5", "stop"], cwd=place, capture_output=True, check=False)


@pytest.fixture
def province(net: Net, data: Path) -> tuple[Province, Server]:
    resolver, server = net.unbound()
    return Province(data, net, resolver), server


def test_a_change_that_is_in_force_is_refused_at_the_resolver(province: tuple[Province, Server]):
    there, resolver = province
    there.start()
    assert blocks(resolver, "www.fraud-shop.example")
    assert there.list("new-fraud.example")["in_force"]
    assert blocks(resolver, "www.new-fraud.example")
    assert there.release("fraud-shop.example")["in_force"]
    assert not blocks(resolver, "www.fraud-shop.example")


def test_without_a_publisher_no_change_of_the_list_is_said_to_be_in_force(
    province: tuple[Province, Server], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    there, resolver = province
    monkeypatch.setattr(change, "WAIT_S", 0.3)
    file = there.data / "domains.csv"
    file.write_text(f"{HEAD}\nnew-fraud.example,below,fraud,12321,{START},,put\n")
    for more, ends in (([], 0), (["--wait"], 3)):
        assert run(["change", str(file), "--json", *more]) == ends
        said = capsys.readouterr()
        assert json.loads(said.out)["in_force"] is False
    assert "wurao domains publish --follow" in said.err
    there.start()
    wait_for(lambda: blocks(resolver, "new-fraud.example"))
    assert there.list("other-fraud.example")["in_force"]


def test_where_no_resolvers_are_set_up_a_change_of_the_list_needs_no_publisher(
    province: tuple[Province, Server],
):
    there, _ = province
    (there.data / "dns" / "resolvers.toml").unlink()
    assert there.list("new-fraud.example")["in_force"]


def test_published_to_nobody_it_says_that_nobody_refuses(
    province: tuple[Province, Server], capsys: pytest.CaptureFixture[str]
):
    there, _ = province
    file = there.data / "dns" / "resolvers.toml"
    file.write_text(f'listen = "{there.net.listen}"\n')
    assert run(["domains", "publish", "--json"]) == 0
    assert f"no resolver is in {file}" in capsys.readouterr().err


def test_a_listing_that_has_ended_is_released_by_the_clock(province: tuple[Province, Server]):
    there, resolver = province
    there.start()
    end = time.time() + 3
    written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(end)) + "Z"
    there.change(f"short-lived.example,exact,fraud,12321,{START},{written},put")
    assert blocks(resolver, "short-lived.example") or time.time() > end
    while blocks(resolver, "short-lived.example"):
        assert time.time() < end + 10
        time.sleep(0.1)


def test_whatever_is_killed_in_whatever_order_the_resolver_ends_with_the_right_list(
    province: tuple[Province, Server], request: pytest.FixtureRequest
):
    there, resolver = province
    chance = random.Random(5)
    publisher = there.start()
    listed: set[str] = set()
    for turn in range(4):
        kills = [publisher.kill, there.kill_primary, resolver.kill]
        for kill in chance.sample(kills, chance.randint(1, 3)):
            kill()
        if resolver.process is None:
            resolver.start()
        with answering(resolver):
            if publisher.poll() is not None or not _is_alive(publisher):
                publisher = there.start()
            there.list(f"fraud{turn}.example")
            listed.add(f"fraud{turn}.example")
        until = time.monotonic() + 20
        while not all(blocks(resolver, name) for name in [*listed, "x.fraud-shop.example"]):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert not blocks(resolver, "popular.example")


def _is_alive(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(0.2)
    except subprocess.TimeoutExpired:
        return True
    return False


@contextmanager
def answering(resolver: Server) -> Iterator[None]:
    """Ordinary names answer before and after, whatever happens in between."""
    assert not blocks(resolver, "popular.example")
    yield
    assert not blocks(resolver, "popular.example")


def test_without_readable_guard_data_nothing_is_published(
    province: tuple[Province, Server], data: Path, monkeypatch: pytest.MonkeyPatch
):
    guard = data / "guard"
    guard.mkdir()
    (guard / "guard.json").write_text("{")
    wurao("domains", "publish", ends=1)
    assert not (data / "dns" / "knot").exists()


def test_while_the_guard_is_unsound_a_running_publisher_holds_everything_until_it_is_mended(
    province: tuple[Province, Server], data: Path
):
    there, resolver = province
    publisher = there.start()
    guard = data / "guard"
    for file in ("guard.json", "banks.csv"):
        guard.mkdir()
        sound = {"format": 1, "files": {"banks.csv": {"date": "", "source": "", "names": 1, "sha256": "0"}}}
        (guard / "guard.json").write_text("{" if file == "guard.json" else json.dumps(sound))
        wait_for(lambda: not any(each.pid == publisher.pid for each in workers(there.store)))
        there.put_from_elsewhere(f"held-{file}.example")
        time.sleep(2.5)
        assert not blocks(resolver, f"held-{file}.example")
        shutil.rmtree(guard)
        wait_for(lambda file=file: blocks(resolver, f"held-{file}.example"))
        wait_for(lambda: any(each.pid == publisher.pid for each in workers(there.store)))
    assert there.list("after.example")["in_force"]
