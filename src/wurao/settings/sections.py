"""The settings by section, typed: what may stand in a settings file, and in what range.

Each class is a table of `defaults.toml`, each field a value of it; the sentences stand there. `wurao.settings.load`
fills these from the defaults and an operator's file; whoever needs a setting takes the section or, compiled code, the
flat `Thresholds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Between:
    """The lowest and the highest value that makes sense."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"from {self.low:,} to {self.high:,}"


@dataclass(frozen=True, slots=True)
class Like:
    """The form of a text, as a regular expression, and an example of it."""

    pattern: str
    example: str

    def __str__(self) -> str:
        return f"such as {self.example}"


_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
HostName = Annotated[str, Like(rf"none|(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})+", '"warning.example.cn", or "none"')]
"""An internationalised one as it is on the wire, `xn--…`."""
Share = Annotated[float, Between(0.0, 1.0)]
Count = Annotated[int, Between(1, 1_000_000_000)]
Minutes = Annotated[int, Between(1, 1440)]


@dataclass(frozen=True, slots=True)
class Screening:
    """`[screening]`."""

    recently_called_days: Annotated[int, Between(0, 366)]
    rescue_hours: Annotated[int, Between(0, 168)]
    own_sender_id: str


@dataclass(frozen=True, slots=True)
class Content:
    """`[content]`."""

    block_threshold: Share
    label_threshold: Share
    model: str
    rules: str


@dataclass(frozen=True, slots=True)
class Caller:
    """`[velocity.caller]`: above any count, or with too few answers, a caller is one to very many."""

    attempts_per_minute: Count
    attempts_per_hour: Count
    attempts_per_day: Count
    callees_per_minute: Count
    callees_per_hour: Count
    callees_per_day: Count
    answered_share: Share
    answered_share_attempts: Count
    answered_share_callees_per_hour: Count
    answered_share_callees_per_day: Count


@dataclass(frozen=True, slots=True)
class OneRing:
    """`[velocity.one_ring]`."""

    seconds: Annotated[float, Between(0.0, 60.0)]
    share: Share
    attempts: Count
    callees: Count


@dataclass(frozen=True, slots=True)
class Callee:
    """`[velocity.callee]`: above any count, many are calling one."""

    callers_per_minute: Count
    callers_per_hour: Count
    callers_per_day: Count


@dataclass(frozen=True, slots=True)
class Sender:
    """`[velocity.sender]`."""

    ceiling_per_hour: Count


@dataclass(frozen=True, slots=True)
class Otp:
    """`[velocity.otp]`: one-time codes."""

    window_minutes: Minutes
    silenced: Annotated[int, Between(0, 1000)]


@dataclass(frozen=True, slots=True)
class Velocity:
    """`[velocity]` and its tables."""

    late_minutes: Minutes
    repeat_hours: Annotated[int, Between(0, 168)]
    active_callers: Annotated[int, Between(1_000, 1_000_000_000)]
    caller: Caller
    one_ring: OneRing
    callee: Callee
    sender: Sender
    otp: Otp


@dataclass(frozen=True, slots=True)
class Resolvers:
    """`[resolvers]`: what the resolvers are given."""

    warning_page: HostName
    explanation: str
    ttl_s: Annotated[int, Between(0, 5)]
    most_recent: Annotated[int, Between(100, 1_000_000)]
    fold_at_hour: Annotated[int, Between(0, 23)]
    patience_s: Annotated[float, Between(0.1, 60.0)]


@dataclass(frozen=True, slots=True)
class Control:
    """`[control]`: the registry that people use, `wurao serve`."""

    address: str
    public_url: str
    trusted_proxy: str
    web_processes: Annotated[int, Between(1, 64)]
    web_threads: Annotated[int, Between(1, 256)]
    database_patience_s: Annotated[int, Between(1, 120)]
    session_hours: Annotated[int, Between(1, 720)]
    message_sender: str
    code_minutes: Annotated[int, Between(1, 60)]
    code_tries: Annotated[int, Between(1, 10)]
    codes_per_number: Annotated[int, Between(1, 100)]
    codes_per_address: Annotated[int, Between(1, 100_000)]
    snapshot_minutes: Minutes
    snapshot_changes: Count
    stops_days: Annotated[int, Between(1, 3660)]
    recent_days: Annotated[int, Between(1, 31)]
    notice_hour: Annotated[int, Between(0, 23)]
    notice_fresh_hours: Annotated[int, Between(1, 8760)]
    words_open: str
    words_close: str
    words_status: str
    words_undo: str
    words_shield: str
    words_only_list: str
    words_guardian: str
    words_agree: str
    words_refuse: str
    words_revoke: str


ASCENDING = (
    ("content.label_threshold", "content.block_threshold"),
    *(
        tuple(f"velocity.{counted}_per_{window}" for window in ("minute", "hour", "day"))
        for counted in ("caller.attempts", "caller.callees", "callee.callers")
    ),
    ("velocity.caller.answered_share_callees_per_hour", "velocity.caller.answered_share_callees_per_day"),
)
"""Values of which each must be as high as the one before it, or higher."""
