"""Hits of resolvers' logs: each counted once, whatever is rotated, cut or garbled."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import json
import struct
from pathlib import Path

import dns.edns
import dns.message
import dns.rcode
import dns.rrset
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.cli import run
from wurao.errors import Refused
from wurao.gateways.dns.hits import bind, collect, dnstap, scripted, unbound
from wurao.gateways.dns.hits.collecting import HOUR
from wurao.gateways.dns.hits.hit import Hit, NoHit

AT = 1_796_067_031
AT_US = AT * 1_000_000
NEXT_DAY = AT + 86_400.0


def unbound_line(name: str, at: int = AT, action: str = "rpz-nxdomain", log: str = "wurao") -> str:
    return f"[{at}] unbound[30455:0] info: rpz: applied [{log}] {name}. {action} 192.0.2.7@33619 {name}. A IN\n"


def dnstap_frame(name: str, code: int | None = 15, kind: int = 6, leads_to: str | None = None) -> bytes:
    answer = dns.message.make_response(dns.message.make_query(name, "A", use_edns=0))
    if leads_to:
        answer.answer.append(dns.rrset.from_text(f"{name}.", 5, "IN", "CNAME", f"{leads_to}."))
    else:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    answer.use_edns(0, options=[dns.edns.EDEOption(code)] if code else [])
    wire = answer.to_wire()
    message = b"\x08" + bytes([kind]) + b"\x60" + varint(AT) + b"\x6d" + struct.pack("<I", 5_000)
    message += b"\x72" + varint(len(wire)) + wire
    return b"\x72" + varint(len(message)) + message + b"\x78\x01"


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def stream(*frames: bytes) -> bytes:
    content = b"\0\0\0\1\0\0\0\x16protobuf:dnstap.Dnstap"
    start = struct.pack(">II", 0, len(content) + 4) + b"\0\0\0\2" + content
    return start + b"".join(struct.pack(">I", len(frame)) + frame for frame in frames)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (unbound_line("www.fraud.example"), "www.fraud.example"),
        (unbound_line("www.fraud.example", action="rpz-passthru"), None),
        (unbound_line("fraud.example", log="others"), None),
        (unbound_line("serial-of-recent.wurao", action="rpz-local-data"), None),
    ],
)
def test_a_line_of_unbound_is_a_hit_where_something_was_refused_by_us(line: str, name: str | None):
    assert unbound.hit(line, NEXT_DAY) == (None if name is None else Hit(AT_US, name))


def test_the_three_times_of_unbound_are_read():
    rest = " unbound[1:0] info: rpz: applied [wurao] *.a.example. rpz-nxdomain 192.0.2.7@1 b.a.example. AAAA IN\n"
    exact = unbound.hit("2026-12-01T00:30:31.5+08:00" + rest, NEXT_DAY)
    assert exact == Hit(1_796_056_231_500_000, "b.a.example")
    local = unbound.hit("Nov 30 18:39:28" + rest, NEXT_DAY)
    assert local is not None
    assert abs(local.at / 1e6 - AT) < 3 * 86_400


def test_a_line_of_bind_is_a_hit_where_something_was_refused_by_us():
    line = "2026-11-30T19:30:31.250Z rpz: info: client @0x7f06 192.0.2.7#4826 (Q.A.example): rpz QNAME {} rewrite {}\n"
    told = line.format("NXDOMAIN", "Q.A.example/A/IN via q.a.example.list.wurao")
    assert bind.hit(told, NEXT_DAY) == Hit(AT_US + 250_000, "q.a.example")
    assert bind.hit(told.replace("list.wurao", "other.zone"), NEXT_DAY) is None
    assert bind.hit(told.replace("NXDOMAIN", "PASSTHRU"), NEXT_DAY) is None
    with pytest.raises(NoHit, match="offset"):
        bind.hit(told.replace("250Z", "250"), NEXT_DAY)


@pytest.mark.parametrize(
    "line",
    [
        f"[policy] wurao refused fraud.example. at {AT}\n",
        f"[policy] wurao refused fraud.example. A for 192.0.2.7#5353 at {AT}\n",
        f"Nov 30 18:39:28 dns kresd[7]: [policy] wurao refused Fraud.Example. at {AT}\n",
        f"Nov 30 18:39:28 wurao refused fraud.example. at {AT}\n",
        f'Nov 30 18:39:28 msg="wurao refused fraud.example. at {AT}" subsystem="lua" level="0" ts="{AT}.1"\n',
    ],
)
def test_a_line_of_a_script_of_ours_is_a_hit(line: str):
    assert scripted.hit(line, NEXT_DAY) == Hit(AT_US, "fraud.example")


LONG = ".".join(["a" * 63] * 3)
ODD = [
    ("Www.EVIL.example.", "www.evil.example"),
    ("evil.example", "evil.example"),
    ("a\\032b.evil.example.", "a\\032b.evil.example"),
    ("A\\.b.evil.example.", "a\\046b.evil.example"),
    ("a\\046b.evil.example.", "a\\046b.evil.example"),
    ("<script>.evil.example.", "\\060script\\062.evil.example"),
    ("\\000\\255.evil.example.", "\\000\\255.evil.example"),
    ("*.evil.example.", "*.evil.example"),
    ("a/b.evil.example.", "a\\047b.evil.example"),
    ("a?b.evil.example.", "a?b.evil.example"),
    (f"{LONG}.{'b' * 61}.", f"{LONG}.{'b' * 61}"),
    ("serial-of-recent.wurao.evil.example.", "serial-of-recent.wurao.evil.example"),
    ("SERIAL-OF-recent.wurao.", None),
    ("serial-of-list.wurao.1796067031.zzzz.", None),
    ("serial-of-list.wurao.1796067031.zzzz.evil.example.", "serial-of-list.wurao.1796067031.zzzz.evil.example"),
    ("serial-of-list.wurao.x.zzzz.", "serial-of-list.wurao.x.zzzz"),
]
"""Names as resolvers write them, and as they are kept: what is listed with all below is refused whatever is below."""


@pytest.mark.parametrize(("written", "name"), ODD)
def test_an_odd_name_below_a_listed_one_counts_whoever_refused_it(written: str, name: str | None):
    expected = None if name is None else Hit(AT_US, name)
    assert unbound.hit(unbound_line("a.b").replace("a.b. A", f"{written} A"), NEXT_DAY) == expected
    assert scripted.hit(f"wurao refused {written} at {AT}", NEXT_DAY) == expected
    line = (
        "2026-11-30T19:30:31Z rpz: info: client @0x7f 192.0.2.7#4 ({0}): rpz QNAME NXDOMAIN rewrite {0}/A/IN via x.{1}"
    )
    assert bind.hit(line.format(written.removesuffix("."), "list.wurao"), NEXT_DAY) == expected
    if name is not None:
        assert dnstap.hit(dnstap_frame(written.removesuffix(".")), None) == Hit(AT_US + 5, name)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (".", "the root"),
        ("a..evil.example.", "empty"),
        ("a" * 64 + ".example.", "63"),
        (f"{LONG}.{'b' * 63}.", "255"),
        ("a\\999.example.", "no name"),
        ("涉诈.example.", "not ASCII"),
    ],
)
def test_what_is_no_name_is_told_with_why(written: str, why: str):
    for read, line in (
        (scripted.hit, f"wurao refused {written} at {AT}"),
        (unbound.hit, unbound_line("a.b").replace("a.b. A", f"{written} A")),
    ):
        with pytest.raises(NoHit, match=why):
            read(line, NEXT_DAY)


def test_dnstap_is_a_hit_by_its_extended_error_or_by_the_list():
    for code, hit in ((15, Hit(AT_US + 5, "fraud.example")), (17, Hit(AT_US + 5, "fraud.example")), (18, None)):
        assert dnstap.hit(dnstap_frame("fraud.example", code=code), None) == hit
    assert dnstap.hit(dnstap_frame("fraud.example", code=None), None) is None
    assert dnstap.hit(dnstap_frame("fraud.example", code=None), lambda name: name == "fraud.example") is not None
    assert dnstap.hit(dnstap_frame("fraud.example", kind=5), None) is None


@given(st.binary(max_size=200))
def test_no_octets_break_the_decoder_of_dnstap(data: bytes):
    for frame in (data, dnstap_frame("fraud.example")[: len(data)], dnstap_frame("a.example") + data):
        with contextlib.suppress(NoHit):
            dnstap.hit(frame, None)


@given(st.text(max_size=100))
def test_no_text_breaks_the_readers_of_lines(text: str):
    for reader, begin in (
        (unbound, "[1] rpz: applied [wurao] "),
        (bind, ": rpz QNAME "),
        (scripted, "wurao refused "),
    ):
        with contextlib.suppress(NoHit):
            reader.hit(begin + text, NEXT_DAY)


def test_a_log_that_grows_is_read_on_and_one_that_is_rotated_or_packed_counts_once(tmp_path: Path):
    log, out = tmp_path / "unbound.log", tmp_path / "hits"
    log.write_text("".join(unbound_line(f"a{n}.example", AT + n) for n in range(10)))
    assert collect([log], out).hits == 10
    assert collect([log], out).hits == 0
    with log.open("a") as file:
        file.write(unbound_line("late.example") + unbound_line("half.example")[:-5])
    assert collect([log], out).hits == 1
    with log.open("a") as file:
        file.write(unbound_line("half.example")[-5:])
    packed = tmp_path / "unbound.log.1.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    log.write_text(unbound_line("new.example", AT + 500))
    found = collect([log, packed], out)
    assert sorted(name for _, name in found.counts) == ["half.example", "new.example"]
    rows = pq.read_table([str(path) for path in sorted(out.glob("part-*.parquet"))])
    assert rows.num_rows == 13
    assert len(set(rows.column("event_id").to_pylist())) == 13


def test_a_run_that_was_killed_before_its_end_counts_nothing_twice(tmp_path: Path):
    log, out = tmp_path / "unbound.log", tmp_path / "hits"
    log.write_text(unbound_line("a.example"))
    collect([log], out)
    remembered = (out / "hits.json").read_text()
    with log.open("a") as file:
        file.write(unbound_line("b.example"))
    collect([log], out)
    (out / "hits.json").write_text(remembered)
    assert collect([log], out).hits == 1
    assert pq.read_table(out / "part-00001.parquet").column("name").to_pylist() == ["b.example"]


def test_garbled_lines_are_named_and_the_others_count(tmp_path: Path):
    log = tmp_path / "unbound.log"
    good = unbound_line("good.example")
    bad = [good.replace("A IN", ""), good.replace("good.example. A", "a..b. A"), good.replace(f"[{AT}]", "[x]")]
    log.write_bytes("".join([good, *bad]).encode() + b"\xff\xfe\0rpz\n" + b"x" * 200_000 + b"\n" + good.encode())
    found = collect([log], tmp_path / "hits")
    assert found.hits == 2
    assert [row.line for row in found.bad] == [2, 3, 4]
    with log.open("a") as file:
        file.write(good + bad[0][:9])
    assert collect([log], tmp_path / "hits").hits == 1
    with log.open("a") as file:
        file.write(bad[0][9:] + good)
    again = collect([log], tmp_path / "hits")
    assert (again.hits, [row.line for row in again.bad]) == (1, [9])


def test_a_stream_of_dnstap_is_read_on_and_a_cut_frame_waits(tmp_path: Path):
    log, out = tmp_path / "clients.dnstap", tmp_path / "hits"
    whole = stream(*(dnstap_frame(f"a{n}.example") for n in range(5)))
    log.write_bytes(whole[:-10])
    assert collect([log], out).hits == 4
    log.write_bytes(whole)
    assert collect([log], out).hits == 1


def test_of_a_packed_log_that_is_cut_nothing_counts_until_it_is_whole_and_the_others_count(tmp_path: Path):
    cut, log, out = tmp_path / "unbound.log.gz", tmp_path / "unbound.log", tmp_path / "hits"
    whole = gzip.compress("".join(unbound_line(f"a{n}.example") for n in range(2000)).encode())
    log.write_text(unbound_line("other.example"))
    for octets in (len(whole) - 20, 5):
        cut.write_bytes(whole[:octets])
        found = collect([cut, log], out)
        assert [(each.where, each.wrong.partition(":")[0]) for each in found.unread] == [
            (str(cut), "is cut or no gzip")
        ]
        assert set(found.counts) <= {(AT_US // HOUR * HOUR, "other.example")}
    assert pq.read_table(out / "part-00000.parquet").column("name").to_pylist() == ["other.example"]
    cut.write_bytes(whole)
    assert collect([cut, log], out).hits == 2000


def test_a_short_stream_counts_once_however_it_grows(tmp_path: Path):
    log, other, out = tmp_path / "clients.dnstap", tmp_path / "clients.dnstap.1", tmp_path / "hits"
    each = [dnstap_frame(f"a{n}.example") for n in range(9)]
    for frames, new in ((0, 0), (1, 1), (1, 0), (2, 1), (9, 7), (9, 0)):
        log.write_bytes(stream(*each[:frames]))
        assert collect([log], out).hits == new
    log.rename(other)
    log.write_bytes(stream(dnstap_frame("new.example")))
    assert collect([log, other], out).hits == 1
    assert collect([other, log], out).hits == 0


def test_two_runs_at_once_do_not_both_count(tmp_path: Path):
    log, out = tmp_path / "unbound.log", tmp_path / "hits"
    log.write_text(unbound_line("a.example"))
    out.mkdir()
    with (out / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="another run"):
            collect([log], out)
    assert collect([log], out).hits == 1


def test_a_time_of_three_octets_is_named_and_the_other_frames_count(tmp_path: Path):
    log, good = tmp_path / "clients.dnstap", dnstap_frame("fraud.example")
    bad = dnstap_frame("fraud.example").replace(b"\x6d" + struct.pack("<I", 5_000), b"\x6a\3abc")
    log.write_bytes(stream(good, bad, good))
    found = collect([log], tmp_path / "hits")
    assert (found.hits, len(found.bad)) == (2, 1)


def test_where_the_list_is_known_what_is_not_on_it_is_not_ours():
    assert dnstap.hit(dnstap_frame("fraud.example"), lambda name: False) is None
    assert dnstap.hit(dnstap_frame("fraud.example"), lambda name: True) == Hit(AT_US + 5, "fraud.example")


def test_an_answer_that_leads_to_the_warning_page_is_a_hit():
    led = dnstap_frame("fraud.example", code=None, leads_to="warning.example.cn")
    assert dnstap.hit(led, None) is None
    assert dnstap.hit(led, None, "Warning.example.cn") == Hit(AT_US + 5, "fraud.example")
    assert dnstap.hit(led, lambda name: True, "warning.example.cn") == Hit(AT_US + 5, "fraud.example")
    assert dnstap.hit(led, lambda name: False, "warning.example.cn") is None
    assert dnstap.hit(led, lambda name: True, "another.example.cn") is None


def test_hits_are_counted_by_domain_and_hour_and_feed_records(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
):
    log, out = tmp_path / "unbound.log", tmp_path / "hits"
    lines = [unbound_line("a.example", AT), unbound_line("a.example", AT + 1), unbound_line("a.example", AT + 3600)]
    log.write_text("".join(lines))
    assert run(["domains", "hits", str(log), "-o", str(out), "--json"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["name"], row["count"]) for row in printed] == [("a.example", 2), ("a.example", 1)]
    assert "192.0.2.7" not in (out / "part-00000.parquet").read_bytes().decode("latin-1")
    assert run(["records", str(out), "--by", "channel,reason,action", "--json"]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted == {"channel": "name", "reason": "BLOCKED_DOMAIN", "action": "block", "count": 3}
