"""What look-ups should find, written over plain rows without any table, index or packing: slow and obviously right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.snapshot.small import Registry, Row
from wurao.numbering import Kind, canonical, parse_text, prefix_text, tier_of
from wurao.numbering.number import is_prefix
from wurao.tables import PURPOSES, TARGET_KINDS, VERBS
from wurao.wishes import CATEGORIES

NUMBER, PREFIX, HEADER, SENDER, TRUNK, DOMAIN = range(len(TARGET_KINDS))


def matches(entry: int, caller: int) -> bool:
    """Whether an entry, a number or a prefix, is or begins a caller's number."""
    if caller >> 59 < Kind.MOBILE:
        return False
    if is_prefix(entry):
        return caller >> 59 != Kind.NAME and canonical(caller).startswith(prefix_text(entry))
    return entry == caller


def length(entry: int, caller: int) -> int:
    """How much of the caller's number an entry names."""
    return len(prefix_text(entry) if is_prefix(entry) else canonical(caller))


def listed(made: Registry, subscriber: int, caller: int, at: datetime) -> int:
    """The longest match speaks; of equal ones the one that allows (0); -1 for none."""
    found = [
        (length(row["entry"], caller), -row["action"])
        for row in made.of("lists")
        if row["subscriber"] == subscriber
        and matches(row["entry"], caller)
        and (row["until"] is None or at < row["until"])
    ]
    return -max(found)[1] if found else -1


def consented(made: Registry, subscriber: int, sender: str | None, channel: int, at: datetime) -> int:
    """The categories, a bit each, that consents to a sender give at a time on a channel."""
    categories = 0
    for row in made.of("consents"):
        ends = [end for end in (row["expires"], row["revoked"]) if end is not None]
        if (
            row["subscriber"] == subscriber
            and row["sender_id"] == sender
            and row["channels"] >> channel & 1
            and row["given"] <= at
            and all(at < end for end in ends)
        ):
            categories |= row["categories"]
    return categories


def header_of(made: Registry, caller: int, at: datetime) -> Row | None:
    """The longest header in its time; a header of nobody is none."""
    found = [row for row in headers_on(made, caller) if row["start"] <= at and (row["end"] is None or at < row["end"])]
    return max(found, key=lambda row: (length(row["header"], caller), -row["match"]), default=None)


def headers_on(made: Registry, caller: int) -> list[Row]:
    senders = {row["sender_id"] for row in made.of("senders")}
    return [row for row in made.of("headers") if row["sender_id"] in senders and matches(row["header"], caller)]


def is_known(made: Registry, header: Row | None, trunk: Row | None, attestation: int) -> bool:
    """By one of its trunks, or with attestation A; without trunks of its own, by any domestic one."""
    if header is None:
        return False
    registered = {row["trunk"] for row in made.of("trunks")}
    own = {row["trunk"] for row in made.of("sender_trunks") if row["sender_id"] == header["sender_id"]} & registered
    if attestation == 0:
        return True
    if own:
        return trunk is not None and trunk["trunk"] in own
    return trunk is None or not trunk["overseas"]


def in_force(orders: Iterable[Row], at: datetime) -> list[Row]:
    """From start to before end, and not named in `supersedes` of another in force."""
    orders = list(orders)
    known: dict[str, bool] = {}

    def stands(order: Row) -> bool:
        name = order["order_id"]
        if name not in known:
            above = [other for other in orders if other["supersedes"] == name]
            known[name] = order["start"] <= at < order["end"] and not any(stands(other) for other in above)
        return known[name]

    return [order for order in orders if stands(order)]


def speaking(
    made: Registry, cause: int, caller: int, header: Row | None, known: bool, trunk: Row | None, at: datetime
) -> list[Row]:
    """The orders of a cause that may speak: of the most specific target, of the verb that wins."""
    found = [order for order in in_force(made.of("orders"), at) if order["cause"] == cause]

    def of(kind: int, target: str | None) -> list[Row]:
        return [order for order in found if order["target_kind"] == kind and order["target"] == target]

    written = canonical(caller) if caller >> 59 >= Kind.MOBILE else None
    levels = [of(NUMBER, written)]
    if written is not None and caller >> 59 != Kind.NAME:
        levels += [of(PREFIX, written[:end]) for end in range(len(written), 0, -1)]
    ordered = header or max(
        headers_on(made, caller), key=lambda row: (length(row["header"], caller), -row["match"]), default=None
    )
    if ordered is not None:
        text = prefix_text(ordered["header"]) if is_prefix(ordered["header"]) else canonical(ordered["header"])
        levels.append(of(HEADER, text))
    if header is not None and known:
        levels.append(of(SENDER, header["sender_id"]))
    if trunk is not None:
        levels.append(of(TRUNK, trunk["trunk"]))
    speaks = next((level for level in levels if level), [])
    return [order for order in speaks if order["verb"] == min(each["verb"] for each in speaks)]


def looked(made: Registry, event: dict[str, Any]) -> dict[str, Any]:
    """All that `gather.look` finds, by name."""
    at, caller, callee, channel = event["at"], event["caller"], event["callee"], event["channel"]
    subscriber = made.rows["subscribers"].get((callee,))
    trunk = made.rows["trunks"].get((event["trunk"],))
    header = header_of(made, caller, at)
    known = is_known(made, header, trunk, event["attestation"])
    sender = made.rows["senders"][(header["sender_id"],)] if header is not None else None
    template = made.rows["templates"].get((event["template"],))
    matched = bool(known and channel == 1 and template and sender and template["sender_id"] == sender["sender_id"])
    tier = int(tier_of(caller))
    kind = caller >> 59
    commercial_kind = kind in (Kind.MESSAGE_PORT, Kind.NAME, Kind.FREEPHONE, Kind.SHORT) and tier == 0
    commercial = commercial_kind or channel == 2 or bool(headers_on(made, caller))
    states = [row for row in made.of("allocations") if matches(row["prefix"], caller)]
    longest = max(states, key=lambda row: length(row["prefix"], caller), default=None)
    return {
        "subscriber": subscriber,
        "caller_tier": tier,
        "callee_tier": int(tier_of(callee)),
        "commercial": commercial,
        "do_not_originate": any(matches(row["number"], caller) for row in made.of("do_not_originate")),
        "unallocated": longest is not None and longest["state"] == 1,
        "carries_caller": tier == 2 and trunk is not None and caller in (trunk["public_safety"] or ()),
        "overseas": (trunk is not None and trunk["overseas"]) or kind == Kind.FOREIGN,
        "known": known,
        "sender": sender["sender_id"] if known and sender else None,
        "suspended": sender is not None and sender["state"] == 1,
        "header_over": header is None and bool(headers_on(made, caller)),
        "ceiling": sender["ceiling_per_hour"] if known and sender else None,
        "matched": matched,
        "otp": matched and template is not None and PURPOSES[template["purpose"]] == "otp",
        "category": _category(template if matched else None, header if known else None, commercial),
        "orders": [speaking(made, cause, caller, header, known, trunk, at) for cause in (0, 1)],
        "listed": listed(made, callee, caller, at),
        "consented": consented(made, callee, sender["sender_id"], channel, at) if known and sender else 0,
    }


def _category(template: Row | None, header: Row | None, commercial: bool) -> int:
    if template is not None:
        purpose = PURPOSES[template["purpose"]]
        if purpose == "marketing":
            return int(template["category"])
        return CATEGORIES.index("transaction" if purpose == "otp" else purpose)
    if header is not None and header["category"] is not None:
        return int(header["category"])
    return CATEGORIES.index("other") if commercial else -1


def verb_of(orders: list[Row]) -> int:
    return int(orders[0]["verb"]) if orders else -1


LIMIT = VERBS.index("limit")
WITHHELD, IMPOSSIBLE = parse_text(""), parse_text("+86138")
