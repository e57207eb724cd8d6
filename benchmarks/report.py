"""The figures of a run as a page of `docs/measured/`: `python -m benchmarks.report`, figures as JSON on standard input.

The page has the command, the commit, the machine, and a section a figure; its place is printed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import machine

MEASURED = Path(__file__).resolve().parent.parent / "docs" / "measured"


def main() -> None:
    """Write the page."""
    given = json.load(sys.stdin)
    now = datetime.now(UTC)
    arguments = [*given["names"], *([f"--scale {given['scale']}"] if given["scale"] > 1 else [])]
    text = page(given["figures"], " ".join(["wurao bench", *arguments, "--report"]), now)
    MEASURED.mkdir(parents=True, exist_ok=True)
    place = MEASURED / f"{'-'.join([f'{now:%Y-%m-%d}', 'bench', *given['names']])}.md"
    place.write_text(text, "utf-8")
    print(place)


def page(figures: list[dict[str, Any]], command: str, now: datetime) -> str:
    """The text of the page."""
    lines = [f"# Measured {now:%Y-%m-%d}: speed and size", "", f"Made by `{command}` at commit {commit()}.", ""]
    lines += machine_lines()
    lines += [
        "",
        "| what | value | unit | to reach | reached | ratio | from – to |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for figure in figures:
        met = {True: "yes", False: "**no**", None: "a look only"}[figure["met"]]
        cells = (figure["name"], f"{figure['value']:,}", figure["unit"], figure["reach"], met, *_ratio(figure))
        lines.append("| " + " | ".join(cells) + " |")
    for figure in figures:
        lines += ["", f"## {figure['name']}", ""]
        lines += [f"- beside it: {figure['beside']}"] if figure["beside"] else []
        lines += [f"- {said}" for said in figure["notes"]]
    return "\n".join(lines) + "\n"


def machine_lines() -> list[str]:
    """The machine as a list."""
    return [f"- {name}: {value}" for name, value in machine.facts().items()]


def commit() -> str:
    """The commit that is checked out, with a word when the tree is not as committed."""
    root = MEASURED.parent.parent
    asked = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    done = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _ratio(figure: dict[str, Any]) -> tuple[str, str]:
    if figure["ratio"] is None:
        return "–", "–"
    if figure["ratio_low"] is None:
        return f"{figure['ratio']:g}", "–"
    return f"{figure['ratio']:g}", f"{figure['ratio_low']:g} – {figure['ratio_high']:g}"


if __name__ == "__main__":
    main()
