"""What the parts that look at something again and again have in common: they go on whatever goes wrong, and end when
told to.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from wurao.log import logger


def keep_looking(room: str, complaint: str, every_s: float, look: Callable[[], bool]) -> None:
    """Look until told to stop; again at once where there was something, else after a while.

    What goes wrong is told when it begins, and the database is asked by a new connection the next time.
    """
    from django.db import connection

    signal.signal(signal.SIGTERM, _leave)
    log, told = logger(room), ""
    while True:
        try:
            again, told = look(), ""
        except Exception as error:
            again = False
            if (wrong := repr(error)) != told:
                log.error(complaint, alarm=True, wrong=wrong)
            told = wrong
            connection.close()
        if not again:
            time.sleep(every_s)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
