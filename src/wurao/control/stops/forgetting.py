"""What is kept of a number's stops: handed to its subscriber, and forgotten.

`held` is for whoever exports somebody's data, `forget` for whoever erases it or ends a number. From that moment nobody
sees it; it leaves the files by callee when they are next merged. The directories of verdicts are the operator's records
and have a term of their own. Reports of fraud stay, since without them no source could be traced.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wurao.control.registry.turns import writing
from wurao.control.stops.found import stops_of
from wurao.control.stops.models import Forgotten, FraudReport, Notice

MOST = 100_000


def held(number: int) -> dict[str, list[dict[str, Any]]]:
    """What is kept of a number, as JSON: its stops with callers masked, and what it reported as fraud."""
    stops = [
        {
            "at": stop.at.isoformat(),
            "channel": stop.channel,
            "from": stop.masked,
            "sender": stop.sender,
            "action": stop.action,
            "reason": stop.reason.name,
        }
        for stop in stops_of(number, most=MOST)
    ]
    reports = [
        {"event": report.event, "made_at": report.made_at.isoformat(), "withdrawn": report.withdrawn_at is not None}
        for report in FraudReport.objects.filter(number=number).order_by("pk")
    ]
    return {"stops": stops, "fraud_reports": reports}


def forget(number: int, now: datetime | None = None) -> None:
    """Forget what came to a number up to now, and what it was still to be told."""
    with writing():
        Forgotten.objects.update_or_create(number=number, defaults={"before": now or datetime.now(UTC)})
        Notice.objects.filter(number=number).delete()
