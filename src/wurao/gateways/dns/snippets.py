"""What to put into a resolver's own configuration so that it takes the list: a text for each kind.

`snippet` writes it for a resolver of the plan. Each orders the recent zone before the large one, logs what it refused
for `wurao domains hits`, and takes the list as soon as it is told. Called by `wurao domains resolver-config`, and by
the demo and the tests, which run real resolvers by it.
"""

from __future__ import annotations

from pathlib import Path

from wurao.gateways.dns.addresses import Address
from wurao.gateways.dns.knot import ZONES
from wurao.gateways.dns.secondaries import ASKS_EVERY_S, REMEMBERS_S, Resolver

BLOCKED = 15
"""RFC 8914: Blocked."""
LOG_NAME = "wurao"
KEPT_IN = {"unbound": Path("/var/lib/unbound"), "knot-resolver": Path("/var/lib/wurao-dns")}
"""Where the zones lie as files: Unbound's own, in the directory that Debian lets it write to, and the agent's."""


def snippet(
    resolver: Resolver,
    primary: Address,
    explanation: str,
    directory: Path | None = None,
) -> str:
    """The configuration of one resolver that transfers from a primary; `directory`, where its files lie."""
    match resolver.kind:
        case "unbound":
            return _unbound(primary, directory or KEPT_IN[resolver.kind])
        case "bind":
            return _bind(resolver, primary)
        case "powerdns":
            return _powerdns(resolver, primary, explanation)
    return _knot_resolver(directory or KEPT_IN[resolver.kind], explanation)


def _unbound(primary: Address, directory: Path) -> str:
    lines = [
        "# Wurao 勿扰, for unbound.conf of Unbound 1.17 or later, which transfers without TSIG, known by its address.",
        "# `respip` must come first among the modules:",
        "server:",
        '    module-config: "respip validator iterator"',
    ]
    for zone in ZONES:
        lines += [
            "rpz:",
            f"    name: {zone}",
            f"    primary: {primary}",
            f'    zonefile: "{directory / zone}.zone"',
            "    rpz-log: yes",
            f'    rpz-log-name: "{LOG_NAME}"',
        ]
    return "\n".join(lines) + "\n"


def _bind(resolver: Resolver, primary: Address) -> str:
    key = resolver.key
    lines = ["// Wurao 勿扰, for named.conf of BIND 9.18 or later."]
    if key:
        lines += [f'key "{key.name}" {{ algorithm {key.algorithm}; secret "{key.secret}"; }};']
    keyed = f' key "{key.name}"' if key else ""
    for zone in ZONES:
        lines += [
            f'zone "{zone}" {{',
            "    type secondary;",
            f"    primaries {{ {primary.host} port {primary.port}{keyed}; }};",
            f"    allow-notify {{ {primary.host}; }};",
            f'    file "{zone}.db";',
            "    allow-query { none; };",
            "    allow-transfer { none; };",
            "};",
        ]
    lines += [
        "// Into options { … }; our zones before others of yours, or behind what must never be blocked:",
        "//     response-policy {",
        *(f'//         zone "{zone}" max-policy-ttl 5 min-update-interval 0 log yes;' for zone in ZONES),
        "//     } qname-wait-recurse no break-dnssec yes;",
        "// and for `wurao domains hits`, into logging { … };",
        '//     channel wurao { file "rpz.log" versions 5 size 100m; print-time iso8601-utc; print-category yes; };',
        "//     category rpz { wurao; };",
    ]
    return "\n".join(lines) + "\n"


def _powerdns(resolver: Resolver, primary: Address, explanation: str) -> str:
    key = resolver.key
    host = f"[{primary.host}]" if ":" in primary.host else primary.host
    signed = f', tsigname="{key.name}", tsigalgo="{key.algorithm}", tsigsecret="{key.secret}"' if key else ""
    lines = [
        "-- Wurao 勿扰, for the lua-config-file of PowerDNS Recursor 4.5 or later. It hears no NOTIFY for such zones:",
        "-- it asks for changes every second, and for the large zone every ten. recursor.conf needs",
        f"--     packetcache-ttl={REMEMBERS_S['powerdns']}",
        "-- or it repeats what it answered before, refusals too, for up to an hour after the change.",
    ]
    for zone, refresh_s in ASKS_EVERY_S["powerdns"].items():
        told = f'extendedErrorCode={BLOCKED}, extendedErrorExtra="{_lua(explanation)}"'
        lines.append(
            f'rpzPrimary("{host}:{primary.port}", "{zone}", {{policyName="{zone}", refresh={refresh_s}, '
            f"zoneSizeHint=1000000, maxTTL=5, {told}{signed}}})"
        )
    return "\n".join(lines) + "\n"


def _knot_resolver(directory: Path, explanation: str) -> str:
    text = _KNOT_RESOLVER.replace("EXPLANATION", _lua(explanation))
    for place, zone in zip(("RECENT", "LARGE"), ZONES, strict=True):
        text = text.replace(place, _lua(str(directory / f"{zone}.rpz")))
    return text


_KNOT_RESOLVER = """\
-- Wurao 勿扰, for kresd.conf of Knot Resolver 5.6, with Debian's lua-cqueues. The agent (`wurao domains agent`) writes
-- both files, so start it first: kresd does not start without them. It reads one anew when it is replaced.
modules = { 'policy' }
local ffi = require('ffi')
local explanation = 'EXPLANATION'
-- policy.DENY would have clients remember a refusal for three hours; this one is forgotten at once.
local function refuse(_, req)
    req.answ_selected.len = 0
    req.auth_selected.len = 0
    req.add_selected.len = 0
    local answer = req:ensure_answer()
    if answer == nil then return nil end
    answer:clear_payload()
    req:ensure_edns()
    ffi.C.kr_pkt_make_auth_header(answer)
    answer:rcode(kres.rcode.NXDOMAIN)
    req:set_extended_error(kres.extended_error.BLOCKED, explanation)
    local query = req:current()
    log_notice(ffi.C.LOG_GRP_POLICY, string.format('wurao refused %s %s for %s at %d', kres.dname2str(query.sname),
        kres.tostring.type[query.stype], tostring(req.qsource.addr), os.time()))
    return kres.DONE
end
local recent = policy.rpz(refuse, 'RECENT', true)
local large = policy.rpz(refuse, 'LARGE', true)
-- policy.PASS would end your own rules behind these too, such as one that forwards.
policy.add(function (req, query)
    local rule = recent(req, query) or large(req, query)
    if rule ~= policy.PASS then return rule end
end)
"""


def _lua(text: str) -> str:
    """A text as a Lua string holds it, whichever quotes are around it."""
    return "".join(each if each.isprintable() and each not in "\\'\"" else _escaped(each) for each in text)


def _escaped(each: str) -> str:
    return "".join(f"\\{octet:03d}" for octet in each.encode())
