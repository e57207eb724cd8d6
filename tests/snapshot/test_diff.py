"""Two snapshots compared: rows added, removed and changed, table by table."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.snapshot import small
from wurao.snapshot import diff


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_every_row_that_came_went_or_changed_is_counted_once(seed: int) -> None:
    random = Random(seed)
    before = small.registry(random)
    after = small.applied(before, small.steps(random, before, most=20))
    found = diff(small.snapshot_of(small.tables_of(before)), small.snapshot_of(small.tables_of(after)))
    for name in small.MADE:
        old, new = before.rows[name], after.rows[name]
        changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
        assert (found[name].added, found[name].removed, found[name].changed) == (
            len(new.keys() - old.keys()),
            len(old.keys() - new.keys()),
            changed,
        )
