"""A transaction that writes, in its turn.

SQLite has one writer at a time, and whoever finds it busy sleeps and asks again, with no order among those who wait:
with thirty writers some wait for seconds. So on SQLite a writer first waits for a lock on a file beside the database,
which the kernel hands on at once. PostgreSQL needs nothing of it. Called by `record`, `delivery`, and whoever puts more
into the same transaction.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SUFFIX = ".turn"


@contextmanager
def writing() -> Iterator[None]:
    """One transaction, all or nothing; within another one, a part of it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    turn = os.open(f"{connection.settings_dict['NAME']}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        with transaction.atomic():
            yield
    finally:
        os.close(turn)
