"""One web process: answers HTTP on the socket that the supervisor holds.

Waitress reads and writes each connection without a thread, so that a slow client costs none, and runs a request in one
of its threads once it is whole. Several such processes share the socket.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

from wurao.control.safety import NOBODY
from wurao.settings.reading import load

FORWARDED = {"x-forwarded-for", "x-forwarded-proto"}
IDLE_S = 60
BEHIND = 5
"""So much nicer than who brings changes into force is a web process; the builder is nicer still."""
MOST_CONNECTIONS = 1_000
LONGEST_BODY = 17 << 20


def main() -> None:
    """Serve until told to stop; `argv`: the descriptor of the listening socket."""
    from waitress.server import create_server

    from wurao.control.wsgi import application

    signal.signal(signal.SIGTERM, _leave)
    os.nice(BEHIND)  # on a full machine what is saved comes into force before more is saved
    control = load().control
    believed = {}
    if control.trusted_proxy != NOBODY:
        believed = {"trusted_proxy": control.trusted_proxy, "trusted_proxy_headers": FORWARDED}
    server = create_server(
        application,
        sockets=[socket.socket(fileno=int(sys.argv[1]))],
        threads=control.web_threads,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=IDLE_S,
        max_request_body_size=LONGEST_BODY,
        clear_untrusted_proxy_headers=True,
        ident=None,
        **believed,
    )
    server.run()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
