"""Newer guard data, loaded over the shipped: validated, checksummed, and put in place whole or not at all.

`load_guard` takes a directory with some of the parts (`guard_files.PARTS`, `public_suffix_list.dat`), checks every
line, refuses what would lose much of what is guarded now, and writes it beside the place where the guard is read,
which is then changed by one rename. Parts loaded before and not given again stay. `write_manifest` says of a
directory's files what they are; `make guard` calls it for the shipped ones. Called by `wurao domains guard load`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from wurao.domains.guard import Guard
from wurao.domains.guard_files import (
    LARGEST,
    MANIFEST,
    PARTS,
    GuardData,
    PartAbout,
    loaded_directory,
    manifest_text,
    read_guard_data,
    read_manifest,
    rows_of,
)
from wurao.domains.suffixes import LIST, read_suffixes
from wurao.errors import MachineFailed, Refused

FILES = (*(part.file for part in PARTS), LIST)
LEAST_SHARE = 0.5
"""A part that has less than so much of what is guarded now is refused, unless it is said to be meant."""
BETWEEN_SOURCES = " / "
_NAMED_SOURCE = re.compile(r"^# {2,}(\S+) +")
_DATE = re.compile(rb"^#.*\bdate: (\d{4}-\d\d-\d\d)", re.MULTILINE)
_LIST_DATE = re.compile(rb"^// VERSION: (\d{4}-\d\d-\d\d)", re.MULTILINE)


def load_guard(given: Path, source: str, *, smaller: bool = False, place: Path | None = None) -> GuardData:
    """Load the parts that lie in a directory; the guard's data as they are from now on.

    `source` says where they are from. Refused where a part is damaged or, unless `smaller`, much shorter than what it
    stands for; the guard is then as it was. MachineFailed for the disk.
    """
    place = place or loaded_directory()
    if not given.is_dir():
        raise Refused("is no directory", where=str(given), right="give the directory that holds the parts")
    found = [name for name in FILES if (given / name).is_file()]
    if not found:
        right = f"put some of these there: {', '.join(FILES)}"
        raise Refused("holds no part of the guard's data", where=str(given), right=right)
    abouts = {name: about_of(given / name, source) for name in found}
    if not smaller:
        _refuse_smaller(abouts, place, given)
    aside = place.with_name(f"{place.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}")
    try:
        _write_aside(aside, given, abouts, place)
        Guard.read(aside)
        _point(place, aside)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        right = "the guard stays as it was; make room and load again"
        raise MachineFailed(f"cannot be written: {error.strerror or error}", where=str(aside), right=right) from error
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return read_guard_data(place)


def unload_guard(place: Path | None = None) -> None:
    """Go back to what the package ships."""
    place = place or loaded_directory()
    before = place.resolve()
    place.unlink(missing_ok=True)
    if before != place and before.parent == place.parent.resolve() and before.name.startswith(f"{place.name}-"):
        shutil.rmtree(before, ignore_errors=True)


def write_manifest(directory: Path) -> None:
    """Write `guard.json` for the parts of a directory, each with the date and the sources in its own first lines."""
    found = [name for name in FILES if (directory / name).is_file()]
    abouts = {name: about_of(directory / name, source_of(directory / name)) for name in found}
    (directory / MANIFEST).write_text(manifest_text(abouts), "utf-8")


def about_of(path: Path, source: str) -> PartAbout:
    """A part checked line by line, and what is to be said of it; its date is its own, else that of its file."""
    if path.stat().st_size > LARGEST:
        raise Refused(f"has more than {LARGEST:,} octets", where=str(path), right="load a shorter one")
    octets = path.read_bytes()
    if path.name == LIST:
        try:
            names = len(read_suffixes(octets.decode("utf-8"), str(path)).names)
        except UnicodeDecodeError as error:
            raise Refused("is not UTF-8", where=str(path), right="load a whole list") from error
    else:
        part = next(each for each in PARTS if each.file == path.name)
        names = len(rows_of(part, octets, path)[0].unique())
    dated = (_LIST_DATE if path.name == LIST else _DATE).search(octets)
    date = dated[1].decode() if dated else f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%d}"
    return PartAbout(date, source, names, hashlib.sha256(octets).hexdigest())


def source_of(path: Path) -> str:
    """The sources that a shipped part names above its rows, by their short names, parted by `BETWEEN_SOURCES`.

    Where it names none so, its last comment is one.
    """
    head = list(takewhile(lambda line: line.startswith("#"), path.read_text("utf-8").splitlines()))
    named = [_NAMED_SOURCE.sub(r"\1: ", line) for line in head if _NAMED_SOURCE.match(line)]
    return BETWEEN_SOURCES.join(named or [head[-1].removeprefix("# ").partition(" date: ")[0].strip()])


def _refuse_smaller(abouts: dict[str, PartAbout], place: Path, given: Path) -> None:
    try:
        now = {each.file: each.about.names for each in read_guard_data(place).parts}
    except Refused:
        # What is loaded is damaged: that is what is being mended.
        now = {each.file: each.about.names for each in read_guard_data(place.with_name("nothing-is-loaded")).parts}
    for name, about in abouts.items():
        if about.names < LEAST_SHARE * now[name]:
            right = "load a whole one, or say that it is meant with --smaller"
            raise Refused(
                f"has {about.names:,} names where {now[name]:,} are guarded", where=str(given / name), right=right
            )


def _write_aside(aside: Path, given: Path, abouts: dict[str, PartAbout], place: Path) -> None:
    """All that is to be loaded, in a directory of its own, fsynced: what is given, and what was loaded before."""
    aside.mkdir(mode=0o700, parents=True)
    kept: dict[str, PartAbout] = {}
    if place.exists():
        try:
            kept = {name: about for name, about in read_manifest(place).items() if name not in abouts}
        except Refused:
            kept = {}
    for name in kept:
        _copy(place / name, aside / name)
    for name in abouts:
        _copy(given / name, aside / name)
    _write(aside / MANIFEST, manifest_text({**kept, **abouts}).encode())
    _sync(aside)


def _copy(source: Path, target: Path) -> None:
    _write(target, source.read_bytes())


def _write(path: Path, octets: bytes) -> None:
    with path.open("xb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _point(place: Path, aside: Path) -> None:
    """Have the guard read what was written aside, from one moment to the next; what was there before goes."""
    before = place.resolve() if place.is_symlink() else None
    beside = place.with_name(f"{place.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(aside.name)
    os.replace(beside, place)
    _sync(place.parent)
    if before is not None and before.name.startswith(f"{place.name}-"):
        shutil.rmtree(before, ignore_errors=True)
