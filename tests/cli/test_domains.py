"""`wurao domains`, and the guard in builds and changes: decisions as CONTRACTS has them, lists in and out."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from tests.domains.small import HEAD
from wurao.changes import ChangeReader
from wurao.cli import run
from wurao.domains import guarding

TABLE = "name,match,cause,source,second_person,start\n"
START = "2026-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _fresh(data: Path) -> None:
    """Each test reads the guard of its own data directory."""
    guarding.forget()


def wurao(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = run([str(each) for each in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def store_of(tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[str]) -> tuple[Path, str]:
    tables, store = tmp_path / "tables", tmp_path / "store"
    tables.mkdir()
    (tables / "domains.csv").write_text(TABLE + "".join(f"{row}\n" for row in rows))
    code, _, err = wurao(capsys, "snapshot", "build", tables, "-o", store)
    assert code == 0
    return store, err


def test_check_prints_what_would_become_of_each_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.txt"
    file.write_text('# list\nEvil.com\nco.uk\nx.weebly.com\nicbc.com.cn\na"b\n中国骗子.com\n')
    code, out, err = wurao(capsys, "domains", "check", file, "--json")
    assert (code, err) == (0, "")
    said = [("Evil.com", "evil.com", "list", None), ("co.uk", "co.uk", "refuse", "PUBLIC_SUFFIX"),
            ("x.weebly.com", "x.weebly.com", "list-exact", "BELOW_SHARED_NAME"),
            ("icbc.com.cn", "icbc.com.cn", "second-person", "PROTECTED"), ('a"b', None, "refuse", "BAD_CHARACTER"),
            ("中国骗子.com", "xn--fiqs8s5tdkz7f.com", "list", None)]  # fmt: skip
    columns = ("input", "name", "decision", "reason", "line")
    assert lines(out) == [dict(zip(columns, (*each, line), strict=True)) for line, each in enumerate(said, start=2)]
    code, out, err = wurao(capsys, "domains", "check", file)
    assert code == 0
    assert "中国工商银行" in out
    assert "PUBLIC_SUFFIX: 这是公共后缀" in out


@pytest.mark.parametrize(
    ("form", "written", "expected"),
    [
        ("hosts", b"10.1.1.1 nas\n0.0.0.0 evil.com b.com\n\n0.0.0.0\n0.0.0.0 c.com\n",
         [(1, None), (2, "evil.com"), (2, "b.com"), (4, None), (5, "c.com")]),
        ("plain", b"evil.com\n\xff\xfe.com\n# said\n" + b"x" * 20_000 + b"\nb.com\nno name\nc.com\n",
         [(1, "evil.com"), (2, None), (4, None), (5, "b.com"), (6, None), (7, "c.com")]),
        ("rpz", b"@ SOA a b 1 2 3 4 5\nevil.com CNAME .\nthrough.com CNAME rpz-passthru.\n???\nb.com CNAME .\n",
         [(2, "evil.com"), (3, None), (4, None), (5, "b.com")]),
        ("csv", b'name,match\nevil.com,exact\nb.com,wide\nc.com\nd.com,"exact\ne.com,below\n',
         [(2, "evil.com"), (3, None), (4, None), (5, None), (6, "e.com")]),
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_refused_in_its_place_and_named(
    form: str,
    written: bytes,
    expected: list[tuple[int, str | None]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "list"
    file.write_bytes(written)
    _, out, err = wurao(capsys, "domains", "check", file, "--format", form, "--json")
    assert [(each["line"], each["name"]) for each in lines(out)] == expected
    for each in lines(out):
        assert (each["name"] is None) == (each["decision"] == "refuse")
        bad = each["reason"] == "BAD_LINE"
        assert bad == (f"{file}:{each['line']} " in err)


def test_check_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"evil.com\n")))
    assert lines(wurao(capsys, "domains", "check", "-", "--json")[1])[0]["decision"] == "list"


def test_check_of_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["check"], ["import", "-o", tmp_path / "domains.csv"], ["guard", "load"]):
        for missing in (tmp_path / "none", tmp_path if words[0] != "guard" else tmp_path / "domains.csv"):
            code, _, err = wurao(capsys, "domains", *words, missing)
            assert code == 1
            assert str(missing) in err


def test_the_scam_list_is_imported_whole_and_every_refusal_listed(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "domains.csv"
    code, told, _ = wurao(capsys, "domains", "import", shared / "data/domains/scam.txt", "-o", out, "--cause", "fraud",
                          "--source", "open lists", "--json")  # fmt: skip
    assert code == 0
    counts = json.loads(told)
    report = lines((tmp_path / "domains.csv.refused.jsonl").read_text("utf-8"))
    assert counts["rows"] + counts["waiting"] + counts["refused"] + counts["repeated"] == 115_789
    assert len(report) == counts["waiting"] + counts["refused"]
    assert {"myway.com", "gtimg.com", "trovi.com"} <= {each["name"] for each in report}
    assert all(each["reason"] and each["sentence"] for each in report)


@pytest.mark.parametrize("form", ["plain", "rpz", "csv"])
def test_what_was_exported_is_imported_again(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"evil.com,below,fraud,police,,{START}", f"b.com,exact,fraud,police,,{START}",
            f"x.weebly.com,exact,fraud,police,,{START}"]  # fmt: skip
    store, _ = store_of(tmp_path, capsys, rows)
    code, told, _ = wurao(
        capsys, "domains", "export", "--store", store, "--format", form, "-o", tmp_path / "list", "--json"
    )
    assert (code, json.loads(told)) == (0, {"names": 3, "below": 1, "refused": 0, "waiting": 0})
    code, told, _ = wurao(capsys, "domains", "import", tmp_path / "list", "-o", tmp_path / "domains.csv", "--cause",
                          "fraud", "--source", "police", "--start", START, "--json")  # fmt: skip
    assert (code, json.loads(told)["rows"], json.loads(told)["refused"]) == (0, 3, 0)
    again = (tmp_path / "domains.csv").read_text().splitlines()[1:]
    assert sorted(line.replace('"', "").split(",")[:2] for line in again) == [
        ["b.com", "exact"], ["evil.com", "below"], ["x.weebly.com", "exact"],
    ]  # fmt: skip


def test_an_import_of_which_nothing_may_be_listed_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list").write_text("evil.com\n")
    for more, said in ((["--source", "police"], "has no row"), (["--source", "police", "--cause", "fraud"], "next: ")):
        code, _, err = wurao(capsys, "domains", "import", tmp_path / "list", "-o", tmp_path / "domains.csv", *more)
        assert code == 0
        assert said in err


def test_a_list_of_another_time_is_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, _ = store_of(tmp_path, capsys, [f"evil.com,below,fraud,police,,{START}"])
    asked = ["domains", "export", "--store", store, "--format", "plain", "-o", tmp_path / "list", "--json", "--at"]
    assert json.loads(wurao(capsys, *asked, "2025-12-31T00:00:00Z")[1])["names"] == 0
    assert wurao(capsys, *asked, "yesterday")[0] == 2


def test_a_zone_has_a_name_or_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, _ = store_of(tmp_path, capsys, [f"evil.com,below,fraud,police,,{START}"])
    asked = ["domains", "export", "--store", store, "--format", "rpz", "-o", tmp_path / "zone", "--origin"]
    for origin in ("", ".", "a..b", "a b", "a\n$INCLUDE /etc/passwd", "x" * 64, "*.rpz.example", "a." * 130):
        code, _, err = wurao(capsys, *asked, origin)
        assert code == 2
        assert "--origin" in err
        assert not (tmp_path / "zone").exists()
    assert wurao(capsys, *asked, "RPZ.中国.")[0] == 0
    assert (tmp_path / "zone").read_text().startswith("$ORIGIN rpz.xn--fiqs8s.\n")


def test_a_build_leaves_out_what_the_guard_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"Evil.COM.,below,fraud,police,,{START}", f"co.uk,below,fraud,police,局长,{START}",
            f"qq.com,below,fraud,police,police,{START}", f"baidu.com,exact,fraud,police,局长,{START}"]  # fmt: skip
    store, err = store_of(tmp_path, capsys, rows)
    assert "domains.csv:3 name: 'co.uk' PUBLIC_SUFFIX" in err
    assert "domains.csv:4 name: 'qq.com' POPULAR" in err
    wurao(capsys, "domains", "export", "--store", store, "--format", "plain", "-o", tmp_path / "list")
    assert (tmp_path / "list").read_text().split("\n")[1:-1] == [
        "# match: exact",
        "baidu.com",
        "# match: below",
        "evil.com",
    ]


def test_a_change_that_the_guard_holds_never_enters_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, _ = store_of(tmp_path, capsys, [f"evil.com,below,fraud,police,,{START}"])
    file, orders = tmp_path / "domains.csv", tmp_path / "orders.csv"
    file.write_text(f"{TABLE}github.io,below,fraud,police,,{START}\n中国骗子.com,exact,fraud,police,,{START}\n")
    orders.write_text("order_id,verb,target_kind,target,cause,authority,start,end\n"
                      f"o1,block,domain,icbc.com.cn,fraud,局,{START},2027-01-01T00:00:00Z\n")  # fmt: skip
    code, out, err = wurao(capsys, "change", file, orders, "--store", store, "--json")
    assert (code, json.loads(out)["accepted"], json.loads(out)["bad"]) == (0, 1, 2)
    assert "domains.csv:2 name: 'github.io' SHARED_NAME" in err
    assert "orders.csv:2 target: 'icbc.com.cn' PROTECTED" in err
    (tmp_path / "domains-2.csv").write_text("name,match,op\nEVIL.com.,below,delete\n")
    wurao(capsys, "change", tmp_path / "domains-2.csv", "--store", store)
    assert [each.key for each in ChangeReader(store).poll()] == [
        ("xn--fiqs8s5tdkz7f.com", "exact"), ("evil.com", "below"),
    ]  # fmt: skip


def test_without_a_sound_guard_nothing_is_listed(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "guard").mkdir()
    (data / "guard" / "guard.json").write_text("{")
    (tmp_path / "list").write_text("evil.com\n")
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "domains.csv").write_text(f"{TABLE}evil.com,below,fraud,police,,{START}\n")
    for arguments in (["domains", "check", tmp_path / "list"], ["snapshot", "build", tables, "-o", tmp_path / "store"]):
        code, _, err = wurao(capsys, *arguments)
        assert code == 1
        assert "wurao domains guard load" in err
    (tables / "domains.csv").unlink()
    (tables / "ported.csv").write_text("number,operator,since\n+8613803510001,x,2026-01-01T00:00:00Z\n")
    assert wurao(capsys, "snapshot", "build", tables, "-o", tmp_path / "store")[0] == 0


def test_newer_guard_data_are_loaded_and_shown(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "newer"
    given.mkdir()
    (given / "operators.csv").write_text(HEAD.format("ours") + "".join(f"o{n}.com,x,t\n" for n in range(99)))
    code, out, _ = wurao(capsys, "domains", "guard", "load", given, "--source", "a test", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["operators.csv"]["source"] == "a test"
    assert told["popular.txt"]["date"] == "2014-11-06"
    assert told["public_suffix_list.dat"]["names"] > 9_000
    (tmp_path / "list").write_text("o5.com\n")
    assert lines(wurao(capsys, "domains", "check", tmp_path / "list", "--json")[1])[0]["decision"] == "second-person"
    assert wurao(capsys, "domains", "guard", "load", "--shipped")[0] == 0
    assert lines(wurao(capsys, "domains", "check", tmp_path / "list", "--json")[1])[0]["decision"] == "list"
    assert wurao(capsys, "domains", "guard", "load")[0] == 2


def test_the_guard_shows_of_each_part_its_date_and_where_its_names_are_from(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = wurao(capsys, "domains", "guard", "show", "--json")
    told = json.loads(out)
    assert code == 0
    assert len(told) == 7
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", each["date"]) and each["names"] > 50 for each in told.values())
    assert "OpenDNS top domains, 2014, public domain" in told["popular.txt"]["source"]
    assert "publicsuffix.org" in told["public_suffix_list.dat"]["source"]
    for short, part in (("cnnic: ", "government.csv"), ("lines: ", "banks.csv"), ("site: ", "services.csv")):
        assert short in told[part]["source"]
    shown = wurao(capsys, "domains", "guard", "show")[1]
    for part, about in told.items():
        assert part in shown
        assert about["date"] in shown
        assert all(f"  {source}\n" in shown for source in about["source"].split(" / "))


def test_an_output_that_is_no_table_or_an_input_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "domains.csv").write_text("name\nevil.com\n")
    asked = ["domains", "import", tmp_path / "domains.csv", "-o"]
    assert wurao(capsys, *asked, tmp_path / "list.csv")[0] == 2
    assert wurao(capsys, *asked, tmp_path / "domains.csv")[0] == 1
