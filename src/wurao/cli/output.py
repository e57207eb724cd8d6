"""What commands print: tables and JSON on standard output, progress and notes on standard error.

Every command prints through here, so that columns line up under Chinese text, programs get one JSON object a line,
and long work shows its rate and the time left. Standard output carries results only.
"""

from __future__ import annotations

import datetime
import json
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wurao.errors import Refused

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

SECONDS_BETWEEN_LINES = 10.0
"""How often progress writes a line where standard error is no terminal."""


def print_json(value: object) -> None:
    """One value as one line of JSON; times as RFC 3339, Chinese as itself."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain))


def print_json_lines(columns: Mapping[str, pa.Array]) -> None:
    """A line of JSON for each row of columns of text or whole numbers, null where they are: for very many rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts: list[Any] = []
    for place, (name, column) in enumerate(columns.items()):
        is_text = pa.types.is_string(column.type)
        values = _json_texts(column) if is_text else pc.fill_null(column.cast(pa.string()), "null")
        parts += [f"{', ' if place else '{'}{json.dumps(name)}: ", values]
    lines = pc.binary_join_element_wise(*parts, "}", "")
    if len(lines):
        click.echo("\n".join(lines.to_pylist()))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows under headers, lined up; numbers to the right with thousands apart, null as a dash."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [bool(rows) and all(_is_number(row[n]) for row in rows) for n in range(len(headers))]
    widths = [max([width(header), *(width(row[n]) for row in cells)]) for n, header in enumerate(headers)]
    for line in (list(headers), ["─" * wide for wide in widths], *cells):
        padded = (_pad(text, wide, right) for text, wide, right in zip(line, widths, numeric, strict=True))
        click.echo("  ".join(padded).rstrip())


def width(text: str) -> int:
    """How many columns of a terminal the text takes: two for a Chinese character, none for a combining mark."""
    return sum(_column_width(character) for character in text)


def note(text: str) -> None:
    """A word to the person at the terminal, on standard error."""
    click.echo(harmless(text), err=True)


def harmless(text: str) -> str:
    """The text with what would act on a terminal, or turn the text about, written out: `\\x1b`; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(each if each == "\n" or each.isprintable() else _written_out(each) for each in text)


def not_all_read(parts: int, events: int, done: str) -> Refused:
    """What a command leaves with when inputs could not be read, each of which was told of; `done` to the events."""
    what = "1 file, or a part of one," if parts == 1 else f"{parts:,} files or parts of files"
    rest = f"the rest is {done}" if events else f"nothing is {done}"
    return Refused(f"{what} could not be read, as said above", right=rest)


class Progress:
    """How far long work is. `advance` it; `total` may be told or corrected while it runs."""

    def __init__(self, title: str, unit: str, total: int | None) -> None:
        self.title, self.unit, self.total = title, unit, total
        self.done = 0
        self._started = self._told = time.monotonic()

    def advance(self, by: int) -> None:
        """So much more is done."""
        self.done += by
        now = time.monotonic()
        if now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            note(self.line(now - self._started))

    def line(self, seconds: float) -> str:
        """The state in one line, so many seconds after the start."""
        rate = self.done / seconds if seconds > 0 else 0.0
        said = f"{self.title}: {self.done:,}"
        if self.total:
            said += f" of {self.total:,} ({100 * self.done // self.total}%)"
        said += f" {self.unit}, {rate:,.0f}/s"
        if self.total and rate:
            said += f", {_span(max(self.total - self.done, 0) / rate)} left"
        return said


class _BarProgress(Progress):
    """The same, drawn as a bar on a terminal."""

    def __init__(self, title: str, unit: str, total: int | None, bar: Bar, task: TaskID) -> None:
        super().__init__(title, unit, total)
        self._bar, self._task = bar, task

    def advance(self, by: int) -> None:
        self.done += by
        self._bar.update(self._task, completed=self.done, total=self.total)


@contextmanager
def progress(title: str, unit: str = "events", total: int | None = None) -> Iterator[Progress]:
    """Show the progress of what runs inside: a bar on a terminal, else a line now and then."""
    if not sys.stderr.isatty():
        yield Progress(title, unit, total)
        return
    from rich import progress as rich_progress
    from rich.console import Console

    columns = (
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.TextColumn(f"{{task.completed:,.0f}} {unit}"),
        _rate_column(),
        rich_progress.TimeRemainingColumn(),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _BarProgress(title, unit, total, bar, bar.add_task(title, total=total))


def _rate_column() -> Any:
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    return Rate()


def _json_texts(texts: pa.Array) -> pa.Array:
    """Texts as JSON has them; nearly all only want quotes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    odd = pc.fill_null(pc.match_substring_regex(texts, r'["\\\x00-\x1f\x7f]'), False)
    if pc.any(odd).as_py():
        written = [json.dumps(text, ensure_ascii=False) for text in texts.filter(odd).to_pylist()]
        quoted = pc.replace_with_mask(quoted, odd, pa.array(written, pa.string()))
    return pc.fill_null(quoted, "null")


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _cell(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return harmless(str(value)).replace("\n", "\\n")


def _written_out(character: str) -> str:
    """A character that is none to be shown, but a space, by its place in Unicode."""
    if unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode()


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _pad(text: str, wide: int, right: bool) -> str:
    space = " " * (wide - width(text))
    return space + text if right else text + space


def _column_width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _plain(value: object) -> object:
    """What `json` does not know itself: times, paths, and single numpy values."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")
