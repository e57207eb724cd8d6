"""QQ numbers and WeChat ids behind the words that announce them."""

from __future__ import annotations

import pytest

from wurao.content.extract import FindKind, extract


def found(text: str, kind: FindKind) -> list[str]:
    return [find.text for find in extract(text) if find.kind == kind]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("qq：123456", "123456"),
        ("QQ12345678901", "12345678901"),
        ("Q Q 群 : 123456789", "123456789"),
        ("加扣扣 1 2 3 4 5 6 7", "1 2 3 4 5 6 7"),
        ("企鹅号是12345678", "12345678"),
        ("q群123456", "123456"),
        ("加Q 123456", "123456"),
        ("加QQ 12 34 56 7", "12 34 56 7"),
        ("QQ123456 500人", "123456"),
    ],
)
def test_a_qq_number_is_found(text: str, number: str):
    assert found(text, FindKind.QQ) == [number]


@pytest.mark.parametrize("text", ["qq 1234", "qq号0123456", "qq123456@qq.com", "qq123456789012", "用qq聊", "企鹅有5只"])
def test_what_is_no_qq_number_is_left(text: str):
    assert found(text, FindKind.QQ) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("微信：abc_1234", "abc_1234"),
        ("微信号zhang-san", "zhang-san"),
        ("微信abc12345", "abc12345"),
        ("薇 信 abc12345", "abc12345"),
        ("威信:wxid_a1b2c3", "wxid_a1b2c3"),
        ("加V abc12345", "abc12345"),
        ("加V信zhangsan8", "zhangsan8"),
        ("加微信 zhangsan", "zhangsan"),
        ("加我微信:zhangsan", "zhangsan"),
        ("加卫星abc12345", "abc12345"),
        ("加微zhangsan", "zhangsan"),
        ("➕v：zhangsan8", "zhangsan8"),
        ("VX:zhangsan8", "zhangsan8"),
        ("v：zhangsan8", "zhangsan8"),
        ("weixin: zhangsan", "zhangsan"),
        ("微信13803510001", "13803510001"),
        ("加薇 138 0351 0001", "138 0351 0001"),
    ],
)
def test_a_wechat_id_is_found(text: str, name: str):
    assert found(text, FindKind.WECHAT) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "微信facebook都行",
        "微信abc",
        "vxworks system",
        "看v abcdefg",
        "稍微 abcdefg8",
        "微信支付100元",
        "微信12345",
    ],
)
def test_what_is_no_wechat_id_is_left(text: str):
    assert found(text, FindKind.WECHAT) == []


def test_a_link_behind_the_word_is_a_link_and_no_id():
    finds = extract("微信：abc12345.com")
    assert [(find.kind, find.text) for find in finds] == [(FindKind.LINK, "abc12345.com")]
