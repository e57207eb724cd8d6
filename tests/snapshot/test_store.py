"""The snapshot store: whole or not at all, opened mapped, the last good one always at hand."""

import os
import random
import resource
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wurao.errors import MachineFailed, Refused
from wurao.snapshot import store as snapshot_store
from wurao.snapshot.manifest import FORMAT, MANIFEST, read_manifest, sealed, unsealed
from wurao.snapshot.store import current_id, open_current, snapshot_ids, verify, write

LARGE = 3 << 20


def some_arrays(seed: int = 0) -> dict[str, np.ndarray]:
    random_numbers = np.random.default_rng(seed)
    return {
        "numbers": random_numbers.integers(0, 2**60, 1000),
        "wide": random_numbers.integers(0, 256, LARGE).astype(np.uint8),
        "square": random_numbers.integers(0, 9, (20, 30)).astype(np.int16),
        "nothing": np.zeros(0, np.uint32),
    }


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_what_was_written_is_opened_again_mapped_and_read_only(tmp_path: Path) -> None:
    arrays = some_arrays()
    name = write(tmp_path, arrays, seq=17, counts={"subscribers": 4}, about={"wide": True})
    opened = open_current(tmp_path)
    assert (opened.id, opened.seq, opened.manifest.counts) == (name, 17, {"subscribers": 4})
    assert opened.manifest.about == {"wide": True}
    assert opened.manifest.size == sum(array.nbytes for array in arrays.values())
    for each, array in arrays.items():
        assert np.array_equal(opened.arrays[each], array)
        assert opened.arrays[each].dtype == array.dtype
        assert not opened.arrays[each].flags.writeable


def test_arrays_may_come_one_by_one_and_in_any_byte_order(tmp_path: Path) -> None:
    write(tmp_path, ((f"a{n}", np.arange(n, dtype=">i4")[::-1]) for n in range(3)))
    assert open_current(tmp_path).arrays["a2"].tolist() == [1, 0]


def test_nobody_else_may_read_what_holds_numbers(tmp_path: Path) -> None:
    name = write(tmp_path, some_arrays())
    directory = tmp_path / "snapshots" / name
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}


def test_an_empty_store_says_how_to_make_a_snapshot(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="wurao snapshot build TABLES -o"):
        open_current(tmp_path / "nowhere")


def test_three_snapshots_are_kept_and_a_mapped_fourth_stays_readable(tmp_path: Path) -> None:
    arrays = some_arrays()
    first = write(tmp_path, arrays, seq=1)
    opened = open_current(tmp_path)
    later = [write(tmp_path, {"a": np.arange(3)}, seq=seq) for seq in (2, 3, 4)]
    assert snapshot_ids(tmp_path) == later
    assert first not in os.listdir(tmp_path / "snapshots")
    assert np.array_equal(opened.arrays["wide"], arrays["wide"])
    assert os.readlink(tmp_path / "current") == f"snapshots/{later[-1]}"


def test_ids_rise_even_when_the_clock_goes_back(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    names = [write(tmp_path, {}, now=now - timedelta(hours=back)) for back in (0, 1, 8760)]
    assert names == sorted(set(names))
    assert current_id(tmp_path) == names[-1]


@pytest.mark.parametrize("file", ["numbers.bin", "wide.bin", MANIFEST])
def test_a_cut_file_is_found_when_opening_and_the_snapshot_before_serves(tmp_path: Path, file: str) -> None:
    before = write(tmp_path, some_arrays(1))
    name = write(tmp_path, some_arrays(2))
    path = tmp_path / "snapshots" / name / file
    path.write_bytes(path.read_bytes()[:-1])
    opened = open_current(tmp_path)
    assert (opened.id, opened.damaged) == (before, (name,))
    assert not all(verify(tmp_path).values())


@pytest.mark.parametrize(("file", "place"), [("numbers.bin", 4000), ("wide.bin", 0), ("wide.bin", LARGE - 1)])
def test_a_flipped_bit_in_an_index_page_is_found_when_opening(tmp_path: Path, file: str, place: int) -> None:
    before = write(tmp_path, some_arrays(1))
    flip(tmp_path / "snapshots" / write(tmp_path, some_arrays(2)) / file, place)
    assert open_current(tmp_path).id == before


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 0.999), st.integers(0, 7))
def test_a_flipped_bit_in_the_manifest_is_never_believed(tmp_path: Path, where: float, bit: int) -> None:
    store = tmp_path / "store"
    if not store.exists():
        write(store, {"a": np.arange(3)}, seq=1)
        write(store, {"a": np.arange(4)}, seq=2)
    before, name = snapshot_ids(store)
    path = store / "snapshots" / name / MANIFEST
    whole = path.read_bytes()
    data = bytearray(whole)
    data[int(where * len(data))] ^= 1 << bit
    path.write_bytes(data)
    opened = open_current(store)
    path.write_bytes(whole)
    assert opened.manifest in [read_manifest(store / "snapshots" / each) for each in (before, name)]


def test_a_flipped_bit_anywhere_is_found_by_verify(tmp_path: Path) -> None:
    name = write(tmp_path, some_arrays())
    flip(tmp_path / "snapshots" / name / "wide.bin", LARGE // 2 + 5000)
    assert verify(tmp_path, name) == {
        MANIFEST: True,
        "numbers.bin": True,
        "wide.bin": False,
        "square.bin": True,
        "nothing.bin": True,
    }


def test_a_missing_file_and_a_missing_link_do_not_stop_the_service(tmp_path: Path) -> None:
    before = write(tmp_path, some_arrays(1))
    name = write(tmp_path, some_arrays(2))
    (tmp_path / "snapshots" / name / "square.bin").unlink()
    (tmp_path / "current").unlink()
    assert open_current(tmp_path).id == before


def test_a_store_without_a_sound_snapshot_is_refused(tmp_path: Path) -> None:
    name = write(tmp_path, some_arrays())
    flip(tmp_path / "snapshots" / name / "numbers.bin", 0)
    with pytest.raises(Refused, match="no snapshot here is sound"):
        open_current(tmp_path)


def test_a_worker_that_finds_its_snapshot_damaged_gets_the_one_before(tmp_path: Path) -> None:
    before = write(tmp_path, some_arrays(1))
    name = write(tmp_path, some_arrays(2))
    assert open_current(tmp_path, before=name).id == before
    with pytest.raises(Refused, match="sound"):
        open_current(tmp_path, before=before)


@pytest.mark.parametrize(("version", "right"), [(FORMAT + 1, "update wurao"), (FORMAT - 1, "build it anew")])
def test_another_format_is_refused_with_what_to_do(tmp_path: Path, version: int, right: str) -> None:
    write(tmp_path, some_arrays(1))
    name = write(tmp_path, some_arrays(2))
    path = tmp_path / "snapshots" / name / MANIFEST
    path.write_text(sealed({**unsealed(path.read_text()), "format": version}))
    with pytest.raises(Refused, match=right):
        open_current(tmp_path)


def test_two_builds_at_once_do_not_collide(tmp_path: Path) -> None:
    with snapshot_store.build_lock(tmp_path), pytest.raises(Refused, match="another build is at work"):
        write(tmp_path, some_arrays())
    assert snapshot_ids(tmp_path) == []


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    before = write(tmp_path, {"a": np.arange(10)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(MachineFailed, match="cannot be written"):
            write(tmp_path, some_arrays())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path / "snapshots") == [before]
    assert open_current(tmp_path).id == before


def test_a_full_file_system_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    mounted = tmp_path / "small"
    mounted.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", mounted], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    try:
        before = write(mounted, {"a": np.arange(10)})
        with pytest.raises(MachineFailed, match="No space left on device; the snapshot before still serves"):
            write(mounted, some_arrays())
        assert open_current(mounted).id == before
        assert os.listdir(mounted / "snapshots") == [before]
        assert write(mounted, {"a": np.arange(10)}) > before
    finally:
        subprocess.run(["umount", mounted], check=True)


BUILDER = """
    import sys
    from pathlib import Path
    import numpy as np
    from wurao.snapshot.store import write
    n = 0
    while True:
        n += 1
        write(Path(sys.argv[1]), {"a": np.full(200_000, n), "b": np.full(50_000, n)}, seq=n)
        print(n, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_a_builder_killed_at_any_moment_leaves_the_last_snapshot_whole(tmp_path: Path, seed: int) -> None:
    builder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(BUILDER), tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert builder.stdout is not None
    assert builder.stdout.readline() == "1\n"
    seen: list[int] = []
    ended = threading.Event()

    def read_on() -> None:
        while not ended.is_set():
            opened = open_current(tmp_path)
            assert set(opened.arrays["a"].tolist()) == set(opened.arrays["b"].tolist()) == {opened.seq}
            assert opened.damaged == ()
            seen.append(opened.seq)

    with ThreadPoolExecutor() as pool:
        reader = pool.submit(read_on)
        time.sleep(random.Random(seed).uniform(0.05, 0.5))
        builder.send_signal(signal.SIGKILL)
        told = [int(line) for line in builder.stdout]
        builder.wait()
        builder.stdout.close()
        ended.set()
        reader.result()
    assert seen == sorted(seen)
    opened = open_current(tmp_path)
    assert opened.seq >= max(told, default=1)
    assert set(opened.arrays["a"].tolist()) == {opened.seq}
    assert all(verify(tmp_path).values())
    write(tmp_path, {"a": np.arange(2)}, seq=10**6)
    assert open_current(tmp_path).seq == 10**6
    assert not list((tmp_path / "snapshots").glob("*.partial"))


SHORT_OF_MEMORY = """
import resource, sys
from pathlib import Path
from wurao.cli import run
from wurao.snapshot.store import open_current, open_named, verify
size = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")) << 10
resource.setrlimit(resource.RLIMIT_AS, (size + (8 << 20),) * 2)
store, name = Path(sys.argv[1]), sys.argv[2]
for ask in (lambda: open_current(store), lambda: open_named(store, name)):
    try:
        ask()
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_where_memory_is_short_no_snapshot_is_called_damaged(tmp_path: Path) -> None:
    write(tmp_path, {"a": np.zeros(1)})
    name = write(tmp_path, {"large": np.zeros(4 << 20)})
    asked = [sys.executable, "-c", SHORT_OF_MEMORY, tmp_path, name]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert len(lines) == 2, done.stderr
    for line in lines:
        assert line.startswith("MachineFailed")
        assert "the memory of this machine is used up" in line
    assert "damaged" not in done.stderr
