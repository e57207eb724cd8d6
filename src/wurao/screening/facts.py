"""Everything looked up for one event, gathered before any rule runs: what a rule may read, and in what words.

`Facts` is what a rule sees. All of it is numbers and truths, so that the same rule runs compiled and plain. Integers
stand for the codes: `Channel`, `Category`, `DayType`, `Guard` of `wishes`, `Kind` of `numbering`, `Attestation`,
`Roaming` of `events`; -1 is "none". Times are microseconds since 1970 in UTC; `NEVER` is a time that does not come.
"""

from __future__ import annotations

from typing import NamedTuple

from wurao.settings.thresholds import Thresholds

NONE = -1
"""No category, no order, no value."""


class CallerFacts(NamedTuple):
    """The number the event says it comes from."""

    number: int
    kind: int
    tier: int
    """0 none, 1 protected, 2 never (DESIGN 5)."""
    do_not_originate: bool
    unallocated: bool
    """The longest prefix of `allocations` that matches says unallocated."""
    commercial: bool
    """Of kind message_port, name, freephone or short (protected numbers apart), any autocall, any header."""


class TrunkFacts(NamedTuple):
    """By which trunk the event came; an unknown one is domestic and asks for nothing."""

    overseas: bool
    alerts: bool
    attestation_required: bool
    carries_caller: bool
    """The caller's number is one that is registered for this trunk as a public-safety number."""


class SenderFacts(NamedTuple):
    """Who sends commercially, by the caller's number as a header."""

    known: bool
    """DESIGN 3: one of its headers, in its time, by one of its trunks or with attestation A."""
    suspended: bool
    header_over: bool
    """The number is a header, but outside its time."""
    own: bool
    """Wurao's own sender."""
    ceiling: int
    """Attempts an hour that are usual for it."""


class TemplateFacts(NamedTuple):
    """The template that a known sender's message is matched to."""

    matched: bool
    otp: bool


class WishFacts(NamedTuple):
    """The callee's wish, standing and timed."""

    marketing: int
    hours: int
    overseas_calls: bool
    overseas_messages: bool
    unregistered: bool
    debt_collection: bool
    only_my_list: bool
    only_my_list_until: int
    content_protection: bool
    guard: int
    shield_until: int


class OrderFacts(NamedTuple):
    """What the most specific order of one cause in force says."""

    verb: int
    """NONE, or the place in `tables.VERBS`: 0 release, 1 limit, 2 block."""
    over_limit: bool
    """A limit's rate an hour is used up."""


class ConsentFacts(NamedTuple):
    """Consents of the callee to the sender, in force at the event's time, for this channel."""

    category: bool
    """One has the event's category."""
    declared: bool
    """One has the declared category."""


class TextFacts(NamedTuple):
    """What reading the text gave; nothing where it was not read."""

    score: float
    """Calibrated probability of fraud or something illegal; 0.0 where no text was read."""
    illegal: bool
    blocked_domain: bool


class Measures(NamedTuple):
    """What the velocity windows hold, this attempt not counted (CONTRACTS, Velocity)."""

    attempts_minute: int
    attempts_hour: int
    attempts_day: int
    callees_minute: int
    callees_hour: int
    callees_day: int
    answered_minute: int
    answered_hour: int
    answered_day: int
    ended_minute: int
    """Attempts whose outcome is known: the share answered is answered ÷ ended. Stopped ones are not among them."""
    ended_hour: int
    ended_day: int
    one_ring_minute: int
    """Outcomes unanswered after a ring shorter than the setting."""
    one_ring_hour: int
    one_ring_day: int
    callers_minute: int
    """Distinct callers of the callee."""
    callers_hour: int
    callers_day: int
    sender_hour: int
    """Attempts of the known sender in an hour."""
    otp_window: int
    """One-time codes by matched templates from this sender to this subscriber in the window (ten minutes)."""
    fraud_order_hour: int
    """What the fraud order's limit let through in an hour."""
    harassment_order_hour: int
    rescue_since: int
    """From when a call to this subscriber may be the rescue services ringing back: the subscriber's call to them."""
    rescue_until: int
    """Until when it may be."""
    called_by_callee: bool
    """The callee called this number within the days of the setting."""


class Facts(NamedTuple):
    """One event and everything known of it."""

    at: int
    channel: int
    day_type: int
    band: int
    callee_tier: int
    attestation: int
    roaming: int
    category: int
    """The event's category (DESIGN 5), NONE where it has none."""
    declared: int
    """The category that the sender declares, NONE where it declares none."""
    overseas: bool
    """By an overseas trunk or from a foreign number: what carries `overseas_mark`."""
    stranger: bool
    listed: int
    """What the callee's own lists say: NONE, 0 allow, 1 deny (`tables.LIST_ACTIONS`)."""
    caller: CallerFacts
    trunk: TrunkFacts
    sender: SenderFacts
    template: TemplateFacts
    wish: WishFacts
    fraud: OrderFacts
    harassment: OrderFacts
    consent: ConsentFacts
    text: TextFacts
    velocity: Measures
    thresholds: Thresholds
    """What the operator's settings say; the same for every event of a run."""
