"""What stands in a directory of verdicts, and where to go on: `manifest.json`, replaced by one rename.

The manifest names the inputs, the parts that are whole, how much of `rejects.jsonl` belongs to them, a saved state of
velocity and the part behind which it was saved. What it does not name is left over from an interruption and is taken
away by the next run. Called by `run`; `records` reads the parts' hashes from it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from wurao.errors import Refused
from wurao.events.raw import Position
from wurao.events.read import Input
from wurao.screening.output import PARTIAL, sync_directory

MANIFEST = "manifest.json"
REJECTS = "rejects.jsonl"
FORMAT = "wurao verdicts 1"
HEAD = 1 << 16
_OURS = ("part-", "velocity-", REJECTS, MANIFEST)


@dataclass(frozen=True, slots=True)
class Part:
    """One whole part: its rows, size and SHA-256, and the position in the input behind it."""

    name: str
    rows: int
    bytes: int
    sha256: str
    after: Position


@dataclass(frozen=True, slots=True)
class Saved:
    """A state of velocity, and how many parts it knows of."""

    name: str
    parts: int


@dataclass(slots=True)
class Tally:
    """What a run has counted."""

    events: int = 0
    rejected: int = 0
    late: int = 0
    seconds: float = 0.0
    actions: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Tally:
        """The same counts, on their own."""
        return replace(self, actions=dict(self.actions), reasons=dict(self.reasons))


@dataclass(slots=True)
class Manifest:
    """Everything that a second run has to know."""

    inputs: list[dict[str, Any]]
    snapshot: str
    parts: list[Part] = field(default_factory=list)
    rejects_bytes: int = 0
    saved: Saved | None = None
    tally: Tally = field(default_factory=Tally)
    refused: list[str] = field(default_factory=list)
    done: bool = False
    velocity: str | None = None
    """Identity of the state that an earlier run left and this one began with; null where velocity is not carried on."""

    @property
    def after(self) -> Position:
        """Where the parts end."""
        return self.parts[-1].after if self.parts else Position()

    @property
    def saved_after(self) -> Position:
        """Where the saved state of velocity stands."""
        return self.parts[self.saved.parts - 1].after if self.saved and self.saved.parts else Position()


def identified(inputs: Sequence[Input]) -> list[dict[str, Any]]:
    """What tells these inputs from others: path, size, time of the last change, a hash of the first bytes.

    Standard input has only its name, and is never the same again.
    """
    found: list[dict[str, Any]] = []
    for one in inputs:
        if one.path is None:
            found.append({"path": one.name})
            continue
        about = one.path.stat()
        with one.path.open("rb") as file:
            head = hashlib.sha256(file.read(HEAD)).hexdigest()
        path = str(one.path.resolve())
        found.append({"path": path, "size": about.st_size, "mtime_ns": about.st_mtime_ns, "head_sha256": head})
    return found


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Make the directory, readable by its owner only, and keep other runs out of it meanwhile."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Refused("another run writes here", where=str(directory), right="wait for it") from None
    try:
        yield
    finally:
        os.close(handle)


def begin_or_resume(directory: Path, inputs: Sequence[Input], snapshot: str, velocity: str | None = None) -> Manifest:
    """The manifest of an earlier run with these inputs, its leftovers taken away, or a new one.

    Refused: other inputs, standard input once more, other files in the directory, a part gone or of another size, a
    newer format, velocity carried on now but not then or then but not now.
    """
    identity = identified(inputs)
    if not (directory / MANIFEST).exists():
        strange = sorted(path.name for path in directory.iterdir() if not path.name.startswith(_OURS))
        if strange:
            right = "name a new directory for the verdicts"
            raise Refused(f"holds other files, such as {strange[0]}", where=str(directory), right=right)
        manifest = Manifest(identity, snapshot, velocity=velocity)
        commit(directory, manifest)
    else:
        manifest = read_manifest(directory)
        _refuse_other_inputs(directory, manifest, identity)
        _refuse_damage(directory, manifest)
        if (manifest.velocity is None) != (velocity is None):
            wrong, right = ("with", "the same file") if velocity is None else ("without", "none")
            right = f"give {right}, or another directory"
            raise Refused(f"holds verdicts of a run {wrong} --velocity", where=str(directory), right=right)
    _take_away_leftovers(directory, manifest)
    return manifest


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a directory of verdicts. Refused: none, or of another format."""
    path = directory / MANIFEST
    try:
        written = json.loads(path.read_bytes())
        if written.pop("format") != FORMAT:
            raise Refused("is of another version of Wurao", where=str(path), right="name a new directory")
        parts = [Part(**{**part, "after": Position(**part["after"])}) for part in written.pop("parts")]
        saved, tally = written.pop("saved"), written.pop("tally")
        return Manifest(**written, parts=parts, saved=Saved(**saved) if saved else None, tally=Tally(**tally))
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("is damaged", where=str(path), right="remove the directory and screen anew") from error


def commit(directory: Path, manifest: Manifest) -> None:
    """Let the directory be what the manifest says: written aside, brought to the disk, renamed."""
    path = directory / MANIFEST
    aside = path.with_name(MANIFEST + PARTIAL)
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(manifest)}, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_directory(directory)


def _refuse_other_inputs(directory: Path, manifest: Manifest, identity: list[dict[str, Any]]) -> None:
    if any(one.keys() == {"path"} for one in identity):
        right = "name a new directory"
        raise Refused("holds verdicts already, and standard input cannot be resumed", where=str(directory), right=right)
    if manifest.inputs == identity:
        return
    before = {one["path"] for one in manifest.inputs}
    new = [one["path"] for one in identity if one["path"] not in before]
    changed = [one["path"] for one in identity if one["path"] in before and one not in manifest.inputs]
    what = f"{new[0]} is new" if new else f"{changed[0]} has changed" if changed else "their number or order differs"
    right = "give the same inputs, or another directory"
    raise Refused(f"holds the verdicts of other inputs: {what}", where=str(directory), right=right)


def _refuse_damage(directory: Path, manifest: Manifest) -> None:
    expected = [(part.name, part.bytes) for part in manifest.parts]
    expected += [(REJECTS, manifest.rejects_bytes)] if manifest.rejects_bytes else []
    for name, size in expected:
        path = directory / name
        found = path.stat().st_size if path.exists() else -1
        if found < size or (found > size and name != REJECTS):
            wrong = "is gone" if found < 0 else f"has {found:,} bytes, not {size:,}"
            raise Refused(wrong, where=str(path), right="remove the directory and screen anew")


def _take_away_leftovers(directory: Path, manifest: Manifest) -> None:
    named = {part.name for part in manifest.parts} | ({manifest.saved.name} if manifest.saved else set())
    for path in directory.iterdir():
        if path.name.startswith(("part-", "velocity-")) and path.name not in named:
            path.unlink()
    rejects = directory / REJECTS
    if rejects.exists():
        os.truncate(rejects, manifest.rejects_bytes)
