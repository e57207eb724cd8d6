"""Registered templates: what a text must be to fit one, and that the index finds what trying each would find."""

from __future__ import annotations

import random
import re
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.content.plain import fold, plain, points_of
from wurao.compiled import Bundle, View, compiled
from wurao.content.letters import FIRST_LETTER, LINE, kinds
from wurao.content.template_index import check_body, compile_templates, no_templates
from wurao.content.template_types import TYPES
from wurao.content.templates import (
    LONGEST,
    Templates,
    TemplateScratch,
    find_newest,
    fits_newest,
    template_scratch,
)
from wurao.errors import Refused

KINDS = kinds()
LETTERS = "验证码的您订单到账abc019"
SIGNS = " ,。-【】\n*:/"
VALUES = {
    "text": ["", "李四 您好!", "x" * 64, "123", "的"],
    "code": ["1234", "12345678", "A1b2", "123 456"],
    "digits": ["1", "20" * 10, "1***4", "12 34"],
    "amount": ["1,234.50", "3.5万", "0"],
    "date": ["11月24日", "2026-11-24", "2026年11月24日", "1"],
    "time": ["10:30", "10时30分", "2026-11-24 10:30:59", "上午9点", "10:30 AM"],
    "link": ["https://a.example/x?y=1#z", "wu.la"],
    "phone": ["138****1234", "+86 351 1234567", "(0351)123-4567", "110"],
    "name": ["", "张三", "J. Smith-Wu", "张*"],
}
NONE = no_templates(above=True)


class _Asked(Bundle):
    """Texts one behind the other, and room for what was found of each."""

    columns = {"points": "i4", "places": "i8", "part": "i4", "found": "i4", "counts": "i8", "fitting": "i1"}  # noqa: RUF012


def _ask_all(base: Templates, above: Templates, asked: _Asked, out: _Asked, scratch: TemplateScratch) -> None:
    templates = max(len(base.shape_of), len(above.shape_of))
    for text in range(len(asked.counts)):
        start = asked.places[text]
        n = asked.places[text + 1] - start
        for place in range(n):
            asked.part[place] = asked.points[start + place]
        asked.counts[text] = find_newest(base, above, asked.part, n, scratch, out.found)
        for place in range(min(asked.counts[text], len(out.found))):
            asked.found[text * templates + place] = out.found[place]
        for template in range(templates):
            fit = fits_newest(base, above, asked.part, n, template, scratch)
            asked.fitting[text * templates + template] = 1 if fit else 0


_ask = compiled(_ask_all)
SCRATCH = template_scratch()


def asked(base: Templates, texts: list[str], above: Templates = NONE, plainly: bool = False) -> list[set[int]]:
    """Which templates each text fits: by the index, after making sure that trying each says the same."""
    templates = max(len(base.shape_of), len(above.shape_of))
    points, places = fold(pa.array(texts, pa.string()))
    rows = _Asked(
        points=points.astype(np.int32),
        places=places,
        part=np.zeros(int(np.diff(places).max()) + 1, np.int32),
        found=np.zeros(templates * len(texts), np.int32),
        counts=np.zeros(len(texts), np.int64),
        fitting=np.zeros(templates * len(texts), np.int8),
    )
    out = _Asked.without_rows()
    out = _Asked(**{n: np.zeros(templates if n == "found" else 0, d) for n, d in _Asked.columns.items()})
    with np.errstate(over="ignore"):
        (_ask.plain if plainly else _ask)(base, above, rows, out, SCRATCH)
    counts, found = rows.array("counts").tolist(), rows.array("found").reshape(len(texts), -1)
    by_index = [found[text, :count].tolist() for text, count in enumerate(counts)]
    tried = [set(np.flatnonzero(row).tolist()) for row in rows.array("fitting").reshape(len(texts), -1)]
    assert [sorted(each) for each in by_index] == [sorted(each) for each in tried]
    return tried


def compiled_bodies(bodies: list[str]) -> Templates:
    made = compile_templates(pa.array(bodies), fold)
    assert made.faults == []
    return made.templates()


def fit(body: str, *texts: str) -> list[bool]:
    return [found == {0} for found in asked(compiled_bodies([body]), list(texts))]


# The same meaning said another way: a regular expression over plain text.
def expression(parts: list[str | int]) -> re.Pattern[str]:
    """Of fixed texts and types by turns."""
    sign = _characters(lambda kind: kind < FIRST_LETTER)
    pattern = f"{sign}*"
    for part in parts:
        if isinstance(part, int):
            each = TYPES[part]
            letter = _characters(lambda kind, mask=each.mask: kind >= FIRST_LETTER and mask >> kind & 1)
            among = _characters(lambda kind, mask=each.mask: kind < FIRST_LETTER and mask >> kind & 1)
            more = f"(?:{letter}(?:{among}*{letter}){{{max(each.least, 1) - 1},{each.most - 1}}})"
            pattern += f"{more}{'?' if each.least == 0 else ''}{sign}*"
        else:
            letters = [each for each in plain(part) if KINDS[ord(each)] >= FIRST_LETTER]
            pattern += "".join(f"{re.escape(each)}{sign}*" for each in letters)
    return re.compile(pattern, re.DOTALL)


def _characters(wanted) -> str:
    every = set(plain(LETTERS + SIGNS))
    return "[" + "".join(re.escape(each) for each in sorted(every) if wanted(int(KINDS[ord(each)]))) + "~]"


fixed = st.text(st.sampled_from(LETTERS + ",【"), max_size=4)
types = st.integers(0, len(TYPES) - 1)
templates = st.lists(st.tuples(fixed, types), max_size=3).flatmap(
    lambda pairs: st.tuples(st.just(pairs), st.text(st.sampled_from("的您a1"), min_size=1, max_size=3))
)
anything = st.text(st.sampled_from(LETTERS + SIGNS), max_size=24)


def parts_of(template: tuple[list[tuple[str, int]], str]) -> list[str | int]:
    pairs, tail = template
    return [part for pair in pairs for part in pair] + [tail]


def body_of(parts: list[str | int]) -> str:
    return "".join(f"{{x:{TYPES[part].name}}}" if isinstance(part, int) else part for part in parts)


@st.composite
def near(draw: st.DrawFn, parts: list[str | int]) -> str:
    """A filling of a template, a few of its characters changed, put in or left out."""
    text = "".join(
        draw(st.one_of(st.sampled_from(VALUES[TYPES[part].name]), anything)) if isinstance(part, int) else part
        for part in parts
    )
    text = "".join(each for each in plain(text) if each in plain(LETTERS + SIGNS))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(["", *LETTERS, *SIGNS])) + text[place + draw(st.integers(0, 1)) :]
    return text


@given(st.data())
def test_a_text_fits_when_a_regular_expression_of_the_template_says_so(data: st.DataObject):
    made = data.draw(st.lists(templates, min_size=1, max_size=5).map(lambda some: [parts_of(each) for each in some]))
    texts = [data.draw(near(parts)) for parts in made] + [data.draw(anything)]
    found = asked(compiled_bodies([body_of(parts) for parts in made]), texts)
    for text, fitting in zip(texts, found, strict=True):
        assert fitting == {n for n, parts in enumerate(made) if expression(parts).fullmatch(plain(text))}, text


@given(st.data())
def test_a_template_filled_with_values_of_its_types_fits(data: st.DataObject):
    parts = parts_of(data.draw(templates))
    values = [data.draw(st.sampled_from(VALUES[TYPES[p].name])) if isinstance(p, int) else p for p in parts]
    disguise = data.draw(st.sampled_from(["", " ", "，", "​"]))
    assert fit(body_of(parts), "".join(values), disguise.join(values).upper()) == [True, True]


@given(st.data())
def test_a_changed_letter_of_the_fixed_text_never_fits(data: st.DataObject):
    parts = [
        p for p in parts_of(data.draw(templates)) if not isinstance(p, int) or TYPES[p].name not in ("text", "name")
    ]
    values = [data.draw(st.sampled_from(VALUES[TYPES[p].name])) if isinstance(p, int) else p for p in parts]
    letters = [(n, at) for n, p in enumerate(parts) if isinstance(p, str) for at in range(len(p)) if p[at] not in ",【"]
    part, at = data.draw(st.sampled_from(letters))
    values[part] = values[part][:at] + data.draw(st.sampled_from("龘ж")) + values[part][at + 1 :]
    assert fit(body_of(parts), "".join(values)) == [False]


@given(st.data())
def test_plain_and_compiled_code_say_the_same(data: st.DataObject):
    made = data.draw(st.lists(templates, min_size=1, max_size=3).map(lambda some: [parts_of(each) for each in some]))
    texts = [data.draw(near(parts)) for parts in made] + ["", "的" * 9]
    compiled_ones = compiled_bodies([body_of(parts) for parts in made])
    assert asked(compiled_ones, texts, plainly=True) == asked(compiled_ones, texts)


def test_signs_of_the_fixed_text_do_not_matter():
    body = "【汾河银行】验证码{code},10分钟内有效。"
    assert fit(
        body,
        "【汾河银行】验证码 123456，10 分钟内有效",
        "[汾河银行]　验证码：123456。10分钟内有效!!",
        "【汾河银行】验证码123456,20分钟内有效",
        "【汾河银行】验证码123456,10分钟内有效。详询 138",
        "验证码123456,10分钟内有效",
    ) == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("code", ["123", "123456789", "12,34", "验证码码"]),
        ("digits", ["", "1a", "1" * 21, "1.5"]),
        ("amount", ["", "abc", "1-2", "1" * 17]),
        ("date", ["", "明天", "a", "1" * 13]),
        ("time", ["", "tomorrow", "1" * 25]),
        ("link", ["a.b", "a.例.com", "x" * 257, "a b.example"]),
        ("phone", ["12", "1" * 16, "1a34"]),
        ("name", ["x" * 33, "张/三", "张\n三"]),
        ("text", ["x" * 65, "两\n行"]),
    ],
)
def test_what_a_type_does_not_have_does_not_fit(kind: str, wrong: list[str]):
    body = f"您的{{x:{kind}}}已到"
    assert fit(body, *(f"您的{value}已到" for value in wrong)) == [False] * len(wrong)
    assert all(fit(body, *(f"您的{value}已到" for value in VALUES[kind])))


@pytest.mark.parametrize(
    ("variable", "kind"),
    [
        ("{code}", "code"),
        ("{code2}", "code"),
        ("{verifyCode}", "code"),
        ("{验证码}", "code"),
        ("{客户姓名}", "name"),
        ("{amount:amount}", "amount"),
        ("{x:money}", "amount"),
        ("{x：date}", "date"),
        ("${order_amount}", "amount"),
        ("${startTime}", "time"),
        ("{#phone#}", "phone"),
        ("{{ day }}", "date"),
        ("｛short_url｝", "link"),
        ("{#var#}", "text"),
        ("{1}", "text"),
        ("{}", "text"),
        ("{whatever}", "text"),
    ],
)
def test_a_type_is_told_behind_the_colon_or_known_from_the_name(variable: str, kind: str):
    made = compile_templates(pa.array([f"您的{variable}已到"]), fold)
    assert made.faults == []
    pieces = made.arrays["pieces"].reshape(-1, 3)
    assert TYPES[pieces[0, 2]].name == kind


FAULTY = [
    ("您的{code", "does not close it"),
    ("您的{{code}", "does not close it"),
    ("您的code}", "does not open"),
    ("您的{co{de}", "a variable within a variable"),
    ("您的{code:mony}", "unknown type 'mony'"),
    ("您的{code:}", "unknown type ''"),
    ("{code}", "no letter or digit outside"),
    ("【】{code}!", "no letter or digit outside"),
    ("", "no letter or digit outside"),
    ("您的" + "{a}" * 65, "more than 64 variables"),
    ("您的" * (LONGEST // 2) + "x", "longer than 4,096 letters"),
]


@pytest.mark.parametrize(("body", "error"), FAULTY)
def test_a_body_that_cannot_be_read_is_refused_with_what_would_be_right(body: str, error: str):
    with pytest.raises(Refused, match=re.escape(error)) as refused:
        check_body(body, fold)
    assert refused.value.right


def test_a_bad_body_never_loses_a_good_one_and_its_place_fits_nothing():
    bodies = [body for body, _ in FAULTY]
    made = compile_templates(pa.array([*bodies, "您的{code}已到", None]), fold)
    bad = np.logical_or.reduce([fault.rows for fault in made.faults])
    assert bad.tolist() == [True] * len(bodies) + [False, True]
    assert {fault.column for fault in made.faults} == {"body"}
    assert asked(made.templates(), ["您的1234已到", "您的code", ""]) == [{len(bodies)}, set(), set()]


def test_many_unknown_types_are_named_a_few_and_the_rest_counted():
    made = compile_templates(pa.array([f"您的{{x:t{n}}}" for n in range(100)]), fold)
    assert sum(int(fault.rows.sum()) for fault in made.faults) == 100
    assert made.faults[-1].rows.sum() == 80


def test_templates_of_one_text_are_all_found():
    texts = asked(
        compiled_bodies(["您好{name}再见", "您好,{firm}再见!", "您好再见", "您好{name}再{name}见"]), ["您好再见"]
    )
    assert texts == [{0, 1, 2, 3}]


def test_a_registry_of_many_is_searched_as_if_each_was_tried():
    random_ = random.Random(4)
    word = lambda: "".join(random_.choice("天地玄黄宇宙洪荒日月盈昃") for _ in range(random_.randrange(1, 9)))  # noqa: E731
    bodies = [
        f"【{word()}】{word()}{{code}}{word()}{{{random_.choice(('name', 'amount', 'text'))}}}" for _ in range(3000)
    ]
    texts = [body.replace("{code}", "1234").replace("{amount}", "1.5") for body in bodies[:60]]
    texts = [re.sub("[{}]", "", each) for each in texts]
    assert all(n in found for n, found in enumerate(asked(compiled_bodies(bodies), texts)))


def test_a_hundred_thousand_templates_with_one_head_are_told_apart_by_what_differs():
    bodies = [f"【同一公司】尊敬的{{name}},您的订单{n:05d}已发货" for n in range(100_000)]
    made = compile_templates(pa.array(bodies), fold)
    assert (made.arrays["windows"].reshape(-1, 2)[:, 1] >> 32).max() <= 30
    assert find(made.templates(), "【同一公司】尊敬的张三,您的订单04711已发货") == [4711]


def find(templates: Templates, text: str) -> list[int]:
    out = _Asked(**{n: np.zeros(1000 if n == "found" else 0, d) for n, d in _Asked.columns.items()})
    points = points_of(text)
    rows = _Asked(
        points=points.array,
        places=np.array([0, len(points)], np.int64),
        part=np.zeros(len(points) + 1, np.int32),
        found=np.zeros(len(templates.shape_of), np.int32),
        counts=np.zeros(1, np.int64),
        fitting=np.zeros(len(templates.shape_of), np.int8),
    )
    _ask(templates, NONE, rows, out, SCRATCH)
    return rows.array("found")[: rows.array("counts")[0]].tolist()


def test_a_window_that_comes_again_and_again_is_looked_at_once():
    assert asked(compiled_bodies(["的的的的的的的的{text}的", "的" * 30]), ["的" * 30, "的" * 300]) == [{0, 1}, set()]


@pytest.mark.parametrize("character", [".", "1", "【", "\u0301", "的", "a", "\n", " "])
def test_a_megabyte_of_anything_fits_nothing_and_is_left_early(character: str):
    templates = compiled_bodies(["的{text}的", "1{digits}1" + "{text}" * 60, "a{link}a"])
    assert asked(templates, [character * 350_000]) == [set()]


def test_many_variables_after_each_other_take_their_time_but_come_to_an_end():
    body = "".join(f"a{{text}}{'a' * n}{{text}}" for n in range(1, 30)) + "b"
    assert fit(body, "a" * 3000 + "b", "a" * 3000) == [True, False]


def test_what_changed_above_a_base_stands_for_what_the_base_has():
    base = compiled_bodies(["您好{name}", "再见{name}", "谢谢{name}"])
    places = np.array([1, 2, 4], dtype=np.int64)
    changed = compile_templates(pa.array(["您好{text}", None, "谢谢{name}"]), fold, places=places, total=5)
    texts = ["您好张三", "再见张三", "谢谢张三"]
    assert asked(base, texts, changed.templates()) == [{0, 1}, set(), {4}]
    assert asked(base, texts) == [{0}, {1}, {2}]
    assert changed.faults[0].rows.tolist() == [False, True, False]


def test_a_registry_without_templates_fits_nothing():
    assert asked(compile_templates(pa.array([], pa.string()), fold).templates(), ["您好", ""]) == [set(), set()]


@pytest.mark.parametrize("value", [-1, 1, 2, 77, 1 << 30])
def test_a_damaged_page_is_a_fault_or_a_wrong_answer_and_nothing_worse(value: int):
    made = compile_templates(pa.array(["您的{text}到到到{text}已到", "您好{name}再见"]), fold)
    for name in ("shapes", "pieces", "postings", "members", "borders", "types"):
        damaged = made.arrays[name].copy()
        damaged[:] = value
        with suppress(IndexError, AssertionError):
            asked(Templates(**made.arrays | {name: damaged}), ["您的到到到到到已到", "您好张三再见"])


@example("ſ")
@given(st.text(max_size=60))
def test_any_text_at_all_is_read(text: str):
    assert asked(compiled_bodies(["您好{text}"]), [text, "您好" + text.replace("\n", " ")[:20]])[0] in (set(), {0})


def test_line_breaks_are_known_to_be_line_breaks():
    assert all(KINDS[ord(each)] == LINE for each in "\n\r\u2028\x85")
    assert View(KINDS)[ord("a")] >= FIRST_LETTER
