"""A registry that an older Wurao left is brought up to date with what it holds; one of a newer Wurao is refused."""

from pathlib import Path

import pytest

from tests.control.people import NUMBER, OTHER
from wurao.errors import Refused

pytest.importorskip("django")


def test_changes_of_an_older_schema_are_told_whose_they_are(registry: Path) -> None:
    from django.core.management import call_command

    from wurao.control.database import database
    from wurao.control.registry import record
    from wurao.control.registry.models import Change
    from wurao.control.start import bring_up_to_date
    from wurao.control.wishes import registration
    from wurao.numbering import parse_text

    author = record.Author("subscriber", "web")
    first = {"number": NUMBER, "guard": "strict"}
    record.put("subscribers", record.checked_row("subscribers", first), author)
    entry = {"subscriber": OTHER, "entry": "1069", "match": "prefix", "action": "deny"}
    record.put("lists", record.checked_row("lists", entry), author)
    ported = {"number": NUMBER, "operator": "联通", "since": "2026-03-01T08:00:00Z"}
    record.put("ported", record.checked_row("ported", ported), author)
    call_command("migrate", "holders", "zero", verbosity=0)
    call_command("migrate", "registry", "0001", verbosity=0)
    bring_up_to_date(database())
    whose = list(Change.objects.order_by("seq").values_list("whose", flat=True))
    assert whose == [parse_text(NUMBER), parse_text(OTHER), None]
    registration.undo_last(parse_text(NUMBER), author)
    assert registration.registered(parse_text(NUMBER)).since is None


def test_a_registry_of_a_newer_wurao_is_refused_with_what_to_do(db: Path) -> None:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from wurao.control.database import database
    from wurao.control.start import bring_up_to_date

    recorder = MigrationRecorder(connection)
    recorder.record_applied("registry", "9999_of_the_future")
    try:
        with pytest.raises(Refused, match="newer Wurao") as told:
            bring_up_to_date(database())
        assert "install that version" in told.value.right
    finally:
        recorder.record_unapplied("registry", "9999_of_the_future")
