"""The registry compiled: built from tables, kept in a store, opened by every process on a machine.

`build` turns checked tables into the columns of a `Registry` (`compile`, with a module for each part: `pages`,
`personal`, `callers`, `orders`, `senders`, `calendar`) and hands them to the `store`. `Snapshot` is an opened one;
`overlay` puts what `Changed` since over it, `laid_over` one more run of changes over that. `find_rank` and its like are
the look-ups, called by screening.
"""

from wurao.snapshot.build import Built, build, build_checked
from wurao.snapshot.changed import Changed, changed_tables, put_over
from wurao.snapshot.diff import Difference, diff
from wurao.snapshot.laying import Overlaid
from wurao.snapshot.opened import Snapshot, about_pending, open_snapshot
from wurao.snapshot.overlay import laid_over, overlay, untouched
from wurao.snapshot.ported import operator_in, ported_rows
from wurao.snapshot.store import current_id, snapshot_ids, verify

__all__ = [
    "Built",
    "Changed",
    "Difference",
    "Overlaid",
    "Snapshot",
    "about_pending",
    "build",
    "build_checked",
    "changed_tables",
    "current_id",
    "diff",
    "laid_over",
    "open_snapshot",
    "operator_in",
    "overlay",
    "ported_rows",
    "put_over",
    "snapshot_ids",
    "untouched",
    "verify",
]
