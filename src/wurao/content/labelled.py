"""Tables of texts on the disk: read whole, checked, and written again with more columns.

CSV (RFC 4180, fields may hold line breaks), Parquet and JSON lines, by the ending of the name. A row that cannot be
parted into columns is left out and named with its line; octets that are no UTF-8, halves of surrogates, and in CSV NULs
are read as U+FFFD, and named too. Called by `wurao content`.
"""

from __future__ import annotations

import codecs
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from wurao.content.corpus import first_turns
from wurao.errors import WHOLE_ROW, BadRow, Refused
from wurao.tables.bad import BadRows
from wurao.tables.csv_file import read_csv_octets

ENDINGS = (".csv", ".parquet", ".jsonl")
TURNS = "turns"
"""A column of what two people said in turn; its first three are the text."""
TOLD = 5
"""So many bad rows are named; the rest are counted."""
_REPLACED = "\ufffd"


def ending_of(path: Path) -> str:
    """The ending of a table's name, in small letters; Refused where it is none of `ENDINGS`."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Refused("is no name of a table", where=str(path), right=f"a name that ends in {', '.join(ENDINGS)}")
    return ending


def place_for(out: Path, *read: Path | None) -> None:
    """Make the directory of a file that is to be written; Refused where it is one that is read, or no regular file."""
    if out.exists() and not out.is_file():
        raise Refused("is no regular file", where=str(out), right="the name of a file, which would be replaced")
    for each in read:
        if each is not None and out.resolve() == each.resolve():
            raise Refused("is read and cannot be written", where=str(out), right="another name for what is written")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise Refused("is no directory", where=str(out.parent), right="a directory to write into") from None


def read_table(path: Path, *columns: str, tell: Callable[[str], None] = lambda said: None) -> pa.Table:
    """A whole table that has these columns, each as texts; Refused where it has not.

    What was wrong with single rows is told, without what stands there: it is text of messages.
    """
    bad = BadRows()
    read = _READERS[ending_of(path)]
    try:
        table = read(path, bad)
    except FileNotFoundError:
        raise Refused("is not there", where=str(path), right="a table of texts") from None
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Refused(f"cannot be read ({error})", where=str(path), right=f"a whole {path.suffix[1:]} file") from None
    if "text" in columns and "text" not in table.column_names and TURNS in table.column_names:
        table = table.append_column("text", _first_turns(path, table.column(TURNS)))
    for name in columns:
        count = table.column_names.count(name)
        if count != 1:
            told = f"has {count} columns {name}" if count else f"has no column {name}"
            raise Refused(told, where=str(path), right=f"a header with {', '.join(columns)}")
    for place, name in enumerate(table.column_names):
        if name in columns or _is_string(table.column(place).type):
            table = table.set_column(place, name, _texts(path, name, table.column(place), bad))
    for row in bad.kept[:TOLD]:
        tell(f"{row.file}:{row.line} {row.column}: {row.error}; {row.expected}")
    if bad.count > TOLD:
        tell(f"{path}: and {bad.count - TOLD:,} more such")
    return table


def with_labels(table: pa.Table) -> pa.Table:
    """The rows that have a text and a label, the label without blanks around it."""
    labels = pc.utf8_trim_whitespace(table.column("label"))
    there = pc.and_(pc.not_equal(labels, ""), pc.not_equal(pc.utf8_trim_whitespace(table.column("text")), ""))
    return table.set_column(table.column_names.index("label"), "label", labels).filter(pc.fill_null(there, False))


@dataclass(slots=True)
class _AllColumns:
    """Every column that has a name is wanted."""

    bad: BadRows
    names: list[str] = field(default_factory=list)

    def wanted(self, header: list[str], file: str) -> list[str]:
        """All named columns; Refused where two have one name."""
        self.names = [name for name in header if name]
        for name in self.names:
            if self.names.count(name) > 1:
                raise Refused(f"names the column {name} twice", where=f"{file}:1", right="name each column once")
        if len(self.names) < len(header):
            self.bad.add(BadRow(file, 1, WHOLE_ROW, "", "has a column without a name, left out", "name each column"))
        return self.names


class _Mended:
    """A file's octets with U+FFFD in place of NULs and of what is no UTF-8; the lines with such are named."""

    def __init__(self, file: BinaryIO, label: str, bad: BadRows) -> None:
        self._file, self._label, self._bad = file, label, bad
        self._rest, self._line = b"", 1

    def read(self, size: int) -> bytes:
        """About so many octets; none at the end alone."""
        read = self._file.read(size)
        if self._line == 1 and not self._rest and read.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise Refused("is UTF-16", where=self._label, right="save it as UTF-8")
        data = self._rest + read
        try:
            text, used = codecs.utf_8_decode(data, "strict", not read)
        except UnicodeDecodeError:
            text, used = codecs.utf_8_decode(data, "replace", not read)
            self._name(data[:used])
        else:
            if "\0" in text:
                self._name(data[:used])
        self._rest = data[used:]
        self._line += data.count(b"\n", 0, used)
        return text.replace("\0", _REPLACED).encode() if text or not read else self.read(size)

    def _name(self, data: bytes) -> None:
        for line, octets in enumerate(data.split(b"\n"), start=self._line):
            if b"\0" in octets or not _is_utf8(octets):
                self._bad.add(_not_utf8(self._label, line))


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _not_utf8(label: str, line: int, column: str = WHOLE_ROW) -> BadRow:
    return BadRow(
        label, line, column, "", f"holds a NUL or what is no UTF-8, read as {_REPLACED}", "save the file as UTF-8"
    )


def _read_csv(path: Path, bad: BadRows) -> pa.Table:
    columns = _AllColumns(bad)
    with path.open("rb") as file:
        batches = [raw.table for raw in read_csv_octets(_Mended(file, str(path), bad), str(path), columns, bad)]
    return (
        pa.concat_tables(batches) if batches else pa.table({name: pa.array([], pa.string()) for name in columns.names})
    )


def _read_json_lines(path: Path, bad: BadRows) -> pa.Table:
    """A column for each name that a row has; what is no JSON object is left out and named."""
    rows: list[dict[str, Any]] = []
    with path.open("rb") as file:
        for line, octets in enumerate(file, start=1):
            if not octets.strip():
                continue
            row = _object_in(octets)
            if row is None:
                bad.add(BadRow(str(path), line, WHOLE_ROW, "", "is no JSON object", 'such as {"text": "…"}'))
                continue
            whole = _whole(row) if b"\\u" in octets else row
            rows.append(whole)
            if not _is_utf8(octets):
                bad.add(_not_utf8(str(path), line))
            elif whole != row:
                right = "write both halves of a character, or neither"
                bad.add(BadRow(str(path), line, WHOLE_ROW, "", f"holds half a surrogate, read as {_REPLACED}", right))
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: _column([row.get(name) for row in rows]) for name in names})


def _object_in(octets: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(octets.removeprefix(codecs.BOM_UTF8).decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _column(values: list[Any]) -> pa.Array:
    """Values of one kind as they are, of several as texts."""
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return pa.array([_written(value) for value in values], pa.string())


def _written(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _whole(value: Any) -> Any:
    """A value of JSON without halves of surrogates."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_whole(each) for each in value]
        case dict():
            return {_whole(name): _whole(each) for name, each in value.items()}
    return value


def _read_parquet(path: Path, bad: BadRows) -> pa.Table:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read()


_READERS: dict[str, Callable[[Path, BadRows], pa.Table]] = {
    ".csv": _read_csv,
    ".jsonl": _read_json_lines,
    ".parquet": _read_parquet,
}


def _texts(path: Path, name: str, column: pa.ChunkedArray, bad: BadRows) -> pa.ChunkedArray:
    """A column as texts, whole UTF-8; Refused where it holds lists or the like."""
    kind = column.type
    try:
        plain = column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column
        octets = _as_octets(plain)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise Refused(f"its column {name} is {kind}", where=str(path), right="texts") from None
    try:
        return octets.cast(kind if _is_string(kind) else pa.string())
    except pa.ArrowInvalid:
        return pa.chunked_array([_mended(path, name, octets.to_pylist(), bad)])


def _as_octets(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    written = _is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return (column if written else column.cast(pa.string())).cast(pa.large_binary())


def _is_string(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _mended(path: Path, name: str, values: list[bytes | None], bad: BadRows) -> pa.Array:
    for row, value in enumerate(values, start=1):
        if value is not None and not _is_utf8(value):
            bad.add(_not_utf8(str(path), row, name))
    return pa.array([None if value is None else value.decode(errors="replace") for value in values], pa.string())


def _first_turns(path: Path, column: pa.ChunkedArray) -> pa.Array:
    try:
        return pa.array([first_turns({TURNS: turns or []}) for turns in column.to_pylist()], pa.string())
    except (TypeError, KeyError):
        right = "lists of what was said, each with who and text"
        raise Refused(f"its column {TURNS} is {column.type}", where=str(path), right=right) from None


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table by the ending of its name, aside first, so that it is there whole or not at all.

    It holds texts of messages, so only its owner may read it.
    """
    ending = ending_of(path)
    aside = path.with_name(path.name + ".partial")
    try:
        aside.touch(0o600)
        _write(table, aside, ending)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _write(table: pa.Table, path: Path, ending: str) -> None:
    if ending == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, path)
    elif ending == ".csv":
        from pyarrow import csv

        csv.write_csv(pa.table([_flat(column) for column in table.columns], table.column_names), path)
    else:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(_json_lines(table))


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as CSV takes it: lists and the like as JSON."""
    if not pa.types.is_nested(column.type):
        return column
    return pa.chunked_array([[_written(value) for value in column.to_pylist()]], pa.string())


def _json_lines(table: pa.Table) -> Iterator[str]:
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            told = {name: None if _is_no_number(value) else value for name, value in row.items()}
            yield json.dumps(told, ensure_ascii=False, default=str) + "\n"


def _is_no_number(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
