"""`wurao number` and `wurao plan`: what they print, their exit codes, and what they do not import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import phone
import pytest

from wurao.cli import run
from wurao.numbering import plan

KEYS = ["input", "e164", "canonical", "kind", "country", "province", "city", "operator", "protected", "error"]


@pytest.fixture(autouse=True)
def fresh(data: Path):
    plan.current.cache_clear()
    yield data
    plan.current.cache_clear()


def asked(capsys: pytest.CaptureFixture[str], *texts: str) -> tuple[int, list[dict[str, str | None]]]:
    code = run(["number", "--json", "--", *texts])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_mobile_number_is_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    code, (line,) = asked(capsys, "+86 131-0351-0001")
    assert code == 0
    assert list(line) == KEYS
    assert list(line.values()) == [
        "+86 131-0351-0001", "+8613103510001", "+8613103510001", "mobile", "CN", "山西", "太原", "中国联通", None, None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "canonical", "kind", "country", "protected"),
    [
        ("0351-110", "110", "short", "CN", "never"),
        ("95588", "95588", "short", "CN", "protected"),
        ("400-810-0000", "4008100000", "freephone", "CN", None),
        ("10690001234567", "10690001234567", "message_port", "CN", None),
        ("1064912345678", "+861064912345678", "iot", "CN", None),
        ("17400001234", "+8617400001234", "satellite", "CN", None),
        ("icbc", "ICBC", "name", None, None),
        ("+852 2345 6789", "+85223456789", "foreign", "HK", None),
        ("", "withheld", "withheld", None, None),
        ("-", "withheld", "withheld", None, None),
    ],
)
def test_each_kind_is_told(capsys, text, canonical, kind, country, protected) -> None:
    code, (line,) = asked(capsys, text)
    assert code == 0
    assert (line["canonical"], line["kind"], line["country"], line["protected"]) == (
        canonical,
        kind,
        country,
        protected,
    )
    assert line["error"] is None


def test_a_text_that_is_no_number_does_not_lose_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = asked(capsys, "110", "1" * 400, "95588")
    assert code == 1
    assert [line["kind"] for line in lines] == ["short", "impossible", "short"]
    assert lines[1]["error"] is not None
    assert "write it as +86 138" in lines[1]["error"]


def test_people_see_the_names_of_hong_kong_macao_and_taiwan(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["number", "+852 2345 6789", "+853 2812 3456", "+886 2 2345 6789", "110"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("中国香港", "中国澳门", "中国台湾", "never 报警"))


def test_nothing_to_ask_is_wrong_usage() -> None:
    assert run(["number"]) == 2


def test_one_answer_imports_neither_numba_nor_pyarrow_nor_phonenumbers() -> None:
    body = (
        "import sys; from wurao.cli import run; code = run(['number', '+8613103510001', '110', 'ICBC']);"
        "print([m for m in ('numba', 'pyarrow', 'phonenumbers', 'phone', 'rich') if m in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


def test_a_plan_is_loaded_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "load", "--json", str(Path(phone.__file__).parent / "phone.dat")]) == 0
    loaded = json.loads(capsys.readouterr().out)
    assert (loaded["version"], loaded["segments"], loaded["provinces"]) == ("2312", 499_527, 31)
    assert run(["plan", "info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == loaded
    assert sum(told["operators"].values()) == told["segments"]
    assert run(["plan", "info"]) == 0
    assert "中国广电" in capsys.readouterr().out


def test_a_damaged_plan_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "phone.dat"
    file.write_bytes((Path(phone.__file__).parent / "phone.dat").read_bytes()[:100_000])
    assert run(["plan", "load", str(file)]) == 1
    assert "it was cut off" in capsys.readouterr().err


def test_what_was_asked_is_shown_without_acting_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["number", "\x1b[31mRED\a"]) == 1
    shown = capsys.readouterr()
    assert "\\x1b[31mRED\\x07" in shown.out
    assert not {"\x1b", "\a"} & {*shown.out, *shown.err}
