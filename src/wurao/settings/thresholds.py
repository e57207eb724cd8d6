"""The settings that compiled code needs, flat: plain integers and floats, all times in microseconds.

`thresholds(settings)` makes one `Thresholds`; the engine and velocity take it as an argument. The names are those of
`defaults.toml`, with the section before them where it tells something.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from wurao.settings.reading import Settings

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


class Thresholds(NamedTuple):
    """What velocity and content compare with. Counts speak when exceeded."""

    caller_attempts_per_minute: int
    caller_attempts_per_hour: int
    caller_attempts_per_day: int
    caller_callees_per_minute: int
    caller_callees_per_hour: int
    caller_callees_per_day: int
    answered_share: float
    """Few answers: below this share of known outcomes, from the following minima on."""
    answered_share_attempts: int
    answered_share_callees_per_hour: int
    answered_share_callees_per_day: int
    one_ring_us: int
    """An unanswered call that rang shorter is a one-ring call."""
    one_ring_share: float
    """From this share of known outcomes on, and from the following minima on."""
    one_ring_attempts: int
    one_ring_callees: int
    callee_callers_per_minute: int
    callee_callers_per_hour: int
    callee_callers_per_day: int
    sender_ceiling_per_hour: int
    otp_window_us: int
    otp_silenced: int
    late_us: int
    repeat_us: int
    recently_called_us: int
    rescue_us: int
    block_threshold: float
    label_threshold: float


_PLAIN = {
    "caller_attempts_per_minute": "velocity.caller.attempts_per_minute",
    "caller_attempts_per_hour": "velocity.caller.attempts_per_hour",
    "caller_attempts_per_day": "velocity.caller.attempts_per_day",
    "caller_callees_per_minute": "velocity.caller.callees_per_minute",
    "caller_callees_per_hour": "velocity.caller.callees_per_hour",
    "caller_callees_per_day": "velocity.caller.callees_per_day",
    "answered_share": "velocity.caller.answered_share",
    "answered_share_attempts": "velocity.caller.answered_share_attempts",
    "answered_share_callees_per_hour": "velocity.caller.answered_share_callees_per_hour",
    "answered_share_callees_per_day": "velocity.caller.answered_share_callees_per_day",
    "one_ring_share": "velocity.one_ring.share",
    "one_ring_attempts": "velocity.one_ring.attempts",
    "one_ring_callees": "velocity.one_ring.callees",
    "callee_callers_per_minute": "velocity.callee.callers_per_minute",
    "callee_callers_per_hour": "velocity.callee.callers_per_hour",
    "callee_callers_per_day": "velocity.callee.callers_per_day",
    "sender_ceiling_per_hour": "velocity.sender.ceiling_per_hour",
    "otp_silenced": "velocity.otp.silenced",
    "block_threshold": "content.block_threshold",
    "label_threshold": "content.label_threshold",
}
"""The setting of each threshold that is taken as it stands."""

_TIMES = {
    "one_ring_us": ("velocity.one_ring.seconds", SECOND_US),
    "otp_window_us": ("velocity.otp.window_minutes", MINUTE_US),
    "late_us": ("velocity.late_minutes", MINUTE_US),
    "repeat_us": ("velocity.repeat_hours", HOUR_US),
    "recently_called_us": ("screening.recently_called_days", DAY_US),
    "rescue_us": ("screening.rescue_hours", HOUR_US),
}
"""The setting of each time, and the unit in which it is written."""


def thresholds(settings: Settings) -> Thresholds:
    """The flat form of the settings."""
    plain: dict[str, Any] = {field: settings.value(name) for field, name in _PLAIN.items()}
    times = {field: round(float(settings.value(name)) * unit) for field, (name, unit) in _TIMES.items()}
    return Thresholds(**plain, **times)


def setting_of(field: str) -> str:
    """The full name of the setting that a threshold comes from: `velocity.one_ring.seconds` for `one_ring_us`."""
    return _PLAIN[field] if field in _PLAIN else _TIMES[field][0]
