"""Screen files of calls, messages and look-ups: a verdict with its reason for each.

EVENTS are files, directories or globs of CSV, Parquet or JSON lines, or - for standard input. Into a directory the
verdicts go part by part, and the same command goes on after an interruption; into one file by its ending they go in
one go. The command ends with a table of actions and reasons, or prints JSON.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import data_option, json_option, settings_option, store_option, store_with_a_snapshot

if TYPE_CHECKING:
    from wurao.screening.checkpoint import Tally
    from wurao.screening.run import Summary

ACTIONS_ZH = {"allow": "放行", "label": "提示", "divert": "转存", "block": "拦截"}


@click.command()
@click.argument("events", nargs=-1, required=True, metavar="EVENTS...")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="OUT",
    help="A directory (parts, resumable), or a file ending in .parquet, .csv or .jsonl.",
)
@click.option(
    "--velocity",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Go on with what earlier days told: velocity is taken up from here, if it is there, and saved at the end.",
)
@click.option("--strict", is_flag=True, help="Exit 1 when a row was rejected.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="1: everything on one thread; more: reading and writing on threads of their own. The verdicts are the same.",
)
@click.option(
    "--batch-rows",
    type=click.IntRange(1, 1 << 20),
    default=1 << 16,
    show_default=True,
    help="Rows taken at once. The verdicts are the same.",
)
@store_option
@data_option
@settings_option
@json_option
def command(
    events: tuple[str, ...],
    out: Path,
    velocity: Path | None,
    strict: bool,
    workers: int,
    batch_rows: int,
    store: Path,
    as_json: bool,
) -> None:
    """Screen files of calls, messages and look-ups: a verdict with its reason for each.

    Rows that cannot be read are named in rejects.jsonl beside the verdicts; the others are screened.

    \b
    Examples:
      wurao screen 'events/*.parquet' -o verdicts/
      wurao screen tuesday/ -o tuesday-verdicts/ --velocity velocity.state
      zcat day.csv.gz | wurao screen - -o verdicts.parquet
    """
    from wurao.cli.output import note, progress
    from wurao.events.read import expected_rows, find_inputs
    from wurao.screening.engine import Engine
    from wurao.screening.run import How, run
    from wurao.settings.reading import load

    inputs = find_inputs(events)
    if inputs[0].path is None:
        note("standard input cannot be resumed: after an interruption begin anew")
    heard: set[str] = set()

    def tell(said: str) -> None:
        heard.add(said)
        note(said)

    with (
        Engine.open(store_with_a_snapshot(store), load(), follow=True) as engine,
        progress("screening", "rows", expected_rows(inputs)) as shown,
    ):
        how = How(batch_rows=batch_rows, velocity=velocity, workers=workers, advance=shown.advance, tell=tell)
        summary = run(engine, inputs, out, how)
    if summary.interrupted:
        raise KeyboardInterrupt
    _show(summary.tally, as_json)
    for error in summary.refused:
        if error not in heard:
            note(error)
    _leave(summary, out, strict)


def _show(tally: Tally, as_json: bool) -> None:
    from wurao.cli.output import print_json, print_table
    from wurao.reasons import wordings
    from wurao.verdicts import Reason

    if as_json:
        print_json(
            {
                "events": tally.events,
                "rejected": tally.rejected,
                "late": tally.late,
                "seconds": tally.seconds,
                "actions": tally.actions,
                "reasons": tally.reasons,
            }
        )
        return
    total = max(tally.events, 1)
    actions = sorted(tally.actions.items(), key=lambda pair: -pair[1])
    rows = [[ACTIONS_ZH[name], name, count, _share(count, total)] for name, count in actions]
    print_table(["处置", "action", "count", "share"], rows)
    click.echo()
    reasons = []
    for name, count in sorted(tally.reasons.items(), key=lambda pair: -pair[1]):
        wording = wordings()[Reason[name]]
        reasons.append([name, count, _share(count, total), wording.sentence_zh, wording.sentence_en])
    print_table(["reason", "count", "share", "原因", "what it says"], reasons)
    click.echo()
    rate = tally.events / tally.seconds if tally.seconds else 0.0
    click.echo(
        f"{tally.events:,} events in {tally.seconds:,.1f} s ({rate:,.0f}/s), "
        f"{tally.rejected:,} rejected, {tally.late:,} too late for velocity"
    )


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f}%"


def _leave(summary: Summary, out: Path, strict: bool) -> None:
    """Exit 1 where an input could not be read, or by --strict a row."""
    from wurao.cli.output import not_all_read
    from wurao.errors import Refused

    if summary.refused:
        raise not_all_read(len(summary.refused), summary.tally.events, "screened")
    if strict and summary.tally.rejected:
        from wurao.screening.run import rejects_of

        right = f"see {rejects_of(out)}"
        raise Refused(f"{summary.tally.rejected:,} rows were rejected", where=str(out), right=right)
