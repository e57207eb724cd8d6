"""An rspamd of the benchmark's own on a loopback port: one normal worker that asks nobody; and mails sent to it.

Its configuration lies in a temporary directory and takes from Debian's only scores, actions, composites and the modules
that need no network: no DNS, Redis, maps by HTTP, fuzzy hashes, and so no Bayes, which keeps its tokens in Redis. The
local overrides of this machine are not read. What rspamd compiles at its first start (a minute) is kept in a directory
that is given, for the next.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "rspamd"
CONNECTIONS = 8
MODULES = ("chartable", "emails", "force_actions", "forged_recipients", "http_headers", "maillist", "regexp", "trie")
STARTS_IN = 300
SETTLED = 3.0
"""Seconds without a new compiled expression: then all are there."""
_TICKS = os.sysconf("SC_CLK_TCK")

_CONFIGURATION = """
options {{
    filters = "chartable,regexp";
    pidfile = "{place}/rspamd.pid";
    control_socket = "{place}/control mode=0600";
    cache_file = "{place}/symbols";
    hs_cache_dir = "{cache}/";
    tempdir = "{place}";
    url_tld = "${{SHAREDIR}}/effective_tld_names.dat";
    allow_raw_input = true;
    explicit_modules = ["settings"];
    dns {{ nameserver = ["127.0.0.1:9"]; }}
}}
logging {{ type = "console"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
lua = "$RULESDIR/rspamd.lua"
modules {{ path = "${{PLUGINSDIR}}"; }}
"""
_INCLUDED = (
    "metrics.conf",
    "actions.conf",
    "groups.conf",
    "composites.conf",
    *(f"modules.d/{m}.conf" for m in MODULES),
)


def missing() -> str | None:
    """What has to be installed for rspamd to stand beside; null where it is here."""
    return None if shutil.which(PROGRAM) else f"{PROGRAM} is not installed (Debian's package {PROGRAM})"


@dataclass(frozen=True, slots=True)
class Rspamd:
    """A running one."""

    port: int
    process: int

    def check(self, mails: list[bytes]) -> list[bytes]:
        """Have every mail checked, over several connections at a time; the answers, in JSON.

        Each connection asks to be kept; rspamd's worker closes it after an answer all the same, and it is opened anew.
        """
        parts = [mails[first::CONNECTIONS] for first in range(CONNECTIONS)]
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            answers = list(threads.map(self._check_all, parts))
        return [answers[place % CONNECTIONS][place // CONNECTIONS] for place in range(len(mails))]

    def _check_all(self, mails: list[bytes]) -> list[bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        answers = []
        for mail in mails:
            connection.request("POST", "/checkv2", mail, {"Connection": "keep-alive"})
            answer = connection.getresponse()
            answers.append(answer.read())
            if answer.status != http.client.OK:
                raise RuntimeError(f"rspamd answered {answer.status}: {answers[-1][:200]!r}")
        connection.close()
        return answers

    def processor_seconds(self) -> float:
        """What its worker has used of a processor so far."""
        for child in Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split():
            if b"normal" in Path(f"/proc/{child}/cmdline").read_bytes():
                fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                return (int(fields[11]) + int(fields[12])) / _TICKS
        raise RuntimeError("rspamd has no worker")


def mail_of(text: str, number: int) -> bytes:
    """A message as a minimal mail."""
    head = (
        f"From: <10690001234@sms.example>\r\nTo: <13835110001@sms.example>\r\nSubject: {number}\r\n"
        f"Date: Mon, 30 Nov 2026 08:00:00 +0800\r\nMessage-ID: <{number}@sms.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return f"{head}{text}\r\n".encode()


@contextmanager
def rspamd_server(cache: Path) -> Iterator[Rspamd | None]:
    """A fresh server with all its expressions compiled; None where it is `missing`."""
    program = shutil.which(PROGRAM)
    if program is None:
        yield None
        return
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        port = _free_port()
        text = _CONFIGURATION.format(place=place, cache=cache.resolve(), port=port)
        text += "".join(f'.include "$CONFDIR/{name}"\n' for name in _INCLUDED)
        Path(place, "rspamd.conf").write_text(text, "utf-8")
        asked = [program, "--no-fork", "--config", f"{place}/rspamd.conf", f"--var=LOCAL_CONFDIR={place}"]
        process = subprocess.Popen(
            [*asked, *(["--insecure"] if os.getuid() == 0 else [])],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            _settle(cache)
            yield Rspamd(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_IN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("rspamd did not start") from None
        time.sleep(0.1)


def _settle(cache: Path) -> None:
    """Wait until nothing more is compiled."""
    known, since = -1, time.monotonic()
    while time.monotonic() - since < SETTLED:
        if known != (known := len(list(cache.iterdir()))):
            since = time.monotonic()
        time.sleep(0.1)
