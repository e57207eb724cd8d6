"""Names as written, read into the one form that is compared: what is made of each, and why another is none."""

from __future__ import annotations

import idna
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.compiled import as_it_stands
from wurao.domains import DomainReason, read_names
from wurao.domains.international import in_letters
from wurao.snapshot.domains import canonical_names

LABELS = st.text("abcxyz0189-_", min_size=1, max_size=12)
PLAIN = st.lists(LABELS, min_size=1, max_size=5).map(".".join)
AROUND = "".join(letter for letter in map(chr, range(0x3001)) if letter <= " " or letter.isspace())
"""What may stand around a name and is left out: blanks and control characters."""
ANYTHING = st.text(max_size=40) | PLAIN | st.text("aB1.-_*/:@[]%#? \t中国раé\u3002\uff0e\u200d", max_size=40)


def read(text: str | None) -> tuple[str | None, str]:
    found = read_names(pa.array([text], pa.string()))
    return found.canonical[0].as_py(), DomainReason(int(found.reasons[0])).name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Evil.COM.", "evil.com"),
        (" evil.com\r", "evil.com"),
        ("a_b.evil.com", "a_b.evil.com"),
        ("a--b.evil.com", "a--b.evil.com"),
        ("r3---sn.example.com", "r3---sn.example.com"),
        ("中国.CN", "xn--fiqs8s.cn"),
        ("中国。cn", "xn--fiqs8s.cn"),
        ("ｅｖｉｌ．ｃｏｍ", "evil.com"),
        ("faß.de", "xn--fa-hia.de"),
        ("XN--FIQS8S.cn", "xn--fiqs8s.cn"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"),
        ("com", "com"),
        ("a" * 63 + ".com", "a" * 63 + ".com"),
    ],
)
def test_a_name_is_read_however_it_is_written(written: str, name: str) -> None:
    assert read(written) == (name, "NONE")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, "EMPTY"),
        ("", "EMPTY"),
        (" \t", "EMPTY"),
        ("http://", "EMPTY"),
        (".", "EMPTY_LABEL"),
        ("evil..com", "EMPTY_LABEL"),
        ("evil.com..", "EMPTY_LABEL"),
        ("中国..cn", "EMPTY_LABEL"),
        ("a" * 64 + ".com", "LABEL_TOO_LONG"),
        ("中" * 60 + ".com", "LABEL_TOO_LONG"),
        ("a." * 126 + "com", "NAME_TOO_LONG"),
        ("x" * 2_000_000, "NAME_TOO_LONG"),
        ("中" * 500_000, "NAME_TOO_LONG"),
        ("1.2.3.4", "ADDRESS"),
        ("http://1.2.3.4/a", "ADDRESS"),
        ("example.123", "ADDRESS"),
        ("::1", "ADDRESS"),
        ("[2001:db8::1]", "ADDRESS"),
        ("evil com", "BAD_CHARACTER"),
        ("evil.com\nfoo.com", "BAD_CHARACTER"),
        ("ev\0il.com", "BAD_CHARACTER"),
        ("someone@evil.com", "BAD_CHARACTER"),
        ("某人@中国.cn", "BAD_CHARACTER"),
        ("@º", "BAD_CHARACTER"),
        ("evil.com,b.com", "BAD_CHARACTER"),
        ("a*.evil.com", "BAD_CHARACTER"),
        ("xn--zzzzzz99999999.cn", "BAD_PUNYCODE"),
        ("xn--.com", "BAD_PUNYCODE"),
        ("-a.com", "HYPHEN_AT_EDGE"),
        ("evil%2ecom", "BAD_CHARACTER"),
        ("someone@evil%2ecom", "BAD_CHARACTER"),
        ("fe80::1%lo0", "ADDRESS"),
        ("http://evil.com%2f.good.com/", "BAD_CHARACTER"),
        ("http://good.com%40evil.com/", "BAD_CHARACTER"),
        ("http://good.com%3a80/", "BAD_CHARACTER"),
        ("http://good.com%23.evil.com/", "BAD_CHARACTER"),
        ("http://%2565vil.com/", "BAD_CHARACTER"),
        ("http://evil%zz.com/", "BAD_CHARACTER"),
        ("http://evil%00.com/", "BAD_CHARACTER"),
        ("http://%20evil.com/", "BAD_CHARACTER"),
        ("http://evil%ef%bc%8fx.com/", "BAD_CHARACTER"),
        ("http://evil%ff.com/", "NOT_IDNA"),
        ("http://%31.2.3.4/", "ADDRESS"),
        ("http://evil%2e%2ecom/", "EMPTY_LABEL"),
        ("a-.com", "HYPHEN_AT_EDGE"),
        ("evil.-com", "HYPHEN_AT_EDGE"),
        ("http://evil.com-/", "HYPHEN_AT_EDGE"),
        ("❤.ws", "NOT_IDNA"),
        ("\u200d.com", "NOT_IDNA"),
    ],
)
def test_what_is_no_name_says_why(written: str | None, reason: str) -> None:
    assert read(written) == (None, reason)
    errors = read_names(pa.array([written], pa.string())).errors
    assert errors[0].as_py()


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("https://user:word@Evil.com:8080/a?b#c", "URL"),
        ("hxxp://evil.com", "URL"),
        ("//evil.com/x", "URL"),
        ("evil.com:443", "URL"),
        ("evil.com/path@x", "URL"),
        ("某人@evil.com/路", "URL"),
        ("*.evil.com", "WILDCARD"),
        (".evil.com", "WILDCARD"),
    ],
)
def test_what_was_left_out_is_said(written: str, reason: str) -> None:
    assert read(written) == ("evil.com", reason)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("http://evil%2ecom/", "evil.com"),
        ("http://%65vil.com", "evil.com"),
        ("hxxps://%45VIL%2Ecom:8443/a%2fb", "evil.com"),
        ("http://a@b:%40@%65vil.com/", "evil.com"),
        ("evil%2ecom/login", "evil.com"),
        ("evil%2ecom:443", "evil.com"),
        ("http://%E4%B8%AD%E5%9B%BD%E3%80%82cn/", "xn--fiqs8s.cn"),
        ("http://%ef%bc%85%36%35vil.com@evil.com/", "evil.com"),
        ("http://evil.com/%2e%2e/good.com", "evil.com"),
    ],
)
def test_percent_signs_in_the_host_of_an_address_are_read_as_browsers_do(written: str, name: str) -> None:
    assert read(written) == (name, "URL")


def test_an_address_in_other_letters_gives_its_host() -> None:
    assert read("http://中国。cn/路径?问") == ("xn--fiqs8s.cn", "URL")


@pytest.mark.parametrize(
    ("written", "is_mixed"),
    [("раypal.com", True), ("xn--ypal-43d9g.com", True), ("ｐaypal.com", False), ("支付bao.cn", False),
     ("ひらカタ漢.jp", False), ("한국kr.com", False), ("αbc.com", True)],
)  # fmt: skip
def test_mixed_scripts_are_kept_and_said(written: str, is_mixed: bool) -> None:
    name, reason = read(written)
    assert name is not None
    assert (reason == "MIXED_SCRIPT") == is_mixed


@given(st.lists(ANYTHING, max_size=20))
def test_reading_what_was_read_changes_nothing(texts: list[str]) -> None:
    once = read_names(pa.array(texts, pa.string())).canonical
    again = read_names(once.drop_null())
    assert again.canonical.to_pylist() == once.drop_null().to_pylist()
    assert again.readable.all()


@given(st.lists(ANYTHING, max_size=8))
def test_a_column_is_read_as_each_of_its_names_is(texts: list[str]) -> None:
    found = read_names(pa.chunked_array([pa.array(texts, pa.string())]))
    names = [DomainReason(int(code)).name for code in found.reasons]
    assert list(zip(found.canonical.to_pylist(), names, strict=True)) == [read(text) for text in texts]
    with as_it_stands():
        assert read_names(pa.array(texts, pa.string())).canonical.to_pylist() == found.canonical.to_pylist()


@given(st.lists(ANYTHING, max_size=20))
def test_whatever_is_read_is_a_name_of_dns(texts: list[str]) -> None:
    for name in read_names(pa.array(texts, pa.string())).canonical.drop_null().to_pylist():
        assert len(name) <= 253
        assert all(
            0 < len(label) <= 63 and set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
            for label in name.split(".")
        )


@given(st.text(st.characters(categories=("Ll", "Lo")), min_size=1, max_size=10))
def test_letters_become_what_idna_says(label: str) -> None:
    try:
        expected = idna.encode(f"{label}.com", uts46=True).decode()
    except idna.IDNAError:
        return
    name, _ = read(f"{label}.com")
    assert name == expected
    assert idna.encode(in_letters(expected)).decode() == expected


def test_slices_of_a_column_are_read_where_they_lie() -> None:
    column = pa.array(["a.com", "b.com", None, "中.com", "x y"], pa.string())
    assert read_names(column.slice(1, 3)).canonical.to_pylist() == ["b.com", None, "xn--fiq.com"]


@given(
    st.lists(ANYTHING | st.sampled_from(["straße.de", "ς.gr", "_a.中国.cn", "ＦＡＮ.中国", "a\u200db.cn"]), max_size=8)
)
def test_a_name_that_is_listed_and_a_name_that_is_asked_for_have_one_form(texts: list[str]) -> None:
    read = read_names(pa.array(texts, pa.string()))
    plain = read.reasons == DomainReason.NONE.value
    names = [text.strip(AROUND) for text, is_plain in zip(texts, plain, strict=True) if is_plain]
    assert canonical_names(pa.array(names, pa.string())).equals(read.canonical.filter(pa.array(plain)))
