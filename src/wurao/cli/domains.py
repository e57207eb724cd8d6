"""Keep the list of fraud domains, publish it to resolvers, and count what it protected from."""

from __future__ import annotations

import click

from wurao.cli.domains_publish import publish


@click.group()
def command() -> None:
    """Keep the list of fraud domains, publish it to resolvers, and count what it protected from."""


command.add_command(publish)
