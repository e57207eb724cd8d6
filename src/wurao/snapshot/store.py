"""The snapshot store on disk: written whole or not at all, opened mapped, the last good one always at hand.

`write` takes the compiled arrays and makes `STORE/snapshots/<id>/`: into `<id>.partial` first, every file and the
directory fsynced, all hashes verified once, renamed, and only then `STORE/current` pointed at it. `open_current` maps
what `current` names, or what came before it where that is damaged. Nothing is ever changed in place or cut: what goes
is unlinked, and whoever has it mapped keeps it. Called by `build`, by every worker, and by `wurao snapshot`.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.errors import MachineFailed, Refused, refuse_shortage
from wurao.log import logger
from wurao.snapshot.manifest import MANIFEST, ArrayFile, Manifest, index_crc32c, read_manifest

KEPT = 3
"""So many snapshots stay on disk."""
PIECE = 8 << 20
WRITERS = 2
"""So many arrays are hashed and written at once, beside whoever makes the next one; one more may wait."""
HUGE_PAGE = 2 << 20
_ID = re.compile(r"\d{8}T\d{12}Z")
_ID_FORM = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_log = logger("snapshot")

Arrays = Mapping[str, npt.NDArray[Any]] | Iterable[tuple[str, npt.NDArray[Any]]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A snapshot in use: its arrays mapped read-only, and the ids of damaged ones passed over on the way to it."""

    id: str
    manifest: Manifest
    arrays: dict[str, npt.NDArray[Any]]
    damaged: tuple[str, ...] = ()

    @property
    def seq(self) -> int:
        """The last change compiled in."""
        return self.manifest.seq


def write(
    store: Path,
    arrays: Arrays,
    *,
    seq: int = 0,
    counts: Mapping[str, int] | None = None,
    about: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> str:
    """Write a snapshot and make it the current one; its id. Three snapshots are kept, this one among them.

    `arrays` may be an iterator, so that not all need be in memory at once. Raises Refused while another build is at
    work, MachineFailed when the disk cannot take it; the store is then as it was.
    """
    with build_lock(store):
        _clear_partial(store)
        name = _next_id(store, now or datetime.now(UTC))
        partial = _snapshots(store) / f"{name}.partial"
        try:
            partial.mkdir(mode=0o700)
            files = _write_arrays(partial, arrays)
            created = (now or datetime.now(UTC)).isoformat()
            manifest = Manifest(name, created, seq, dict(counts or {}), files, dict(about or {}))
            _write_file(partial / MANIFEST, [manifest.as_json().encode()])
            _sync(partial)
            _refuse_unsound(partial, manifest)
            os.rename(partial, _snapshots(store) / name)
            _sync(_snapshots(store))
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            right = "the snapshot before still serves; make room and build again"
            raise MachineFailed(
                f"cannot be written: {error.strerror or error}", where=str(partial), right=right
            ) from error
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        point_current(store, name)
        _keep_newest(store)
    return name


def open_current(store: Path, before: str | None = None) -> Opened:
    """Map the current snapshot, or the newest sound one before it where it is damaged, with an alarm.

    With `before`, the newest sound one older than that id: what a worker falls back to that found its own damaged.
    Raises Refused for an empty store, for another format, and when no snapshot is sound.
    """
    damaged: list[str] = []
    name = current_id(store) if before is None else _previous(store, before)
    if name is None and before is None:
        raise Refused("there is no snapshot here", where=str(store), right=f"make one: {_how_to_build(store)}")
    while name is not None:
        try:
            manifest, arrays = _open(_snapshots(store) / name)
            return Opened(name, manifest, arrays, tuple(damaged))
        except (OSError, ValueError) as error:
            refuse_shortage(error, str(store))
            newer = current_id(store)
            if before is None and newer is not None and newer > name and newer not in damaged:
                name = newer
                continue
            _log.error("snapshot damaged", alarm=True, store=store, snapshot=name, wrong=error)
            damaged.append(name)
            name = _previous(store, name)
    raise Refused("no snapshot here is sound", where=str(store), right=f"build one anew: {_how_to_build(store)}")


def open_named(store: Path, name: str) -> Opened:
    """Map one snapshot by its id; Refused where there is none of that id, or it is damaged."""
    if name not in snapshot_ids(store):
        known = ", ".join(snapshot_ids(store)) or "none"
        raise Refused(f"there is no snapshot {name}", where=str(store), right=f"there are: {known}")
    try:
        manifest, arrays = _open(_snapshots(store) / name)
    except (OSError, ValueError) as error:
        refuse_shortage(error, str(store))
        raise Refused(f"the snapshot {name} is damaged: {error}", where=str(store), right="open another") from error
    return Opened(name, manifest, arrays)


def verify(store: Path, name: str | None = None) -> dict[str, bool]:
    """Whether each file of a snapshot (the current one) has the size and the SHA-256 that its manifest says.

    The manifest itself stands under `manifest.json`. Raises Refused where there is no such snapshot, or of another
    format.
    """
    chosen = name if name is not None else current_id(store)
    if chosen is None or chosen not in snapshot_ids(store):
        known = ", ".join(snapshot_ids(store)) or "none"
        raise Refused(f"there is no snapshot {chosen or ''}".rstrip(), where=str(store), right=f"there are: {known}")
    directory = _snapshots(store) / chosen
    try:
        manifest = read_manifest(directory)
    except (OSError, ValueError) as error:
        refuse_shortage(error, str(store))
        return {MANIFEST: False}
    return {MANIFEST: manifest.id == chosen, **_verified(directory, manifest)}


def snapshot_ids(store: Path) -> list[str]:
    """The ids of the snapshots on disk, the oldest first."""
    try:
        return sorted(name for name in os.listdir(_snapshots(store)) if _ID.fullmatch(name))
    except FileNotFoundError:
        return []


def current_id(store: Path) -> str | None:
    """The id that `current` names; the newest on disk where a power failure left none; null in an empty store."""
    try:
        name = os.path.basename(os.readlink(store / "current"))
    except OSError:
        name = ""
    if _ID.fullmatch(name):
        return name
    return next(reversed(snapshot_ids(store)), None)


def point_current(store: Path, name: str) -> None:
    """Point `current` at a snapshot, by rename: there is never a moment without one."""
    beside = store / "current.new"
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path("snapshots") / name)
    os.replace(beside, store / "current")
    _sync(store)


@contextmanager
def build_lock(store: Path) -> Iterator[None]:
    """Hold the store for one builder; Refused while another has it. The lock falls with the process that holds it."""
    _snapshots(store).mkdir(mode=0o700, parents=True, exist_ok=True)
    with (store / "build.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused("another build is at work", where=str(store), right="wait for it to end") from error
        yield


def _snapshots(store: Path) -> Path:
    return store / "snapshots"


def _how_to_build(store: Path) -> str:
    return f"wurao snapshot build TABLES -o {store}"


def _previous(store: Path, name: str) -> str | None:
    return next((each for each in reversed(snapshot_ids(store)) if each < name), None)


def _next_id(store: Path, now: datetime) -> str:
    """An id of this moment, or just past the newest one where the clock has gone back."""
    newest = next(reversed(snapshot_ids(store)), None)
    moment = now.astimezone(UTC)
    if newest is not None:
        moment = max(moment, datetime.strptime(newest, _ID_FORM).replace(tzinfo=UTC) + timedelta(microseconds=1))
    return moment.strftime(_ID_FORM)


def _pairs(arrays: Arrays) -> Iterable[tuple[str, npt.NDArray[Any]]]:
    return arrays.items() if isinstance(arrays, Mapping) else arrays


def _write_arrays(directory: Path, arrays: Arrays) -> dict[str, ArrayFile]:
    """Write every array, each beside the making of those after it."""
    written: dict[str, Future[ArrayFile]] = {}
    unfinished: set[Future[ArrayFile]] = set()
    with ThreadPoolExecutor(WRITERS) as writers:
        for name, array in _pairs(arrays):
            written[name] = writers.submit(_write_array, directory, name, array)
            unfinished.add(written[name])
            done, unfinished = wait(unfinished, None if len(unfinished) > WRITERS else 0, return_when=FIRST_COMPLETED)
            for each in done:
                each.result()
        return {name: each.result() for name, each in written.items()}


def _write_array(directory: Path, name: str, array: npt.NDArray[Any]) -> ArrayFile:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an array")
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    octets = little.reshape(-1).view(np.uint8)
    pieces = (octets[start : start + PIECE].data for start in range(0, len(octets), PIECE))
    sha256 = _write_file(directory / f"{name}.bin", pieces)
    return ArrayFile(little.dtype.str, array.shape, len(octets), sha256, index_crc32c(octets))


def _write_file(path: Path, pieces: Iterable[bytes | memoryview]) -> str:
    """Write a new file, fsynced; its SHA-256."""
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb", buffering=0) as file:
        for piece in pieces:
            view = memoryview(piece)
            digest.update(view)
            while len(view):
                view = view[file.write(view) :]
        os.fsync(file.fileno())
    return digest.hexdigest()


def _sync(directory: Path) -> None:
    """Make names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_unsound(directory: Path, manifest: Manifest) -> None:
    wrong = [name for name, sound in _verified(directory, manifest).items() if not sound]
    if wrong:
        raise MachineFailed(f"{', '.join(wrong)} read back otherwise than written", where=str(directory))


def _verified(directory: Path, manifest: Manifest) -> dict[str, bool]:
    paths = [directory / f"{name}.bin" for name in manifest.files]
    with ThreadPoolExecutor(WRITERS) as readers:
        sound = readers.map(_is_sound, paths, manifest.files.values())
        return {path.name: each for path, each in zip(paths, sound, strict=True)}


def _is_sound(path: Path, expected: ArrayFile) -> bool:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != expected.size:
                return False
            return hashlib.file_digest(file, "sha256").hexdigest() == expected.sha256
    except OSError as error:
        refuse_shortage(error, str(path))
        return False


def _open(directory: Path) -> tuple[Manifest, dict[str, npt.NDArray[Any]]]:
    manifest = read_manifest(directory)
    if manifest.id != directory.name:
        raise ValueError(f"{MANIFEST} is of {manifest.id}")
    return manifest, {name: _map(directory / f"{name}.bin", each) for name, each in manifest.files.items()}


def _map(path: Path, expected: ArrayFile) -> npt.NDArray[Any]:
    """One array mapped read-only; ValueError where size or index pages are not as written."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size != expected.size:
            raise ValueError(f"{path.name} has {size:,} bytes, not {expected.size:,}")
        mapped = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
    if isinstance(mapped, mmap.mmap):
        _ask_for_huge_pages(mapped)
    octets = np.frombuffer(mapped, np.uint8)
    if index_crc32c(octets) != expected.index_crc32c:
        raise ValueError(f"{path.name} is damaged")
    return octets.view(np.dtype(expected.dtype)).reshape(expected.shape)


def _ask_for_huge_pages(mapped: mmap.mmap) -> None:
    """Have a large file mapped in pages of 2 MiB where the kernel can.

    A look-up at random then seldom waits for the page table: 16 ns instead of 24 when the cache is cold.
    """
    if hasattr(mmap, "MADV_HUGEPAGE") and len(mapped) >= HUGE_PAGE:
        # EINVAL from a kernel built without them: the pages stay small, and all else as it is.
        with suppress(OSError):
            mapped.madvise(mmap.MADV_HUGEPAGE)


def _clear_partial(store: Path) -> None:
    """Take away what a killed build left; only who holds the build's lock may."""
    for left in _snapshots(store).glob("*.partial"):
        shutil.rmtree(left)


def _keep_newest(store: Path) -> None:
    """Let the oldest go, but for `KEPT`: renamed first, so that nobody ever opens half of one."""
    for name in snapshot_ids(store)[:-KEPT]:
        gone = _snapshots(store) / f"{name}.partial"
        os.rename(_snapshots(store) / name, gone)
        shutil.rmtree(gone)
