"""What an operator says of primary and resolvers, in `dns/resolvers.toml` of the data directory; and their keys.

`read_plan` reads the file, and makes a key for each resolver that can use one, kept in `dns/keys.toml`, mode 0600. A
file that is not there is a primary on loopback without resolvers. Called by the commands.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wurao.errors import Refused
from wurao.gateways.dns.addresses import Address, Key
from wurao.gateways.dns.refusals import BLOCKED, CODES, FILTERED, SAYERS
from wurao.gateways.dns.secondaries import KINDS, Resolver

USUAL_LISTEN = "127.0.0.1@5300"
SIGNS = ("bind", "powerdns", "knot-resolver")
"""The kinds that transfer with a key; Unbound 1.17 cannot, and is known by its address."""
LONGEST_KEY_NAME = 40
"""Characters of a resolver's name that the name of its key has, as far as they are letters and digits."""
_FIELDS = {"name", "kind", "address", "notified", "transfers_from", "extended_error"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the primary listens, and for whom."""

    listen: Address
    resolvers: tuple[Resolver, ...]

    @property
    def peers(self) -> list[tuple[str, Key | None]]:
        """Who may transfer."""
        return [each.peer for each in self.resolvers]


def read_plan(file: Path, keys: Path) -> Plan:
    """The plan of a file. Raises Refused with the file and what would be right."""
    try:
        told = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(
            f"cannot be read: {error}", where=str(file), right="write it as docs/how-to/resolvers.md"
        ) from error
    _refuse_strange(told, {"listen", "resolver"}, str(file))
    each = told.get("resolver", [])
    if not isinstance(each, list) or not all(isinstance(one, dict) for one in each):
        raise Refused("resolver is no list of tables", where=str(file), right="write each under [[resolver]]")
    known = _Keys(keys)
    resolvers = tuple(_resolver(one, f"{file} resolver {n}", known) for n, one in enumerate(each, start=1))
    if len({resolver.name for resolver in resolvers}) < len(resolvers):
        raise Refused("two resolvers have one name", where=str(file), right="give each a name of its own")
    return Plan(_address(told.get("listen", USUAL_LISTEN), f"{file} listen"), resolvers)


def _resolver(told: dict[str, Any], where: str, keys: _Keys) -> Resolver:
    _refuse_strange(told, _FIELDS, where)
    for name in ("name", "kind", "address"):
        if not isinstance(told.get(name), str):
            raise Refused(f"{name} is missing", where=where, right=f'write {name} = "…"')
    if told["kind"] not in KINDS:
        raise Refused(f"{told['kind']!r} is no kind of resolver", where=where, right=f"write {', '.join(KINDS)}")
    notified = told.get("notified")
    if told["kind"] == "knot-resolver" and notified is None:
        right = 'write notified = "…", where its agent hears NOTIFY (wurao domains agent --listen)'
        raise Refused("notified is missing", where=where, right=right)
    return Resolver(
        told["name"],
        told["kind"],
        _address(told["address"], f"{where} address"),
        _address(notified, f"{where} notified") if notified is not None else None,
        _address(told["transfers_from"], where).host if "transfers_from" in told else None,
        keys.of(told["name"]) if told["kind"] in SIGNS else None,
        _extended_error(told, where),
    )


def _extended_error(told: dict[str, Any], where: str) -> int:
    """What its refusals say beside."""
    code = told.get("extended_error", BLOCKED)
    if isinstance(code, bool) or code not in CODES:
        right = f"write {BLOCKED} (blocked for everybody), or {FILTERED} where it serves only those who asked for it"
        raise Refused(f"{code!r} is no extended_error", where=where, right=right)
    if "extended_error" in told and told["kind"] not in SAYERS:
        raise Refused(f"{told['kind']} says no extended_error", where=where, right="leave it out")
    return int(code)


def _address(written: object, where: str) -> Address:
    try:
        return Address.read(str(written))
    except Refused as error:
        raise Refused(error.wrong, where=where, right=error.right) from error


def _refuse_strange(told: dict[str, Any], known: set[str], where: str) -> None:
    if strange := sorted(told.keys() - known):
        raise Refused(f"there is no {strange[0]}", where=where, right=f"write some of {', '.join(sorted(known))}")


def read_keys(file: Path) -> dict[str, Key]:
    """The keys of a file, by name. Raises Refused."""
    try:
        told = tomllib.loads(file.read_text("utf-8"))
        return {name: Key(name, **fields) for name, fields in told.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        right = "put it back, or move it away and give every resolver its new key"
        raise Refused(f"cannot be read: {error}", where=str(file), right=right) from error


def resolver_named(plan: Plan, kind: str, name: str | None, keys: Path) -> Resolver:
    """A resolver of the plan by kind and name; one that is not in it yet where no name is given. Raises Refused."""
    for each in plan.resolvers:
        if each.kind == kind and name in (None, each.name):
            return each
    if name is not None:
        known = ", ".join(each.name for each in plan.resolvers if each.kind == kind) or "none"
        raise Refused(f"the plan has no {kind} called {name!r}", right=f"it has {known}; add it to resolvers.toml")
    return Resolver(kind, kind, plan.listen, key=_Keys(keys).of(kind) if kind in SIGNS else None)


class _Keys:
    """The keys of the resolvers, made when first asked for."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keys = read_keys(file) if file.exists() else {}

    def of(self, name: str) -> Key:
        """The key of a resolver."""
        called = "wurao-" + "".join(each if each.isascii() and each.isalnum() else "-" for each in name.lower())
        called = called[:LONGEST_KEY_NAME].rstrip("-")
        if not name.isascii() or len(name) > LONGEST_KEY_NAME:
            # Of 太原一 and 太原二 nothing is left, and yet each has a key of its own.
            called += f"-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        if called not in self._keys:
            self._keys[called] = Key.new(called)
            self._write()
        return self._keys[called]

    def _write(self) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._file.with_name(f"{self._file.name}.partial")
        beside.unlink(missing_ok=True)
        lines = ["# Written by wurao domains: keep it to yourself.\n"]
        for key in self._keys.values():
            lines.append(f'["{key.name}"]\nalgorithm = "{key.algorithm}"\nsecret = "{key.secret}"\n')
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("".join(lines))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self._file)
