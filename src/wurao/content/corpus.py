"""What the shipped classifier learns from, and what it is measured on: the sets of the shared directory by labels.

In goes the directory with `sms/` and `calls/`; out come sources, each with texts, its own labels, and the labels of the
shipped classifier (`classes`). Words that a set put in place of names, places and figures are filled with made ones, a
part of the texts gets a disguised copy, and the scripts (`scripts`) stand beside. Called by `wurao content`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wurao.content.disguises import DISGUISES
from wurao.content.scripts import digits, link, mobile, write_texts
from wurao.content.training import Table, folds_of
from wurao.errors import Refused

SHIPPED_FROM = ("fbs", "nus_zh", "calls", "en", "scripts")
"""`tft5` is for measuring alone: it may not be used commercially."""
SCRIPTS = "scripts"
"""What the source is called whose texts the scripts give."""
EACH_SCRIPT = 300
COSTS = {"fbs": 2.0, "nus_zh": 2.0, "calls": 2.0, "en": 4.0, "scripts": 5.0, "tft5": 1.0}
"""What a mistake on a text of each source costs: many everyday texts are alike, and few scripts are many texts."""
DISGUISED = 0.15
"""So large a part of the texts gets a disguised copy."""

_FBS = {
    "AD:Loan": "marketing:finance",
    "AD:Network_service": "marketing:telecom_media",
    "AD:Other": "marketing:other",
    "AD:Real_estate": "marketing:property",
    "AD:Retail": "marketing:retail",
    "FR:Financial": "fraud:investment",
    "FR:Other": "fraud:prize",
    "FR:Phishing(Bank)": "fraud:phishing",
    "FR:Phishing(Other)": "fraud:phishing",
    "IL:Escort_service": "illegal:escort",
    "IL:Fake_ID_and_invoice": "illegal:documents",
    "IL:Gambling": "illegal:gambling",
    "IL:Political_propaganda": "illegal:propaganda",
    "Other": "service",
}
_CALLS = {
    "客服诈骗": "fraud:service_impostor",
    "银行诈骗": "fraud:service_impostor",
    "钓鱼诈骗": "fraud:service_impostor",
    "身份盗窃": "fraud:service_impostor",
    "邮件诈骗": "fraud:service_impostor",
    "绑架诈骗": "fraud:kidnap",
    "彩票诈骗": "fraud:prize",
    "投资诈骗": "fraud:investment",
}
_TFT5 = {
    "normal": "normal",
    "fraud_acquaintance": "fraud:acquaintance",
    "fraud_loan": "fraud:loan",
    "fraud_police": "fraud:authority",
    "fraud_service": "fraud:service_impostor",
}
_EN = {"ham": "normal", "spam": "fraud:prize"}

_WORD = re.compile("CELLPHONE|FIXEDPHONE|PHONE|DIGIT|URL|NAME|PLACE|WECHAT")
_PLACEHOLDERS = re.compile(f"(?<![A-Za-z])(?:{_WORD.pattern})+(?![A-Za-z])")
"""Words that the set of fake base stations has in place of what it hides; some run into the next one."""
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳军静敏丽强磊洋艳"
_PLACES = ("", "太原", "大同", "北京", "上海", "成都", "广州")


@dataclass(frozen=True, slots=True)
class Source:
    """One set of texts."""

    name: str
    texts: list[str]
    own: list[str]
    """Labels as the set has them."""
    labels: list[str]
    """Labels of the shipped classifier."""
    given: list[str]
    """Texts as the set has them, with the words that stand for what it hides."""


def read_sources(data: Path, names: Iterable[str] = (*SHIPPED_FROM, "tft5")) -> dict[str, Source]:
    """The sets by their names; Refused where the directory has not what is asked for."""
    wanted = set(names)
    found: dict[str, Source] = {}
    if chinese := wanted & {"fbs", "nus_zh", "tft5"}:
        found |= {source.name: source for source in _chinese(_there(data / "sms" / "zh.csv"), chinese)}
    if "calls" in wanted:
        found["calls"] = _calls(_there(data / "calls" / "zh.parquet"))
    if "en" in wanted:
        texts, own = _columns(_there(data / "sms" / "en.csv"), "text", "label")
        found["en"] = Source("en", texts, own, _known(data / "sms" / "en.csv", own, _EN), texts)
    if "scripts" in wanted:
        found["scripts"] = read_scripts_source()
    return {name: found[name] for name in sorted(wanted)}


def read_scripts_source() -> Source:
    """The texts that the scripts give."""
    labels, texts = map(list, zip(*write_texts(EACH_SCRIPT), strict=True))
    return Source(SCRIPTS, texts, labels, labels, texts)


def source_of(name: str, texts: list[str], own: list[str]) -> Source:
    """A source from texts and labels as a table has them; what stands for hidden values is filled."""
    shipped = {**_FBS, **_TFT5, **_EN}
    return Source(name, filled(texts), own, [shipped.get(label, label) for label in own], texts)


def _there(path: Path) -> Path:
    if not path.is_file():
        raise Refused("is not there", where=str(path), right="the shared directory's data, or another by --data-sets")
    return path


def _columns(path: Path, *names: str) -> tuple[list[str], ...]:
    import pyarrow as pa
    import pyarrow.csv

    table = pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    return tuple(table.column(name).to_pylist() for name in names)


def _chinese(path: Path, wanted: set[str]) -> list[Source]:
    sources, own, texts = _columns(path, "source", "label", "text")
    found = []
    for name, labels in (("fbs", _FBS), ("nus_zh", {"normal": "normal"}), ("tft5", _TFT5)):
        if name not in wanted:
            continue
        rows = [row for row, source in enumerate(sources) if source == name]
        given, of_set = [texts[row] for row in rows], [own[row] for row in rows]
        read = filled(given) if name == "fbs" else given
        found.append(Source(name, read, of_set, _known(path, of_set, labels), given))
    return found


def _known(path: Path, own: list[str], labels: dict[str, str]) -> list[str]:
    """The shipped classifier's labels for those of a set; Refused where the set has another."""
    for label in own:
        if label not in labels:
            raise Refused(f"{label!r} is no label of it", where=str(path), right=", ".join(labels))
    return [labels[label] for label in own]


def _calls(path: Path) -> Source:
    """What is said first in a call: by both in three turns, by the caller in one and two; what the callee answers."""
    import pyarrow.parquet as pq

    texts: list[str] = []
    own: list[str] = []
    labels: list[str] = []
    for call in pq.read_table(path).to_pylist():
        label = _CALLS.get(call["kind"], "service")
        caller = [turn["text"] for turn in call["turns"] if turn["who"] == "caller"]
        callee = [turn["text"] for turn in call["turns"] if turn["who"] != "caller"]
        said = [first_turns(call), " ".join(caller[:1]), *([" ".join(caller[:2])] if len(caller) > 1 else [])]
        texts += [*said, *callee[:2]]
        own += [call["label"]] * len(said) + ["normal"] * len(callee[:2])
        labels += [label] * len(said) + ["normal"] * len(callee[:2])
    return Source("calls", texts, own, labels, texts)


def first_turns(call: dict[str, list[dict[str, str]]], turns: int = 3) -> str:
    """What both said in the first turns of a call."""
    return " ".join(turn["text"] for turn in call["turns"][:turns])


def read_first_turns(data: Path) -> tuple[list[str], list[str]]:
    """The first three turns of every call, and whether it is fraud or normal."""
    import pyarrow.parquet as pq

    calls = pq.read_table(_there(data / "calls" / "zh.parquet")).to_pylist()
    return [first_turns(call) for call in calls], [call["label"] for call in calls]


def filled(texts: Sequence[str]) -> list[str]:
    """Texts with made values in place of the words that stand for what a set hides; the same texts give the same."""
    chance = random.Random(len(texts))
    return [
        _PLACEHOLDERS.sub(lambda run: _WORD.sub(lambda word: _made(word[0], chance), run[0]), text) if text else text
        for text in texts
    ]


def _made(word: str, chance: random.Random) -> str:
    match word:
        case "DIGIT":
            return digits(chance, chance.randint(1, 5))
        case "URL":
            return link(chance)
        case "CELLPHONE":
            return mobile(chance)
        case "PHONE" | "FIXEDPHONE":
            return chance.choice(("400", "0351", "021")) + digits(chance, 8)
        case "NAME":
            return chance.choice(("", chance.choice(_SURNAMES) + chance.choice(_GIVEN)))
        case "WECHAT":
            return "微信" + mobile(chance)
        case _:
            return chance.choice(_PLACES)


def table_of(sources: Iterable[Source], seed: int = 1) -> Table:
    """One table of several sources, with disguised copies."""
    import pyarrow as pa

    chance = random.Random(seed)
    texts: list[str] = []
    labels: list[str] = []
    costs: list[float] = []
    names: list[str] = []
    for source in sources:
        for text, label in zip(source.texts, source.labels, strict=True):
            copies = [text]
            if chance.random() < DISGUISED:
                copies.append(DISGUISES[chance.choice(tuple(DISGUISES))](text, chance))
            for copy in copies:
                texts.append(copy)
                labels.append(label)
                costs.append(COSTS.get(source.name, 1.0) * (1.0 if copy is text else 0.5))
                names.append(source.name)
    column = pa.array(texts)
    return Table(column, labels, np.array(costs), names, folds_of(column))
