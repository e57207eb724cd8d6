"""A plain list: a name a line, comments after `#`, `;` or `!`.

A name alone is meant as whoever reads the list says, unless a comment `# match: exact` or `# match: below` stands
above it, as our own lists have; `*.name` and `.name` mean the name with all below. Called by `reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains.forms.entry import AS_ASKED, BELOW, EXACT, Written
from wurao.domains.forms.lines import Lines
from wurao.snapshot.marks import octets_of

MATCH_LINE = "# match: {}"
_MATCH = re.compile(r"^\s*#\s*match:\s*(exact|below)\s*$")
_NOTHING = r"^([#;!]|//|$)"
_TRAILING = r"\s+[#;].*$"
_WILDCARD = r"^(\*\.|\.[^.\s])"
_COMMENT_OCTETS, _WILDCARD_OCTETS = b"#;!/", b"*."


def read_plain(lines: Iterable[Lines]) -> Iterator[Written]:
    """The names of a plain list."""
    said = AS_ASKED
    for block in lines:
        names, numbers = pc.ascii_trim_whitespace(block.texts), block.numbers
        match = np.full(len(names), said, np.int8)
        if _any(names, _COMMENT_OCTETS):
            nothing = np.asarray(pc.match_substring_regex(names, _NOTHING), bool)
            match, said = _matches(names, nothing, said)
            rows = np.flatnonzero(~nothing)
            names = pc.replace_substring_regex(names.take(pa.array(rows)), _TRAILING, "")
            match, numbers = match[rows], numbers[rows]
        if _any(names, _WILDCARD_OCTETS):
            match[np.asarray(pc.match_substring_regex(names, _WILDCARD), bool)] = BELOW
        there = pc.not_equal(names, "")
        if not pc.all(there).as_py():
            kept = np.asarray(there, bool)
            names, match, numbers = names.filter(there), match[kept], numbers[kept]
        if len(names):
            yield Written(names, numbers, match)


def _any(texts: pa.StringArray, octets: bytes) -> bool:
    """Whether texts hold one of some octets; nearly no list has them all through, and regular expressions are slow."""
    places, data = octets_of(texts)
    within = data[places[0] : places[-1]]
    return any(bool((within == each).any()) for each in octets)


def _matches(texts: pa.StringArray, comments: npt.NDArray[np.bool_], said: int) -> tuple[npt.NDArray[np.int8], int]:
    """How each line is meant by the comments above it, and what the last of them said."""
    match = np.full(len(texts), said, np.int8)
    telling = comments & np.asarray(pc.match_substring(texts, "match:"), bool)
    for row in np.flatnonzero(telling).tolist():
        if found := _MATCH.match(texts[row].as_py()):
            said = EXACT if found[1] == "exact" else BELOW
            match[row:] = said
    return match, said
