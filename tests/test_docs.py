"""The documentation says everything there is: commands, settings, and where to find them."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from scripts.reference import CHINESE, REFERENCE, commands, commands_page, sentences_of_settings, settings_page
from tests.test_readme import console_blocks
from wurao.settings.reading import names

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = list(commands())
ASKED = [(path, command) for path, command in COMMANDS if not isinstance(command, click.Group)]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize(("path", "command"), ASKED, ids=[path for path, _ in ASKED])
def test_every_command_explains_itself_with_an_example(path: str, command: click.Command):
    assert command.help, f"{path} has no help"
    assert re.search(r"Examples?:", command.help), f"the help of {path} has no example"
    assert re.search(rf"^\s*(\$ )?(.*\| *)?{path}\b", command.help, re.MULTILINE), f"no example calls {path}"


@pytest.mark.parametrize(("path", "command"), ASKED, ids=[path for path, _ in ASKED])
def test_every_command_takes_the_data_directory_and_prints_for_programs(path: str, command: click.Command):
    options = {name for parameter in command.params for name in parameter.opts}
    assert {"--data", "--json"} <= options


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_option_says_what_it_does(path: str, command: click.Command):
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.opts[0]} has no help"


def test_the_reference_of_commands_is_what_the_commands_say():
    assert (REFERENCE / "commands.md").read_text("utf-8") == commands_page(), "run: make docs"


def test_the_reference_of_settings_is_what_the_defaults_say():
    assert (REFERENCE / "settings.md").read_text("utf-8") == settings_page(), "run: make docs"


def test_every_setting_has_a_sentence_in_both_languages():
    sentences = sentences_of_settings()
    assert list(sentences) == names(), "defaults.toml and settings/sections.py have the same order"
    for name, (english, chinese) in sentences.items():
        assert english.endswith("."), f"{name}: {english!r}"
        assert chinese.endswith("。"), f"{name}: {chinese!r}"


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_both_readmes_run_the_same_commands():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert [command for command, _ in console_blocks(english)] == [command for command, _ in console_blocks(chinese)]


def test_both_readmes_name_every_rule():
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        rules = {file.stem for file in (ROOT / "src/wurao/screening/rules").glob("[a-z]*.py")}
        assert {rule for rule in rules if f"`{rule}`" not in text} == set()


def test_decisions_are_numbered_one_after_another():
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(len(numbers)))


def test_the_map_names_every_room():
    text = (ROOT / "README.md").read_text("utf-8")
    rooms = {f"{room.name}/" for room in (ROOT / "src/wurao").iterdir() if (room / "__init__.py").exists()}
    assert {room for room in rooms if not re.search(rf"^ +{room}", text, re.M)} == set()


def test_a_chinese_reader_is_served():
    assert CHINESE.search((ROOT / "README.zh-CN.md").read_text("utf-8"))
