"""Being told of stops: each as it comes in, or once a day how many, by message; whoever registered none hears nothing.

`wanted` and `queue` are called when a part is taken, in its transaction; `send_due` by `serving.tell`. A message is
marked before it is handed to the sender and settled after it, so that it is sent once: what a crash left in between
may have gone out, and is counted as unknown instead of being sent again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import connection
from django.utils import timezone as clock

from wurao.control.accounts.messages import hand_over
from wurao.control.registry.models import MODELS
from wurao.control.stops import found
from wurao.control.stops.models import Notice
from wurao.control.stops.words import CHANNEL_WORDS, caller_words
from wurao.reasons import wordings
from wurao.verdicts import Reason
from wurao.wishes import Notice as Wanted

AT_A_TIME = 500
KEPT = timedelta(days=30)
"""What was settled is kept so long."""
STATES = ("waiting", "handing", "sent", "failed", "unknown", "dropped")
MOST_COUNTED = 10_000
"""No more of one state are counted: a province is told of millions, and a page is to be there at once."""
CHINA = timezone(timedelta(hours=8))
EACH_TEXT = (
    "【勿扰】{at} 拦下{who_zh}的{channel_zh}：{zh}想放行或举报，登录“拦截记录”。"
    "Wurao stopped a {channel_en} from {who_en} at {at}: {en}"
)
DAILY_TEXT = (
    "【勿扰】近一天为您拦下 {count} 次来电来信，登录“拦截记录”查看原因。Wurao stopped {count} for you since yesterday."
)


_ADD_DAILY = """
INSERT INTO "stops_notice" ("number", "kind", "event", "text", "count", "due", "state")
VALUES (%s, 'daily', '', '', %s, %s, 'waiting')
ON CONFLICT ("number", "kind", "event", "due")
DO UPDATE SET "count" = "stops_notice"."count" + excluded."count"
"""
"""A row for each number and day to come; thousands of them are added in one go."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is to be told of which stops of a part."""

    each: list[Notice]
    daily: Counter[int]


def fresh_s() -> float:
    """Nobody is told of parts that were written longer ago, as when the past is brought in."""
    return settings.CONTROL.notice_fresh_hours * 3600.0


def wanted(stops: pa.Table) -> Telling:
    """Whom to tell of what: of `STOP_SCHEMA`, what was diverted or blocked, for whom registered to be told."""
    actions = stops.column("action").cast(pa.string())
    stopped = stops.filter(pc.is_in(actions, value_set=pa.array(found.STOPPED)))
    callees = np.unique(stopped.column("callee").to_numpy())
    how = dict(_how(callees.tolist()))
    told = stopped.filter(pc.is_in(stopped.column("callee"), value_set=pa.array(list(how), pa.int64())))
    rows = told.to_pylist()
    each = [_each(row) for row in rows if how[row["callee"]] == Wanted.EACH]
    return Telling(each, Counter(row["callee"] for row in rows if how[row["callee"]] == Wanted.DAILY))


def queue(telling: Telling) -> None:
    """Queue what is to be told; within the transaction that takes the part. What was queued before stays once."""
    Notice.objects.bulk_create(telling.each, ignore_conflicts=True, batch_size=AT_A_TIME)
    due = connection.ops.adapt_datetimefield_value(_next_daily(clock.now()))
    with connection.cursor() as cursor:
        cursor.executemany(_ADD_DAILY, [(number, count, due) for number, count in telling.daily.items()])


def send_due(now: datetime | None = None, most: int = AT_A_TIME) -> int:
    """Send what is due, one after the other; how many were sent or dropped."""
    moment = now or clock.now()
    due = list(Notice.objects.filter(state="waiting", due__lte=moment).order_by("due", "id")[:most])
    how = dict(_how({notice.number for notice in due}))
    for notice in due:
        wants = how.get(notice.number)
        if wants == (Wanted.EACH if notice.kind == "each" else Wanted.DAILY):
            _send(notice)
        else:
            Notice.objects.filter(pk=notice.pk).update(state="dropped", settled_at=clock.now())
    return len(due)


def settle_broken_off() -> int:
    """What a crash left with the sender: nobody knows whether it went out, so it is not sent again. How many."""
    return Notice.objects.filter(state="handing").update(state="unknown", settled_at=clock.now())


def clear_old() -> int:
    """Forget what was settled long ago; how many."""
    return Notice.objects.filter(settled_at__lt=clock.now() - KEPT).delete()[0]


def counts() -> dict[str, int]:
    """How many notices there are of each state, as far as there are any; `MOST_COUNTED` where there are as many."""
    found = {state: Notice.objects.filter(state=state)[:MOST_COUNTED].count() for state in STATES}
    return {state: count for state, count in found.items() if count}


def _send(notice: Notice) -> None:
    """Mark, hand over, settle: killed in between it is unknown, and never sent twice."""
    if not Notice.objects.filter(pk=notice.pk, state="waiting").update(state="handing"):
        return
    text = notice.text if notice.kind == "each" else DAILY_TEXT.format(count=notice.count)
    state = "sent" if hand_over(notice.number, text) else "failed"
    Notice.objects.filter(pk=notice.pk).update(state=state, settled_at=clock.now())


def _how(numbers: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Of those who want to be told: how."""
    asked = list(numbers)
    held = MODELS["subscribers"].objects.exclude(notice=Wanted.NONE.value)
    for first in range(0, len(asked), AT_A_TIME):
        yield from held.filter(number__in=asked[first : first + AT_A_TIME]).values_list("number", "notice")


def _each(row: Mapping[str, Any]) -> Notice:
    wording = wordings()[Reason[row["reason"]]]
    (channel_zh, channel_en), (who_zh, who_en) = CHANNEL_WORDS[row["channel"]], caller_words(row["caller"])
    text = EACH_TEXT.format(
        at=row["at"].astimezone(CHINA).strftime("%m-%d %H:%M"),
        who_zh=who_zh,
        who_en=who_en or who_zh,
        channel_zh=channel_zh,
        channel_en=channel_en,
        zh=wording.sentence_zh,
        en=wording.sentence_en,
    )
    return Notice(number=row["callee"], kind="each", event=found.name_of(row), text=text, due=clock.now())


def _next_daily(now: datetime) -> datetime:
    """The next moment at which daily ones are sent."""
    today = now.astimezone(CHINA).replace(hour=settings.CONTROL.notice_hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
