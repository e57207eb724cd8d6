"""What the guard says of names: its order, its edges, what it never loosens, and what else a listing would hit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from tests.domains.small import PARTS, POPULAR, guard_of
from wurao.compiled import as_it_stands
from wurao.domains import Decision, DomainReason, Guard, agreed_by, read_names
from wurao.domains.guard_files import Mark


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return guard_of(tmp_path_factory.mktemp("guard") / "parts")


@pytest.fixture(scope="module")
def shipped() -> Iterator[Guard]:
    return Guard.read(Path("/nothing-loaded"))


def said(guard: Guard, name: str, *, exact: bool = False, agreed: bool = False) -> tuple[str, str]:
    found = guard.decide(pa.array([name]), np.array([exact]), np.array([agreed]))
    return Decision(int(found.decision[0])).code, DomainReason(int(found.reason[0])).name


@pytest.mark.parametrize(
    ("name", "decision", "reason"),
    [
        ("com", "refuse", "PUBLIC_SUFFIX"),
        ("com.cn", "refuse", "PUBLIC_SUFFIX"),
        ("gov.cn", "refuse", "PUBLIC_SUFFIX"),
        ("xn--55qx5d.cn", "refuse", "PUBLIC_SUFFIX"),
        ("foo.ck", "refuse", "PUBLIC_SUFFIX"),
        ("www.ck", "list", "NONE"),
        ("kawasaki.jp", "refuse", "ABOVE_PUBLIC_SUFFIX"),
        ("foo.kawasaki.jp", "refuse", "PUBLIC_SUFFIX"),
        ("city.kawasaki.jp", "list", "NONE"),
        ("localhost", "refuse", "SINGLE_LABEL"),
        ("evil.nosuchtld", "list", "NONE"),
        ("evil.com", "list", "NONE"),
        ("github.io", "refuse", "SHARED_NAME"),
        ("evil.github.io", "list-exact", "BELOW_SHARED_NAME"),
        ("a.evil.github.io", "list-exact", "BELOW_SHARED_NAME"),
        ("www.github.io", "second-person", "HOSTS_OWN_SITE"),
        ("weebly.com", "refuse", "SHARED_NAME"),
        ("evil.weebly.com", "list-exact", "BELOW_SHARED_NAME"),
        ("pages.dev", "refuse", "SHARED_NAME"),
        ("x.eth.limo", "refuse", "SHARED_NAME"),
        ("windows.net", "refuse", "ABOVE_SHARED_NAME"),
        ("taiyuan.gov.cn", "second-person", "PROTECTED"),
        ("www.12306.cn", "second-person", "PROTECTED"),
        ("bank.example", "second-person", "PROTECTED"),
        ("my.bank.example", "second-person", "PROTECTED"),
        ("app.example", "second-person", "POPULAR"),
        ("www.search.example", "second-person", "BELOW_POPULAR"),
        ("below.example", "second-person", "ABOVE_POPULAR"),
        ("pages.example", "refuse", "SHARED_NAME"),
        ("evil.pages.example", "list-exact", "BELOW_SHARED_NAME"),
        ("32.1.2.3.4.rpz-ip", "refuse", "RESERVED"),
        ("rpz-ip.com", "list", "NONE"),
    ],
)
def test_the_guard_says(small: Guard, name: str, decision: str, reason: str) -> None:
    assert said(small, name) == (decision, reason)
    with as_it_stands():
        assert said(small, name) == (decision, reason)


@pytest.mark.parametrize("name", ["com.cn", "kawasaki.jp", "github.io", "weebly.com", "windows.net", "localhost"])
def test_no_second_person_helps_against_a_suffix_or_what_many_live_under(small: Guard, name: str) -> None:
    assert said(small, name, agreed=True, exact=True)[0] == "refuse"


@pytest.mark.parametrize(
    ("name", "decision"),
    [("bank.example", "list"), ("below.example", "list"), ("app.example", "list"), ("www.github.io", "list-exact")],
)
def test_a_second_person_lets_through_what_waits(small: Guard, name: str, decision: str) -> None:
    assert said(small, name)[0] == "second-person"
    assert said(small, name, agreed=True)[0] == decision


def test_an_exact_listing_does_not_hit_what_lies_below(small: Guard) -> None:
    assert said(small, "below.example", exact=True) == ("list", "NONE")
    assert said(small, "deep.below.example", exact=True)[0] == "second-person"


def test_a_second_person_is_another_than_who_asks() -> None:
    second = pa.array(["b", "a", None, " ", "b"])
    assert agreed_by(second, pa.array(["a", "a", "a", "a", None])).tolist() == [True, False, False, False, True]


@pytest.mark.parametrize("second", [" 12321 ", "\u00a012321", "１２３２１", "12321\u200b", "\t12321\n"])
def test_the_one_who_asked_written_otherwise_is_no_second_person(second: str) -> None:
    assert not agreed_by(pa.array([second]), pa.array(["12321"])).any()
    assert not agreed_by(pa.array(["12321"]), pa.array([second])).any()
    assert not agreed_by(pa.array(["Ａnna Ｌi"]), pa.array(["ANNA  li "])).any()
    assert not agreed_by(pa.array(["\u3000", "\u200b"]), pa.array(["12321", "12321"])).any()


def test_a_null_is_refused(small: Guard) -> None:
    assert small.decide(pa.array([None], pa.string())).decision.tolist() == [Decision.REFUSE]


OF_GUARD = [
    "com", "cn", "com.cn", "gov.cn", "ck", "kawasaki.jp", "city.kawasaki.jp", "github.io", "weebly.com", "bank.example",
    "app.example", "pages.example", "search.example", "deep.below.example", "below.example", "eth.limo",
    "evil.com", "example",
]  # fmt: skip
NAMES = st.builds(
    lambda labels, end: ".".join([*labels, end]),
    st.lists(st.sampled_from(["www", "a", "b", "xn--fiqs8s"]), max_size=3),
    st.sampled_from(OF_GUARD),
)


@given(st.lists(NAMES, min_size=1, max_size=30), st.booleans())
def test_compiled_and_plain_say_the_same(small: Guard, names: list[str], exact: bool) -> None:
    column, exactly = pa.array(names), np.full(len(names), exact)
    found = small.decide(column, exactly)
    with as_it_stands():
        plain = small.decide(column, exactly)
    for one, other in zip((found.decision, found.reason, found.row, found.suffix),
                          (plain.decision, plain.reason, plain.row, plain.suffix), strict=True):  # fmt: skip
        assert one.tolist() == other.tolist()


@given(NAMES, st.booleans())
def test_what_lies_below_a_protected_name_is_never_freer_than_it(small: Guard, name: str, exact: bool) -> None:
    labels = name.split(".")
    for place in range(1, len(labels)):
        above = ".".join(labels[place:])
        if above in PROTECTED:
            assert said(small, name, exact=exact)[0] in ("second-person", "refuse")


@given(NAMES)
def test_an_exact_listing_is_never_held_harder_than_one_with_all_below(small: Guard, name: str) -> None:
    rank = [each.code for each in Decision].index
    assert rank(said(small, name, exact=True)[0]) <= rank(said(small, name)[0])


@given(NAMES, st.booleans())
def test_a_second_person_never_makes_it_stricter_and_never_opens_what_is_refused(
    small: Guard, name: str, exact: bool
) -> None:
    alone, agreed = said(small, name, exact=exact)[0], said(small, name, exact=exact, agreed=True)[0]
    assert (alone == "refuse") == (agreed == "refuse")
    assert agreed != "second-person"


PROTECTED = [row.partition(",")[0] for file in ("government", "banks", "operators") for row in PARTS[f"{file}.csv"]]
LETTERS = st.text("abck", min_size=1, max_size=3)
UNDER = st.sampled_from(["jp", "kawasaki.jp", "ck", "uk", "co.uk", "com", "github.io", "compute.amazonaws.com", "no",
                         "xn--fiqs8s", "sch.uk", "nosuch"])  # fmt: skip


@given(st.lists(LETTERS, max_size=3), UNDER)
def test_suffixes_are_what_the_list_says(shipped: Guard, labels: list[str], end: str) -> None:
    name = ".".join([*labels, end])
    found = shipped.decide(pa.array([name]))
    suffix = PublicSuffixList(only_icann=True).publicsuffix(name)
    assert suffix is not None
    assert int(found.suffix[0]) == len(suffix)
    if suffix == name:
        assert Decision(int(found.decision[0])) is Decision.REFUSE


def test_none_of_the_popular_names_is_listed_and_none_listed_from_the_scam_list_would_block_one(
    shipped: Guard, shared: Path
) -> None:
    popular = (shared / "data/domains/popular.txt").read_text().split()
    scam = pa.array((shared / "data/domains/scam.txt").read_text().split())
    read = read_names(scam)
    found = shipped.decide(read.canonical)
    listed = {name: decision for name, decision in zip(read.canonical.to_pylist(), found.decision, strict=True)
              if decision <= Decision.LIST_EXACT}  # fmt: skip
    for name in popular:
        labels = name.split(".")
        assert name not in listed
        assert not any(listed.get(".".join(labels[place:])) == Decision.LIST for place in range(1, len(labels)))
    assert len(listed) >= 115_700
    assert not shipped.decide(pa.array(popular)).may_be_listed.any()


def test_the_shipped_guard_holds_what_a_province_lives_on(shipped: Guard) -> None:
    waiting = [
        "www.shanxi.gov.cn", "tyut.edu.cn", "www.12306.cn", "icbc.com.cn", "ccb.com",
        "abchina.com", "boc.cn", "bankcomm.com", "psbc.com", "cmbchina.com", "jshbank.com", "unionpay.com",
        "alipay.com",
        "10086.cn", "10010.com", "189.cn", "10099.com.cn", "qq.com", "weixin.qq.com", "taobao.com", "baidu.com",
        "apple.com", "itunes.apple.com", "play.google.com", "github.com", "epc.mnc000.mcc460.pub.3gppnetwork.org",
        "a.root-servers.net", "a.xn--zfr164b",
    ]  # fmt: skip
    for name in waiting:
        assert said(shipped, name)[0] == "second-person", name
    for name in ["weebly.com", "blogspot.com", "github.io", "pages.dev", "myqcloud.com", "aliyuncs.com", "vicp.net",
                 "oss-cn-beijing.aliyuncs.com", "cos.ap-beijing.myqcloud.com", "3322.org", "blogspot.de"]:  # fmt: skip
        assert said(shipped, name)[0] == "refuse", name
    for name in ["b.oss-cn-beijing.aliyuncs.com", "b-1.cos.ap-beijing.myqcloud.com", "x.weebly.com", "x.pages.dev"]:
        assert said(shipped, name)[0] == "list-exact", name


def test_what_else_a_listing_would_hit(small: Guard) -> None:
    hit = small.hit("example")
    assert {each.name for each in hit.below} == {
        "bank.example", "app.example", "pages.example", "search.example", "deep.below.example",
    }  # fmt: skip
    assert hit.below_count == 5
    assert hit.below[0].part_en == "banks and payment"
    assert small.hit("www.search.example").by == small.hit("search.example").by
    ranked = small.hit("search.example").by
    assert ranked is not None
    assert (ranked.name, ranked.rank, ranked.part_zh) == (
        "search.example",
        POPULAR.index("search.example") + 1,
        "热门域名",
    )
    assert small.hit("evil.weebly.com").shared == "weebly.com"
    assert small.hit("below.example", exact=True).below_count == 0


def test_marks_are_bits_of_their_own() -> None:
    assert len({each.value for each in Mark}) == len(list(Mark))
    assert all(each.value.bit_count() == 1 for each in Mark)
