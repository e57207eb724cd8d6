"""The command line's frame: what is told on which stream, with which exit code, and what is imported."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from wurao import __version__
from wurao.cli import group, run
from wurao.cli.options import store_option, store_with_a_snapshot
from wurao.errors import MachineFailed, Misused, Refused

WURAO = (sys.executable, "-m", "wurao")


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch, data: Path):
    """Runs a command made of one function, through the frame."""

    def run_it(body) -> int:
        monkeypatch.setitem(group.commands, "trial", click.Command("trial", callback=body))
        monkeypatch.setattr(type(group), "get_command", lambda self, context, name: group.commands.get(name))
        return run(["trial"])

    return run_it


def raising(error: BaseException):
    def body() -> None:
        raise error

    return body


def test_help_names_every_command_and_imports_none_of_the_heavy_rooms():
    code = (
        "import sys; from wurao.cli import run; run(['--help'])\n"
        "heavy = {'numpy', 'numba', 'pyarrow', 'duckdb', 'rich', 'structlog', 'phonenumbers'}\n"
        "sys.exit('imported: ' + ', '.join(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in group.list_commands(click.Context(group)):
        assert f"\n  {name} " in done.stdout


def test_every_command_says_in_one_line_what_it_does():
    shown = subprocess.run([*WURAO, "--help"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in shown.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert lines
    assert all(len(line.split(None, 1)) == 2 for line in lines)


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"wurao, version {__version__}\n"


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (
            Refused("is no level", where="s.csv:3 guard", right="write off"),
            1,
            "wurao: s.csv:3 guard: is no level; write off",
        ),
        (Misused("two stores", right="name one"), 2, "wurao: two stores; name one"),
        (MachineFailed("the peer is gone"), 3, "wurao: the peer is gone"),
        (KeyboardInterrupt(), 130, "wurao: interrupted"),
        (click.Abort(), 130, "wurao: interrupted"),
        (MemoryError(), 3, "wurao: the memory of this machine is used up"),
        (OSError(errno.ENOSPC, "No space", "/out"), 3, "wurao: /out: no space is left on the disk"),
        (OSError(errno.ENOSPC, "No space left on device"), 3, "wurao: no space is left on the disk"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "x"), 1, "wurao: x: no such file or directory"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 1, "wurao: x: permission denied"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), 3, "wurao: connection reset by peer"),
        (OSError("Parquet magic bytes"), 3, "wurao: Parquet magic bytes"),
        (OSError("two\nlines"), 3, "wurao: two lines"),
        (KeyError("nothing"), 3, "wurao: a fault of ours: KeyError: 'nothing'; WURAO_DEBUG=1 shows where"),
    ],
)
def test_whatever_goes_wrong_is_told_in_one_line_with_its_exit_code(
    error: BaseException, code: int, told: str, trial, capsys: pytest.CaptureFixture[str]
):
    assert trial(raising(error)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(told)
    assert err.count("\n") == 1


def test_whoever_looks_for_a_fault_sees_where_it_was(trial, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WURAO_DEBUG", "1")
    with pytest.raises(KeyError):
        trial(raising(KeyError("nothing")))


def test_what_a_command_returns_is_no_exit_code(trial):
    assert trial(lambda: 7) == 0


def test_a_command_may_leave_with_an_exit_code(trial):
    assert trial(lambda: click.get_current_context().exit(1)) == 1


@pytest.mark.parametrize("arguments", [["--nonsense"], ["compile", "--nonsense"], ["compile", "extra"], ["nonsense"]])
def test_wrong_usage_leaves_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert run(arguments) == 2
    assert "Error: " in capsys.readouterr().err


def test_a_mistyped_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]):
    assert run(["compil"]) == 2
    assert "did you mean 'compile'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["output", "options", "__init__", "../cli/compile", "no-such", "."])
def test_only_files_with_a_command_are_commands(name: str):
    assert group.get_command(click.Context(group), name) is None


def test_a_reader_that_went_away_is_no_error():
    code = (
        "import click\nfrom wurao.cli import main, group\n"
        "def many():\n    for _ in range(9999):\n        print('x' * 99)\n"
        "group.get_command = lambda context, name: click.Command(name, callback=many)\nmain(['many'])"
    )
    done = subprocess.run(
        f'{sys.executable} -c "$CODE" | head -n 1; exit ${{PIPESTATUS[0]}}',
        shell=True,
        executable="/bin/bash",
        env=os.environ | {"CODE": code},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "x" * 99 + "\n"


def test_ctrl_c_ends_with_130_and_one_line():
    code = (
        "import click, time\nfrom wurao.cli import main, group\n"
        "def wait():\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "group.get_command = lambda context, name: click.Command(name, callback=wait)\nmain(['wait'])"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=-1, stderr=-1, text=True) as running:
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (130, "wurao: interrupted\n")


def test_the_data_directory_is_the_one_named_before_or_after_the_command(tmp_path: Path):
    for arguments in (["--data", str(tmp_path), "compile", "--json"], ["compile", "--json", "--data", str(tmp_path)]):
        code = "from wurao.cli import main; from wurao.cli import compile; compile.modules_to_warm = list; main()"
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["directory"].startswith(f"{tmp_path}/compiled/")


def test_the_store_is_in_the_data_directory_unless_named(data: Path):
    seen: list[Path] = []
    command = store_option(click.Command("trial", callback=lambda store: seen.append(store)).callback)
    made = click.command()(command)
    made.main([], standalone_mode=False)
    made.main(["--store", "/elsewhere"], standalone_mode=False)
    assert seen == [data / "store", Path("/elsewhere")]


def test_an_empty_store_is_refused_with_how_to_make_one(tmp_path: Path):
    with pytest.raises(Refused, match=r"there is no snapshot here; make one with: wurao snapshot build"):
        store_with_a_snapshot(tmp_path)
    (tmp_path / "current").mkdir()
    assert store_with_a_snapshot(tmp_path) == tmp_path


def test_no_command_prints_the_help_and_leaves_with_2(capsys: pytest.CaptureFixture[str]):
    assert run([]) == 2
    assert "Commands:" in "".join(capsys.readouterr())


# Tells by a file when an interrupt is heard for the first time.
HEARD = """
import signal, sys, wurao.__main__
real = signal.signal
def told(*arguments):
    before = real(*arguments)
    open(sys.argv[1], "w").close()
    return before
signal.signal = told
wurao.__main__.main()
"""


@pytest.mark.parametrize("wait", range(8))
def test_an_interrupt_while_the_command_is_imported_is_told_in_one_line(wait: int, tmp_path: Path):
    """Past the end of the command nobody hears it any more; such a run is passed over."""
    heard = tmp_path / "heard"
    with subprocess.Popen([sys.executable, "-c", HEARD, heard], stdout=-1, stderr=-1, text=True) as running:
        while not heard.exists() and running.poll() is None:
            time.sleep(0.001)
        time.sleep(0.02 * wait)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
    assert "Traceback" not in err
    assert running.returncode != 130 or err == "wurao: interrupted\n"
    assert running.returncode in (130, 2, -signal.SIGINT)


@pytest.mark.parametrize("closed", ["1", "2", "0", "1,2"])
def test_closed_streams_are_no_fault_of_ours(closed: str, tmp_path: Path):
    code = "import os, sys; [os.close(int(n)) for n in sys.argv[1].split(',')]; os.execv(sys.argv[2], sys.argv[2:])"
    asked = [sys.executable, "-c", code, closed, *WURAO, "number", "95588"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("95588" in done.stdout) == ("1" not in closed)


def test_what_is_written_to_a_closed_stream_is_in_no_file(tmp_path: Path):
    code = (
        "import os, sys\nos.close(1); sys.stdout = None\nimport click\nfrom wurao.cli import group, main\n"
        "def body():\n    file = open(sys.argv[1], 'w')\n    click.echo('results')\n    file.write('kept')\n"
        "group.get_command = lambda context, name: click.Command(name, callback=body)\nmain(['trial'])"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "file"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, (tmp_path / "file").read_text()) == (0, "", "kept")


@pytest.mark.parametrize("dangling", [False, True])
def test_a_store_that_lost_its_current_serves_its_newest_and_says_how_to_point_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dangling: bool
):
    for name in ("20260101T000000000000Z", "20260102T000000000000Z", "20260103T000000000000Z.partial"):
        (tmp_path / "snapshots" / name).mkdir(parents=True)
    if dangling:
        (tmp_path / "current").symlink_to("snapshots/20260104T000000000000Z")
    assert store_with_a_snapshot(tmp_path) == tmp_path
    told = json.loads(capsys.readouterr().err)
    assert told["alarm"]
    assert told["right"] == f"ln -sfn snapshots/20260102T000000000000Z {tmp_path}/current"
