"""Write the list as it is in force: plain, as a hosts file, as a response-policy zone, or as rows.

The store's snapshot and every change since go in; out comes a file that another system reads, or that `wurao domains
import` reads back.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import data_option, json_option, store_option, store_with_a_snapshot
from wurao.cli.output import note, print_json
from wurao.errors import Misused

if TYPE_CHECKING:
    import pyarrow as pa

    from wurao.domains import Listed

US = 1_000_000
SHOWN_HELD = 20


@click.command()
@store_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="OUT",
    help="The file to write.",
)
@click.option(
    "--format", "form", type=click.Choice(["plain", "hosts", "rpz", "csv"]), required=True, help="The form to write."
)
@click.option("--at", metavar="TIME", help="As the list is at this time, RFC 3339; else now.")
@click.option("--origin", default="rpz.wurao", show_default=True, metavar="NAME", help="The name of the zone, for rpz.")
@data_option
@json_option
def command(store: Path, out: Path, form: str, at: str | None, origin: str, as_json: bool) -> None:
    """Write the names in force to OUT, each once; those below another with all below are left out.

    What the guard keeps back is left out too, and named. A csv has the rows themselves, of every listing in force.

    \b
    Example:
      wurao domains export --format rpz --origin rpz.example -o rpz.zone
    """
    from wurao.domains import next_serial, open_listed
    from wurao.domains.forms.writing import written_list

    origin = _origin(origin)
    store = store_with_a_snapshot(store)
    now = _moment(at) if at else int(time.time() * US)
    listed = open_listed(store, now)
    _tell_held(listed)
    entries = listed.entries()
    below, names = int(entries.below.sum()), len(entries)
    if form == "csv":
        rows = listed.rows_in_force()
        names = len(rows)
        _write(out, _csv(rows))
    else:
        _write(out, written_list(form, entries, origin=origin, serial=next_serial(None, now / US)))
    if form == "hosts" and below:
        note(f"{below:,} names are listed with all below; a hosts file has only the names themselves")
    waiting = sum(each.is_waiting for each in listed.held)
    if as_json:
        print_json({"names": names, "below": below, "refused": len(listed.held) - waiting, "waiting": waiting})
        return
    click.echo(f"{names:,} 个名称 names → {out}")


def _origin(written: str) -> str:
    """The name of a zone, canonical."""
    import pyarrow as pa

    from wurao.domains import DomainReason, read_names

    read = read_names(pa.array([written], pa.string()))
    if read.reasons[0] != DomainReason.NONE:
        raise Misused(f"{written!r} is no name of a zone", where="--origin", right="write one such as rpz.example")
    return str(read.canonical[0].as_py())


def _moment(written: str) -> int:
    from wurao.events.moments import NO_MOMENT, moment_of

    if (moment := moment_of(written)) == NO_MOMENT:
        raise Misused(f"{written!r} is no time", where="--at", right="write one such as 2026-05-17T09:30:00+08:00")
    return moment


def _tell_held(listed: Listed) -> None:
    for held in listed.held[:SHOWN_HELD]:
        note(f"{held.name} is kept back: {held.reason.name}")
    if len(listed.held) > SHOWN_HELD:
        note(f"{len(listed.held):,} rows are kept back in all")


def _csv(rows: pa.Table) -> Iterator[bytes]:
    """Rows of `domains` as CSV."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    from wurao.tables import DOMAIN_MATCHES

    columns = {name: rows[name] for name in rows.column_names}
    columns["match"] = pa.array(DOMAIN_MATCHES).take(rows["match"].combine_chunks())
    for name in ("start", "end"):
        columns[name] = pc.strftime(rows[name], format="%Y-%m-%dT%H:%M:%SZ")
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.table(columns), sink)
    yield sink.getvalue().to_pybytes()


def _write(out: Path, pieces: Iterable[bytes]) -> None:
    """Write a file aside, and rename it."""
    aside = out.with_name(f"{out.name}.partial")
    try:
        with aside.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        os.replace(aside, out)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
