"""Settings: complete defaults, an operator's file over them, and refusals that say where and what would be right."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.errors import Refused
from wurao.settings.lines import lines_of
from wurao.settings.places import choose_settings_file, settings_file
from wurao.settings.reading import load, names
from wurao.settings.thresholds import Thresholds, setting_of, thresholds

DEFAULTS = files("wurao.settings").joinpath("defaults.toml").read_text("utf-8")


@pytest.fixture
def operators(data: Path):
    """Writes the operator's file; returns it."""

    def write(text: str) -> Path:
        (data / "settings.toml").write_text(text, "utf-8")
        return data / "settings.toml"

    return write


def test_every_setting_has_a_default(data: Path):
    assert load()
    assert all(load().origin(name).startswith("defaults.toml:") for name in names())


def test_every_value_says_where_it_was_written(operators):
    file = operators("[velocity.caller]\n\nattempts_per_hour = 7_00\n")
    settings = load()
    assert settings.velocity.caller.attempts_per_hour == 700
    assert settings.origin("velocity.caller.attempts_per_hour") == f"{file}:3"
    for name in names():
        place, _, line = settings.origin(name).rpartition(":")
        text = file.read_text() if place == str(file) else DEFAULTS
        assert text.splitlines()[int(line) - 1].startswith(f"{name.rpartition('.')[2]} = ")


def test_the_file_that_is_named_wins_over_the_environment_and_that_over_the_data_directory(
    data: Path, operators, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert settings_file() is None
    operators("[screening]\nrescue_hours = 1\n")
    named, chosen, given_file = (tmp_path / f"{n}.toml" for n in range(3))
    for hours, file in enumerate((named, chosen, given_file), 2):
        file.write_text(f"[screening]\nrescue_hours = {hours}\n")
    assert load().screening.rescue_hours == 1
    monkeypatch.setenv("WURAO_SETTINGS", str(named))
    assert load().screening.rescue_hours == 2
    choose_settings_file(chosen)
    assert load().screening.rescue_hours == 3
    assert load(given_file).screening.rescue_hours == 4


@pytest.mark.parametrize(
    ("text", "line", "wrong", "right"),
    [
        (
            "[velocity.caller]\natempts_per_hour = 3",
            2,
            "there is no setting velocity.caller.atempts_per_hour",
            "did you mean velocity.caller.attempts_per_hour?",
        ),
        (
            "rescue_hours = 3",
            1,
            "there is no setting rescue_hours",
            "did you mean screening.rescue_hours?",
        ),
        ("[nonsense]\nx = 1", 1, "there is no setting nonsense", "defaults.toml names all"),
        (
            "[velocity]\ncaller = 3",
            2,
            "velocity.caller is a table of settings",
            "write [velocity.caller] and values under it",
        ),
        (
            "[velocity.callee]\n\ncallers_per_day = 'many'",
            3,
            "velocity.callee.callers_per_day: 'many' is of the wrong type",
            "write a whole number from 1 to 1,000,000,000",
        ),
        (
            "[velocity.callee]\ncallers_per_day = true",
            2,
            "velocity.callee.callers_per_day: True is of the wrong type",
            "write a whole number from 1 to 1,000,000,000",
        ),
        (
            "[velocity.callee]\ncallers_per_day = 600.0",
            2,
            "velocity.callee.callers_per_day: 600.0 is of the wrong type",
            "write a whole number from 1 to 1,000,000,000",
        ),
        (
            "[content]\nblock_threshold = 90",
            2,
            "content.block_threshold: 90 is out of range",
            "write a number from 0.0 to 1.0",
        ),
        (
            "[content]\nblock_threshold = nan",
            2,
            "content.block_threshold: nan is out of range",
            "write a number from 0.0 to 1.0",
        ),
        (
            "[screening]\nown_sender_id = ''",
            2,
            "screening.own_sender_id: is empty",
            'write a text in quotes, "like this"',
        ),
        (
            "[content]\n# sure\nlabel_threshold = 0.95",
            3,
            "content.label_threshold (0.95) is above content.block_threshold (0.9)",
            "lower the one or raise the other",
        ),
        (
            "[velocity.caller]\nattempts_per_day = 10",
            2,
            "velocity.caller.attempts_per_hour (400) is above velocity.caller.attempts_per_day (10)",
            "lower the one or raise the other",
        ),
    ],
)
def test_what_is_no_setting_is_refused_with_its_line_and_what_would_be_right(
    text: str, line: int, wrong: str, right: str, operators
):
    file = operators(text)
    with pytest.raises(Refused) as told:
        load()
    assert told.value.where == f"{file}:{line}"
    assert told.value.wrong == wrong
    assert told.value.right.startswith(right)


@pytest.mark.parametrize("text", ["a = [", "[content]\nblock_threshold = 0.9\nblock_threshold = 0.9", "\x00"])
def test_what_is_not_toml_is_refused_by_name(text: str, operators):
    file = operators(text)
    with pytest.raises(Refused, match="is not TOML") as told:
        load()
    assert told.value.where == str(file)


def test_a_file_that_is_not_there_or_not_utf_8_is_refused(data: Path, tmp_path: Path):
    with pytest.raises(Refused, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(Refused, match="cannot be read: Is a directory"):
        load(tmp_path)
    (tmp_path / "gbk.toml").write_bytes("# 设置".encode("gbk"))
    with pytest.raises(Refused, match="is not UTF-8; save it as UTF-8"):
        load(tmp_path / "gbk.toml")


def test_a_whole_number_will_do_for_a_number(operators):
    operators("[velocity.one_ring]\nseconds = 3\n")
    assert load().velocity.one_ring.seconds == 3.0
    assert thresholds(load()).one_ring_us == 3_000_000


@pytest.mark.parametrize(
    "text",
    [
        "\n\n[velocity]\ncaller = { attempts_per_hour = 77 }",
        "\n\n\nvelocity.caller.attempts_per_hour = 77",
        "\n\n\nvelocity = { caller.attempts_per_hour = 77 }",
        "# '''\n\n[velocity . 'caller'] # x = 1\n\"attempts_per_hour\" = 77 # '''",
    ],
)
def test_every_way_toml_has_of_writing_a_value_is_found_at_its_line(text: str, operators):
    file = operators(text)
    assert load().value("velocity.caller.attempts_per_hour") == 77
    assert load().origin("velocity.caller.attempts_per_hour") == f"{file}:4"


def test_lines_of_a_long_string_are_no_values():
    text = "[screening]\nown_sender_id = '''\nrescue_hours = 4\n'''\nrescue_hours = 5\n"
    assert lines_of(text) == {"screening": 1, "screening.own_sender_id": 2, "screening.rescue_hours": 5}


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_the_search_for_lines(text: str):
    assert all(1 <= line <= len(text.splitlines()) for line in lines_of(text).values())


def test_thresholds_are_flat_plain_numbers_in_microseconds(data: Path):
    flat = thresholds(load())
    assert all(type(value) in (int, float) for value in flat)
    assert flat.recently_called_us == 30 * 86_400_000_000
    assert flat.rescue_us == 4 * 3_600_000_000
    assert flat.late_us == flat.otp_window_us == 600_000_000
    assert flat.caller_callees_per_day == load().velocity.caller.callees_per_day


def test_every_threshold_knows_its_setting(data: Path):
    assert {setting_of(field) for field in Thresholds._fields} == {
        name
        for name in names()
        if name not in ("screening.own_sender_id", "velocity.active_callers", "content.model", "content.rules")
        and not name.startswith(("resolvers.", "control."))
    }


def test_a_dispatcher_and_a_courier_stay_below_and_diallers_do_not(data: Path):
    """The people that the sentences of defaults.toml speak of."""
    caller = load().velocity.caller
    dispatcher_hour, courier_day, dialler_hour = 300, 200, 1_000
    assert dispatcher_hour <= min(caller.attempts_per_hour, caller.callees_per_hour)
    assert courier_day <= min(caller.attempts_per_day, caller.callees_per_day)
    assert caller.answered_share < 0.5, "a courier is answered by more than half"
    assert dialler_hour > caller.callees_per_hour
    assert caller.answered_share_callees_per_hour <= 20, "a patient dialler is seen within its first twenty"


@pytest.mark.parametrize(
    "page", ["w.example.\\nbaidu.com CNAME .", "w example.cn", "page", "-a.cn", "", "x." + "a" * 64]
)
def test_a_warning_page_is_a_host_name(operators, page: str):
    file = operators(f'[resolvers]\nwarning_page = "{page}"\n')
    with pytest.raises(Refused, match="warning_page") as refused:
        load()
    assert refused.value.where == f"{file}:2"


@pytest.mark.parametrize("page", ["none", "warning.example.cn", "xn--fiqs8s.cn"])
def test_a_host_name_or_none_may_be_the_warning_page(operators, page: str):
    operators(f'[resolvers]\nwarning_page = "{page}"\n')
    assert load().resolvers.warning_page == page
