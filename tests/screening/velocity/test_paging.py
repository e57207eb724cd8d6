"""Memory had ahead: it is there before it is written, it changes nothing, and never more is had than a table has."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from wurao.screening.velocity.owner import aligned
from wurao.screening.velocity.paging import LEAST, MOST, Paging

MIB = 1 << 20


def resident(words: np.ndarray) -> int:
    """How many octets of an array the machine has given, as its own list of mappings tells."""
    first, last, total, within = words.ctypes.data, words.ctypes.data + words.nbytes, 0, False
    with open("/proc/self/smaps") as lines:
        for line in lines:
            head = line.split()[0]
            if "-" in head and not head.endswith(":"):
                begins, ends = (int(each, 16) for each in head.split("-"))
                within = begins < last and first < ends
            elif head == "Rss:" and within:
                total += int(line.split()[1]) * 1024
    return total


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for memory")
def test_memory_is_there_before_it_is_written_and_holds_what_it_held() -> None:
    words, paging = aligned(64 * MIB // 8), Paging()
    words[:1000] = 7
    before = resident(words)
    paging.keep_ahead("callers", words, 1000)
    paging.finish()
    assert resident(words) >= before + LEAST // 2
    assert (words[:1000] == 7).all()
    assert not words[1000:].any()


def test_no_more_is_had_than_a_table_has_and_no_more_at_once_than_the_most() -> None:
    words, paging = aligned(16 * MIB // 8), Paging()
    for used in range(1000, len(words), 100_000):
        paging.keep_ahead("callers", words, used)
        paging.finish()
        address, had = paging._had["callers"]
        assert address == words.ctypes.data
        assert 8 * used <= had <= min(words.nbytes, 8 * used + MOST)


def test_nothing_is_had_for_a_table_that_is_not_used_or_small() -> None:
    paging = Paging()
    paging.keep_ahead("callers", aligned(64 * MIB // 8), 0)
    paging.keep_ahead("callees", aligned(MIB // 8), 100)
    assert not paging._had
