"""Velocity: how often a number calls, whom, with what outcome, and how many call one number (CONTRACTS, Velocity).

A `Velocity` owns a `VelocityState`; before each block the engine lets it `make_room`. For each row, in input order: the
four `touch_` functions for rows ahead; `advance`, which says whether the row is late; `find_repeat` (and `recall`);
`measure`, whose `Measures` the rules read; `ready_repeat`; `enter` with the verdict, or `count_late`; `remember`. In
this order a row that raises can be run again. `outcome` takes what is told of a call later. How it lies in memory is
told in `layout`.
"""

from wurao.screening.velocity.layout import VelocityState
from wurao.screening.velocity.owner import Velocity
from wurao.screening.velocity.repeats import find_repeat, ready_repeat, recall, remember
from wurao.screening.velocity.touch import (
    touch_entries,
    touch_hour,
    touch_hour_slots,
    touch_hours_ahead,
    touch_records,
    touch_slots,
    touch_stores,
)
from wurao.screening.velocity.windows import advance, clock, count_late, enter, measure, outcome

__all__ = [
    "Velocity",
    "VelocityState",
    "advance",
    "clock",
    "count_late",
    "enter",
    "find_repeat",
    "measure",
    "outcome",
    "ready_repeat",
    "recall",
    "remember",
    "touch_entries",
    "touch_hour",
    "touch_hour_slots",
    "touch_hours_ahead",
    "touch_records",
    "touch_slots",
    "touch_stores",
]
