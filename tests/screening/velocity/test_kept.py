"""A velocity state survives a restart, and a damaged one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screening.velocity.rows import measured
from tests.screening.velocity.test_bounds import MANY
from wurao.errors import MachineFailed, Refused
from wurao.screening.velocity import Velocity


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    velocity = Velocity.create(64)
    measured(MANY[:1500], velocity=velocity)
    velocity.save(tmp_path / "state")
    return tmp_path / "state"


def test_a_restart_midway_changes_nothing(kept: Path) -> None:
    assert measured(MANY[1500:], velocity=Velocity.load(kept, 64)) == measured(MANY, active=64)[1500:]


def test_a_state_saved_over_another_leaves_no_partial_file(kept: Path) -> None:
    Velocity.load(kept, 64).save(kept)
    assert [file.name for file in kept.parent.iterdir()] == ["state"]


@pytest.mark.parametrize("place", [0.001, 0.3, 0.7, 0.999])
def test_a_flipped_bit_is_found_by_the_checksum(kept: Path, place: float) -> None:
    whole = bytearray(kept.read_bytes())
    whole[int(len(whole) * place)] ^= 4
    kept.write_bytes(whole)
    with pytest.raises(Refused, match=r"damaged|no velocity state|format"):
        Velocity.load(kept, 64)


@pytest.mark.parametrize("length", [0, 10, 300, 5000])
def test_a_cut_file_is_refused(kept: Path, length: int) -> None:
    kept.write_bytes(kept.read_bytes()[:length])
    with pytest.raises(Refused, match=r"state: .*; put back an earlier copy, or remove it"):
        Velocity.load(kept, 64)


def test_another_format_is_named(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes().replace(b"wurao velocity 4\n", b"wurao velocity 9\n", 1))
    with pytest.raises(Refused, match="format 9, but this program reads 4"):
        Velocity.load(kept, 64)


def test_a_directory_that_cannot_be_written_is_the_machines_fault(tmp_path: Path) -> None:
    with pytest.raises(MachineFailed, match="cannot be written"):
        Velocity.create(64).save(tmp_path / "nowhere" / "state")


def test_the_setting_may_grow_between_runs(kept: Path) -> None:
    velocity = Velocity.load(kept, 100)
    measured(MANY, velocity=velocity)
    assert velocity.records()["callers"] == 100
