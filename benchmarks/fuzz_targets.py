"""The parsers that `fuzz` tries: for each, good inputs to begin from, and how it is asked.

A target takes octets and a directory to work in. It returns True where they were taken and False where they were
refused as they should be (`Refused`, `MachineFailed`, ValueError where the parser's docstring says so); anything else
that comes out of it is a finding.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from benchmarks import fuzz_dns, fuzz_domains
from benchmarks.fuzz_inputs import Parse, Target, file_of, taken
from benchmarks.fuzz_texts import TEXT_TARGETS
from benchmarks.ground import Ground
from benchmarks.written import event_table
from wurao.changes import Change, ChangeReader, ChangeWriter
from wurao.changes.segments import segment_path
from wurao.events.raw import Findings
from wurao.events.read import Input, read_events
from wurao.numbering import IMPOSSIBLE, canonical, canonical_column, parse_column, parse_prefix_column, parse_text
from wurao.numbering.plan import read_plan
from wurao.screening.velocity import Velocity
from wurao.snapshot.manifest import MANIFEST, read_manifest
from wurao.tables import read_tables

ROWS = 40
ACTIVE = 500


def _events_in(ending: str, form: str) -> Parse:
    def parse(data: bytes, directory: Path) -> bool:
        path = file_of(data, directory, f"events.{ending}")
        findings = Findings()
        rows = sum(batch.rows for batch in read_events([Input(path, path.name, path.name, form)], findings))
        return rows > 0 or not findings.refused

    return parse


def _some_events(ground: Ground) -> pa.Table:
    columns = {name: values[:ROWS] for name, values in ground.events(ROWS * ground.scale).items()}
    table = event_table(columns, 0)
    texts = pa.array([f'验证码{n}，"请勿"转告\n他人' if n % 2 else None for n in range(table.num_rows)])
    return table.append_column("text", texts)


def _csv_events(ground: Ground) -> list[bytes]:
    sink = pa.BufferOutputStream()
    csv.write_csv(_some_events(ground).cast(_as_text(_some_events(ground).schema)), sink)
    return [sink.getvalue().to_pybytes()]


def _as_text(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(f.name, pa.string() if f.name != "at" else f.type) for f in schema])


def _jsonl_events(ground: Ground) -> list[bytes]:
    rows = _some_events(ground).to_pylist()
    return ["".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows).encode()]


def _parquet_events(ground: Ground) -> list[bytes]:
    found = []
    for how in ({"compression": "none"}, {"compression": "zstd"}, {"use_dictionary": False, "compression": "snappy"}):
        sink = pa.BufferOutputStream()
        parquet.write_table(_some_events(ground), sink, **how)
        found.append(sink.getvalue().to_pybytes())
    return found


def _tables(data: bytes, directory: Path) -> bool:
    """The first octet says which table the rest is, and of which form."""
    which = ("subscribers", "lists", "consents", "orders", "headers")[data[0] % 5] if data else "lists"
    form = "parquet" if b"PAR1" in data[1:5] else "csv"
    place = directory / "tables"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    file_of(data[1:], place, f"{which}.{form}")
    return taken(lambda: read_tables(place))


def _table_files(ground: Ground) -> list[bytes]:
    found = []
    for place, name in enumerate(("subscribers", "lists", "consents", "orders", "headers")):
        rows = parquet.read_table(ground.tables / f"{name}.parquet").slice(0, ROWS)
        written = pa.BufferOutputStream()
        parquet.write_table(rows, written)
        found.append(bytes([place]) + written.getvalue().to_pybytes())
        flat = pa.table({n: _joined(rows.column(n)) for n in rows.column_names})
        sink = pa.BufferOutputStream()
        csv.write_csv(flat, sink)
        found.append(bytes([place]) + sink.getvalue().to_pybytes())
    return found


def _joined(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_timestamp(column.type) else column


def _changes(data: bytes, directory: Path) -> bool:
    """A segment of the log: read by a follower, then by the writer, which cuts a torn tail or refuses."""
    store = directory / "store"
    shutil.rmtree(store, ignore_errors=True)
    segment_path(store, 1).parent.mkdir(parents=True)
    segment_path(store, 1).write_bytes(data)
    read = taken(lambda: ChangeReader(store).poll())

    def write() -> None:
        with ChangeWriter(store) as writer:
            writer.append([_change(10**6)])

    return taken(write) and read


def _change(number: int) -> Change:
    return Change("ported", (f"+86138{number:08d}",), "delete", None, "2026-01-01T00:00:00Z")


def _change_logs(ground: Ground) -> list[bytes]:
    store = ground.work / "log"
    shutil.rmtree(store, ignore_errors=True)
    with ChangeWriter(store) as writer:
        for number in range(8):
            writer.append([_change(number), _change(number + 100)])
    return [segment_path(store, 1).read_bytes()]


def _numbers(data: bytes, directory: Path) -> bool:
    """Each line a number: one way or the other it is the same, and canonical text reads back as it."""
    texts = data.decode("utf-8", "surrogateescape").splitlines()
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    column = parse_column(pa.array(clean, pa.string()))
    for text, number in zip(clean, column.tolist(), strict=True):
        if parse_text(text) != number:
            raise AssertionError(f"{text!r} is {number} in a column and {parse_text(text)} alone")
        if parse_text(canonical(number)) != number:
            raise AssertionError(f"{text!r} is {number}, whose text {canonical(number)!r} is another")
    canonical_column(column)
    parse_prefix_column(pa.array(clean, pa.string()))
    return bool((column > IMPOSSIBLE).any())


def _written_numbers(ground: Ground) -> list[bytes]:
    given = (
        "+86 138-0351-0001\n008613803510001\n86138 0351 0001\n0351-2345678\n(0351) 2345678\n"
        "tel:+8613803510001;phone-context=+86\nsip:+8613803510001@ims.example;user=phone\n１３８０３５１０００１\n"
        "95588\n10690001234567\n400-810-0000\n12321\n110\n0351-110\n+1 (212) 555-0100\nBANK-1\nanonymous\n\n"
    )
    return [given.encode()]


def _phone_dat(data: bytes, directory: Path) -> bool:
    return taken(lambda: read_plan(file_of(data, directory, "phone.dat")))


def _phone_dats(ground: Ground) -> list[bytes]:
    records = b"".join(f"{place}|010000|0{n + 10}\0".encode() for n, place in enumerate(("山西|太原", "北京|北京")))
    first, second = 8, 8 + len("山西|太原|010000|010".encode()) + 1
    entries = b"".join(
        np.array([(1_300_000 + n * 7, (first, second)[n % 2], 1 + n % 4)], "<u4, <u4, u1").tobytes() for n in range(60)
    )
    return [b"2508" + (8 + len(records)).to_bytes(4, "little") + records + entries]


def _velocity(data: bytes, directory: Path) -> bool:
    return taken(lambda: Velocity.load(file_of(data, directory, "velocity"), ACTIVE))


def _velocities(ground: Ground) -> list[bytes]:
    path = ground.work / "velocity-seed"
    velocity = Velocity.create(ACTIVE)
    velocity.make_room(ROWS)
    velocity.save(path)
    return [path.read_bytes()]


def _manifest(data: bytes, directory: Path) -> bool:
    file_of(data, directory, MANIFEST)
    with suppress(ValueError):
        return taken(lambda: read_manifest(directory))
    return False


def _manifests(ground: Ground) -> list[bytes]:
    return [(ground.store / "snapshots" / ground.snapshot.id / MANIFEST).read_bytes()]


TARGETS = (
    Target("events-csv", _csv_events, _events_in("csv", "csv")),
    Target("events-jsonl", _jsonl_events, _events_in("jsonl", "jsonl")),
    Target("events-parquet", _parquet_events, _events_in("parquet", "parquet")),
    Target("tables", _table_files, _tables),
    Target("changes", _change_logs, _changes),
    Target("numbers", _written_numbers, _numbers),
    Target("phone-dat", _phone_dats, _phone_dat),
    Target("velocity-state", _velocities, _velocity),
    Target("manifest", _manifests, _manifest),
    *TEXT_TARGETS,
    Target("domain-list", fuzz_domains.lists, fuzz_domains.read_list),
    Target("guard-data", fuzz_domains.guard_parts, fuzz_domains.read_part),
    Target("resolver-logs", fuzz_dns.logs, fuzz_dns.read_log),
    Target("agent", fuzz_dns.messages, fuzz_dns.hear),
    Target("warning-page", fuzz_dns.hosts, fuzz_dns.show_host),
)
