"""The change log: what is acknowledged is there once, whatever is killed, cut, flipped, full or sent twice."""

import os
import random
import resource
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wurao.changes import (
    Change,
    ChangeReader,
    ChangeServer,
    ChangeWriter,
    DamagedLog,
    WriterElsewhere,
    about_past,
    changes_since,
    submit,
)
from wurao.changes.segments import segments, walk
from wurao.errors import MachineFailed


def change(n: int = 0, filler: str = "") -> Change:
    number = f"+86138{n:08d}"
    row = {"number": number, "operator": filler, "since": "2026-01-01T00:00:00Z"}
    return Change("ported", (number,), "put", row, "2026-03-01T00:00:00+08:00")


def read_all(store: Path, after: int = 0) -> list[Change]:
    last, found = changes_since(store, after)
    assert last == (found[-1].seq if found else after)
    return found


def log_file(store: Path) -> Path:
    return segments(store)[-1].path


def test_changes_come_out_as_they_went_in_with_rising_seq(tmp_path: Path) -> None:
    given = [change(n, "联通") for n in range(5)]
    with ChangeWriter(tmp_path) as writer:
        assert writer.append(given[:2]) == (1, 2)
        assert writer.append(given[2:]) == (3, 5)
    assert read_all(tmp_path) == [each.with_seq(n + 1) for n, each in enumerate(given)]
    assert [each.seq for each in read_all(tmp_path, 3)] == [4, 5]
    with ChangeWriter(tmp_path) as writer:
        assert writer.last_seq == 5


@pytest.mark.parametrize("size", [300, 100_000])
def test_how_many_changes_are_past_a_seq_is_told_by_the_last_bytes(tmp_path: Path, size: int) -> None:
    assert about_past(tmp_path, 0) == 0
    for n in range(40):
        with ChangeWriter(tmp_path, segment_size=size) as writer:
            writer.append([change(n)])
        assert (about_past(tmp_path, 0), about_past(tmp_path, 30)) == (n + 1, max(0, n - 29))
    log_file(tmp_path).write_bytes(log_file(tmp_path).read_bytes() + b"\x40\0\0")
    assert about_past(tmp_path, 38) == 2


def test_a_change_sent_twice_is_acknowledged_and_applied_once_across_restarts_and_segments(tmp_path: Path) -> None:
    given = [change(n) for n in range(20)]
    for _ in range(3):
        for each in given:
            with ChangeWriter(tmp_path, segment_size=600) as writer:
                first, last = writer.append([each, each])
                assert first == last == given.index(each) + 1
    assert len(segments(tmp_path)) > 2
    assert [each.change_id for each in read_all(tmp_path)] == [each.change_id for each in given]


def test_a_log_begins_past_the_snapshot_it_belongs_to(tmp_path: Path) -> None:
    with ChangeWriter(tmp_path, after=40) as writer:
        assert writer.append([change()]) == (41, 41)
    assert [each.seq for each in read_all(tmp_path, 40)] == [41]


@pytest.mark.parametrize("cut", [1, 5, 9, 60])
def test_a_torn_tail_is_cut_when_the_writer_starts(tmp_path: Path, cut: int) -> None:
    with ChangeWriter(tmp_path) as writer:
        writer.append([change(n) for n in range(3)])
    whole = log_file(tmp_path).read_bytes()
    with log_file(tmp_path).open("ab") as file:
        file.write(whole[:cut])
    assert [each.seq for each in read_all(tmp_path)] == [1, 2, 3]
    with ChangeWriter(tmp_path) as writer:
        assert writer.append([change(9)]) == (4, 4)
    assert [each.seq for each in read_all(tmp_path)] == [1, 2, 3, 4]


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.99])
def test_a_flipped_bit_in_an_acknowledged_change_stops_the_writer_and_cuts_nothing(
    tmp_path: Path, where: float
) -> None:
    with ChangeWriter(tmp_path) as writer:
        writer.append([change(n) for n in range(5)])
    data = bytearray(log_file(tmp_path).read_bytes())
    data[int(where * len(data))] ^= 4
    log_file(tmp_path).write_bytes(data)
    with pytest.raises(DamagedLog, match="put the file back from a copy"):
        ChangeWriter(tmp_path)
    assert log_file(tmp_path).read_bytes() == data
    reader = ChangeReader(tmp_path)
    found = reader.poll()
    assert [each.seq for each in found] == list(range(1, len(found) + 1))
    assert len(found) < 5
    assert reader.poll() == []
    assert reader.seq == len(found)


def test_an_acknowledged_change_that_was_cut_off_is_missed(tmp_path: Path) -> None:
    with ChangeWriter(tmp_path) as writer:
        writer.append([change(n) for n in range(5)])
    reader = ChangeReader(tmp_path)
    assert len(reader.poll()) == 5
    os.truncate(log_file(tmp_path), log_file(tmp_path).stat().st_size - 10)
    with pytest.raises(DamagedLog):
        ChangeWriter(tmp_path)
    assert reader.poll() == []
    assert reader.damaged


def test_damage_is_told_from_a_torn_tail_even_when_the_note_of_what_was_acknowledged_is_lost(tmp_path: Path) -> None:
    with ChangeWriter(tmp_path) as writer:
        writer.append([change(n) for n in range(5)])
    (tmp_path / "changes" / "acknowledged").unlink()
    data = bytearray(log_file(tmp_path).read_bytes())
    data[len(data) // 2] ^= 1
    log_file(tmp_path).write_bytes(data)
    with pytest.raises(DamagedLog):
        ChangeWriter(tmp_path)
    with pytest.raises(DamagedLog, match="put the file back from a copy"):
        changes_since(tmp_path)


def test_a_reader_waits_at_a_half_written_change_and_goes_on_when_it_is_whole(tmp_path: Path) -> None:
    with ChangeWriter(tmp_path) as writer:
        writer.append([change(n) for n in range(2)])
    whole = log_file(tmp_path).read_bytes()
    second = len(whole) // 2
    log_file(tmp_path).write_bytes(whole[: second + 20])
    reader = ChangeReader(tmp_path)
    assert [each.seq for each in reader.poll()] == [1]
    assert reader.poll() == []
    assert not reader.damaged
    log_file(tmp_path).write_bytes(whole)
    assert [each.seq for each in reader.poll()] == [2]


def test_a_reader_whose_changes_were_taken_away_is_told_to_open_the_snapshot(tmp_path: Path) -> None:
    with ChangeWriter(tmp_path, segment_size=600) as writer:
        for n in range(20):
            writer.append([change(n)])
    reader = ChangeReader(tmp_path, 18)
    every = segments(tmp_path)
    holding = max(place for place, each in enumerate(every) if each.first <= 11)
    for each in every[:holding]:
        each.path.unlink()
    assert [each.seq for each in reader.poll()] == [19, 20]
    assert [each.seq for each in read_all(tmp_path, 10)] == list(range(11, 21))
    with pytest.raises(MachineFailed, match="open the current snapshot"):
        ChangeReader(tmp_path, 2).poll()
    for each in every[holding:-1]:
        each.path.unlink()
    with ChangeWriter(tmp_path) as writer:
        assert writer.append([change(99)]) == (21, 21)


def test_there_is_one_writer(tmp_path: Path) -> None:
    with ChangeWriter(tmp_path), pytest.raises(WriterElsewhere):
        ChangeWriter(tmp_path)
    ChangeWriter(tmp_path).close()


def test_a_full_disk_acknowledges_nothing_that_is_not_durable(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with ChangeWriter(tmp_path) as writer:
        writer.append([change(1)])
        lost = [change(n, "x" * 1000) for n in range(2, 6)]
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
        try:
            with pytest.raises(MachineFailed, match="not acknowledged: file too large"):
                writer.append(lost)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert writer.append(lost) == (2, 5)
    assert [each.key for each in read_all(tmp_path)] == [change(n).key for n in range(1, 6)]


def test_a_full_file_system_is_told_and_what_was_acknowledged_stays(tmp_path: Path) -> None:
    mounted = tmp_path / "small"
    mounted.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", mounted], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    try:
        acknowledged: list[str] = []
        given = [change(n, "x" * 5000) for n in range(40)]

        def append_all(writer: ChangeWriter) -> None:
            for each in given:
                writer.append([each])
                acknowledged.append(each.change_id)

        with ChangeWriter(mounted) as writer, pytest.raises(MachineFailed, match="no space left on device"):
            append_all(writer)
        assert [each.change_id for each in read_all(mounted)] == acknowledged
        subprocess.run(["mount", "-o", "remount,size=1m", mounted], check=True)
        submit(mounted, given)
        assert [each.change_id for each in read_all(mounted)] == [each.change_id for each in given]
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_hand_overs_reach_the_writer_through_a_path_longer_than_a_socket_address(tmp_path: Path) -> None:
    store = tmp_path / ("勿扰" * 30) / ("x" * 100)
    with ChangeServer(store) as server:
        assert submit(store, [change(1)]) == (1, 1)
        assert server.append([change(2)]) == (2, 2)
        assert submit(store, []) == (2, 2)
    assert submit(store, [change(3)]) == (3, 3)


HANDING = """
    import sys
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path
    from wurao.changes import Change, submit
    def hand_over(n):
        number = f"+86138{n:08d}"
        row = {"number": number, "operator": "", "since": "2026-01-01T00:00:00Z"}
        given = Change("ported", (number,), "put", row, "2026-03-01T00:00:00+08:00")
        first, last = submit(Path(sys.argv[1]), [given])
        assert first == last
        return f"{given.change_id} {first}"
    first = int(sys.argv[2])
    with ThreadPoolExecutor(16) as pool:
        for line in pool.map(hand_over, range(first, first + int(sys.argv[3]))):
            print(line, flush=True)
"""


def handing(store: Path, first: int, count: int) -> subprocess.Popen[str]:
    code = [sys.executable, "-c", textwrap.dedent(HANDING), store, str(first), str(count)]
    return subprocess.Popen(code, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("served", [True, False])
def test_two_thousand_hand_overs_at_once_are_each_acknowledged_once(tmp_path: Path, served: bool) -> None:
    each = 500 if served else 50
    server = ChangeServer(tmp_path) if served else None
    clients = [handing(tmp_path, first * each, each) for first in range(4)]
    told = [line.split() for client in clients for line in client.communicate()[0].splitlines()]
    if server is not None:
        server.close()
    assert [client.returncode for client in clients] == [0] * 4
    assert len(told) == 4 * each
    log = {found.change_id: found.seq for found in read_all(tmp_path)}
    assert log == {change_id: int(seq) for change_id, seq in told}
    assert sorted(log.values()) == list(range(1, 4 * each + 1))


WRITING = """
    import sys
    from pathlib import Path
    from wurao.changes import ChangeServer
    with ChangeServer(Path(sys.argv[1]), segment_size=20_000):
        print("ready", flush=True)
        sys.stdin.read()
"""


def writing(store: Path) -> "subprocess.Popen[str]":
    code = [sys.executable, "-c", textwrap.dedent(WRITING), store]
    server = subprocess.Popen(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    server.stdout.readline()
    return server


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_writer_and_a_killed_reader_lose_nothing_acknowledged(tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    server, client = writing(tmp_path), handing(tmp_path, 0, 400)
    with ThreadPoolExecutor() as pool:
        output = pool.submit(client.communicate)
        for _ in range(4):
            time.sleep(moments.uniform(0.05, 0.3))
            server.send_signal(signal.SIGKILL)
            server.communicate()
            server = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(WRITING), tmp_path], stdin=subprocess.PIPE, text=True
            )
        told = [line.split() for line in output.result()[0].splitlines()]
    server.send_signal(signal.SIGKILL)
    server.communicate()
    assert client.returncode == 0
    log = [(found.change_id, str(found.seq)) for found in read_all(tmp_path)]
    assert sorted(log) == sorted((change_id, seq) for change_id, seq in told)
    assert len({change_id for change_id, _ in log}) == len(log) == 400
    with ChangeWriter(tmp_path) as writer:
        assert writer.last_seq == 400


def test_what_is_no_change_is_answered_and_harms_nobody(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no table"):
        Change("nowhere", ("1",), "delete", None, "2026-03-01T00:00:00Z")
    with pytest.raises(ValueError, match="neither put"):
        Change("ported", ("1",), "put", None, "2026-03-01T00:00:00Z")
    with pytest.raises(ValueError, match="UUID"):
        Change("ported", ("1",), "delete", None, "2026-03-01T00:00:00Z", str(uuid.uuid4()).upper())
    with ChangeWriter(tmp_path) as writer:
        with pytest.raises(MachineFailed, match="too long"):
            writer.append([change(1, "x" * (17 << 20)), change(2)])
        assert writer.append([change(3)]) == (2, 2)


@pytest.mark.parametrize("cut", ["a record", "everything", "the file"])
def test_a_log_that_was_cut_behind_its_back_is_no_log_to_build_from(cut: str, tmp_path: Path) -> None:
    with ChangeWriter(tmp_path) as writer:
        writer.append([change(n) for n in range(5)])
        assert changes_since(tmp_path)[0] == 5
    (segment,) = segments(tmp_path)
    if cut == "the file":
        segment.path.unlink()
    else:
        first = next(iter(walk(segment.path.read_bytes(), 0, 1))).end
        os.truncate(segment.path, first if cut == "a record" else 0)
    for after in (0, 1):
        with pytest.raises(DamagedLog, match="less than was acknowledged"):
            changes_since(tmp_path, after)
