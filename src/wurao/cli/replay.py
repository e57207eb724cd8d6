"""Replay past traffic with other orders, wishes, lists or consents: who would be stopped, who set free.

TABLES is a directory with orders, subscribers, lists or consents (CSV or Parquet), whose rows are put over the
snapshot; EVENTS are files of events, or the verdicts that `wurao screen` wrote. Nothing takes effect and nothing is
written. Out goes what would change, as a table or JSON.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import InputPath, data_option, json_option, settings_option, store_option, store_with_a_snapshot

if TYPE_CHECKING:
    from wurao.replay import Effect

NOT_PRINTED = ("rejected", "of_verdicts")
"""What of an effect CONTRACTS has no place for."""
OF_VERDICTS = (
    "处置结果文件不含短信正文，内容规则依当时读得的分值、类别与链接判断 "
    "Files of verdicts hold no texts: rule 8 went by the score, the class and the links that they tell"
)


@click.command()
@click.argument("events", nargs=-1, required=True, metavar="EVENTS...")
@click.option(
    "--with",
    "tables",
    type=InputPath(directory=True),
    required=True,
    metavar="TABLES",
    help="A directory with orders, subscribers, lists or consents to be put over the snapshot.",
)
@click.option(
    "--velocity",
    type=InputPath(directory=False),
    metavar="FILE",
    help="Begin with the velocity that `wurao screen --velocity` had before these events; it is only read.",
)
@click.option("--strict", is_flag=True, help="Exit 1 when a row of TABLES or EVENTS was rejected.")
@store_option
@data_option
@settings_option
@json_option
def command(
    events: tuple[str, ...], tables: Path, velocity: Path | None, strict: bool, store: Path, as_json: bool
) -> None:
    """Replay past traffic with other orders, wishes, lists or consents: who would be stopped, who set free.

    \b
    Example:
      wurao replay --with new_orders/ verdicts/
    """
    from wurao.cli.output import not_all_read, note, print_json, progress
    from wurao.errors import Refused
    from wurao.events.raw import Findings
    from wurao.events.read import expected_rows, find_inputs
    from wurao.replay import replay
    from wurao.screening.engine import Engine
    from wurao.settings.reading import load

    inputs = find_inputs(events)
    settings = load()
    bad = _bad_rows(tables)
    findings = Findings(note)
    with Engine.open(store_with_a_snapshot(store), settings, alarms=False) as engine:
        other = engine.with_rows(tables, settings)
        if velocity is not None:
            engine.begin_with_velocity(velocity)
            other.begin_with_velocity(velocity)
        with progress("replaying", "rows", expected_rows(inputs)) as shown:
            effect = replay(engine, other, inputs, findings, advance=shown.advance)
    if effect.rejected:
        note(f"{effect.rejected:,} rows of the events were rejected; wurao screen names them")
    if as_json:
        shown_keys = {name: value for name, value in asdict(effect).items() if name not in NOT_PRINTED}
        print_json(shown_keys)
    else:
        _show(effect)
    if findings.refused:
        raise not_all_read(len(findings.refused), effect.events, "replayed")
    if strict and (bad or effect.rejected):
        raise Refused(f"{bad:,} rows of the tables and {effect.rejected:,} of the events were rejected")


def _bad_rows(tables: Path) -> int:
    """How many rows of the tables are bad; each kept one is told of. Refused: none of the four tables, or another."""
    from wurao.cli.output import note
    from wurao.errors import Refused
    from wurao.replay import WITH
    from wurao.tables import TABLES, read_tables, table_files

    right = f"name the files for {', '.join(WITH)}"
    others = [name for name in TABLES if name not in WITH and table_files(tables, name)]
    if others:
        raise Refused(f"rows of {others[0]} cannot be replayed", where=str(tables), right=right)
    if not any(table_files(tables, name) for name in WITH):
        raise Refused("holds nothing to replay with", where=str(tables), right=right)
    count = 0
    for checked in read_tables(tables, WITH).values():
        count += checked.bad.count
        for row in checked.bad.kept:
            note(str(row))
    return count


def _show(effect: Effect) -> None:
    from wurao.cli.output import print_table
    from wurao.reasons import wordings
    from wurao.verdicts import Reason

    lines = [
        ["重放事件 events", effect.events],
        ["新拦下 newly stopped", effect.newly_stopped],
        ["新放行 newly freed", effect.newly_freed],
        ["受影响用户 callees", effect.callees],
        ["其中原已接听 answered", effect.answered],
        ["原通话秒数 answered seconds", effect.answered_seconds],
    ]
    print_table(["影响 effect", "数量 count"], lines)
    if effect.by_reason:
        click.echo()
        reasons = sorted(effect.by_reason.items(), key=lambda pair: -pair[1])
        said = [[name, count, wordings()[Reason[name]].sentence_zh] for name, count in reasons]
        print_table(["新拦下的原因 reason", "count", "说明"], said)
    if effect.of_verdicts:
        click.echo(OF_VERDICTS)
    click.echo()
    hit = "、".join(effect.protected_hit) or "无 none"
    click.echo(f"受保护号码 protected numbers hit: {hit}")
