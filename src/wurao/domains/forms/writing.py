"""A list written in each form: plain, hosts file, response-policy zone, CSV.

`written_list` gives octets, piece by piece. A plain list says in comments which names are meant exactly and which with
all below, and is read back as it was; so are a zone and a CSV file. A hosts file knows exact names only: of those with
all below it has the names themselves. Called by `wurao domains export`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.forms.plain import MATCH_LINE
from wurao.domains.zone import Entries, fitting, zone_text
from wurao.errors import Refused

PIECE = 100_000
"""So many names are written at a time."""


def written_list(form: str, entries: Entries, *, origin: str = "rpz.local", serial: int = 1) -> Iterator[bytes]:
    """The names of a list in a form other than CSV, whose rows have more than names.

    `origin` and `serial` are a zone's. Refused where a name has no room beside the origin.
    """
    match form:
        case "plain":
            yield b"# wurao\n"
            for said, rows in (("exact", ~entries.below), ("below", entries.below)):
                if rows.any():
                    yield f"{MATCH_LINE.format(said)}\n".encode()
                    yield from _lines("", entries.taken(rows).names)
        case "hosts":
            yield b"# wurao: exact names only\n"
            yield from _lines("0.0.0.0 ", entries.names)
        case _:
            _refuse_unfitting(origin, entries)
            yield from zone_text(origin, entries, serial)


def _lines(before: str, names: pa.StringArray) -> Iterator[bytes]:
    for start in range(0, len(names), PIECE):
        lines = pc.binary_join_element_wise(before, names.slice(start, PIECE), "")
        yield ("\n".join(lines.to_pylist()) + "\n").encode()


def _refuse_unfitting(origin: str, entries: Entries) -> None:
    bad = np.flatnonzero(~fitting(origin, entries))
    if len(bad):
        name = entries.names[int(bad[0])].as_py()
        more = f", nor do {len(bad) - 1:,} others" if len(bad) > 1 else ""
        right = "take a shorter --origin, or another --format"
        raise Refused(f"{name!r} has no room in a zone of this name{more}", where=origin, right=right)
