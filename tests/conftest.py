"""What all tests share: a data directory of their own, machine code kept between runs, and where the real data are.

Nothing a test does reaches the user's own data. The machine code lies in one directory for all workers and runs,
`.cache/tests` in the checkout (or `WURAO_TEST_DATA`); a test that wants an empty data directory asks for `data`.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from wurao import compiled

ROOT = Path(__file__).resolve().parent.parent
SHARED_CODE = Path(os.environ.get("WURAO_TEST_DATA") or ROOT / ".cache" / "tests")
os.environ["WURAO_DATA"] = str(SHARED_CODE)
os.environ.pop("WURAO_SETTINGS", None)

# What a test compiles of its own is no news, and tests read what is told on standard error.
compiled.tells_of_compiling = False

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # Started in the background of a shell, which has its children ignore Ctrl-C; the tests' own children must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
# With bounds checking on, tests run a second time, for what an index may reach; what is right, the first run looks at.
settings.register_profile("bounds", settings.get_profile("house"), max_examples=30)
settings.load_profile("bounds" if os.environ.get("NUMBA_BOUNDSCHECK") == "1" else "house")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, taken by this process and its children, that shares the compiled machine code."""
    directory = tmp_path / "data"
    directory.mkdir()
    (SHARED_CODE / "compiled").mkdir(parents=True, exist_ok=True)
    (directory / "compiled").symlink_to(SHARED_CODE / "compiled")
    monkeypatch.setattr("wurao.settings.places._chosen", None)
    monkeypatch.setattr("wurao.settings.places._chosen_settings", None)
    monkeypatch.setenv("WURAO_DATA", str(directory))
    monkeypatch.delenv("WURAO_SETTINGS", raising=False)
    return directory


@pytest.fixture(scope="session")
def shared() -> Path:
    """Where the shared real data are; the test is left out where they are not."""
    directory = Path(os.environ.get("WURAO_SHARED") or ROOT.parent / "shared")
    if not (directory / "data").is_dir():
        pytest.skip(f"no shared data at {directory}")
    return directory
