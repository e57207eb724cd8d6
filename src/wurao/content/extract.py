"""Links, telephone numbers, QQ and WeChat ids, amounts, codes, refusals and signatures in a message's text.

In goes the plain text (NFKC, lower case, simplified, separators still in it), as points for compiled callers
(`find_all`), as str for people and tests (`extract`), as an Arrow column (`extract_column`, the hosts alone). Out go
finds in the order in which they begin, at most 16 of a kind. Time is linear in the text, whatever it holds.

Precision comes before completeness. What was decided where a text can be read in two ways:

- A name is believed by its top-level domain. One that is an everyday word (`see you.so`) needs http, www, a path, or
  Chinese on the left and no letter on the right, or a dot in brackets. Behind `。`, `点` and `·` none of these is
  believed; behind blanks only names marked `core` in `finds/top_level_domains.csv`, others amid Chinese. After http://
  every name is. A comma is a dot only behind www or http.
- Chinese before an ASCII name is no part of it. A Chinese name (`中国工商银行.网址`) begins behind the last word that
  says to go there (访问, 登录, 网址 …), or with the Chinese itself when that is up to 10 signs long and ends in no
  particle; Chinese glued behind such a name hides it.
- A host is what the plain text says. Where folding replaced a letter by the one it looks like (Cyrillic, Greek), it is
  the name that a person reads; the one that a browser would ask for is kept beside it (`hosts`).
- Four numbers are an address only behind http or before a port or path; else a version or a section.
- Blanks at any place inside a name (`ban k.com`) cannot be told from words: the name found is `k.com`. Blanks between
  all letters, around dots, and inside `com`, `cn`, `net` and the like can.
- Words follow each other without blanks after 点 and `。`: `8点top` is no link, `58点com` is one.
- 95588 and other short numbers need a word such as 电话 near; the eleven digits of a mobile number need none. A local
  number without area code needs the word directly before it.
- A mobile number behind 微信 is a WeChat id and not a telephone number as well.
- 4 to 8 digits are a code within 16 points behind a word for codes, or before 是, 为, `is` or a bracket with such a
  word within 24; a year or the last figures of a card (尾号) are none.
- 3万 is an amount with a currency or behind a word such as 额度; 一块 only with 钱.
- `[微笑]` at the end is taken for a face, at the beginning for a signature; 【】 is a signature in both places.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle, compiled
from wurao.content.finds import MOST, FindKind, Finds, FindTables, Flag, find_all, find_tables

__all__ = [
    "MOST",
    "Find",
    "FindKind",
    "FindTables",
    "Finds",
    "Flag",
    "extract",
    "extract_column",
    "find_all",
    "find_tables",
    "kept_finds",
]

NO_FLAG = Flag(0)
_LINK = FindKind.LINK.value
_TEXTS_AT_A_TIME = 8_192


@dataclass(frozen=True, slots=True)
class Find:
    """One thing found: what, where (places in the plain text, half-open), and of a link its host."""

    kind: FindKind
    first: int
    last: int
    text: str
    host: str = ""
    flags: Flag = NO_FLAG


class Texts(Bundle):
    """Many texts as points, one behind the other, and room for the hosts found in them."""

    columns: ClassVar[dict[str, str]] = {
        "points": "i4",
        "begins": "i8",
        "text": "i4",
        "octets": "u1",
        "host_begins": "i8",
        "hosts_of": "i8",
    }


def extract(text: str) -> list[Find]:
    """Everything found in one text, in the order in which it begins.

    A text that is not folded yet is brought to NFKC and lower case; places are places in that.
    """
    plain = _plain(text)
    finds = Finds.empty()
    _find_each(find_tables(), _texts([plain]), finds)
    return kept_finds(finds, plain)


def kept_finds(finds: Finds, plain: str) -> list[Find]:
    """What the room for finds holds of a plain text, for people."""
    return [_as_find(finds, plain, row) for row in range(finds.kept[0])]


def extract_column(column: Any) -> Any:
    """The hosts of the links in each text of an Arrow column of strings: a list<string> array, null for null.

    Invalid UTF-8 is read with U+FFFD in place of what is wrong.
    """
    import pyarrow as pa

    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [
        _hosts_of(chunk[at : at + _TEXTS_AT_A_TIME])
        for chunk in chunks
        for at in range(0, len(chunk), _TEXTS_AT_A_TIME)
    ]
    return pa.concat_arrays(parts) if parts else pa.array([], pa.list_(pa.string()))


def _hosts_of(column: Any) -> Any:
    import pyarrow as pa

    octets = column.cast(pa.binary()).fill_null(b"").to_pylist()
    texts = _texts([_plain(each.decode("utf-8", "replace")) for each in octets])
    hosts = _find_each(find_tables(), texts, Finds.empty())
    begins = texts.array("host_begins")[: hosts + 1].astype("i4")
    used = texts.array("octets")[: begins[-1]].tobytes()
    names = pa.StringArray.from_buffers(hosts, pa.py_buffer(begins.tobytes()), pa.py_buffer(used))
    offsets = pa.array(
        texts.array("hosts_of").astype("i4"), mask=np.append(column.is_null().to_numpy(zero_copy_only=False), False)
    )
    return pa.ListArray.from_arrays(offsets, names)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _texts(plain: list[str]) -> Texts:
    points: npt.NDArray[np.int32] = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), "<i4").astype(
        "i4"
    )
    begins = np.cumsum([0, *(len(each) for each in plain)])
    links = len(points) // 3 + 1
    return Texts(
        points=points,
        begins=begins.astype("i8"),
        text=np.zeros(max((len(each) for each in plain), default=0), "i4"),
        octets=np.zeros(10 * len(points), "u1"),
        host_begins=np.zeros(min(links, MOST * len(plain)) + 1, "i8"),
        hosts_of=np.zeros(len(plain) + 1, "i8"),
    )


def _as_find(finds: Finds, plain: str, row: int) -> Find:
    first, last = finds.first[row], finds.last[row]
    host = finds.array("octets")[finds.host_from[row] : finds.host_to[row]].tobytes().decode("ascii")
    return Find(FindKind(finds.kind[row]), first, last, plain[first:last], host, Flag(finds.flags[row]))


def _find_many(tables: FindTables, texts: Texts, finds: Finds) -> int:
    """Find in text after text; how many hosts there are, which lie in `texts.octets`."""
    hosts = 0
    used = 0
    for row in range(len(texts.begins) - 1):
        begin, size = texts.begins[row], texts.begins[row + 1] - texts.begins[row]
        for place in range(size):
            texts.text[place] = texts.points[begin + place]
        found = find_all(tables, texts.text, size, finds)
        for n in range(found):
            if finds.kind[n] == _LINK:
                for octet in range(finds.host_from[n], finds.host_to[n]):
                    texts.octets[used] = finds.octets[octet]
                    used += 1
                hosts += 1
                texts.host_begins[hosts] = used
        texts.hosts_of[row + 1] = hosts
    return hosts


_find_each = compiled(_find_many)


def warm() -> None:
    """Compile what this module compiles."""
    _find_each(find_tables(), _texts([""]), Finds.empty())
