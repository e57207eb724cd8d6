"""Measure every claim of speed and size on this machine, each beside what one would take instead, in one run.

The benchmarks lie beside the package in its repository, so the package must be a checkout's; from where it is called
does not matter. Each runs in a process of its own; each line has what was measured, what was to be reached, and what
stood beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from wurao.cli.options import data_option, json_option
from wurao.errors import MachineFailed, Misused, Refused

PLACE = Path("benchmarks") / "every.py"
HEADERS = ("name", "value", "unit", "reach", "met", "ratio", "beside")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--scale",
    type=click.IntRange(1, 100_000),
    default=1,
    show_default=True,
    help="Divide the workload, for a look; `met` is then null.",
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the workload is made and kept for the next run; else a temporary directory.",
)
@click.option("--report", is_flag=True, help="Write the figures to docs/measured/ too, with what the machine is.")
@data_option
@json_option
def command(names: tuple[str, ...], scale: int, work: Path | None, report: bool, as_json: bool) -> None:
    """Measure every claim of speed and size on this machine, each beside what one would take instead, in one run.

    Without a NAME all benchmarks run: some two hours, 20 GB of memory and 40 GB of disk. They are those of the
    checkout that this program runs from. What they need and what stands beside ours is Debian's redis-server, rspamd,
    postgresql, chromium and some packages of Python; `make bench` installs them. Without one of them what is missing
    is said, and our figures are printed alone where they can be measured.

    \b
    Examples:
      wurao bench
      wurao bench one-event wish-bytes --scale 100
    """
    from wurao.cli.output import note, print_json

    repository = find_repository(Path(__file__).resolve())
    known = names_of_benchmarks(repository)
    for name in names:
        if name not in known:
            raise Misused(f"there is no benchmark {name!r}", where="bench", right=f"name some of {', '.join(known)}")
    if scale > 1:
        note(f"the workload is divided by {scale:,}: a look, not a claim")
    told = []
    with _work_directory(work) as directory:
        for name in names or known:
            for figure in _run(repository, name, scale, directory):
                told.append(figure)
                if as_json:
                    print_json(figure)
                else:
                    _show(figure)
    if report:
        note(f"written to {_write_report(repository, told, names, scale)}")


def find_repository(package: Path) -> Path:
    """The checkout that a file of the package lies in; Refused where it lies in none.

    Not the one that the command is called in: what is measured is this program, and no other checkout's code is run.
    """
    for directory in package.parents:
        if (directory / PLACE).is_file():
            return directory
    raise Refused(
        "the benchmarks are not here: they lie in the repository, not in the package",
        where=str(package.parent),
        right="get the source, and run `make bench` in it",
    )


def names_of_benchmarks(repository: Path) -> list[str]:
    """The names in the order of the list."""
    return [name for name, _ in json.loads(_python(repository, "-m", "benchmarks.one", "--list"))]


def _python(repository: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=repository, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise MachineFailed(f"python {' '.join(arguments)} left with {done.returncode}", where=str(repository))
    return done.stdout


def _run(repository: Path, name: str, scale: int, work: Path) -> Iterator[dict[str, Any]]:
    """The figures of one benchmark as they come; what it is at goes to standard error by itself."""
    asked = [sys.executable, "-m", "benchmarks.one", name, "--scale", str(scale), "--work", str(work.resolve())]
    with subprocess.Popen(asked, cwd=repository, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        right = "what went wrong is told above"
        raise MachineFailed(f"the benchmark {name} left with {process.returncode}", where="bench", right=right)


@contextmanager
def _work_directory(work: Path | None) -> Iterator[Path]:
    if work is not None:
        yield work
        return
    with tempfile.TemporaryDirectory(prefix="wurao-bench-") as directory:
        yield Path(directory)


def _show(figure: dict[str, Any]) -> None:
    met = {True: "reached", False: "NOT REACHED", None: "a look only"}[figure["met"]]
    click.echo(f"{figure['name']}: {figure['value']:,} {figure['unit']}; to reach: {figure['reach']}: {met}")
    if figure["beside"]:
        click.echo(f"    beside it: {figure['beside']}")
    if figure["ratio"] is not None:
        spread = f" ({figure['ratio_low']:g} to {figure['ratio_high']:g})" if figure["ratio_low"] is not None else ""
        click.echo(f"    ratio: {figure['ratio']:g}{spread}")
    for said in figure["notes"]:
        click.echo(f"    {said}")


def _write_report(repository: Path, figures: list[dict[str, Any]], names: tuple[str, ...], scale: int) -> Path:
    """Hand the figures to `benchmarks.report`, which knows the machine."""
    given = json.dumps({"figures": figures, "names": names, "scale": scale})
    asked = [sys.executable, "-m", "benchmarks.report"]
    done = subprocess.run(asked, cwd=repository, input=given, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise MachineFailed(f"the report could not be written ({done.returncode})", where=str(repository))
    return Path(done.stdout.strip())
