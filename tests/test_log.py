"""Logs: to standard error, one JSON object a line, people's numbers masked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.errors import Refused
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


def test_the_names_of_files_are_whole_and_numbers_beside_them_are_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    place = tmp_path / "2026 12" / "batch-13803510001" / "20261201" / "list-1796067031.parquet"
    plain = tmp_path / "1796067031.log"
    number = "13803510002"
    log = logger("dns")
    log.error("a", wrong=Refused(f"cannot be read for {number}", where=str(place), right=f"see {plain}"))
    log.error("b", wrong=FileNotFoundError(2, "No such file or directory", str(place)))
    log.error("c", wrong=f"{plain}: {number} cannot be called; see {plain}, or ({plain})", at=[plain, number])
    log.error("d", wrong=repr(Refused("no", where=str(place))), path=f"/api/v1/numbers/{number}", alone=f"/{number}",
              url=f"http://tmp/{number}/a")  # fmt: skip
    log.error("e", relative=Path("domains-13803510001.csv"))
    a, b, c, d, e = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert a["wrong"] == f"{place}: cannot be read for 1380351****; see {plain}"
    assert b["wrong"] == f"[Errno 2] No such file or directory: '{place}'"
    assert c["wrong"] == f"{plain}: 1380351**** cannot be called; see {plain}, or ({plain})"
    assert c["at"] == [str(plain), "1380351****"]
    assert str(place) in d["wrong"]
    assert d["path"] == "/api/v1/numbers/1380351****"
    assert d["alone"] == "/1380351****"
    assert d["url"] == "http://tmp/1380351****/a"
    assert e["relative"] == "domains-13803510001.csv"


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
