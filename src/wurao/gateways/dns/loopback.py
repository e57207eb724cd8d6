"""Real servers on loopback, in a directory of their own and stopped at the end: nothing leaves the machine.

`Server` is a process that answers DNS. `world` stands for all of the Internet's names: an authoritative Knot whose
root zone answers every name with one address. `unbound` is a resolver that asks only that, with whatever is to be tried
in its configuration. Used by the demo, the tests and the benchmarks; a province's own servers are not started by us.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

from wurao.errors import MachineFailed
from wurao.gateways.dns.addresses import Address

LOOPBACK = "127.0.0.1"
ANYWHERE = "192.0.2.1"
"""The address that every name has (RFC 5737)."""
STARTS_WITHIN_S = 30.0
PACKAGES = {"knotd": "knot", "unbound": "unbound"}
"""Debian's packages of the programs."""


def missing() -> list[str]:
    """Debian's packages that the demo needs and this machine lacks."""
    return [package for program, package in PACKAGES.items() if shutil.which(program) is None]


def free_address() -> Address:
    """A port that nobody uses, neither for UDP nor for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
            stream.bind((LOOPBACK, 0))
            port = stream.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, suppress(OSError):
                datagrams.bind((LOOPBACK, port))
                return Address(LOOPBACK, port)


def ask(address: Address, name: str, kind: str = "A", timeout_s: float = 2.0) -> dns.message.Message:
    """What a server answers. Raises dns.exception.Timeout, OSError."""
    question = dns.message.make_query(name, dns.rdatatype.from_text(kind), use_edns=0)
    return dns.query.udp(question, address.host, timeout_s, address.port, ignore_unexpected=True)


@dataclass
class Server:
    """A program that answers DNS at an address; a context manager that ends it."""

    command: Sequence[str]
    directory: Path
    address: Address
    alive: str = "alive.example"
    """A name that it answers once it runs."""
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """What it said."""
        return self.directory / "said.log"

    def start(self) -> None:
        """Start it, and wait until it answers. Raises MachineFailed where it does not."""
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                self.command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        until = time.monotonic() + STARTS_WITHIN_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise MachineFailed(f"{self.command[0]} does not start", where=str(self.log), right="see what it said")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it answers now."""
        with suppress(dns.exception.DNSException, OSError):
            ask(self.address, self.alive, timeout_s=0.3)
            return True
        return False

    def kill(self) -> None:
        """End it at once, as a machine that loses power would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        self.process = None


def world(directory: Path, names: Mapping[str, str] | None = None) -> Server:
    """An authoritative Knot for the root: these names have these addresses, all others one."""
    directory.mkdir(parents=True, exist_ok=True)
    address = free_address()
    lines = ["$ORIGIN .", "$TTL 60", "@ SOA world. nobody. 1 3600 60 86400 5", "@ NS world.", f"world. A {LOOPBACK}"]
    lines += [f"*. A {ANYWHERE}", '*. TXT "anything"']
    lines += [f"{name}. A {there}" for name, there in (names or {}).items()]
    (directory / "root.zone").write_text("\n".join(lines) + "\n")
    (directory / "knot.conf").write_text(
        f'server:\n  rundir: "."\n  listen: {address}\n  udp-workers: 1\n  tcp-workers: 1\n'
        f'control:\n  listen: "world.sock"\nlog:\n  - target: stderr\n    any: warning\n'
        f'database:\n  storage: "."\nzone:\n  - domain: .\n    storage: "."\n    file: root.zone\n'
        "    zonefile-sync: -1\n    journal-content: none\n    semantic-checks: off\n"
    )
    return Server(["knotd", "-c", "knot.conf"], directory, address)


def unbound(directory: Path, upstream: Address, configured: str = "", address: Address | None = None) -> Server:
    """An Unbound that knows no other server than one, with more in its configuration."""
    directory.mkdir(parents=True, exist_ok=True)
    address = address or free_address()
    user = "root" if os.geteuid() == 0 else ""
    (directory / "unbound.conf").write_text(
        f'server:\n  directory: "{directory}"\n  username: "{user}"\n  chroot: ""\n  pidfile: ""\n  use-syslog: no\n'
        f"  interface: {address}\n  do-ip6: no\n  access-control: 127.0.0.0/8 allow\n  num-threads: 1\n"
        '  do-not-query-localhost: no\n  root-hints: ""\n  val-permissive-mode: yes\n  log-time-ascii: no\n'
        f'stub-zone:\n  name: "."\n  stub-addr: {upstream}\n  stub-prime: no\n{configured}'
    )
    return Server(["unbound", "-d", "-c", "unbound.conf"], directory, address)
