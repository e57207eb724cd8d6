"""Writes `docs/reference/`: commands from their own help, settings and the guard's reasons from their sentences.

`make docs` calls it; a test fails while what stands there is not what it would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from wurao.cli import group
from wurao.domains import reasons
from wurao.settings.reading import load, names

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOT_BY_HAND = "<!-- Written by `make docs`; edit the sources instead. -->\n"
EXIT_CODES = """\
Exit codes: 0 done, 1 refused for its input, 2 wrong usage, 3 failed for the machine (disk, memory, peer), 130
interrupted."""
HOW_TO_SET = """\
Write what differs from these into `settings.toml` in the data directory, or into any file and name it by `--settings`
or `WURAO_SETTINGS`. A name that does not exist, and a value out of range, is refused with its line."""
CHINESE = re.compile("[\u4e00-\u9fff]")


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    (REFERENCE / "commands.md").write_text(commands_page(), "utf-8")
    (REFERENCE / "settings.md").write_text(settings_page(), "utf-8")
    (REFERENCE / "domain-reasons.md").write_text(reasons.page(), "utf-8")


def commands_page() -> str:
    """A section a command, with its help as a terminal of 100 columns shows it."""
    parts = [NOT_BY_HAND, "# Commands\n", f"{EXIT_CODES}\n"]
    for path, command in commands():
        context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
        context.help_option_names = ["-h", "--help"]
        parts.append(f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before what is in them."""
    waiting: list[tuple[str, click.Command]] = [("wurao", group)]
    while waiting:
        path, command = waiting.pop(0)
        yield path, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            below = ((name, command.get_command(context, name)) for name in command.list_commands(context))
            waiting = [(f"{path} {name}", each) for name, each in below if each is not None] + waiting


def settings_page() -> str:
    """A table a section: each value with its default and its sentence in both languages."""
    settings, sentences = load(Path("/dev/null")), sentences_of_settings()
    parts = [NOT_BY_HAND, "# Settings\n", HOW_TO_SET]
    table = ""
    for name in names():
        section, _, key = name.rpartition(".")
        if section != table:
            table = section
            parts.append(f"\n## [{section}]\n\n| name | default | what it does | 作用 |\n| --- | --- | --- | --- |")
        english, chinese = sentences[name]
        value = settings.value(name)
        shown = f'"{value}"' if isinstance(value, str) else f"{value:_}"
        parts.append(f"| `{key}` | `{shown}` | {english} | {chinese} |")
    return "\n".join(parts) + "\n"


def sentences_of_settings() -> dict[str, tuple[str, str]]:
    """Of each setting, the English and the Chinese comment above it in `defaults.toml`; empty where there is none."""
    found = {}
    above: list[str] = []
    table = ""
    for line in files("wurao.settings").joinpath("defaults.toml").read_text("utf-8").splitlines():
        if line.startswith("#"):
            above.append(line[1:].strip())
            continue
        if line.startswith("["):
            table = line.strip("[]")
        elif " = " in line:
            chinese = "".join(each for each in above if CHINESE.search(each))
            english = " ".join(each for each in above if not CHINESE.search(each))
            found[f"{table}.{line.partition(' = ')[0]}"] = (english, chinese)
        above = []
    return found


if __name__ == "__main__":
    main()
