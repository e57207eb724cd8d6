"""The keys that this installation signs and masks with: made once, kept in the data directory, readable by its owner.

Called by `settings`. Whoever has the file can forge sessions; losing it signs everybody out and voids open one-time
codes.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from wurao.errors import Refused
from wurao.settings.places import data_directory

FILE = "control.key"
_OTHERS = 0o077


def secret_key(directory: Path | None = None) -> str:
    """The key, made where there is none; Refused where others may read it."""
    file = (directory or data_directory()) / FILE
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Written aside and linked, so that of two processes that start at once both take the same key.
        beside = file.with_name(f"{FILE}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(48))
        try:
            os.link(beside, file)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    except FileExistsError:
        pass
    if file.stat().st_mode & _OTHERS:
        raise Refused("can be read by others", where=str(file), right=f"chmod 600 {file}")
    key = file.read_text().strip()
    if len(key) < 50:
        raise Refused("holds no key of 50 characters", where=str(file), right="remove it, and a new one is made")
    return key
