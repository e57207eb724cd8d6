"""Serve the warning page that blocked names lead to, where the operator chose that.

Plain HTTP only: by HTTPS a browser shows a certificate error, since no certificate of ours can name another's site.
"""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from pathlib import Path

import click

from wurao.cli.options import data_option, json_option, store_with_a_snapshot


@click.command(name="warning-page")
@click.option("--listen", default="127.0.0.1@8080", show_default=True, metavar="ADDRESS@PORT", help="Where it listens.")
@click.option(
    "--appeal",
    default="省通信管理局，电话 12381",
    show_default=True,
    metavar="TEXT",
    help="Where a person can say that a name is blocked by mistake.",
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A snapshot store; the page then says why a name is listed, or that it is not.",
)
@data_option
@json_option
def command(listen: str, appeal: str, store: Path | None, as_json: bool) -> None:
    """Serve the warning page that blocked names lead to.

    \b
    Example:
      wurao domains warning-page --listen 192.0.2.80@80 --appeal "省通信管理局 12381" --store store
    """
    from wurao.cli.output import note, print_json
    from wurao.gateways.dns.addresses import Address
    from wurao.gateways.dns.warning_page import WarningPage
    from wurao.gateways.dns.why_listed import WhyListed

    why = WhyListed(store_with_a_snapshot(store)) if store else None
    with WarningPage(Address.read(listen), appeal, why) as served:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=served.shutdown).start())
        url = f"http://{listen.replace('@', ':')}"
        if as_json:
            print_json({"url": url})
        else:
            note(url)
        with suppress(KeyboardInterrupt):
            served.serve_forever()
