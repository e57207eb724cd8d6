"""A worker as a process of its own: decides the same call again and again by a store that it follows, and says how.

`python worker.py STORE` prints a line of JSON a decision; the first when it is in service.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.screening.events import batch
from wurao.numbering import parse_text
from wurao.screening.engine import Engine

CALLER, CALLEE = "+8613800000001", "+8613800000002"


def asked(number: int) -> dict[str, object]:
    """A call, its id never the same."""
    numbers = {"caller": parse_text(CALLER), "callee": parse_text(CALLEE), "channel": 0}
    nothing = {"trunk": None, "template": None, "declared": None, "attestation": -1, "roaming": -1, "answered": -1}
    times = {"at": datetime(2026, 3, 2, 2, tzinfo=UTC), "ring_s": None, "duration_s": None}
    return {"event_id": f"n{number}", **numbers, **nothing, **times}


def main(store: Path) -> None:
    """Decide until killed."""
    number = 0
    with Engine.open(store, follow=True) as engine:
        while True:
            began = time.monotonic()
            verdict = engine.screen(batch([asked(number)]))
            told = {name: verdict.column(name)[0].as_py() for name in ("reason", "snapshot")}
            print(json.dumps(told | {"began": began}), flush=True)
            number += 1
            time.sleep(0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
