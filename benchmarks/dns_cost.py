"""What a list costs a resolver: queries a second by dnsperf, with 22,600 and 1,000,000 names, beside the same without.

Two Unbounds, one with our zones and one without, are asked in turn for the same ordinary names from their caches, ten
pairs of runs; the ratio of each pair is free of what the machine does at large. A third, whose two zones are empty,
says what of the cost is having zones, and what is looking for a name in them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.dns_servers import NATION, PROVINCE, lacking, names, net, place_of
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from wurao.errors import MachineFailed
from wurao.gateways.dns.loopback import Server, unbound, world

NAME = "dns-cost"
ABOUT = "queries a second of a resolver with 22,600 and 1,000,000 domains, beside the same without"
PAIRS, RUN_S = 10, 3
SHARE = 0.05
ASKED = 1_000
_RATE = re.compile(r"Queries per second:\s+([\d.]+)")
_COMPLETED = re.compile(r"Queries completed:\s+(\d+)")


def run(ground: Ground) -> Iterator[Figure]:
    """One line a list: the share of queries a second that it costs."""
    said = lacking() or (None if shutil.which("dnsperf") else "needs Debian's dnsperf")
    if said:
        ground.tell(said)
        return
    for size in (PROVINCE, NATION):
        with net(ground) as there:
            ground.tell(f"publishing {max(1_000, size // ground.scale):,} names")
            there.publisher.show(names(max(1_000, size // ground.scale)), 1)
            there.publish()
            place = place_of(ground).resolve()
            asked = place / "asked.txt"
            asked.write_text("".join(f"www{n}.ordinary.example A\n" for n in range(ASKED)))
            plain = place / "plain-world"
            with (
                world(plain) as source,
                unbound(place / "plain", source.address, _MODULES) as bare,
                unbound(place / "empty", source.address, _MODULES + _empty_zones(place)) as empty,
            ):
                ground.tell(f"{PAIRS} pairs of {RUN_S} seconds")
                turns = max(1, PAIRS // (1 if ground.scale == 1 else 5))
                pairs = _pairs(there.resolvers[0], bare, asked, turns)
                of_empty = _pairs(empty, bare, asked, max(1, turns // 3))
        yield _figure(size, pairs, of_empty)


_MODULES = 'server:\n  module-config: "respip validator iterator"\n'


def _empty_zones(place: Path) -> str:
    """Two zones for policies, with nothing in them."""
    file = place / "empty.zone"
    file.write_text("$TTL 5\n@ SOA primary. nobody. 1 3600 60 86400 5\n@ NS primary.\n")
    return "".join(f'rpz:\n  name: empty{n}\n  zonefile: "{file}"\n' for n in range(2))


@dataclass(frozen=True, slots=True)
class Asked:
    """What one run of dnsperf found of a resolver."""

    rate: float
    """Queries a second."""
    processor_us: float
    """Microseconds of the resolver's processor time a query, which other work of the machine hardly moves."""


def _figure(size: int, pairs: list[tuple[Asked, Asked]], of_empty: list[tuple[Asked, Asked]]) -> Figure:
    ratios = [ours.rate / bare.rate for ours, bare in pairs]
    more, more_empty = (
        [ours.processor_us / bare.processor_us - 1 for ours, bare in each] for each in (pairs, of_empty)
    )
    cost = 1 - median(ratios)
    resampled = np.random.default_rng(1).choice(ratios, (10_000, len(ratios)))
    high = float(np.quantile(1 - np.median(resampled, axis=1), 0.95))
    return Figure(
        name=f"{NAME}-{size}",
        value=high,
        unit="share of queries a second, upper 95% bound",
        reach=f"≤ {SHARE:g}",
        met=high <= SHARE,
        beside="the same resolver without the list",
        ratio=median(ratios),
        ratio_low=min(ratios),
        ratio_high=max(ratios),
        notes=[
            f"median of {len(ratios)} interleaved pairs: {cost:.3f}",
            f"processor time a query: {median(ours.processor_us for ours, _ in pairs):.1f} microseconds, without the "
            f"list {median(bare.processor_us for _, bare in pairs):.1f}: {median(more):+.1%} "
            f"({min(more):+.1%} to {max(more):+.1%})",
            f"two empty zones: {median(more_empty):+.1%} ({min(more_empty):+.1%} to {max(more_empty):+.1%})",
        ],
    )


def _pairs(ours: Server, bare: Server, asked: Path, pairs: int) -> list[tuple[Asked, Asked]]:
    for each in (ours, bare):
        _asked(each, asked, 1)
    found = []
    for turn in range(pairs):
        pair = (ours, bare) if turn % 2 else (bare, ours)
        of = {id(each): _asked(each, asked, RUN_S) for each in pair}
        found.append((of[id(ours)], of[id(bare)]))
    return found


def _asked(server: Server, asked: Path, seconds: int) -> Asked:
    host, port = server.address.pair
    command = ["dnsperf", "-s", host, "-p", str(port), "-d", str(asked), "-l", str(seconds), "-c", "4", "-q", "50"]
    before = _processor_s(server)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    used = _processor_s(server) - before
    rate, completed = _RATE.search(done.stdout), _COMPLETED.search(done.stdout)
    if rate is None or completed is None:
        raise MachineFailed("dnsperf says no rate", where=" ".join(command), right=done.stderr[-200:])
    return Asked(float(rate[1]), used * 1e6 / int(completed[1]))


def _processor_s(server: Server) -> float:
    """Seconds of processor time that a server has used."""
    assert server.process
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
