"""What real resolvers write of what they refused is counted, odd names too; our scripts write of nobody who asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import dns.rcode
import pytest

from tests.gateways.dns.conftest import Net, wait_for
from tests.gateways.dns.test_publisher import Until, entries
from tests.gateways.dns.test_snippets import is_back
from wurao.gateways.dns.hits import collect
from wurao.gateways.dns.loopback import ask

LONG = ".".join(["a" * 63] * 3)
LONGEST = f"{LONG}.{'b' * 47}.fraud.example"
ASKED = {
    "www.fraud.example": "www.fraud.example",
    "Upper.FRAUD.example": "upper.fraud.example",
    "alone.example": "alone.example",
    r"a\032b.fraud.example": r"a\032b.fraud.example",
    r"c\.d.fraud.example": r"c\046d.fraud.example",
    r"\000\255.fraud.example": r"\000\255.fraud.example",
    "e/f.fraud.example": r"e\047f.fraud.example",
    r"g\"\\h.fraud.example": r"g\034\092h.fraud.example",
    "serial-of-recent.wurao.fraud.example": "serial-of-recent.wurao.fraud.example",
    LONGEST: LONGEST,
}
"""What is asked for, and as what it counts."""
BY_UNBOUND = {
    r"a\032b.fraud.example": "a?b.fraud.example",
    r"c\.d.fraud.example": "c?d.fraud.example",
    r"\000\255.fraud.example": "??.fraud.example",
    "e/f.fraud.example": "e?f.fraud.example",
    r"g\"\\h.fraud.example": "g??h.fraud.example",
    LONGEST: "fraud.example",
}


@pytest.mark.parametrize("kind", ["unbound", "bind", "knot_resolver", "powerdns"])
def test_what_a_resolver_refused_is_counted_as_it_writes_it(net: Net, until: Until, kind: str, tmp_path: Path):
    resolver, server = getattr(net, kind)()
    log = server.directory / "rpz.log" if kind == "bind" else server.log
    with net.publisher(resolver) as publisher:
        publisher.show(entries("*.fraud.example", "alone.example"), 1)
        assert until(publisher)
        wait_for(lambda: is_back(publisher), within_s=60)
        for name in ASKED:
            assert ask(server.address, name, timeout_s=10).rcode() == dns.rcode.NXDOMAIN
        assert ask(server.address, "popular.example", timeout_s=10).rcode() == dns.rcode.NOERROR
        expected = Counter(({**ASKED, **BY_UNBOUND} if kind == "unbound" else ASKED).values())
        counts: Counter[str] = Counter()

        def all_counted() -> bool:
            found = collect([log], tmp_path / "hits")
            assert not found.bad
            for (_, name), count in found.counts.items():
                counts[name] += count
            return counts == expected

        wait_for(all_counted)
    if kind in ("knot_resolver", "powerdns"):
        refusals = [line for line in log.read_text().splitlines() if "wurao refused" in line]
        assert len(refusals) == len(ASKED)
        assert not any("127.0.0.1" in line for line in refusals)
