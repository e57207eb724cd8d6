"""The command `wurao`: one file a command, imported only when it is used.

What comes in is the command line; what goes out is an exit code, results on standard output, and progress and errors
on standard error. Which file is which command: `files`. The console script and `python -m wurao` call `main` by way of
`__main__`.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from wurao import __version__
from wurao.cli.files import CommandFiles
from wurao.cli.options import data_option, settings_option
from wurao.errors import WuraoError, shortage

DONE, REFUSED, FAILED, INTERRUPTED = 0, 1, 3, 130
"""The exit codes (CONTRACTS, Commands); wrong usage, 2, is told by click."""

_MACHINE_ERRNOS = {
    errno.ENOSPC: "no space is left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk could not be read or written",
    errno.EFBIG: "the file would grow larger than allowed",
}
_INPUT_ERRORS = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)


@click.group(
    cls=CommandFiles,
    package=__name__,
    folder=Path(__file__).parent,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="wurao")
@data_option
@settings_option
def group() -> None:
    """Wurao 勿扰 protects telephone subscribers from unwanted and fraudulent calls, messages and domains.

    Start with `wurao demo`. Each command explains itself: `wurao screen --help`.
    """


def main(arguments: Sequence[str] | None = None, interruptible: bool = False) -> NoReturn:
    """Run the command line and leave with its exit code. `interruptible`: from now on an interrupt is told of here."""
    _open_closed_streams()
    try:
        if interruptible:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = run(arguments)
    except KeyboardInterrupt as error:
        code = _told(error)
    if interruptible:
        # What is left is Python's own end, in which an interrupt would be told as a fault of its modules.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Whatever goes wrong is told in one line on standard error."""
    try:
        with group.make_context("wurao", list(sys.argv[1:] if arguments is None else arguments)) as context:
            group.invoke(context)
        sys.stdout.flush()
        return DONE
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("WURAO_DEBUG") == "1":
            raise
        return _told(error)


def _told(error: BaseException) -> int:
    """Tell a person in one line what went wrong; the exit code."""
    match error:
        case KeyboardInterrupt() | click.Abort():
            return _say("interrupted", INTERRUPTED)
        case WuraoError():
            return _say(str(error), error.exit_code)
        case BrokenPipeError() if _reader_is_gone():
            return _leave_quietly()
        case _ if (short := shortage(error)) is not None:
            return _say(f"{short}; take fewer workers or a smaller input", FAILED)
        case OSError():
            return _say(*_of_the_system(error))
    return _say(f"a fault of ours: {type(error).__name__}: {error}; WURAO_DEBUG=1 shows where", FAILED)


def _of_the_system(error: OSError) -> tuple[str, int]:
    place = f"{error.filename}: " if error.filename else ""
    if error.errno in _MACHINE_ERRNOS:
        return f"{place}{_MACHINE_ERRNOS[error.errno]}", FAILED
    reason = error.strerror or str(error)
    text = place + (reason.lower() if error.strerror else reason)
    return text, REFUSED if isinstance(error, _INPUT_ERRORS) else FAILED


def _say(text: str, code: int) -> int:
    from wurao.cli.output import note

    note(f"wurao: {' '.join(text.split())}")
    return code


def _open_closed_streams() -> None:
    """What is written to a stream that was closed (`>&-`) goes nowhere, and not into the next file that is opened."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))


def _reader_is_gone() -> bool:
    """Whether who read our standard output (`| head`) has gone, as against some peer on a network."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), select.POLLOUT)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return True


def _leave_quietly() -> int:
    """Nobody reads any more: let the interpreter flush what is left into nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
