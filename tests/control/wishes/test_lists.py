"""The subscriber's own lists: pasted as people paste, exported safely, imported again as they were."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.control.people import NUMBER, browser, subscriber

pytest.importorskip("django")


def mine() -> Any:
    from wurao.control.wishes import lists
    from wurao.numbering import parse_text

    return [(each.text, each.match, each.action) for each in lists.entries(parse_text(NUMBER))]


def test_what_is_pasted_is_taken_and_what_is_no_number_is_named_by_its_place(registry: Path) -> None:
    page = browser(subscriber())
    text = "138 0000 0001\n1069*；0351-110,!!!\n\n95588"
    answer = page.post("/lists/", {"text": text, "action": "deny"}, follow=True)
    assert set(mine()) == {
        ("+8613800000001", "exact", "deny"),
        ("1069", "prefix", "deny"),
        ("110", "exact", "deny"),
        ("95588", "exact", "deny"),
    }
    html = answer.content.decode()
    assert "第 4 条不是号码：!!!" in html


def test_what_is_exported_is_imported_again_as_it_was_and_no_cell_is_a_formula(registry: Path) -> None:
    from io import BytesIO

    from wurao.control.registry.models import MODELS

    page = browser(subscriber())
    page.post("/lists/", {"text": "13800000001\n1069*", "action": "deny"})
    page.post("/lists/", {"text": "+85223456789", "action": "allow"})
    before = mine()
    file = page.get("/lists/export/").content
    assert not any(cell[:1] in "+=-@" for line in file.decode().splitlines() for cell in line.split(","))
    MODELS["lists"].objects.all().delete()
    upload = BytesIO(file)
    upload.name = "../../wurao-lists.csv"
    page.post("/lists/", {"text": "", "action": "deny", "file": upload})
    assert mine() == before


def test_an_entry_is_taken_out_and_another_subscribers_is_not_touched(registry: Path) -> None:
    from tests.control.people import OTHER

    page, other = browser(subscriber()), browser(subscriber(OTHER))
    for each in (page, other):
        each.post("/lists/", {"text": "13800000001", "action": "deny"})
    assert other.post("/lists/remove/", {"entry": "13800000001", "match": "exact"}).status_code == 302
    assert other.post("/lists/remove/", {"entry": "13800000001", "match": "exact"}).status_code == 404
    assert len(mine()) == 1


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_reading_of_an_entry(text: str) -> None:
    from wurao.control.wishes.lists import read_entry

    found = read_entry(text)
    assert found is None or found[0] > 0


def test_a_thousand_entries_and_more_are_taken_at_once(registry: Path) -> None:
    page = browser(subscriber())
    page.post("/lists/", {"text": "\n".join(f"138{n:08d}" for n in range(1_500)), "action": "deny"})
    assert len(mine()) == 1_500
