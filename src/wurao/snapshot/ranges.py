"""Ranges that a page tells of another page: from a first place to before a last one.

Every index read from a page is checked (CONTRACTS, Snapshot store): a single one when a `View` is read at it, a range
here, since one that begins past its page or ends before it begins would be walked without reading anything.
"""

from __future__ import annotations


def check_range(first: int, last: int, length: int) -> None:
    """IndexError when a range reaches outside a page of so many places."""
    if first < 0 or first > last or last > length:
        raise IndexError("a range points outside its page")
