"""`wurao content`: train, classify and evaluate, on tables good and bad."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.content.sets import write_sets
from tests.content.toys import FRAUD, NORMAL, toy_texts
from wurao.cli import run
from wurao.content.classes import CLASSES, KINDS
from wurao.settings import load

JUDGED = ["label", "score", "class", "kind", "action"]


def written(place: Path, texts: list[str], labels: list[str]) -> Path:
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("text", "label"), *zip(texts, labels, strict=True)])
    return place


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("table") / "ours.csv", *toy_texts(20))


@pytest.fixture(scope="module")
def model(table: Path) -> Path:
    assert run(["content", "train", str(table), "-o", str(table.with_name("ours.model"))]) == 0
    return table.with_name("ours.model")


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_training_prints_what_the_contract_says_and_gives_the_same_file_twice(table, tmp_path, capsys):
    out = tmp_path / "new" / "a.model"
    assert run(["content", "train", str(table), "-o", str(out), "--json"]) == 0
    told = printed(capsys)
    assert list(told) == ["rows", "labels", "seconds", "bytes"]
    assert (told["rows"], told["labels"]) == (40, {"fraud:loan": 20, "normal": 20})
    assert told["bytes"] == out.stat().st_size
    before = out.read_bytes()
    assert run(["content", "train", str(table), "-o", str(out)]) == 0
    assert "下一步 next: wurao content classify" in capsys.readouterr().out
    assert out.read_bytes() == before


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_the_same_rows_in_another_kind_of_file_give_the_same_model(table, model, tmp_path, ending):
    texts, labels = toy_texts(20)
    rows = pa.table({"text": texts, "label": labels})
    file = tmp_path / f"ours{ending}"
    if ending == ".parquet":
        pq.write_table(rows, file)
    else:
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.to_pylist()), "utf-8")
    assert run(["content", "train", str(file), "-o", str(tmp_path / "a.model")]) == 0
    assert (tmp_path / "a.model").read_bytes() == model.read_bytes()


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (b"text,label\n", ": has no texts; texts of two labels at least"),
        ("text,label\n转账,fraud\n".encode(), ": has 1 text and one label; texts of two labels at least"),
        ("text,label\n转账,fraud\n吃饭,fraud\n".encode(), ": has 2 texts and one label"),
        ("text,label\n,fraud\n转账,\n吃饭,normal\n".encode(), ": has 1 text and one label"),
        (b"text\nx\n", ": has no column label; a header with text, label"),
        (b"", ": is empty; the first line names the columns"),
        ("text,label\n转账,fraud\n".encode("utf-16"), ": is UTF-16; save it as UTF-8"),
    ],
)
def test_a_table_that_nothing_can_be_learned_from_is_refused_by_name_and_leaves_no_file(tmp_path, capsys, octets, told):
    file = tmp_path / "bad.csv"
    file.write_bytes(octets)
    assert run(["content", "train", str(file), "-o", str(tmp_path / "a.model")]) == 1
    assert f"{file}{told}" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["bad.csv"]


def test_bad_rows_of_a_table_are_named_with_their_line_and_the_good_ones_are_learned_from(tmp_path, capsys):
    file = tmp_path / "part.csv"
    rows = ["请转账,fraud", "只有一格", "吃饭吗,normal", "a\x00b,normal", ",fraud", "转账吧,fraud"]
    file.write_bytes("\n".join(["text,label", *rows, ""]).encode() + b"\xff,normal\n")
    assert run(["content", "train", str(file), "-o", str(tmp_path / "a.model"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["rows"] == 5
    for line in (3, 5, 8):
        assert f"{file}:{line} (row): " in captured.err
    assert f"{file}: 1 rows without a text or a label, left out" in captured.err


def test_labels_that_are_all_a_risk_are_learned_and_that_scores_tell_nothing_is_said(tmp_path, capsys):
    file = written(tmp_path / "a.csv", ["转账", "贷款", "转账吧", "贷款吧"], ["scam", "loan", "scam", "loan"])
    assert run(["content", "train", str(file), "-o", str(tmp_path / "a.model")]) == 0
    assert "all labels are risk, so scores tell nothing apart" in capsys.readouterr().err


def messages() -> pa.Table:
    texts = [*FRAUD, *NORMAL, "", None, "百家乐 http://abc.com", "您的验证码是123456，5分钟内有效", "привет"]
    return pa.table({"id": range(len(texts)), "text": texts, "其他": [f"第{n}行" for n in range(len(texts))]})


def classified(tmp_path: Path, ending: str, *how: str) -> pa.Table:
    given, out = tmp_path / f"in{ending}", tmp_path / f"out{ending}"
    if ending == ".parquet":
        pq.write_table(messages(), given)
    else:
        with given.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerows([messages().column_names, *(row.values() for row in messages().to_pylist())])
    assert run(["content", "classify", str(given), "-o", str(out), *how]) == 0
    if ending == ".parquet":
        return pq.read_table(out)
    from pyarrow import csv as arrow_csv

    return arrow_csv.read_csv(out, convert_options=arrow_csv.ConvertOptions(strings_can_be_null=True))


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_every_row_comes_out_in_order_with_what_the_contract_says(tmp_path, capsys, ending):
    found = classified(tmp_path, ending, "--json")
    assert printed(capsys)["rows"] == len(messages())
    assert found.column_names == [*messages().column_names, *JUDGED]
    assert found.column("其他").to_pylist() == messages().column("其他").to_pylist()
    assert [text or "" for text in found.column("text").to_pylist()] == [
        text or "" for text in messages().column("text").to_pylist()
    ]
    content = load().content
    for row in found.to_pylist():
        assert 0 <= row["score"] <= 1
        assert row["class"] in CLASSES
        assert row["kind"] in (None, *KINDS)
        risky = row["class"] in ("fraud", "illegal")
        assert risky is (row["score"] >= 0.5)
        expected = "block" if row["score"] >= content.block_threshold else None
        assert row["action"] == (expected or ("label" if row["score"] >= content.label_threshold else "allow"))
    gambling = next(row for row in found.to_pylist() if "百家乐" in (row["text"] or ""))
    assert (gambling["class"], gambling["kind"], gambling["action"]) == ("illegal", "gambling", "block")


def test_csv_and_parquet_are_judged_alike(tmp_path):
    one, other = classified(tmp_path, ".csv"), classified(tmp_path, ".parquet")
    assert one.column("score").to_pylist() == pytest.approx(other.column("score").to_pylist())
    for name in ("label", "class", "kind", "action"):
        assert one.column(name).to_pylist() == other.column(name).to_pylist()


def test_by_a_model_of_ones_own_there_are_label_and_score(tmp_path, model, capsys):
    found = classified(tmp_path, ".parquet", "--model", str(model))
    assert found.column_names == [*messages().column_names, "label", "score"]
    rows = found.to_pylist()
    assert [row["label"] for row in rows[: len(FRAUD)]] == ["fraud:loan"] * len(FRAUD)
    assert [row["label"] for row in rows[len(FRAUD) :][: len(NORMAL)]] == ["normal"] * len(NORMAL)
    assert f"{len(messages()):,} 条文本 texts" in capsys.readouterr().out


def test_the_model_that_the_settings_name_is_used_as_the_shipped_one_is(tmp_path, model, capsys, monkeypatch):
    monkeypatch.setattr("wurao.settings.places._chosen_settings", None)
    monkeypatch.setenv("WURAO_SETTINGS", "put back after what --settings sets")
    settings = tmp_path / "own.toml"
    settings.write_text(f'[content]\nmodel = "{model}"\n', "utf-8")
    own = classified(tmp_path, ".parquet", "--model", str(model)).to_pylist()
    found = classified(tmp_path, ".parquet", "--settings", str(settings))
    assert found.column_names == [*messages().column_names, *JUDGED]
    for row, alone in zip(found.to_pylist(), own, strict=True):
        assert row["score"] == pytest.approx(max(row["score"], alone["score"])), "a rule may be louder, nothing lower"
        assert row["class"] in CLASSES
    assert [row["kind"] for row in found.to_pylist()[: len(FRAUD)]] == ["loan"] * len(FRAUD)
    settings.write_text(f'[content]\nmodel = "{tmp_path / "none.model"}"\n', "utf-8")
    assert run(["content", "classify", str(tmp_path / "in.parquet"), "-o", str(tmp_path / "o.csv")]) == 1
    assert "none.model: there is no such file" in capsys.readouterr().err


def test_the_threshold_of_the_operator_is_the_one_that_action_goes_by(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("wurao.settings.places._chosen_settings", None)
    monkeypatch.setenv("WURAO_SETTINGS", "put back after what --settings sets")
    settings = tmp_path / "own.toml"
    settings.write_text("[content]\nblock_threshold = 1.0\nlabel_threshold = 0.0\n")
    found = classified(tmp_path, ".parquet", "--settings", str(settings))
    expected = ["block" if score >= 1 else "label" for score in found.column("score").to_pylist()]
    assert found.column("action").to_pylist() == expected


def test_rows_that_cannot_be_read_are_named_and_all_others_are_judged(tmp_path, capsys):
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_bytes(b"id,text\n1,ok\n2\n3,a\x00b\n4,\xff\n" + "5,转账\n6,a,b\n7,end\n".encode())
    assert run(["content", "classify", str(file), "-o", str(out)]) == 0
    told = capsys.readouterr().err
    for line in (3, 4, 5, 7):
        assert f"{file}:{line} (row): " in told
    assert "6,a,b" not in told, "text of messages is in no log"
    assert out.stat().st_mode & 0o777 == 0o600
    with out.open(encoding="utf-8", newline="") as rows:
        assert [row["id"] for row in csv.DictReader(rows)] == ["1", "3", "4", "5", "7"]


def test_columns_of_its_own_with_these_names_are_replaced_and_that_is_said(tmp_path, capsys):
    file = written(tmp_path / "in.csv", ["转账"], ["mine"])
    assert run(["content", "classify", str(file), "-o", str(tmp_path / "out.csv")]) == 0
    assert f"{file}: its own column label is replaced" in capsys.readouterr().err
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[0] == '"text","label","score","class","kind","action"'


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("in.csv", "is read and cannot be written"),
        ("out.txt", "is no name of a table"),
        ("in.csv/x.csv", "is no directory"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_refused_before_anything_is_read(tmp_path, capsys, out, told):
    file = written(tmp_path / "in.csv", ["转账"], ["mine"])
    before = file.read_bytes()
    assert run(["content", "classify", str(file), "-o", str(tmp_path / out)]) == 1
    assert told in capsys.readouterr().err
    assert file.read_bytes() == before


def test_what_is_no_regular_file_is_never_replaced(tmp_path, capsys):
    file, pipe = written(tmp_path / "in.csv", ["转账"], ["mine"]), tmp_path / "out.csv"
    os.mkfifo(pipe)
    for asked in (["content", "classify", str(file)], ["content", "train", str(file)], ["screen", str(file)]):
        assert run([*asked, "-o", str(pipe)]) == 1
        assert pipe.is_fifo()
    assert "out.csv: is no regular file" in capsys.readouterr().err


def test_a_rule_that_is_louder_gives_label_class_and_kind_alike(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("wurao.settings.places._chosen_settings", None)
    monkeypatch.setenv("WURAO_SETTINGS", "put back after what --settings sets")
    rule = 'zh = "一"\nen = "one"\nall_of = ["转账"]\nclass = "illegal"\nkind = "documents"\nscore = 0.99\n'
    (tmp_path / "rules.toml").write_text(f"[rules.one]\n{rule}", "utf-8")
    (tmp_path / "own.toml").write_text(f'[content]\nrules = "{tmp_path / "rules.toml"}"\n', "utf-8")
    for row in classified(tmp_path, ".parquet", "--settings", str(tmp_path / "own.toml")).to_pylist():
        assert row["label"] == ":".join(filter(None, (row["class"], row["kind"])))


@pytest.mark.parametrize("cut", [0, 100, -1])
def test_a_model_that_is_cut_is_refused_by_name_with_what_to_do(tmp_path, model, capsys, cut):
    broken = tmp_path / "cut.model"
    broken.write_bytes(model.read_bytes()[:cut])
    file = written(tmp_path / "in.csv", ["转账"], ["mine"])
    for asked in (["classify", str(file), "-o", str(tmp_path / "o.csv")], ["evaluate", str(file)]):
        assert run(["content", *asked, "--model", str(broken)]) == 1
        told = capsys.readouterr().err
        assert f"{broken}: is no whole model" in told
        assert "a file that `wurao content train` wrote with this version" in told
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize("name", ["a/ours.csv", "scripts.csv"])
def test_two_sets_of_one_name_are_refused(table, tmp_path, capsys, name):
    other = tmp_path / name
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(table.read_bytes())
    assert run(["content", "evaluate", str(table), str(other)]) == 1
    assert f"{other}: another set is called {other.stem} too; another name" in capsys.readouterr().err


def test_a_table_with_nothing_to_evaluate_is_refused(tmp_path, capsys):
    file = written(tmp_path / "a.csv", [], [])
    assert run(["content", "evaluate", str(file)]) == 1
    assert f"{file}: has no rows with a text and a label" in capsys.readouterr().err


def test_evaluating_prints_a_line_a_figure_each_within_its_interval(tmp_path, model, capsys):
    sets = write_sets(tmp_path, 6)
    asked = [str(sets / name) for name in ("sms/zh.csv", "calls/zh.parquet")]
    assert run(["content", "evaluate", *asked, "--model", str(model), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["set"] for each in told} == {"fbs", "nus_zh", "tft5", "calls"}
    for each in told:
        assert list(each) == ["set", "trained_on", "figure", "value", "low", "high", "n"]
        assert each["low"] <= each["value"] <= each["high"]
        assert each["n"] > 0
    assert any(each["set"] == "tft5" and "tft5" not in each["trained_on"].split("+") for each in told)
