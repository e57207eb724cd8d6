"""On which line of a TOML file each value stands; the standard library's reader does not say.

The text comes in after `tomllib` has accepted it, so nothing here judges it; `wurao.settings.reading` asks. Values
inside an inline table or after a dotted key are found at the line of the nearest name before them.
"""

from __future__ import annotations

import re

_TABLE = re.compile(r"\s*\[+\s*([^\]#]+?)\s*\]+\s*(?:#.*)?$")
_VALUE = re.compile(r"""\s*([A-Za-z0-9_."'\s-]+?)\s*=(.*)""")
_LONG_STRING = re.compile(r'"""|\'\'\'')


def lines_of(text: str) -> dict[str, int]:
    """The line of each table and value, by full name (`velocity.caller.attempts_per_hour`), from 1 on."""
    found: dict[str, int] = {}
    table, open_string = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        if open_string:
            open_string = "" if open_string in line else open_string
            continue
        if header := _TABLE.match(line):
            table = _name(header[1])
            found.setdefault(table, number)
        elif value := _VALUE.match(line):
            found.setdefault(_name(f"{table}.{value[1]}" if table else value[1]), number)
            quotes = _LONG_STRING.findall(value[2])
            open_string = quotes[0] if len(quotes) % 2 else ""
    return found


def line_of(name: str, lines: dict[str, int]) -> int:
    """The line of a value, or of the nearest thing named that holds it."""
    while name and name not in lines:
        name = name.rpartition(".")[0]
    return lines.get(name, 1)


def _name(written: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in written.split("."))
