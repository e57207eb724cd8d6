"""What a subscriber corrects besides wishes, lists and consents, which are corrected where they are: the operator."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from wurao.control.registry.models import Change
from wurao.control.registry.record import Author
from wurao.control.wishes import registration
from wurao.errors import Refused
from wurao.numbering.plan import OPERATORS

__all__ = ["OPERATORS", "correct"]


def correct(number: int, operator: str, author: Author) -> Change:
    """Correct which operator a number is with; Refused for one that there is not."""
    if operator not in OPERATORS and operator != registration.registered(number).operator:
        raise Refused(f"{operator[:20]!r} is no operator", where="operator", right=f"choose {', '.join(OPERATORS)}")
    return registration.amend(number, partial(replace, operator=operator), author)
