"""A hosts file: an address that leads nowhere, then names that are blocked by it, each as that exact name.

Comments begin with `#`. The machine's own names (localhost and its like) are passed over; a line whose address leads
somewhere maps a name and blocks none, so it is a bad line. Called by `reading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.forms.entry import EXACT, Written
from wurao.domains.forms.lines import Lines
from wurao.errors import WHOLE_ROW
from wurao.tables import BadRows
from wurao.tables.bad import Fault, note

NOWHERE = (
    "0.0.0.0", "127.0.0.1", "::", "::1", "0", "127.0.0.53", "fe80::1%lo0", "255.255.255.255", "ff02::1", "ff02::2",
    "ff02::3", "fe00::0", "ff00::0",
)  # fmt: skip
"""The addresses of lines that block; and those that every machine's own hosts file has."""
OWN = (
    "localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet",
    "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "0.0.0.0",
)  # fmt: skip
"""What a machine calls itself."""
ADDRESS = r"^\s*([0-9]{1,3}(\.[0-9]{1,3}){0,3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*(%\w+)?)\s+\S"
"""What a line of a hosts file begins with."""
_COMMENT = r"\s*#.*$"
_MOST_NAMES = 1_000


def read_hosts(lines: Iterable[Lines], label: str, bad: BadRows) -> Iterator[Written]:
    """The names that a hosts file blocks; bad lines go to `bad`."""
    for block in lines:
        texts = pc.ascii_trim_whitespace(pc.replace_substring_regex(block.texts, _COMMENT, ""))
        there = np.asarray(pc.not_equal(texts, ""), bool)
        parts = pc.split_pattern_regex(texts.filter(pa.array(there)), r"\s+", max_splits=_MOST_NAMES)
        numbers = block.numbers[there]
        addresses = pc.list_element(parts, 0) if len(parts) else pa.array([], pa.string())
        nowhere = np.asarray(pc.is_in(addresses, value_set=pa.array(NOWHERE)), bool)
        counts = pc.list_value_length(parts).to_numpy() if len(parts) else np.zeros(0, np.int64)
        _name_others(texts.filter(pa.array(there)), numbers, ~nowhere | (counts < 2), label, bad)
        names = pc.list_flatten(parts)
        firsts = np.cumsum(counts) - counts
        is_name = np.ones(len(names), bool)
        is_name[firsts] = False
        keeps = is_name & np.repeat(nowhere, counts)
        keeps &= ~np.asarray(pc.is_in(pc.utf8_lower(names), value_set=pa.array(OWN)), bool)
        if keeps.any():
            found = names.filter(pa.array(keeps))
            yield Written(found, np.repeat(numbers, counts)[keeps], np.full(len(found), EXACT, np.int8))


def _name_others(texts: pa.StringArray, numbers: np.ndarray, wrong: np.ndarray, label: str, bad: BadRows) -> None:
    """Name the lines that block nothing."""
    error = "is no line of a hosts file that blocks"
    fault = Fault(wrong, WHOLE_ROW, error, "write 0.0.0.0 and the name, or give another --format")
    note(bad, label, numbers, fault, texts.filter(pa.array(wrong)).to_pylist())
