"""Whether a text is a domain name that may be listed: two labels or more, of what DNS allows (RFC 1035, RFC 5891).

Here only the form is looked at; which names are public suffixes, or have many living under them, the domains room
knows.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.tables.plain import Mask

_LABEL = r"[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]{0,61}[\p{L}\p{N}\p{M}_])?"
_NAME = rf"^{_LABEL}(?:\.{_LABEL})+\.?$"
_LONGEST = 253


def is_name(names: pa.StringArray) -> Mask:
    """Where a column holds names of two labels or more, at most 253 characters; numbers alone are addresses."""
    good = pc.match_substring_regex(names, _NAME)
    address = pc.match_substring_regex(names, r"^[0-9.]+$")
    short = pc.less_equal(pc.utf8_length(names), _LONGEST + 1)
    return np.asarray(pc.and_(pc.and_(good, short), pc.invert(address)).fill_null(False), bool)
