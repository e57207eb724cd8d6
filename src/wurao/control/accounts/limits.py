"""How often a key of the API may call: a bucket a key, which all web processes of this machine share.

It is asked at every call, so it must cost no write to the database, be right between processes and threads, and neither
stick nor open wide when a clock steps. A file in the data directory holds a few octets a key, at the place of its
number: by the machine's own steady clock, the moment at which its bucket is empty again (the generic cell rate
algorithm). Taking locks the file, for microseconds. A moment further ahead than a full bucket is left from before the
machine was started, and counts as now. Called by `guard`; of several machines each has its own.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time

from wurao.settings.places import data_directory

FILE = "keys.limits"
MINUTE_NS = 60 * 10**9
CALLS, TOLD = 0, 1
"""What is counted of a key: its calls, and how often it was recorded that it called too often."""
_MOMENT = struct.Struct("<q")
_A_KEY = 2 * _MOMENT.size


def take(key: int, per_minute: int, counted: int = CALLS, now: int | None = None) -> float:
    """Take one of the calls that a key may make in a minute; 0, or the seconds to wait where there is none left.

    `now`: of the steady clock, in ns. A key that rested may make a minute's calls at once.
    """
    place = key * _A_KEY + counted * _MOMENT.size
    file = os.open(data_directory() / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        now = time.monotonic_ns() if now is None else now
        held = os.pread(file, _MOMENT.size, place)
        empty_at = _MOMENT.unpack(held)[0] if len(held) == _MOMENT.size else 0
        if not now < empty_at <= now + MINUTE_NS:
            empty_at = now
        after = empty_at + MINUTE_NS // per_minute
        if after > now + MINUTE_NS:
            return (after - now - MINUTE_NS) / 1e9
        os.pwrite(file, _MOMENT.pack(after), place)
        return 0.0
    finally:
        os.close(file)
