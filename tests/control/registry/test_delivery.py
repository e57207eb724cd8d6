"""From the outbox to the change log and back: nothing is lost, nothing is doubled, whoever is killed."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from wurao.changes import Change as Logged
from wurao.changes import ChangeReader, Worker, submit

pytest.importorskip("django")


@pytest.fixture
def store(db: Path) -> Path:
    return db / "store"


def entry(n: int, action: str = "deny") -> dict[str, Any]:
    from wurao.control.registry.record import checked_row

    return checked_row(
        "lists", {"subscriber": "+8613835110001", "entry": f"+86138{n:08d}", "match": "exact", "action": action}
    )


def put(n: int, action: str = "deny") -> Any:
    from wurao.control.registry import record

    return record.put("lists", entry(n, action), record.Author("subscriber", "web"))


def logged(store: Path) -> list[Logged]:
    reader, found = ChangeReader(store), []
    while piece := reader.poll():
        found += piece
    return found


@pytest.fixture
def delivery(store: Path) -> Iterator[Any]:
    from wurao.control.registry.delivery import Delivery

    made = Delivery(store)
    yield made
    made.close()


def test_what_is_queued_comes_into_the_log_in_order_and_is_marked(store: Path, delivery: Any) -> None:
    changes = [put(n % 3, "allow" if n % 2 else "deny") for n in range(7)]
    assert delivery.round() == 7
    found = logged(store)
    assert [each.change_id for each in found] == [str(each.change_id) for each in changes]
    assert [each.row["action"] for each in found if each.row] == ["deny", "allow"] * 3 + ["deny"]
    for each, log in zip(changes, found, strict=True):
        each.refresh_from_db()
        assert each.log_seq == log.seq
    assert delivery.round() == 0


def test_a_change_is_in_force_only_when_every_live_worker_says_so(store: Path, delivery: Any) -> None:
    from wurao.control.registry.standing import Standing, standing_of

    change = put(1)
    with Worker(store) as first, Worker(store) as second:
        first.report(0)
        second.report(0)
        assert standing_of(change, store) is Standing.SAVED
        delivery.round()
        first.report(1)
        assert standing_of(change, store) is Standing.SAVED
        second.report(1)
        assert standing_of(change, store) is Standing.IN_FORCE
    assert standing_of(change, store) is Standing.SAVED


def test_a_change_of_the_list_is_in_force_only_once_a_publisher_has_it_at_the_resolvers(
    store: Path, delivery: Any, db: Path
) -> None:
    from wurao.cli.change import _in_force
    from wurao.control.registry import record
    from wurao.control.registry.standing import Standing, standing_of, standings_of
    from wurao.domains.published import PUBLISHER

    columns = {"name": "fraud.example", "match": "below", "cause": "fraud", "source": "12321",
               "start": "2026-01-01T00:00:00Z"}  # fmt: skip
    row = record.checked_row("domains", columns)
    listed, other = record.put("domains", row, record.Author("regulator", "web")), put(1)
    delivery.round()
    other.refresh_from_db()

    def is_in_force() -> bool:
        standing = standing_of(listed, store)
        assert [standing, Standing.IN_FORCE] == standings_of([listed, other])
        assert (standing is Standing.IN_FORCE) == _in_force(store, 2, 0.0, lists=True)[0]
        assert standing in (Standing.IN_FORCE, Standing.NOT_AT_RESOLVERS)
        return standing is Standing.IN_FORCE

    with Worker(store) as screening:
        screening.report(2)
        assert is_in_force()
        (db / "dns").mkdir()
        (db / "dns" / "resolvers.toml").touch()
        assert not is_in_force()
        with Worker(store, f"{PUBLISHER}a") as publisher:
            publisher.report(2)
            assert is_in_force()
        assert not is_in_force()


def test_a_change_that_the_log_has_already_is_not_doubled(store: Path, delivery: Any) -> None:
    from wurao.control.registry.models import Change

    put(1)
    delivery.round()
    # As after a crash between the log's fsync and the mark.
    Change.objects.update(log_seq=None)
    put(2)
    delivery.round()
    assert [each.key[1] for each in logged(store)] == ["+8613800000001", "+8613800000002"]


def test_what_others_write_to_the_log_stands_in_the_registry_too(store: Path, delivery: Any) -> None:
    from wurao.control.registry import rows
    from wurao.control.registry.models import Change
    from wurao.control.registry.rows import key_in

    row = rows.written_row("lists", entry(5))
    key = tuple(rows.written_key("lists", key_in("lists", entry(5))))
    submit(store, [Logged("lists", key, "put", row, "2026-03-01T08:00:00+08:00")])
    delivery.round()
    assert rows.row_of("lists", key_in("lists", entry(5))) == entry(5)
    assert Change.objects.get().way == "log"
    submit(store, [Logged("lists", key, "delete", None, "2026-03-01T08:00:00+08:00")])
    put(5, "allow")
    # The registry's own, queued after it, is the last word there and in the log.
    delivery.round()
    assert rows.row_of("lists", key_in("lists", entry(5))) == entry(5, "allow")
    assert [each.op for each in logged(store)] == ["put", "delete", "put"]


def deliverer(store: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "wurao.control.serving.deliver", store])


@pytest.mark.parametrize("seed", [1])
def test_a_deliverer_killed_at_any_moment_loses_nothing_and_doubles_nothing(store: Path, seed: int) -> None:
    from wurao.control.registry.models import Change

    store.mkdir()
    moments = random.Random(seed)
    process = deliverer(store)
    try:
        for kill in range(3):
            end = time.monotonic() + 30
            before = Change.objects.filter(log_seq__isnull=False).count()
            while Change.objects.filter(log_seq__isnull=False).count() <= before and time.monotonic() < end:
                for n in range(10):
                    put(100 * kill + n)
                time.sleep(moments.uniform(0.0, 0.05))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = deliverer(store)
        end = time.monotonic() + 60
        while Change.objects.filter(log_seq=None).exists() and time.monotonic() < end:
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait()
    queued = [str(each) for each in Change.objects.order_by("seq").values_list("change_id", flat=True)]
    assert len(queued) >= 30
    assert [each.change_id for each in logged(store)] == queued
    assert dict(Change.objects.values_list("change_id", "log_seq")) == {
        UUID(each.change_id): each.seq for each in logged(store)
    }
