"""Counts as a picture: an SVG that stands alone, with bars of the reasons by action and of the days.

In goes the table that `counts` makes; out comes the text of an SVG: no scripts, no fonts of its own, nothing fetched.
Chinese first, English beside. The command `records --picture` calls it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from wurao.reasons import wordings
from wurao.verdicts import ACTIONS, Reason

WIDTH, LINE, LEFT, RIGHT = 1180, 26, 560, 110
MOST_BARS = 20
"""Bars of one half; what comes after them is summed up in one more."""
COLOURS = {"allow": "#8fb996", "label": "#e9c46a", "divert": "#e08e45", "block": "#b5443c"}
NAMES = {"allow": "放行 allow", "label": "提示 label", "divert": "转存 divert", "block": "拦截 block"}
_FONT = "font-family='Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif'"
_OTHERS = "其余 others"

Bars = Mapping[str, Mapping[str, int]]
"""For each label, how many of each action."""


def draw(rows: Sequence[Mapping[str, Any]]) -> str:
    """The SVG of rows with `day`, `reason`, `action` and `count`."""
    by_reason: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_day: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        by_reason[row["reason"]][row["action"]] += row["count"]
        by_day[row["day"]][row["action"]] += row["count"]
    reasons = sorted(by_reason.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    halves: list[tuple[str, Bars]] = [
        ("按原因 by reason", _fewer({_reason(name): actions for name, actions in reasons})),
        ("按日 by day", _fewer(dict(sorted(by_day.items())[-MOST_BARS:]))),
    ]
    return _page(_title(by_day), halves)


def _page(title: str, halves: Sequence[tuple[str, Bars]]) -> str:
    parts = [_text(20, 36, title, size=20), _legend(20, 66)]
    top = 100
    for heading, bars in halves:
        parts.append(_text(20, top + 16, heading, size=15))
        top += LINE + 4
        most = max((sum(actions.values()) for actions in bars.values()), default=0)
        for label, actions in bars.items():
            parts.append(_bar(top, label, actions, most))
            top += LINE
        top += LINE
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {top}' width='{WIDTH}' height='{top}' {_FONT}>"
    )
    described = f"<title>{escape(title)}</title><rect width='100%' height='100%' fill='#ffffff'/>"
    return "\n".join([head, described, *parts, "</svg>\n"])


def _bar(top: int, label: str, actions: Mapping[str, int], most: int) -> str:
    """One label, its bar parted by action, and the sum."""
    parts = [_text(LEFT - 10, top + 17, label, anchor="end")]
    place = float(LEFT)
    total = sum(actions.values())
    for action in ACTIONS:
        count = actions.get(action, 0)
        wide = (WIDTH - LEFT - RIGHT) * count / max(most, 1)
        if count:
            said = f"<title>{escape(label)} · {NAMES[action]}: {count:,}</title>"
            box = f"x='{place:.1f}' y='{top + 3}' width='{max(wide, 0.5):.1f}' height='{LINE - 7}'"
            parts.append(f"<rect {box} fill='{COLOURS[action]}'>{said}</rect>")
        place += wide
    parts.append(_text(int(place) + 8, top + 17, f"{total:,}"))
    return "".join(parts)


def _legend(left: int, top: int) -> str:
    parts = []
    for action in ACTIONS:
        parts.append(f"<rect x='{left}' y='{top - 11}' width='14' height='14' fill='{COLOURS[action]}'/>")
        parts.append(_text(left + 20, top + 1, NAMES[action]))
        left += 140
    return "".join(parts)


def _text(left: int, base: int, text: str, size: int = 13, anchor: str = "start") -> str:
    return f"<text x='{left}' y='{base}' font-size='{size}' text-anchor='{anchor}' fill='#222222'>{escape(text)}</text>"


def _fewer(bars: Bars) -> Bars:
    if len(bars) <= MOST_BARS:
        return bars
    kept = dict(list(bars.items())[: MOST_BARS - 1])
    rest: Counter[str] = Counter()
    for label, actions in bars.items():
        if label not in kept:
            rest.update(actions)
    return {**kept, _OTHERS: rest}


def _reason(name: str) -> str:
    known = Reason.__members__.get(name)
    return f"{wordings()[known].sentence_zh} {name}" if known is not None else name


def _title(by_day: Mapping[str, Any]) -> str:
    days = sorted(by_day)
    span = "" if not days else f" {days[0]}" if len(days) == 1 else f" {days[0]} – {days[-1]}"
    return f"处置结果 Verdicts{span}"
