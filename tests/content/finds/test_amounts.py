"""Amounts of money in figures and in words."""

from __future__ import annotations

import pytest

from wurao.content.extract import FindKind, extract


def amounts(text: str) -> list[str]:
    return [find.text for find in extract(text) if find.kind == FindKind.AMOUNT]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("共500元", "500元"),
        ("¥500起", "¥500"),
        ("￥ 500", "¥ 500"),
        ("1,200.50元", "1,200.50元"),
        ("3.5元", "3.5元"),
        ("3万元", "3万元"),
        ("3万5千元", "3万5千元"),
        ("500多元", "500多元"),
        ("50w元", "50w元"),
        ("五万元", "五万元"),
        ("八百块", "八百块"),
        ("三百六十五块钱", "三百六十五块钱"),
        ("一块钱", "一块钱"),
        ("壹佰元", "壹佰元"),
        ("100rmb", "100rmb"),
        ("rmb 100", "rmb 100"),
        ("100美元", "100美元"),
        ("$100", "$100"),
        ("£1000 cash", "£1000"),
        ("£1.50/week", "£1.50"),
        ("€2m", "€2m"),
        ("750 pounds", "750 pounds"),
        ("最高额度20万", "20万"),
        ("5块", "5块"),
    ],
)
def test_an_amount_is_found(text: str, amount: str):
    assert amounts(text) == [amount]


@pytest.mark.parametrize(
    "text",
    [
        "我们一块去",
        "2015元旦",
        "3万人",
        "百元店",
        "几万",
        "euro2004",
        "500个",
        "两块地",
        "一二三",
        "$",
        "¥价格",
        "2元月",
    ],
)
def test_what_is_no_amount_is_left(text: str):
    assert amounts(text) == []
