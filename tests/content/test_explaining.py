"""Why a text got its score: the judgement is the one made everywhere, and what moved it stands in the text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.toys import FRAUD, TEXTS, judged, toy_classifier, toy_model, written_rule
from wurao.content.classes import CLASSES, KINDS
from wurao.content.explaining import MOST_WORDS, explain_text
from wurao.content.extract import FindKind, extract
from wurao.content.features import FOUND
from wurao.content.folding_plain import plain_text
from wurao.content.judging import classifier_in_use
from wurao.content.rules import rules
from wurao.content.words import ROLES, groups, units_of

RULES = (
    written_rule(name="of_strangers", all_of=("转账",), sender="not_known"),
    written_rule(name="links", finds=("link",)),
)


@settings(max_examples=20)
@given(TEXTS, st.booleans())
def test_the_judgement_is_the_one_that_compiled_code_makes(text: str, known: bool):
    for model, given_rules, classifier in (
        (None, None, classifier_in_use()),
        (toy_model(), RULES, toy_classifier(RULES)),
    ):
        explained = explain_text(text, known, model, given_rules)
        ((score, score_known, class_of, class_known, kind, kind_known, _),) = judged(classifier, text)
        if known:
            score, class_of, kind = score_known, class_known, kind_known
        assert explained.score == pytest.approx(score)
        assert explained.class_ == CLASSES[int(class_of)]
        assert explained.kind == (KINDS[int(kind)] if kind >= 0 else None)


@settings(max_examples=20)
@given(TEXTS)
def test_what_was_found_is_what_finding_finds_and_the_strongest_comes_first(text: str):
    explained = explain_text(text, model=toy_model())
    assert explained.plain == plain_text(text)
    assert explained.finds == extract(plain_text(text))
    weights = [abs(moved.weight) for moved in explained.moved]
    assert weights == sorted(weights, reverse=True)
    for moved in explained.moved:
        assert moved.what in (*ROLES, "found", "words", "rule")
        assert np.isfinite(moved.weight)


def spelled(text: str) -> str:
    """A text's units, written so that one text stands in another where its units do."""
    return "".join(f"<{unit}>" for unit in units_of(text))


@settings(max_examples=20)
@given(TEXTS)
def test_the_words_that_moved_the_score_stand_in_the_text(text: str):
    units = spelled(text)
    of_group = {(group.zh, group.en): group.words for group in groups()}
    for moved in explain_text(text, model=toy_model()).moved:
        if moved.what in ROLES:
            assert moved.words
            assert set(moved.words) <= set(of_group[moved.zh, moved.en])
            assert all(spelled(word) in units for word in moved.words)


def test_every_claim_and_request_that_a_text_makes_is_named_with_its_words():
    for group in groups():
        word = next(
            word for word in group.words if not any(word in each.words for each in groups() if each is not group)
        )
        moved = {
            (each.zh, each.en): each
            for each in explain_text(f"喂，{word}", model=toy_model()).moved
            if each.what == group.role
        }
        assert word in moved[group.zh, group.en].words


@pytest.mark.parametrize("find", FOUND)
def test_every_kind_of_find_has_its_sentences(find: str):
    text = {
        "link": "http://abc.com",
        "phone": "13800138000",
        "qq": "QQ123456",
        "wechat": "微信abc123456",
        "amount": "500元",
        "code": "验证码123456",
        "unsubscribe": "退订回T",
        "signature": "【某行】您好",
    }[find]
    explained = explain_text(text)
    assert FindKind[find.upper()] in {each.kind for each in explained.finds}
    told = [moved for moved in explained.moved if moved.what == "found"]
    assert all(moved.zh and moved.en for moved in told)
    assert len(told) == len({each.kind for each in explained.finds})


@settings(max_examples=20)
@given(TEXTS)
def test_of_n_grams_the_strongest_few_of_each_direction_are_told_and_none_inside_another(text: str):
    told = [moved for moved in explain_text(text, model=toy_model()).moved if moved.what == "words"]
    for sign in (1, -1):
        words = [moved.words[0] for moved in told if moved.weight * sign > 0]
        assert len(words) <= MOST_WORDS
        assert not any(one in other for one in words for other in words if one != other)


def test_signs_and_n_grams_add_up_to_the_margin_where_all_are_told():
    model = toy_model()
    text = "您涉嫌"
    explained = explain_text(text, model=model)
    margin = (np.log(explained.score / (1 - explained.score)) - model.offset) / model.slope
    pieces = [text[a:b] for a in range(3) for b in range(a + 1, 4)]
    assert {moved.words[0] for moved in explained.moved if moved.what == "words"} <= set(pieces)
    signs = sum(moved.weight for moved in explained.moved if moved.what not in ("words", "rule"))
    alone = sum(_weights_of(model, piece) for piece in pieces)
    assert margin == pytest.approx(model.bias[0] + signs + alone / np.sqrt(len(pieces)), abs=1e-3)


def _weights_of(model, piece: str) -> float:
    from wurao.content.features import key_of

    rows = np.flatnonzero(model.keys == key_of(units_of(piece)))
    return float(model.weights[rows, 0].sum() * model.scales[0])


def test_the_rule_that_spoke_is_named_and_of_a_known_sender_only_one_that_speaks_of_it():
    text = "吃饭了吗，转账"
    told = {
        known: [moved.words for moved in explain_text(text, known, toy_model(), RULES).moved if moved.what == "rule"]
        for known in (False, True)
    }
    assert told == {False: [("of_strangers",)], True: []}


def test_the_shipped_rules_speak_beside_the_shipped_classifier_and_none_beside_another():
    text = "百家乐 http://abc.com"
    assert any(moved.words == ("gambling",) for moved in explain_text(text).moved)
    assert not any(moved.what == "rule" for moved in explain_text(text, model=toy_model()).moved)
    assert "gambling" in {rule.name for rule in rules()}


def test_a_disguised_text_is_explained_as_the_plain_one():
    plain = explain_text(FRAUD[0])
    worn = explain_text("请·把·錢转到\u200b安全-账户")
    assert worn.score == pytest.approx(plain.score)
    assert {(each.what, each.words) for each in worn.moved} == {(each.what, each.words) for each in plain.moved}


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "，。！", "\U0010ffff", "а" * 5_000])
def test_any_text_can_be_explained(text: str):
    explained = explain_text(text)
    assert 0 <= explained.score <= 1
