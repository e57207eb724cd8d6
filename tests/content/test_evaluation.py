"""How well texts are judged: figures equal what counting says, and each lies within its interval."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.sets import write_sets
from tests.content.toys import TEXTS, column, toy_model, toy_texts
from wurao.content.corpus import Source, read_sources
from wurao.content.disguises import DISGUISES
from wurao.content.evaluation import Figure, auc, equal_text_folds, evaluate, share, wilson
from wurao.content.features import features_of
from wurao.content.near_duplicates import near_duplicates
from wurao.content.training import FOLDS
from wurao.content.words import groups, word_table


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_of_a_share_holds_it_and_narrows_with_many(hits: int, n: int):
    hits = min(hits, n)
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    wide = wilson(100 * hits, 100 * n)
    assert wide[1] - wide[0] < high - low


def test_the_interval_is_the_one_of_the_books_and_of_nothing_it_is_all():
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    assert share("set", "seen", "figure", np.array([], bool)) == Figure("set", "seen", "figure", 0.0, 0.0, 1.0, 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_area_is_how_often_a_risk_scores_higher_ties_half(rows: list[tuple[int, bool]]):
    scores, risks = np.array([float(score) for score, _ in rows]), np.array([risk for _, risk in rows])
    if risks.all() or not risks.any():
        return
    pairs = [(one > other) + 0.5 * (one == other) for one in scores[risks] for other in scores[~risks]]
    assert auc(scores, risks) == pytest.approx(np.mean(pairs))


def sources(each: int = 12) -> list[Source]:
    found = []
    for seed, name in enumerate(("one", "two", "three")):
        texts, labels = toy_texts(each, seed)
        found.append(Source(name, texts, labels, labels, texts))
    return [*found, Source("everyday", texts[1::2], labels[1::2], labels[1::2], texts[1::2])]


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    texts, labels = toy_texts(4)
    scripts = Source("scripts", texts, labels, labels, texts)
    return list(evaluate(sources(), scripts, toy_model(), (), 0.9))


def test_every_figure_lies_in_its_interval_and_tells_what_it_was_trained_on(figures: list[Figure]):
    assert figures
    for each in figures:
        assert each.low <= each.value <= each.high
        assert np.isfinite([each.low, each.value, each.high]).all()
        assert each.n > 0
        assert list(each.as_dict()) == ["set", "trained_on", "figure", "value", "low", "high", "n"]
        parts = each.trained_on.split("+")
        assert each.set not in parts or each.figure == "stopped, out of fold"


def test_there_are_figures_across_within_disguised_and_of_what_must_never_be_stopped(figures: list[Figure]):
    told = {(each.set, each.figure) for each in figures}
    assert {("one", "AUC"), ("one", "caught at 0.9"), ("one", "normal stopped at 0.9")} <= told
    assert {("one", f"caught at 1 in 1,000, {disguise}") for disguise in DISGUISES} <= told
    assert ("one", "caught at 1 in 1,000, near-duplicates apart") in told
    assert ("everyday", "stopped, out of fold") in told
    assert not any(each.set == "scripts" for each in figures)
    assert any(each.set == "one" and each.trained_on == "two+three+everyday+scripts" for each in figures)


def test_what_can_be_told_apart_is_caught_across_and_within(figures: list[Figure]):
    for each in figures:
        if each.figure.startswith("caught at 1 in 1,000") or each.figure == "AUC":
            assert each.value > 0.9, each


def test_the_same_sources_give_the_same_figures(figures: list[Figure]):
    texts, labels = toy_texts(4)
    scripts = Source("scripts", texts, labels, labels, texts)
    assert list(evaluate(sources(), scripts, toy_model(), (), 0.9)) == figures


@pytest.mark.parametrize("risks", [1, 2])
def test_a_source_with_few_risks_has_intervals_all_the_same(risks: int):
    texts, labels = toy_texts(20)
    kept = [row for row, label in enumerate(labels) if label == "normal"] + list(range(0, 2 * risks, 2))
    few = [[given[row] for row in kept] for given in (texts, labels, labels, texts)]
    scripts = Source("scripts", texts[:4], labels[:4], labels[:4], texts[:4])
    for each in evaluate([Source("few", *few)], scripts, toy_model(), (), 0.9):
        assert np.isfinite([each.low, each.value, each.high]).all()
        assert each.low <= each.value <= each.high


def groups_of(texts: list[str]) -> list[int]:
    given = groups()
    return near_duplicates(features_of(column(*texts), word_table(given), len(given))).tolist()


def test_near_duplicates_are_one_group_and_other_texts_their_own():
    texts, _ = toy_texts(3)
    long = "您尾号1234的储蓄卡于今日发生一笔交易，如非本人操作请致电客服热线，详情见我行网站公告"
    found = groups_of([long, *texts[:1], long.replace("今日", "昨日"), long + "。", "晚上一起去看电影吗我在门口等你"])
    assert found[0] == found[2] == found[3]
    assert len({found[0], found[1], found[4]}) == 3


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_equal_texts_are_near_duplicates_and_share_a_fold(texts: list[str]):
    found = groups_of([*texts, *texts])
    assert found[: len(texts)] == found[len(texts) :]
    folds = equal_text_folds([*texts, *texts])
    assert folds[: len(texts)].tolist() == folds[len(texts) :].tolist()
    assert ((folds >= 0) & (folds < FOLDS)).all()


def test_a_small_stand_in_for_the_real_sets_is_evaluated(tmp_path: Path):
    found = read_sources(write_sets(tmp_path, 6), ("fbs", "nus_zh", "tft5", "en"))
    texts, labels = toy_texts(6)
    scripts = Source("scripts", texts, labels, labels, texts)
    told = list(evaluate(list(found.values()), scripts, toy_model(), (), 0.9))
    assert {each.set for each in told} == set(found)
    assert all(each.low <= each.value <= each.high for each in told)
    assert any("F1" in each.figure for each in told)


def test_disguises_are_put_on_by_a_chance_of_their_own():
    text = "请把钱转到安全账户"
    assert DISGUISES["zero_width"](text, random.Random(1)) == DISGUISES["zero_width"](text, random.Random(1))
