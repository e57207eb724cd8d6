"""A small stand-in for the shared sets, in their layout: made-up texts under the labels that the sets have."""

from __future__ import annotations

import csv
import itertools
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.content.toys import FRAUD, NORMAL

CHINESE = {
    "fbs": ("AD:Loan", "FR:Phishing(Bank)", "IL:Gambling", "Other"),
    "nus_zh": ("normal",),
    "tft5": ("normal", "fraud_loan", "fraud_police"),
}
"""Each set's labels, of which the stand-in has texts."""
KINDS = {"客服诈骗": "fraud", "投资诈骗": "fraud", "日常购物": "normal"}
_RISKS = ("FR:", "IL:", "fraud", "spam")


def made(label: str, number: int, chance: random.Random) -> str:
    """A text for a label."""
    sentences = FRAUD if label.startswith(_RISKS) else NORMAL
    return f"{chance.choice(sentences)}，{label}{chance.choice(sentences)}{number}"


def chinese(each: int = 12) -> list[dict[str, str]]:
    """Rows of `sms/zh.csv`."""
    chance = random.Random(1)
    return [
        {"source": source, "label": label, "text": made(label, number, chance)}
        for source, labels in CHINESE.items()
        for label in labels
        for number in range(each)
    ]


def english(each: int = 12) -> list[dict[str, str]]:
    """Rows of `sms/en.csv`."""
    chance = random.Random(2)
    words = {"ham": ("see you", "at home", "mum", "dinner", "lunch"), "spam": ("win", "cash", "prize", "now", "call")}
    return [
        {"label": label, "text": " ".join(chance.choices(words[label], k=5)) + f" {number}"}
        for label, number in itertools.product(words, range(each))
    ]


def calls(each: int = 12) -> list[dict[str, Any]]:
    """Rows of `calls/zh.parquet`."""
    chance = random.Random(3)
    return [
        {
            "label": label,
            "kind": kind,
            "turns": [
                {"who": who, "text": made(label if who == "caller" else "normal", number, chance)}
                for who in ("caller", "callee", "caller", "callee")
            ],
        }
        for kind, label in KINDS.items()
        for number in range(each)
    ]


def write_sets(place: Path, each: int = 12) -> Path:
    """Write all of them below a directory, as the shared one has them."""
    for name in ("sms", "calls"):
        (place / name).mkdir(parents=True, exist_ok=True)
    for name, rows in (("zh", chinese(each)), ("en", english(each))):
        with (place / "sms" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    pq.write_table(pa.Table.from_pylist(calls(each)), place / "calls" / "zh.parquet")
    return place
