"""What is learned from: the sets by their labels, made values in place of hidden ones, disguised copies beside."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.content.sets import calls, chinese, write_sets
from wurao.content.classes import CLASSES, KINDS
from wurao.content.corpus import (
    COSTS,
    DISGUISED,
    SHIPPED_FROM,
    Source,
    filled,
    first_turns,
    read_first_turns,
    read_sources,
    source_of,
    table_of,
)
from wurao.errors import Refused

HIDDEN = ("DIGIT", "URL", "NAME", "PHONE", "CELLPHONE", "FIXEDPHONE", "PLACE", "WECHAT")


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sets(tmp_path_factory.mktemp("sets"))


def are_labels(labels: list[str]) -> bool:
    return all(name in CLASSES and kind in ("", *KINDS) for name, _, kind in (each.partition(":") for each in labels))


def test_what_is_measured_on_alone_is_never_learned_from():
    assert "tft5" not in SHIPPED_FROM


def test_the_sets_are_read_by_the_labels_of_the_shipped_classifier(sets: Path):
    found = read_sources(sets)
    assert set(found) == {"fbs", "nus_zh", "calls", "en", "scripts", "tft5"}
    for source in found.values():
        assert len(source.texts) == len(source.own) == len(source.labels) == len(source.given)
        assert are_labels(source.labels)
    rows = [row for row in chinese() if row["source"] == "tft5"]
    assert (found["tft5"].texts, found["tft5"].own) == ([row["text"] for row in rows], [row["label"] for row in rows])
    assert set(found["tft5"].labels) == {"normal", "fraud:loan", "fraud:authority"}
    assert set(read_sources(sets, ("en", "nus_zh"))) == {"en", "nus_zh"}


def test_of_a_call_the_first_turns_are_read_and_what_the_callee_says_is_normal(sets: Path):
    (source,) = read_sources(sets, ("calls",)).values()
    row = calls()[0]
    texts = [turn["text"] for turn in row["turns"]]
    own = source.texts[:5]
    assert own == [" ".join(texts[:3]), texts[0], f"{texts[0]} {texts[2]}", texts[1], texts[3]]
    assert source.labels[:5] == ["fraud:service_impostor"] * 3 + ["normal"] * 2
    assert read_first_turns(sets)[0] == [first_turns(call) for call in calls()]


@pytest.mark.parametrize("name", ["sms/zh.csv", "sms/en.csv", "calls/zh.parquet"])
def test_a_set_that_is_not_there_is_refused_by_its_name(tmp_path: Path, name: str):
    whole = write_sets(tmp_path, 1)
    (whole / name).unlink()
    with pytest.raises(Refused, match="is not there; the shared directory's data") as refused:
        read_sources(whole)
    assert refused.value.where == str(whole / name)


@pytest.mark.parametrize(
    ("name", "label"), [("sms/zh.csv", "fraud_loan"), ("sms/zh.csv", "FR:Phishing(Bank)"), ("sms/en.csv", "spam")]
)
def test_a_label_that_no_set_has_is_refused_by_the_files_name(tmp_path: Path, name: str, label: str):
    whole = write_sets(tmp_path, 1)
    text = (whole / name).read_text("utf-8")
    (whole / name).write_text(text.replace(f"{label},", "other_fraud,"), "utf-8")
    with pytest.raises(Refused, match="'other_fraud' is no label of it") as refused:
        read_sources(whole)
    assert refused.value.where == str(whole / name)


PARTS = st.sampled_from([*HIDDEN, "登录", "，", "尾号", " ", "Name", "digits", "CUSTOMER", "x"])


@given(st.lists(st.lists(PARTS, max_size=8).map("".join), max_size=5))
def test_no_word_that_stands_for_something_hidden_is_left_and_the_same_texts_are_filled_alike(texts: list[str]):
    found = filled(texts)
    assert filled(texts) == found
    for text in found:
        between = "".join(each if each.isascii() and each.isalpha() else " " for each in text)
        assert not set(between.split()) & set(HIDDEN)


def test_words_within_longer_ones_and_texts_without_any_stay():
    texts = ["CUSTOMER SURNAMES", "您好", "", "mydigit Name"]
    assert filled(texts) == texts
    assert filled(["登录URL领取", "NAME您好"])[0].startswith("登录")


def test_labels_of_ones_own_stay_and_those_of_the_sets_are_known():
    source = source_of("ours", ["a", "b", "c"], ["scam", "fraud_loan", "AD:Loan"])
    assert source.labels == ["scam", "fraud:loan", "marketing:finance"]
    assert source.own == ["scam", "fraud_loan", "AD:Loan"]


def test_a_table_has_every_text_and_disguised_copies_that_cost_half_and_is_the_same_each_time():
    texts = [f"請点击 http://www.abc.com/x 领取{number}元，转到安全账户" for number in range(400)]
    sources = [Source(name, texts, ["x"] * 400, ["fraud:loan"] * 400, texts) for name in ("calls", "en")]
    table = table_of(sources)
    again = table_of(sources)
    assert table.texts.equals(again.texts)
    assert table.costs.tolist() == again.costs.tolist()
    for name in ("calls", "en"):
        rows = [row for row, source in enumerate(table.sources) if source == name]
        whole = [row for row in rows if table.costs[row] == COSTS[name]]
        copies = [row for row in rows if table.costs[row] == COSTS[name] / 2]
        assert [table.texts[row].as_py() for row in whole] == texts
        assert len(whole) + len(copies) == len(rows)
        assert 0.5 * DISGUISED < len(copies) / len(texts) < 1.5 * DISGUISED
    assert len(table.labels) == len(table.folds) == len(table.texts)


def test_the_real_sets_have_no_label_that_is_not_known(shared: Path):
    found = read_sources(shared / "data")
    assert all(are_labels(source.labels) for source in found.values())
    assert len(found["nus_zh"].texts) == 25_248


def test_turns_of_a_call_that_are_few_are_read(tmp_path: Path):
    whole = write_sets(tmp_path, 1)
    rows = [{"label": "normal", "kind": "日常购物", "turns": [{"who": "caller", "text": "您好"}]}]
    pq.write_table(pa.Table.from_pylist(rows), whole / "calls" / "zh.parquet")
    (source,) = read_sources(whole, ("calls",)).values()
    assert source.texts == ["您好", "您好"]
