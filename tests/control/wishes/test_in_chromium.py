"""The subscriber's pages in Debian's Chromium: by keyboard, by pointer, and without scripts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.chromium import PROGRAM, chromium, opened, served
from tests.control.people import NUMBER, subscriber
from tests.control.people import browser as client

pytest.importorskip("django")
if not PROGRAM.exists():
    pytest.skip("no Chromium: apt-get install chromium", allow_module_level=True)


@pytest.fixture
def site(registry: Path) -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


def signed_in(browser: Any, site: str, **options: Any) -> Any:
    """A page of a subscriber who is signed in."""
    return opened(browser, site, client(subscriber()).cookies["session"].value, **options)


def row() -> Any:
    from wurao.control.registry import rows
    from wurao.numbering import parse_text

    return rows.row_of("subscribers", (parse_text(NUMBER),))


def test_a_wish_is_painted_by_keyboard_and_saved(registry: Path, site: str, browser: Any) -> None:
    page = signed_in(browser, site)
    page.goto(f"{site}/wishes/")
    page.focus('input[value="marketing_finance_call"]')
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.focus("#details button.main")
    page.keyboard.press("Enter")
    page.wait_for_selector(".standing")
    everything = (1 << 27) - 1
    assert row()["marketing"] == everything & ~0b10011
    assert page.wrong == []
    page.context.close()


def test_boxes_are_painted_at_one_stroke(registry: Path, site: str, browser: Any) -> None:
    page = signed_in(browser, site)
    page.goto(f"{site}/wishes/")
    boxes = [page.locator(f'input[value="hours_weekend_{band}"]') for band in ("00", "06", "08")]
    boxes[0].scroll_into_view_if_needed()
    places = [box.bounding_box() for box in boxes]
    page.mouse.move(places[0]["x"] + 5, places[0]["y"] + 5)
    page.mouse.down()
    for place in places:
        page.mouse.move(place["x"] + 5, place["y"] + 5, steps=4)
    page.mouse.up()
    assert [box.is_checked() for box in boxes[1:]] == [False, False]
    page.context.close()


def test_everything_is_saved_without_scripts(registry: Path, site: str, browser: Any) -> None:
    page = signed_in(browser, site, java_script_enabled=False)
    page.goto(f"{site}/wishes/")
    page.click("button[value=stop]")
    page.wait_for_selector(".standing")
    assert (row()["marketing"], row()["guard"]) == (0, 2)
    page.check("input[name=content_protection]")
    page.click("#details button.main")
    assert row()["content_protection"] is True
    page.click("button[value='6']")
    assert row()["shield_until"] is not None
    page.click(".undo button")
    assert row()["shield_until"] is None
    page.context.close()


def test_what_is_typed_is_shown_as_the_text_that_it_is(registry: Path, site: str, browser: Any) -> None:
    page = signed_in(browser, site)
    page.goto(f"{site}/lists/")
    page.fill("textarea", "=cmd|' /C calc'!A0 & <b onclick=x>y</b>!")
    page.click("main button.main")
    page.wait_for_selector(".notice")
    assert "=cmd|' /C calc'!A0 & <b onclick=x>y</b>!" in page.inner_text(".notices")
    assert page.locator(".notices b").count() == 0
    page.context.close()
