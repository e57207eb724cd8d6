"""Lists read in every form: what is on each line, what is named as bad, and what comes back when a list is written."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.domains import Entries, read_names
from wurao.domains.forms import AS_ASKED, BELOW, EXACT, FORMS, read_list, recognise
from wurao.domains.forms.lines import LONGEST_LINE, lines_of
from wurao.domains.forms.writing import written_list
from wurao.errors import Refused
from wurao.tables import BadRows

LABELS = st.lists(st.text("abc-_09", min_size=1, max_size=8), min_size=1, max_size=3)
NAMES = st.builds(lambda labels, end: ".".join([*labels, end]), LABELS, st.sampled_from(["com", "cn", "xn--fiqs8s"]))


def read(text: str | bytes, form: str | None = None) -> tuple[list[tuple[str, int, int]], list[tuple[int, str]]]:
    """Name, line and match of each; line and beginning of what is bad."""
    bad = BadRows()
    octets = text if isinstance(text, bytes) else text.encode()
    found = []
    for each in read_list(io.BytesIO(octets), form, "list", bad, []):
        found += zip(each.names.to_pylist(), each.lines.tolist(), each.match.tolist(), strict=True)
    return found, sorted((row.line, row.error) for row in bad.kept)


def test_a_plain_list_has_a_name_a_line() -> None:
    text = "# scam\nevil.com\n\n  b.com \t# why\n! adblock\n; dns\n// c\n*.c.com\n.d.com\nhttp://e.com/#x\r\n"
    assert read(text) == (
        [("evil.com", 2, AS_ASKED), ("b.com", 4, AS_ASKED), ("*.c.com", 8, BELOW), (".d.com", 9, BELOW),
         ("http://e.com/#x", 10, AS_ASKED)],
        [],
    )  # fmt: skip


def test_a_comment_says_how_the_names_below_it_are_meant() -> None:
    found, _ = read("a.com\n# match: exact\nb.com\nc.com\n# match: below\nd.com\n# match: other\ne.com\n")
    assert [match for _, _, match in found] == [AS_ASKED, EXACT, EXACT, BELOW, BELOW]


def test_a_hosts_file_blocks_exact_names() -> None:
    text = (
        "127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 evil.com b.com # two\n10.0.0.5 printer\n0.0.0.0\n#0.0.0.0 c\n"
    )
    assert read(text) == (
        [("evil.com", 3, EXACT), ("b.com", 3, EXACT)],
        [(4, "is no line of a hosts file that blocks"), (5, "is no line of a hosts file that blocks")],
    )


ZONE = r"""$TTL 30
$ORIGIN rpz.example.
@ IN SOA localhost. root.localhost. ( ; begins
   1 2 3
   4 5 ) ; ends
  IN NS localhost.
evil.com CNAME .
*.evil.com 30 IN CNAME .
b.com IN 60 CNAME *.
    A 1.2.3.4
Abs.com.RPZ.example. CNAME warn.example.
dropped.com CNAME rpz-drop.
e\115capes.com CNAME .
txt.com TXT "a ; (b"
$ORIGIN net.rpz.example.
foo CNAME .
*.foo CNAME .
"""


def test_a_zone_is_read_by_its_own_rules() -> None:
    assert read(ZONE) == (
        [("evil.com", 7, BELOW), ("b.com", 9, EXACT), ("abs.com", 11, EXACT), ("dropped.com", 12, EXACT),
         ("escapes.com", 13, EXACT), ("txt.com", 14, EXACT), ("foo.net", 16, BELOW)],
        [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("*.alone.com CNAME .", "is a wildcard without the name itself"),
        ("good.com CNAME rpz-passthru.", "lets a name through"),
        ("old.com CNAME old.com.", "lets a name through"),
        ("t.com CNAME rpz-tcp-only.", "lets a name through"),
        ("32.1.2.3.4.rpz-ip CNAME .", "is a trigger on addresses or name servers"),
        ("ns.evil.com.rpz-nsdname CNAME .", "is a trigger on addresses or name servers"),
        ("out.example.org. CNAME .", "lies outside the zone"),
        (r"bad\046dot.com CNAME .", "has an owner that is no name to look up"),
        ("nonsense", "is no record of a zone"),
        ("$INCLUDE /etc/passwd", "is no directive that is read"),
        ("$GENERATE 1-9 a$ CNAME .", "is no directive that is read"),
        ("x.com CNAME (", "opens a parenthesis that is never closed"),
    ],
)
def test_what_a_list_cannot_hold_of_a_zone_is_named(line: str, error: str) -> None:
    found, bad = read(f"$ORIGIN r.\n@ SOA a. b. 1 2 3 4 5\nevil.com CNAME .\n{line}\n")
    assert (found, bad) == ([("evil.com", 3, EXACT)], [(4, error)])


@pytest.mark.parametrize("exception", ["good.evil.com", "*.evil.com", "*.a.good.evil.com", "evil.com"])
def test_a_name_below_which_a_zone_lets_some_through_is_held_and_names_beside_it_are_not(exception: str) -> None:
    listed = "evil.com CNAME .\n*.evil.com CNAME .\nvil.com CNAME .\n*.vil.com CNAME .\nalone.com CNAME .\n"
    found, bad = read(f"$ORIGIN r.\n@ SOA a. b. 1 2 3 4 5\n{listed}{exception} CNAME rpz-passthru.\n")
    assert found == [("vil.com", 5, BELOW), ("alone.com", 7, EXACT)]
    assert bad[0][0] == 3
    assert "lets through there" in bad[0][1]
    assert bad[1] == (8, "lets a name through")


def test_an_exception_below_a_name_that_is_meant_alone_holds_nothing() -> None:
    found, bad = read("$ORIGIN r.\n@ SOA a. b. 1 2 3 4 5\nevil.com CNAME .\ngood.evil.com CNAME rpz-passthru.\n")
    assert found == [("evil.com", 3, EXACT)]
    assert bad == [(4, "lets a name through")]


def test_a_zone_without_soa_and_origin_is_read_as_names() -> None:
    assert read("evil.com CNAME .\nb.com. CNAME .\n")[0] == [("evil.com", 1, EXACT), ("b.com", 2, EXACT)]


def test_an_owner_that_is_left_out_before_any_is_named() -> None:
    assert read("$TTL 5\n  CNAME .\n")[1] == [(2, "has no owner")]


def test_a_table_has_its_columns_or_some_of_them() -> None:
    bad, warnings = BadRows(), list[str]()
    octets = b"match,name,cause,extra\nbelow,evil.com,fraud,1\n,b.com,,2\nall,c.com,fraud,3\n"
    (found,) = read_list(io.BytesIO(octets), None, "t.csv", bad, warnings)
    assert (found.names.to_pylist(), found.match.tolist(), found.lines.tolist()) == (
        ["evil.com", "b.com"], [BELOW, AS_ASKED], [2, 3],
    )  # fmt: skip
    assert found.columns is not None
    assert found.columns["cause"].to_pylist() == ["fraud", None]
    assert [str(row) for row in bad.kept] == ["t.csv:4 match: 'all' is no match; write exact, below"]
    assert warnings == ["t.csv: unknown columns kept out: extra"]


@pytest.mark.parametrize("header", ["names,match\n", "name,name\n"])
def test_a_table_without_names_is_refused(header: str) -> None:
    with pytest.raises(Refused):
        read(header + "a.com,b.com\n", "csv")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# x\nevil.com\n", "plain"),
        ("", "plain"),
        ("0.0.0.0 evil.com\n", "hosts"),
        ("# hosts\n::1 localhost\n", "hosts"),
        ("name,match\nevil.com,below\n", "csv"),
        ('"name","cause"\n', "csv"),
        ("; zone\n$TTL 5\n", "rpz"),
        ("evil.com CNAME .\n", "rpz"),
        ("@ 60 IN SOA a. b. 1 2 3 4 5\n", "rpz"),
    ],
)
def test_a_form_is_recognised(text: str, form: str) -> None:
    assert recognise(text.encode()) == form


@given(st.dictionaries(NAMES, st.booleans(), max_size=20), st.sampled_from(["plain", "rpz"]))
def test_a_list_that_was_written_is_read_back(listed: dict[str, bool], form: str) -> None:
    entries = Entries(pa.array(list(listed), pa.string()), np.array(list(listed.values()), bool))
    found, bad = read(b"".join(written_list(form, entries)), form)
    assert bad == []
    assert {name: match == BELOW for name, _, match in found} == listed
    assert len(found) == len(listed)
    if listed:
        assert recognise(b"".join(written_list(form, entries))) == form


@given(st.lists(NAMES, max_size=20, unique=True))
def test_exact_names_come_back_from_a_hosts_file(names: list[str]) -> None:
    entries = Entries(pa.array(names, pa.string()), np.zeros(len(names), bool))
    assert [(name, match) for name, _, match in read(b"".join(written_list("hosts", entries)), "hosts")[0]] == [
        (name, EXACT) for name in names
    ]


def test_a_name_that_has_no_room_in_the_zone_is_refused() -> None:
    entries = Entries(pa.array([".".join(["a" * 60] * 4)]), np.array([True]))
    with pytest.raises(Refused, match="no room"):
        list(written_list("rpz", entries, origin="rpz.example"))


@pytest.mark.parametrize("form", FORMS)
def test_fifty_megabytes_in_one_line_take_no_room(form: str) -> None:
    class Endless(io.RawIOBase):
        left = 50 << 20

        def read(self, size: int = -1) -> bytes:
            given = min(self.left, size)
            self.left -= given
            return b"a" * given

    tracemalloc.start()
    bad = BadRows()
    try:
        found = list(read_list(Endless(), form, "list", bad, []))  # type: ignore[arg-type]
        most = tracemalloc.get_traced_memory()[1]
    except Refused:
        most = tracemalloc.get_traced_memory()[1]
        found = []
    finally:
        tracemalloc.stop()
    assert sum(map(len, found)) == 0
    assert most < 64 << 20


def test_a_long_line_costs_itself_alone() -> None:
    found, bad = read(b"a.com\n" + b"x" * (LONGEST_LINE + 1) + b"\nb.com\n" + b"y" * 5_000_000 + b"\nc.com", "plain")
    assert found == [("a.com", 1, AS_ASKED), ("b.com", 3, AS_ASKED), ("c.com", 5, AS_ASKED)]
    assert [line for line, _ in bad] == [2, 4]


def test_wrong_encodings_are_told() -> None:
    found, bad = read(b"\xef\xbb\xbfa.com\n\xb5\xe7.com\n# \xb5\xe7\nb\0.com\nc.com\n", "plain")
    assert [name for name, _, _ in found] == ["a.com", "b\0.com", "c.com"]
    assert bad == [(2, "is not UTF-8")]
    with pytest.raises(Refused, match="UTF-16"):
        read("a.com\n".encode("utf-16"), "plain")


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode), st.sampled_from([*FORMS, None]))
def test_whatever_a_file_holds_no_reader_fails(octets: bytes, form: str | None) -> None:
    try:
        found, bad = read(octets, form)
    except Refused:
        return
    read_names(pa.array([name for name, _, _ in found], pa.string()))
    lines = octets.count(b"\n") + 1
    assert all(1 <= line <= lines for _, line, _ in found)
    assert all(1 <= line <= lines for line, _ in bad)


TOKENS = st.sampled_from(
    ["$ORIGIN", "$TTL", "(", ")", ";", '"', "\\", "@", "evil.com", "*.evil.com", "CNAME", "IN", "5", ".", "rpz.", " ",
     "\n", "SOA", "a. b. 1 2 3 4 5"]
)  # fmt: skip


@given(st.lists(TOKENS, max_size=60).map(" ".join))
def test_whatever_a_zone_says_no_name_is_made_up(text: str) -> None:
    found, _ = read(text, "rpz")
    for name, _, _ in found:
        assert name.replace("*", "").strip(".").split(".")[0].isprintable()


@given(st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line), max_size=12), st.integers(1, 40))
def test_lines_are_the_same_for_every_size_of_block(lines: list[bytes], block: int) -> None:
    data = b"\n".join(lines)

    def texts(size: int) -> list[tuple[int, str]]:
        bad = BadRows()
        found = [(number, text) for each in lines_of(io.BytesIO(data), "x", bad, size)
                 for number, text in zip(each.numbers.tolist(), each.texts.to_pylist(), strict=True)]  # fmt: skip
        return found + [(row.line, row.error) for row in bad.kept]

    if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and data[:3] != b"\xef\xbb\xbf":
        assert texts(max(block, 3)) == texts(1 << 20)
