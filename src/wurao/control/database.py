"""Which database holds the registry: `DATABASE_URL`, else SQLite in the data directory.

In comes the URL; out come the `DATABASES` of Django and, for readers that speak Arrow, where ADBC finds the same
database. Called by `settings`, by `safety` and by `registry.arrow`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from wurao.errors import Refused
from wurao.settings.places import data_directory

SQLITE_FILE = "registry.sqlite3"
RIGHT = "write sqlite:////path/to/file or postgresql://user:password@host/name?sslmode=require"
BUSY_S = 20.0
"""So long a writer waits for another one of the same SQLite file."""
CONNECT_S = 5
"""So long a new connection to PostgreSQL is waited for, unless the URL says otherwise."""
KEPT_S = 600
"""So long a thread keeps its connection: to open one, and to say all this again, takes longer than most requests."""
PREPARING: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 3}
"""What a connection asks for the third time is planned by PostgreSQL once and for all."""
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
"""FULL, since an answer says that a change is saved: it must outlive a power failure."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database: `sqlite` by its file, or `postgresql` by its URL."""

    url: str
    file: Path | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self.file is not None

    def shown(self) -> str:
        """The URL without its password, for messages."""
        parts = urlsplit(self.url)
        if parts.password is None:
            return self.url
        return self.url.replace(f":{parts.password}@", ":***@", 1)

    def for_django(self) -> dict[str, Any]:
        """One entry of `DATABASES`."""
        if self.file is not None:
            options = {"init_command": PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": BUSY_S}
            engine = "django.db.backends.sqlite3"
            return {"ENGINE": engine, "NAME": str(self.file), "OPTIONS": options, "CONN_MAX_AGE": KEPT_S}
        parts = urlsplit(self.url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": {"connect_timeout": CONNECT_S, **PREPARING, **dict(parse_qsl(parts.query))},
            "CONN_MAX_AGE": KEPT_S,
            "CONN_HEALTH_CHECKS": True,
        }


def database(url: str | None = None) -> Database:
    """The database of a URL, of `DATABASE_URL`, or the SQLite file in the data directory; Refused for another kind."""
    given = url or os.environ.get("DATABASE_URL") or ""
    if not given:
        file = data_directory() / SQLITE_FILE
        return Database(f"sqlite:///{file}", file.absolute())
    parts = urlsplit(given)
    if parts.scheme == "sqlite" and parts.path.strip("/"):
        file = Path(unquote(parts.path[1:]))
        return Database(given, file.absolute())
    if parts.scheme in ("postgresql", "postgres") and parts.path.strip("/"):
        return Database(given.replace("postgres://", "postgresql://", 1))
    raise Refused(f"{Database(given).shown()!r} names no database that can be used", where="DATABASE_URL", right=RIGHT)
