"""Text of any file made plain: what is no UTF-8 is marked in its own row, wherever the rows lie in memory."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from wurao.tables.plain import plain

OCTETS = st.one_of(st.none(), st.binary(max_size=4), st.sampled_from([b"", b"138", "移动".encode(), b"\xc3", b"\xa9"]))


def as_written(octets: bytes | None) -> str | None:
    if not octets:
        return None
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode(errors="replace") + "\0"


@given(st.lists(OCTETS, max_size=8), st.integers(0, 3), st.integers(0, 8))
def test_each_text_is_read_for_itself(rows: list[bytes | None], start: int, count: int) -> None:
    told = pa.array(rows, pa.binary())
    texts = pa.Array.from_buffers(pa.string(), len(told), told.buffers()).slice(start, count)
    assert plain(texts).to_pylist() == [as_written(each) for each in rows[start : start + count]]
