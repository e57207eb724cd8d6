"""Files of events, one after another, as checked batches.

In go paths, globs (sorted), directories, or `-` for standard input; out come `Batch`es of `READ_SCHEMA` in the order
of the rows, each with the rows rejected on the way and the position behind it, from which `read_events` goes on
another time. A file that cannot be read is told of and the others go on. `wurao screen` and `wurao replay` call it.
"""

from __future__ import annotations

import glob
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from wurao.errors import BadRow, Refused
from wurao.events.checked import checked
from wurao.events.csv_file import read_csv
from wurao.events.jsonl_file import read_jsonl
from wurao.events.parquet_file import read_parquet
from wurao.events.raw import Findings, Position, Raw

STANDARD_INPUT = "-"
BATCH_ROWS = 1 << 16
FORMATS = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
_FORMAT_RIGHT = "events are .csv, .parquet or .jsonl files"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to be read: where it is, how it is named in messages, and in the `event_id`s made for its rows."""

    path: Path | None
    """None: standard input."""
    name: str
    label: str
    format: str
    """csv, parquet, jsonl; of standard input "" (its first byte tells)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Checked events in the order of the input, the rows rejected among them, and the place behind the last."""

    events: pa.RecordBatch
    rejected: list[BadRow]
    after: Position
    rows: int
    """Rows of the input that the batch covers, rejected ones counted."""


def find_inputs(arguments: Sequence[str]) -> list[Input]:
    """The files that paths, globs, directories or `-` name, in order; globs and directories are sorted.

    A row without an `event_id` gets the file's name and the row's place in it, `day.csv:17`; files of one name in
    different directories are told apart by as many directories as it takes, so the ids do not depend on where the
    command is called from. A file that is named twice is read once. Refused: nothing there, a name whose ending
    says no format, `-` beside files.
    """
    if STANDARD_INPUT in arguments:
        if len(arguments) > 1:
            raise Refused("standard input cannot be read beside files", right="give either - or files")
        return [Input(None, "standard input", "stdin", "")]
    paths = list({path.resolve(): path for argument in arguments for path in _paths(argument)}.values())
    labels = _labels(paths)
    return [Input(path, str(path), labels[path.resolve()], _format(path)) for path in paths]


def read_events(
    inputs: Sequence[Input],
    findings: Findings,
    *,
    batch_rows: int = BATCH_ROWS,
    start: Position | None = None,
    stop: Position | None = None,
) -> Iterator[Batch]:
    """The events of the inputs from `start` up to `stop`, in batches of at most `batch_rows`."""
    start = start or Position()
    for number, one in enumerate(inputs):
        if number < start.file or (stop is not None and number > stop.file):
            continue
        place = start if number == start.file else Position(number)
        end = stop if stop is not None and number == stop.file else None
        if end is None or place.row < end.row:
            yield from _read_file(one, place, end, findings, batch_rows)


def expected_rows(inputs: Sequence[Input]) -> int | None:
    """About how many rows the inputs have, to show how far the work is: Parquet says it, text is reckoned from its
    first bytes; None for standard input.
    """
    total = 0
    for one in inputs:
        if one.path is None:
            return None
        try:
            if one.format == "parquet":
                total += parquet.read_metadata(one.path).num_rows
            else:
                with one.path.open("rb") as file:
                    head = file.read(1 << 16)
                total += head.count(b"\n") * one.path.stat().st_size // max(len(head), 1)
        except (OSError, pa.ArrowException):
            continue
    return total


def _read_file(one: Input, place: Position, stop: Position | None, findings: Findings, rows: int) -> Iterator[Batch]:
    done = place.row
    try:
        for raw in _read_raw(one, place, findings, rows):
            part = raw if stop is None or raw.after.row <= stop.row else _cut(raw, stop)
            events, rejected = checked(part, one.name, one.label, findings)
            yield Batch(events, rejected, part.after, part.after.row - done)
            done = part.after.row
            if stop is not None and done == stop.row:
                return
    except Refused as error:
        findings.refuse(error)
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        findings.refuse(
            Refused(f"cannot be opened: {error.strerror}", where=one.name, right="give a file you may read")
        )


def _read_raw(one: Input, place: Position, findings: Findings, rows: int) -> Iterator[Raw]:
    if one.path is None:
        with open(0, "rb", closefd=False) as file:
            yield from _read_text(file, _sniffed(file), one.name, place, findings, rows)
    elif one.format == "parquet":
        yield from read_parquet(one.path, one.name, place, findings, rows)
    else:
        with one.path.open("rb") as file:
            yield from _read_text(file, one.format, one.name, place, findings, rows)


def _read_text(file: BinaryIO, kind: str, name: str, place: Position, findings: Findings, rows: int) -> Iterator[Raw]:
    reader = read_csv if kind == "csv" else read_jsonl
    yield from reader(file, name, place, findings, rows)


def _sniffed(file: BinaryIO) -> str:
    """The format of what stands on standard input, by its first bytes."""
    first = file.peek(4)[:4] if isinstance(file, io.BufferedReader) else b""
    if first == b"PAR1":
        raise Refused("is Parquet, which is read from its end", where="standard input", right="give the file's name")
    return "jsonl" if first.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else "csv"


def _cut(raw: Raw, stop: Position) -> Raw:
    """The rows up to a position inside the piece."""
    kept = int(np.searchsorted(raw.rows, stop.row, side="right"))
    columns = {name: column.slice(0, kept) for name, column in raw.columns.items()}
    return Raw(columns, raw.rows[:kept], raw.lines[:kept], stop, [], raw.verdicts)


def _paths(argument: str) -> list[Path]:
    """The files of one argument: a file, a directory's event files, or a glob's; sorted."""
    path = Path(argument)
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in FORMATS and not _is_ours(p))
        right = _FORMAT_RIGHT
    elif path.exists():
        return [path]
    else:
        found = sorted(p for p in map(Path, glob.glob(argument, recursive=True)) if p.is_file())
        right = "give files, directories, globs in quotes, or - for standard input"
    if not found:
        raise Refused("no such file" if not path.is_dir() else "holds no events", where=argument, right=right)
    return found


def _is_ours(path: Path) -> bool:
    """Whether a file of a directory is what `wurao screen` keeps beside its verdicts."""
    return path.name in ("manifest.json", "rejects.jsonl") or path.name.endswith(".rejects.jsonl")


def _format(path: Path) -> str:
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise Refused("its name ends in no format of events", where=str(path), right=_FORMAT_RIGHT)
    return found


def _labels(paths: Iterable[Path]) -> dict[Path, str]:
    """For each file the shortest end of its path that no other file of the run shares."""
    whole = {path.resolve() for path in paths}
    labels: dict[Path, str] = {}
    depth = 1
    while len(labels) < len(whole):
        rest = whole - labels.keys()
        ends = Counter("/".join(path.parts[-depth:]) for path in whole)
        for path in rest:
            end = "/".join(path.parts[-depth:])
            if ends[end] == 1:
                labels[path] = end
        depth += 1
    return labels
