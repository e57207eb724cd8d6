"""Reads the settings: `defaults.toml`, and an operator's file over it.

A file comes in (or none); `Settings` comes out, complete and checked, and knows of each value where it was written.
Every entry point that needs settings calls `load` once and hands sections on. A name that does not exist, a value of
the wrong type or out of range is refused with file and line, and what would be right.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from wurao.errors import Refused
from wurao.settings.lines import line_of, lines_of
from wurao.settings.places import settings_file
from wurao.settings.sections import ASCENDING, Between, Content, Control, Like, Resolvers, Screening, Velocity

DEFAULTS = "defaults.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, typed, by section."""

    screening: Screening
    content: Content
    velocity: Velocity
    resolvers: Resolvers
    control: Control
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def origin(self, name: str) -> str:
        """Where a value was written: `defaults.toml:41`, or the operator's file and line."""
        return self.origins[name]

    def value(self, name: str) -> int | float | str:
        """A value by its full name, `velocity.caller.attempts_per_hour`."""
        found: Any = self
        for part in name.split("."):
            found = getattr(found, part)
        if not isinstance(found, int | float | str):
            raise AttributeError(f"{name} is a table of settings")
        return found


@dataclass(frozen=True, slots=True)
class _Declared:
    """What a setting may be."""

    kind: type
    between: Between | Like | None

    @property
    def right(self) -> str:
        noun = {int: "a whole number", float: "a number", str: 'a text in quotes, "like this"'}[self.kind]
        return f"write {noun} {self.between}" if self.between else f"write {noun}"


@dataclass(frozen=True, slots=True)
class _Written:
    """A value as it stands in a file."""

    value: Any
    where: str


def load(file: Path | None = None) -> Settings:
    """The defaults, under `file` or else the operator's (`--settings`, `WURAO_SETTINGS`, DATA/settings.toml).

    Raises `Refused` for a file that cannot be read or that says something that is no setting.
    """
    written = dict(_values(Path(__file__).with_name(DEFAULTS).read_text("utf-8"), DEFAULTS))
    operators = file or settings_file()
    if operators is not None:
        written |= _values(_text(operators), str(operators))
    _refuse_disorder(written)
    made = _section(Settings, "", {name: each.value for name, each in written.items()})
    origins = {name: each.where for name, each in written.items()}
    return Settings(made.screening, made.content, made.velocity, made.resolvers, made.control, origins)


def names() -> list[str]:
    """The full names of all settings, in the order of the sections."""
    return list(_declared())


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("is not UTF-8", where=str(file), right="save it as UTF-8") from error
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}", where=str(file), right="name a settings file") from error


def _values(text: str, place: str) -> Iterator[tuple[str, _Written]]:
    """Each value of a file, checked by itself, under its full name."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"is not TOML: {error}", where=place, right="see defaults.toml for the form") from error
    declared, lines = _declared(), lines_of(text)
    for name, value in _leaves(tree, ""):
        where = f"{place}:{line_of(name, lines)}"
        if name in _tables():
            raise Refused(f"{name} is a table of settings", where=where, right=f"write [{name}] and values under it")
        if name not in declared:
            raise Refused(f"there is no setting {name}", where=where, right=_nearest(name, list(declared)))
        yield name, _Written(_checked(name, value, declared[name], where), where)


def _leaves(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and name in _tables():
            yield from _leaves(value, f"{name}.")
        else:
            yield name, value


@functools.cache
def _tables() -> frozenset[str]:
    """The full names of the tables that settings stand in."""
    return frozenset(".".join(parts[:n]) for parts in map(_parts, _declared()) for n in range(1, len(parts)))


def _parts(name: str) -> list[str]:
    return name.split(".")


def _nearest(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.6)
    if not near:
        last = {each.rpartition(".")[2]: each for each in known}
        near = [last[found] for found in get_close_matches(name.rpartition(".")[2], last, 1, 0.6)]
    return f"did you mean {near[0]}?" if near else "defaults.toml names all"


def _checked(name: str, written: Any, declared: _Declared, where: str) -> Any:
    whole_for_number = declared.kind is float and type(written) is int
    if type(written) is not declared.kind and not whole_for_number:
        raise Refused(f"{name}: {written!r} is of the wrong type", where=where, right=declared.right)
    value: Any = declared.kind(written)
    match declared.between:
        case Between(low, high) if not low <= value <= high:
            raise Refused(f"{name}: {written!r} is out of range", where=where, right=declared.right)
        case Like(pattern) if not re.fullmatch(pattern, value):
            raise Refused(f"{name}: {written!r} is of another form", where=where, right=declared.right)
    if declared.kind is str and not value:
        raise Refused(f"{name}: is empty", where=where, right=declared.right)
    return value


def _refuse_disorder(written: Mapping[str, _Written]) -> None:
    for names_in_order in ASCENDING:
        for lower, higher in itertools.pairwise(names_in_order):
            if written[lower].value > written[higher].value:
                where = next(each.where for each in _operators_first(written[lower], written[higher]))
                wrong = f"{lower} ({written[lower].value}) is above {higher} ({written[higher].value})"
                raise Refused(wrong, where=where, right=f"lower the one or raise the other ({written[higher].where})")


def _operators_first(*both: _Written) -> list[_Written]:
    return sorted(both, key=lambda each: each.where.startswith(f"{DEFAULTS}:"))


def _section(kind: Any, prefix: str, values: Mapping[str, Any]) -> Any:
    made = {}
    for name, hint in _hints(kind).items():
        full = f"{prefix}{name}"
        made[name] = _section(hint, f"{full}.", values) if is_dataclass(hint) else values[full]
    return kind(**made)


@functools.cache
def _declared() -> dict[str, _Declared]:
    return _declared_in(Settings, "")


def _declared_in(kind: Any, prefix: str) -> dict[str, _Declared]:
    found: dict[str, _Declared] = {}
    for name, hint in _hints(kind).items():
        if is_dataclass(hint):
            found |= _declared_in(hint, f"{prefix}{name}.")
        elif get_origin(hint) is Annotated:
            plain, between = get_args(hint)
            found[f"{prefix}{name}"] = _Declared(plain, between)
        else:
            found[f"{prefix}{name}"] = _Declared(hint, None)
    return found


def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {each.name: hints[each.name] for each in fields(kind) if each.name != "origins"}
