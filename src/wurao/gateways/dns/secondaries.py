"""A resolver that transfers the zones, seen from the primary: told of new serials, and asked which it has in force.

Each `Secondary` has a thread of its own, so that none holds another up. What it should have is set by `want`; it
sends NOTIFY (RFC 1996), asks the resolver as a client would for the serial that each zone carries as a TXT record, and
goes on until the resolver answers with it: a NOTIFY that was lost, a resolver that was away, are made up for by that.
Nothing of what it receives is believed but the serial. Called by the publisher.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rdatatype
import dns.rdtypes.txtbase
import dns.tsigkeyring

from wurao.domains.zone import is_newer
from wurao.gateways.dns.addresses import Address, Key, source_towards
from wurao.gateways.dns.knot import LARGE, RECENT
from wurao.gateways.dns.refusals import BLOCKED
from wurao.gateways.dns.written import last_of, probe_of
from wurao.log import logger

KINDS = ("unbound", "bind", "powerdns", "knot-resolver")
ASKS_EVERY_S = {"powerdns": {RECENT: 1, LARGE: 10}}
"""Kinds that hear no NOTIFY for such zones, and how often they ask for each by themselves, as our snippet has it."""
REMEMBERS_S = {"powerdns": 1}
"""For so long a kind repeats an answer to its clients, and to us, whatever the zones say by then (packetcache-ttl)."""
ASK_EVERY_S, LOOK_EVERY_S, BACK_WITHIN_S = 0.01, 10.0, 1.0
"""While something is wanted that came just now; while all is in force; while it does not answer."""
PATIENTLY = 10
"""What is wanted for long is asked for seldom: the pause is a part of how long it has been. Unbound and BIND log each
answer by policy, our questions among them, and a log is not to be filled by one resolver that has an older list."""
NOTIFY_EVERY_S = 0.5
ANSWERS_WITHIN_S = 0.25
SHORTEST_WAIT_S = 0.001
_log = logger("dns")


@dataclass(frozen=True, slots=True)
class Resolver:
    """What the operator said of one: its kind, where it answers clients, where it is told of changes, its key."""

    name: str
    kind: str
    address: Address
    notified: Address | None = None
    """Where NOTIFY goes, when not to `address`: the agent of a Knot Resolver."""
    transfers_from: str | None = None
    """The address that it transfers from, when not that of `address`."""
    key: Key | None = None
    extended_error: int = BLOCKED
    """What its refusals say beside, where it can (`refusals`)."""

    @property
    def peer(self) -> tuple[str, Key | None]:
        """From where and with what key it may transfer."""
        return self.transfers_from or (self.notified or self.address).host, self.key

    def late_s(self, zone: str) -> int:
        """So much later than others it may have a change of a zone in force, by no fault of its own."""
        return ASKS_EVERY_S.get(self.kind, {}).get(zone, 0) + REMEMBERS_S.get(self.kind, 0)


@dataclass(slots=True)
class Secondary:
    """One resolver: what it should have, and what it answered last."""

    resolver: Resolver
    changed: threading.Condition = field(default_factory=threading.Condition)
    """Notified whenever `has` changes; the publisher waits on one that all share."""
    primary: Address | None = None
    """Where the primary listens: a resolver takes NOTIFY from that address only."""
    wanted: dict[str, int] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)
    """When it was last wanted to have something, or answered with something else, by the monotonic clock."""
    has: dict[str, int] = field(default_factory=dict)
    answered: float = float("-inf")
    """When it last answered, by the monotonic clock."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _turn: int = 0

    def start(self) -> None:
        """Begin to look after it."""
        self._thread = threading.Thread(target=self._run, name=f"dns {self.resolver.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Leave it alone."""
        self._stop.set()
        self._wake.set()
        if self._thread:
            self._thread.join()

    def want(self, zone: str, serial: int) -> None:
        """It should have this serial of a zone."""
        self.wanted[zone] = serial
        self.since = time.monotonic()
        self._wake.set()

    def lacks(self) -> list[str]:
        """The zones in which it is behind what it should have, or says nothing."""
        return [zone for zone, serial in list(self.wanted.items()) if not self.has_at_least(zone, serial)]

    def has_at_least(self, zone: str, serial: int) -> bool:
        """Whether it answered with this serial of a zone or a later one of ours."""
        has, wanted = self.has.get(zone), self.wanted.get(zone, serial)
        return has is not None and (has == serial or is_newer(has, serial)) and not is_newer(has, wanted)

    def behind(self) -> str:
        """What it has and what it should have, where these differ, as a person reads it."""
        return "; ".join(
            f"{zone}: has {written_out(self.has.get(zone))}, wanted {written_out(self.wanted[zone])}"
            for zone in self.lacks()
        )

    def ahead(self) -> int | None:
        """A serial that it has and that is past what it should have: of a primary before this one, or of no one."""
        for zone, wanted in list(self.wanted.items()):
            has = self.has.get(zone)
            if has is not None and is_newer(has, wanted):
                return has
        return None

    def _run(self) -> None:
        notified: dict[str, tuple[int, float]] = {}
        while not self._stop.is_set():
            for zone in self.lacks():
                serial, at = notified.get(zone, (-1, 0.0))
                now = time.monotonic()
                if serial != self.wanted[zone] or now - at > NOTIFY_EVERY_S:
                    notified[zone] = (self.wanted[zone], now)
                    self._notify(zone)
            self._look()
            if self._wake.wait(pause_s(time.monotonic() - self.since, bool(self.lacks()), bool(self.has))):
                self._wake.clear()

    def _look(self) -> None:
        """Ask for the serials: of all that is lacking, else of one zone after the other."""
        for zone in self.lacks() or self._next():
            serial = ask_serial(self.resolver.address, probe_of(zone))
            if serial is None:
                if time.monotonic() - self.answered > ANSWERS_WITHIN_S:
                    self._note(zone, None)
                return
            self.answered = time.monotonic()
            if self._has_taken_up(zone, serial):
                self._note(zone, serial)

    def _has_taken_up(self, zone: str, serial: int) -> bool:
        """Whether it answers by all of what is wanted, once it has it; of what is not wanted nobody needs to know."""
        if serial != self.wanted.get(zone) or serial == self.has.get(zone):
            return True
        return ask_serial(self.resolver.address, last_of(zone, serial)) == serial

    def _next(self) -> list[str]:
        """The zone whose turn it is, where any is wanted."""
        self._turn += 1
        zones = list(self.wanted)
        return [zones[self._turn % len(zones)]] if zones else []

    def _note(self, zone: str, serial: int | None) -> None:
        if self.has.get(zone) == serial:
            return
        with self.changed:
            if serial is None:
                self.has.clear()
            else:
                self.has[zone] = serial
            self.since = time.monotonic()
            self.changed.notify_all()

    def _notify(self, zone: str) -> None:
        """Tell it that a zone has changed; whether it heard shows in what it answers."""
        message = dns.message.make_query(zone, dns.rdatatype.SOA)
        message.flags = dns.flags.AA
        message.set_opcode(dns.opcode.NOTIFY)
        key = self.resolver.key
        if key:
            message.use_tsig({dns.name.from_text(key.name): _secret(key)})
        there = self.resolver.notified or self.resolver.address
        source = source_towards(self.primary, there) if self.primary else None
        with suppress(OSError), _udp(there, source) as sender:
            sender.send(message.to_wire())


def pause_s(waited_s: float, lacks: bool, answers: bool) -> float:
    """How long to wait before the next question, by how long it is since something was wanted, or came."""
    if not lacks:
        return LOOK_EVERY_S
    return min(max(waited_s / PATIENTLY, ASK_EVERY_S), LOOK_EVERY_S if answers else BACK_WITHIN_S)


def written_out(serial: int | None) -> str:
    """A serial as logs have it: in groups, since a log hides longer runs of digits as somebody's telephone number."""
    return "none" if serial is None else f"{serial:,}"


def ask_serial(address: Address, name: str) -> int | None:
    """The serial of a zone that a resolver has, by a name in it that says so; null where it says none in time."""
    answer = _answer(address, name)
    return None if answer is None else _serial_in(answer)


def _answer(address: Address, name: str) -> dns.message.Message | None:
    question = dns.message.make_query(name, dns.rdatatype.TXT, id=secrets.randbelow(1 << 16), use_edns=False)
    with suppress(OSError), _udp(address) as client:
        client.send(question.to_wire())
        until = time.monotonic() + ANSWERS_WITHIN_S
        while (left := until - time.monotonic()) > 0:
            client.settimeout(max(left, SHORTEST_WAIT_S))
            answer = _read(client.recv(65535))
            if answer is not None and question.is_response(answer):
                return answer
    return None


def _read(wire: bytes) -> dns.message.Message | None:
    try:
        return dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return None


def _serial_in(answer: dns.message.Message) -> int | None:
    for rrset in answer.answer:
        for record in rrset:
            if isinstance(record, dns.rdtypes.txtbase.TXTBase):
                text = b"".join(record.strings)
                if text.isdigit() and len(text) <= 10 and int(text) < 1 << 32:
                    return int(text)
    return None


def _secret(key: Key) -> dns.tsig.Key:
    return dns.tsig.Key(key.name, key.secret, key.algorithm)


def _udp(address: Address, source: str | None = None) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if source:
            made.bind((source, 0))
        made.connect(address.pair)
    except OSError:
        made.close()
        raise
    return made
