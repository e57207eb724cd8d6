"""The API keeps what its OpenAPI document says: schemathesis sends what it allows and what it forbids, all checks on.

Each call is made with the key of a role that may make it. Nothing is random, so that every run asks the same.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.chromium import served
from tests.control.pages import everybody, furnished
from tests.control.people import NUMBER, key_of
from tests.control.stops.stored import put_and_build

pytest.importorskip("django")

SETTINGS: dict[str, Any] = {
    "seed": 6,
    "suppress-health-check": ["all"],
    "generation": {"max-examples": 5, "deterministic": True, "database": "none", "no-shrink": True},
    "phases": {"stateful": {"enabled": False}},
    # Not every number that can be written is a subscriber's: what is well-formed may be refused for what it means.
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]},
    },
}
FAR = 10**6
"""Ids of who asks, which no guessed one comes by."""


@pytest.fixture
def keys(registry: Path) -> dict[str, str]:
    """A key of each role."""
    from django.db import connection

    from wurao.control.accounts.models import ApiKey

    with connection.cursor() as cursor:
        for table in ("accounts_person", "accounts_apikey"):
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, FAR])
    people = everybody()
    furnished(people)
    put_and_build(registry, subscribers=[{"number": NUMBER, "operator": "移动"}])
    made = {role: key_of(person) for role, person in people.items() if person is not None}
    ApiKey.objects.update(per_minute=600_000)
    return made


@pytest.fixture
def site(registry: Path) -> Iterator[str]:
    with served() as address:
        yield address


def test_every_call_is_as_described(keys: dict[str, str], site: str) -> None:
    import schemathesis
    from django.urls import resolve
    from schemathesis.engine import from_schema
    from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

    from wurao.control.rights import RIGHTS

    config = schemathesis.Config.from_dict(SETTINGS)
    document = schemathesis.openapi.from_url(f"{site}/api/v1/openapi.json", config=config)

    @document.auth()
    class KeyOfARole:
        """The key of somebody who may make a call."""

        def get(self, case: Any, context: Any) -> str:
            path = re.sub(r"\{[^}]*\}", "1", context.operation.full_path)
            right = RIGHTS[resolve(path).view_name]
            return keys[sorted(right.roles(context.operation.method.upper() != "GET"))[0].value]

        def set(self, case: Any, data: str, context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

    wrong, tried = [], set()
    for event in from_schema(document).execute():
        if isinstance(event, FatalError):
            raise event.exception
        if isinstance(event, NonFatalError):
            wrong.append(f"{event.label}: {event.value!r}")
        if isinstance(event, ScenarioFinished):
            tried.add(event.recorder.label)
            wrong += list(failures(event.recorder))
    assert not wrong, "\n\n".join(wrong)
    assert tried == {each.ok().label for each in document.get_all_operations()}


def failures(recorder: Any) -> Any:
    """What did not hold, and the request that shows it."""
    for case_id, checks in recorder.checks.items():
        for each in checks:
            if each.failure_info is not None:
                shown = recorder.interactions.get(case_id)
                answer = shown.response.text[:300] if shown and shown.response else ""
                case = recorder.cases[case_id].value
                said = f"{each.failure_info.failure.title}: {each.failure_info.failure.message[:400]}"
                yield f"{recorder.label}: {said}\n  {case.as_curl_command()[:500]}\n  {answer}"
