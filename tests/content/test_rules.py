"""The rules of texts: each speaks when it says it does; a mistake is named with its line; the loudest one stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.toys import NORMAL, judged, toy_classifier, toy_model, written_rule
from wurao.content.classes import CLASSES, KINDS
from wurao.content.explaining import explain_text
from wurao.content.features import FOUND
from wurao.content.judging import classifier_in_use
from wurao.content.rules import SENDERS, TextRule, read_rules, rules
from wurao.content.words import groups, units_of
from wurao.errors import Refused

FOUND_IN = {
    "link": "http://abc.com",
    "phone": "13800138000",
    "qq": "QQ123456",
    "wechat": "微信abc123456",
    "amount": "500元",
    "code": "验证码123456",
    "unsubscribe": "退订回T",
    "signature": "【某行】",
}
"""A text in which each kind of find is found."""
WORDS = {group.name: group.words for group in groups()}


def own_text(rule: TextRule) -> str:
    """A text of which a rule says that it speaks."""
    wanted = [*rule.all_of, *rule.any_of[:1]]
    words = [WORDS[each[1:]][0] if each.startswith("@") else each for each in wanted]
    return "，".join([*words, *(FOUND_IN[each] for each in rule.finds)])


def speaks(rule: TextRule, text: str, known: bool = False) -> bool:
    """Whether a rule, alone beside the toy classifier, is what gave a text its score."""
    explained = explain_text(text, known, toy_model(), (rule,))
    return any(moved.what == "rule" and moved.words == (rule.name,) for moved in explained.moved)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_every_shipped_rule_speaks_of_its_own_words_and_not_of_some_of_them(rule: TextRule):
    text, known = own_text(rule), rule.sender == "known"
    assert speaks(rule, text, known)
    for each in rule.none_of:
        against = WORDS[each[1:]][0] if each.startswith("@") else each
        assert not speaks(rule, f"{text}，{against}", known)
    assert not any(speaks(rule, other, known) for other in NORMAL)
    assert speaks(rule, text, not known) is (rule.sender == "any")


@pytest.mark.parametrize("find", FOUND)
def test_a_rule_may_ask_for_anything_that_is_found(find: str):
    rule = written_rule(finds=(find,))
    assert speaks(rule, f"请看 {FOUND_IN[find]} 。" if find != "signature" else f"{FOUND_IN[find]}您好")
    assert not speaks(rule, "晚上一起吃饭吗")


LETTERS = "转账号码点"
SETS = st.sets(st.sampled_from([*LETTERS, "转账", "账号"]), max_size=2).map(lambda words: tuple(sorted(words)))


@st.composite
def some_rules(draw: st.DrawFn) -> tuple[TextRule, ...]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        rule = written_rule(
            name=f"rule{number}",
            all_of=draw(SETS),
            any_of=draw(SETS),
            none_of=draw(SETS),
            sender=draw(st.sampled_from(SENDERS)),
            score=draw(st.integers(0, 8)) / 8,
        )
        found.append(rule)
    return tuple(found)


def by_reading(rule: TextRule, text: str, known: bool) -> bool:
    """Whether a rule speaks, by what its file says of rules."""
    if rule.sender != "any" and (rule.sender == "known") is not known:
        return False
    units = "".join(map(chr, units_of(text)))
    any_of = not rule.any_of or any(word in units for word in rule.any_of)
    return any_of and all(word in units for word in rule.all_of) and not any(word in units for word in rule.none_of)


@settings(max_examples=40)
@given(some_rules(), st.lists(st.text(LETTERS + "，", max_size=8), min_size=1, max_size=5))
def test_the_score_is_that_of_the_rule_that_speaks_loudest_or_the_classifiers(given_rules, texts: list[str]):
    without, beside = judged(toy_classifier(), *texts), judged(toy_classifier(given_rules), *texts)
    for text, alone, found in zip(texts, without, beside, strict=True):
        for place, known in enumerate((False, True)):
            scores = [rule.score for rule in given_rules if by_reading(rule, text, known)]
            assert found[place] == pytest.approx(max([alone[place], *scores]))


def test_a_rule_that_speaks_louder_than_the_classifier_gives_the_class_and_the_kind():
    rule = written_rule(all_of=("吃饭",), class_="illegal", kind="escort")
    (row,) = judged(toy_classifier((rule,)), "晚上一起吃饭吗")
    assert [CLASSES[int(place)] for place in row[2:4]] == ["illegal"] * 2
    assert [KINDS[int(place)] for place in row[4:6]] == ["escort"] * 2
    quiet = written_rule(all_of=("吃饭",), class_="illegal", kind="escort", score=0.0)
    (row,) = judged(toy_classifier((quiet,)), "晚上一起吃饭吗")
    assert CLASSES[int(row[2])] == "normal"


def test_a_rule_that_does_not_speak_of_known_senders_leaves_them_class_and_kind():
    rule = written_rule(all_of=("吃饭",), class_="illegal", kind="escort", sender="not_known")
    (row,) = judged(toy_classifier((rule,)), "晚上一起吃饭吗")
    assert (row[0], row[1]) == (pytest.approx(0.99), judged(toy_classifier(), "晚上一起吃饭吗")[0][0])
    assert [CLASSES[int(place)] for place in row[2:4]] == ["illegal", "normal"]
    assert (KINDS[int(row[4])], row[5]) == ("escort", -1)


def test_a_disguised_word_of_a_rule_is_found():
    rule = written_rule(all_of=("百家乐",))
    for text in ("百家乐", "百*家-乐", "百\u200b家\u200b乐", "百家樂", "百 家 乐"):
        assert judged(toy_classifier((rule,)), text)[0][0] == pytest.approx(0.99)


RULE = '[rules.one]\nzh = "一"\nen = "one"\nall_of = ["转账"]\nclass = "fraud"\nkind = "loan"\nscore = 0.5\n'


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('all_of = ["转账"]', "all_of = [转账]", "cannot be read"),
        ("score = 0.5", "score = 1.5", "score 1.5 is no probability; 0 to 1"),
        ("score = 0.5", 'score = "high"', "is no probability"),
        ("score = 0.5", "score = true", "is no probability"),
        ("score = 0.5", "score = nan", "is no probability"),
        ("score = 0.5", "", "score None is no probability"),
        ('class = "fraud"', 'class = "bad"', "its class or kind is none"),
        ('kind = "loan"', 'kind = "bad"', "its class or kind is none"),
        ('kind = "loan"', 'kind = "gambling"', "gambling is no kind of fraud; authority, "),
        ('class = "fraud"', 'class = "marketing"', "loan is no kind of marketing; finance, "),
        ('class = "fraud"', 'class = "service"', "loan is no kind of service; no kind"),
        ('["转账"]', '["@nobody"]', "'@nobody' is no group; @"),
        ('["转账"]', '["！"]', "'！' has no letter, or is too long; 1 to 24 letters"),
        ('["转账"]', "[1]", "1 is no group"),
        ('["转账"]', '"转账"', 'all_of is no list; all_of = ["…"]'),
        ('all_of = ["转账"]', "", "it would speak of every text; all_of, any_of or finds"),
        ('all_of = ["转账"]', 'none_of = ["转账"]', "it would speak of every text"),
        ('all_of = ["转账"]', 'finds = ["fax"]', "'fax' is nothing that is found; link"),
        ("all_of", "allof", "allof means nothing here"),
        ('en = "one"', "", "a sentence is missing; zh and en"),
        ('en = "one"', 'en = "one"\nsender = "friend"', "sender 'friend' is none; any, known, not_known"),
        ("[rules.one]", "[rule.one]", "rule means nothing here"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_would_be_right(tmp_path: Path, before: str, after: str, told: str):
    file = tmp_path / "rules.toml"
    sound = RULE.replace("rules.one", "rules.first")
    file.write_text(f"# 规则\n{sound}\n{RULE.replace(before, after)}", "utf-8")
    with pytest.raises(Refused) as refused:
        read_rules(file, groups())
    place, _, line = refused.value.where.rpartition(":")
    assert place == str(file)
    begins = 3 + sound.count("\n")
    assert begins <= int(line) <= begins + 3
    assert told in str(refused.value)
    assert refused.value.right


def test_an_operator_has_rules_in_a_file_of_its_own(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch):
    own, settings = tmp_path / "own.toml", tmp_path / "settings.toml"
    own.write_text(RULE.replace("0.5", "0.97"), "utf-8")
    settings.write_text(f'[content]\nrules = "{own}"\n', "utf-8")
    without = judged(classifier_in_use(), "晚上一起吃饭吗，转账")
    monkeypatch.setenv("WURAO_SETTINGS", str(settings))
    assert [rule.name for rule in rules()] == ["one"]
    assert judged(classifier_in_use(), "晚上一起吃饭吗，转账")[0][0] == pytest.approx(0.97)
    assert without[0][0] < 0.9
    own.unlink()
    settings.write_text(f'[content]\nrules = "{tmp_path / "none.toml"}"\n', "utf-8")
    with pytest.raises(Refused, match=r"none\.toml: cannot be read: No such file or directory; TOML"):
        rules()


@pytest.mark.parametrize("finds", ["[1]", '["link", 2]', "[[]]", "[{a = 1}]"])
def test_a_find_that_is_no_word_is_a_mistake_like_any(tmp_path: Path, finds: str):
    file = tmp_path / "rules.toml"
    file.write_text(RULE.replace('all_of = ["转账"]', f"finds = {finds}"), "utf-8")
    with pytest.raises(Refused, match=r"rules\.toml:1: rule one: .* is nothing that is found"):
        read_rules(file, groups())


@pytest.mark.parametrize(("name", "value"), [("class", "[1]"), ("kind", "{a = 1}"), ("sender", "[]"), ("kind", "[]")])
def test_a_class_a_kind_or_a_sender_that_is_no_word_is_a_mistake_like_any(tmp_path: Path, name: str, value: str):
    file = tmp_path / "rules.toml"
    lines = [line for line in RULE.splitlines() if not line.startswith(name)]
    file.write_text("\n".join([*lines, f"{name} = {value}", ""]), "utf-8")
    with pytest.raises(Refused, match=r"rules\.toml:1: rule one: "):
        read_rules(file, groups())
