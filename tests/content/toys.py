"""Small made-up texts and the classifier learned from them: what the classifier's rooms are tried with.

Nothing here depends on the shipped weights, which change whenever the classifier is learned anew.
"""

from __future__ import annotations

import functools
import random

import pyarrow as pa
from hypothesis import strategies as st

from wurao.compiled import as_it_stands
from wurao.content.folding_plain import plain_text
from wurao.content.judging import Classifier, Judged, classifier_of
from wurao.content.model import Model
from wurao.content.rules import TextRule
from wurao.content.scoring import judge_texts
from wurao.content.training import plain_table, train

FRAUD = ("请把钱转到安全账户", "点击链接领取大奖", "先交保证金再放款", "您涉嫌洗钱请配合调查", "加微信带你赚钱")
NORMAL = ("晚上一起吃饭吗", "会议改到下午三点", "妈妈我到家了", "明天天气不错", "书已经还给图书馆")
SMS_ALPHABET = [
    *"我你的钱转账号验证码点击0123456789 ，。.:/-【】abcхаыé·*",
    "\u200b",
    "\u0301",
    "\ud800",
    "\U0001f600",
    "錢",
]
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(st.sampled_from(SMS_ALPHABET), max_size=60),
    st.text(st.characters(codec=None), max_size=20),
    st.lists(st.sampled_from([*FRAUD, *NORMAL, "http://a.cn", "13800138000", "500元"]), max_size=4).map("，".join),
)
"""Anything that a message may hold, halves of surrogates among it."""


def toy_texts(many: int = 40, seed: int = 1) -> tuple[list[str], list[str]]:
    """So many texts of each of two labels, and the labels."""
    chance = random.Random(seed)
    texts, labels = [], []
    for number in range(many):
        for label, sentences in (("fraud:loan", FRAUD), ("normal", NORMAL)):
            texts.append(f"{chance.choice(sentences)}，{chance.choice(sentences)}{number}")
            labels.append(label)
    return texts, labels


@functools.cache
def toy_model(labels: tuple[str, ...] = ()) -> Model:
    """The model of `toy_texts`, whose labels may be called something else."""
    texts, own = toy_texts()
    names = dict(zip(("fraud:loan", "normal"), labels, strict=False))
    return train(plain_table(pa.array(texts), [names.get(each, each) for each in own]), {"toys": len(texts)})


@functools.cache
def toy_classifier(given: tuple[TextRule, ...] = ()) -> Classifier:
    """The same as compiled code takes it, with rules."""
    return classifier_of(toy_model(), given)


def column(*texts: str | None) -> pa.Array:
    """An Arrow column; halves of surrogates as the octets that a careless sender writes."""
    return pa.array([None if text is None else text.encode("utf-8", "surrogatepass") for text in texts], pa.binary())


def judged(classifier: Classifier, *texts: str | None, plain: bool = False) -> list[tuple[float, ...]]:
    """What texts are judged to be, a row each, in the order of `Judged.columns`."""
    if plain:
        with as_it_stands():
            return _rows(judge_texts(column(*texts), classifier))
    return _rows(judge_texts(column(*texts), classifier))


def _rows(found: Judged) -> list[tuple[float, ...]]:
    return list(zip(*(found.array(name).tolist() for name in Judged.columns), strict=True))


def written_rule(**values: object) -> TextRule:
    """A rule with what a test does not care for filled in."""
    plain: dict[str, object] = {
        "name": "rule",
        "zh": "规则",
        "en": "a rule",
        "all_of": (),
        "any_of": (),
        "none_of": (),
        "finds": (),
        "sender": "any",
        "class_": "illegal",
        "kind": "gambling",
        "score": 0.99,
    }
    return TextRule(**plain | values)  # type: ignore[arg-type]


def points_of(text: str) -> list[int]:
    """The points of a text's plain text."""
    return [ord(each) for each in plain_text(text)]
