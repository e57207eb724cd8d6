"""The compiled registry: every column of a snapshot, and of the overlay of changes above it, under its name.

A `Registry` is what look-ups read. There are always two, the base that a snapshot on disk is mapped into, and the
overlay made of the changes since; both have the same columns, and a key found in the overlay stands for the base's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wurao.compiled import Bundle


class Registry(Bundle):
    """The columns; which module explains each is named beside it."""

    columns = {  # noqa: RUF012 - declared ClassVar by Bundle
        "segment_page": "u4",  # pages
        "lines": "u8",
        "profile_narrow": "u2",
        "profile_wide": "u4",
        "profiles": "i8",
        "scattered": "i8",
        "personal": "u4",  # personal
        "list_entries": "i8",
        "consents": "i8",
        "timed": "i8",
        "changed": "u8",  # hashing: the numbers that an overlay may say anything of; nothing in a base
        "callers": "i8",  # callers
        "prefixes": "i8",
        "prefix_lengths": "i8",
        "segment_prefixes": "u2",
        "headers": "i8",
        "header_orders": "i8",
        "senders": "i8",  # senders
        "sender_trunks": "i4",
        "trunks": "i8",
        "trunk_numbers": "i8",
        "templates": "i8",
        "order_targets": "u4",  # orders
        "order_slices": "i8",
        "domains": "i8",  # domains
        "order_count": "i8",  # one value: so many order numbers there are
        "day_types": "i1",  # calendar
        "tiers": "i8",  # numbering: protected numbers and their tier, as a table
    }


def empty_arrays() -> dict[str, npt.NDArray[np.generic]]:
    """The columns of a registry that holds nothing."""
    arrays = {name: np.empty(0, dtype=dtype) for name, dtype in Registry.columns.items()}
    arrays["prefix_lengths"] = np.zeros(3, dtype=np.int64)
    arrays["personal"] = np.zeros(2, dtype=np.uint32)
    arrays["order_targets"] = np.zeros(1, dtype=np.uint32)
    arrays["order_count"] = np.zeros(1, dtype=np.int64)
    return arrays
