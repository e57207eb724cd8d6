"""Learning a model from a table: the same table gives the same octets; probabilities rise with the margin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.toys import TEXTS, column, judged, toy_model, toy_texts
from wurao.content.judging import classifier_of
from wurao.content.model import MOST_LABELS, Model, read_model, write_model
from wurao.content.scoring import judge_texts
from wurao.content.training import FOLDS, Table, calibrate, folds_of, is_risk, plain_table, train
from wurao.errors import Refused


def model_of(texts: list[str], labels: list[str], **how: int) -> Model:
    return train(plain_table(column(*texts).cast(pa.string(), safe=False), labels), {"toys": len(texts)}, **how)


def octets_of(model: Model, place: Path) -> bytes:
    write_model(model, place / "a.model")
    return (place / "a.model").read_bytes()


def test_the_same_table_gives_the_same_octets(tmp_path: Path):
    texts, labels = toy_texts(20)
    assert octets_of(model_of(texts, labels), tmp_path) == octets_of(model_of(texts, labels), tmp_path)


def test_what_can_be_told_apart_is_told_apart_with_or_without_its_file(tmp_path: Path):
    texts, labels = toy_texts()
    write_model(toy_model(), tmp_path / "a.model")
    for model in (toy_model(), read_model(tmp_path / "a.model")):
        found = judge_texts(pa.array(texts), classifier_of(model))
        assert [model.labels[label] for label in found.array("label")] == labels
        assert ((found.array("score") > 0.5) == [is_risk(label) for label in labels]).all()


def test_rows_in_another_order_are_learned_as_well():
    texts, labels = toy_texts()
    order = np.random.default_rng(1).permutation(len(texts))
    model = model_of([texts[row] for row in order], [labels[row] for row in order])
    found = judge_texts(pa.array(texts), classifier_of(model))
    assert [model.labels[label] for label in found.array("label")] == labels


@settings(max_examples=8)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(["spam", "ham"])), min_size=2, max_size=12))
def test_any_table_with_two_labels_gives_a_model_that_judges(rows: list[tuple[str, str]]):
    texts = [text.encode("utf-8", "replace").decode() for text, _ in rows]
    labels = [label for _, label in rows]
    if len(set(labels)) < 2:
        with pytest.raises(Refused):
            model_of(texts, labels)
        return
    model = model_of(texts, labels)
    for row in judged(classifier_of(model), *texts, "", "其他"):
        assert 0 <= row[0] <= 1
        assert model.labels[int(row[6])] in labels


@pytest.mark.parametrize(
    ("texts", "labels", "told"),
    [
        ([], [], "has no texts"),
        (["转账"], ["fraud"], "has 1 text and one label"),
        (["转账", "吃饭"], ["fraud", "fraud"], "has 2 texts and one label"),
    ],
)
def test_where_there_is_nothing_to_tell_apart_it_is_refused(texts: list[str], labels: list[str], told: str):
    with pytest.raises(Refused) as refused:
        model_of(texts, labels)
    assert (refused.value.wrong, refused.value.right) == (told, "texts of two labels at least")


def test_more_labels_than_there_is_room_for_are_refused_with_how_many_there_may_be():
    texts = [f"文本{number}" for number in range(MOST_LABELS + 1)]
    with pytest.raises(Refused, match=f"has {MOST_LABELS + 1} labels; {MOST_LABELS} at most"):
        model_of(texts, texts)
    assert len(model_of(texts[1:], texts[1:]).labels) == MOST_LABELS


def test_no_more_n_grams_are_kept_than_asked_for_and_those_that_matter_are():
    texts, labels = toy_texts()
    model = model_of(texts, labels, kept=20)
    assert len(model.keys) == 20
    assert (np.diff(model.keys) > 0).all()
    found = judge_texts(pa.array(texts), classifier_of(model))
    assert np.mean([model.labels[label] == own for label, own in zip(found.array("label"), labels, strict=True)]) > 0.9


def test_what_a_label_begins_with_says_whether_it_is_a_risk():
    for label in (
        "normal",
        "ham",
        "Service",
        "OTP",
        "marketing:loan",
        "AD:Loan",
        "other",
        "legit",
        "benign",
        "0",
        "false",
    ):
        assert not is_risk(label)
    for label in ("fraud:loan", "spam", "IL:Gambling", "诈骗", "1", "true"):
        assert is_risk(label)


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_equal_texts_are_in_one_fold_wherever_they_stand(texts: list[str]):
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    folds = folds_of(pa.array(texts, pa.string()))
    assert folds_of(pa.array([*texts[::-1], *texts], pa.string())) == [*folds[::-1], *folds]
    assert set(folds) <= {str(fold) for fold in range(FOLDS)}


MARGINS = st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=60)


def told_by(margins: np.ndarray, slope: float, offset: float) -> np.ndarray:
    return 1 / (1 + np.exp(-(slope * margins + offset)))


@given(MARGINS)
def test_the_probability_of_any_calibration_rises_with_the_margin_and_is_a_number(rows: list[tuple[float, bool]]):
    margins = np.array([margin for margin, _ in rows])
    slope, offset = calibrate(margins, np.where([risk for _, risk in rows], 1, -1).astype(np.int8))
    assert np.isfinite([slope, offset]).all()
    rising = told_by(np.linspace(-5, 5, 50), slope, offset)
    assert (np.diff(rising) >= 0).all()
    assert rising[0] < rising[-1]


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.floats(0.5, 3), st.floats(-1, 1))
def test_a_calibration_finds_how_likely_a_risk_is_at_a_margin(seed: int, slope: float, offset: float):
    chance = np.random.default_rng(seed)
    margins = chance.normal(0, 2, 20_000)
    risks = np.where(chance.random(len(margins)) < told_by(margins, slope, offset), 1, -1).astype(np.int8)
    found = calibrate(margins, risks)
    assert found == pytest.approx((slope, offset), abs=0.15)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.floats(0.05, 0.95))
def test_of_margins_that_tell_nothing_the_probability_is_how_many_are_risks(seed: int, share: float):
    chance = np.random.default_rng(seed)
    margins = chance.normal(0, 1, 4_000)
    risks = np.where(chance.random(len(margins)) < share, 1, -1).astype(np.int8)
    slope, offset = calibrate(margins, risks)
    told = told_by(margins, slope, offset)
    assert told.mean() == pytest.approx((risks > 0).mean(), abs=0.02)
    assert slope <= 0.3


def test_a_table_of_several_sources_is_calibrated_on_sources_left_out_and_gives_the_same_octets(tmp_path: Path):
    texts, labels = toy_texts(20)
    whole = pa.array(texts)
    sources = ["one" if row % 3 else "two" for row in range(len(texts))]
    table = Table(whole, labels, np.ones(len(labels)), sources, folds_of(whole))
    assert len(table.parts) == 2
    one, two = train(table, {}), train(table, {})
    assert octets_of(one, tmp_path) == octets_of(two, tmp_path)
    assert np.isfinite([one.slope, one.offset]).all()
