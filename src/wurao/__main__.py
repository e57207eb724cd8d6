"""`python -m wurao`, and what the command `wurao` calls: an interrupt is one from the first moment on.

Whatever else is imported takes a while, and Ctrl-C meanwhile would end in a traceback; so before anything is imported
an interrupt ends the process with 130 and one line, and `cli` tells of those that come later.
"""

import os
import signal
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    waiting = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if waiting:
        signal.signal(signal.SIGINT, _leave)
    from wurao.cli import main as run_and_leave

    run_and_leave(interruptible=waiting)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    os.write(2, b"wurao: interrupted\n")
    os._exit(130)


if __name__ == "__main__":
    main()
