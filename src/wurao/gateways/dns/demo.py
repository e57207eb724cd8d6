"""The list at work, end to end on loopback: what `wurao demo` shows of domains.

A Knot that publishes, an Unbound that transfers, and a world of names that never leaves the machine are started in a
directory of their own and stopped at the end. Out comes what a client of the resolver saw. Called by the command line.
"""

from __future__ import annotations

import threading
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

import dns.rcode
import numpy as np
import pyarrow as pa

from wurao.domains import Difference, Entries
from wurao.errors import MachineFailed
from wurao.gateways.dns.addresses import Address
from wurao.gateways.dns.knot import Knot
from wurao.gateways.dns.layers import no_entries
from wurao.gateways.dns.loopback import LOOPBACK, Server, ask, free_address, unbound, world
from wurao.gateways.dns.publisher import How, Publisher
from wurao.gateways.dns.secondaries import Resolver
from wurao.gateways.dns.snippets import snippet
from wurao.gateways.dns.warning_page import WarningPage
from wurao.gateways.dns.written import Answer

POPULAR = "www.gov.cn"
WARNING = "warning.wurao"
"""No name of the world lies beside it, which would take the wildcard from it (RFC 4592)."""
IN_FORCE_WITHIN_S = 20.0
APPEAL = "省通信管理局 12381"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a client saw."""

    names: int
    """How many names were published."""
    seconds: float
    """From nothing to a resolver that has the list in force, the servers' start in it."""
    fraud: str
    """The name that is blocked."""
    refused: str
    """What the resolver answers for it: `NXDOMAIN`, or the warning page's host."""
    reason: str
    """The sentence of the warning page."""
    popular: str
    answered: str
    """The address that an ordinary name has."""
    released_s: float
    """From the release to the ordinary answer."""


def show(place: Path, entries: Entries, fraud: str, explanation: str, reason: tuple[str, str]) -> Shown:
    """Publish a list in a directory, block a name by it, answer another, and release the first.

    `fraud` is listed in `entries`, `reason` why, in both languages. Raises MachineFailed where a server does not start.
    """
    began = time.monotonic()
    listen, page = free_address(), free_address()
    with WarningPage(page, APPEAL, lambda name: reason if name == fraud else None) as served:
        threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            with world(place / "world", {WARNING: LOOPBACK}) as there:
                resolver = Resolver("demo", "unbound", free_address())
                told = snippet(resolver, listen, explanation, (place / "unbound").resolve())
                knot = Knot(place / "knot", listen, [resolver.peer])
                how = How(Answer(warning_page=WARNING), patience_s=IN_FORCE_WITHIN_S)
                try:
                    with (
                        Publisher(place, knot, [resolver], how) as publisher,
                        unbound(place / "unbound", there.address, told, resolver.address) as client,
                    ):
                        return _seen(publisher, client, entries, fraud, page, began)
                finally:
                    knot.end()
        finally:
            served.shutdown()


def _seen(publisher: Publisher, client: Server, entries: Entries, fraud: str, page: Address, began: float) -> Shown:
    publisher.show(entries, 1)
    _in_force(publisher)
    seconds = time.monotonic() - began
    refused = _leads_to(client, fraud)
    popular = _leads_to(client, POPULAR)
    released = time.monotonic()
    publisher.change(Difference(no_entries(), _one(fraud)), 2)
    publisher.commit()
    while _leads_to(client, fraud) == refused:
        if time.monotonic() - released > IN_FORCE_WITHIN_S:
            raise MachineFailed("a release was not seen", where=fraud, right="see what the resolver said")
        time.sleep(0.005)
    released_s = time.monotonic() - released
    return Shown(
        publisher.names + 1,
        seconds,
        fraud,
        refused,
        _sentence(page, fraud),
        POPULAR,
        popular,
        released_s,
    )


def _leads_to(client: Server, name: str) -> str:
    """What a resolver answers first: another name, an address, or what went wrong."""
    answer = ask(client.address, name)
    return answer.answer[0][0].to_text().rstrip(".") if answer.answer else dns.rcode.to_text(answer.rcode())


def _in_force(publisher: Publisher) -> None:
    until = time.monotonic() + IN_FORCE_WITHIN_S
    publisher.commit()
    while publisher.is_folding or not publisher.delivery.wait(0.02):
        publisher.commit()
        if time.monotonic() > until:
            raise MachineFailed("the list is not in force", where=str(publisher.directory), right="see the alarm")


def _one(name: str) -> Entries:
    return Entries(pa.array([name], pa.string()), np.zeros(1, bool))


def _sentence(page: Address, name: str) -> str:
    """What the page that a browser is led to says of a name."""
    request = urllib.request.Request(f"http://{page.host}:{page.port}/", headers={"Host": name})
    text = ""
    with suppress(OSError, HTTPException):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
                text = answer.read().decode()
        except HTTPError as answer:
            text = answer.read().decode()
    lines = [line for line in text.splitlines() if name in line]
    return lines[0].replace("<p>", "").replace("</p>", "").replace("<code>", "").replace("</code>", "") if lines else ""
