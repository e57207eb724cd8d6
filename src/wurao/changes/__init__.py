"""The log of acknowledged changes: what happened to the registry since a snapshot was built.

A `Change` is one row put or deleted. `ChangeWriter` appends changes to `segments` of framed records and acknowledges
when they are fsynced; there is one writer a store, and `submit` hands changes to it over its socket (`ChangeServer`) or
becomes it. `ChangeReader` follows the log; each `Worker` reports how far it has applied it, and `wait_in_force` waits
until all have. `last_words` says what the changes come to.
"""

from wurao.changes.effects import LastWords, last_words
from wurao.changes.handover import submit
from wurao.changes.reader import ChangeReader, about_past, changes_since
from wurao.changes.record import Change, deletions, puts
from wurao.changes.segments import DamagedLog
from wurao.changes.server import ChangeServer
from wurao.changes.workers import Worker, WorkerState, clear_gone, in_force, live_workers, wait_in_force, workers
from wurao.changes.writer import ChangeWriter, WriterElsewhere

__all__ = [
    "Change",
    "ChangeReader",
    "ChangeServer",
    "ChangeWriter",
    "DamagedLog",
    "LastWords",
    "Worker",
    "WorkerState",
    "WriterElsewhere",
    "about_past",
    "changes_since",
    "clear_gone",
    "deletions",
    "in_force",
    "last_words",
    "live_workers",
    "puts",
    "submit",
    "wait_in_force",
    "workers",
]
