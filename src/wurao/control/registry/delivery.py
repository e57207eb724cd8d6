"""From the outbox into the change log, and back: what is queued is handed to the writer, what the log has is marked.

One process a store runs this; it is the log's writer as well, so others (`wurao change`) hand theirs to it. A round
appends what waits, in the order in which it was queued, then reads the log from where the registry left off and, in one
transaction, marks its own changes as acknowledged and takes in what others wrote. Killed at any moment it loses
nothing: what is not marked is sent again under the same `change_id`, which the log has once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.models import Q

from wurao.changes import Change as Logged
from wurao.changes import ChangeReader, ChangeServer
from wurao.changes.segments import segments
from wurao.control.registry.models import Change, TakenIn
from wurao.control.registry.record import checked_key, checked_row, lock_rows
from wurao.control.registry.rows import delete_row, put_rows, row_of, whose_in, written_row
from wurao.control.registry.turns import writing
from wurao.errors import Refused
from wurao.log import logger
from wurao.snapshot.store import open_current, snapshot_ids
from wurao.tables import TABLES

GROUP = 500
"""So many changes share one write to the log."""
_MARK_ALL = (
    'UPDATE "registry_change" SET "log_seq" = marked.seq '
    'FROM unnest(%s::uuid[], %s::bigint[]) AS marked(id, seq) WHERE "change_id" = marked.id'
)
"""PostgreSQL works out once what is to be done, not for each."""
_log = logger("delivery")


class Delivery:
    """The one deliverer of a store."""

    def __init__(self, store: Path) -> None:
        """Become the log's writer; raises as `ChangeServer` does."""
        built = open_current(store).seq if snapshot_ids(store) else 0
        taken, _ = TakenIn.objects.get_or_create(only=1)
        # Where there is no log it begins past what the registry has taken in: a restored one gives no `seq` twice.
        self.server = ChangeServer(store, after=max(built, taken.seq))
        self._reader = ChangeReader(store, after=_taken_in(store))

    def round(self) -> int:
        """Hand over what waits and take in what the log has; how many changes of the log were new to the registry."""
        waiting = Change.objects.filter(log_seq=None).order_by("seq")[:GROUP]
        logged = [_as_logged(each) for each in waiting]
        if logged:
            self.server.append(logged)
        found = self._reader.poll()
        if found:
            try:
                _take_in(found)
            except BaseException:
                # What was read is not taken in: the next round reads it again.
                self._reader = ChangeReader(self.server.writer.store, after=TakenIn.objects.get(only=1).seq)
                raise
        return len(found)

    def close(self) -> None:
        """Stop being the writer."""
        self.server.close()


def _taken_in(store: Path) -> int:
    """From where on to read the log: where the registry left off, or its beginning where earlier parts are gone."""
    taken, _ = TakenIn.objects.get_or_create(only=1)
    found = segments(store)
    if found and found[0].first > taken.seq + 1:
        if taken.seq:
            _log.error("changes of others are missed", alarm=True, after=taken.seq, log_begins=found[0].first)
        taken.seq = found[0].first - 1
        taken.save()
    return int(taken.seq)


def _as_logged(change: Change) -> Logged:
    key = tuple(json.loads(change.key))
    made_at = change.made_at.isoformat()
    return Logged(change.table, key, change.op, change.row, made_at, str(change.change_id))


def _take_in(found: Sequence[Logged]) -> None:
    with writing():
        ids = [each.change_id for each in found]
        own = {str(each) for each in Change.objects.filter(change_id__in=ids).values_list("change_id", flat=True)}
        _mark([(each.seq, each.change_id) for each in found if each.change_id in own])
        for each in found:
            if each.change_id not in own:
                _take_in_foreign(each)
        TakenIn.objects.filter(only=1).update(seq=found[-1].seq)


def _mark(seqs: Sequence[tuple[int, str]]) -> None:
    if not seqs:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_MARK_ALL, [[change_id for _, change_id in seqs], [seq for seq, _ in seqs]])
            return
        as_held = Change.change_id.field.get_db_prep_value
        rows = [(seq, as_held(change_id, connection)) for seq, change_id in seqs]
        cursor.executemany('UPDATE "registry_change" SET "log_seq" = %s WHERE "change_id" = %s', rows)


def _take_in_foreign(logged: Logged) -> None:
    """What another wrote to the log stands in the registry too, unless a change of the registry comes after it."""
    key_columns = dict(zip(TABLES[logged.table].key, logged.key, strict=True))
    try:
        key = checked_key(logged.table, key_columns)
        row = None if logged.row is None else checked_row(logged.table, logged.row)
    except Refused as error:
        _log.error("a change in the log cannot be taken in", alarm=True, table=logged.table, wrong=str(error))
        return
    text = json.dumps(list(logged.key), ensure_ascii=False, separators=(",", ":"))
    lock_rows(logged.table, [text])
    before = row_of(logged.table, key)
    later = Q(log_seq=None) | Q(log_seq__gt=logged.seq)
    if not Change.objects.filter(later, table=logged.table, key=text).exists():
        if row is None:
            delete_row(logged.table, key)
        else:
            put_rows(logged.table, [row])
    Change.objects.create(
        change_id=logged.change_id,
        table=logged.table,
        key=text,
        op=logged.op,
        row=logged.row,
        before=None if before is None else written_row(logged.table, before),
        made_at=datetime.fromisoformat(logged.made_at),
        role="machine",
        way="log",
        log_seq=logged.seq,
        whose=whose_in(row or before or {}),
    )
