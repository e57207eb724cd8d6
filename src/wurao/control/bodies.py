"""What bodies of the API have in common: they name nothing unknown, and what could not be stored is not in them.

Used by the `api` of each app.
"""

from __future__ import annotations

from ninja import Schema
from pydantic import ConfigDict

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL holds no NUL in a text."""


class Strict(Schema):
    """A body that names nothing unknown."""

    model_config = ConfigDict(extra="forbid")
