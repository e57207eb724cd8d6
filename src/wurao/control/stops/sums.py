"""Counts of verdicts by day, summed each way for each who may see them; added to as parts are taken in.

A table of `records.counts` goes in, of one part; it is added to `DayCount` within the transaction that takes the part.
Read by `figures.counting`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
from django.db import connection

from wurao.control.stops.models import DayCount
from wurao.numbering.operators import operator_name

SPLITS = ("day", "reason", "category", "operator", "city")
ALL = "all"
"""In place of a channel: all of them, so that a page which asks for no channel reads a fourth of the rows."""
_KEY = ("scope", "by", "channel", "day", "name", "action")


def scope_of_operator(name: str) -> str:
    """The scope of an operator's staff, by whatever name it goes."""
    return f"operator {operator_name(name)}"


def scope_of_city(name: str) -> str:
    """The scope of a police liaison."""
    return f"city {name}"


def add_counts(table: pa.Table) -> None:
    """Add the counts of one part."""
    sums: Counter[tuple[str, ...]] = Counter()
    for row in table.to_pylist():
        named = {name: row[name] or "" for name in (*SPLITS, "channel", "action")}
        named["operator"] = operator_name(named["operator"])
        for scope in ("", scope_of_operator(named["operator"]), scope_of_city(named["city"])):
            for by in SPLITS:
                for channel in (ALL, named["channel"]):
                    sums[scope, by, channel, named["day"], named[by], named["action"]] += row["count"]
    with connection.cursor() as cursor:
        cursor.executemany(_statement(), [(*key, count) for key, count in sums.items()])


def _statement() -> Any:
    held, names = DayCount._meta.db_table, ", ".join(f'"{name}"' for name in _KEY)
    marks = ", ".join(["%s"] * (len(_KEY) + 1))
    add = f'ON CONFLICT ({names}) DO UPDATE SET "count" = "{held}"."count" + excluded."count"'
    return f'INSERT INTO "{held}" ({names}, "count") VALUES ({marks}) {add}'
