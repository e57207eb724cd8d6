"""Bring the project up in this process: settings checked, Django loaded, the database's schema as this program has it.

Called by each process of `wurao serve` and by every command that touches the registry.
"""

from __future__ import annotations

import os

from wurao.control.database import Database, database
from wurao.control.safety import refuse_unsafe
from wurao.errors import MachineFailed, Refused
from wurao.settings.reading import load


def start(url: str | None = None) -> Database:
    """Refuse what is unsafe, then load Django; the database that it uses."""
    if url is not None:
        os.environ["DATABASE_URL"] = url
    chosen = database()
    refuse_unsafe(load(), chosen)
    os.environ["DJANGO_SETTINGS_MODULE"] = "wurao.control.settings"
    import django

    django.setup()
    return chosen


def bring_up_to_date(chosen: Database) -> None:
    """Carry out what is left of the migrations; Refused where a newer program has been here before."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        known = set(executor.loader.disk_migrations)
        ours = {app for app, _ in known}
        newer = [f"{app}.{name}" for app, name in executor.loader.applied_migrations if app in ours]
        newer = sorted(set(newer) - {f"{app}.{name}" for app, name in known})
        if newer:
            wrong = f"the registry was used by a newer Wurao, which knows {newer[-1]}"
            raise Refused(wrong, where=chosen.shown(), right="install that version, or restore a backup made before")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if chosen.file is not None:
            chosen.file.chmod(0o600)
    except DatabaseError as error:
        said = " ".join(str(error).split())
        right = "see that it runs, and that DATABASE_URL is right"
        raise MachineFailed(f"the database cannot be used: {said}", where=chosen.shown(), right=right) from error
    finally:
        connection.close()
