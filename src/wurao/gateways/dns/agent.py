"""The agent beside a Knot Resolver, which reads response-policy zones from files and transfers none itself.

An `Agent` is a small secondary: it hears NOTIFY (RFC 1996), transfers a zone when its serial has moved on, by IXFR
where it knows an earlier one and whole otherwise, writes it as a file and renames that into place; Knot Resolver
watches the file. Messages that are no DNS, or not for it, are passed over; nothing is believed without the primary's
key. Called by `wurao domains agent`.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import dns.versioned
import dns.xfr
import dns.zone

from wurao.domains import NXDOMAIN, PASSTHRU
from wurao.gateways.dns.addresses import Address, Key, cannot_listen, source_towards
from wurao.gateways.dns.knot import ZONES
from wurao.log import logger

LOOK_EVERY_S = 60.0
AGAIN_S = 5.0
"""After a transfer that failed."""
TRANSFER_S = 300.0
WAITS_S = 5.0
LONGEST = 65_535
_log = logger("dns")


class Agent:
    """A secondary whose zones are files."""

    def __init__(self, primary: Address, listen: Address, directory: Path, key: Key | None = None) -> None:
        """Transfer from a primary, hear its NOTIFY at `listen`, keep the files in a directory."""
        self.primary, self.listen, self.directory = primary, listen, directory
        self._source = source_towards(listen, primary)
        self.key = dns.tsig.Key(key.name, key.secret, key.algorithm) if key else None
        self._zones: dict[str, dns.versioned.Zone] = {}
        self._due = dict.fromkeys(ZONES, 0.0)
        self._wrong: dict[str, str] = {}
        """Why a zone could not be transferred last, while that lasts; told once."""
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_INET6 if ":" in listen.host else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind(listen.pair)
        except OSError as error:
            self._socket.close()
            raise cannot_listen(listen, error) from error

    def file(self, zone: str) -> Path:
        """Where the text of a zone is put."""
        return self.directory / f"{zone}.rpz"

    def run(self) -> None:
        """Serve until `stop`. Files of zones that were never transferred are empty zones, so that kresd can start."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for zone in ZONES:
            if not self.file(zone).exists():
                self._put(zone, ["@ 5 SOA wurao.invalid. nobody.invalid. 0 60 10 604800 5\n"])
        while not self._stop.is_set():
            for zone in ZONES:
                if time.monotonic() >= self._due[zone]:
                    self._due[zone] = time.monotonic() + (LOOK_EVERY_S if self.look(zone) else AGAIN_S)
            self._hear(max(0.01, min(self._due.values()) - time.monotonic()))
        self._socket.close()

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()
        with socket.socket(self._socket.family, socket.SOCK_DGRAM) as own:
            own.sendto(b"", self.listen.pair)

    def look(self, zone: str) -> bool:
        """Transfer a zone where the primary has a later one; whether the primary could be asked."""
        try:
            if self._transfer(zone):
                self._put(zone, _lines(self._zones[zone]))
        except (dns.exception.DNSException, OSError, EOFError) as error:
            wrong = repr(error)
            if wrong != self._wrong.get(zone):
                _log.error("no transfer; resolvers keep what they have", alarm=True, zone=zone, wrong=wrong)
            self._wrong[zone] = wrong
            return False
        if self._wrong.pop(zone, None):
            _log.info("transfers again", zone=zone)
        return True

    def answer(self, wire: bytes) -> bytes | None:
        """The answer to a message that came, null where it deserves none; a NOTIFY has its zone looked at."""
        keyring = {self.key.name: self.key} if self.key else None
        try:
            message = dns.message.from_wire(wire, keyring=keyring)
        except (dns.exception.DNSException, ValueError):
            return None
        if message.flags & dns.flags.QR or message.opcode() != dns.opcode.NOTIFY or len(message.question) != 1:
            return None
        zone = message.question[0].name.to_text(omit_final_dot=True).lower()
        answer = dns.message.make_response(message)
        if zone not in ZONES or (self.key and not message.had_tsig):
            answer.set_rcode(dns.rcode.REFUSED)
        else:
            answer.flags |= dns.flags.AA
            self._due[zone] = 0.0
        return answer.to_wire()

    def _hear(self, wait_s: float) -> None:
        """Take one message, or none within so long."""
        self._socket.settimeout(min(wait_s, LOOK_EVERY_S))
        try:
            wire, sender = self._socket.recvfrom(LONGEST)
            if (answer := self.answer(wire)) is not None:
                self._socket.sendto(answer, sender)
        except OSError:
            return

    def _transfer(self, name: str) -> bool:
        """Bring a zone up to date; whether it changed."""
        known = self._zones.get(name)
        zone = known or dns.versioned.Zone(dns.name.from_text(name))
        serial = _serial_of(zone)
        if serial is not None and self._asked_serial(name) == serial:
            return False
        query, _ = dns.xfr.make_query(zone, serial, keyring={self.key.name: self.key} if self.key else None)
        dns.query.inbound_xfr(
            self.primary.host,
            zone,
            query,
            self.primary.port,
            timeout=WAITS_S,
            lifetime=TRANSFER_S,
            source=self._source,
        )
        zone.set_max_versions(1)
        self._zones[name] = zone
        return _serial_of(zone) != serial

    def _asked_serial(self, name: str) -> int | None:
        query = dns.message.make_query(name, dns.rdatatype.SOA)
        if self.key:
            query.use_tsig({self.key.name: self.key})
        answer = dns.query.tcp(query, self.primary.host, WAITS_S, self.primary.port, source=self._source)
        for rrset in answer.answer:
            if rrset.rdtype == dns.rdatatype.SOA:
                return int(rrset[0].serial)
        return None

    def _put(self, zone: str, lines: list[str] | Iterator[str]) -> None:
        beside = self.file(zone).with_suffix(".partial")
        with beside.open("w", encoding="ascii") as out:
            out.write(f"$ORIGIN {zone}.\n")
            out.writelines(lines)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, self.file(zone))


def _lines(zone: dns.versioned.Zone) -> Iterator[str]:
    """The zone as Knot Resolver reads it: SOA first, and no name leads elsewhere, which it does not know."""
    with zone.reader() as reader:
        apex = dns.name.empty
        yield f"@ 5 SOA {reader.get(apex, dns.rdatatype.SOA)[0].to_text()}\n"
        for owner, rdataset in reader.iterate_rdatasets():
            for record in rdataset:
                if rdataset.rdtype == dns.rdatatype.CNAME:
                    target = record.target.to_text()
                    yield f"{owner} {rdataset.ttl} CNAME {target if target in (NXDOMAIN, PASSTHRU) else NXDOMAIN}\n"
                elif rdataset.rdtype == dns.rdatatype.TXT:
                    yield f"{owner} {rdataset.ttl} TXT {record.to_text()}\n"


def _serial_of(zone: dns.versioned.Zone) -> int | None:
    with zone.reader() as reader:
        found = reader.get(dns.name.empty, dns.rdatatype.SOA)
        return int(found[0].serial) if found else None
