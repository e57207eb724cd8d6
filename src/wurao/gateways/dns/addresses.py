"""Where a server listens, and the key by which two of them know each other (TSIG, RFC 8945).

`Address` reads what an operator writes, `Key` is checked when it is made; both are written as each server's
configuration wants them. Used by all of this room.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import secrets
from dataclasses import dataclass

from wurao.errors import MachineFailed, Refused

DNS_PORT = 53
ALGORITHMS = ("hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512")
_KEY_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,60}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Address:
    """An address and a port."""

    host: str
    port: int = DNS_PORT

    def __post_init__(self) -> None:
        right = "write an address such as 192.0.2.1, 192.0.2.1@5300 or 2001:db8::1@5300"
        try:
            ipaddress.ip_address(self.host)
        except ValueError as error:
            raise Refused(f"{self.host!r} is no address", right=right) from error
        if not 0 < self.port < 65536:
            raise Refused(f"{self.port} is no port", right=right)

    @classmethod
    def read(cls, written: str) -> Address:
        """`address`, or `address@port`. Raises Refused."""
        host, at, port = written.partition("@")
        if at and not (port.isascii() and port.isdigit()):
            raise Refused(f"{written!r} is no address", right="write it as 192.0.2.1@5300")
        return cls(host, int(port) if at else DNS_PORT)

    def __str__(self) -> str:
        return f"{self.host}@{self.port}"

    def for_knot(self) -> str:
        """As Knot and Unbound write it."""
        return str(self)

    @property
    def pair(self) -> tuple[str, int]:
        """As a socket takes it."""
        return self.host, self.port


def cannot_listen(there: Address, error: OSError) -> MachineFailed:
    """What is raised where a socket cannot be bound."""
    right = "take an address of this machine, and a port that nobody else has"
    return MachineFailed(f"cannot listen: {error.strerror or error}", where=str(there), right=right)


def source_towards(own: Address, there: Address) -> str | None:
    """From which address a server that listens at its own speaks to another, which may know it by that address alone.

    Null where the kernel has to choose: it listens at every address, or at none from which the other can be reached.
    """
    source, target = ipaddress.ip_address(own.host), ipaddress.ip_address(there.host)
    is_stuck = source.is_loopback and not target.is_loopback
    return None if source.is_unspecified or source.version != target.version or is_stuck else own.host


@dataclass(frozen=True, slots=True)
class Key:
    """A secret that two servers share."""

    name: str
    secret: str
    """Base64."""
    algorithm: str = "hmac-sha256"

    def __post_init__(self) -> None:
        if not _KEY_NAME.fullmatch(self.name):
            raise Refused(f"{self.name!r} is no name of a key", right="write small letters, digits and hyphens")
        if self.algorithm not in ALGORITHMS:
            raise Refused(
                f"{self.algorithm!r} is no algorithm", where=self.name, right=f"write {', '.join(ALGORITHMS)}"
            )
        try:
            long_enough = len(base64.b64decode(self.secret, validate=True)) >= 16
        except (binascii.Error, ValueError):
            long_enough = False
        if not long_enough:
            raise Refused("the secret is no Base64 of 16 octets or more", where=self.name, right="make one anew")

    @classmethod
    def new(cls, name: str) -> Key:
        """A fresh one."""
        return cls(name, base64.b64encode(secrets.token_bytes(32)).decode())

    def __repr__(self) -> str:
        return f"Key({self.name!r}, …)"
