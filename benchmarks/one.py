"""Run one benchmark in a process of its own: `python -m benchmarks.one NAME --scale N --work DIR`.

What it is at is told on standard error; each figure is a line of JSON on standard output. With `--list`: the names of
all, and what each is about. `wurao bench` calls both.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.every import BENCHMARKS
from benchmarks.ground import Ground


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=[benchmark.NAME for benchmark in BENCHMARKS])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("bench"))
    given = parser.parse_args()
    if given.list or given.name is None:
        print(json.dumps([(benchmark.NAME, benchmark.ABOUT) for benchmark in BENCHMARKS]))
        return
    ground = Ground(given.scale, given.work, lambda said: print(f"{given.name}: {said}", file=sys.stderr, flush=True))
    benchmark = next(each for each in BENCHMARKS if given.name == each.NAME)
    for figure in benchmark.run(ground):
        print(json.dumps(figure.at_scale(given.scale).as_dict(), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
