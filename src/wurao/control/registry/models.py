"""The registry's tables as models, made from their declaration in `wurao.tables`; and `Change`, history and outbox.

`MODELS` has a model for each table, with its columns and its key as declared: nothing of a table is written down twice,
and a column added to the declaration is a migration to make. Rows are changed by `record` alone.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from wurao.control.registry.fields import MomentField, field_of
from wurao.tables import TABLES, Table

LOOKED_UP_BY = ("subscriber", "sender_id", "target", "guardian")
"""Columns by which rows are found where the key does not begin with them."""


def _model(table: Table) -> type[models.Model]:
    members: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": f"The rows of `{table.name}` (CONTRACTS, Registry tables).",
        "Meta": type("Meta", (), {"db_table": f"registry_{table.name}"}),
    }
    for column in table.columns:
        indexed = column.name in LOOKED_UP_BY and column.name != table.key[0]
        members[column.name] = field_of(column, table.key == (column.name,), indexed)
    if len(table.key) > 1:
        members["pk"] = models.CompositePrimaryKey(*table.key)
    name = "".join(part.capitalize() for part in table.name.split("_"))
    return type(name, (models.Model,), members)


MODELS: dict[str, Any] = {table.name: _model(table) for table in TABLES.values()}
"""The model of each table, by its name."""


class Change(models.Model):
    """One row put or deleted: who did it, by what way, what stood there before; and how far it has come.

    `seq` is the order in which changes were queued. `log_seq` is null until the change log has it durably.
    """

    seq = models.BigAutoField(primary_key=True)
    change_id = models.UUIDField(unique=True, default=uuid.uuid4)
    table = models.CharField(max_length=40)
    key = models.TextField()
    """The key columns' values as JSON, as the change log has them."""
    op = models.CharField(max_length=6)
    row = models.JSONField(null=True)
    before = models.JSONField(null=True)
    """The whole row that stood there; null where there was none."""
    made_at = MomentField()
    role = models.CharField(max_length=20)
    person = models.BigIntegerField(null=True)
    way = models.CharField(max_length=20)
    purpose = models.TextField(default="")
    log_seq = models.BigIntegerField(null=True)
    whose = models.BigIntegerField(null=True)
    """The Number of the subscriber whose row it is; null for rows of nobody's own."""
    aside = models.BigIntegerField(null=True)
    """Of a former holder of the number: what it was put aside under (`holders`)."""

    class Meta:
        """Found by what was changed, by whose it is, and by whether it waits."""

        indexes = (
            models.Index(fields=["whose", "seq"], name="change_whose", condition=models.Q(whose__isnull=False)),
            models.Index(fields=["aside"], name="change_aside", condition=models.Q(aside__isnull=False)),
            models.Index(fields=["table", "key", "seq"], name="change_of"),
            models.Index(fields=["seq"], name="change_waits", condition=models.Q(log_seq=None)),
        )


class TakenIn(models.Model):
    """Up to which `seq` the registry holds what is in the change log; one row."""

    only = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
