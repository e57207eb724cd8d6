"""Say what is wrong with this installation, and what would be right.

Looks at the settings, the database and its schema, the change log, the snapshot, the workers and the disk; changes
nothing. Exit 1 when something is wrong.
"""

from __future__ import annotations

import importlib.util

import click

from wurao.cli.options import data_option, json_option, settings_option
from wurao.cli.output import print_json
from wurao.errors import Misused


@click.command()
@click.pass_context
@data_option
@settings_option
@json_option
def command(context: click.Context, as_json: bool) -> None:
    """Say what is wrong with this installation, and what would be right; exit 1 when something is.

    \b
    Example:
      wurao doctor --data /var/lib/wurao
    """
    if importlib.util.find_spec("django") is None:
        raise Misused("the control plane is not installed", right="pip install 'wurao[control]', or: make control")
    from wurao.control.doctor import examine

    findings = list(examine())
    if as_json:
        print_json({"ok": all(each.ok for each in findings), "findings": [each.as_dict() for each in findings]})
    else:
        for each in findings:
            right = f"; {each.right}" if each.right and not each.ok else ""
            click.echo(f"{'✓' if each.ok else '✗'} {each.zh} {each.what}: {each.said}{right}")
    context.exit(0 if all(each.ok for each in findings) else 1)
