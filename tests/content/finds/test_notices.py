"""How to receive no more, and the signature at the beginning or the end."""

from __future__ import annotations

import pytest

from wurao.content.extract import FindKind, extract


def found(text: str, kind: FindKind) -> list[str]:
    return [find.text for find in extract(text) if find.kind == kind]


@pytest.mark.parametrize(
    ("text", "instruction"),
    [
        ("特惠!退订回T", "退订回t"),
        ("退订请回复TD", "退订请回复td"),
        ("退 订 回 T", "退 订 回 t"),
        ("退订发送QX到10086", "退订发送qx"),
        ("退订:T", "退订:t"),
        ("回TD退订", "回td退订"),
        ("回复“N”退订", "回复“n”退订"),
        ("回复0000即可取消", "回复0000即可取消"),
        ("拒收请回复R", "拒收请回复r"),
        ("拒绝回R", "拒绝回r"),
        ("Reply STOP", "reply stop"),
        ("text STOP to 87239", "text stop"),
        ("to unsubscribe txt STOP", "txt stop"),
    ],
)
def test_an_instruction_to_refuse_is_found(text: str, instruction: str):
    assert found(text, FindKind.UNSUBSCRIBE) == [instruction]


@pytest.mark.parametrize(
    "text",
    ["回家吃饭", "退订", "我拒绝", "回复我", "please stop calling", "dont text stop it", "回T", "发送abc给我"],
)
def test_other_words_are_no_instruction(text: str):
    assert found(text, FindKind.UNSUBSCRIBE) == []


@pytest.mark.parametrize(
    ("text", "signatures"),
    [
        ("【工商银行】您好", ["【工商银行】"]),
        ("您好【工商银行】", ["【工商银行】"]),
        (" 【甲】您好【乙】 ", ["【甲】", "【乙】"]),
        ("[淘宝网]您好", ["[淘宝网]"]),
        ("您好[淘宝网]", ["[淘宝网]"]),
        ("【】您好", []),
        (f"【{'长' * 21}】您好", []),
        (f"【{'长' * 20}】您好", [f"【{'长' * 20}】"]),
        ("您【中】好", []),
        ("你好[微笑]", []),
        ("【【【【", []),
        ("】】】】", []),
    ],
)
def test_a_signature_stands_at_the_beginning_or_the_end(text: str, signatures: list[str]):
    assert found(text, FindKind.SIGNATURE) == signatures
