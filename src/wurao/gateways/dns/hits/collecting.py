"""Hits of logs, as verdicts in a directory: each counted once, however often its log is read, rotated or renamed.

`collect` reads each log on from where it was read to, known by its first line and by what lies before that place, and
writes a part of verdicts (reason BLOCKED_DOMAIN) with the new ones. Part and memory come into force together:
`hits.json` names the parts that count, and is replaced by a rename. Domains and hours are counted apart only up to a
bound, so that memory has one. Called by `wurao domains hits`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from wurao.errors import BadRow, Refused
from wurao.gateways.dns.hits.hit import MICROSECONDS, Hit
from wurao.gateways.dns.hits.reading import Log
from wurao.screening.output import VerdictFile, sync_directory
from wurao.verdicts import VERDICT_SCHEMA, Action, Reason

LEDGER = "hits.json"
TOGETHER = 50_000
MOST_COUNTED = 1_000_000
"""Domains and hours that are counted apart."""
HOUR = 3600 * MICROSECONDS
Key = tuple[int, str]
"""The hour (microseconds of its begin) and the name."""


@dataclass(slots=True)
class Collected:
    """What a run found."""

    hits: int = 0
    logs: int = 0
    bad: list[BadRow] = field(default_factory=list)
    counts: Counter[Key] = field(default_factory=Counter)
    uncounted: int = 0
    """Hits beyond `MOST_COUNTED` domains and hours: in the verdicts, not in `counts`."""
    unread: list[Refused] = field(default_factory=list)
    """Logs that cannot be read, and why; nothing of them counts until they can."""


def collect(
    logs: Sequence[Path],
    out: Path,
    is_blocked: Callable[[str], bool] | None = None,
    warning_page: str | None = None,
) -> Collected:
    """Read logs on, and write what is new as a part of `out`.

    A log that cannot be read is named in `unread`, and the others count. Raises Refused where another run has `out`.
    """
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(out):
        ledger, found = _read_ledger(out), Collected(logs=len(logs))
        part = out / f"part-{len(ledger['parts']):05}.parquet"
        file = VerdictFile(part)
        try:
            for path in logs:
                log = Log(path, is_blocked, warning_page)
                try:
                    log.check()
                except Refused as error:
                    found.unread.append(error)
                    continue
                _read_on(log, ledger["read"], file, part.name, found)
        except BaseException:
            file.abandon()
            raise
        _come_into_force(out, ledger, file, part, found.hits)
    return found


def _read_on(log: Log, read: list[dict[str, Any]], file: VerdictFile, part: str, found: Collected) -> None:
    """Read one log from where it was read to, and remember where that is now."""
    known = _known(log, read)
    log.line = int(known.get("line", 0))
    for together in _batches(_counted(log.hits(known["place"]), found)):
        file.write(_verdicts(together, part, found.hits))
        found.hits += len(together)
    begin = log.begin()
    if log.place and begin:
        if not known["place"]:
            read.append(known)
        known |= {"begin": begin, "first": log.first(begin), "place": log.place, "before": log.before(log.place)}
        known["line"] = log.line
    found.bad += log.bad


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Two runs at once would both count what is new."""
    lock = os.open(out / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Refused("another run has this directory", where=str(out), right="run it again when that ends") from error
    finally:
        os.close(lock)


def _come_into_force(out: Path, ledger: dict[str, Any], file: VerdictFile, part: Path, hits: int) -> None:
    """A part that the ledger does not name yet is written over by the next run, so nothing counts twice."""
    if hits:
        file.keep()
        ledger["parts"].append(part.name)
    else:
        file.abandon()
    beside = out / f"{LEDGER}.partial"
    with beside.open("w") as written:
        json.dump(ledger, written)
        written.flush()
        os.fsync(written.fileno())
    os.replace(beside, out / LEDGER)
    sync_directory(out)


def _read_ledger(out: Path) -> dict[str, Any]:
    file = out / LEDGER
    if not file.exists():
        return {"parts": [], "read": []}
    try:
        ledger = json.loads(file.read_text())
        parts = list(ledger["parts"])
        read = [{**each, "place": int(each["place"]), "begin": int(each["begin"])} for each in ledger["read"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        right = "put it back from a copy, or begin with another directory"
        raise Refused(f"cannot be read: {error}", where=str(file), right=right) from error
    for stray in set(out.glob("part-*.parquet")) - {out / name for name in parts}:
        stray.unlink()
    return {"parts": parts, "read": read}


def _known(log: Log, read: list[dict[str, Any]]) -> dict[str, Any]:
    """What is remembered of a log; of one that nothing is remembered of, that it was read to its begin."""
    for each in read:
        if log.first(each["begin"]) == each["first"] and log.before(each["place"]) == each["before"]:
            return each
    return {"place": 0}


def _counted(hits: Iterator[Hit], found: Collected) -> Iterator[Hit]:
    for hit in hits:
        key = (hit.at // HOUR * HOUR, hit.name)
        if key in found.counts or len(found.counts) < MOST_COUNTED:
            found.counts[key] += 1
        else:
            found.uncounted += 1
        yield hit


def _batches(hits: Iterable[Hit]) -> Iterator[list[Hit]]:
    each = iter(hits)
    while together := list(islice(each, TOGETHER)):
        yield together


def _verdicts(hits: list[Hit], part: str, before: int) -> pa.RecordBatch:
    rows = len(hits)
    digest = hashlib.sha256(part.encode()).hexdigest()[:12]
    columns: dict[str, Any] = {
        "event_id": pa.array([f"{digest}-{hits[n].at:x}-{before + n}" for n in range(rows)]),
        "at": pa.array(np.array([hit.at for hit in hits], np.int64)).cast(pa.timestamp("us", "UTC")),
        "name": pa.array([hit.name for hit in hits]),
        "overseas_mark": pa.array(np.zeros(rows, bool)),
        "snapshot": pa.array([""] * rows),
    }
    words = {"channel": "name", "action": Action.BLOCK.name.lower(), "reason": Reason.BLOCKED_DOMAIN.name}
    for name, word in words.items():
        columns[name] = pa.array([word] * rows)
    arrays = [
        columns[wanted.name].cast(wanted.type) if wanted.name in columns else pa.nulls(rows, wanted.type)
        for wanted in VERDICT_SCHEMA
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=VERDICT_SCHEMA)
