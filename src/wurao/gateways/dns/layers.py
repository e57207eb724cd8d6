"""Two zones for one list: a large one that is written seldom, and a recent one ahead of it that says what differs.

`Layers` takes the list as the large zone was written by it, then every name listed or released since; out come the
records of the recent zone. A resolver asks the recent zone first, and what it says there, block or pass, ends it.
Called by the publisher.

What a wildcard matches is the hard part (RFC 4592): `*.a.example` says nothing of names below `b.a.example` once any
name at or below `b.a.example` has a record in the same zone. So every name between two that the recent zone speaks of
is spoken of too, name and wildcard both. What the large zone does not block is never passed explicitly: a pass would
also end what the operator's own zones behind ours say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wurao.domains import Entries

Large = dict[str, bool]
"""The names of a large zone, and which are listed with all below."""
Stands = Callable[[str], bool | None]
"""How a name is listed: with all below, alone (false), or not at all."""


class Said(NamedTuple):
    """What the recent zone says of a name, or of all below it."""

    name: str
    wildcard: bool
    blocked: bool
    """Else passed."""


def no_entries() -> Entries:
    """An empty list."""
    return Entries(pa.array([], pa.string()), np.zeros(0, bool))


class Layers:
    """The list of the large zone, and what was listed and released since."""

    def __init__(self, large: Entries, said: Iterable[Said] = ()) -> None:
        """Begin with the large zone as it was written: no name below one that is listed with all below.

        What the recent zone `said` last is spoken of until `replaced`: a resolver may yet have an older large one.
        """
        self._base = large
        self._large: Large = _by_name(large)
        self._older: Large = {}
        self._now: dict[str, bool | None] = {}
        for each in said:
            self._older[each.name] = self._older.get(each.name, False) or each.wildcard
        self._touched: set[str] = set(self._older)
        self._is_replacing = bool(self._older)

    def __len__(self) -> int:
        """How many names the recent zone speaks of, beside those between them."""
        return len(self._now.keys() | self._touched)

    @property
    def differs(self) -> bool:
        """Whether the list is another than the large zone was written by."""
        return bool(self._now)

    @property
    def is_replacing(self) -> bool:
        """Whether the recent zone speaks of what resolvers with an older large zone lack, too."""
        return self._is_replacing

    def put(self, entries: Entries) -> None:
        """List names."""
        for name, below in zip(entries.names.to_pylist(), entries.below.tolist(), strict=True):
            self._set(name, below)

    def take(self, entries: Entries) -> None:
        """Release names."""
        for name in entries.names.to_pylist():
            self._set(name, None)

    def entries(self) -> Entries:
        """Every name listed now: what the large zone is written of next."""
        keeps = ~np.asarray(pc.is_in(self._base.names, value_set=pa.array(list(self._now), pa.string())), bool)
        kept = self._base.taken(keeps)
        come = [(name, below) for name, below in self._now.items() if below is not None]
        names = pa.concat_arrays([kept.names, pa.array([name for name, _ in come], pa.string())])
        return Entries(names, np.concatenate([kept.below, np.array([below for _, below in come], bool)]))

    def replace(self, entries: Entries) -> None:
        """Another large zone is on its way to the resolvers, and the list is what it was written by.

        Until all have it the recent zone is right above the new one, and above the old one in all that was recent
        before or has changed since: `replaced` ends this.
        """
        self._touched |= self._now.keys()
        self._older = {**self._older, **self._large} if self._is_replacing else self._large
        self._base, self._large, self._now, self._is_replacing = entries, _by_name(entries), {}, True

    def replaced(self) -> None:
        """Every resolver has the new large zone."""
        self._older, self._touched, self._is_replacing = {}, set(), False

    def records(self) -> Iterator[Said]:
        """What the recent zone has to say, in the order of the names."""
        for name in sorted(self._nodes()):
            if _is_blocked(self._stands, name):
                yield Said(name, False, True)
            elif any(_is_blocked(large.get, name) for large in (self._large, self._older)):
                yield Said(name, False, False)
            if _is_below(self._stands, name):
                yield Said(name, True, True)
            elif any(_is_below(large.get, name) for large in (self._large, self._older)):
                yield Said(name, True, False)

    def is_blocked(self, name: str) -> bool:
        """Whether a look-up of the name is refused, by the list as it is now."""
        return _is_blocked(self._stands, name)

    def _stands(self, name: str) -> bool | None:
        return self._now[name] if name in self._now else self._large.get(name)

    def _set(self, name: str, below: bool | None) -> None:
        if self._is_replacing:
            self._touched.add(name)
        if self._large.get(name) == below:
            self._now.pop(name, None)
        else:
            self._now[name] = below

    def _nodes(self) -> set[str]:
        """The names that the recent zone speaks of."""
        nodes = self._now.keys() | self._touched
        for name in tuple(nodes):
            between: list[str] = []
            for above in _above(name):
                if above in nodes:
                    nodes.update(between)
                    between = []
                else:
                    between.append(above)
        return nodes


def _by_name(entries: Entries) -> Large:
    return dict(zip(entries.names.to_pylist(), entries.below.tolist(), strict=True))


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _is_below(stands: Stands, name: str) -> bool:
    return bool(stands(name)) or any(stands(above) for above in _above(name))


def _is_blocked(stands: Stands, name: str) -> bool:
    return stands(name) is not None or _is_below(stands, name)
