"""Velocity carried from one run to the next, in a file that the user names.

`take_up` at the beginning, `hand_over` or `Engine.save_velocity` at the end; between the two nothing is written to the
file, since a run into a directory keeps a state of its own there. What identifies a state is the SHA-256 at its end: a
run that goes on must have begun with this file, and one that ends puts its own in place of no other. Called by `run`
and `parts`.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from wurao.errors import Refused
from wurao.screening.output import PARTIAL, sync_directory
from wurao.screening.pipeline import How, Screens

ANEW = "put back the one from then, or screen anew into another directory"
_DIGEST = 32
_NOT_YET = ""


def identity_of(file: Path) -> str:
    """What tells a saved state from others: its checksum in hexadecimal, empty where there is no file yet."""
    try:
        with file.open("rb") as saved:
            saved.seek(max(0, file.stat().st_size - _DIGEST))
            return saved.read(_DIGEST).hex()
    except FileNotFoundError:
        return _NOT_YET


def checked(file: Path, out: Path) -> Path:
    """The file, where a state can be kept in it. Refused: no directory to lie in, or that of the parts."""
    if not file.parent.is_dir():
        raise Refused("there is no such directory", where=str(file.parent), right="make it, or name another file")
    if file.resolve() == out.resolve() or file.resolve().parent == out.resolve():
        right = "name a file outside it"
        raise Refused("the verdicts' place cannot hold the velocity of later runs too", where=str(file), right=right)
    return file


def take_up(engine: Screens, how: How, begun: str | None = None) -> str:
    """Begin where the last run with this file ended; the identity of what was taken up.

    Refused: a file that is damaged or of another format; one that is not what the run began with, where `begun` says
    what that was.
    """
    if how.velocity is None:
        return _NOT_YET
    found = identity_of(how.velocity)
    if begun is not None and found != begun:
        raise Refused("is not the velocity with which this run began", where=str(how.velocity), right=ANEW)
    if found == _NOT_YET:
        how.tell(f"{how.velocity} is not there yet: velocity begins with nothing and is saved there at the end")
    else:
        engine.begin_with_velocity(how.velocity)
    return found


def refuse_another(file: Path, *identities: str) -> None:
    """Refused where another run has put its state in the file since it was taken up."""
    if identity_of(file) not in identities:
        right = "screen one day after the other, each into a new place; the verdicts are whole"
        raise Refused("another run has written it meanwhile, so it stays as it is", where=str(file), right=right)


def hand_over(saved: Path, begun: str, file: Path) -> None:
    """Let the file be a state that a run has saved at its end; done twice it is the same as once.

    Refused where it is neither what the run began with nor this very state.
    """
    if not saved.exists():
        return
    refuse_another(file, begun, identity_of(saved))
    try:
        os.replace(saved, file)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(saved, file)
    sync_directory(file.parent)


def _copy(saved: Path, file: Path) -> None:
    aside = file.with_name(file.name + PARTIAL)
    try:
        with saved.open("rb") as source, os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 24)
            sink.flush()
            os.fsync(sink.fileno())
        os.replace(aside, file)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
