"""Telephone numbers and one-time codes among the other figures of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.content.extract import FindKind, extract


def found(text: str, kind: FindKind) -> list[str]:
    return [find.text for find in extract(text) if find.kind == kind]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("请联系13803510001王经理", "13803510001"),
        ("+86 138 0351 0001", "+86 138 0351 0001"),
        ("+8613803510001", "+8613803510001"),
        ("8613803510001", "8613803510001"),
        ("008613803510001", "008613803510001"),
        ("138-0351-0001", "138-0351-0001"),
        ("138 03 51 0001", "138 03 51 0001"),
        ("1 3 8 0 3 5 1 0 0 0 1", "1 3 8 0 3 5 1 0 0 0 1"),
        ("1-3-8-0-3-5-1-0-0-0-1", "1-3-8-0-3-5-1-0-0-0-1"),
        ("①③⑧⓪③⑤①⓪⓪⓪①", "13803510001"),
        ("400-810-0000", "400-810-0000"),
        ("4008100000", "4008100000"),
        ("0351-2345678", "0351-2345678"),
        ("03512345678", "03512345678"),
        ("(0351)2345678", "(0351)2345678"),
        ("0351—2345678", "0351—2345678"),
        ("拨打95588", "95588"),
        ("客服热线：10086", "10086"),
        ("请致电中国工商银行95588", "95588"),
        ("电话2345678", "2345678"),
        ("call 08712460324 now", "08712460324"),
        ("+852 2345 6789", "+852 2345 6789"),
        ("12:30 13803510001", "13803510001"),
    ],
)
def test_a_telephone_number_is_found(text: str, number: str):
    assert found(text, FindKind.PHONE) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "订单95588件",
        "客服张伟,工号12345",
        "卡号6222021234567890123",
        "6222 0212 3456 7890 123",
        "2024-10-01 12:30",
        "身份证140105199001011234",
        "13803510001元",
        "13803510001@163.com",
        "abc13803510001",
        "http://a.com/13803510001",
        "手机128g",
        "电话95元",
        "12345678901",
    ],
)
def test_other_figures_are_no_telephone_numbers(text: str):
    assert found(text, FindKind.PHONE) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("验证码：123456，5分钟内有效", "123456"),
        ("验证码123456", "123456"),
        ("您的动态密码为 8888", "8888"),
        ("验 证 码 1234", "1234"),
        ("【腾讯】123456是您的验证码", "123456"),
        ("123456（登录验证码）", "123456"),
        ("您尾号1234的卡验证码 5678", "5678"),
        ("Your verification code is 123456.", "123456"),
        ("123456 is your Facebook verification code", "123456"),
        ("G-123456 is your Google verification code", "123456"),
        ("code: 4321", "4321"),
        ("WhatsApp code: 123-456", "123-456"),
        ("验证码1234,请在2024年10月前使用", "1234"),
    ],
)
def test_a_one_time_code_is_found(text: str, code: str):
    assert found(text, FindKind.CODE) == [code]


@pytest.mark.parametrize(
    "text",
    ["验证码将在2024年失效", "验证码有误,尾号1234", "订单号123456", "zip code 12345", "6位验证码", "123456是我的订单"],
)
def test_other_figures_are_no_codes(text: str):
    assert found(text, FindKind.CODE) == []


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-", ".", "·"]))
def test_a_mobile_number_is_found_in_the_usual_groups(number: str, between: str):
    written = between.join((number[:3], number[3:7], number[7:]))
    assert found(f"请联系{written}。", FindKind.PHONE) == [written]
