"""What the values of one row must not say together: one function a table, whole columns at a time.

Each takes the columns of a batch in their inside forms, null where a value was bad already, and yields the faults it
finds. What an order may hit is in `targets`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.tables.bad import Fault
from wurao.tables.declared import VERBS
from wurao.tables.domain_names import is_name
from wurao.tables.plain import Mask
from wurao.tables.targets import order_targets

Checked = Mapping[str, pa.Array]


def _true(array: pa.Array) -> Mask:
    """Where a comparison is true; a null is not."""
    return np.asarray(array.fill_null(False), bool)


def _ends_before(columns: Checked, start: str, end: str, also_equal: bool = True) -> Mask:
    compare = pc.less_equal if also_equal else pc.less
    return _true(compare(columns[end], columns[start]))


def _subscribers(columns: Checked) -> Iterator[Fault]:
    own = _true(pc.equal(columns["guardian"], columns["number"]))
    yield Fault(own, "guardian", "is the subscriber's own number", "write another person's, or leave it empty")


def _consents(columns: Checked) -> Iterator[Fault]:
    late = _ends_before(columns, "given", "expires")
    yield Fault(late, "expires", "is not after given", "write when the consent ends, or leave it empty")
    revoked = _ends_before(columns, "given", "revoked", also_equal=False)
    yield Fault(revoked, "revoked", "is before given", "write when the consent was taken back, or leave it empty")


def _headers(columns: Checked) -> Iterator[Fault]:
    yield Fault(_ends_before(columns, "start", "end"), "end", "is not after start", "write when the header ends")


def _orders(columns: Checked) -> Iterator[Fault]:
    yield Fault(_ends_before(columns, "start", "end"), "end", "is not after start", "write when the order ends")
    is_limit = _true(pc.equal(columns["verb"], VERBS.index("limit")))
    rate = np.asarray(columns["rate_per_hour"].is_valid(), bool)
    yield Fault(is_limit & ~rate, "rate_per_hour", "is empty in a limit", "write how many an hour come through")
    own = _true(pc.equal(columns["supersedes"], columns["order_id"]))
    yield Fault(own, "supersedes", "is the order itself", "write the order that this one replaces")
    yield from order_targets(columns)


def _domains(columns: Checked) -> Iterator[Fault]:
    yield Fault(_ends_before(columns, "start", "end"), "end", "is not after start", "write when the listing ends")
    names = columns["name"]
    yield Fault(
        np.asarray(names.is_valid(), bool) & ~is_name(names),
        "name",
        "is no name of two labels or more",
        "write a name such as example.com",
    )


RULES: dict[str, tuple[Callable[[Checked], Iterator[Fault]], ...]] = {
    "subscribers": (_subscribers,),
    "consents": (_consents,),
    "headers": (_headers,),
    "orders": (_orders,),
    "domains": (_domains,),
}
"""The rules of each table that has any."""
