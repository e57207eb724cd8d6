"""DESIGN 5 once more, as one SQL query: what DuckDB is asked beside the engine, and what the engine is compared with.

Written from the design, not from the rules, for what the workload holds: headers, senders' and people's numbers, lists
of numbers and E.164 prefixes, orders on every kind of target, senders without trunks of their own, no velocity (so no
limit is used up and nobody was called before), no text. The answer has a row an event: id, action, reason.
"""

from __future__ import annotations

from wurao.snapshot.times import CHINA, DAY, HOUR
from wurao.verdicts import Action, Reason
from wurao.wishes import BAND_OF_HOUR

VALUE = (1 << 59) - 1
DIGITS = 13
"""The E.164 digits of a mobile number."""
PREFIX_LENGTHS = (7, 8, 9, 10, 11)
"""Of orders on prefixes, with the country code."""


def _in_force(table: str) -> str:
    return f"{table}.start <= event.at_us and event.at_us < {table}.stop"


def _orders_by_prefix(length: int) -> str:
    shown = f"(event.caller & {VALUE}) // {10 ** (DIGITS - length)}"
    return f"""select event.id, {DIGITS - length} as place, o.cause, o.verb
        from events event join prefix_orders o on o.length = {length} and o.key = {shown}
        where event.caller >> 59 = 2 and {_in_force("o")}"""


ORDERS = " union all ".join(
    [
        f"select event.id, 0 as place, o.cause, o.verb from events event "
        f"join number_orders o on o.key = event.caller where {_in_force('o')}",
        *(_orders_by_prefix(length) for length in PREFIX_LENGTHS),
        f"select event.id, 20, o.cause, o.verb from event "
        f"join header_orders o on o.key = event.caller where event.is_header and {_in_force('o')}",
        f"select event.id, 21, o.cause, o.verb from event "
        f"join sender_orders o on o.key = event.sender where event.known and {_in_force('o')}",
        f"select event.id, 22, o.cause, o.verb from event join trunk_orders o on o.key = event.trunk "
        f"where {_in_force('o')}",
    ]
)
"""Every order in force on an event, with how specific its target is: the number first, the trunk last."""

LISTS = f"""
    select event.id, l.deny as said from events event
    join exact_lists l on l.subscriber = event.callee and l.entry = event.caller where event.at_us < l.until
    union all
    select event.id, 2 * ({DIGITS} - l.length) + l.deny from events event
    join prefix_lists l on l.subscriber = event.callee
    where event.caller >> 59 = 2 and event.at_us < l.until
        and (event.caller & {VALUE}) // pow(10, {DIGITS} - l.length)::bigint = l.digits"""
"""Every list entry that matches: the longer the smaller, then whether it denies."""

_REASON = {reason.name: int(reason) for reason in Reason}

QUERY = f"""
with event as (
    select events.*, caller >> 59 as kind,
        coalesce(caller_tier.tier, 0) as caller_tier, coalesce(callee_tier.tier, 0) as callee_tier,
        coalesce(trunks.overseas, false) as by_overseas, coalesce(trunks.alerts, false) as alerts,
        coalesce(trunks.signed, false) as signed, coalesce(list_contains(trunks.carries, caller), false) as carries,
        headers.number is not null as is_header,
        headers.number is not null and {_in_force("headers").replace("event.", "events.")} as header_holds,
        header_holds and (attestation = 0 or not by_overseas) as known,
        headers.sender as sender, header_holds and senders.suspended as suspended,
        known and channel = 1 and templates.sender is not null as matched,
        channel = 2 or is_header or (kind between 4 and 7 and caller_tier.tier is null) as commercial,
        case when matched then templates.category when known and headers.category is not null then headers.category
            when commercial then 8 end as category,
        silent.number is not null as silent, coalesce(allocations.unallocated, false) as unallocated,
        coalesce(marketing, 134217727) as marketing, coalesce(hours, 134217727) as hours,
        coalesce(overseas_calls, true) as overseas_calls, coalesce(overseas_messages, true) as overseas_messages,
        coalesce(unregistered, true) as unregistered, coalesce(debt_collection, true) as debt_collection,
        coalesce(only_my_list, false) or at_us < coalesce(only_until, 0) as only_my_list,
        at_us < coalesce(shield_until, 0) as shielded, coalesce(guard, 1) as guard,
        (at_us + {CHINA}) // {DAY} as day, {list(BAND_OF_HOUR)}[(at_us + {CHINA}) % {DAY} // {HOUR} + 1] as band
    from events
    left join headers on headers.number = caller
    left join senders on senders.sender = headers.sender
    left join subscribers on subscribers.number = callee
    left join trunks on trunks.trunk = events.trunk
    left join templates on templates.template = events.template and templates.sender = headers.sender
    left join tiers caller_tier on caller_tier.number = caller
    left join tiers callee_tier on callee_tier.number = callee
    left join silent on silent.number = caller
    left join allocations on caller >> 59 = 2 and allocations.segment = (caller & {VALUE}) // 10000
),
ordered as (
    select id, min(place * 4 + verb) filter (cause = 0) % 4 as fraud,
        min(place * 4 + verb) filter (cause = 1) % 4 as harassment
    from ({ORDERS}) group by id
),
listed as (select id, min(said) % 2 as said from ({LISTS}) group by id),
consented as (
    select event.id, bit_or(consents.categories) as categories
    from event join consents on consents.subscriber = event.callee and consents.sender = event.sender
    where event.known and (consents.channels >> event.channel) & 1 = 1 and {_in_force("consents")}
    group by event.id
),
facts as (
    select event.*, fraud, harassment, said,
        case when (commercial and not known) or suspended or (is_header and not header_holds)
                then {_REASON["UNREGISTERED_SENDER"]}
            when known and channel = 1 and not matched then {_REASON["UNREGISTERED_TEMPLATE"]}
            when signed and attestation in (-1, 3, 4) then {_REASON["ATTESTATION_MISSING"]}
        end as registration,
        category is not null and known and (coalesce(categories, 0) >> category) & 1 = 1
            and (declared < 0 or (coalesce(categories, 0) >> declared) & 1 = 1) as consents,
        (category = 12 or declared = 12) and not debt_collection
            or category < 9 and (marketing >> (category * 3 + channel)) & 1 = 0
            or declared between 0 and 8 and (marketing >> (declared * 3 + channel)) & 1 = 0 as category_refused,
        (category < 9 or declared between 0 and 8)
            and (hours >> (case when (day + 3) % 7 >= 5 then 9 else 0 end + band)) & 1 = 0 as hour_refused
    from event left join ordered using (id) left join listed using (id) left join consented using (id)
),
spoken as (
    select id, guard, case
        when callee_tier = 2 then {_REASON["PUBLIC_SAFETY"]}
        when caller_tier = 2 and (carries or (not by_overseas and attestation = 0)) then {_REASON["PUBLIC_SAFETY"]}
        when alerts then {_REASON["PUBLIC_ALERT"]}
        when fraud = 2 then {_REASON["ORDER_FRAUD"]}
        when caller_tier = 2 or (caller_tier = 1 and by_overseas) then {_REASON["SPOOFED_PUBLIC_SERVICE"]}
        when kind = 1 then {_REASON["IMPOSSIBLE_NUMBER"]}
        when unallocated then {_REASON["UNALLOCATED_NUMBER"]}
        when silent then {_REASON["DO_NOT_ORIGINATE"]}
        when attestation = 5 then {_REASON["SIGNED_FOR_ANOTHER"]}
        when by_overseas and (kind in (3, 4, 5, 6, 8) or (kind = 2 and roaming = 1))
            then {_REASON["DOMESTIC_FROM_OVERSEAS"]}
        when said = 0 then {_REASON["MY_ALLOW_LIST"]}
        when said = 1 then {_REASON["MY_DENY_LIST"]}
        when harassment = 2 then {_REASON["ORDER_HARASSMENT"]}
        when only_my_list then {_REASON["NOT_ON_MY_LIST"]}
        when shielded and not known then {_REASON["FLOOD_SHIELD"]}
        when registration = {_REASON["UNREGISTERED_SENDER"]} and not unregistered then registration
        when registration is not null and guard = 3 then registration
        when consents then {_REASON["CONSENT"]}
        when by_overseas and channel = 1 and not overseas_messages then {_REASON["OVERSEAS"]}
        when by_overseas and channel <> 1 and not overseas_calls then {_REASON["OVERSEAS"]}
        when category_refused then {_REASON["WISH_CATEGORY"]}
        when hour_refused then {_REASON["WISH_HOURS"]}
        else {_REASON["NOTHING_SPOKE"]}
    end as reason, case when guard in (1, 2) then registration end as label
    from facts
)
select id,
    case when reason in ({_REASON["PUBLIC_SAFETY"]}, {_REASON["PUBLIC_ALERT"]}, {_REASON["MY_ALLOW_LIST"]})
            then {int(Action.ALLOW)}
        when reason = {_REASON["FLOOD_SHIELD"]} then {int(Action.DIVERT)}
        when reason not in ({_REASON["CONSENT"]}, {_REASON["NOTHING_SPOKE"]}) then {int(Action.BLOCK)}
        when label is null then {int(Action.ALLOW)}
        else {int(Action.LABEL)}
    end::tinyint as action,
    case when reason = {_REASON["NOTHING_SPOKE"]} then coalesce(label, reason) else reason end::tinyint as reason
from spoken
"""
"""The one query."""
