"""Texts written for Wurao: scripts of fraud after public warnings, and of what must come through.

No set at hand holds one-time codes and notices as classes of their own, nor fraud as it is spoken today; and what may
be learned from is small (docs/decisions/0014). A script is a list of parts with a sentence each, drawn at random from
`fraud.toml` and `everyday.toml`, its {slots} filled from `slots.toml` or, where they are figures, links or ids, here.
The same seed draws the same texts. Called by `corpus`.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wurao.content.classes import CLASSES, KINDS
from wurao.errors import Refused

FILES = ("fraud.toml", "everyday.toml")
_HERE = Path(__file__).parent
_SLOT = re.compile(r"\{(\w+)\}")
_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_SPOKEN_AMOUNTS = ("五千", "两万", "三千", "八千", "一万", "五万", "十万", "二十万", "三百万")
_ENDINGS = (".com", ".cn", ".top", ".cc", ".xyz", ".net", ".vip")
_SHARED_AT = (
    "docs.qq.com/doc/",
    "meeting.tencent.com/dm/",
    "pan.baidu.com/s/1",
    "b23.tv/",
    "v.douyin.com/",
    "mp.weixin.qq.com/s/",
    "kdocs.cn/l/",
    "surl.amap.com/",
    "music.163.com/song?id=",
    "github.com/",
    "m.tb.cn/h.",
    "zoom.us/j/",
)
"""Where people keep what they share."""
_BETWEEN = ("，", "。", "，", " ", "", "，", ",")
"""What stands between two parts of a talk."""


@dataclass(frozen=True, slots=True)
class Script:
    """What one kind of text says, part by part."""

    label: str
    """A class, or a class and a kind: `fraud:loan`."""
    parts: tuple[tuple[str, ...], ...]


def read_scripts(directory: Path = _HERE) -> tuple[list[Script], dict[str, list[str]]]:
    """All scripts and slots; Refused where one names a class, a kind or a slot that there is not."""
    slots: dict[str, list[str]] = tomllib.loads((directory / "slots.toml").read_text("utf-8"))["slots"]
    scripts = []
    for name in FILES:
        for place, given in enumerate(tomllib.loads((directory / name).read_text("utf-8"))["script"], start=1):
            scripts.append(_script(f"{directory / name}: script {place}", given, slots))
    return scripts, slots


def _script(where: str, given: dict[str, Any], slots: dict[str, list[str]]) -> Script:
    if given.get("class") not in CLASSES or given.get("kind", KINDS[0]) not in KINDS:
        raise Refused("its class or kind is none", where=where, right=f"{', '.join(CLASSES)}; {', '.join(KINDS)}")
    parts = tuple(tuple(part) for part in given["parts"])
    for slot in {found for part in parts for sentence in part for found in _SLOT.findall(sentence)}:
        if slot not in slots and slot not in _DRAWN:
            raise Refused(f"{{{slot}}} is no slot", where=where, right=", ".join((*slots, *_DRAWN)))
    return Script(":".join(filter(None, (given["class"], given.get("kind")))), parts)


def write_texts(each: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """So many texts of every script: label and text."""
    scripts, slots = read_scripts()
    chance = random.Random(seed)
    for script in scripts:
        for _ in range(each):
            yield script.label, _fill(chance, slots, _join(chance, script))


def _join(chance: random.Random, script: Script) -> str:
    sentences = []
    for part in script.parts:
        sentence = chance.choice(part)
        if _may_be_left_out(sentence):
            if chance.random() < 0.5:
                continue
            sentence = sentence[1:-1]
        sentences.append(sentence)
    is_talk = script.label.startswith(("fraud", "illegal"))
    if script.label.startswith("fraud") and len(sentences) > 2 and chance.random() < 0.3:
        sentences.pop(chance.randrange(2))
    return (chance.choice(_BETWEEN) if is_talk else "").join(sentences)


def _may_be_left_out(sentence: str) -> bool:
    return sentence.startswith("[") and sentence.endswith("]") and not sentence.startswith("[{")


def _fill(chance: random.Random, slots: dict[str, list[str]], text: str) -> str:
    while found := _SLOT.search(text):
        name = found[1]
        value = chance.choice(slots[name]) if name in slots else _DRAWN[name](chance)
        text = text[: found.start()] + value + text[found.end() :]
    return text


def digits(chance: random.Random, count: int) -> str:
    """So many figures at random."""
    return "".join(str(chance.randrange(10)) for _ in range(count))


def letters(chance: random.Random, fewest: int, most: int) -> str:
    """Small letters at random."""
    return "".join(chance.choice(_LETTERS) for _ in range(chance.randint(fewest, most)))


def link(chance: random.Random) -> str:
    """A link as messages write it."""
    scheme = chance.choice(("http://", "https://", "", "www."))
    path = chance.choice(("", "/", f"/{letters(chance, 2, 5)}{digits(chance, 1)}"))
    return scheme + letters(chance, 3, 8) + digits(chance, chance.randrange(3)) + chance.choice(_ENDINGS) + path


def shared_link(chance: random.Random) -> str:
    """A link to what somebody shares: at one of the places where people keep such things, or anywhere."""
    if chance.random() < 0.5:
        return link(chance)
    name = "".join(chance.choice(_LETTERS + _LETTERS.upper() + "23456789") for _ in range(chance.randint(5, 12)))
    return chance.choice(("https://", "")) + chance.choice(_SHARED_AT) + name


def mobile(chance: random.Random) -> str:
    """A mobile number."""
    return "1" + chance.choice("35789") + digits(chance, 9)


def _amount(chance: random.Random) -> str:
    spoken = chance.choice(_SPOKEN_AMOUNTS) + chance.choice(("", "元", "块"))
    thousands, tens = chance.randint(1, 30), chance.randint(1, 50)
    return chance.choice((f"{tens}万", f"{tens}万元", f"{thousands}000", f"{thousands}00元", spoken))


def _money(chance: random.Random) -> str:
    whole, cents = chance.randint(10, 90_000), digits(chance, 2)
    return chance.choice((f"{whole}.{cents}", f"{whole:,}.{cents}", str(whole)))


_DRAWN: dict[str, Callable[[random.Random], str]] = {
    "code": lambda chance: digits(chance, chance.choice((4, 6, 6, 6, 8))),
    "number": lambda chance: digits(chance, chance.choice((5, 6, 8, 9, 12))),
    "tail": lambda chance: digits(chance, 4),
    "account": lambda chance: "62" + digits(chance, chance.choice((14, 17))),
    "phone": lambda chance: chance.choice((mobile(chance), "400" + digits(chance, 7), "0351" + digits(chance, 7))),
    "amount": _amount,
    "small": lambda chance: str(chance.choice((chance.randint(10, 99), chance.randint(100, 999)))),
    "money": _money,
    "percent": lambda chance: chance.choice(("百分之十", "百分之二十", "百分之三十", f"{chance.randint(3, 50)}%")),
    "few": lambda chance: str(chance.randint(1, 30)),
    "month": lambda chance: str(chance.randint(1, 12)),
    "dayn": lambda chance: str(chance.randint(1, 28)),
    "hour": lambda chance: str(chance.randrange(24)),
    "minute": lambda chance: f"{chance.randrange(60):02d}",
    "link": link,
    "mobile": mobile,
    "shared": shared_link,
    "wechat": lambda chance: letters(chance, 3, 7) + digits(chance, chance.randint(2, 6)),
    "plate": lambda chance: "晋A" + digits(chance, 5),
    "train": lambda chance: chance.choice("GDKTC") + digits(chance, chance.choice((2, 3, 4))),
}
