"""A day's events with texts: the workload's events, of which a fifth are messages, every message with a text.

Texts and templates are those of `content_texts`. The first run of figures of a text is put anew for each event, so that
all texts that have figures are distinct; those without are sent as they are, as a notice without variables is. Of the
messages 30% come by the header of the sender whose template they declare, and 20% fit it. In go the workload's columns;
out come Parquet files, and the registry's tables with those templates, with content protection as `subscribers` draws
it or on for all.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from benchmarks.columns import Ints
from benchmarks.content_texts import messages
from benchmarks.ground import Ground
from benchmarks.parquet import A_FILE
from benchmarks.traffic import Columns
from benchmarks.written import event_table

SHARE = 0.2
"""Of the events are messages."""
TEXTS = 200_000
_CALL, _MESSAGE = 0, 1
_FIGURES = re.compile(r"\d+")
_PUT = re.compile(r"^(.*?)(\d+)(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Forms:
    """Texts of which the first run of figures is left out."""

    before: pa.Array
    behind: pa.Array
    figures: npt.NDArray[np.bool_]
    """Whether a text has figures."""
    declared: Ints
    """The template that each declares, -1 for none."""
    bodies: pa.Array
    source: str


def forms(templates: int, scale: int) -> Forms:
    """Texts, and so many templates."""
    given = messages(max(1_000, TEXTS // scale), templates)
    parts = [_PUT.match(text) for text in given.texts]
    before = [part[1] if part else text for part, text in zip(parts, given.texts, strict=True)]
    return Forms(
        pa.array(before),
        pa.array([part[3] if part else "" for part in parts]),
        np.array([part is not None for part in parts]),
        given.declared.astype(np.int64),
        given.bodies_column,
        given.source,
    )


def write_text_events(ground: Ground, given: Forms, directory: Path, count: int) -> tuple[int, int]:
    """Events in files of a few million rows; how many, and how many of them are messages."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    columns = ground.events(count)
    form = _with_messages(columns, ground.load.headers, given)
    total = len(form)
    for number, start in enumerate(range(0, total, A_FILE)):
        part = {name: values[start : start + A_FILE] for name, values in columns.items()}
        texts = _texts(given, form[start : start + A_FILE], start)
        table = event_table(part, start).append_column("text", texts)
        parquet.write_table(table, directory / f"part-{number:05d}.parquet", row_group_size=250_000, compression="zstd")
    return total, int((form >= 0).sum())


def _with_messages(columns: Columns, headers: Ints, given: Forms) -> Ints:
    """Make a fifth of the events messages; which form each has, -1 for calls."""
    rng = np.random.default_rng(11)
    channel = columns["channel"]
    total = len(channel)
    message = rng.random(total) < SHARE
    channel[(channel == _MESSAGE) & ~message] = _CALL
    channel[message] = _MESSAGE
    form = np.where(message, rng.integers(0, len(given.declared), total), -1)
    template = np.where(message, given.declared[form], -1)
    columns["template"][:] = template
    declares = template >= 0
    columns["caller"][declares] = headers[template[declares]]
    return form


def _texts(given: Forms, form: Ints, first: int) -> pa.Array:
    """The text of each event: its form, with the event's own number for figures."""
    rows = pa.array(form, mask=form < 0)
    number = pa.array(np.arange(first, first + len(form))).cast(pa.string())
    number = pc.if_else(pa.array(given.figures).take(rows), number, "")
    return pc.binary_join_element_wise(given.before.take(rows), number, given.behind.take(rows), "")


def text_tables(ground: Ground, given: Forms, directory: Path, *, all_protected: bool) -> float:
    """The registry with these templates; which share of the subscribers has content protection on."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for path in ground.tables.glob("*.parquet"):
        if path.stem not in ("templates", "subscribers"):
            (directory / path.name).symlink_to(path.resolve())
    templates = parquet.read_table(ground.tables / "templates.parquet")
    place = templates.column_names.index("body")
    parquet.write_table(templates.set_column(place, "body", given.bodies), directory / "templates.parquet")
    subscribers = parquet.read_table(ground.tables / "subscribers.parquet")
    place = subscribers.column_names.index("content_protection")
    if all_protected:
        on = pa.array(np.ones(len(subscribers), bool))
        subscribers = subscribers.set_column(place, "content_protection", on)
    parquet.write_table(subscribers, directory / "subscribers.parquet", row_group_size=1 << 20)
    return float(pc.mean(subscribers.column(place)).as_py())
