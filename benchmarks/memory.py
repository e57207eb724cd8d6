"""How much memory of its own a process takes while it runs; files mapped by all are not counted."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Watched:
    """The peaks of both halves of a run, in bytes."""

    first_half: int
    second_half: int

    def told(self) -> str:
        """A sentence for the report."""
        first, second = self.first_half / 1e6, self.second_half / 1e6
        return f"memory of its own: {first:,.0f} MB at most in the first half, {second:,.0f} MB in the second"


def watch(process: subprocess.Popen[str]) -> Watched:
    """Watch a process to its end."""
    seen = [0]
    while process.poll() is None:
        seen.append(own_bytes(process.pid))
        time.sleep(EVERY)
    half = len(seen) // 2
    return Watched(max(seen[: half + 1]), max(seen[half:]))


def own_bytes(pid: int) -> int:
    """Anonymous memory resident now; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:")), 0)
