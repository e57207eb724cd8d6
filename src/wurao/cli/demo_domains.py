"""What `wurao demo` shows of domains: the province's list at a real resolver on loopback.

Called at the end of the demo. The store's own list is published with a Knot and an Unbound that run for these seconds;
where one of them is not installed, which of Debian's packages to install is said instead.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from wurao.errors import MachineFailed

AT_US = 1_000_000


def show_domains(store: Path, at: float) -> None:
    """Publish the list of a store as of a time (seconds), and print what a client of a resolver sees."""
    from wurao.cli.output import note
    from wurao.domains import open_listed

    click.echo("\n涉诈域名 · Fraud domains, at a resolver on this machine")
    try:
        from wurao.gateways.dns.demo import show
        from wurao.gateways.dns.loopback import missing
    except ImportError:
        click.echo("  未安装 dnspython · dnspython is not installed: pip install 'wurao[dns]'")
        return
    if lacking := missing():
        click.echo(f"  未安装 · not installed, so left out: apt-get install {' '.join(lacking)}")
        return
    from wurao.settings.reading import load

    listed = open_listed(store, round(at * AT_US))
    entries = listed.entries()
    fraud = next((name for name in entries.names.to_pylist() if listed.rows_of(name)), None)
    if fraud is None:
        click.echo("  名单为空 · the list is empty")
        return
    row = listed.rows_of(fraud)[0]
    reason = (f"来源：{row['source']}。", f"Source: {row['source']}.")
    place = Path(tempfile.mkdtemp(prefix="wurao-demo-"))
    try:
        seen = show(place, entries, fraud, load().resolvers.explanation, reason)
    except MachineFailed as error:
        note(f"  {error}")
        return
    finally:
        shutil.rmtree(place, ignore_errors=True)
    click.echo(
        f"  名单 list: {seen.names:,} names published, in force after {seen.seconds:.1f} s with the servers' start"
    )
    click.echo(f"  {seen.fraud} → {seen.refused}")
    click.echo(f"    {seen.reason}")
    click.echo(f"  {seen.popular} → {seen.answered}")
    click.echo(f"  解除 released: {seen.fraud} answers again after {seen.released_s:.2f} s")
