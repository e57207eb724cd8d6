"""Backups of the registry, taken while it runs, and their way back.

A backup is a tar file: `manifest.json` (format, when, SHA-256 of each part), the database as one moment had it, the
keys, the operator's settings. Snapshots and the change log are not in it: they are made again, and the log then begins
past the last change that the database had taken in (`registry_takenin`), so no number is given twice. Called by
`wurao backup` and `wurao restore`. PostgreSQL is copied by its own `pg_dump` and `pg_restore`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from wurao.control.database import SQLITE_FILE, Database, database
from wurao.control.secrets import FILE as KEY_FILE
from wurao.control.serving.supervisor import take_lock
from wurao.errors import MachineFailed, Refused

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "registry.dump"
SETTINGS = "settings.toml"
STORE = "store"
_PIECE = 1 << 20


def back_up(file: Path, directory: Path) -> dict[str, int]:
    """Write a backup; the size of each part."""
    if file.exists():
        raise Refused("is there already", where=str(file), right="name a new file")
    chosen = database()
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".wurao-backup-") as aside:
        parts = {KEY_FILE: directory / KEY_FILE, SETTINGS: directory / SETTINGS, **_copied(chosen, Path(aside))}
        parts = {name: path for name, path in parts.items() if path.exists()}
        hashes = {name: _hash_of(path) for name, path in parts.items()}
        manifest = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(), "sha256": hashes}
        whole = Path(aside) / "whole.tar"
        with tarfile.open(whole, "w") as tar:
            _add_text(tar, MANIFEST, json.dumps(manifest))
            for name, path in parts.items():
                tar.add(path, name)
        whole.chmod(0o600)
        _sync(whole)
        os.link(whole, file)
        return {name: path.stat().st_size for name, path in parts.items()}


def restore(file: Path, directory: Path, *, replace: bool = False) -> list[str]:
    """Bring a backup back; the names of its parts. Refused for a damaged one, and over a registry unless `replace`."""
    lock = take_lock(directory)
    try:
        with tempfile.TemporaryDirectory(dir=directory, prefix=".restore-") as aside:
            names = _unpacked(file, Path(aside))
            chosen = database()
            if chosen.is_sqlite == (DUMP in names):
                kind = "PostgreSQL" if DUMP in names else "SQLite"
                raise Refused(f"is of {kind}", where=str(file), right="set DATABASE_URL to a database of that kind")
            _put_aside(directory, chosen, replace)
            for name in names:
                if name != DUMP:
                    target = chosen.file if name == SQLITE_FILE and chosen.file else directory / name
                    shutil.move(Path(aside) / name, target)
                    target.chmod(0o600)
            if DUMP in names:
                _run("pg_restore", "--clean", "--if-exists", "--no-owner", "-d", chosen.url, str(Path(aside) / DUMP))
            return names
    finally:
        os.close(lock)


def _copied(chosen: Database, aside: Path) -> dict[str, Path]:
    """The database as one moment has it, while others go on writing."""
    if chosen.file is None:
        _run("pg_dump", "--format=custom", "--no-owner", "-f", str(aside / DUMP), chosen.url)
        return {DUMP: aside / DUMP}
    if not chosen.file.exists():
        raise Refused("there is no registry here", where=str(chosen.file), right="start one: wurao serve")
    source, target = sqlite3.connect(f"file:{chosen.file}?mode=ro", uri=True), sqlite3.connect(aside / SQLITE_FILE)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    return {SQLITE_FILE: aside / SQLITE_FILE}


def _unpacked(file: Path, aside: Path) -> list[str]:
    """The parts of a backup, each held against its hash; Refused where one is not what it was."""
    wrong = "is no whole backup"
    try:
        with tarfile.open(file) as tar:
            read = tar.extractfile(MANIFEST)
            manifest = json.load(read) if read else {}
            if manifest.get("format") != FORMAT:
                right = f"restore it with the Wurao that made it; this one reads format {FORMAT}"
                raise Refused(f"has format {manifest.get('format')}", where=str(file), right=right)
            known = {KEY_FILE, SETTINGS, SQLITE_FILE, DUMP}
            names = sorted(known & manifest["sha256"].keys())
            for name in names:
                member = tar.extractfile(name)
                if member is None:
                    raise Refused(f"{wrong}: {name} is no file", where=str(file), right="take another backup")
                with (aside / name).open("wb") as out:
                    shutil.copyfileobj(member, out, _PIECE)
                if _hash_of(aside / name) != manifest["sha256"][name]:
                    raise Refused(f"{wrong}: {name} is damaged", where=str(file), right="take another backup")
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise Refused(f"{wrong}: {error}", where=str(file), right="take another backup") from error
    return names


def _put_aside(directory: Path, chosen: Database, replace: bool) -> None:
    """Move what is there out of the way, under a name with the time."""
    there = [each for each in (chosen.file, directory / STORE) if each is not None and each.exists()]
    if there and not replace:
        raise Refused("holds a registry already", where=str(directory), right="name another --data, or --replace it")
    stamp = datetime.now(UTC).strftime("before-%Y%m%dT%H%M%SZ")
    for each in there:
        os.rename(each, each.with_name(f"{each.name}.{stamp}"))
    if chosen.file is not None:
        for tail in ("-wal", "-shm"):
            beside = chosen.file.with_name(chosen.file.name + tail)
            if beside.exists():
                os.rename(beside, chosen.file.with_name(f"{chosen.file.name}.{stamp}{tail}"))


def _run(*command: str) -> None:
    """Run a program of PostgreSQL's."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        right = "install PostgreSQL's client programs (Debian: postgresql-client)"
        raise MachineFailed(f"there is no {command[0]}", right=right) from error
    if done.returncode:
        said = " ".join(done.stderr.split())[:300]
        raise MachineFailed(f"{command[0]} failed: {said}", right="see that it is of the server's version or newer")


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    entry.mode = 0o600
    tar.addfile(entry, io.BytesIO(text.encode()))


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
