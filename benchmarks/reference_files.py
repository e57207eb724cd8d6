"""DuckDB from files to files: the events read as text, the same one query, the verdicts written with their codes."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.reference import Reference
from benchmarks.reference_query import QUERY
from wurao.events.columns import ATTESTATIONS, ROAMINGS
from wurao.numbering.number import Kind
from wurao.verdicts import ACTIONS, REASONS
from wurao.wishes import CATEGORIES, CHANNELS

ROWS_OF_A_FILE = 1 << 24
"""More than any file has, so that a row's place among all is its file's number times this and its place there."""


def screen_files(reference: Reference, events: Path, out: Path) -> None:
    """Screen a directory of event files into a directory of Parquet."""
    shutil.rmtree(out, ignore_errors=True)
    connection = reference.connection
    connection.execute("drop table if exists events")
    connection.execute(f"create or replace view events as {_events(events)}")
    connection.execute(
        f"""copy (
            select file.*, {_code("action", ACTIONS)} as action, {_code("reason", REASONS)} as reason
            from ({_files(events)}) file join ({QUERY}) verdict on file.file_row_number = verdict.id
        ) to '{out}' (format parquet, per_thread_output true)"""
    )


def _files(events: Path) -> str:
    """The files' rows, each with its place among all as its id."""
    named = f"read_parquet('{events}/*.parquet', file_row_number = true, filename = true)"
    file = "regexp_extract(filename, '([0-9]+).parquet', 1)::bigint"
    return f"select * replace ({file} * {ROWS_OF_A_FILE} + file_row_number as file_row_number) from {named}"


def _events(events: Path) -> str:
    return f"""select file_row_number as id, epoch_us("at") as at_us, {_place("channel", CHANNELS)} as channel,
        {_number("from_number")} as caller, {_number("to_number")} as callee,
        coalesce(trunk[2:]::int, -1) as trunk, coalesce(template_id[2:]::int, -1) as template,
        {_place("category", CATEGORIES)} as declared, {_place("attestation", ATTESTATIONS)} as attestation,
        {_place("roaming", ROAMINGS)} as roaming from ({_files(events)})"""


def _number(column: str) -> str:
    """The kinds that the workload has: mobile numbers with +, port numbers with 106, short codes, and none."""
    return f"""case when {column}[1] = '+' then ({Kind.MOBILE.value}::bigint << 59) + {column}[2:]::bigint
        when {column} = 'withheld' then 0 when {column} = 'impossible' then 1::bigint << 59
        when {column}[:3] = '106' then ({Kind.MESSAGE_PORT.value}::bigint << 59) + ('1' || {column}[4:])::bigint
        else ({Kind.SHORT.value}::bigint << 59) + ('1' || {column})::bigint end"""


def _place(column: str, codes: tuple[str, ...]) -> str:
    return f"(coalesce(list_position({list(codes)}, {column}), 0) - 1)::tinyint"


def _code(column: str, codes: tuple[str, ...]) -> str:
    return f"{list(codes)}[verdict.{column} + 1]"
