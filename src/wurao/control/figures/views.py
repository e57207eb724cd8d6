"""The page of figures: counts by day, reason, category, operator and city, each a chart and a table of the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wurao.control.accounts.guard import actor_of
from wurao.control.figures.counting import SPANS, Row, last_days, own_counts, split, total
from wurao.control.rights import Role
from wurao.control.stops import notices
from wurao.control.stops.intake import last_taken
from wurao.control.stops.models import PutAside
from wurao.control.stops.words import ACTION_WORDS, CHANNEL_WORDS
from wurao.control.wishes.words import CATEGORY_WORDS, Words
from wurao.reasons import wordings
from wurao.verdicts import ACTIONS, Reason
from wurao.wishes import CHANNELS

USUAL_SPAN = 30
MOST_ROWS = 12
"""So many rows a table has; the rest is one more."""
NOT_SAID: Words = ("未注明", "not said")
REST: Words = ("其余", "the rest")
OTHER_CATEGORY_WORDS: dict[str, Words] = {
    "service": ("服务", "Service"),
    "transaction": ("交易与验证码", "Transactions, codes"),
    "government": ("政务", "Government"),
    "debt_collection": ("催收", "Debt collection"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table."""

    words: Words
    row: Row


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart and its table. `kind`: column (upright) or bar."""

    by: str
    title: Words
    kind: str
    lines: list[Line]


TITLES: dict[str, Words] = {
    "day": ("按日", "By day"),
    "reason": ("按原因", "By reason"),
    "category": ("按类别", "By category"),
    "operator": ("按运营商", "By operator"),
    "city": ("按城市", "By city"),
}


def figures(request: HttpRequest) -> HttpResponse:
    """The last so many days, of one channel or of all, as far as they are one's own."""
    actor = actor_of(request)
    span = int(given) if (given := request.GET.get("days", "")).isdecimal() and given.isascii() else USUAL_SPAN
    span = span if span in SPANS else USUAL_SPAN
    channel = request.GET.get("channel", "")
    counts, first, last = last_days(own_counts(actor), span, channel if channel in CHANNELS else None)
    rows = split(counts, *TITLES)
    drawn = [
        Figure(by, title, "column" if by == "day" else "bar", _lines(by, rows[by])) for by, title in TITLES.items()
    ]
    sees_all = actor.role in (Role.REGULATOR, Role.AUDITOR)
    context = {
        "figures": drawn if last else [],
        "total": total(rows["day"]),
        "first": first,
        "last": last,
        "span": span,
        "spans": SPANS,
        "channel": channel,
        "channels": [(code, CHANNEL_WORDS[code]) for code in CHANNELS],
        "actions": [(code, ACTION_WORDS[code]) for code in ACTIONS],
        "taken": last_taken(),
        "aside": PutAside.objects.order_by("place")[:MOST_ROWS] if sees_all else (),
        "notices": notices.counts() if sees_all else {},
        "most_counted": notices.MOST_COUNTED,
    }
    return render(request, "figures/figures.html", context)


def _lines(by: str, rows: list[Row]) -> list[Line]:
    """The rows with what they are called; but for days the first few, and the rest as one."""
    shown, rest = (rows, []) if by == "day" else (rows[:MOST_ROWS], rows[MOST_ROWS:])
    lines = [Line(_named(by, row.name), row) for row in shown]
    if rest:
        sums = tuple(sum(counts) for counts in zip(*(row.counts for row in rest), strict=True))
        lines.append(Line(REST, Row("", sums)))
    return lines


def _named(by: str, name: str) -> Words:
    if not name:
        return NOT_SAID
    if by == "reason" and name in Reason.__members__:
        wording = wordings()[Reason[name]]
        return wording.sentence_zh, wording.sentence_en
    if by == "category":
        return (CATEGORY_WORDS | OTHER_CATEGORY_WORDS).get(name, (name, ""))
    return name, ""
