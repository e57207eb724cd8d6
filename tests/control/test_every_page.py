"""Every page, as each role that may see it, in Debian's Chromium: axe-core finds nothing, it fits, keys reach it all.

The pages are those of `RIGHTS`, so a new one is tried by itself. A page whose content is built the same for two roles
is tried with the first.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.control import pages
from tests.control.chromium import PROGRAM, chromium, opened, served

pytest.importorskip("django")
if not PROGRAM.exists():
    pytest.skip("no Chromium: apt-get install chromium", allow_module_level=True)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS: dict[str, Any] = {
    "narrow, dark, large": {"viewport": {"width": 360, "height": 780}, "color_scheme": "dark"},
    "wide, light": {"viewport": {"width": 1100, "height": 800}, "color_scheme": "light"},
}
NO_PAGES = {
    "health",
    "wishes_standing",
    "stops_standing",
    "proof",
    "lists_export",
    "mine",
    "mfa_download_recovery_codes",
}
"""What is seen and is no page but a file, or an answer to a script."""
OF_FIRMS = {"firm", "firm_new", "firm_consents", "may_call", "firm_follow", "firm_application", "firm_certificate"}
ELSEWHERE = OF_FIRMS | {"review", "firm_seen", "tour"}
"""Tried where there is something to show on them: `firms/test_in_chromium.py`, `tour`."""
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll("button, .button, label, th, h1, h2, a")].filter(
    (each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1 && !each.closest(".scroll, .skip"));
  return [...(wide ? ["the page is wider than the window"] : []),
          ...cut.map((each) => `cut off: ${each.outerHTML.slice(0, 120)}`)];
}"""
TWICE = "() => { document.documentElement.style.fontSize = '200%'; }"
REACHABLE = """() => {
  const every = [...document.querySelectorAll(
    "a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex='0']")];
  const seen = every.filter((each) => !each.disabled && each.checkVisibility());
  const groups = new Set();
  return seen.filter((each) => {
    if (each.tabIndex > 0) throw new Error(`an order of its own: ${each.outerHTML}`);
    if (each.type !== "radio") return true;
    const one = !groups.has(each.name);
    groups.add(each.name);
    return one;
  }).length;
}"""
PARTS = 8
"""So many stops one input may have within: a day with its time has a stop for each figure."""
FOCUSED = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  window.reached = window.reached || new Set();
  window.reached.add(here);
  return [window.reached.size, getComputedStyle(here).outlineStyle !== "none"];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(registry: Path) -> Iterator[str]:
    with served() as address:
        yield address


def paths(role: str, person: Any, client: Any) -> Iterator[tuple[str, str, str]]:
    """The pages that a role may see: name, path, and how the content is built."""
    from django.urls import reverse

    from wurao.control.rights import RIGHTS, Role

    for name, right in RIGHTS.items():
        if Role(role) not in right.see or name.startswith("api-"):
            continue
        asked = pages.given(name, person)
        if asked is None:
            continue
        path = reverse(name, kwargs=asked)
        answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield name, path, skeleton(answer.content.decode())


def seen_by_somebody() -> set[str]:
    from wurao.control.rights import RIGHTS

    return {name for name, right in RIGHTS.items() if right.see and not name.startswith("api-")}


def skeleton(html: str) -> str:
    """The content of a page without its texts and values."""
    main = html[html.index("<main") : html.index("</main>")] if "<main" in html else html
    return re.sub(r'>[^<]*<|="[^"]*"', "", main)


def test_every_page_is_clean_fits_and_is_used_by_keyboard(registry: Path, site: str, browser: Any) -> None:
    people = pages.everybody()
    pages.furnished(people)
    wrong, tried, seen = [], set(), {look: opened(browser, site, bypass_csp=True, **LOOKS[look]) for look in LOOKS}
    for role, client in pages.clients(people):
        for look, page in seen.items():
            page.context.clear_cookies()
            cookies = {"large": "1" if "large" in look else "0"}
            if "session" in client.cookies:
                cookies["session"] = client.cookies["session"].value
            page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
        for name, path, built in paths(role, people[role], client):
            if (name, built) in tried:
                continue
            tried.add((name, built))
            for look, page in seen.items():
                wrong += [f"{role} {path} {look}: {each}" for each in faults(page, site + path, look)]
    for page in seen.values():
        page.context.close()
    assert not wrong, "\n".join(wrong)
    assert seen_by_somebody() - {name for name, _ in tried} - ELSEWHERE == NO_PAGES


def faults(page: Any, url: str, look: str) -> Iterator[str]:
    """What is wrong with a page in one look."""
    from axe_playwright_python.sync_playwright import Axe

    page.goto(url)
    if not page.url.startswith(url.partition("?")[0]):
        yield f"led on to {page.url}"
    for each in Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]:
        yield f"{each['id']} {each['nodes'][0]['html'][:160]}"
    yield from page.evaluate(TOO_WIDE)
    if "wide" in look:
        yield from unreached(page)
        page.evaluate(TWICE)
        yield from (f"at 200%: {each}" for each in page.evaluate(TOO_WIDE))
    yield from page.wrong
    page.wrong.clear()


def unreached(page: Any) -> Iterator[str]:
    """Whether Tab, from the top on, comes by everything once and shows where it is."""
    wanted = page.evaluate(REACHABLE)
    page.focus(".skip")
    got, within = page.evaluate(FOCUSED)[0], 0
    while got < wanted:
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        within = within + 1 if found and found[0] == got else 0
        if found is None or within > PARTS:
            yield f"the keyboard reaches {got} of {wanted}"
            return
        got = found[0]
        if not found[1]:
            yield f"no sign of focus: {page.evaluate('() => document.activeElement.outerHTML')[:120]}"
