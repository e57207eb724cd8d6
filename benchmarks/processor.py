"""Who took the processors' time: seconds by part of all processes that this one started, directly or through others.

Parts are told apart by their command: a module of Wurao by its last name, PostgreSQL's processes together. Processes
that have ended are not counted; those of a service are there all the time.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_by_part() -> Counter[str]:
    """Seconds that each part has taken until now."""
    parents, seconds, names = dict[int, int](), dict[int, float](), dict[int, str]()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            command = (place / "cmdline").read_text().split("\0")
        except OSError:
            continue
        pid = int(place.name)
        parents[pid], seconds[pid], names[pid] = (
            int(fields[1]),
            (int(fields[11]) + int(fields[12])) / TICKS,
            _part(command),
        )
    found: Counter[str] = Counter()
    for pid, taken in seconds.items():
        if names[pid] and _is_ours(pid, parents):
            found[names[pid]] += taken
    return found


def told_each(before: Counter[str], after: Counter[str], count: int, own_s: float) -> str:
    """Milliseconds of each of so many things, by part, for a note; `own_s`: what this process took."""
    taken = {name: seconds - before[name] for name, seconds in after.items()} | {"whoever asks": own_s}
    shown = [f"{name} {1e3 * each / count:.2f}" for name, each in sorted(taken.items(), key=lambda one: -one[1])]
    return f"processor time of each, in ms: {', '.join(shown)}; {1e3 * sum(taken.values()) / count:.2f} in all"


def _part(command: list[str]) -> str:
    modules = [each for each in command if each.startswith("wurao.")]
    return "PostgreSQL" if "postgres" in command[0] else modules[0].rpartition(".")[2] if modules else ""


def _is_ours(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        if pid == os.getpid():
            return True
        pid = parents[pid]
    return False
