"""What a code behind a word answers: a question to a guardian, or a firm's request for a consent.

Codes of both kinds go out to the same numbers, and one word agrees to either. A wrong code counts against all that it
could have been for, a right one against nothing. Called by `keywords`.
"""

from __future__ import annotations

from wurao.control.consents import asking
from wurao.control.consents.models import Request
from wurao.control.registry.turns import writing
from wurao.control.wishes import guardians
from wurao.control.wishes.models import Asked


def with_code(number: int, code: str) -> list[Asked | Request]:
    """What a number was sent this code with, and may answer: nearly always one thing, or none."""
    questions, requests = guardians.opened(guardian=number), asking.waiting_for(number)
    with writing():
        found: list[Asked | Request] = [*guardians.with_code(questions, code), *asking.with_code(requests, code)]
        if not found:
            guardians.count_try(questions)
            asking.count_try(requests)
    return found
