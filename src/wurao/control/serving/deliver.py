"""The deliverer as a process: brings what is queued to the change log, as soon as it is queued.

A word from a web process wakes it (`registry.wake`); else it looks several times a second. What goes wrong is told once
and tried again; what waits, waits in the database.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from wurao.control.registry.wake import Waker
from wurao.control.start import start
from wurao.log import logger

LOOK_S = 0.1
PAUSE_S = 0.5
"""Between tries while something is wrong."""
CLEAR_S = 60.0
"""Reports of workers that have gone, old codes and sessions are cleared so often."""
_log = logger("deliver")


def main() -> None:
    """Deliver until told to stop; `argv`: the store."""
    start()
    signal.signal(signal.SIGTERM, _leave)
    store = Path(sys.argv[1])
    waker, told = Waker(store), ""
    while True:
        try:
            _deliver(store, waker)
        except Exception as error:
            if (wrong := repr(error)) != told:
                _log.error("changes are not delivered; they wait", alarm=True, wrong=wrong)
            told = wrong
            _forget_connection()
            time.sleep(PAUSE_S)


def _deliver(store: Path, waker: Waker) -> None:
    """Be the writer, and deliver, until something goes wrong."""
    from wurao.changes import WriterElsewhere, clear_gone
    from wurao.control.accounts.cleaning import clear_old
    from wurao.control.firms.applications import clear_unconfirmed
    from wurao.control.holders.purging import purge
    from wurao.control.registry.delivery import Delivery

    try:
        delivery = Delivery(store)
    except WriterElsewhere:
        time.sleep(LOOK_S)
        return
    try:
        cleared = time.monotonic()
        while True:
            if not delivery.round():
                waker.wait(LOOK_S)
            if time.monotonic() - cleared > CLEAR_S:
                cleared = time.monotonic()
                clear_gone(store)
                clear_old()
                purge()
                clear_unconfirmed()
    finally:
        delivery.close()


def _forget_connection() -> None:
    """Take a new connection to the database the next time."""
    from django.db import connection

    connection.close()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
