"""Rules that raise when an event asks them to, and kernels of them: the seam through which tests put faults in.

A kernel is its plain functions, and these find each other by name: with another `decide` among their globals the same
source asks other rules, compiled or plain. The shipped path knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, cast

from wurao.compiled import Compiled, compiled
from wurao.screening import kernel
from wurao.screening.faults import RULES as RULES_DIRECTORY
from wurao.screening.precedence import RULES, Rule, unroll

FIRST = 100
"""An event whose time ends in 100 microseconds makes the first rule raise, 101 the second, and so on."""


def raises_at(place: int) -> int:
    """The microseconds that make the rule at a place raise."""
    return FIRST + place


def raising(rule: Rule, place: int) -> Rule:
    """The rule, but for events whose microseconds name its place."""
    name = rule.__name__
    source = (
        f"def {name}(facts):\n    if facts.at % 1000 == {raises_at(place)}:\n        raise ZeroDivisionError('made')\n"
    )
    made = compile(f"{source}    return asked(facts)\n", str(RULES_DIRECTORY / f"{name}.py"), "exec")
    code = next(constant for constant in made.co_consts if isinstance(constant, CodeType))
    return cast(Rule, FunctionType(code, {"__name__": rule.__module__, "asked": rule}))


def kernel_of(rules: tuple[Rule, ...]) -> Compiled:
    """The kernel with other rules."""
    attempt = _with(kernel._attempt, decide=unroll(rules))
    return compiled(_with(kernel.screen_rows, _attempt=attempt))


def _with(function: Callable[..., Any], **others: Any) -> FunctionType:
    made = cast(FunctionType, function)
    return FunctionType(made.__code__, {**made.__globals__, **others}, made.__name__, made.__defaults__)


RAISING = kernel_of(tuple(raising(rule, place) for place, rule in enumerate(RULES)))
