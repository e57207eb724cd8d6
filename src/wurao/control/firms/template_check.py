"""The pre-check of a template: its body, its variables, its sample, and whether it says what it claims to be.

A body and a sample come in with what the firm says of them; out come findings. Body and sample are read by
`wurao.content` as a text would be in the network: the same variables, the same folding, the same classifier. Only a few
texts at a time are read, so everything runs uncompiled and needs no machine code.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wurao.compiled import View, as_it_stands
from wurao.content.classes import CLASSES
from wurao.content.explaining import ExplainedText, explain_text
from wurao.content.finds import FindKind
from wurao.content.folding import fold_texts
from wurao.content.letters import is_letter, kinds
from wurao.content.template_bodies import FIXED, read_bodies
from wurao.content.template_index import compile_templates
from wurao.content.template_types import TEXT, TYPES
from wurao.content.templates import fits, template_scratch
from wurao.control.firms.findings import Finding, note, refuses
from wurao.control.registry.models import MODELS
from wurao.numbering import canonical
from wurao.numbering.protected import protected_numbers
from wurao.settings.reading import load
from wurao.tables import PURPOSES
from wurao.wishes import CATEGORIES, MARKETING_CATEGORIES

LONGEST_BODY = 500
"""Of a body, and of a sample: a long message has some 500 characters."""
LEAST_FIXED = 4
"""So many letters stand fixed beside the signature: a body that is all variables fits every text."""
MOST_TEXTS = 3
"""So many variables may hold any text."""
_SIGNATURE = re.compile(r"[【\[]([^】\]]{2,20})[】\]]")
_VARIABLE = re.compile(r"[{｛]+\s*#?([^{}｛｝#]*)#?\s*[}｝]+")
_PUBLIC_WORDS = ("公安", "警方", "法院", "检察院", "税务", "海关", "反诈", "社会保险", "医疗保障", "人民政府", "勿扰")
"""In a signature: bodies that no firm speaks for."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A template as it is applied for."""

    body: str
    sample: str
    category: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a body, and what may stand in its place."""

    written: str
    type: str
    least: int
    most: int


def check_template(proposed: Proposed, own_categories: int, known_bodies: frozenset[str]) -> list[Finding]:
    """Everything that a machine finds; `own_categories` are the sender's, a bit each, `known_bodies` its templates'."""
    with as_it_stands():
        found = [*_of_claims(proposed, own_categories), *_of_body(proposed, known_bodies)]
        if refuses(found):
            return found
        explained = explain_text(proposed.sample, known=True)
        found += [
            *_of_sample(proposed, explained.plain),
            *_of_finds(proposed, explained),
            *_of_judgement(proposed, explained),
        ]
    return found


def variables(body: str) -> list[Variable]:
    """The variables of a body that can be read, in order."""
    with as_it_stands():
        read = read_bodies(pa.array([body]))
    parts = [(part, kind) for part, kind in zip(read.parts.to_pylist(), read.types.tolist(), strict=True) if kind >= 0]
    return [Variable(part, TYPES[kind].name, TYPES[kind].least, TYPES[kind].most) for part, kind in parts]


def _of_claims(proposed: Proposed, own_categories: int) -> Iterator[Finding]:
    if proposed.purpose not in PURPOSES:
        yield Finding("请选择用途", "choose a purpose")
    if proposed.category not in MARKETING_CATEGORIES and proposed.purpose == "marketing":
        yield Finding("营销模板须选九类之一", "a marketing template has one of the nine categories")
    elif proposed.category not in CATEGORIES:
        yield Finding("请选择类别", "choose a category")
    elif not own_categories >> CATEGORIES.index(proposed.category) & 1:
        yield Finding("贵单位未登记这个类别", "you are not registered for this category")


def _of_body(proposed: Proposed, known: frozenset[str]) -> Iterator[Finding]:
    body = proposed.body
    if max(len(body), len(proposed.sample)) > LONGEST_BODY:
        yield Finding(f"模板和样例最长 {LONGEST_BODY} 字", f"body and sample have {LONGEST_BODY} characters at most")
        return
    for fault in compile_templates(pa.array([body]), fold_texts).faults:
        yield Finding(f"模板读不懂：{fault.error}", f"the body {fault.error}; {fault.expected}")
        return
    if body in known:
        yield Finding("这个模板已登记", "this template is registered already")
    signature = _SIGNATURE.match(body) or _SIGNATURE.search(body[-24:])
    if signature is None:
        yield Finding("开头或结尾须有【签名】", "write your name as 【signature】 at the beginning or end")
    elif any(word in signature[1] for word in _public_words()):
        yield Finding(f"签名【{signature[1]}】属于公共机构", f"the signature {signature[1]} is a public body's")
    read = read_bodies(pa.array([body]))
    types = read.types.tolist()
    if types.count(TEXT) > MOST_TEXTS:
        yield Finding(
            f"任意文本变量最多 {MOST_TEXTS} 个，请写明类型，如 {{金额:amount}}",
            f"{MOST_TEXTS} variables at most hold any text; give the others a type, such as {{sum:amount}}",
        )
    fixed = _letters(_SIGNATURE.sub("", "".join(_fixed(read.parts, types))))
    if fixed < LEAST_FIXED:
        yield Finding(
            f"除签名和变量外至少 {LEAST_FIXED} 个固定的字",
            f"{LEAST_FIXED} fixed letters at least, signature and variables apart",
        )
    if proposed.purpose == "otp" and not {"code", "digits"} & {TYPES[kind].name for kind in types if kind >= 0}:
        yield Finding("验证码模板须有 {code} 变量", "a template for one-time codes has a variable {code}")


def _of_sample(proposed: Proposed, plain: str) -> Iterator[Finding]:
    """Whether the sample, as plain text, is the body with its variables filled: as screening asks it."""
    templates = compile_templates(pa.array([proposed.body]), fold_texts).templates()
    points = View(np.array([ord(each) for each in plain] or [0], np.int32))
    if not fits(templates, points, len(plain), 0, template_scratch()):
        told = _VARIABLE.sub(lambda each: f"{{{each[1].strip()}}}", proposed.body)
        yield Finding(
            f"样例与模板不符；请把变量换成实际内容，其余一字不改：{told}",
            "the sample does not fit the body; fill the variables and change nothing else",
        )


def _of_finds(proposed: Proposed, explained: ExplainedText) -> Iterator[Finding]:
    found = {find.kind for find in explained.finds}
    if proposed.purpose == "marketing" and FindKind.UNSUBSCRIBE not in found:
        yield Finding(
            "营销短信须写明拒收方法，如“拒收请回复R”（通信短信息服务管理规定）",
            "marketing says how to refuse, such as 拒收请回复R (Rules on Short Message Services)",
        )
    hosts = sorted({find.host for find in explained.finds if find.host})
    for host in hosts:
        if _is_listed(host):
            yield Finding(f"网址 {host} 已被列为涉诈域名", f"{host} is a blocked domain")
    if hosts:
        yield note(f"含网址：{'、'.join(hosts)}", f"links: {', '.join(hosts)}")


def _of_judgement(proposed: Proposed, explained: ExplainedText) -> Iterator[Finding]:
    thresholds = load().content
    if explained.class_ in ("fraud", "illegal") or explained.score >= thresholds.label_threshold:
        why = [each for each in explained.moved if each.weight > 0][:3]
        zh = "、".join(f"{each.zh}{'（' + '、'.join(each.words) + '）' if each.words else ''}" for each in why)
        en = ", ".join(each.en for each in why)
        said = (f"像诈骗或违法短信：{zh}", f"it reads like fraud or something illegal: {en}")
        yield Finding(*said) if explained.score >= thresholds.block_threshold else note(*said)
    if proposed.purpose != "marketing" and explained.class_ == "marketing":
        yield note("读起来像营销，请核对用途", "it reads like marketing; is the purpose right?")
    elif explained.class_ == "marketing" and explained.kind not in (None, proposed.category):
        yield note(f"读起来像类别 {explained.kind}", f"it reads like the category {explained.kind}")
    if explained.class_ not in CLASSES:
        yield note("无法判断内容", "what it is cannot be told")


def _is_listed(host: str) -> bool:
    """Whether a name, or one above it with all below, stands among the blocked domains."""
    labels = host.split(".")
    names = [".".join(labels[at:]) for at in range(len(labels))]
    below = MODELS["domains"].objects.filter(name__in=names, match=1)
    return bool(below.exists() or MODELS["domains"].objects.filter(name=host, match=0).exists())


def _fixed(parts: pa.Array, types: list[int]) -> list[str]:
    return [part for part, kind in zip(parts.to_pylist(), types, strict=True) if kind == FIXED]


def _letters(text: str) -> int:
    table = kinds()
    return sum(is_letter(int(table[ord(each)])) for each in text if ord(each) < len(table))


@functools.cache
def _public_words() -> tuple[str, ...]:
    """What no firm signs with: words of public bodies, and the protected short numbers."""
    return (*_PUBLIC_WORDS, *(canonical(each.number) for each in protected_numbers()))
