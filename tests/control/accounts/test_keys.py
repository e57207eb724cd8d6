"""A key of the API is for what it was made for, until when it was made for, and makes no key that could do more."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import browser, staff, subscriber

pytest.importorskip("django")

JSON = "application/json"


def made(person: Any, **more: Any) -> str:
    from wurao.control.accounts.models import ApiKey

    return ApiKey.make(person, "test", 30, more.pop("changes", True), **more)[1]


def ask(key: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = "" if body is None else json.dumps(body)
    headers = {"Authorization": f"Bearer {key}", **headers}
    answer = browser().generic(method, f"/api/v1/{path}", data, JSON, headers=headers)
    return answer.status_code, json.loads(answer.content)


def test_a_key_is_for_the_calls_that_it_names(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord

    key = made(subscriber(), calls="api-1:lists api-1:shield")
    assert ask(key, "GET", "lists")[0] == 200
    assert ask(key, "POST", "shield", {"hours": 1})[0] == 200
    assert ask(key, "GET", "wishes")[0] == 403
    assert AccessRecord.objects.filter(what="refused", subject="api-1:wishes").count() == 1


def test_a_key_is_made_on_the_page_for_chosen_calls(registry: Path) -> None:
    from wurao.control.accounts.models import ApiKey

    page = browser(subscriber())
    given = {"name": "家里 home", "days": 7, "per_minute": 60, "changes": "on", "calls": ["api-1:lists"]}
    html = page.post("/keys/", given).content.decode()
    assert "wurao_" in html
    key = ApiKey.objects.get()
    assert (key.calls, key.per_minute, key.changes) == ("api-1:lists", 60, True)
    # What the role may not call is no choice.
    page.post("/keys/", given | {"calls": ["api-1:people"]})
    assert ApiKey.objects.count() == 1


def test_a_key_makes_none_that_could_do_more_or_longer(registry: Path) -> None:
    from wurao.control.accounts.models import ApiKey

    own = made(subscriber(), calls="api-1:keys api-1:lists", per_minute=50)
    body = {"name": "child", "days": 366, "changes": True, "calls": ["api-1:wishes"], "per_minute": 600}
    assert ask(own, "POST", "keys", body)[0] == 422
    status, child = ask(own, "POST", "keys", body | {"calls": []})
    assert (status, child["calls"], child["per_minute"]) == (200, ["api-1:keys", "api-1:lists"], 50)
    assert ApiKey.objects.get(pk=child["id"]).until <= ApiKey.objects.exclude(pk=child["id"]).get().until
    assert ask(child["key"], "GET", "lists")[0] == 200
    assert child["key"] not in json.dumps(ask(own, "GET", "keys")[1])
    assert ask(own, "POST", f"keys/{child['id']}/end")[0] == 403
    assert ask(made(subscriber()), "POST", f"keys/{child['id']}/end")[0] == 200
    assert ask(child["key"], "GET", "lists")[0] == 401


def test_another_persons_key_is_not_there(registry: Path) -> None:
    from tests.control.people import OTHER
    from wurao.control.accounts.models import ApiKey

    made(subscriber(OTHER))
    other = ApiKey.objects.get()
    assert ask(made(subscriber()), "POST", f"keys/{other.pk}/end")[0] == 404
    other.refresh_from_db()
    assert not other.ended


def test_every_list_of_staff_is_paged_by_cursor(registry: Path) -> None:
    from wurao.control.accounts.models import AccessRecord, ApiKey, Person
    from wurao.control.rights import Role

    administrator = made(staff("administrator"))
    for n in range(230):
        AccessRecord.objects.create(what="signed_in", role="subscriber", address="a", subject=str(n))
    Person.objects.bulk_create([Person(username=f"s{n}", role=Role.AUDITOR.value) for n in range(120)])
    person = Person.objects.get(username="administrator")
    ApiKey.objects.bulk_create(
        [ApiKey(person=person, name="k", digest=str(n), until="2030-01-01T00:00Z") for n in range(110)]
    )
    for path, at_least in (("access-records", 230), ("people", 121), ("keys", 111)):
        found, following = [], ""
        while True:
            status, page = ask(administrator, "GET", f"{path}?{following}")
            assert status == 200
            found += [each["id"] for each in page["items"]]
            if page["next"] is None:
                break
            assert len(page["items"]) == 100
            following = f"before={page['next']}"
        assert len(found) >= at_least
        assert found == sorted(set(found), reverse=True)
    only = ask(administrator, "GET", "access-records?what=signed_in")[1]
    assert {each["what"] for each in only["items"]} == {"signed_in"}


def test_what_pages_of_administrators_do_the_api_does(registry: Path) -> None:
    administrator, other = made(staff("administrator")), staff("regulator", "wang")
    page = browser(other)
    assert page.get("/home/").status_code == 200
    assert ask(administrator, "POST", "invitations", {"role": "police"})[0] == 422
    status, made_link = ask(administrator, "POST", "invitations", {"role": "police", "city": "太原"})
    assert status == 200
    assert browser().get("/invited/" + made_link["link"].split("/invited/")[1]).status_code == 200
    assert ask(administrator, "POST", f"people/{other.pk}/sign-out", {"close": True})[0] == 200
    assert page.get("/home/").status_code == 302
    assert ask(administrator, "POST", "people/999/sign-out", {})[0] == 404
