"""The keyed hash of a text is HMAC-SHA-256, whatever the text; its key is made once and kept."""

from __future__ import annotations

import hashlib
import hmac
import stat
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wurao.compiled import Bundle, compiled
from wurao.content.digest import HASH_OCTETS, KEY_OCTETS, hash_key, hash_texts, key_for, text_key
from wurao.content.sha256 import LANES, lanes
from wurao.errors import MachineFailed, Refused

ROOM = lanes()
LONGEST_OF_ONE_BLOCK = 55
keys = st.binary(min_size=KEY_OCTETS, max_size=KEY_OCTETS)


class _Texts(Bundle):
    columns = {"data": "u1", "starts": "i8", "ends": "i8", "out": "u1"}  # noqa: RUF012


def _hash_all(key, texts: _Texts, first: int, last: int, room) -> None:
    hash_texts(key, texts.data, texts.starts, texts.ends, first, last, room, texts.out)


_hash = compiled(_hash_all)


def hashed(key: bytes, texts: list[bytes], first: int = 0, plainly: bool = False) -> list[bytes]:
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    out = np.zeros(HASH_OCTETS * len(texts), np.uint8)
    rows = _Texts(
        data=np.frombuffer(b"".join(texts) + b"\xff", np.uint8).copy(),
        starts=ends[:-1].copy(),
        ends=ends[1:].copy(),
        out=out,
    )
    with np.errstate(over="ignore"):
        (_hash.plain if plainly else _hash)(hash_key(key), rows, first, len(texts), ROOM)
    return [bytes(each) for each in out.reshape(-1, HASH_OCTETS)]


def told(key: bytes, texts: list[bytes]) -> list[bytes]:
    return [hmac.new(key, text, hashlib.sha256).digest() for text in texts]


@given(keys, st.lists(st.one_of(st.binary(max_size=200), st.text(max_size=60).map(str.encode)), max_size=40))
@example(b"k" * KEY_OCTETS, [b""])
def test_it_is_hmac_sha256(key: bytes, texts: list[bytes]):
    assert hashed(key, texts) == told(key, texts)


def test_it_is_hmac_sha256_at_every_length_around_the_ends_of_blocks():
    texts = [bytes([n % 251]) * n for n in range(200)]
    assert hashed(b"k" * KEY_OCTETS, texts) == told(b"k" * KEY_OCTETS, texts)


def test_a_megabyte_among_short_ones_changes_nothing():
    texts = [b"short"] * 3 + [b"\x00\xff" * 500_000] + [b"", b"x" * 64] + [b"y" * n for n in range(LANES)]
    assert hashed(b"k" * KEY_OCTETS, texts) == told(b"k" * KEY_OCTETS, texts)


def test_only_the_texts_asked_for_are_hashed():
    texts = [bytes([n]) for n in range(40)]
    nothing = [bytes(HASH_OCTETS)] * 5
    assert hashed(b"k" * KEY_OCTETS, texts, first=5) == nothing + told(b"k" * KEY_OCTETS, texts)[5:]


def test_plain_and_compiled_code_say_the_same():
    texts = [b"", b"x" * LONGEST_OF_ONE_BLOCK, "退订回T".encode()]
    assert hashed(b"k" * KEY_OCTETS, texts, plainly=True) == told(b"k" * KEY_OCTETS, texts)


def test_the_key_is_made_at_first_use_and_kept(tmp_path: Path):
    key = text_key(tmp_path / "data")
    file = tmp_path / "data" / "text.key"
    assert len(key) == KEY_OCTETS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["text.key"]
    assert text_key(tmp_path / "data") == key
    assert text_key(tmp_path / "other") != key


def test_whoever_makes_the_key_at_the_same_time_gets_the_same(tmp_path: Path):
    found: list[bytes] = []
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        found.append(text_key(tmp_path))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_cut_key_is_refused_and_left_as_it_is(tmp_path: Path):
    (tmp_path / "text.key").write_bytes(b"short")
    with pytest.raises(Refused, match=r"text\.key: holds 5 octets, not 32"):
        text_key(tmp_path)
    assert (tmp_path / "text.key").read_bytes() == b"short"


def test_a_key_that_cannot_be_made_is_the_machines_failure(tmp_path: Path):
    (tmp_path / "data").write_text("a file, no directory")
    with pytest.raises(MachineFailed, match="cannot be read or made"):
        text_key(tmp_path / "data")


def test_keys_for_other_purposes_tell_nothing_of_each_other():
    key = bytes(range(KEY_OCTETS))
    assert len({key, key_for(key, "sketch"), key_for(key, "other")}) == 3
    assert len(key_for(key, "sketch")) == KEY_OCTETS
