"""What would let the same through the next time: an entry on the own list, a change of the wish, or nothing that is
the subscriber's to decide; and whether an entry would keep it out.

The own lists are rule 4 of twelve (DESIGN 5). What rules 1 to 3 stop is stopped for the law's or the number's sake, and
no entry reaches it; what later rules stop an entry lets through, as long as there is a number to enter. A caller who
hides the number is on no list, so there the wish that stopped it is what can be changed. Called by `taps` and `views`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from wurao.control.registry.models import MODELS
from wurao.control.stops.found import Stop
from wurao.control.wishes.registration import Registered
from wurao.tables import CAUSES
from wurao.verdicts import Reason
from wurao.wishes import CHANNELS, MARKETING_CATEGORIES, Guard

Words = tuple[str, str]


class Way(StrEnum):
    """By what it can be let through."""

    ENTRY = "entry"
    WISH = "wish"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would let it through, in words; of a wish, the change."""

    way: Way
    words: Words
    change: Callable[[Registered], Registered] | None = None


NOT_THEIRS = (
    Reason.ORDER_FRAUD,
    Reason.SPOOFED_PUBLIC_SERVICE,
    Reason.IMPOSSIBLE_NUMBER,
    Reason.UNALLOCATED_NUMBER,
    Reason.DO_NOT_ORIGINATE,
    Reason.SIGNED_FOR_ANOTHER,
    Reason.DOMESTIC_FROM_OVERSEAS,
)
"""Rules 2 and 3, which are asked before the own lists."""
FALSE_NUMBER = NOT_THEIRS[1:]
"""The number that was shown is not the caller's: an entry would hit whoever really has it."""

BY_ENTRY: Words = (
    "把这个号码加入“总是放行”名单，它的来电来信不再被意愿、频次或内容规则拦截。",
    "The number goes on your list of those always let through; wishes, frequency and content no longer stop it.",
)
BY_LAW: Words = (
    "这是依法处置的诈骗号码或虚假号码，名单和意愿都不能放行。如认为有误，可向签发机关申诉，或联系您的运营商核实。",
    "The number is under a fraud order, or false; no list or wish lets it through. If that is wrong, appeal to whoever "
    "issued the order, or ask your operator.",
)
BY_NOTHING: Words = (
    "对方隐藏了号码，无法加入名单，也没有哪项意愿单独拦下了它。",
    "The caller hid the number, so no list can name it, and no single wish stopped it.",
)
_NO_NUMBER: Words = ("对方隐藏了号码，无法加入名单；", "The caller hid the number, so no list can name it; ")


def remedy_of(stop: Stop) -> Remedy:
    """What would let the same through the next time."""
    if stop.reason in NOT_THEIRS or (stop.reason is Reason.ORDER_LIMIT and _is_for_fraud(stop.order_id)):
        return Remedy(Way.NONE, BY_LAW)
    if stop.has_number:
        return Remedy(Way.ENTRY, BY_ENTRY)
    found = _of_wish(stop)
    if found is None:
        return Remedy(Way.NONE, BY_NOTHING)
    (zh, en), change = found
    return Remedy(Way.WISH, (_NO_NUMBER[0] + zh, _NO_NUMBER[1] + en), change)


def can_be_denied(stop: Stop) -> bool:
    """Whether an entry would keep the caller out without hitting somebody else."""
    return stop.has_number and stop.reason not in FALSE_NUMBER


def _is_for_fraud(order_id: str | None) -> bool:
    """An order that is gone, or was never told, is taken for the graver kind: nothing is promised in vain."""
    cause = MODELS["orders"].objects.filter(order_id=order_id).values_list("cause", flat=True).first()
    return cause is None or CAUSES[cause] == "fraud"


def _of_wish(stop: Stop) -> tuple[Words, Callable[[Registered], Registered]] | None:
    """Which wish stopped a caller without a number, and that wish changed."""
    match stop.reason:
        case Reason.NOT_ON_MY_LIST:
            words = ("将关闭“只接我名单上的号码”。", "“only numbers on my list” is switched off.")
            return words, lambda now: replace(_with(now, only_my_list=False), only_my_list_until=None)
        case Reason.FLOOD_SHIELD:
            words = ("将解除防轰炸。", "the flood shield is taken down.")
            return words, lambda now: replace(now, shield_until=None)
        case Reason.OVERSEAS:
            name = "overseas_messages" if stop.channel == "message" else "overseas_calls"
            words = ("将重新接收境外及港澳台来电或短信。", "what comes from overseas is let through again.")
            return words, lambda now: _with(now, **{name: True})
        case Reason.UNREGISTERED_SENDER:
            words = ("将接收未登记的商业来电来信。", "commercial senders that are not registered are let through.")
            return words, lambda now: _with(now, unregistered=True, guard=min(now.wish.guard, Guard.STANDARD))
        case Reason.WISH_CATEGORY if stop.category == "debt_collection":
            words = ("将接收催收。", "debt collection is let through.")
            return words, lambda now: _with(now, debt_collection=True)
        case Reason.WISH_CATEGORY if stop.category in MARKETING_CATEGORIES and stop.channel in CHANNELS[:3]:
            bit = 1 << (MARKETING_CATEGORIES.index(stop.category or "") * 3 + CHANNELS.index(stop.channel))
            words = ("将放行这一类营销。", "this kind of marketing is let through.")
            return words, lambda now: _with(now, marketing=now.wish.marketing | bit)
        case (
            Reason.VELOCITY_CALLER
            | Reason.VELOCITY_CALLEE
            | Reason.ONE_RING
            | Reason.TEXT_FRAUD
            | Reason.TEXT_ILLEGAL
            | Reason.BLOCKED_DOMAIN
            | Reason.ATTESTATION_MISSING
            | Reason.UNREGISTERED_TEMPLATE
        ) if stop.was_stopped:
            words = ("判断力度将改为“只提示”。", "strictness becomes “label”.")
            return words, lambda now: _with(now, guard=min(now.wish.guard, Guard.LABEL))
    return None


def _with(now: Registered, **given: object) -> Registered:
    return replace(now, wish=replace(now.wish, **given))  # type: ignore[arg-type]
