"""The hidden primary: a Knot DNS that serves the zones to the resolvers that may transfer them, and to nobody else.

`Knot` writes its configuration, starts it or takes over one that runs, and has it take up a zone file that was renamed
into place; the truth is always the whole file, so nothing can drift. The recent zone is compared with what was there
before and goes out by IXFR; the large one is taken as it stands and goes out whole, since a difference of a million
names takes Knot and a resolver minutes. Called by the publisher.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from wurao.errors import MachineFailed
from wurao.gateways.dns.addresses import Address, Key
from wurao.log import logger

DAEMON, CONTROL = "knotd", "knotc"
PACKAGE = "knot"
"""Debian's package of both."""
STARTS_S = 20.0
ANSWERS_S = 300.0
"""To load a zone of millions on a busy machine."""
RECENT, LARGE = "recent.wurao", "list.wurao"
ZONES = (RECENT, LARGE)
"""In the order in which a resolver asks them."""
_log = logger("dns")


def installed() -> bool:
    """Whether Knot is on this machine."""
    return all(shutil.which(each) for each in (DAEMON, CONTROL))


class Knot:
    """A Knot with its directory: configuration, zone files, journal, control socket."""

    def __init__(self, directory: Path, listen: Address, peers: Iterable[tuple[str, Key | None]] = ()) -> None:
        """A primary that listens at an address and lets these peers transfer: an address and, where it can, a key."""
        self.directory = directory
        self.listen = listen
        self.peers = tuple(peers)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process that this object started."""
        return self._process.pid if self._process else None

    def zone_file(self, zone: str) -> Path:
        """Where the text of a zone lies."""
        return self.directory / f"{zone}.zone"

    def configuration(self) -> str:
        """The text of `knot.conf`."""
        keys = {key.name: key for _, key in self.peers if key}
        rules = list(dict.fromkeys(self.peers)) or [("127.0.0.1", None)]
        names = [f"peer{n}" for n in range(len(rules))]
        lines = ["# Written by wurao domains publish; changes here are lost.", "server:", '    rundir: "."']
        lines += [
            f"    listen: {self.listen.for_knot()}",
            '    identity: ""',
            '    version: ""',
            "    tcp-reuseport: off",
        ]
        lines += ["    udp-workers: 1", "    tcp-workers: 2", "    background-workers: 2", "    tcp-io-timeout: 5000"]
        lines += ["control:", '    listen: "knot.sock"', "    timeout: 300"]
        lines += ["database:", '    storage: "journal"', "    journal-db-max-size: 1G"]
        lines += ["log:", '  - target: "knot.log"', "    any: warning"]
        if keys:
            lines.append("key:")
        for known in keys.values():
            lines += [f'  - id: "{known.name}"', f"    algorithm: {known.algorithm}", f'    secret: "{known.secret}"']
        lines.append("acl:")
        for name, (address, key) in zip(names, rules, strict=True):
            lines += [f"  - id: {name}", f"    address: {address}", "    action: transfer"]
            lines += [f'    key: "{key.name}"'] if key else []
        lines += ["zone:"]
        for zone in ZONES:
            lines += [f"  - domain: {zone}", '    storage: "."', f"    file: {zone}.zone", "    semantic-checks: off"]
            lines += ["    zonefile-sync: -1", f"    acl: [{', '.join(names)}]"]
            if zone == RECENT:
                lines += ["    zonefile-load: difference", "    journal-content: changes"]
            else:
                lines += ["    zonefile-load: whole", "    journal-content: none"]
        return "\n".join(lines) + "\n"

    def start(self) -> None:
        """See that it runs with this configuration: taken over where one answers, else started.

        Raises MachineFailed where it is not installed or does not come up.
        """
        if not installed():
            raise MachineFailed("Knot DNS is not installed", where=DAEMON, right=f"apt-get install {PACKAGE}")
        self._write_configuration()
        if self.runs():
            self._control("reload")
            return
        (self.directory / "knot.sock").unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [DAEMON, "-c", "knot.conf"],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + STARTS_S
        while not self.runs():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                right = f"see {self.directory / 'knot.log'}; is {self.listen} free?"
                raise MachineFailed("Knot DNS does not start", where=str(self.directory), right=right)
            time.sleep(0.05)

    def runs(self) -> bool:
        """Whether it answers at its control socket."""
        if not (self.directory / "knot.sock").exists():
            return False
        with suppress(MachineFailed):
            self._control("status", wait_s=5)
            return True
        return False

    def take_up(self, zone: str) -> None:
        """Have it read the file of a zone, which is served when this returns. Raises MachineFailed where it cannot."""
        self._control("-b", "zone-reload", zone)

    def end(self) -> None:
        """End it, whoever started it."""
        with suppress(MachineFailed):
            self._control("stop", wait_s=10)
        self.stop()

    def stop(self) -> None:
        """End the one that this object started."""
        if self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self._process.kill()
            self._process.wait()
            self._process = None

    def _write_configuration(self) -> None:
        for each in (self.directory, self.directory / "journal"):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.directory / "knot.conf.new"
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self.configuration())
        os.replace(beside, self.directory / "knot.conf")

    def _control(self, *asked: str, wait_s: float = ANSWERS_S) -> None:
        # Relative to the directory, since the address of a Unix socket holds 107 characters at most.
        command = [CONTROL, "-s", "knot.sock", "-t", f"{wait_s:.0f}", *asked]
        try:
            done = subprocess.run(
                command, cwd=self.directory, capture_output=True, text=True, timeout=wait_s + 5, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MachineFailed(f"Knot DNS does not answer: {error}", where=str(self.directory)) from error
        if done.returncode != 0 or "error" in done.stderr:
            said = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
            right = f"see {self.directory / 'knot.log'}"
            raise MachineFailed(f"Knot DNS refused {' '.join(asked)}: {said}", where=str(self.directory), right=right)
