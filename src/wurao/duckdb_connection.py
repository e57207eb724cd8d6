"""The one place where a connection to DuckDB is opened: in memory, for one reader, and silent.

DuckDB draws a bar of its own over standard output once a query takes two seconds; what a command prints is the
command's alone. Called by whoever asks DuckDB: records, snapshot, screening, province.
"""

from __future__ import annotations

from typing import Any

import duckdb


def connect(**settings: Any) -> duckdb.DuckDBPyConnection:
    """A connection to a database in memory, with DuckDB's own settings; close it."""
    connection = duckdb.connect(config=settings)
    connection.execute("SET enable_progress_bar = false")
    return connection
