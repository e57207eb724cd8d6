"""What `fuzz_targets` tries of the resolvers' room: logs, dnstap, messages to the agent, the warning page."""

from __future__ import annotations

import functools
import shutil
import struct
import tempfile
from pathlib import Path

import dns.flags
import dns.message
import dns.opcode
import dns.rcode

from benchmarks.ground import Ground
from wurao.errors import Refused
from wurao.gateways.dns.agent import Agent
from wurao.gateways.dns.hits import collect
from wurao.gateways.dns.knot import RECENT
from wurao.gateways.dns.loopback import free_address
from wurao.gateways.dns.warning_page import page

LONGEST_ANSWER = 4096


def logs(ground: Ground) -> list[bytes]:
    """A line of each kind of log, and a stream of dnstap."""
    unbound = (
        "[17960670] unbound[1:0] info: rpz: applied [wurao] a.example. rpz-nxdomain 192.0.2.7@33 a.example. A IN\n"
    )
    bind = (
        "2026-11-30T19:30:31.250Z rpz: info: client @0x7f 192.0.2.7#48 (a.example): "
        "rpz QNAME NXDOMAIN rewrite a.example/A/IN via a.example.list.wurao\n"
    )
    knot = "[policy] wurao refused a.example. A for 192.0.2.7#5353 at 1796067031\n"
    answer = dns.message.make_response(dns.message.make_query("a.example", "A", use_edns=0))
    answer.set_rcode(dns.rcode.NXDOMAIN)
    wire = answer.to_wire()
    told = b"\x08\x06\x60\x01\x6d\0\0\0\0\x72" + bytes([len(wire)]) + wire
    frame = b"\x72" + bytes([len(told)]) + told
    stream = struct.pack(">III", 0, 4, 2) + struct.pack(">I", len(frame)) + frame
    return [unbound.encode(), bind.encode(), knot.encode(), stream]


def read_log(data: bytes, directory: Path) -> bool:
    """Collect the hits of a log; whether it held one."""
    log, out = directory / "resolver.log", directory / "hits"
    log.write_bytes(data)
    shutil.rmtree(out, ignore_errors=True)
    try:
        return collect([log], out, lambda name: True).hits > 0
    except Refused:
        return False


def messages(ground: Ground) -> list[bytes]:
    """A NOTIFY, which is all that the agent answers."""
    notify = dns.message.make_query(RECENT, "SOA")
    notify.flags = dns.flags.AA
    notify.set_opcode(dns.opcode.NOTIFY)
    return [notify.to_wire()]


def hear(data: bytes, directory: Path) -> bool:
    """Hand a message to the agent; whether it answered."""
    answer = _agent().answer(data)
    if answer is not None and len(answer) > LONGEST_ANSWER:
        raise AssertionError("an answer as long as that is a weapon")
    return answer is not None


def hosts(ground: Ground) -> list[bytes]:
    """What browsers send."""
    return [b"www.fraud.example:80", b"<script>alert(1)</script>", b"[2001:db8::1]:80"]


def show_host(data: bytes, directory: Path) -> bool:
    """Write the warning page for a host; nothing in it may become a tag."""
    text = page(data.decode("latin-1"), "here")
    if text.count("<") != page("a.example", "here").count("<"):
        raise AssertionError("a host became a tag")
    return True


@functools.cache
def _agent() -> Agent:
    return Agent(free_address(), free_address(), Path(tempfile.gettempdir()))
