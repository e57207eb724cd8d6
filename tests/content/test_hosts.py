"""A link is looked up as a person reads it and as a machine asks for it, which differ where it has a look-alike."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wurao.content.reader import Reader

READER = Reader(key=lambda: bytes(32))
LOOKS = {"a": "аα", "e": "е", "o": "оο", "p": "рρ", "c": "с", "x": "х", "y": "у"}
"""Letters with those of other scripts that pass for them."""
NAMES = st.text(st.sampled_from("abceopxy"), min_size=4, max_size=8)


def hosts_of(*texts: str, plain: bool = False) -> list[list[str]]:
    column = pa.array(texts, pa.string())
    read = READER.read(column, np.arange(len(texts)), np.full(len(texts), -1, np.int32), keeping=False, plain=plain)
    begins, octets = read.readings.array("host_begins"), read.readings.array("hosts").tobytes()
    hosts = [octets[begins[n] : begins[n + 1]].decode("ascii") for n in range(len(begins) - 1)]
    of = read.readings.array("hosts_of")
    return [hosts[of[place] : of[place + 1]] for place in read.reading]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("登录 http://www.аpple.com/x", ["www.apple.com", "www.xn--pple-43d.com"]),
        ("点击paypаl.com领取", ["paypal.com", "xn--paypl-7ve.com"]),
        ("登录 http://中國.com", ["xn--fiqs8s.com", "xn--fiqz9s.com"]),
        ("http://bücher.de", ["bucher.de", "xn--bcher-kva.de"]),
        ("см. сайт.рф", ["xn--80aswg.xn--p1ai"]),
    ],
)
def test_a_link_with_letters_that_are_folded_has_both_hosts(text: str, hosts: list[str]):
    assert hosts_of(text) == [hosts]
    assert hosts_of(text, plain=True) == [hosts]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("登录 http://www.apple.com/x", ["www.apple.com"]),
        ("登錄 http://www.apple.com/x，領取獎金", ["www.apple.com"]),
        ("ｈｔｔｐ：／／ｗｗｗ．ａｐｐｌｅ．ｃｏｍ", ["www.apple.com"]),
        ("w\u200bww.app\u00adle.co\ufe0fm", ["www.apple.com"]),
        ("看 http://xn--pple-43d.com", ["xn--pple-43d.com"]),
        ("登录 аpple点com", ["apple.com"]),
        ("www.аpple.соm", ["www.apple.com"]),
        ("привет, как дела", []),
    ],
)
def test_a_link_that_a_machine_reads_as_a_person_does_or_not_at_all_has_one(text: str, hosts: list[str]):
    assert hosts_of(text) == [hosts]
    assert hosts_of(text, plain=True) == [hosts]


@settings(max_examples=60)
@given(NAMES, st.data())
def test_any_homograph_has_the_host_that_it_looks_like_and_the_one_that_it_is(name: str, data: st.DataObject):
    worn = "".join(data.draw(st.sampled_from(each + LOOKS.get(each, ""))) for each in name)
    as_read, as_written = f"www.{name}.com", f"www.{worn}.com".encode("idna").decode()
    assert hosts_of(f"登录 http://www.{worn}.com 领取") == [list(dict.fromkeys([as_read, as_written]))]


def test_of_a_flood_of_homographs_every_link_has_both_hosts_and_other_texts_keep_theirs():
    flood = " ".join(f"http://аpple{n}.com" for n in range(40))
    for plain in (False, True):
        before, both, after = hosts_of("登录 b.cn", flood, "登录 c.cn", plain=plain)
        assert (before, after) == (["b.cn"], ["c.cn"])
        assert both[:40] == [f"apple{n}.com" for n in range(40)]
        assert both[40:] == [f"аpple{n}.com".encode("idna").decode() for n in range(40)]


@pytest.mark.parametrize("many", [15, 16, 17, 32, 33, 2_000])
def test_a_host_behind_any_number_of_links_is_looked_up(many: int):
    for others in (" ".join(f"a{n}.cn" for n in range(many)), "a0.cn," * many):
        for last in ("evil.cn", "http://user@evil.cn", "http://%65vil.cn"):
            (found,) = hosts_of(f"{others} {last}")
            assert (found[0], found[-1]) == ("a0.cn", "evil.cn")


def test_a_megabyte_of_links_is_read_to_its_end():
    (found,) = hosts_of("".join(f"{n:x}a.cn " for n in range(100_000)) + "evil.cn")
    assert len(found) == 100_001
    assert found[-1] == "evil.cn"
