"""The subscriber's page: what is chosen is saved as a wish, told, shown with how far it came, and undone at one tap."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.people import NUMBER, browser, subscriber

pytest.importorskip("django")


def row() -> Any:
    from wurao.control.registry import rows
    from wurao.numbering import parse_text

    return rows.row_of("subscribers", (parse_text(NUMBER),))


def test_the_three_big_choices_are_one_tap_each(registry: Path) -> None:
    page = browser(subscriber())
    assert page.post("/wishes/choice/", {"choice": "stop"}).status_code == 302
    assert (row()["marketing"], row()["unregistered"], row()["guard"]) == (0, False, 2)
    page.post("/wishes/choice/", {"choice": "choose"})
    assert (row()["marketing"], row()["guard"]) == ((1 << 27) - 1, 2)
    page.post("/wishes/choice/", {"choice": "off"})
    assert (row()["marketing"], row()["unregistered"], row()["guard"]) == ((1 << 27) - 1, True, 0)
    assert page.post("/wishes/choice/", {"choice": "what"}).status_code == 422


def test_the_large_look_is_plain_and_loses_nothing(registry: Path) -> None:
    page = browser(subscriber())
    usual = page.get("/wishes/").content.decode()
    assert page.post("/look/", {"large": "1", "back": "/wishes/"})["Location"] == "/wishes/"
    large = page.get("/wishes/").content.decode()
    assert 'class="large"' in large
    assert large.count("<summary>") == 2
    for html in (usual, large):
        assert html.count('type="checkbox"') == 27 + 27 + 6
    assert large.index('name="choice"') < large.index('class="more"') < large.index('name="marketing"')


def test_the_page_shows_what_stands_and_saving_it_unchanged_changes_nothing(registry: Path) -> None:
    page = browser(subscriber())
    page.post("/wishes/choice/", {"choice": "stop"})
    before = row()
    html = page.get("/wishes/").content.decode()
    assert "已保存，尚未全部生效" in html
    assert "138****0001" not in html
    assert "1383511****" in html
    ticked = re.findall(r'name="(\w+)" (?:value="(\w+)" )?[^>]*checked', html)
    given: dict[str, Any] = {"seen": re.search(r'name="seen" value="(\d+)"', html)[1]}
    for name, value in ticked:
        given.setdefault(name, []).append(value or "on")
    assert page.post("/wishes/", given).status_code == 302
    assert row() == before
