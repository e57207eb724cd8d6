"""The registry compiled: built from tables, kept in a store, opened by every process on a machine.

`build` turns checked tables into the columns of a `Registry` (`compile`, with a module for each part: `pages`,
`personal`, `callers`, `orders`, `senders`, `calendar`) and hands them to the `store`. `Snapshot` is an opened one;
`overlay` puts the changes since over it. `find_rank` and its like are the look-ups, called by screening.
"""

from wurao.snapshot.changed import Changed
from wurao.snapshot.opened import Snapshot
from wurao.snapshot.overlay import Overlaid, overlay, untouched

__all__ = ["Changed", "Overlaid", "Snapshot", "overlay", "untouched"]
