"""A small guard for tests, made of the shipped suffix list and a few names of each part; and rows of `domains`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from wurao.domains import Guard
from wurao.domains.guard_loading import write_manifest
from wurao.tables import schema

HEAD = "# {}. date: 2026-11-30\nname,owner,source\n"
PARTS = {
    "government.csv": ["gov.cn,政府,test", "12306.cn,铁路,test"],
    "banks.csv": ["bank.example,银行,test"],
    "operators.csv": ["10086.cn,移动,test"],
    "services.csv": ["app.example,商店,test"],
    "hosting.csv": ["pages.example,托管,test", "weebly.com,托管,test"],
}
POPULAR = ["search.example", "pages.example", "deep.below.example", "app.example"]


def write_parts(directory: Path, **parts: list[str]) -> Path:
    """A directory of guard data: those of `PARTS` and `POPULAR`, or others in their place."""
    directory.mkdir(exist_ok=True)
    for file, rows in (PARTS | {f"{name}.csv": rows for name, rows in parts.items() if name != "popular"}).items():
        (directory / file).write_text(HEAD.format(file) + "".join(f"{row}\n" for row in rows))
    popular = "".join(f"{name}\n" for name in parts.get("popular", POPULAR))
    (directory / "popular.txt").write_text(f"# ranked. date: 2014-11-06\n{popular}")
    write_manifest(directory)
    return directory


def guard_of(directory: Path, **parts: list[str]) -> Guard:
    """A guard by such data alone."""
    return Guard.read(directory / "nothing-loaded", write_parts(directory, **parts))


def rows_of(*rows: tuple[Any, ...]) -> pa.Table:
    """Rows of `domains`: name, match (0 exact, 1 below), start and end in µs (null: never), second person."""
    made = []
    for name, match, *rest in rows:
        start, end, second = (*rest, *(0, None, None)[len(rest) :])
        row = {"name": name, "match": match, "cause": "fraud", "source": "police", "start": start, "end": end}
        made.append({**row, "second_person": second, "order_id": None})
    return pa.Table.from_pylist(made, schema=schema("domains"))
