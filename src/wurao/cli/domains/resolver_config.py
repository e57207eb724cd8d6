"""Write what a resolver's own configuration needs so that it takes the list.

For each kind of resolver a text to put into its configuration, with the key that it transfers by where it can use one.
"""

from __future__ import annotations

from pathlib import Path

import click

from wurao.cli.options import data_option, json_option, settings_option
from wurao.errors import Misused

KINDS = ("unbound", "bind", "powerdns", "knot-resolver")
"""As in `gateways.dns.secondaries`, which would bring in dnspython only to show the help."""


@click.command(name="resolver-config")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--name", metavar="NAME", help="Which resolver of the plan; else the first of that kind, else a new one.")
@click.option("--resolvers", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="The plan.")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the zones lie as files, a whole path; else /var/lib/unbound of Unbound, /var/lib/wurao-dns of Knot "
    "Resolver's agent. BIND and PowerDNS keep none of ours.",
)
@data_option
@settings_option
@json_option
def command(kind: str, name: str | None, resolvers: Path | None, directory: Path | None, as_json: bool) -> None:
    """Write what a resolver's own configuration needs so that it takes the list.

    A resolver that is not in the plan yet gets a key of its kind's name, and has to be added under that name.

    \b
    Examples:
      wurao domains resolver-config unbound > /etc/unbound/unbound.conf.d/wurao.conf
      wurao domains resolver-config bind --name b1
    """
    from wurao.cli.output import note, print_json
    from wurao.settings.places import data_directory
    from wurao.settings.reading import load

    try:
        from wurao.gateways.dns.configured import read_plan, resolver_named
        from wurao.gateways.dns.snippets import snippet
    except ImportError as error:
        raise Misused("dnspython is not installed", right="pip install 'wurao[dns]'") from error
    if resolvers is not None and not resolvers.is_file():
        raise Misused("there is no such file", where=str(resolvers))
    home = data_directory() / "dns"
    file = resolvers or home / "resolvers.toml"
    plan = read_plan(file, home / "keys.toml")
    resolver = resolver_named(plan, kind, name, home / "keys.toml")
    text = snippet(resolver, plan.listen, load().resolvers.explanation, directory)
    if resolver not in plan.resolvers:
        note(f'{file} has no {kind}: add one with name = "{resolver.name}", or print this again once it is there')
    if as_json:
        print_json({"kind": kind, "name": resolver.name, "text": text})
    else:
        click.echo(text, nl=False)
