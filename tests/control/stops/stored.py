"""A store with a snapshot of a few rows, and the same rows in the registry, as a builder would have left it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wurao.snapshot import build


def put_and_build(directory: Path, **tables: list[dict[str, Any]]) -> None:
    """Put rows as JSON has them into the registry, and build the snapshot in `directory/store` of the same."""
    import csv

    from wurao.control.registry import record
    from wurao.control.registry.record import Author

    place = directory / "tables"
    place.mkdir(exist_ok=True)
    for name, rows in tables.items():
        record.put_all(name, [record.checked_row(name, row) for row in rows], Author("operator", "file"))
        with (place / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, sorted({key for row in rows for key in row}))
            writer.writeheader()
            writer.writerows(
                {key: str(value).lower() if value in (True, False) else value for key, value in row.items()}
                for row in rows
            )
    build(place, directory / "store", own_sender="wurao")
