"""dnstap: what any resolver can tell of its answers, as protocol buffers in frame streams (dnstap.info, fstrm).

A stream is frames of a length and as many octets; length 0 announces a control frame. Of a frame only four fields are
read, so a decoder of forty lines does for what a library and its generated code would: message type CLIENT_RESPONSE,
its time, and the answer. A refusal of ours is known by the extended error 15 or 17 in it, or by the warning page that
it leads to or, from resolvers that send neither, by the list: NXDOMAIN for a name that it blocks. Where the list is
known, what is not on it is never ours: others refuse with such an error too.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import IO

import dns.edns
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from wurao.gateways.dns.hits.hit import MICROSECONDS, Hit, NoHit, name_asked
from wurao.gateways.dns.refusals import CODES

BEGINS = b"\0\0\0\0"
"""A stream begins with a control frame."""
LONGEST = 1 << 20
CLIENT_RESPONSE = 6
_CONTROL_TYPE = b"protobuf:dnstap.Dnstap"
_MESSAGE, _KIND, _SECONDS, _NANOSECONDS, _RESPONSE = 14, 1, 12, 13, 14
IsBlocked = Callable[[str], bool]


def frames(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The data frames of a stream, each with where it ends. A cut one ends it. Raises NoHit for what is no stream."""
    place = file.tell()
    while len(head := file.read(4)) == 4:
        (length,) = struct.unpack(">I", head)
        is_control = length == 0
        if is_control:
            head = file.read(4)
            if len(head) < 4:
                return
            (length,) = struct.unpack(">I", head)
            place += 4
        if length > LONGEST:
            raise NoHit(f"has a frame of {length:,} octets")
        data = file.read(length)
        if len(data) < length:
            return
        place += 4 + length
        yield place, b"" if is_control else data


def hit(frame: bytes, is_blocked: IsBlocked | None, warning_page: str | None = None) -> Hit | None:
    """What a frame says; null where it is no answer to a client, or no refusal of ours. Raises NoHit."""
    message = _fields(_octets(_fields(frame).get(_MESSAGE, b"")))
    if message.get(_KIND) != CLIENT_RESPONSE:
        return None
    try:
        answer = dns.message.from_wire(_octets(message.get(_RESPONSE, b"")))
    except (dns.exception.DNSException, ValueError) as error:
        raise NoHit("holds no DNS message") from error
    if len(answer.question) != 1:
        return None
    name = name_asked(answer.question[0].name.to_text())
    if name is None or (is_blocked is not None and not is_blocked(name)):
        return None
    is_gone = is_blocked is not None and answer.rcode() == dns.rcode.NXDOMAIN
    if not (is_gone or _says_so(answer) or _leads_to(answer, warning_page)):
        return None
    at = _number(message.get(_SECONDS, 0)) * MICROSECONDS
    nanoseconds = _octets(message.get(_NANOSECONDS, b"\0\0\0\0"))
    if not 0 <= at < 1 << 52 or len(nanoseconds) != 4:
        raise NoHit("is no time of our days")
    return Hit(at + int.from_bytes(nanoseconds, "little") // 1000, name)


def _says_so(answer: dns.message.Message) -> bool:
    return any(isinstance(each, dns.edns.EDEOption) and each.code in CODES for each in answer.options)


def _leads_to(answer: dns.message.Message, warning_page: str | None) -> bool:
    """Whether the name that was asked for leads to our page."""
    if warning_page is None:
        return False
    page, asked = dns.name.from_text(warning_page), answer.question[0].name
    leads = (each for each in answer.answer if each.rdtype == dns.rdatatype.CNAME and each.name == asked)
    return any(record.target == page for rrset in leads for record in rrset)


def _fields(data: bytes) -> dict[int, int | bytes]:
    """The fields of a protocol buffer, the last of each number. Raises NoHit where it is none."""
    found: dict[int, int | bytes] = {}
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        match key & 7:
            case 0:
                found[key >> 3], place = _varint(data, place)
                continue
            case 1:
                end = place + 8
            case 5:
                end = place + 4
            case 2:
                length, place = _varint(data, place)
                end = place + length
            case _:
                raise NoHit("is no protocol buffer")
        if end > len(data):
            raise NoHit("is cut short")
        found[key >> 3], place = data[place:end], end
    return found


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise NoHit("is cut short")
        octet = data[place]
        place += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:
            return value, place
    raise NoHit("is no protocol buffer")


def _octets(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise NoHit("is no dnstap message")
    return value


def _number(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise NoHit("is no dnstap message")
    return value
