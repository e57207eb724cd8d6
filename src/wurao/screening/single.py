"""One event given by name, as a person or a gateway writes it, turned into a column of one row.

Uses no compiled code, so that a command that asks one question starts at once.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.errors import Refused
from wurao.events.columns import ATTESTATIONS, ROAMINGS, EventColumns, reaches_nobody
from wurao.events.moments import NO_MOMENT, moment_of
from wurao.numbering import parse_text
from wurao.snapshot.compile import Names
from wurao.wishes import CATEGORIES, CHANNELS

_CODES = {"channel": CHANNELS, "attestation": ATTESTATIONS, "roaming": ROAMINGS}


def columns_of_one(event: Mapping[str, str | None], names: Names) -> EventColumns:
    """The columns of one event: `at`, `channel`, `to_number` as CONTRACTS' Event has them, the others if given.

    Raises Refused when `at`, `channel` or `to_number` cannot be read, or a code is none.
    """
    callee = parse_text(event.get("to_number"))
    if reaches_nobody(callee):
        wrong = f"{event.get('to_number')!r} is no number"
        raise Refused(wrong, where="to_number", right="write one as it is dialled, such as 13803510001")
    codes = {name: _code(name, event.get(name)) for name in _CODES}
    if codes["channel"] < 0:
        raise Refused("is missing", where="channel", right=f"write one of {', '.join(CHANNELS)}")
    declared = event.get("category")
    values: dict[str, int | float] = {
        "at": _moment(event.get("at")),
        "caller": parse_text(event.get("from_number")),
        "callee": callee,
        "trunk": _place(names.trunks, event.get("trunk")),
        "template": _place(names.templates, event.get("template_id")),
        "declared": CATEGORIES.index(declared) if declared in CATEGORIES else -1,
        "answered": -1,
        "reading": -1,
        "fits": 1,
        "ring_s": float("nan"),
        "duration_s": float("nan"),
        **codes,
    }
    return EventColumns(
        **{name: np.array([values.get(name, 0)], dtype) for name, dtype in EventColumns.columns.items()}
    )


def _moment(text: str | None) -> int:
    moment = moment_of(text or "")
    if moment == NO_MOMENT:
        right = "write RFC 3339 with an offset, such as 2026-05-17T09:30:00+08:00, from 1970 to 2100"
        raise Refused(f"{text!r} is no time", where="at", right=right)
    return moment


def _code(name: str, text: str | None) -> int:
    if text is None:
        return -1
    if text not in _CODES[name]:
        raise Refused(f"{text!r} is no {name}", where=name, right=f"write one of {', '.join(_CODES[name])}")
    return _CODES[name].index(text)


def _place(among: pa.Array, text: str | None) -> int:
    return -1 if text is None else int(pc.index(among, text).as_py())
