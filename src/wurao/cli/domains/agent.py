"""Run the agent beside a Knot Resolver: it transfers the zones and puts them into place as files.

Knot Resolver reads response-policy zones from files only; `wurao domains resolver-config` writes the configuration that
reads these.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import click

from wurao.cli.options import data_option, json_option
from wurao.errors import Misused


@click.command()
@click.option("--primary", required=True, metavar="ADDRESS[@PORT]", help="Where the primary listens.")
@click.option("--listen", required=True, metavar="ADDRESS[@PORT]", help="Where the primary's NOTIFY comes.")
@click.option(
    "-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="The files."
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The resolver's key, as it stands in dns/keys.toml.",
)
@data_option
@json_option
def command(primary: str, listen: str, out: Path, key: Path | None, as_json: bool) -> None:
    """Run the agent beside a Knot Resolver: it transfers the zones and puts them into place as files.

    \b
    Example:
      wurao domains agent --primary 192.0.2.10@5300 --listen 192.0.2.20@5301 -o /var/lib/wurao-dns --key wurao.key
    """
    from wurao.cli.output import note, print_json

    try:
        from wurao.gateways.dns.addresses import Address
        from wurao.gateways.dns.agent import Agent
        from wurao.gateways.dns.configured import read_keys
        from wurao.gateways.dns.knot import ZONES
    except ImportError as error:
        raise Misused("dnspython is not installed", right="pip install 'wurao[dns]'") from error
    keys = list(read_keys(key).values()) if key else []
    if key and len(keys) != 1:
        raise Misused(f"holds {len(keys)} keys", where=str(key), right="leave the one of this resolver in it")
    agent = Agent(Address.read(primary), Address.read(listen), out, keys[0] if keys else None)
    if as_json:
        print_json({"primary": primary, "listen": listen, "files": [str(agent.file(zone)) for zone in ZONES]})
    else:
        note(f"{primary} → {out}")
    signal.signal(signal.SIGTERM, lambda *_: agent.stop())
    with suppress(KeyboardInterrupt):
        agent.run()
