"""Say what would become of each line of a list, before anything is listed.

A list in any form goes in; out comes a line for each name with the guard's decision and why, and what else each name
that the guard holds would hit.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.domains.lists import decisions_of, format_option, match_option, opened, reasons_of, tell_bad, told_of_hit
from wurao.cli.options import data_option, json_option
from wurao.cli.output import note, print_json_lines, print_table

if TYPE_CHECKING:
    import pyarrow as pa

    from wurao.domains import Guard
    from wurao.domains.listing import Judged

SHOWN = 100
"""So many names that cannot simply be listed are printed for a person; all of them by --json."""
HEADERS = ("写法 input", "名称 name", "决定 decision", "原因 reason", "另会影响 would hit")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE")
@format_option
@match_option
@data_option
@json_option
def command(file: Path, form: str | None, match: str, as_json: bool) -> None:
    """Say what would become of each line of FILE: list, list-exact, second-person or refuse, and why.

    FILE is a plain list, a hosts file, a response-policy zone or a CSV file; - is standard input. Nothing is listed by
    this, and the exit code says nothing of the names. By --json each name, and each line that cannot be read, has
    an answer, in the order of the file, with its line.

    \b
    Examples:
      wurao domains check scam.txt
      wurao domains check scam.txt --json | grep -v '"decision": "list"'
    """
    from wurao.domains import Guard
    from wurao.domains.listing import judge_list

    guard, warnings = Guard.read(), list[str]()
    counts: Counter[str] = Counter()
    shown: list[tuple[object, ...]] = []
    with opened(file) as stream:
        for judged in judge_list(guard, stream, str(file), form=form, exact=match == "exact", warnings=warnings):
            tell_bad(judged.bad)
            if as_json:
                print_json_lines(_columns(judged))
            else:
                _count(guard, judged, counts, shown)
    for warning in warnings:
        note(warning)
    if not as_json:
        _print(counts, shown)


def _columns(judged: Judged) -> dict[str, pa.Array]:
    """The lines of `--json` (CONTRACTS; and their number) in the order of the file, bad ones in their place."""
    import numpy as np
    import pyarrow as pa

    from wurao.domains import Decision, DomainReason

    bad, text = judged.bad, pa.string()
    columns = {
        "input": judged.written.names,
        "name": judged.read.canonical,
        "decision": decisions_of(judged.decision),
        "reason": reasons_of(judged.reason),
        "line": pa.array(judged.written.lines, pa.int64()),
    }
    if not bad:
        return columns
    of_bad = {
        "input": pa.array([row.value for row in bad], text),
        "name": pa.nulls(len(bad), text),
        "decision": pa.array([Decision.REFUSE.code] * len(bad)),
        "reason": pa.array([DomainReason.BAD_LINE.name] * len(bad)),
        "line": pa.array([row.line for row in bad], pa.int64()),
    }
    both = {name: pa.concat_arrays([column, of_bad[name]]) for name, column in columns.items()}
    in_order = pa.array(np.argsort(both["line"].to_numpy(), kind="stable"))
    return {name: column.take(in_order) for name, column in both.items()}


def _count(guard: Guard, judged: Judged, counts: Counter[str], shown: list[tuple[object, ...]]) -> None:
    import numpy as np

    from wurao.domains import Decision, DomainReason

    for decision in Decision:
        counts[decision.code] += int((judged.decision == decision).sum())
    counts[Decision.REFUSE.code] += len(judged.bad)
    for place in np.flatnonzero(judged.decision >= Decision.SECOND_PERSON)[: SHOWN - len(shown)].tolist():
        name, decision = judged.read.canonical[place].as_py(), Decision(int(judged.decision[place]))
        hit = told_of_hit(guard, name, bool(judged.exact[place])) if name is not None else None
        reason = DomainReason(int(judged.reason[place])).name
        shown.append((judged.written.names[place].as_py()[:80], name, decision.code, reason, hit))


def _print(counts: Counter[str], shown: list[tuple[object, ...]]) -> None:
    from wurao.domains import DomainReason
    from wurao.domains.reasons import sentence_of

    if shown:
        print_table(HEADERS, shown)
        click.echo()
        for reason in sorted({DomainReason[str(row[3])] for row in shown}):
            click.echo(f"{reason.name}: {sentence_of(reason)}")
        click.echo()
    print_table(("决定 decision", "行 lines"), list(counts.items()))
    held = counts["second-person"] + counts["refuse"]
    if held > len(shown):
        note(f"{held:,} lines cannot simply be listed, {len(shown):,} of them shown; --json gives every one")
