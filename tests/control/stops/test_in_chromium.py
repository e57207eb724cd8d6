"""The pages of stops, figures and explanations in Debian's Chromium; and the story of one stop."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.chromium import PROGRAM, chromium, opened, served
from tests.control.people import NUMBER, browser, key_of, staff, subscriber
from tests.control.stops.parts import NOON, verdict, write_parts
from tests.control.stops.stored import put_and_build

pytest.importorskip("django")
if not PROGRAM.exists():
    pytest.skip("no Chromium: apt-get install chromium", allow_module_level=True)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SUBSCRIBERS, STAFFS = ["stops", "explain", "tour"], ["figures", "explain"]
LOOKS = (
    (360, "dark", {"subscriber": SUBSCRIBERS, "regulator": STAFFS}),
    (1100, "light", {"subscriber": ["stops"], "regulator": ["figures"]}),
)
SHOP = "+862152350001"


@pytest.fixture
def site(registry: Path) -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    with chromium() as started:
        yield started


def page_of(running: Any, site: str, person: Any, **options: Any) -> Any:
    page = opened(running, site, browser(person).cookies["session"].value, **options)
    page.set_default_timeout(60_000)
    return page


def wrong_with(page: Any, name: str) -> list[str]:
    """What axe-core finds, and whether the page, with text of twice the size too, is wider than its window."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    said = [f"{name}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found]
    for size in ("200%", ""):
        page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            said.append(f"{name}: wider than the window with text of {size or '100%'}")
    return said


def test_axe_finds_nothing_on_the_pages_small_dark_or_with_large_text(
    registry: Path, site: str, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wurao.control.stops.intake import Intake

    monkeypatch.setenv("WURAO_DEMO", "1")
    put_and_build(registry, subscribers=[{"number": NUMBER, "only_my_list": False}])
    rows = [verdict(sender_id="s"), verdict(from_number="withheld", reason="OVERSEAS"), verdict(reason="ORDER_FRAUD")]
    write_parts(registry / "verdicts" / "day", [*rows, verdict(action="allow", reason="NOTHING_SPOKE", at=NOON)])
    Intake().round()
    people = {"subscriber": subscriber(), "regulator": staff("regulator")}
    found = []
    for width, scheme, pages in LOOKS:
        size = {"width": width, "height": 800}
        for role, paths in pages.items():
            page = page_of(running, site, people[role], viewport=size, color_scheme=scheme, bypass_csp=True)
            for path in paths:
                page.goto(f"{site}/{path}/")
                for summary in page.locator("main summary").all():
                    summary.click()
                found += wrong_with(page, f"{path} as {role} at {width}")
                if path == "explain":
                    page.fill("#id_from_number", "110")
                    if role == "regulator":
                        page.fill("#id_to_number", NUMBER)
                    page.click("main button.main")
                    page.wait_for_selector(".rules")
                    found += wrong_with(page, f"explained to {role} at {width}")
            page.context.close()
    assert not found, found


def test_charts_are_drawn_from_their_tables_under_the_strict_policy(registry: Path, site: str, running: Any) -> None:
    from wurao.control.stops.intake import Intake

    write_parts(registry / "verdicts" / "day", [verdict(), verdict(action="label", reason="VELOCITY_CALLER")])
    Intake().round()
    page = page_of(running, site, staff("regulator"))
    page.goto(f"{site}/figures/")
    page.wait_for_function("[...document.querySelectorAll('canvas')].every((each) => Chart.getChart(each))")
    drawn = page.evaluate(
        "Chart.getChart(document.querySelector('canvas')).data.datasets.map((each) => [each.label, each.data])"
    )
    assert [data for _, data in drawn] == [[1], [0], [1]]
    assert all(each.is_visible() for each in page.locator("section table").all())
    assert page.wrong == []
    page.context.close()


def test_a_subscriber_opens_protection_by_message_sees_a_stop_lets_it_through_and_the_next_screening_allows_it(
    registry: Path, site: str, running: Any
) -> None:
    from wurao.control.stops.intake import Intake

    operator = key_of(staff("operator", operator="移动"))
    sender = {"sender_id": "shop", "name": "某商场", "categories": "retail", "since": "2026-01-01T00:00:00Z"}
    header = {"header": SHOP, "match": "exact", "sender_id": "shop", "category": "retail", "start": sender["since"]}
    put_and_build(registry, subscribers=[{"number": NUMBER, "operator": "移动"}], senders=[sender], headers=[header])
    deliver(registry)
    assert screened(registry, "before") == "allow"
    message = {"number": NUMBER, "text": "KTFR"}
    headers = {"Authorization": f"Bearer {operator}"}
    answer = browser().post("/api/v1/messages", json.dumps(message), "application/json", headers=headers)
    assert answer.status_code == 200
    deliver(registry)
    assert screened(registry, "day") == "block"
    assert Intake().round() == 2
    page = page_of(running, site, subscriber())
    page.goto(f"{site}/home/")
    page.click("nav a[href='/stops/']")
    article = page.locator("article").first
    assert "某商场" in article.inner_text()
    assert SHOP not in page.content()
    article.locator("summary").click()
    assert "您登记过不接收这一类通信" in article.inner_text()
    article.get_by_role("button", name="下次放行").click()
    page.wait_for_selector("article .standing")
    assert "总是放行" in page.locator("article").first.inner_text()
    assert page.wrong == []
    page.context.close()
    deliver(registry)
    assert screened(registry, "after") == "allow"


def deliver(registry: Path) -> None:
    """What was saved comes into the change log, as the deliverer brings it."""
    from wurao.control.registry.delivery import Delivery

    delivery = Delivery(registry / "store")
    while delivery.round():
        pass
    delivery.close()


def screened(registry: Path, name: str) -> str:
    """The action of the shop's call to the subscriber in a real `wurao screen` over the store."""
    from pyarrow import parquet

    events = registry / f"{name}.csv"
    events.write_text(
        f"event_id,at,channel,from_number,to_number\n{name},2026-09-16T10:00:00+08:00,call,{SHOP},{NUMBER}\n"
    )
    out = registry / "verdicts" / name
    command = [sys.executable, "-m", "wurao", "screen", str(events), "-o", str(out)]
    subprocess.run(command, check=True, env=os.environ, stdout=subprocess.DEVNULL)
    (row,) = parquet.read_table(out / "part-00000.parquet").to_pylist()
    return str(row["action"])
