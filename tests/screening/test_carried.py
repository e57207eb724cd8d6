"""Velocity carried from one run to the next: two days one after the other give what one run over both gives."""

from __future__ import annotations

import random
import signal
import stat
import time
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.screening.counting import CountingEngine
from tests.screening.test_run import events, rejects, started, verdicts
from wurao.cli import run as wurao
from wurao.errors import Refused
from wurao.events.read import find_inputs
from wurao.screening.checkpoint import read_manifest
from wurao.screening.run import How, run
from wurao.snapshot import build

ANNA, FRIEND, CANVASSER = "13803510001", "13903510009", "02152350001"
OTHERS = [f"1380351{n:04}" for n in range(100, 140)]


def day(path: Path, date: str, calls: list[tuple[str, str]]) -> Path:
    rows = [f"{date}T09:{n // 60:02}:{n % 60:02}+08:00,call,{a},{b}" for n, (a, b) in enumerate(calls)]
    path.write_text("\n".join(["at,channel,from_number,to_number", *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("carried")
    (place / "tables").mkdir()
    (place / "tables" / "subscribers.csv").write_text(f"number,guard\n{ANNA},strict\n")
    build(place / "tables", place / "store", own_sender="wurao")
    return place / "store"


@pytest.fixture
def days(tmp_path: Path) -> list[Path]:
    """Anna calls a friend; the next day the friend, after calling very many, calls her, and so does a stranger."""
    busy = [(caller, other) for other in OTHERS * 3 for caller in (FRIEND, CANVASSER)]
    first = day(tmp_path / "monday.csv", "2026-03-02", [(ANNA, FRIEND)])
    return [first, day(tmp_path / "tuesday.csv", "2026-03-03", [*busy, (FRIEND, ANNA), (CANVASSER, ANNA)])]


def screen(store: Path, *arguments: object) -> int:
    return wurao(["screen", "--store", str(store), *map(str, arguments)])


def reasons(out: Path) -> list[str]:
    files = sorted(out.glob("part-*.parquet")) if out.is_dir() else [out]
    return pa.concat_tables(map(parquet.read_table, files)).column("reason").to_pylist()


@pytest.mark.parametrize("form", ["", ".parquet"])
def test_whom_a_subscriber_called_yesterday_is_no_stranger_today(store, days, tmp_path, form):
    out = [tmp_path / f"{name}{form}" for name in ("one", "two", "alone")]
    kept = tmp_path / "velocity.state"
    assert screen(store, days[0], "-o", out[0], "--velocity", kept) == 0
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert screen(store, days[1], "-o", out[1], "--velocity", kept) == 0
    assert screen(store, days[1], "-o", out[2]) == 0
    assert reasons(out[1])[-2:] == ["NOTHING_SPOKE", "VELOCITY_CALLER"]
    assert reasons(out[2])[-2:] == ["VELOCITY_CALLER", "VELOCITY_CALLER"]
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("velocity-") or "partial" in path.name]


def test_late_rows_are_those_of_the_run_and_not_of_the_days_before(store, days, tmp_path, capsys):
    kept = tmp_path / "velocity.state"
    for name, path, late in (("tuesday", days[1], 0), ("monday", days[0], 1), ("monday again", days[0], 1)):
        assert screen(store, path, "-o", tmp_path / name, "--velocity", kept, "--json") == 0
        assert f'"late": {late},' in capsys.readouterr().out


def test_what_a_replay_begins_with_is_only_read(store, days, tmp_path, capsys):
    kept, rows = tmp_path / "velocity.state", tmp_path / "rows"
    rows.mkdir()
    (rows / "lists.csv").write_text(f"subscriber,entry,match,action\n{ANNA},{FRIEND},exact,deny\n")
    assert screen(store, days[0], "-o", tmp_path / "one", "--velocity", kept) == 0
    before = kept.read_bytes()
    for given, stopped in ((["--velocity", str(kept)], 1), ([], 0)):
        capsys.readouterr()
        asked = ["replay", "--store", str(store), "--with", str(rows), str(days[1]), "--json"]
        assert wurao(asked + given) == 0
        assert f'"newly_stopped": {stopped}' in capsys.readouterr().out
    assert kept.read_bytes() == before


def damaged(content: bytes) -> bytes:
    return content[:3000] + bytes([content[3000] ^ 1]) + content[3001:]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damaged, "checksum is wrong"),
        (lambda content: content[:-40], "damaged"),
        (lambda content: b"at,channel\n", "no velocity state"),
        (lambda content: content.replace(b"velocity 4", b"velocity 1", 1), "format 1"),
    ],
)
@pytest.mark.parametrize("out", ["out", "out.csv"])
def test_a_damaged_or_foreign_file_is_refused_with_what_to_do_and_left_alone(
    store, days, tmp_path, capsys, spoil, said, out
):
    kept = tmp_path / "velocity.state"
    assert screen(store, days[0], "-o", tmp_path / "one", "--velocity", kept) == 0
    sound = kept.read_bytes()
    kept.write_bytes(spoil(sound))
    assert screen(store, days[1], "-o", tmp_path / out, "--velocity", kept) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "put back an earlier copy, or remove it" in told
    assert kept.read_bytes() == spoil(sound)
    kept.write_bytes(sound)
    assert screen(store, days[1], "-o", tmp_path / out, "--velocity", kept) == 0


def counted(path: Path, out: Path, velocity: Path | None) -> None:
    run(CountingEngine(), find_inputs([str(path)]), out, How(batch_rows=50, part_rows=200, velocity=velocity))


def test_killed_at_random_moments_it_carries_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    paths = [events(tmp_path / f"{n}.csv", 3000 * n, 3000) for n in range(2)]
    kept = [tmp_path / "whole.state", tmp_path / "killed.state"]
    for n, path in enumerate(paths):
        counted(path, tmp_path / f"whole{n}", kept[0])
    chance = random.Random(20260303)
    for n, path in enumerate(paths):
        out, kills = tmp_path / f"killed{n}", 0
        while kills < 3:
            process = started(out, 0.004, path, velocity=kept[1])
            time.sleep(chance.uniform(0.6, 1.4))
            process.kill()
            kills += 1 if process.wait() == -signal.SIGKILL else 3
        assert started(out, 0.0, path, velocity=kept[1]).wait() == 0
        assert verdicts(out).equals(verdicts(tmp_path / f"whole{n}"))
        assert rejects(out / "rejects.jsonl") == rejects(tmp_path / f"whole{n}" / "rejects.jsonl")
        assert not list(out.glob("velocity-*"))
    assert kept[1].read_bytes() == kept[0].read_bytes()


def test_a_run_killed_between_its_end_and_the_handing_over_hands_over_when_started_again(tmp_path, monkeypatch) -> None:
    path, kept, out = events(tmp_path / "a.csv", 0, 700), tmp_path / "velocity.state", tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr("wurao.screening.parts.hand_over", None)
        with pytest.raises(TypeError):
            counted(path, out, kept)
    assert not kept.exists()
    assert read_manifest(out).done
    counted(path, out, kept)
    assert kept.exists()
    assert not list(out.glob("velocity-*"))
    before = kept.read_bytes()
    counted(path, out, kept)
    assert kept.read_bytes() == before


class Broken(Exception):
    """The machine goes down."""


@pytest.mark.parametrize("parts", [0, 2])
def test_a_run_that_goes_on_wants_the_velocity_with_which_it_began(tmp_path: Path, parts: int) -> None:
    path, kept, out = events(tmp_path / "a.csv", 0, 900), tmp_path / "velocity.state", tmp_path / "out"
    counted(events(tmp_path / "before.csv", 0, 70), tmp_path / "before", kept)
    began = kept.read_bytes()
    counted(path, tmp_path / "whole", kept)
    kept.write_bytes(began)

    def down(rows: int) -> None:
        done.append(rows)
        if sum(done) > 200 * parts + 100:
            raise Broken

    done: list[int] = []
    how = How(batch_rows=50, part_rows=200, save_seconds=1e9, velocity=kept, workers=1, advance=down)
    with pytest.raises(Broken):
        run(CountingEngine(), find_inputs([str(path)]), out, how)
    assert len(read_manifest(out).parts) == parts
    with pytest.raises(Refused, match="a run with --velocity; give the same file"):
        counted(path, out, None)
    if parts:
        kept.write_text("of another run, and longer than a checksum")
        with pytest.raises(Refused, match="not the velocity with which this run began; put back the one from then"):
            counted(path, out, kept)
        kept.write_bytes(began)
    counted(path, out, kept)
    assert verdicts(out).equals(verdicts(tmp_path / "whole"))


def test_a_run_without_velocity_cannot_be_made_one_with_it(tmp_path: Path) -> None:
    path = events(tmp_path / "a.csv", 0, 70)
    counted(path, tmp_path / "out", None)
    with pytest.raises(Refused, match="a run without --velocity; give none"):
        counted(path, tmp_path / "out", tmp_path / "velocity.state")


@pytest.mark.parametrize("out", ["out", "out.csv"])
def test_two_runs_at_once_do_not_overwrite_each_others_velocity(tmp_path: Path, out: str) -> None:
    path, kept = events(tmp_path / "a.csv", 0, 700), tmp_path / "velocity.state"
    how = How(velocity=kept, advance=lambda rows: kept.write_text("of another run") and None)
    with pytest.raises(Refused, match="another run has written it meanwhile"):
        run(CountingEngine(), find_inputs([str(path)]), tmp_path / out, how)
    assert kept.read_text() == "of another run"


@pytest.mark.parametrize("name", ["out/velocity.state", "nowhere/velocity.state"])
def test_a_file_among_the_parts_or_in_no_directory_is_refused_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match=r"name a file outside it|no such directory"):
        counted(events(tmp_path / "a.csv", 0, 70), tmp_path / "out", tmp_path / name)
    assert list((tmp_path / "out").iterdir()) == []
