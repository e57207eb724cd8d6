"""One-time codes that are bound to one thing, such as an application or a request for consent, and open nothing else.

What is bound keeps the keyed hash; whoever checks a code counts the tries there. Sent by `messages.send`.
"""

from __future__ import annotations

import secrets

from wurao.control.accounts.codes import DIGITS
from wurao.control.accounts.models import digest


def new_code() -> str:
    """A code that nobody guesses within a few tries."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def kept(what: str, code: str) -> str:
    """What is kept of a code for one thing; blanks in it do not count."""
    return digest("bound code", f"{what}:{''.join(code.split())}")


def is_right(held: str, what: str, code: str) -> bool:
    """Whether a code is the one that was kept for this."""
    return bool(held) and secrets.compare_digest(held, kept(what, code))
