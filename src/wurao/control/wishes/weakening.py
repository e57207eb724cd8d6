"""Whether a change weakens somebody's protection: what a guardian must agree to (DESIGN 4).

Pure: what stood and what is wanted go in. More let through is weaker; to be told otherwise of stops is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wurao.control.wishes.registered import Registered
from wurao.control.wishes.words import SWITCH_WORDS
from wurao.tables import LIST_ACTIONS

ALLOW, DENY = (LIST_ACTIONS.index(each) for each in ("allow", "deny"))


def weakens(before: Registered, after: Registered, now: datetime) -> bool:
    """Whether what is wanted protects less than what stands."""
    old, new = before.wish, after.wish
    return (
        bool((new.marketing & ~old.marketing) | (new.hours & ~old.hours))
        or any(getattr(new, name) and not getattr(old, name) for name in SWITCH_WORDS)
        or (old.only_my_list and not new.only_my_list)
        or (old.content_protection and not new.content_protection)
        or new.guard < old.guard
        or _ends_earlier(before.shield_until, after.shield_until, now)
        or (_ends_earlier(before.only_my_list_until, after.only_my_list_until, now) and not new.only_my_list)
        or (before.guardian is not None and after.guardian != before.guardian)
    )


def weakens_lists(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """Whether one entry of a list lets more through than the one that stood in its place."""
    old, new = (None if each is None else each["action"] for each in (before, after))
    return (new == ALLOW and old != ALLOW) or (old == DENY and new != DENY)


def _ends_earlier(before: datetime | None, after: datetime | None, now: datetime) -> bool:
    return before is not None and before > now and (after is None or after < before)
