"""The texts of messages: rendered templates of firms, and what people, advertisers and fraudsters write.

Where `data/sms/zh.csv` stands in the shared directory, texts are drawn from it by their label (everyday messages of
private people; advertisements, fraud and illegal offers sent by fake base stations); else from the few plain ones here.
Which of them stand there changes no other thing of the province: a draw takes as much chance from few as from many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from wurao.province.block import Ints

OF_EACH = 3_000
"""At most so many different texts of each sort."""

_TALK = (
    "我快到楼下了,你下来吧",
    "晚上一起吃面?",
    "妈,我到学校了,放心",
    "明天上午九点开会,别忘了",
    "钥匙在门口花盆下面",
    "生日快乐!",
    "堵在府东街了,晚十分钟到",
    "好的,收到",
    "周末回太谷吗?爷爷想你们了",
    "帮我带两斤鸡蛋",
)
_ADVERTISEMENTS = (
    "新店开业,满三百减一百,地址府西街口",
    "学区房清盘,首付八万起,详询置业顾问",
    "暑期英语班招生,前二十名半价",
    "装修季来了,免费量房出图",
    "低息经营贷,最快当天放款",
)
_FRAUD = (
    "您的银行卡积分即将到期,请登录 http://wap-bank-points.example 兑换现金",
    "您的快递丢失,双倍理赔请加客服并提供银行卡号",
    "这里是公安局,您涉嫌洗钱,请将资金转入安全账户核查",
    "您的医保卡异常将停用,点击 http://medicare-check.example 认证",
    "刷单兼职日结三百,先垫付后返佣",
)
_ILLEGAL = ("代开发票,点数优惠", "在线娱乐,首存送彩金", "办证刻章,立等可取")

_INSTEAD = {
    "CELLPHONE": "13800000000",
    "PHONE": "03510000000",
    "DIGIT": "88",
    "URL": " http://wap-bank-points.example/ ",
    "NAME": "",
    "PLACE": "",
    "WECHAT": "微信 wx88888",
}
_WORD = re.compile("|".join(_INSTEAD))
_HIDDEN = re.compile(f"(?<![A-Za-z])(?:{_WORD.pattern})+(?![A-Za-z])")


@dataclass
class Texts:
    """A pool of texts; a text is a place in it."""

    pool: list[str] = field(default_factory=list)
    sorts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, sort: str, texts: list[str]) -> None:
        """Add the texts of one sort."""
        self.sorts[sort] = (len(self.pool), len(self.pool) + len(texts))
        self.pool.extend(texts)

    def draw(self, rng: np.random.Generator, sort: str, n: int) -> Ints:
        """Draw n texts of a sort at random."""
        first, last = self.sorts[sort]
        return first + (rng.random(n) * (last - first)).astype(np.int64)


def real_texts(shared: Path | None) -> Path | None:
    """The file of real texts in the shared directory; None where it is not there."""
    file = shared / "data" / "sms" / "zh.csv" if shared else None
    return file if file and file.is_file() else None


def texts(shared: Path | None) -> Texts:
    """The pool with what strangers and friends write, real where the shared data is there."""
    file = real_texts(shared)
    real = _real(file) if file else {}
    pool = Texts()
    for sort, own in (("talk", _TALK), ("advertisement", _ADVERTISEMENTS), ("fraud", _FRAUD), ("illegal", _ILLEGAL)):
        pool.add(sort, real.get(sort) or list(own))
    return pool


def _real(file: Path) -> dict[str, list[str]]:
    strings = dict.fromkeys(("source", "label", "kind", "text"), pa.string())
    table = pa.csv.read_csv(
        file,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(column_types=strings),
    )
    source, label = (np.array(table[name].to_pylist()) for name in ("source", "label"))
    masks = {"talk": source == "nus_zh"}
    for sort, prefix in (("advertisement", "AD:"), ("fraud", "FR:"), ("illegal", "IL:")):
        masks[sort] = (source == "fbs") & np.strings.startswith(label, prefix)
    texts = np.array([_filled(text) for text in table["text"].to_pylist()], dtype=object)
    rng = np.random.default_rng(OF_EACH)
    return {sort: _some(rng, texts[mask].tolist()) for sort, mask in masks.items()}


def _filled(text: str) -> str:
    """A text with something plain in place of the words that the set hides names, figures and links behind."""
    return _HIDDEN.sub(lambda run: _WORD.sub(lambda word: _INSTEAD[word[0]], run[0]), text)


def _some(rng: np.random.Generator, found: list[str]) -> list[str]:
    return [found[n] for n in np.sort(rng.permutation(len(found))[:OF_EACH])]
