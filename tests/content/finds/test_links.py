"""Links: what is found however it is disguised, what is not taken for one, and which host comes out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.content.extract import Find, FindKind, Flag, extract
from wurao.content.folding_plain import plain_text

HAN = "登录领取您的好礼请尽快办理今天银行卡到期积分兑换奖品快递停运手机尾号通知客户经理我们在家吃饭"
"""Letters of everyday Chinese, none of which is read as a dot."""


def links(text: str) -> list[Find]:
    return [find for find in extract(text) if find.kind == FindKind.LINK]


def hosts(text: str) -> list[str]:
    return [find.host for find in links(text)]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://a.com/x", "a.com"),
        ("HTTPS://A.COM", "a.com"),
        ("hxxp://a.com", "a.com"),
        ("hxxps://a.com/1", "a.com"),
        ("h**p://a.com", "a.com"),
        ("h t t p : / / a . c o m", "a.com"),
        ("h t t p s : / / w w w . a b c . c o m . c n", "www.abc.com.cn"),
        ("http:\\\\a.com", "a.com"),
        ("http//:a.com", "a.com"),
        ("ｈｔｔｐ：／／ａ．ｃｏｍ", "a.com"),
        ("www。abc。com", "www.abc.com"),
        ("abc点com", "abc.com"),
        ("58点com", "58.com"),
        ("abc 点 com", "abc.com"),
        ("abc·com", "abc.com"),
        ("abc(dot)com", "abc.com"),
        ("abc [dot] com", "abc.com"),
        ("abc dot com", "abc.com"),
        ("abc[.]com", "abc.com"),
        ("see abc[.]live now", "abc.live"),
        ("abc（点）com", "abc.com"),
        ("a b c . c o m", "abc.com"),
        ("a*b*c*.*c*o*m", "abc.com"),
        ("登录 b a n k - c n . t o p 领取", "bank-cn.top"),
        ("登录abc . com领取", "abc.com"),
        ("登录abc.c om领取", "abc.com"),
        ("登录abc.co m领取", "abc.com"),
        ("请登录bank-cn.top领取", "bank-cn.top"),
        ("请登录abc.me领取", "abc.me"),
        ("abc.com5折", "abc.com"),
        ("见www.abc点com", "www.abc.com"),
        ("登录abc.com——领取", "abc.com"),
        ("www.abc.com.cn领取", "www.abc.com.cn"),
        ("好的。www.abc.com", "www.abc.com"),
        ("1.www.abc.com", "www.abc.com"),
        ("好的.abc.com", "abc.com"),
        ("www,abc,com", "www.abc.com"),
        ("http://abc.internal/x", "abc.internal"),
        ("http://abc.so", "abc.so"),
        ("abc.so/x1", "abc.so"),
        ("http://user@evil.com/", "evil.com"),
        ("http://bank.cn@evil.com/", "evil.com"),
        ("https://bank.com.cn@evil.cn", "evil.cn"),
        ("https://bank.com.cn:80@evil.cn/x", "evil.cn"),
        ("hxxp://bank.com.cn@evil点com", "evil.com"),
        ("http://a.cn@b.cn@evil.cn", "evil.cn"),
        (f"http://{'a' * 500}@evil.cn", "evil.cn"),
        ("https://工商银行@evil.cn", "evil.cn"),
        ("http://%65vil.cn", "evil.cn"),
        ("http://%45%56%49%4C%2E%63%6E/", "evil.cn"),
        ("https://bank.com.cn%40evil.cn", "evil.cn"),
        ("http://bank.com.cn@%65vil.cn", "evil.cn"),
        ("http://%e4%b8%ad%e5%9b%bd.com", "xn--fiqs8s.com"),
        ("evil.cn@客服", "evil.cn"),
        ("登录evil.cn@", "evil.cn"),
        ("http://evil.cn@客服", "evil.cn"),
        ("例子.中国", "xn--fsqu00a.xn--fiqs8s"),
        ("请访问中国工商银行.网址", "xn--fiqw6ovnbc8m0l1d04p.xn--ses554g"),
        ("请中国工商银行.网址", "xn--fiqw6ovnbc8m0l1d04p.xn--ses554g"),
        ("http://例子.中国/路", "xn--fsqu00a.xn--fiqs8s"),
        ("工行.com", "xn--estv75g.com"),
        ("münchen.de/x1", "xn--mnchen-3ya.de"),
        ("xn--fsqu00a.xn--fiqs8s", "xn--fsqu00a.xn--fiqs8s"),
        ("abc.xn--fiqs8s。", "abc.xn--fiqs8s"),
        ("http://1.2.3.4/", "1.2.3.4"),
        ("1.2.3.4:8080", "1.2.3.4"),
        ("1.2.3.4/a1", "1.2.3.4"),
        ("abc.com:8443/x", "abc.com"),
    ],
)
def test_a_link_is_found_however_it_is_written(text: str, host: str):
    assert hosts(text) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "3.5元",
        "v2.0.1",
        "12.30-15.00",
        "e.g.",
        "i.e. so",
        "2024.10.01",
        "ok.好的",
        "我到家了.你呢",
        "我爱你。中国加油",
        "好的.中国队赢了",
        "see you.so good",
        "wife.how she knew",
        "god. i'm almost home",
        "enjoy . r u there",
        "went to the shop. top quality",
        "8点top",
        "下午3点com",
        "6.sn",
        "name@qq.com",
        "olowoyey@ usc.edu",
        "first.last@qq.com",
        "bank.com.cn@evil.com",
        "a.cn@qq.com",
        "版本1.2.3.4",
        "999.1.1.1/x",
        "abc.nosuchname",
        "。。。...",
        "http://",
        "www.",
        ".com",
        "a..com",
        f"{'a' * 64}.com",
    ],
)
def test_what_is_no_link_is_not_taken_for_one(text: str):
    assert hosts(text) == []


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("t.cn/xyz", Flag.SHORT | Flag.PATH),
        ("dwz.cn", Flag.SHORT),
        ("http://url.cn/5abc", Flag.SHORT | Flag.PATH),
        ("abc.com", Flag(0)),
        ("http://abc.com/", Flag(0)),
        ("http://abc.com?id=1", Flag.PATH),
        ("abc点com", Flag.DISGUISED),
        ("hxxp://abc.com", Flag.DISGUISED),
        ("http : //abc.com", Flag.DISGUISED),
        ("t。cn/xyz", Flag.SHORT | Flag.PATH | Flag.DISGUISED),
        ("http://1.2.3.4/", Flag.ADDRESS),
    ],
)
def test_a_link_says_what_it_is(text: str, flags: Flag):
    assert [find.flags for find in links(text)] == [flags]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("请点http://a.com/x?y=1。谢谢", "http://a.com/x?y=1"),
        ("打开 abc.com/a1, 领取", "abc.com/a1"),
        ("(abc.com:80/x)", "abc.com:80/x"),
        ("见h t t p : / / a . c o m吧", "h t t p : / / a . c o m"),
    ],
)
def test_a_link_reaches_from_its_scheme_to_the_end_of_its_path(text: str, span: str):
    assert [find.text for find in links(text)] == [span]


@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "－", "﹣"])
def test_a_hyphen_that_is_none_of_ascii_is_one_in_a_name(hyphen: str):
    assert hosts(plain_text(f"http://a{hyphen}b.com/x")) == ["a-b.com"]


def test_every_link_of_a_text_is_found():
    assert hosts("abc.com。def.com,www.a.cn 例子.中国 t.cn/x1") == [
        "abc.com",
        "def.com",
        "www.a.cn",
        "xn--fsqu00a.xn--fiqs8s",
        "t.cn",
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("https://a.cn/,https://bad.cn/1。", ["https://a.cn/", "https://bad.cn/1"]),
        ("https://a.cn/?u=http://bad.cn/1", ["https://a.cn/?u", "http://bad.cn/1"]),
        ("https://a.cn/#hxxp://bad.cn", ["https://a.cn/", "hxxp://bad.cn"]),
        ("https://a.cn/x:http:1", ["https://a.cn/x:http:1"]),
    ],
)
def test_an_address_in_a_links_path_is_a_link_of_its_own(text: str, spans: list[str]):
    assert [find.text for find in links(text)] == spans
    assert hosts(text) == ["a.cn", "bad.cn"][: len(spans)]


DISGUISES = {
    "as it is": "{host}",
    "http": "http://{host}/a1",
    "hxxp": "hxxp://{host}/a1",
    "glued full stops": "{wide}",
    "点": "{dian}",
    "brackets": "{bracket}",
    "blanks around dots": " {blanks} ",
    "blanks between letters": " {spread} ",
    "http with blanks": " {spread_http} ",
    "stars between letters": " {stars} ",
    "www": "www.{host}",
}
LABELS = st.from_regex(r"[a-z][a-z0-9-]{1,10}[a-z0-9]", fullmatch=True).filter(
    lambda label: "--" not in label and label != "www"
)
NAMES = st.tuples(LABELS, st.sampled_from(["com", "cn", "top", "xyz", "vip", "cc", "com.cn"])).map(".".join)


@settings(max_examples=150)
@given(before=st.text(HAN, min_size=1), host=NAMES, after=st.text(HAN, min_size=1))
def test_a_planted_link_is_found_with_its_host_under_every_disguise(before: str, host: str, after: str):
    forms = {
        "host": host,
        "wide": host.replace(".", "。"),
        "dian": host.replace(".", "点"),
        "bracket": host.replace(".", "[.]"),
        "blanks": host.replace(".", " . "),
        "spread": " ".join(host),
        "spread_http": " ".join(f"http://{host}"),
        "stars": "*".join(host),
    }
    for name, disguise in DISGUISES.items():
        found = hosts(before + disguise.format(**forms) + after)
        assert found == [f"www.{host}" if name == "www" else host], name


@given(
    before=st.text(HAN, max_size=10),
    label=st.text("中国工商银行例子招聘网站", min_size=2, max_size=10),
    top=st.sampled_from(["中国", "网址"]),
)
def test_a_chinese_name_is_found_behind_a_word_that_says_to_go_there(before: str, label: str, top: str):
    label = label.replace("网站", "商城")
    expected = f"{label}.{top}".encode("idna").decode()
    assert hosts(f"{before}访问{label}.{top},{before}") == [expected]


def test_where_a_sentence_may_end_before_an_at_sign_both_names_are_read():
    assert hosts("官网 http://shop.cn，boss@qq.com") == ["shop.cn", "qq.com"]
    assert hosts("http://bank.cn,a@evil.cn") == ["bank.cn", "evil.cn"]


def test_an_encoded_host_stands_in_its_place_and_hides_no_other():
    found = links("a.cn，http://%65vil.cn/p?x=1 b.cn http://c.cn/100%25")
    assert [find.host for find in found] == ["a.cn", "evil.cn", "b.cn", "c.cn"]
    assert (found[1].text, found[1].flags) == ("http://%65vil.cn/p?x=1", Flag.DISGUISED | Flag.PATH)
