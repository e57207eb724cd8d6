"""What commands print with: lined up under Chinese, one JSON object a line, progress apart from results."""

from __future__ import annotations

import datetime
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.cli import output
from wurao.cli.output import harmless, note, print_table


def test_columns_line_up_under_chinese(capsys: pytest.CaptureFixture[str]):
    rows = [["block", "有诈骗处置令", 12345], ["allow", "没有规则发声", 7], ["label", "é👍", None]]
    output.print_table(["action", "理由", "count"], rows)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("action  理由")
    assert {output.width(line) for line in lines} == {output.width(lines[1])}
    assert [line[-6:] for line in lines[2:]] == ["12,345", "     7", "     –"]


def test_a_table_without_rows_is_its_headers(capsys: pytest.CaptureFixture[str]):
    output.print_table(["action", "count"], [])
    assert capsys.readouterr().out == "action  count\n──────  ─────\n"


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("abc", 3), ("勿扰", 4), ("１３８", 6), ("e\u0301", 1), ("a\u200bb", 2), ("中国香港 HK", 11), ("ｱ", 1)],
)
def test_the_width_of_a_text_is_what_a_terminal_gives_it(text: str, columns: int):
    assert output.width(text) == columns


@given(st.text(), st.text())
def test_widths_add_up(one: str, other: str):
    assert output.width(one + other) == output.width(one) + output.width(other)


def test_json_is_one_line_with_chinese_as_itself_and_times_with_an_offset(capsys: pytest.CaptureFixture[str]):
    at = datetime.datetime(2026, 3, 1, 8, 30, tzinfo=datetime.UTC)
    output.print_json({"province": "山西", "at": at, "count": np.int64(3), "error": None, "name": "a\nb"})
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "山西" in printed
    assert json.loads(printed) == {
        "province": "山西",
        "at": "2026-03-01T08:30:00+00:00",
        "count": 3,
        "error": None,
        "name": "a\nb",
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"bytes"])
def test_what_has_no_json_form_is_not_printed_as_something_else(value: object):
    with pytest.raises((TypeError, ValueError)):
        output.print_json({"value": value})


def test_progress_says_how_much_how_fast_and_how_long_still():
    shown = output.Progress("screening", "events", 40_000_000)
    shown.advance(10_000_000)
    assert shown.line(5.0) == "screening: 10,000,000 of 40,000,000 (25%) events, 2,000,000/s, 15 s left"
    assert shown.line(500.0).endswith(", 20,000/s, 25 min left")
    shown.total = None
    assert shown.line(5.0) == "screening: 10,000,000 events, 2,000,000/s"
    assert output.Progress("screening", "events", 10).line(0.0) == "screening: 0 of 10 (0%) events, 0/s"


def test_progress_keeps_out_of_standard_output(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(output, "SECONDS_BETWEEN_LINES", 0.0)
    with output.progress("reading", "rows", 10) as shown:
        shown.advance(4)
        shown.advance(6)
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"(reading: \d+ of 10 \(\d+%\) rows, [\d,]+/s(, \d+ s left)?\n){2}", err)


def test_progress_draws_a_bar_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with output.progress("reading", "rows", 10) as shown:
        shown.advance(4)
    assert shown.done == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert "reading" in err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mRED\a", "\\x1b[31mRED\\x07"),
        ("a\u202eb", "a\\u202eb"),
        ("上\u3000海\xa0é", "上\u3000海\xa0é"),
        ("\x9b2J\r", "\\x9b2J\\r"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_what_would_act_on_a_terminal_is_written_out(text: str, shown: str, capsys: pytest.CaptureFixture[str]):
    assert harmless(text) == shown
    print_table(["what"], [[text]])
    note(text)
    out, err = capsys.readouterr()
    assert (out.splitlines()[2], err) == (shown, shown + "\n")


def test_a_cell_is_one_line(capsys: pytest.CaptureFixture[str]):
    print_table(["what"], [["a\nb"]])
    assert capsys.readouterr().out.splitlines()[2:] == ["a\\nb"]
