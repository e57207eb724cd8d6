"""The control plane in this process, on SQLite or a real PostgreSQL, empty before each test.

`db` is either, for what touches the database in its own way; `registry` is SQLite, for everything else. Both give the
data directory of the test, in which the store and the SQLite file are. A page is asked through Django's own client,
which goes through the whole stack of middleware.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) if Path("/usr/lib/postgresql").exists() else []
NOBODY = 65534


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Django loaded once, its static files laid out; the SQLite file with an empty schema to copy from."""
    home = tmp_path_factory.mktemp("control")
    before = os.environ["WURAO_DATA"]
    os.environ["WURAO_DATA"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    try:
        from wurao.control.start import bring_up_to_date, start

        bring_up_to_date(start())
        from django.conf import settings
        from django.contrib.auth import hashers
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        setup_test_environment()
        call_command("collectstatic", interactive=False, verbosity=0)
        settings.PASSWORD_HASHERS = ["tests.control.quick.Quick"]
        hashers.get_hashers.cache_clear()
    finally:
        os.environ["WURAO_DATA"] = before
    return home


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL of our own, on a free port of this machine; stopped after the last test."""
    if not POSTGRES:
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    programs = POSTGRES[-1].parent
    # Not below pytest's own directory, which every run of pytest closes to others than its owner.
    place = Path(tempfile.mkdtemp(prefix="wurao-postgres-"))
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    if as_nobody:
        os.chown(place, NOBODY, NOBODY)
    data = place / "data"
    asked = [programs / "initdb", "-D", data, "-U", "wurao", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL, cwd="/", **as_nobody)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={place}", "-c", "fsync=off"]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-p", str(port), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **as_nobody,
    )
    try:
        ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        for _ in range(300):
            if subprocess.run(ready, check=False).returncode == 0:
                break
            time.sleep(0.1)
        url = f"postgresql://wurao@127.0.0.1:{port}"
        subprocess.run([programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "wurao", "wurao"], check=True)
        yield f"{url}/wurao"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgres(project: Path, postgres: str) -> str:
    """The same with the schema in it."""
    from wurao.control.database import database
    from wurao.control.start import bring_up_to_date

    chosen = database(postgres)
    _use(chosen.for_django())
    bring_up_to_date(chosen)
    return postgres


@pytest.fixture
def registry(project: Path, data: Path) -> Iterator[Path]:
    """An empty registry on SQLite; the data directory."""
    from wurao.control.database import database

    for name in ("registry.sqlite3", "control.key"):
        shutil.copy(project / name, data / name)
    _use(database().for_django())
    yield data
    _close()


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty registry on either; the data directory. `DATABASE_URL` names it for this process and its children."""
    if request.param == "sqlite":
        request.getfixturevalue("registry")
        yield data
        return
    from wurao.control.database import database

    url = request.getfixturevalue("migrated_postgres")
    monkeypatch.setenv("DATABASE_URL", url)
    _use(database().for_django())
    _empty()
    yield data
    _close()


def _use(entry: dict[str, object]) -> None:
    """Have Django's one connection go to another database from now on."""
    from django.db import connections

    _close()
    connections.settings = connections.configure_settings({"default": entry})
    with contextlib.suppress(AttributeError):  # nobody has used it yet
        del connections["default"]


def _close() -> None:
    from django.core.cache import caches
    from django.db import connections

    connections.close_all()
    caches.close_all()


def _empty() -> None:
    from django.db import connection

    names = [name for name in connection.introspection.table_names() if name != "django_migrations"]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)} RESTART IDENTITY")
