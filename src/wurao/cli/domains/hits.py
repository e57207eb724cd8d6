"""Count what the list protected from, by domain and hour, from the logs of resolvers.

Logs of Unbound, BIND and Knot Resolver and streams of dnstap come in, rotated and packed ones too; verdicts of channel
`name` go into a directory that `wurao records` counts. Nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import data_option, json_option, settings_option

if TYPE_CHECKING:
    from wurao.gateways.dns.hits import Collected

SHOWN, SHOWN_BAD = 20, 20


@click.command()
@click.argument("logs", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="LOG...")
@click.option(
    "-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="The verdicts."
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A snapshot store; its list tells refusals of ours in dnstap from those of others.",
)
@data_option
@settings_option
@json_option
def command(logs: tuple[Path, ...], out: Path, store: Path | None, as_json: bool) -> None:
    """Count what the list protected from, by domain and hour, from the logs of resolvers.

    Each LOG is read on from where an earlier run with the same DIR read it to, under whatever name it has now. One that
    cannot be read is named, with exit code 1, and the others count. Who asked is not kept. Printed is what is new;
    `wurao records DIR` counts all.

    \b
    Examples:
      wurao domains hits /var/log/unbound/unbound.log* -o hits
      wurao domains hits rpz.log clients.dnstap -o hits --store store --json
    """
    from wurao.cli.output import note, print_json, print_table
    from wurao.errors import Misused
    from wurao.gateways.dns.hits import collect
    from wurao.settings.reading import load

    for log in logs:
        if not log.is_file():
            raise Misused("there is no such file", where=str(log))
    page = load().resolvers.warning_page
    found = collect(logs, out, _list_of(store) if store else None, None if page == "none" else page)
    rows = sorted(((name, hour, count) for (hour, name), count in found.counts.items()), key=lambda row: -row[2])
    if as_json:
        for name, hour, count in rows:
            print_json({"hour": _written(hour), "name": name, "count": count})
    else:
        print_table(
            ("域名 name", "时段 hour", "次数 count"),
            [(name, _written(hour), count) for name, hour, count in rows[:SHOWN]],
        )
        if len(rows) > SHOWN:
            note(f"{len(rows) - SHOWN:,} more domains and hours: --json shows them")
    _tell(found, out)


def _tell(found: Collected, out: Path) -> None:
    from wurao.cli.output import note

    for bad in found.bad[:SHOWN_BAD]:
        note(str(bad))
    if found.uncounted:
        note(f"{found.uncounted:,} of more domains and hours than are counted apart; wurao records counts them")
    note(f"{found.hits:,} 次拦截 protections → {out}")
    for unread in found.unread[1:]:
        note(str(unread))
    if found.unread:
        raise found.unread[0]


def _list_of(store: Path) -> Callable[[str], bool]:
    """Whether a store's list blocks a name."""
    import time

    from wurao.cli.options import store_with_a_snapshot
    from wurao.domains import open_listed
    from wurao.gateways.dns.layers import Layers

    listed = open_listed(store_with_a_snapshot(store), int(time.time() * 1_000_000))
    return Layers(listed.entries()).is_blocked


def _written(hour: int) -> str:
    return datetime.fromtimestamp(hour / 1_000_000, UTC).isoformat()
