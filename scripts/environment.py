"""Makes `.venv/` and installs what `uv.lock` says, with nothing but python3 and pip on the machine.

`make` calls it: `python3 scripts/environment.py [--extra NAME]... [--group NAME]...`. pip fetches, with whatever index
this machine is set up for, and checks every file against the lock's hashes. A second run with the same lock does
nothing. Debian splits `ensurepip` off into python3-venv; so the environment is made without pip, and the pip outside
installs into it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from locked import Lock, requirement

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
PYTHON = VENV / "bin" / "python"
ALL_EXTRAS = ("control", "dns", "sip", "smpp")
ALL_GROUPS = ("bench", "build", "dev")


def main() -> None:
    """Make the environment, or add to it, or see that all is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", action="append", default=[])
    parser.add_argument("--group", action="append", default=[])
    parser.add_argument("--fetch", type=Path, metavar="DIR", help="only fetch the files, all extras and groups, to DIR")
    asked = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 (this very file is run by whatever python3 is)
        sys.exit(f"Wurao needs Python 3.11 or later, not {sys.version.split()[0]}. Try: make PYTHON=python3.12")
    if asked.fetch:
        _pip_over(Lock().packages(ALL_EXTRAS, ALL_GROUPS), "download", "--dest", asked.fetch)
        return
    there = _stamp()
    extras = sorted({*asked.extra, *there.get("extras", ())})
    groups = sorted({*asked.group, *there.get("groups", ()), "build"})
    wanted = {"of": _digest(), "extras": extras, "groups": groups}
    if there == wanted and PYTHON.exists():
        return
    if not PYTHON.exists():
        _make()
    STAMP.unlink(missing_ok=True)
    _install(extras, groups)
    STAMP.write_text(json.dumps(wanted))


def _stamp() -> dict[str, object]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _digest() -> str:
    """Of all that decides what is installed, and of what makes the folding tables."""
    digest = hashlib.sha256(sys.version.encode())
    made = sorted((ROOT / "scripts" / "folding").glob("*.py"))
    layout = ROOT / "src/wurao/content/folding_layout.py"
    for name in ("pyproject.toml", "uv.lock", "scripts/environment.py", "hatch_build.py", layout, *made):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _make() -> None:
    print("making .venv/", file=sys.stderr)
    if importlib.util.find_spec("venv") is not None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", VENV], check=True)
        return
    with tempfile.TemporaryDirectory() as aside:
        _pip("install", "--target", aside, "virtualenv")
        command = [sys.executable, "-m", "virtualenv", "--quiet", "--no-pip", VENV]
        subprocess.run(command, env=os.environ | {"PYTHONPATH": aside}, check=True)


def _install(extras: list[str], groups: list[str]) -> None:
    """Install the build tools, then what the lock has (some of it built from sources by them), then Wurao."""
    lock = Lock()
    packages = lock.packages(extras, groups)
    print(f"installing {len(packages)} packages, as uv.lock has them", file=sys.stderr)
    into = ("--python", PYTHON, "install", "--no-compile", "--no-build-isolation")
    _pip_over(lock.group("build"), *into)
    _pip_over(packages, *into)
    _pip(*into, "--no-deps", "--editable", ROOT)


def _pip_over(packages: list[dict[str, Any]], *arguments: str | Path) -> None:
    """Run pip over these packages of the lock, every file checked against its hashes."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(map(requirement, packages)))
        file.flush()
        _pip(*arguments, "--require-hashes", "--no-deps", "--requirement", file.name)


def _pip(*arguments: str | Path) -> None:
    """Run the pip of this interpreter; what it has to say against is shown, then this ends."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments, "-qq", "--no-input"], check=False)
    if done.returncode:
        what = " ".join(map(str, arguments[:4]))
        sys.exit(f"pip could not {what} …; its reason stands above. Is there a network, or an index set up for pip?")


if __name__ == "__main__":
    main()
