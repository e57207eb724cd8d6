"""Commands that are files of a folder, imported only when they are used.

A module, or a folder with an `__init__.py`, that has a module-level `command` is a command of the same name
(underscores become dashes; `import_.py` is the command `import`), and the first sentence of its docstring is its line
in the group's help; that line is read without importing it. `wurao` is such a group, and so is `wurao domains`.
"""

from __future__ import annotations

import ast
import importlib
import keyword
from pathlib import Path
from typing import Any

import click


class CommandFiles(click.Group):
    """The commands are the files of `folder`, which is the package `package`."""

    def __init__(self, *arguments: Any, package: str, folder: Path, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._package, self._folder = package, folder

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands, without importing any."""
        return sorted(self._summaries())

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the file of one command; None where there is none."""
        module = name.replace("-", "_") + "_" * keyword.iskeyword(name)
        if "_" in name or not module.isidentifier() or _file_of(self._folder, module) is None:
            return None
        found = getattr(importlib.import_module(f"{self._package}.{module}"), "command", None)
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a mistyped name is answered with the nearest right one."""
        name = arguments[0]
        if self.get_command(context, name) is None and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(context), 1)
            context.fail(f"there is no command {name!r}; " + (f"did you mean {near[0]!r}?" if near else "see --help"))
        return super().resolve_command(context, arguments)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command."""
        lines = sorted(self._summaries().items())
        if lines:
            with formatter.section("Commands"):
                formatter.write_dl(lines)

    def _summaries(self) -> dict[str, str]:
        """Each command's name and the first sentence of its file, read without importing it."""
        found = {}
        for module in sorted({path.stem for path in self._folder.glob("[a-z]*")}):
            file = _file_of(self._folder, module)
            tree = ast.parse(file.read_bytes()) if file else None
            if tree is not None and any(_names_command(node) for node in tree.body):
                found[module.rstrip("_").replace("_", "-")] = _first_sentence(ast.get_docstring(tree) or "")
        return found


def _file_of(folder: Path, module: str) -> Path | None:
    for file in (folder / f"{module}.py", folder / module / "__init__.py"):
        if file.exists():
            return file
    return None


def _names_command(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef(name="command"):
            return True
        case ast.Assign(targets=[ast.Name(id="command")]) | ast.AnnAssign(target=ast.Name(id="command")):
            return True
        case ast.ImportFrom(names=names):
            return any((alias.asname or alias.name) == "command" for alias in names)
    return False


def _first_sentence(text: str) -> str:
    line = " ".join(text.split("\n\n")[0].split())
    for end in (". ", ": ", "; "):
        line = line.partition(end)[0]
    return line.rstrip(".:;")
