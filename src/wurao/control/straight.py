"""Rows read and written by SQL that is put together once, for the few questions that every saved wish asks.

To put a question together anew takes the ORM several times what the database takes to answer it. Here the text stays,
and values still come and go through each field's own converters, so that they are what the ORM would have made of them
on either database. Called by `registry`, and by `accounts` for keys and messages.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, Model

M = TypeVar("M", bound=Model)


def ask(query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a query gives, as the driver has them."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def selected(model: type[Model], table: str = "") -> str:
    """The model's columns for a query, in the order of its fields; `table`: what the query calls it."""
    before = f'"{table}".' if table else ""
    return ", ".join(f'{before}"{field.column}"' for field in fields_of(model))


def values_of(model: type[Model], row: Sequence[Any]) -> list[Any]:
    """What the columns of a model hold, as Python has it."""
    values = list(row)
    for place, column, converters in _converters(model, connection.vendor):
        for convert in converters:
            values[place] = convert(values[place], column, connection)
    return values


def instance_of(model: type[M], row: Sequence[Any]) -> M:
    """The model of a row."""
    return model.from_db(connection.alias, [field.attname for field in fields_of(model)], values_of(model, row))


def insert(instance: M) -> M:
    """Write a new row, and give the instance the key that the database chose; no signal is sent."""
    model = type(instance)
    values = [field.get_db_prep_save(getattr(instance, field.attname), connection) for field in _written(model)]
    ((key,),) = ask(_insertion(model), values)
    instance.pk = key
    instance._state.adding, instance._state.db = False, connection.alias
    return instance


@functools.cache
def _insertion(model: type[Model]) -> str:
    names = ", ".join(f'"{field.column}"' for field in _written(model))
    marks = ", ".join(["%s"] * len(_written(model)))
    key = model._meta.pk.column
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks}) RETURNING "{key}"'


@functools.cache
def _written(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in fields_of(model) if not isinstance(field, AutoField)]


@functools.cache
def fields_of(model: type[Model]) -> list[Field[Any, Any]]:
    """The fields that have a column of their own."""
    return list(model._meta.local_concrete_fields)


@functools.cache
def _converters(model: type[Model], vendor: str) -> list[tuple[int, Any, list[Any]]]:
    """Of the columns that a database does not give as Python has them: how they come to be."""
    found = []
    for place, field in enumerate(fields_of(model)):
        column = field.get_col(model._meta.db_table)
        each = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
        if each:
            found.append((place, column, each))
    return found
