"""Tables of texts on the disk: read whole, checked, and written again with more columns.

CSV (fields may hold line breaks), Parquet and JSON lines, by the ending of the name. What is wrong is named with the
file and the column. Called by `wurao content`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa

from wurao.errors import MachineFailed, Refused

ENDINGS = (".csv", ".parquet", ".jsonl")
TURNS = "turns"
"""A column of what two people said in turn; its first three are the text."""


def read_table(path: Path, *columns: str) -> pa.Table:
    """A whole table that has these columns, each as texts; Refused where it has not."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Refused(f"is no {', '.join(ENDINGS)}", where=str(path), right="a table by one of these endings")
    try:
        table = _read(path, ending)
    except FileNotFoundError:
        raise Refused("is not there", where=str(path), right="a table of texts") from None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as error:
        raise Refused(f"cannot be read ({error})", where=str(path), right=f"a whole {ending[1:]} file") from None
    if "text" in columns and "text" not in table.column_names and TURNS in table.column_names:
        table = table.append_column("text", _first_turns(table.column(TURNS)))
    for name in columns:
        if name not in table.column_names:
            right = f"a header with {', '.join(columns)}"
            raise Refused(f"has no column {name}", where=str(path), right=right)
        place = table.column_names.index(name)
        table = table.set_column(place, name, table.column(name).cast(pa.string()))
    return table


def _read(path: Path, ending: str) -> pa.Table:
    if ending == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_table(path)
    if ending == ".jsonl":
        import pyarrow.json

        return pa.json.read_json(path)
    import pyarrow.csv

    header = pa.csv.open_csv(path, parse_options=pa.csv.ParseOptions(newlines_in_values=True)).schema.names
    types = dict.fromkeys(header, pa.string())
    return pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(column_types=types),
    )


def _first_turns(column: pa.ChunkedArray) -> pa.Array:
    from wurao.content.corpus import first_turns

    return pa.array([first_turns({TURNS: turns or []}) for turns in column.to_pylist()], pa.string())


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table by the ending of its name, aside first; MachineFailed where the disk does not take it."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Refused(f"is no {', '.join(ENDINGS)}", where=str(path), right="a name with one of these endings")
    aside = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(table, aside, ending)
        os.replace(aside, path)
    except OSError as error:
        raise MachineFailed(f"cannot be written ({error})", where=str(path), right="room on the disk") from error
    finally:
        aside.unlink(missing_ok=True)


def _write(table: pa.Table, path: Path, ending: str) -> None:
    if ending == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, path)
    elif ending == ".csv":
        import pyarrow.csv

        pa.csv.write_csv(table, path)
    else:
        import json

        with path.open("w", encoding="utf-8") as file:
            for batch in table.to_batches(max_chunksize=10_000):
                file.writelines(json.dumps(_plain(row), ensure_ascii=False) + "\n" for row in batch.to_pylist())


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
