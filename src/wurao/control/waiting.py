"""What is not done now though nothing is wrong with it: somebody must agree first, or it was asked for too often.

AwaitsGuardian is raised once the question is kept: to a program it is 202, to a person a sentence. Whoever does not
know these treats them as refused, with what would be right.
"""

from __future__ import annotations

from typing import Any

from wurao.errors import Refused

STANDING = "awaits_guardian"


class AwaitsGuardian(Refused):
    """The change would weaken protection, and the guardian was asked."""

    def __init__(self, asked: int) -> None:
        super().__init__("this waits for the guardian's agreement", right="the guardian was asked by message")
        self.asked = asked

    def as_dict(self) -> dict[str, Any]:
        """What a program is told."""
        return {"seq": None, "standing": STANDING, "asked": self.asked}


class TooOften(Refused):
    """Asked for too often; `retry_s`: when to try again."""

    def __init__(self, wrong: str, retry_s: int = 3_600) -> None:
        super().__init__(wrong, right="try again later")
        self.retry_s = retry_s


class WrongCode(Refused):
    """A code is not right: refused, but the try counts, so nothing of it may be undone."""
