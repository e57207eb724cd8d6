"""Make up a province, screen a day of its calls and messages, and show what was stopped and why.

The province is generated with the truth of each event, the snapshot built, the day screened, and the verdicts held
against the truth. All of it stays in `demo/` in the data directory, for the commands that are shown at the end. The
same arguments find the province again and screen it anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import data_option, json_option, settings_option
from wurao.errors import Refused

if TYPE_CHECKING:
    from wurao.province import Comparison, Example, Made
    from wurao.screening.checkpoint import Tally

SUBSCRIBERS = 200_000
FEWEST = 1_000
"""As in `province.people`, which would bring in all of the generator only to show the help."""
MIDDAY = 1_789_531_200
"""Of the day that is made up: 2026-09-16 12:00 in China, in seconds since 1970."""
REACH = 0.95
"""Of each planted kind at least this share is to be stopped."""
CAUGHT_SHOWN, SHOWN_OF_TEXT = 3, 60
"""So many texts that gave themselves away are shown, so many characters of each."""
EXAMPLES = ("marketing_refused", "fake_public_service", "domestic_from_overseas", "unallocated")
"""Kinds of which one event is shown for `wurao explain`, the first that was blocked."""


@click.command()
@click.option(
    "--subscribers",
    type=click.IntRange(min=FEWEST),
    default=SUBSCRIBERS,
    show_default=True,
    metavar="N",
    help="So many people have registered, 1000 at least; a whole province is 19510000.",
)
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same province.", metavar="N")
@json_option
@data_option
@settings_option
def command(subscribers: int, seed: int | None, as_json: bool) -> None:
    """Make up a province, screen a day of its calls and messages, and show what was stopped and why.

    \b
    Example:
      wurao demo
      wurao demo --subscribers 19510000 --seed 7
    """
    from wurao.province import SEED, caught_texts, compare, example
    from wurao.settings.places import data_directory

    started = time.monotonic()
    home = data_directory() / "demo"
    made = _province(home, subscribers, SEED if seed is None else seed)
    tally = _screened(home, made)
    verdicts = sorted((home / "verdicts").glob("part-*.parquet"))
    compared = compare(made.truth, verdicts)
    seconds = time.monotonic() - started
    if as_json:
        from wurao.cli.output import print_json

        print_json(as_dict(tally, compared, made, seconds))
        return
    shown = next((found for kind in EXAMPLES if (found := example(made.truth, verdicts, kind))), None)
    _show(home, made, compared, shown, caught_texts(made.truth, verdicts, made.events, CAUGHT_SHOWN), seconds)


def as_dict(tally: Tally, compared: Comparison, made: Made, seconds: float) -> dict[str, object]:
    """What CONTRACTS (Commands, demo) has printed as JSON."""
    return {
        "events": tally.events,
        "rejected": tally.rejected,
        "seconds": round(seconds, 1),
        "subscribers": made.subscribers,
        "actions": compared.actions,
        "reasons": compared.reasons,
        "planted": compared.planted,
        "planted_stopped": compared.planted_stopped,
        "wanted": compared.wanted,
        "wanted_stopped": compared.wanted_stopped,
    }


def _province(home: Path, subscribers: int, seed: int) -> Made:
    """The province of these arguments: found as an earlier run left it, or made anew."""
    from wurao.cli.output import note, progress
    from wurao.province import Made, generate, real_texts

    shared = Path(os.environ.get("WURAO_SHARED", "../shared"))
    asked = {"subscribers": subscribers, "seed": seed, "texts": bool(real_texts(shared)), "made_by": _generator()}
    told = home / "province.json"
    made = Made.within(home, subscribers, 0)
    kept = json.loads(told.read_text()) if told.exists() else {}
    if not told.exists():
        _refuse_others_files(home)
    if kept.get("asked") == asked:
        note(f"the province of these arguments is in {home} already")
        return Made.within(home, subscribers, kept["events"])
    home.mkdir(parents=True, exist_ok=True)
    told.write_text(json.dumps({"asked": None}))
    _remove(made.tables, made.events, made.truth, made.what_if)
    with progress("generating a day", total=subscribers * 6) as shown:
        made = generate(home, subscribers, seed, shared, told=shown.advance)
    told.write_text(json.dumps({"asked": asked, "events": made.count}))
    return made


def _screened(home: Path, made: Made) -> Tally:
    """Build the snapshot and screen the day, both anew: what was tried on an earlier demo is not in it."""
    from wurao.cli.output import note, progress
    from wurao.content.registered import compiled_bodies
    from wurao.domains.guarding import guarded_rows
    from wurao.events.read import find_inputs
    from wurao.screening.engine import Engine
    from wurao.screening.run import How, run
    from wurao.settings.reading import load
    from wurao.snapshot.build import build

    store, verdicts = home / "store", home / "verdicts"
    _remove(store, verdicts)
    settings = load()
    note("building the snapshot")
    own = settings.screening.own_sender_id
    build(made.tables, store, own_sender=own, bodies=compiled_bodies, guarding=guarded_rows)
    inputs = find_inputs([str(made.events / "*.parquet")])
    with Engine.open(store, settings) as engine, progress("screening the day", total=made.count) as shown:
        summary = run(engine, inputs, verdicts, How(advance=shown.advance, tell=note))
    if summary.interrupted:
        raise KeyboardInterrupt
    return summary.tally


def _refuse_others_files(home: Path) -> None:
    """Refused where a directory that no demo has begun holds something: all in it would be made anew."""
    if home.is_dir() and (strange := sorted(path.name for path in home.iterdir())):
        right = "move them away, or name another data directory with --data"
        raise Refused(f"holds files of no demo, such as {strange[0]}", where=str(home), right=right)


def _generator() -> str:
    """A digest of the generator's sources: another generator makes another province."""
    import wurao.province

    sources = sorted(Path(wurao.province.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


def _remove(*places: Path) -> None:
    for place in places:
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)


def _show(
    home: Path, made: Made, compared: Comparison, shown: Example | None, texts: list[str], seconds: float
) -> None:
    """The demo for a person: what was done, what was stopped of what was planted, what was wanted, what next."""
    from wurao.cli.demo_domains import show_domains

    click.echo(f"一省一日 · A province for a day: {made.subscribers:,} subscribers, {made.count:,} events\n")
    _show_actions(compared)
    _show_reasons(compared)
    _show_planted(compared)
    _show_texts(texts)
    _show_wanted(compared)
    show_domains(home / "store", MIDDAY)
    _show_next(home, made, shown)
    click.echo(f"\n{seconds:.0f} s. 全部存放于 · All of it is kept in {home}")


def _show_actions(compared: Comparison) -> None:
    from wurao.cli.output import print_table

    names = {"allow": "放行", "label": "提示", "divert": "转存", "block": "拦截"}
    whole = sum(compared.actions.values())
    rows = [(names[code], code, count, _percent(count, whole)) for code, count in compared.actions.items()]
    print_table(("处置", "action", "events", "share"), rows)


def _show_reasons(compared: Comparison) -> None:
    from wurao.cli.output import print_table
    from wurao.reasons import wordings
    from wurao.verdicts import Reason

    click.echo("\n为什么 · Why")
    rows = []
    for code, count in compared.reasons.items():
        wording = wordings()[Reason[code]]
        rows.append((code, count, wording.sentence_zh, wording.sentence_en))
    print_table(("reason", "events", "原因", "what it says"), rows)


def _show_planted(compared: Comparison) -> None:
    """A line each planted kind; those below reach are marked."""
    from wurao.cli.output import print_table
    from wurao.province import TITLES, Scene

    click.echo("\n不该来的 · Planted, and stopped (labelled where the subscriber's wish lets Wurao do no more)")
    rows = []
    for kind, count in compared.planted.items():
        stopped = compared.planted_stopped[kind]
        mark = "" if stopped >= REACH * count else f"below {REACH:.0%}"
        rows.append((*TITLES[Scene[kind.upper()]], count, stopped, _percent(stopped, count), mark))
    print_table(("种类", "kind", "planted", "stopped", "share", ""), rows)


def _show_texts(texts: list[str]) -> None:
    """Fraud that its text gave away: what it claims, what it asks, and the link."""
    from wurao.content.explaining import explain_text

    if texts:
        click.echo("\n露馅的短信 · Given away by what they say (texts of the demo; of real ones none is kept)")
    for text in texts:
        told = explain_text(text)
        click.echo(f"  {told.score:.2f} {told.class_}{f' {told.kind}' if told.kind else ''}: {_short(text)}")
        for role, title in (("claim", "自称 claims"), ("request", "要求 asks")):
            moved = [each for each in told.moved if each.what == role and each.weight > 0][:2]
            for each in moved:
                click.echo(f"       {title}: {each.zh} {each.en} ({'、'.join(each.words[:4])})")
        for host in dict.fromkeys(found.host for found in told.finds if found.host):
            click.echo(f"       链接 link: {host}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_OF_TEXT else f"{line[:SHOWN_OF_TEXT]}…"


def _show_wanted(compared: Comparison) -> None:
    from wurao.cli.output import print_table
    from wurao.province import TITLES, Scene

    click.echo("\n该来的 · Wanted")
    lost = compared.scenes_stopped
    rows = [(*TITLES[Scene[scene.upper()]], count, lost[scene]) for scene, count in compared.scenes.items()]
    rows.append(("合计", "all", compared.wanted, compared.wanted_stopped))
    print_table(("情形", "scene", "wanted", "stopped"), rows)


def _show_next(home: Path, made: Made, shown: Example | None) -> None:
    click.echo("\n接下来 · What to try next")
    store, verdicts = home / "store", home / "verdicts"
    if shown is not None:
        trunk = f" --trunk {shown.trunk}" if shown.trunk else ""
        asked = f"--from {shown.from_number} --to {shown.to_number} --at {shown.at} --channel {shown.channel}{trunk}"
        template = f" --template {shown.template_id}" if shown.template_id else ""
        click.echo(f"  wurao explain --store {store} {asked}{template}")
    click.echo(f"  wurao records {verdicts}")
    click.echo(f"  wurao replay --store {store} --with {made.what_if} '{made.events}/*.parquet'")
    click.echo(f"  wurao snapshot info {store}")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"
