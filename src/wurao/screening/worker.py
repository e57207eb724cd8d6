"""A worker of its own: follows a store and reports what it decides with, so that changes come into force.

`wurao serve` runs it where no gateway does. It waits for the first snapshot, then keeps its sight up to date until told
to stop.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from wurao.screening.following import Following
from wurao.snapshot.store import snapshot_ids

LOOK_S = 0.2


def main() -> None:
    """Follow until told to stop; `argv`: the store."""
    stop = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    store = Path(sys.argv[1])
    while not snapshot_ids(store):
        if stop.wait(LOOK_S):
            return
    following = Following(store)
    following.start()
    try:
        stop.wait()
    finally:
        following.stop()


if __name__ == "__main__":
    main()
