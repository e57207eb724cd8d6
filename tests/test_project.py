"""The project itself: the lock, the weight of the base install, the import contracts, the entry point."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.lock import without_places
from scripts.locked import Lock, fetched_bytes, requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
GROUPS = tuple(PROJECT["dependency-groups"])
BASE_LIMIT_BYTES = 180_000_000


def test_the_base_install_stays_within_180_mb():
    sizes = {package["name"]: fetched_bytes(package) for package in Lock().packages()}
    assert all(sizes.values())
    assert sum(sizes.values()) <= BASE_LIMIT_BYTES, sizes


def test_the_lock_names_no_place():
    lock = (ROOT / "uv.lock").read_text("utf-8")
    assert "://" not in lock, "run: make lock"
    assert without_places(lock) == lock


def test_every_file_of_the_lock_is_fixed_by_its_hash():
    for package in Lock().packages(groups=GROUPS):
        assert re.fullmatch(rf"{package['name']}==\S+( --hash=sha256:[0-9a-f]{{64}})+", requirement(package))


def test_the_lock_has_all_that_the_project_asks_for():
    extras = PROJECT["project"]["optional-dependencies"]
    locked = {package["name"] for package in Lock().packages(extras, GROUPS)}
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    for more in (extras, PROJECT["dependency-groups"]):
        asked += [each for group in more.values() for each in group]
    assert {re.split(r"[<>=!~;\[ ]", each)[0].lower() for each in asked} <= locked


def test_the_base_install_needs_no_web_framework_and_no_spark():
    base = {package["name"] for package in Lock().packages()}
    assert base & {"django", "pyspark", "dnspython", "uv", "pytest"} == set()
    assert {"django", "dnspython"} <= {package["name"] for package in Lock().packages(extras=("control", "dns"))}


def test_the_lock_is_read_with_markers_versions_and_extras(tmp_path: Path):
    file = tmp_path / "uv.lock"
    file.write_text(
        """
        [[package]]
        name = "wurao"
        dependencies = [
            { name = "a", version = "1", marker = "python_full_version < '3'" },
            { name = "a", version = "2", marker = "python_full_version >= '3'" },
            { name = "b", extra = ["fast"] },
        ]
        [[package]]
        name = "a"
        version = "1"
        [[package]]
        name = "a"
        version = "2"
        dependencies = [{ name = "b" }]
        [[package]]
        name = "b"
        version = "3"
        [package.optional-dependencies]
        fast = [{ name = "c" }, { name = "d", marker = "sys_platform == 'nowhere'" }]
        [[package]]
        name = "c"
        version = "4"
        dependencies = [{ name = "a", version = "2" }]
        [[package]]
        name = "d"
        version = "5"
        """,
        "utf-8",
    )
    found = {package["name"]: package["version"] for package in Lock(file).packages()}
    assert found == {"a": "2", "b": "3", "c": "4"}


BREACHES = {
    "Imports run one way through the rooms": ("src/wurao/errors.py", "import wurao.settings.reading"),
    "The demo's generator knows nothing of the rules, so that its truth is its own": (
        "src/wurao/province/breach.py",
        "import wurao.verdicts",
    ),
    "Of screening, control uses only explain and reach": (
        "src/wurao/control/breach.py",
        "import wurao.screening.breach",
    ),
    "One module knows Numba": ("src/wurao/wishes.py", "import numba"),
    "Rooms below the command line do not print": ("src/wurao/log.py", "import rich"),
}


def test_every_import_contract_notices_its_breach(tmp_path: Path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("province", "control", "screening"):
        (tmp_path / "src/wurao" / room).mkdir(exist_ok=True)
        (tmp_path / "src/wurao" / room / "__init__.py").touch()
    (tmp_path / "src/wurao/screening/breach.py").touch()
    for file, line in BREACHES.values():
        with (tmp_path / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    env = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    told = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False).stdout
    assert {contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]} == BREACHES.keys()
    for name in BREACHES:
        assert f"{name} BROKEN" in told, told


@pytest.mark.parametrize("command", [["wurao"], [sys.executable, "-m", "wurao"]])
def test_the_command_is_there_after_installing(command: list[str]):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*command, "--version"], env=os.environ | {"PATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("wurao, version ")


def test_make_lists_what_it_can_do():
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "bench", "soak", "lint", "clean", "size"):
        assert re.search(rf"^{target} +\S", told, re.M)


def test_the_build_server_runs_what_a_person_runs():
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_room_that_compiles_is_run_with_bounds_checking_on():
    rooms = re.search(r"^BOUNDS_CHECKED_ROOMS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert rooms is not None
    sources = (ROOT / "src/wurao").glob("*/**/*.py")
    compiling = {
        source.relative_to(ROOT / "src/wurao").parts[0]
        for source in sources
        if " = compiled(" in source.read_text("utf-8")
    }
    assert set(rooms[1].split()) == compiling
