"""Try one parser with damaged input for some time: `python -m benchmarks.fuzz TARGET --seconds S --keep DIR`.

Each input is written to a file before it is tried, so that one that ends the process is still at hand. A finding is an
exception of a class that nobody announced, an input that takes longer than `SLOW` seconds, or more memory than
`ROOM`. What was tried is told as one object of JSON; findings stay in the directory, one file each.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.fuzz_inputs import Target, mutated
from benchmarks.fuzz_targets import TARGETS
from benchmarks.ground import Ground

SLOW = 20
ROOM = 3 << 30
"""Bytes of address space beyond those that the program has when it begins."""
SCALE = 5_000
MOST_FINDINGS = 20
AT_HAND = "at-hand.bin"


@dataclass(slots=True)
class Tried:
    """What came of one target."""

    target: str
    cases: int = 0
    taken: int = 0
    refused: int = 0
    findings: list[str] = field(default_factory=list)


class TookTooLong(Exception):
    """One input took longer than it may."""


def run_apart(target: str, seconds: float, seed: int, keep: Path) -> Tried:
    """Fuzz in a process of its own; a process that dies is a finding, and is begun again while time is left."""
    keep.mkdir(parents=True, exist_ok=True)
    whole = Tried(target)
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and len(whole.findings) < MOST_FINDINGS:
        asked = [sys.executable, "-m", "benchmarks.fuzz", target, "--seconds", str(left), "--seed", str(seed)]
        done = subprocess.run([*asked, "--keep", str(keep)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found = json.loads(done.stdout)
            whole.cases += found["cases"]
            whole.taken += found["taken"]
            whole.refused += found["refused"]
            whole.findings += found["findings"]
            return whole
        kept = keep / f"{target}-died-{seed}.bin"
        if (keep / AT_HAND).exists():
            (keep / AT_HAND).replace(kept)
        whole.findings.append(f"the process left with {done.returncode}: {kept.name}: {done.stderr[-300:]}")
        seed += 1
    return whole


def fuzz(target: Target, seconds: float, seed: int, keep: Path) -> Tried:
    """Try for so long in this process."""
    tried = Tried(target.name)
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        ground = Ground(SCALE, Path(place))
        seeds = target.seeds(ground)
        for good in seeds:
            if not target.parse(good, Path(place)):
                raise AssertionError(f"{target.name} refuses what is good")
        _bound_memory()
        signal.signal(signal.SIGALRM, _too_long)
        until = time.monotonic() + seconds
        while time.monotonic() < until and len(tried.findings) < MOST_FINDINGS:
            _try(target, mutated(rng, seeds), Path(place), keep, tried)
    return tried


def _try(target: Target, data: bytes, place: Path, keep: Path, tried: Tried) -> None:
    (keep / AT_HAND).write_bytes(data)
    tried.cases += 1
    signal.alarm(SLOW)
    try:
        if target.parse(data, place):
            tried.taken += 1
        else:
            tried.refused += 1
    except Exception as error:
        name = f"{target.name}-{tried.cases}.bin"
        (keep / name).write_bytes(data)
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} at {Path(where.filename).name}:{where.lineno}"
        tried.findings.append(f"{name}: {said[:300]}")
    finally:
        signal.alarm(0)


def _too_long(*_: object) -> None:
    raise TookTooLong(f"more than {SLOW} seconds")


def _bound_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bound = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def main() -> None:
    """Fuzz one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=[target.name for target in TARGETS])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, required=True)
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    target = next(each for each in TARGETS if each.name == given.target)
    print(json.dumps(asdict(fuzz(target, given.seconds, given.seed, given.keep)), ensure_ascii=False))


if __name__ == "__main__":
    main()
