"""Logs: to standard error, one JSON object a line, people's numbers masked."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.log import logger, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13803510001", "1380351****"),
        ("+8613803510001", "+861380351****"),
        ("call from 13803510001 to 03512345678.", "call from 1380351**** to 0351234****."),
        ("13803510001,13803510002", "1380351****,1380351****"),
        ("10690001234567890123", "1069000123456789****"),
        ("110", "110"),
        ("95588", "95588"),
        ("2026-11-23T12:12:12.123456+08:00", "2026-11-23T12:12:12.123456+08:00"),
        ("sip:13803510001@example", "sip:1380351****@example"),
        ("20261123T215304Z", "20261123T215304Z"),
        ("20261123T233828628800Z+15", "20261123T233828628800Z+15"),
        ("T13803510001Z", "T1380351****Z"),
        ("0f3a91234567b2", "0f3a91234567b2"),
        ("changes/00000000000000000013.log", "changes/00000000000000000013.log"),
        ("008613803510001", "00861380351****"),
    ],
)
def test_the_last_four_digits_of_a_number_are_hidden(text: str, shown: str):
    assert masked(text) == shown


@given(
    st.integers(13_000_000_000, 19_999_999_999),
    st.sampled_from(["", "+86", "86", "0086"]),
    st.text("人，: \n()", max_size=4),
)
def test_no_mobile_number_passes_whole(number: int, before: str, around: str):
    assert masked(f"{around}{before}{number}{around}") == f"{around}{before}{number // 10_000}****{around}"


def test_events_go_to_standard_error_as_json_with_numbers_masked_at_any_depth():
    code = (
        "from wurao.log import logger\n"
        "log = logger('screening')\n"
        "log.warning('rule raised', rule='velocity', of={'from_number': '+8613803510001', 'to': ['13803510002']})\n"
        "log.debug('not shown')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    event = json.loads(done.stderr)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "room": "screening",
        "level": "warning",
        "event": "rule raised",
        "rule": "velocity",
        "of": {"from_number": "+861380351****", "to": ["1380351****"]},
    }


def test_asking_for_a_logger_imports_nothing():
    code = "import sys; from wurao.log import logger; logger('x'); sys.exit('structlog' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lowest_level_logged_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch):
    code = "from wurao.log import logger; logger('x').debug('seen')"
    monkeypatch.setenv("WURAO_LOG", "debug")
    assert '"seen"' in subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr


def test_a_traceback_can_be_logged(capsys: pytest.CaptureFixture[str]):
    try:
        raise ValueError("13803510001")
    except ValueError:
        logger("x").error("failed", exc_info=True)
    shown = capsys.readouterr().err
    assert "ValueError" in shown
    assert "13803510001" not in shown
