"""Make a list of domains rows of the table `domains`, as far as the guard lets them be listed.

A list in any form goes in; a file for `wurao change` or for a directory of tables comes out, and a report that names
every line that was refused or waits for a second person, with what else it would hit.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.domains.lists import SHOWN_BAD, format_option, match_option, opened
from wurao.cli.options import data_option, json_option
from wurao.cli.output import note, print_json, print_table
from wurao.cli.overwriting import refuse_overwriting
from wurao.errors import Misused

if TYPE_CHECKING:
    import pyarrow as pa

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE")
@click.option(
    "-o", "--out", type=FILE, required=True, metavar="OUT", help="The table to write: domains.csv or .parquet."
)
@click.option("--report", type=FILE, help="Where every other line is told of; else OUT with .refused.jsonl behind.")
@format_option
@match_option
@click.option("--cause", help="Why the names are listed, where the list does not say: fraud, say.")
@click.option("--source", help="Who gave the list, where it does not say.")
@click.option("--order-id", help="The order that the listing rests on, where the list does not say.")
@click.option("--second-person", help="Who agreed to all that wait for a second person; another than the source.")
@click.option("--start", help="When the listing begins, RFC 3339, where the list does not say; else now.")
@click.option("--end", help="When it ends, where the list does not say; else never.")
@data_option
@json_option
def command(
    file: Path, out: Path, report: Path | None, form: str | None, match: str, as_json: bool, **given: str | None
) -> None:
    """Write the names of FILE that may be listed as rows of `domains` to OUT, and a report of all others.

    FILE is a plain list, a hosts file, a response-policy zone or a CSV file with columns of domains; - is standard
    input. A name below one that many live under becomes an exact one. Nothing is listed yet: give OUT to
    wurao change, or put it among the tables that wurao snapshot build reads.

    \b
    Example:
      wurao domains import scam.txt -o domains.csv --cause fraud --source 12321
    """
    if out.suffix not in (".csv", ".parquet") or out.stem.partition("-")[0] != "domains":
        right = "name it domains.csv, domains-2.parquet or the like"
        raise Misused("is named for no table", where=str(out), right=right)
    report = report or out.with_name(f"{out.name}.refused.jsonl")
    refuse_overwriting([out, report], [] if str(file) == "-" else [file])
    given["start"] = given["start"] or datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    pieces, counts = _pieces(file, report, given, form, match == "exact")
    rows = _each_once(pieces)
    _write(rows, out)
    fields = {
        "rows": len(rows),
        "exact": counts["list-exact"],
        "narrowed": counts["narrowed"],
        "repeated": sum(map(len, pieces)) - len(rows),
        "waiting": counts["second-person"],
        "refused": counts["refuse"],
    }
    if as_json:
        print_json(fields)
        return
    print_table(list(fields), [list(fields.values())])
    if others := fields["waiting"] + fields["refused"]:
        note(f"{others:,} lines are not in {out}; {report} names every one")
    note(f"next: wurao change {out}" if len(rows) else f"{out} has no row: nothing of {file} may be listed as it is")


def _pieces(
    file: Path, report: Path, given: dict[str, str | None], form: str | None, exact: bool
) -> tuple[list[pa.Table], Counter[str]]:
    """The rows that may be listed, and how many lines came to what; the report is written beside."""
    from wurao.domains import Guard
    from wurao.domains.importing import import_list

    guard, warnings, counts = Guard.read(), list[str](), Counter[str]()
    pieces, shown = [], 0
    with opened(file) as stream, report.open("w", encoding="utf-8") as told:
        for piece in import_list(guard, stream, str(file), given, form=form, exact=exact, warnings=warnings):
            pieces.append(piece.rows)
            counts.update(piece.counts)
            told.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in piece.report)
            for line in piece.report[: SHOWN_BAD - shown]:
                said = f"{line['decision']}, {line['reason']}: {line['sentence']}"
                note(f"{line['file']}:{line['line']} {line['input']!r} {said}")
            shown = min(SHOWN_BAD, shown + len(piece.report))
    for warning in warnings:
        note(warning)
    return pieces, counts


def _each_once(pieces: list[pa.Table]) -> pa.Table:
    """The rows of all pieces, of those with one name and match the first."""
    import numpy as np
    import pyarrow as pa

    from wurao.domains.importing import COLUMNS

    if not pieces:
        return pa.table({name: pa.array([], pa.string()) for name in COLUMNS})
    rows = pa.concat_tables(pieces).combine_chunks()
    keys = [rows[name].combine_chunks().dictionary_encode() for name in ("name", "match")]
    coded = keys[0].indices.to_numpy().astype(np.int64) * 4 + keys[1].indices.to_numpy() if len(rows) else np.zeros(0)
    _, first = np.unique(coded, return_index=True)
    return rows.take(pa.array(np.sort(first)))


def _write(rows: pa.Table, out: Path) -> None:
    """Write the table aside, and rename it."""
    import os

    from pyarrow import csv, parquet

    aside = out.with_name(f"{out.name}.partial")
    try:
        if out.suffix == ".csv":
            csv.write_csv(rows, aside)
        else:
            parquet.write_table(rows, aside)
        os.replace(aside, out)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
