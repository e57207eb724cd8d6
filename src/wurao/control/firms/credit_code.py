"""The unified social credit code of a firm (GB 32100-2015): 18 characters, the last of which checks the others.

Called by whoever takes one from a form or a program. Letters that look like digits (I, O, S, V, Z) are in no code.
"""

from __future__ import annotations

import unicodedata

SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Each symbol's value is its place."""
LENGTH = 18
_REGION = slice(2, 8)
_MODULUS = 31
_BASE = 3


def read(written: str) -> str:
    """A code as it is kept: capitals without blanks, full-width ones folded."""
    return "".join(unicodedata.normalize("NFKC", written).upper().split())


def fault(code: str) -> tuple[str, str] | None:
    """What is wrong with a code, in both languages; null where nothing is."""
    if len(code) != LENGTH:
        return (
            f"统一社会信用代码应为 {LENGTH} 位，这里是 {len(code)} 位",
            f"a code has {LENGTH} characters, this {len(code)}",
        )
    strange = sorted(set(code) - set(SYMBOLS))
    if strange:
        shown = "".join(strange)
        return f"代码中没有字符 {shown}（不用 I、O、S、V、Z）", f"{shown} is in no code (nor are I, O, S, V, Z)"
    if not code[_REGION].isdecimal():
        return "第 3 至 8 位应为行政区划数字", "characters 3 to 8 are the digits of a region"
    if code[-1] != check_character(code[:-1]):
        return "校验位不符，请核对代码", "the check character does not fit; look at the code again"
    return None


def check_character(first: str) -> str:
    """The 18th character of the first 17: weights are powers of 3 modulo 31."""
    total = sum(SYMBOLS.index(symbol) * pow(_BASE, place, _MODULUS) for place, symbol in enumerate(first))
    return SYMBOLS[-total % _MODULUS]
