"""Compile the machine code into the data directory, so that no other command has to.

`make run` calls it once after installing. Modules with a function `warm()` call compiled functions on next to nothing,
with the types that real work uses, and together call them all; they are found by reading the sources, so a new one
needs no entry here. The kernel takes as long as all others together, so two processes share the work. When all is there
a file says so, with a digest of the sources, and the next run has nothing to do. Machine code of earlier versions is
taken away.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import click

import wurao.compiled
from wurao.cli.options import data_option, json_option
from wurao.cli.output import note, print_json
from wurao.compiled import WHOLE, code_directory

PACKAGE = Path(__file__).parent.parent
LONGEST = "wurao.screening.engine"
"""Begun first, since one process does nothing else."""
PROCESSES = 2
KEPT_BESIDE = 2
"""So many other versions of the machine code stay: another checkout or a bounds-checked run may share the directory."""


@click.command()
@data_option
@json_option
def command(as_json: bool) -> None:
    """Compile the machine code into the data directory, so that no other command has to.

    It is done once for each version, at install.

    \b
    Example:
      wurao compile
    """
    started = time.monotonic()
    modules = sorted(modules_to_warm(), key=lambda module: module != LONGEST)
    where, sources = code_directory(), digest_of_sources()
    whole = where / WHOLE
    there = whole.exists() and whole.read_text() == sources
    if not there:
        _compile(modules)
        where.mkdir(parents=True, exist_ok=True)
        whole.write_text(sources)
    seconds = round(time.monotonic() - started, 1)
    take_away_old(where)
    if as_json:
        print_json({"modules": modules, "seconds": seconds, "directory": where})
    else:
        note(f"compiled before, in {where}" if there else f"compiled in {seconds} s, into {where}")


def _compile(modules: list[str]) -> None:
    note(f"compiling {len(modules)} modules, once for this version and data directory: a minute or two")
    with ProcessPoolExecutor(min(PROCESSES, os.cpu_count() or 1), get_context("spawn")) as processes:
        for done in as_completed([processes.submit(compiled_module, module) for module in modules]):
            note(f"compiled {done.result()}")


def compiled_module(module: str) -> str:
    """Compile what a module's `warm` calls; the module's name."""
    wurao.compiled.tells_of_compiling = False
    importlib.import_module(module).warm()
    return module


def digest_of_sources() -> str:
    """A digest of all that machine code may be made of: the package's modules, and data that they hold as constants."""
    digest = hashlib.sha256()
    for file in sorted(each for each in PACKAGE.rglob("*") if each.is_file() and each.suffix != ".pyc"):
        digest.update(f"{file.relative_to(PACKAGE)} {file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def modules_to_warm() -> Iterator[str]:
    """Every module of the package that defines `warm` at its top, by its full name, without importing any."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if any(isinstance(node, ast.FunctionDef) and node.name == "warm" for node in ast.parse(file.read_bytes()).body):
            parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def take_away_old(current: Path) -> None:
    """Of the machine code beside the current one's directory, keep the latest few versions."""
    others = [each for each in current.parent.glob("*/") if each.name != current.name]
    for old in sorted(others, key=lambda each: each.stat().st_mtime, reverse=True)[KEPT_BESIDE:]:
        shutil.rmtree(old, ignore_errors=True)
