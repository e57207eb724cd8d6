"""The systemd units are what systemd takes, hold the service tightly, and start commands that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(each.name for each in DEPLOY.glob("wurao*"))
EXPOSED_AT_MOST = 2.0
"""Of 10, as systemd counts; MemoryDenyWriteExecute cannot be had with compiled rules."""
INSTALLED = "/opt/wurao/.venv/bin/wurao"


def analyze(*arguments: str) -> "subprocess.CompletedProcess[str]":
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze: apt-get install systemd")
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they would be on a machine where Wurao is installed: here, where this Python is."""
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8")
        text = text.replace(INSTALLED, str(Path(sys.executable).parent / "wurao"))
        (tmp_path / name).write_text(re.sub(r"(?m)^Documentation=.*$", "Documentation=man:systemd(1)", text), "utf-8")
    return tmp_path


def values(name: str, key: str) -> list[str]:
    found = re.findall(rf"(?m)^{key}=(.*)$", (DEPLOY / name).read_text("utf-8"))
    assert found, f"{name} says nothing of {key}"
    return found


def test_systemd_takes_the_units(units: Path) -> None:
    done = analyze("verify", "--man=no", *(str(units / name) for name in UNITS))
    own = [line for line in done.stderr.splitlines() if "wurao" in line]
    assert own == []


@pytest.mark.parametrize("name", [each for each in UNITS if each.endswith(".service")])
def test_what_a_service_could_do_to_the_machine_is_little(units: Path, name: str) -> None:
    done = analyze("security", "--offline=true", f"--threshold={int(10 * EXPOSED_AT_MOST)}", str(units / name))
    if "Unknown option" in done.stderr or "unrecognized option" in done.stderr:
        pytest.skip("this systemd does not look at units offline")
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_the_commands_that_are_started_are_wuraos() -> None:
    from wurao.cli import group

    text = "\n".join((DEPLOY / name).read_text("utf-8") for name in UNITS)
    commands = re.findall(rf"{INSTALLED} (\w+)", text)
    assert {"serve", "compile", "backup"} == set(commands)
    assert set(commands) <= set(group.list_commands(None))  # type: ignore[arg-type]


def test_nothing_is_written_but_the_own_directories_and_nobody_else_may_read_them() -> None:
    for name in ("wurao.service", "wurao-backup.service"):
        assert values(name, "ProtectSystem") == ["strict"]
        assert values(name, "StateDirectoryMode") == ["0700"]
        assert values(name, "UMask") == ["0077"]
        assert values(name, "CapabilityBoundingSet") == [""]
        assert values(name, "IPAddressDeny") == ["any"]
        assert values(name, "Environment") == ["WURAO_DATA=/var/lib/wurao"]
