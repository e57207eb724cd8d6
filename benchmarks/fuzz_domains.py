"""What `fuzz_targets` tries of the domains room: lists in every form, read and judged, and the guard's data.

Seeds are good lists and good guard data. What was read of a list is also written as a zone, whose lines are counted, so
that no name can say more than itself.
"""

from __future__ import annotations

import functools
import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.ground import Ground
from wurao.domains import Entries, Guard, fitting, zone_text
from wurao.domains.forms import FORMS
from wurao.domains.guard_files import PARTS, rows_of, shipped_directory
from wurao.domains.listing import judge_list
from wurao.domains.suffixes import read_suffixes, shipped_text
from wurao.errors import Refused

FEW, LARGE = 40, 100_000
ORIGIN, HEAD_LINES = "rpz.example", 4


def lists(ground: Ground) -> list[bytes]:
    """A good list in each form."""
    names = ["evil.com", "a.weebly.com", "xn--fiqs8s.cn", "中国骗子.com", "icbc.com.cn"]
    records = "".join(f"{name} CNAME .\n*.{name} CNAME .\n" for name in names[:3])
    zone = f"$TTL 5\n$ORIGIN r.\n@ IN SOA a. b. ( 1 2 3\n 4 5 )\n{records}"
    table = "name,match,cause,source,start\n" + "".join(f"{n},below,fraud,x,2026-01-01T00:00:00Z\n" for n in names)
    plain = "# match: exact\n" + "\n".join(names) + "\n*.b.com\nhttp://c.com/#x\n"
    return [each.encode() for each in (plain, "0.0.0.0 a.com b.com # c\n::1 localhost\n", zone, table)]


def read_list(data: bytes, directory: Path) -> bool:
    """Read a list in every form and as it is recognised; whether it held a name."""
    found = 0
    for form in (*FORMS, None) if len(data) < LARGE else (None,):
        with suppress(Refused):
            for judged in judge_list(_guard(), io.BytesIO(data), "list", form=form):
                found += _written_and_counted(judged.read.canonical.drop_null())
    return found > 0


def _written_and_counted(names: pa.StringArray) -> int:
    entries = Entries(names, np.ones(len(names), bool))
    fits = fitting(ORIGIN, entries)
    written = b"".join(zone_text(ORIGIN, entries.taken(fits), 1))
    if written.count(b"\n") != HEAD_LINES + 2 * int(fits.sum()):
        raise AssertionError("a name said more than itself")
    return len(names)


def guard_parts(ground: Ground) -> list[bytes]:
    """The beginnings of good parts, and the suffix list, which is taken whole alone."""
    parts = [(shipped_directory() / part.file).read_bytes().splitlines(keepends=True)[:FEW] for part in PARTS]
    return [b"".join(lines) for lines in parts] + [shipped_text().encode()]


def read_part(data: bytes, directory: Path) -> bool:
    """Read a part as each of two kinds, and as a suffix list; whether it was one."""
    taken = False
    for part in (PARTS[0], PARTS[-1]):
        with suppress(Refused):
            taken |= len(rows_of(part, data, directory / part.file)[0]) > 0
    with suppress(Refused):
        taken |= len(read_suffixes(data.decode("utf-8", errors="replace")).names) > 0
    return taken


@functools.cache
def _guard() -> Guard:
    return Guard.read()
