"""What commands share: an input that is not there is refused for its input, by every command alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from wurao.cli import run

NOWHERE = "nowhere/at/all"


@pytest.mark.parametrize(
    "words",
    [
        ["screen", NOWHERE, "-o", "out"],
        ["records", NOWHERE],
        ["replay", "--with", NOWHERE, "events"],
        ["replay", "--with", "tables", "--velocity", NOWHERE, "events"],
        ["change", f"{NOWHERE}.csv"],
        ["snapshot", "build", NOWHERE],
        ["snapshot", "info", NOWHERE],
        ["number", "110", "--store", NOWHERE],
        ["plan", "load", NOWHERE],
        ["content", "classify", NOWHERE, "-o", "out.csv"],
        ["content", "train", NOWHERE, "-o", "out.model"],
    ],
    ids=" ".join,
)
def test_an_input_that_is_not_there_is_refused_and_named(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tables").mkdir()
    assert run(words) == 1
    said = capsys.readouterr().err
    assert said.startswith("wurao: ")
    assert NOWHERE in said or "wurao snapshot build" in said


def test_a_directory_is_no_file_and_a_file_no_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "orders.csv").mkdir()
    (tmp_path / "tables").touch()
    assert run(["change", str(tmp_path / "orders.csv")]) == 1
    assert "is no file" in capsys.readouterr().err
    assert run(["snapshot", "build", str(tmp_path / "tables")]) == 1
    assert "is no directory" in capsys.readouterr().err
