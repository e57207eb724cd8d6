"""Publish the list of fraud domains to the resolvers, once or for as long as it runs.

The store's list goes through the guard into two zones of a Knot DNS, and each resolver of `dns/resolvers.toml` is told
and asked until it refuses what is listed.
"""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wurao.cli.options import data_option, json_option, settings_option, store_option, store_with_a_snapshot
from wurao.errors import MachineFailed, Misused

if TYPE_CHECKING:
    from wurao.gateways.dns.configured import Plan
    from wurao.gateways.dns.publisher import Publisher

IN_FORCE_WITHIN_S = 300.0
LOOK_EVERY_S = 0.05


@click.command()
@store_option
@click.option(
    "--resolvers",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Primary and resolvers; else dns/resolvers.toml in the data directory.",
)
@click.option("--follow", is_flag=True, help="Go on: every change of the store is in force within a second.")
@data_option
@settings_option
@json_option
def command(store: Path, resolvers: Path | None, follow: bool, as_json: bool) -> None:
    """Publish the list of fraud domains to the resolvers as a response-policy zone.

    Without --follow it returns when every resolver has the list in force. The guard decides again on each name; without
    its data nothing is published. Knot DNS (Debian's knot) is started where it does not run, and goes on running.

    \b
    Examples:
      wurao domains publish
      wurao domains publish --follow
    """
    from wurao.cli.output import note
    from wurao.domains import open_listed
    from wurao.settings.places import data_directory

    began = time.monotonic()
    store = store_with_a_snapshot(store)
    listed = open_listed(store, int(time.time() * 1_000_000))
    waiting = sum(each.is_waiting for each in listed.held)
    plan, publisher = _made(resolvers)
    if not plan.resolvers:
        note(f"no resolver is in {resolvers or data_directory() / 'dns' / 'resolvers.toml'}: none will refuse anything")
    with publisher:
        unfit = publisher.show(listed.entries(), listed.seq)
        left_out = _until_in_force(publisher)
        fields = {
            "names": publisher.names,
            "serial": publisher.serial,
            "seconds": round(time.monotonic() - began, 3),
            "refused": len(listed.held) - waiting + unfit,
            "waiting": waiting,
        }
        _show(fields, as_json)
        if follow:
            note(f"following {store}; the primary listens at {plan.listen}")
            _follow(store, publisher)
            return
    if left_out:
        right = "it gets the list when it asks; see the alarm, and docs/how-to/resolvers.md"
        raise MachineFailed(f"not in force at {', '.join(left_out)}", where=str(plan.listen), right=right)


def _made(file: Path | None) -> tuple[Plan, Publisher]:
    from wurao.settings.places import data_directory
    from wurao.settings.reading import load

    try:
        from wurao.gateways.dns.configured import read_plan
        from wurao.gateways.dns.knot import Knot
        from wurao.gateways.dns.publisher import How, Publisher
        from wurao.gateways.dns.written import Answer
    except ImportError as error:
        raise Misused("dnspython is not installed", right="pip install 'wurao[dns]'") from error
    if file is not None and not file.is_file():
        raise Misused("there is no such file", where=str(file))
    home = data_directory() / "dns"
    plan = read_plan(file or home / "resolvers.toml", home / "keys.toml")
    told = load().resolvers
    answer = Answer(told.ttl_s, None if told.warning_page == "none" else told.warning_page)
    how = How(answer, told.most_recent, told.patience_s)
    return plan, Publisher(home, Knot(home / "knot", plan.listen, plan.peers), plan.resolvers, how)


def _until_in_force(publisher: Publisher) -> list[str]:
    """Publish, and wait for the resolvers; those that do not have the list.

    One that asks by itself is waited for until it must have asked again, though it was left out meanwhile.
    """
    from wurao.gateways.dns.knot import LARGE

    began, delivery = time.monotonic(), publisher.delivery
    settled = None
    while True:
        publisher.commit()
        delivery.settle()
        now = time.monotonic()
        if delivery.is_settled and not publisher.is_folding:
            settled = settled or now
            out = [each.resolver for each in delivery.secondaries if each.resolver.name in delivery.left_out]
            if now - settled >= max((each.late_s(LARGE) for each in out), default=0):
                break
        if now - began > IN_FORCE_WITHIN_S:
            break
        time.sleep(LOOK_EVERY_S)
    return delivery.left_out


def _follow(store: Path, publisher: Publisher) -> None:
    from wurao.gateways.dns.following import Following
    from wurao.settings.reading import load

    following = Following(store, publisher, fold_at_hour=load().resolvers.fold_at_hour)
    signal.signal(signal.SIGTERM, lambda *_: following.stop())
    with suppress(KeyboardInterrupt):
        following.run()


def _show(fields: dict[str, int | float | None], as_json: bool) -> None:
    from wurao.cli.output import print_json, print_table

    if as_json:
        print_json(fields)
    else:
        names = {"names": "域名", "serial": "序列号", "seconds": "秒", "refused": "拒绝", "waiting": "待复核"}
        print_table([f"{names[key]} {key}" for key in fields], [list(fields.values())])
