"""Tables of files brought into an empty registry: every good row as written, bad ones named, none of it twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.control.registry.test_arrow import WRITTEN, read_elsewhere
from wurao.control.database import database
from wurao.tables import TABLES

pytest.importorskip("django")


def wurao(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "wurao", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_table_is_loaded_as_written_once(db: Path, tmp_path: Path) -> None:
    from wurao.control.registry import record, rows

    tables = tmp_path / "tables"
    tables.mkdir()
    for name, written in WRITTEN.items():
        cells = [str(value).replace('"', '""') for value in written.values()]
        line = ",".join(f'"{cell.lower() if cell in ("True", "False") else cell}"' for cell in cells)
        (tables / f"{name}.csv").write_text(f"{','.join(written)}\n{line}\n")
    with (tables / "ported.csv").open("a") as file:
        file.write("what,联通,2026-03-01T08:00:00Z\n")
    with (tables / "domains.csv").open("a") as file:
        file.write("com.cn,below,fraud,局,2026-03-01T08:00:00Z\n")
    done = wurao("load", tables, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"rows": dict.fromkeys(TABLES, 1)}
    assert "ported.csv:3 number: 'what' is no telephone number" in done.stderr
    assert "domains.csv:3 name: 'com.cn'" in done.stderr
    expected = {name: [rows.written_row(name, record.checked_row(name, each))] for name, each in WRITTEN.items()}
    assert read_elsewhere() == {"seq": 0, **expected}
    # And Django reads them as what they are.
    for name, each in WRITTEN.items():
        row = record.checked_row(name, each)
        assert rows.row_of(name, rows.key_in(name, row)) == row
    again = wurao("load", tables)
    assert (again.returncode, "already" in again.stderr) == (1, True)
    assert (db / "store" / "registry.loaded").exists()
    built = wurao("snapshot", "build", database().url, "-o", db / "store", "--json")
    assert json.loads(built.stdout)["rows"]["subscribers"] == 1
    assert not (db / "store" / "registry.loaded").exists()
