"""What tells subscribers of stops, as a process of its own: a sender that hangs holds up nothing else."""

from __future__ import annotations

import time

from wurao.control.serving.looking import keep_looking

LOOK_S = 2.0
CLEAR_S = 3600.0


def main() -> None:
    """Send what is due until told to stop."""
    from wurao.control.stops.notices import clear_old, send_due, settle_broken_off

    settle_broken_off()
    cleared = [0.0]

    def send() -> bool:
        if time.monotonic() - cleared[0] > CLEAR_S:
            cleared[0] = time.monotonic()
            clear_old()
        return bool(send_due())

    keep_looking("tell", "nobody is told of stops; what is to be told waits", LOOK_S, send)


if __name__ == "__main__":
    from wurao.control.start import start

    start()
    main()
