"""Judging: compiled and plain code agree on any text, and time is linear whatever the text holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.content.toys import NORMAL, TEXTS, judged, points_of, toy_classifier, toy_model, toy_texts, written_rule
from wurao.compiled import View
from wurao.content.classes import CLASSES, FRAUD_KINDS, ILLEGAL_KINDS, KINDS, MARKETING_KINDS
from wurao.content.finds import Finds, find_all, find_tables
from wurao.content.judging import RISKY, Judged, classifier_in_use, classifier_of, judge, judging_room
from wurao.content.model import shipped_model
from wurao.content.training import is_risk

OF_CLASS = {"marketing": MARKETING_KINDS, "fraud": FRAUD_KINDS, "illegal": ILLEGAL_KINDS}
"""The kinds that a class has; others have none."""
RULES = (written_rule(all_of=("转账",), sender="not_known", score=0.75), written_rule(finds=("link",), score=0.6))


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(["", "\ud800", "\U0010ffff", "\x00", "а" * 300, "转" * 300, "1" * 300, "win " * 100, "\ufdfa" * 20])
def test_compiled_code_judges_as_the_plain_code_does(texts: list[str]):
    for classifier in (toy_classifier(RULES), classifier_in_use()):
        assert judged(classifier, *texts) == judged(classifier, *texts, plain=True)


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_judgement_is_a_probability_a_class_and_a_kind_that_fit_each_other(texts: list[str]):
    for score, score_known, class_of, _, kind, _, label in judged(classifier_in_use(), *texts):
        assert 0 <= score <= 1
        assert 0 <= score_known <= 1
        name = CLASSES[int(class_of)]
        assert (KINDS[int(kind)] if kind >= 0 else None) in (*OF_CLASS.get(name, ()), None)
        assert (name in ("fraud", "illegal")) is (score >= RISKY)
        assert is_risk(shipped_model().labels[int(label)]) is (score >= RISKY)


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_a_text_is_judged_among_others_as_it_is_alone(texts: list[str]):
    assert judged(toy_classifier(), *texts) == [judged(toy_classifier(), text)[0] for text in texts]


def test_a_text_that_is_not_there_is_judged_as_an_empty_one():
    (empty, none) = judged(classifier_in_use(), "", None)
    assert empty == none


def test_a_known_senders_score_is_without_the_rules_that_speak_of_others():
    ((score, score_known, *_),) = judged(toy_classifier(RULES), "吃饭了吗，转账")
    ((alone, *_),) = judged(toy_classifier(), "吃饭了吗，转账")
    assert (score, score_known) == pytest.approx((max(0.75, alone), alone))


def test_labels_of_ones_own_have_no_class_and_the_best_of_them_is_on_the_scores_side():
    model = toy_model(("scam", "ham"))
    texts, labels = toy_texts(10)
    for label, (score, _, class_of, _, kind, _, best) in zip(labels, judged(classifier_of(model), *texts), strict=True):
        assert (class_of, kind) == (-1, -1)
        assert model.labels[int(best)] == {"fraud:loan": "scam", "normal": "ham"}[label]
        assert (score >= RISKY) is (label == "fraud:loan")


def test_with_labels_of_one_side_alone_there_is_a_best_one_all_the_same():
    model = toy_model(("spam:one", "spam:two"))
    for row in judged(classifier_of(model), *NORMAL, "", "请转账"):
        assert model.labels[int(row[4])] in ("spam:one", "spam:two")


class Counting(View):
    """A view that counts how often it is looked at."""

    __slots__ = ()
    looks = 0

    def __getitem__(self, index: int) -> int:
        Counting.looks += 1
        return super().__getitem__(index)


def looks_at(text: str) -> int:
    """How often anything is looked at while a text is judged, uncompiled."""
    classifier, points = classifier_of(shipped_model(), RULES), points_of(text)
    room, finds = judging_room(classifier, len(points) + 1), Finds.empty()
    view = View(np.array(points or [0], np.int32))
    with np.errstate(over="ignore"):
        find_all(find_tables(), view, len(points), finds)
        for bundle in (room.room, classifier.weights, classifier.words, classifier.rules):
            for name in type(bundle).columns:
                setattr(bundle, name, Counting(bundle.array(name)))
        Counting.looks = 0
        judge(classifier, room, Counting(view.array), len(points), finds, Judged.empty(1), 0)
    return Counting.looks


FLOODS = [
    "我",
    "转账",
    "a",
    "a ",
    "win",
    "1",
    "1 ",
    ".",
    "我是",
    "公安",
    "\u4e00\u4e8c",
    "验证码",
    "银行卡号密码",
    "aあ",
    "点击链接",
]


@pytest.mark.parametrize("piece", FLOODS)
def test_a_flood_of_anything_costs_looks_in_proportion_to_its_length(piece: str):
    size = 400 // len(piece)
    once, twice, four = (looks_at(piece * (size * times)) for times in (1, 2, 4))
    assert twice <= 2.3 * once + 2_000
    assert four <= 2.3 * twice + 2_000


@settings(max_examples=20)
@given(st.text(st.sampled_from("我是你转账号码公安局银行卡验证a1 "), min_size=4, max_size=12))
def test_no_text_costs_more_looks_a_letter_than_a_bound(piece: str):
    assert looks_at(piece * 30) <= 400 * 30 * len(piece) + 20_000


def test_a_megabyte_is_judged_and_another_language_is_too():
    texts = ["字\u0301" * 250_000, "转账" * 170_000, "win " * 250_000, "\u202e" * 300_000, "\ufdfa" * 60_000]
    others = ["سلام، حالت چطوره؟", "สวัสดีครับ", "Привет, как дела?", "नमस्ते आप कैसे हैं", "こんにちは元気ですか", "안녕하세요"]
    for score, *_ in judged(classifier_in_use(), *texts, *others):
        assert 0 <= score <= 1
