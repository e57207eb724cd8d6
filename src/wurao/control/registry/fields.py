"""A model's field for each form of a declared column: the inside form of `wurao.tables`, as a database holds it.

==========================  ===========================================
form                        in the database
==========================  ===========================================
NUMBER, ENTRY               bigint, a Number or a Prefix
TIME                        bigint, microseconds since 1970 UTC
DATE                        date
FLAG                        boolean
CODE, CODES, BITS, COUNT    an integer
TEXT, TARGET, SHA256        text
NUMBERS                     text, Numbers joined by ;
==========================  ===========================================

Times are integers so that both databases hand them to Arrow as they are. Called by `models`; read by `arrow`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from wurao.tables import Column, Form

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class MomentField(models.BigIntegerField):  # type: ignore[type-arg]
    """A moment: an aware datetime in Python, microseconds since 1970 in the database."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: int | None, *_: object) -> datetime | None:
        """What the database holds, as Python has it."""
        return None if value is None else _EPOCH + value * _MICROSECOND

    def to_python(self, value: Any) -> Any:
        """Datetimes stay; integers are microseconds."""
        return self.from_db_value(value) if isinstance(value, int) else value

    def get_prep_value(self, value: Any) -> int | None:
        """What the database is to hold."""
        return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value


class NumbersField(models.TextField):  # type: ignore[type-arg]
    """Several Numbers: a list in Python, joined by ; in the database."""

    def from_db_value(self, value: str | None, *_: object) -> list[int] | None:
        """What the database holds, as Python has it."""
        return None if value is None else [int(each) for each in value.split(";")]

    def to_python(self, value: Any) -> Any:
        """Lists stay."""
        return self.from_db_value(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        """What the database is to hold."""
        return ";".join(map(str, value)) if isinstance(value, list) else value


_FIELDS: dict[Form, type[models.Field[Any, Any]]] = {
    Form.TEXT: models.TextField,
    Form.TARGET: models.TextField,
    Form.SHA256: models.TextField,
    Form.NUMBER: models.BigIntegerField,
    Form.ENTRY: models.BigIntegerField,
    Form.TIME: MomentField,
    Form.DATE: models.DateField,
    Form.FLAG: models.BooleanField,
    Form.CODE: models.SmallIntegerField,
    Form.CODES: models.IntegerField,
    Form.BITS: models.IntegerField,
    Form.COUNT: models.BigIntegerField,
    Form.NUMBERS: NumbersField,
}


def field_of(column: Column, only_key: bool, indexed: bool) -> models.Field[Any, Any]:
    """The field of a column; `only_key`: it alone is the key; `indexed`: rows are looked up by it."""
    options: dict[str, Any] = {"null": column.optional}
    default = default_of(column)
    if default is not None:
        options["default"] = default
    if only_key:
        options["primary_key"] = True
    elif indexed:
        options["db_index"] = True
    return _FIELDS[column.form](**options)


def default_of(column: Column) -> Any:
    """What a column holds inside where nothing was said; None where it must be said, or may be null."""
    return column.codes.index(column.default) if isinstance(column.default, str) else column.default
