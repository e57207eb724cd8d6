"""The zone's text: read back by another reader it says what was given; nothing in a name can say more."""

from __future__ import annotations

import dns.name
import dns.rdatatype
import dns.zone
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wurao.domains import NXDOMAIN, PASSTHRU, Entries, fitting, next_serial, records_of, zone_text
from wurao.domains.zone import LONGEST_TTL, is_newer

ORIGIN = "rpz.example."
LABELS = st.text("abc-_09", min_size=1, max_size=8)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
HOSTILE = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30) | st.sampled_from(
    ["evil.com\n@ IN NS bad.", "$INCLUDE /etc/passwd", "a b", 'a"b', "a;b", "(a", "\\a", "*.x", "*", "@", "a..b", ".a",
     "a.",
     "\x00", "x" * 64, "1.rpz-ip", "$ORIGIN .", "a\tb", "é.com"]
)  # fmt: skip


def text_of(entries: Entries, serial: int = 1) -> str:
    return b"".join(zone_text(ORIGIN, entries, serial)).decode()


def read_back(text: str) -> dict[tuple[bytes, ...], str]:
    zone = dns.zone.from_text(text, relativize=True)
    return {
        node.labels: str(data[0].target)
        for node, data in ((name, zone.get_rdataset(name, dns.rdatatype.CNAME)) for name in zone.nodes)
        if data is not None
    }


def wanted(names: list[str], below: list[bool], answer: str) -> dict[tuple[bytes, ...], str]:
    found = {}
    for name, with_all in zip(names, below, strict=True):
        labels = tuple(label.encode().lower() for label in name.split("."))
        found[labels] = answer
        if with_all:
            found[(b"*", *labels)] = answer
    return found


@given(st.dictionaries(NAMES, st.booleans(), max_size=20), st.sampled_from([NXDOMAIN, PASSTHRU, "warn.example."]))
def test_what_was_given_is_read_back(listed: dict[str, bool], answer: str) -> None:
    entries = Entries(pa.array(list(listed), pa.string()), np.array(list(listed.values()), bool), answer)
    assert read_back(text_of(entries)) == wanted(list(listed), list(listed.values()), answer)


@given(st.lists(HOSTILE, max_size=10, unique_by=str.lower), st.booleans())
def test_no_name_says_more_than_itself(names: list[str], below: bool) -> None:
    entries = Entries(pa.array(names, pa.string()), np.full(len(names), below))
    fits = fitting(ORIGIN, entries)
    kept = [name for name, fit in zip(names, fits, strict=True) if fit]
    entries = entries.taken(fits)
    found = {tuple(label.lower() for label in labels): target for labels, target in read_back(text_of(entries)).items()}
    expected = {tuple(label.lower() for label in labels): t
                for labels, t in wanted(kept, [below] * len(kept), NXDOMAIN).items()}  # fmt: skip
    assert found == expected


@given(st.lists(HOSTILE | NAMES, max_size=10))
def test_what_does_not_fit_is_told_and_never_written(names: list[str]) -> None:
    entries = Entries(pa.array(names, pa.string()), np.ones(len(names), bool))
    fits = fitting(ORIGIN, entries)
    for name, fit in zip(names, fits, strict=True):
        labels = [label.encode() for label in name.split(".")]
        sound = all(0 < len(label) <= 63 and label != b"*" for label in labels)
        long = sum(len(label) + 1 for label in labels) + 2 + len("rpz.example") + 2 > 255
        assert bool(fit) == (sound and not long and not labels[-1].lower().startswith(b"rpz-"))
    if not fits.all():
        with pytest.raises(ValueError, match="no room"):
            list(zone_text(ORIGIN, entries, 1))


@pytest.mark.parametrize(("length", "below", "fits"), [(240, False, True), (241, False, True), (242, False, False),
                                                       (239, True, True), (240, True, False)])  # fmt: skip
def test_the_longest_owner_has_255_octets_with_its_zone(length: int, below: bool, fits: bool) -> None:
    name = ".".join(["a" * 59] * 3) + "."
    name += "b" * (length - len(name))
    entries = Entries(pa.array([name]), np.array([below]))
    assert fitting("rpz.example", entries).tolist() == [fits]
    if fits:
        owner = dns.name.from_text(f"{'*.' if below else ''}{name}.{ORIGIN}")
        assert len(owner.to_wire()) <= 255


def test_answers_may_differ_from_name_to_name() -> None:
    answers = pa.array([NXDOMAIN, "warn.example", PASSTHRU])
    entries = Entries(pa.array(["a.com", "b.com", "c.com"]), np.array([False, True, False]), answers)
    assert read_back(text_of(entries)) == {
        (b"a", b"com"): ".", (b"b", b"com"): "warn.example.", (b"*", b"b", b"com"): "warn.example.",
        (b"c", b"com"): "rpz-passthru.",
    }  # fmt: skip
    assert [(each.owner, each.data, each.ttl, each.kind) for each in records_of(entries)] == [
        ("a.com", ".", 5, "CNAME"), ("b.com", "warn.example.", 5, "CNAME"), ("*.b.com", "warn.example.", 5, "CNAME"),
        ("c.com", "rpz-passthru.", 5, "CNAME"),
    ]  # fmt: skip


def test_clients_forget_within_five_seconds() -> None:
    entries = Entries(pa.array(["a.com"]), np.array([True]))
    zone = dns.zone.from_text(text_of(entries, serial=7))
    soa = zone.get_rdataset("@", "SOA")[0]
    assert (soa.serial, soa.minimum <= 5) == (7, True)
    assert all(data.ttl <= LONGEST_TTL for _, data in zone.iterate_rdatasets())
    with pytest.raises(ValueError, match="ttl"):
        list(zone_text(ORIGIN, entries, 1, ttl=6))


@pytest.mark.parametrize("origin", ["", "a..b", "x" * 64, ("a." * 130) + "b"])
def test_an_origin_that_is_no_name_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="no name of DNS"):
        list(zone_text(origin, Entries(pa.array([], pa.string()), np.zeros(0, bool)), 1))


def test_serials_follow_the_clock_and_never_go_back() -> None:
    assert next_serial(None, 1_800_000_000.7) == 1_800_000_000
    assert next_serial(1_700_000_000, 1_800_000_000) == 1_800_000_000
    assert next_serial(1_800_000_000, 1_800_000_000) == 1_800_000_001
    assert next_serial(1_800_000_005, 1_799_996_400) == 1_800_000_006
    assert next_serial(2**32 - 1, 1_800_000_000) in (0, 1_800_000_000)


@given(st.integers(0, 2**32 - 1), st.floats(0, 2**34))
def test_a_next_serial_is_always_newer(last: int, now: float) -> None:
    following = next_serial(last, now)
    assert 0 <= following < 2**32
    assert is_newer(following, last)
    assert not is_newer(last, following)


def test_a_serial_wraps() -> None:
    serial = 2**32 - 2
    seen = [serial := next_serial(serial, 2**32 - 10) for _ in range(4)]
    assert seen == [2**32 - 1, 0, 1, 2]
