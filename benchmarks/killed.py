"""The processes that `kills` kills: `python -m benchmarks.killed ROLE STORE [FILE]`.

`writer` puts changes and notes every acknowledged one in a file, fsynced, before it goes on; `worker` follows the store
as a gateway's worker does. Both run until they are killed.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from pathlib import Path

from wurao.changes import Change, submit
from wurao.screening.following import Following
from wurao.snapshot import open_snapshot

GROUP = 5


def write(store: Path, noted: Path) -> None:
    """Submit groups of changes as fast as they are acknowledged."""
    after = open_snapshot(store).seq
    rng = random.Random(os.getpid())
    with noted.open("a") as file:
        while True:
            numbers = [f"+86138{rng.randrange(10**8):08d}" for _ in range(GROUP)]
            changes = [Change("ported", (each,), "delete", None, "2026-01-01T00:00:00Z") for each in numbers]
            submit(store, changes, after=after)
            file.write("".join(f"{change.change_id}\n" for change in changes))
            file.flush()
            os.fsync(file.fileno())


def follow(store: Path) -> None:
    """Follow the store and report to it."""
    following = Following(store)
    following.start()
    while True:
        time.sleep(1)


def main() -> None:
    """Play a role."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=["writer", "worker"])
    parser.add_argument("store", type=Path)
    parser.add_argument("file", type=Path, nargs="?", default=Path(os.devnull))
    given = parser.parse_args()
    if given.role == "writer":
        write(given.store, given.file)
    else:
        follow(given.store)


if __name__ == "__main__":
    main()
