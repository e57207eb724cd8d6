"""`wurao compile`: what is warmed is found by reading, and old machine code goes."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wurao.cli import run
from wurao.cli.compile import KEPT_BESIDE, modules_to_warm, take_away_old
from wurao.compiled import Compiled


def test_every_module_with_warm_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "house"
    (package / "room").mkdir(parents=True)
    (package / "room" / "__init__.py").write_text("def warm():\n    pass\n\nraise ImportError\n")
    (package / "room" / "kernel.py").write_text("def warm() -> None: ...\n")
    (package / "room" / "other.py").write_text("class A:\n    def warm(self): ...\n")
    monkeypatch.setattr("wurao.cli.compile.PACKAGE", package)
    assert list(modules_to_warm()) == ["house.room", "house.room.kernel"]


def test_whatever_is_to_be_warmed_can_be():
    for module in modules_to_warm():
        assert callable(importlib.import_module(module).warm)


def test_old_machine_code_goes_and_the_current_stays_however_old(tmp_path: Path):
    for age in range(6):
        (tmp_path / f"version{age}").mkdir()
        os.utime(tmp_path / f"version{age}", (1_000_000 - age, 1_000_000 - age))
    current = tmp_path / "version5"
    take_away_old(current)
    assert {each.name for each in tmp_path.iterdir()} == {"version0", "version1", "version5"}
    assert KEPT_BESIDE == 2
    take_away_old(tmp_path / "none" / "yet")


def test_all_that_is_compiled_is_warmed():
    for module in modules_to_warm():
        importlib.import_module(module).warm()
    here = [each for name, each in sorted(sys.modules.items()) if name.partition(".")[0] == "wurao"]
    found = {id(value): value for each in here for value in vars(each).values() if type(value) is Compiled}
    assert len(found) > 15
    assert [each.plain.__qualname__ for each in found.values() if not each.dispatcher.signatures] == []


SMALL = """
from wurao.compiled import compiled
def _twice(word):
    return word * 2
def _thrice(word):
    return word * 3
print(compiled(_twice)(4), compiled(_thrice)(4))
"""


def test_compiling_is_told_of_once_for_a_data_directory(tmp_path: Path):
    (tmp_path / "small.py").write_text(SMALL)
    asked = [sys.executable, str(tmp_path / "small.py")]
    told = []
    for directory in ("a", "a", "b"):
        env = os.environ | {"WURAO_DATA": str(tmp_path / directory)}
        done = subprocess.run(asked, env=env, capture_output=True, text=True, check=True)
        assert done.stdout == "8 12\n"
        told.append(done.stderr)
    assert [text.count("compiling, once for this data directory") for text in told] == [1, 0, 1]


def test_what_is_compiled_is_not_gone_over_again(data: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr("wurao.cli.compile.modules_to_warm", lambda: iter(["wurao.tables.dates"]))
    monkeypatch.setattr("wurao.cli.compile.code_directory", lambda: data / "compiled" / "x")
    (data / "compiled").unlink()
    said = []
    for _ in range(2):
        assert run(["compile"]) == 0
        said.append(capsys.readouterr().err)
    assert "compiled wurao.tables.dates" in said[0]
    assert said[1] == f"compiled before, in {data / 'compiled' / 'x'}\n"
    monkeypatch.setattr("wurao.cli.compile.digest_of_sources", lambda: "others")
    assert run(["compile"]) == 0
    assert "compiled wurao.tables.dates" in capsys.readouterr().err
