"""What the READMEs show is what happens: every command in a `console` block is run, in order, and its output compared.

Both have the same commands, which are run once.

Figures differ from machine to machine, so each number is compared as a number only, and runs of spaces and rules as
one; a line `...` stands for any lines. Commands too heavy for a test are replaced by smaller ones, in one table. The
reader's home is an empty directory, whose usual data directory shares the tests' machine code.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
INSTALLED = {"make run": "wurao demo"}


def console_blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines shown under it."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, *shown = part.rstrip("\n").split("\n")
            while command.endswith("\\"):
                command = command[:-1] + shown.pop(0).removeprefix("> ")
            yield command, shown


def loosely(line: str) -> str:
    """A line without what differs from run to run."""
    line = re.sub(r"[─━]+|-{3,}", "---", line)
    line = re.sub(r"\d[\d,.:]*", "0", line)
    return " ".join(line.split())


def shown_in(shown: list[str], printed: list[str]) -> bool:
    """Whether the lines printed are those shown, `...` standing for any."""
    patterns = (r"(?:.*\n)*" if line.strip() == "..." else re.escape(loosely(line)) + r"\n" for line in shown)
    return re.fullmatch("".join(patterns), "".join(f"{loosely(line)}\n" for line in printed)) is not None


def test_every_command_of_the_readmes_prints_what_both_show(data: Path, tmp_path: Path):
    shown_by = [list(console_blocks((ROOT / name).read_text("utf-8"))) for name in READMES]
    commands = [command for command, _ in shown_by[0]]
    assert commands
    assert all([command for command, _ in steps] == commands for steps in shown_by)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    usual = tmp_path / ".local" / "share" / "wurao"
    usual.parent.mkdir(parents=True)
    usual.symlink_to(data)
    kept = {name: value for name, value in os.environ.items() if name not in ("WURAO_DATA", "XDG_DATA_HOME")}
    for command, *shown in zip(commands, *([lines for _, lines in steps] for steps in shown_by), strict=True):
        done = subprocess.run(
            ["bash", "-c", INSTALLED.get(command, command)],
            cwd=tmp_path,
            env=kept | {"PATH": path, "HOME": str(tmp_path), "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        for name, lines in zip(READMES, shown, strict=True):
            assert shown_in(lines, done.stdout.splitlines()), f"{name}: {command} printed:\n{done.stdout}"


def test_a_block_is_read_command_by_command():
    text = "x\n```console\n$ one \\\n> two\nout\n\nmore\n$ three\n```\n```sh\n$ not this\n```\n"
    assert list(console_blocks(text)) == [("one two", ["out", "", "more"]), ("three", [])]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["stopped 1,234 of 9"], ["stopped  77 of 100,000"], True),
        (["a", "...", "z"], ["a", "b", "c", "z"], True),
        (["a", "..."], ["a"], True),
        (["─────  ──"], ["────────  ───"], True),
        (["stopped 3"], ["let through 3"], False),
        (["a"], ["a", "b"], False),
        ([], ["a"], False),
    ],
)
def test_outputs_are_compared_loosely_but_not_too_loosely(shown: list[str], printed: list[str], same: bool):
    assert shown_in(shown, printed) is same
