"""The types of a template's variables: what may stand in their place, and by which names bodies call them.

A body says `{amount:money}`: the type stands behind the colon. Where there is none it is known from the name, whole or
its last word that says anything (`order_amount`, `startTime`, `code2`); a name that says nothing is `text`. Read by
`template_bodies`; the figures go into a snapshot with the bodies, so that a snapshot means what it meant when built.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wurao.content import letters as of

_WORDS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class VariableType:
    """What may stand in a variable's place: so many letters and digits of these kinds, and these signs among them.

    Signs are not counted; those before the first and behind the last letter belong to the fixed text, where none
    matters. Marks may stand anywhere.
    """

    name: str
    least: int
    most: int
    kinds: tuple[int, ...]
    names: tuple[str, ...]
    """What else it is called: as a type, or as a variable's name."""

    @property
    def mask(self) -> int:
        """The kinds as bits."""
        return sum(1 << kind for kind in {*self.kinds, of.MARK})


_NUMERIC = (of.DIGIT,)
_ASCII = (of.DIGIT, of.LATIN, of.AM_PM)
_ANY_LETTER = tuple(range(of.FIRST_LETTER, of.LETTER + 1))
_ANY_SIGN_IN_LINE = tuple(kind for kind in range(of.FIRST_LETTER) if kind != of.LINE)
_ANY_SIGN_IN_WORD = tuple(kind for kind in _ANY_SIGN_IN_LINE if kind != of.SPACE)
_IN_DATES = (of.SPACE, of.POINT, of.HYPHEN, of.SLASH, of.COMMA)

TYPES = (
    VariableType("text", 0, 64, _ANY_LETTER + _ANY_SIGN_IN_LINE, ("var", "string", "content", "note", "文本", "内容")),
    VariableType(
        "code",
        4,
        8,
        (*_ASCII, of.SPACE, of.HYPHEN),
        ("otp", "captcha", "pin", "verifycode", "验证码", "校验码", "动态码"),
    ),
    VariableType(
        "digits",
        1,
        20,
        (*_NUMERIC, of.SPACE, of.HYPHEN, of.STAR),
        ("number", "num", "digit", "int", "count", "days", "minutes", "hours", "数字", "数量", "尾号", "分钟", "天数"),
    ),
    VariableType(
        "amount",
        1,
        16,
        (*_NUMERIC, of.MONEY_WORD, of.COMMA, of.POINT, of.SPACE),
        ("money", "price", "balance", "fee", "cost", "sum", "金额", "余额", "价格", "费用"),
    ),
    VariableType("date", 1, 12, (*_NUMERIC, of.DATE_WORD, *_IN_DATES), ("day", "日期", "截止日期")),
    VariableType(
        "time",
        1,
        24,
        (*_NUMERIC, of.DATE_WORD, of.TIME_WORD, of.AM_PM, of.COLON, *_IN_DATES),
        ("datetime", "hour", "时间", "时刻"),
    ),
    VariableType("link", 4, 256, (*_ASCII, *_ANY_SIGN_IN_WORD), ("url", "href", "website", "domain", "链接", "网址")),
    VariableType(
        "phone",
        3,
        15,
        (*_NUMERIC, of.SPACE, of.HYPHEN, of.STAR, of.DIALLED),
        ("tel", "telephone", "mobile", "hotline", "电话", "手机", "手机号", "客服电话"),
    ),
    VariableType(
        "name",
        0,
        32,
        (*_ANY_LETTER, of.SPACE, of.POINT, of.HYPHEN, of.STAR),
        ("customer", "firm", "company", "姓名", "名称", "客户"),
    ),
)
WORDS = 3
"""A type's figures, as the matcher reads them: mask, least, most."""
_PLACES = {name: place for place, each in enumerate(TYPES) for name in (each.name, *each.names)}
TEXT = _PLACES["text"]


def figures() -> npt.NDArray[np.int32]:
    """The figures of all types, `WORDS` each."""
    return np.array([(each.mask, each.least, each.most) for each in TYPES], dtype=np.int32).reshape(-1)


def type_of(variable: str) -> int | None:
    """The place in `TYPES` of what stands between the braces; None where the type behind the colon is unknown."""
    name, colon, told = variable.replace("：", ":").partition(":")
    if colon:
        return _PLACES.get(told.strip(" \t#").casefold())
    words = [word.casefold() for word in _WORDS.findall(_CAMEL.sub(" ", name))]
    for word in ("".join(words), *reversed(words)):
        if word in _PLACES:
            return _PLACES[word]
    chinese = [known for known in _PLACES if not known.isascii() and "".join(words).endswith(known)]
    return _PLACES[max(chinese, key=len)] if chinese else TEXT


def told_type(variable: str) -> str:
    """The type behind the colon, as it was written."""
    return variable.replace("：", ":").partition(":")[2].strip()


def known_types() -> str:
    """The names of all types, for a message."""
    return ", ".join(each.name for each in TYPES)
