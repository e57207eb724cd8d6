"""Explain one verdict: every rule in order, what it looked at, what it said, and which one decided.

The event comes in by options, as a file of events would write it; it is screened as if it stood alone, against the
store's snapshot and live changes. Out goes the verdict in Chinese and English with all twelve rules, or JSON.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import data_option, json_option, settings_option, store_option, store_with_a_snapshot
from wurao.screening.words import ACTIONS_ZH, CLASSES_ZH, FINDS_ZH, RULES_ZH
from wurao.wishes import CATEGORIES, WISH_CHANNELS

if TYPE_CHECKING:
    from wurao.screening.explain import Explanation, RuleRecord, TextTold, Value
    from wurao.settings.reading import Settings

TOLD_ABOVE = "text.moved"
"""What rule 8 looked at that stands line by line above the rules."""
WIDTH = 110
FEW_CHANGES = 300
"""So many changes are laid over the snapshot by plain Python before machine code, and Numba with it, is loaded."""
_KEPT = "\u00a0"
"""Between a name and its value, where no line is broken."""

ATTESTATIONS = ("A", "B", "C", "none", "failed", "other")
ROAMINGS = ("yes", "no", "unknown")
"""As in `events.columns`, which would bring in Arrow only to show the help."""


@click.command()
@click.option("--from", "from_number", metavar="NUMBER", help="Who calls or sends; left out: withheld.")
@click.option("--to", "to_number", metavar="NUMBER", required=True, help="The subscriber.")
@click.option("--at", metavar="TIME", help="RFC 3339 with an offset, 2026-05-17T09:30:00+08:00; left out: now.")
@click.option("--channel", type=click.Choice(WISH_CHANNELS), default="call", show_default=True, help="By what.")
@click.option("--trunk", metavar="TRUNK", help="By which trunk it came in; left out: a domestic one.")
@click.option("--category", type=click.Choice(CATEGORIES), metavar="CODE", help="What the sender declares it to be.")
@click.option("--template", "template_id", metavar="ID", help="The template that the sender declares.")
@click.option("--text", metavar="TEXT", help="A message's text; read only where the subscriber has it read.")
@click.option("--attestation", type=click.Choice(ATTESTATIONS), help="What the signature says of the caller's number.")
@click.option("--roaming", type=click.Choice(ROAMINGS), help="Whether a mobile number from overseas is roaming.")
@store_option
@data_option
@settings_option
@json_option
def command(store: Path, as_json: bool, at: str | None, **event: str | None) -> None:
    """Explain one verdict: every rule in order, what it looked at, what it said, and which one decided.

    \b
    Example:
      wurao explain --from 10690001234567 --to 13803510001 --at 2026-05-17T09:30:00+08:00 --channel message
    """
    from wurao.cli.output import harmless, print_json
    from wurao.compiled import as_it_stands
    from wurao.screening.engine import Engine
    from wurao.settings.reading import load
    from wurao.snapshot import about_pending

    row = {**event, "at": at or datetime.now(UTC).isoformat()}
    few = about_pending(store_with_a_snapshot(store)) <= FEW_CHANGES
    with as_it_stands() if few else nullcontext():
        explanation = Engine.open(store).explain(row)
    if as_json:
        print_json(explanation.as_dict())
        return
    for line in told(explanation, load(), row["text"] is not None):
        click.echo(harmless(line))


def told(explanation: Explanation, settings: Settings, asked_text: bool = False) -> Iterator[str]:
    """The explanation for a person, line by line: Chinese first, English beside. `asked_text`: with a text."""
    from wurao.reasons import wordings

    wording = wordings()[explanation.reason]
    yield f"{_action(explanation.action.code)} · {explanation.reason.name}"
    yield f"{wording.sentence_zh} {wording.sentence_en}"
    yield f"怎么办：{wording.do_zh} What to do: {wording.do_en}"
    if explanation.label is not None and explanation.label is not explanation.reason:
        first = wordings()[explanation.label]
        yield f"先前的提示 Labelled before: {explanation.label.name} {first.sentence_zh} {first.sentence_en}"
    yield "按单独一次通信判断，频次均为零 Judged as if it stood alone: velocity has measured nothing"
    if explanation.overseas_mark:
        yield "显示境外标记 The overseas mark is shown"
    if asked_text:
        yield from _text(explanation.text)
    for place, record in enumerate(explanation.rules, 1):
        yield ""
        yield from _rule(place, record)
    yield from _settings(explanation, settings)


def _action(code: str) -> str:
    return f"{ACTIONS_ZH[code]} {code}"


def _text(text: TextTold | None) -> Iterator[str]:
    """What was read of the text, or that it was not."""
    if text is None:
        yield "短信正文未读：非短信、正文为空，或用户未开启内容防护"
        yield "The text was not read: no message, empty, or without consent"
        return
    kind = f" {text.kind}" if text.kind is not None else ""
    class_of = f"{CLASSES_ZH[text.class_of]} {text.class_of}" if text.class_of is not None else "其他 other"
    yield f"短信正文 The text: {class_of}{kind}, 分值 score {text.score:.4f}"
    for name, found in (("链接 links", text.links), ("符合模板 templates that it fits", text.templates)):
        if found:
            yield f"   {name}: {', '.join(found)}"
    for each in text.finds:
        yield f"   {FINDS_ZH[each.kind.name]} {each.kind.name.lower()}: {each.text}"
    if text.moved:
        yield "   影响分值 What moved the score:"
    for moved in text.moved:
        words = f": {'、'.join(moved.words)}" if moved.words else ""
        yield f"   {moved.weight:+6.2f} {moved.zh} {moved.en}{words}"


def _rule(place: int, record: RuleRecord) -> Iterator[str]:
    said = "未问 not asked"
    if record.said is not None:
        said = f"{_action(record.said['action'])}, {record.said['reason']}"
    elif record.asked:
        said = "无话可说 nothing to say"
    decided = " ← 由此决定 decided" if record.decided else ""
    yield f"{place:>2} {RULES_ZH[record.rule]} {record.rule}: {said}{decided}"
    looked = "; ".join(
        f"{name}{_KEPT}{_value(value)}" for name, value in record.looked_at.items() if name != TOLD_ABOVE
    )
    for line in textwrap.wrap(looked, WIDTH, initial_indent="   ", subsequent_indent="   ", break_on_hyphens=False):
        yield line.replace(_KEPT, " ")


def _value(value: Value) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
    return str(value)


def _settings(explanation: Explanation, settings: Settings) -> Iterator[str]:
    from wurao.settings.thresholds import setting_of

    mark = "thresholds."
    looked = [name for record in explanation.rules for name in record.looked_at if name.startswith(mark)]
    if looked:
        yield ""
        yield "所用设定及其出处 Settings used, and where they were written:"
    for name in looked:
        setting = setting_of(name.removeprefix(mark))
        yield f"   {setting} = {settings.value(setting)} ({settings.origin(setting)})"
