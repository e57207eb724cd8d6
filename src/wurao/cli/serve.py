"""Run all of Wurao on this machine: web pages, the API, live changes, snapshots, and a worker that follows them.

One supervisor starts the parts and starts again whichever ends. It prints the address and, while there is no
administrator, a one-time link that makes the first one.
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from wurao.cli.options import data_option, json_option, settings_option
from wurao.cli.output import note, print_json
from wurao.errors import MachineFailed, Misused, Refused, WuraoError
from wurao.settings.places import choose_data_directory, data_directory, default_store

PORT = 8080
WAITING = 1024
"""So many connections wait while no web process takes them."""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any free one.")
@click.option("--demo", is_flag=True, help="On the demo's province, which is made where it is not there yet.")
@data_option
@settings_option
@json_option
def command(port: int, demo: bool, as_json: bool) -> None:
    """Run all of Wurao on this machine: web pages, API, live changes, snapshots, a worker.

    The registry is SQLite in the data directory, or what DATABASE_URL names. Stop it with Ctrl-C; it may be killed at
    any moment and goes on where it was.

    \b
    Example:
      wurao serve --port 8080 --data /var/lib/wurao
    """
    refuse_without_control()
    if demo:
        _begin_demo()
    from wurao.control.serving.parts import control_parts, module_part
    from wurao.control.serving.supervisor import Supervisor, take_lock
    from wurao.control.tour.sign import SIGN
    from wurao.settings.reading import load

    os.environ[SIGN] = "1" if demo else "0"
    control, store = load().control, default_store()
    lock = take_lock(data_directory())
    token = prepared()["token"]
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _listening(control.address, port) as listening:
        url = _url(control.public_url, listening)
        _tell(url, f"{url}/invited/{token}/" if token else None, f"{url}/tour/" if demo else None, as_json)
        parts = control_parts(store, listening.fileno(), control.web_processes)
        parts.append(module_part("worker", "wurao.screening.worker", store))
        Supervisor(parts).run()
    del lock


def refuse_without_control() -> None:
    """Misused where the extra `control` is not installed."""
    if importlib.util.find_spec("django") is None:
        raise Misused("the control plane is not installed", right="pip install 'wurao[control]', or: make control")


def _begin_demo() -> None:
    """From here on the data directory is the demo's own; its province is made and loaded where it is not there yet."""
    from wurao.settings.reading import load

    control = load().control
    if control.public_url != "local" or not _is_this_machine(control.address):
        right = "leave address and public_url as they are: everybody who reaches the demo may be anybody in it"
        raise Refused("the demo is for this machine alone", where="[control]", right=right)
    home = data_directory() / "demo"
    if not _is_whole(home / "verdicts"):
        subprocess.run([sys.executable, "-m", "wurao", "demo"], stdout=subprocess.DEVNULL, check=True)
    shared, own = data_directory() / "compiled", home / "compiled"
    if shared.exists() and not own.exists():
        own.symlink_to(shared.absolute(), target_is_directory=True)
    choose_data_directory(home)
    if not (home / "registry.sqlite3").exists():
        command = [sys.executable, "-m", "wurao", "load", str(home / "tables")]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise MachineFailed("the demo's province could not be loaded; the reason stands above", where=str(home))


def _is_this_machine(address: str) -> bool:
    from wurao.control.safety import is_loopback

    return is_loopback(address)


def _is_whole(verdicts: Path) -> bool:
    """Whether the demo's day has been screened to its end."""
    try:
        return bool(json.loads((verdicts / "manifest.json").read_bytes())["done"])
    except (OSError, ValueError, KeyError):
        return False


def prepared() -> dict[str, Any]:
    """What `serving.prepare` said; it raises here what it raised there."""
    done = subprocess.run([sys.executable, "-m", "wurao.control.serving.prepare"], stdout=subprocess.PIPE, check=False)
    try:
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        raise MachineFailed("could not be prepared; the reason stands above", where=str(data_directory())) from None
    if "wrong" in said:
        kind = next(
            (each for each in (Refused, Misused, MachineFailed) if each.exit_code == done.returncode), WuraoError
        )
        raise kind(said["wrong"], where=said["where"], right=said["right"])
    return said


def _listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(WAITING)
    except OSError as error:
        listening.close()
        right = "name another by --port"
        raise Refused(f"cannot listen: {error.strerror}", where=f"{address}:{port}", right=right) from error
    return listening


def _url(public: str, listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}" if public == "local" else public.rstrip("/")


def _tell(url: str, link: str | None, tour: str | None, as_json: bool) -> None:
    if as_json:
        print_json({"url": url, "first_administrator": link, "tour": tour, "data": str(data_directory())})
    else:
        click.echo(f"勿扰已启动 Wurao is at {url}")
        if tour:
            click.echo(f"演示导览，一键进入各个角色 The demo's tour, each role at one click: {tour}")
        if link:
            click.echo(
                f"首位管理员请打开（一天内有效，仅一次） The first administrator opens, once, within a day:\n  {link}"
            )
    sys.stdout.flush()
    note(f"data in {Path(data_directory())}; Ctrl-C stops it")
