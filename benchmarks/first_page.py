"""The first page over a slow line: what it weighs with all that it loads, and when it can be read.

Real Chromium opens the front page of `wurao serve` with an empty cache over a line of 1.6 Mbit/s with 150 ms there and
back, as its own DevTools slow it down; octets are counted as they come over the wire. Chromium does not slow down
setting up the connection, so three round trips (name, TCP, TLS) are added. Readable is when the text first stands there
(first contentful paint). Beside it stands /health/ of the same server over the same line.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.serving import home, lacking, serving
from benchmarks.written import write_tables

NAME = "first-page"
ABOUT = "the first page over 1.6 Mbit/s: its weight, and when it can be read"
OCTETS, SECONDS = 100_000, 2.0
BITS_A_SECOND, THERE_AND_BACK_MS, SET_UP = 1_600_000, 150, 3
ROUNDS = 5
PROGRAM = Path("/usr/bin/chromium")
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
OTHERS = ("/enter/", "/certificates/")
"""Where a visitor goes from there; told beside."""
PAINTED = """() => {
  const found = performance.getEntriesByName("first-contentful-paint")[0];
  return found ? found.startTime / 1000 : null;
}"""
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"


@dataclass(frozen=True, slots=True)
class Opened:
    """One page opened with an empty cache."""

    octets: int
    requests: int
    readable_s: float
    loaded_s: float


def run(ground: Ground) -> Iterator[Figure]:
    """Two lines: weight and time."""
    if gone := lacking() or missing():
        ground.tell(gone)
        return
    ground.warm()
    with home(ground.work / NAME) as at:
        write_tables({"subscribers": ground.load.tables["subscribers"].slice(0, 1_000)}, at.data / "tables")
        at.run("wurao", "load", str(at.data / "tables"))
        with serving(at) as (host, port), _chromium() as browser:
            site = f"http://{host}:{port}"
            ground.tell("opening pages over a slow line")
            opened = [_open(browser, site + "/") for _ in range(ROUNDS)]
            others = {path: _open(browser, site + path) for path in OTHERS}
            empty = [_open(browser, site + "/health/") for _ in range(ROUNDS)]
    octets, readable = max(each.octets for each in opened), max(each.readable_s for each in opened)
    bare = median(each.loaded_s for each in empty)
    notes = [
        f"{opened[0].requests} requests; all of it is there after {max(each.loaded_s for each in opened):.2f} seconds",
        *(
            f"{path}: {each.octets:,} bytes, readable after {each.readable_s:.2f} seconds"
            for path, each in others.items()
        ),
    ]
    yield Figure(
        name=f"{NAME}-weight",
        value=octets,
        unit="bytes",
        reach=f"≤ {OCTETS:,} bytes with all that it loads",
        met=octets <= OCTETS,
        beside=f"/health/ of the same server: {empty[0].octets:,} bytes, its headers",
        ratio=empty[0].octets / octets,
        notes=notes,
    )
    yield Figure(
        name=f"{NAME}-readable",
        value=readable,
        unit="seconds",
        reach=f"≤ {SECONDS:g} seconds over {BITS_A_SECOND / 1e6:g} Mbit/s, the slowest of {ROUNDS}",
        met=readable <= SECONDS,
        beside=f"/health/ of the same server over the same line: {bare:.2f} seconds",
        ratio=bare / readable,
        notes=[
            f"{THERE_AND_BACK_MS} ms there and back; {SET_UP} of them for setting up the connection are added to all "
            "figures, since Chromium slows down requests only",
            *notes,
        ],
    )


def missing() -> str | None:
    """What has to be installed; null where all is here."""
    if not PROGRAM.exists():
        return "Chromium is not installed (Debian's package chromium)"
    if importlib.util.find_spec("playwright") is None:
        return "Python's package playwright is not installed (make bench installs it)"
    return None


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(PROGRAM), args=FLAGS, headless=True)
        try:
            yield browser
        finally:
            browser.close()


def _open(browser: Any, url: str) -> Opened:
    """A page in a fresh context, over the slow line."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    session = context.new_cdp_session(page)
    octets: list[int] = []
    session.on("Network.loadingFinished", lambda told: octets.append(int(told["encodedDataLength"])))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    speed = BITS_A_SECOND / 8
    line = {"offline": False, "latency": THERE_AND_BACK_MS, "downloadThroughput": speed, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", line)
    page.goto(url, wait_until="networkidle")
    set_up = SET_UP * THERE_AND_BACK_MS / 1000
    loaded = float(page.evaluate(LOADED)) + set_up
    painted = page.evaluate(PAINTED)
    context.close()
    return Opened(sum(octets), len(octets), loaded if painted is None else float(painted) + set_up, loaded)
