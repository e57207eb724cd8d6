"""What would let a stop through the next time is what the order of the rules says."""

import inspect
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wurao.screening.precedence import RULES
from wurao.verdicts import Reason

pytest.importorskip("django")


def stop(reason: Reason, caller: int = 5, **more: Any) -> Any:
    from wurao.control.stops.found import Stop

    usual = {
        "event": "1-000000000000",
        "event_id": "e",
        "at": datetime(2026, 9, 16, tzinfo=UTC),
        "callee": 7,
        "channel": "autocall",
        "action": "block",
        "overseas_mark": False,
        "category": "finance",
        "sender_id": None,
        "order_id": None,
    }
    return Stop(reason=reason, caller=caller, **usual | more)


def reasons_of(rules: Any) -> set[Reason]:
    """The reasons that some rules give, as their sources have it."""
    found = set()
    for rule in rules:
        found |= {Reason[name] for name in re.findall(r"Reason\.([A-Z_]+)", inspect.getsource(inspect.getmodule(rule)))}
    return found


def test_what_is_asked_before_the_own_lists_is_not_the_subscribers_to_decide(registry: Path) -> None:
    from wurao.control.stops.remedies import NOT_THEIRS, Way, remedy_of

    place = [rule.__name__ for rule in RULES].index("my_lists")
    before, after = reasons_of(RULES[1:place]), reasons_of(RULES[place:])
    assert set(NOT_THEIRS) == before - {Reason.ORDER_LIMIT} - {Reason.PUBLIC_SAFETY}
    assert not set(NOT_THEIRS) & after
    for reason in NOT_THEIRS:
        assert remedy_of(stop(reason)).way is Way.NONE
    for reason in after - {Reason.ORDER_LIMIT, Reason.NOTHING_SPOKE, Reason.CONSENT, Reason.MY_ALLOW_LIST}:
        assert remedy_of(stop(reason)).way is Way.ENTRY


def test_a_limit_is_passed_by_an_entry_only_where_it_is_for_harassment(registry: Path) -> None:
    from wurao.control.registry import record
    from wurao.control.stops.remedies import Way, remedy_of

    for cause in ("fraud", "harassment"):
        row = {
            "order_id": cause,
            "verb": "limit",
            "target_kind": "number",
            "target": "+8613900010001",
            "cause": cause,
            "rate_per_hour": 3,
            "authority": "某局",
            "start": "2026-01-01T00:00:00Z",
            "end": "2027-01-01T00:00:00Z",
        }
        record.put("orders", record.checked_row("orders", row), record.Author("regulator", "web"))
    ways = {cause: remedy_of(stop(Reason.ORDER_LIMIT, order_id=cause)).way for cause in ("fraud", "harassment", "gone")}
    assert ways == {"fraud": Way.NONE, "harassment": Way.ENTRY, "gone": Way.NONE}


@pytest.mark.parametrize(
    ("reason", "more", "changed"),
    [
        (Reason.NOT_ON_MY_LIST, {}, {"only_my_list": False}),
        (Reason.OVERSEAS, {"channel": "call"}, {"overseas_calls": True}),
        (Reason.OVERSEAS, {"channel": "message"}, {"overseas_messages": True}),
        (Reason.UNREGISTERED_SENDER, {}, {"unregistered": True, "guard": 2}),
        (Reason.WISH_CATEGORY, {}, {"marketing": 1 << 2}),
        (Reason.WISH_CATEGORY, {"category": "debt_collection"}, {"debt_collection": True}),
        (Reason.VELOCITY_CALLEE, {}, {"guard": 1}),
        (Reason.TEXT_FRAUD, {}, {"guard": 1}),
    ],
)
def test_a_hidden_caller_is_let_through_by_the_wish_that_stopped_it(
    registry: Path, reason: Reason, more: dict[str, Any], changed: dict[str, Any]
) -> None:
    from wurao.control.stops.remedies import Way, can_be_denied, remedy_of
    from wurao.control.wishes.registration import Registered
    from wurao.numbering import WITHHELD
    from wurao.wishes import Guard, Wish

    refusing = dict.fromkeys(("overseas_calls", "overseas_messages", "unregistered", "debt_collection"), False)
    before = Registered(wish=Wish(marketing=0, only_my_list=True, guard=Guard.STRICT, **refusing))
    found = remedy_of(stop(reason, WITHHELD, **more))
    assert found.way is Way.WISH
    assert found.change is not None
    after = found.change(before).wish
    assert {name: getattr(after, name) for name in changed} == changed
    same = {name for name in Wish.__dataclass_fields__ if getattr(after, name) == getattr(before.wish, name)}
    assert same == set(Wish.__dataclass_fields__) - set(changed)
    assert not can_be_denied(stop(reason, WITHHELD, **more))


def test_every_reason_that_stops_has_an_answer_for_a_hidden_caller(registry: Path) -> None:
    from wurao.control.stops.remedies import remedy_of
    from wurao.numbering import WITHHELD

    for reason in Reason:
        zh, en = remedy_of(stop(reason, WITHHELD)).words
        assert zh
        assert en
