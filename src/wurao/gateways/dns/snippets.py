"""What to put into a resolver's own configuration so that it takes the list: a text for each kind.

`snippet` writes it for a resolver of the plan. Each orders the recent zone before the large one, logs what it refused
for `wurao domains hits` (without who asked, where the resolver leaves that to us), and takes the list as soon as it is
told. Called by `wurao domains resolver-config`, and by the demo and the tests, which run real resolvers by it.
"""

from __future__ import annotations

import re
from pathlib import Path

from wurao.errors import Refused
from wurao.gateways.dns.addresses import Address
from wurao.gateways.dns.knot import ZONES
from wurao.gateways.dns.secondaries import ASKS_EVERY_S, REMEMBERS_S, Resolver
from wurao.gateways.dns.written import LAST, probe_of

LOG_NAME = "wurao"
KEPT_IN = {"unbound": Path("/var/lib/unbound"), "knot-resolver": Path("/var/lib/wurao-dns")}
"""Where the zones lie as files: Unbound's own, in the directory that Debian lets it write to, and the agent's."""


def snippet(
    resolver: Resolver,
    primary: Address,
    explanation: str,
    directory: Path | None = None,
) -> str:
    """The configuration of one resolver that transfers from a primary; `directory`, where its files lie.

    Raises Refused for a directory that the resolver would look for elsewhere, or not be able to read the name of.
    """
    if directory is not None:
        _check(resolver.kind, directory)
    match resolver.kind:
        case "unbound":
            return _unbound(primary, directory or KEPT_IN[resolver.kind])
        case "bind":
            return _bind(resolver, primary)
        case "powerdns":
            return _powerdns(resolver, primary, explanation)
    return _knot_resolver(resolver, directory or KEPT_IN[resolver.kind], explanation)


def _check(kind: str, directory: Path) -> None:
    if kind not in KEPT_IN:
        raise Refused(f"{kind} keeps no files of ours", where=str(directory), right="leave the directory out")
    if not directory.is_absolute():
        right = "write the whole path: the resolver would look for it below a directory of its own"
        raise Refused("is no whole path", where=str(directory), right=right)
    if not str(directory).isprintable() or '"' in str(directory):
        right = "take a directory without quotes and control characters in its name"
        raise Refused("cannot stand in a configuration", where=repr(str(directory)), right=right)


def _unbound(primary: Address, directory: Path) -> str:
    lines = [
        "# Wurao 勿扰, for unbound.conf of Unbound 1.17 or later, which transfers without TSIG, known by its address.",
        "# `respip` must come first among the modules. rpz-log, for `wurao domains hits`, writes whole addresses of",
        "# clients: count often, and keep the log for no longer than that (docs/how-to/resolvers.md).",
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
        "// and for `wurao domains hits`, into logging { … }. BIND writes whole addresses of clients there: count",
        "// often, and keep little (docs/how-to/resolvers.md):",
        '//     channel wurao { file "rpz.log" versions 1 size 100m; print-time iso8601-utc; print-category yes; };',
        "//     category rpz { wurao; };",
    ]
    return "\n".join(lines) + "\n"


def _powerdns(resolver: Resolver, primary: Address, explanation: str) -> str:
    key = resolver.key
    host = f"[{primary.host}]" if ":" in primary.host else primary.host
    signed = f', tsigname="{key.name}", tsigalgo="{key.algorithm}", tsigsecret="{key.secret}"' if key else ""
    lines = [_POWERDNS.replace("SECONDS", str(REMEMBERS_S["powerdns"])), "if rpzPrimary then"]
    for zone, refresh_s in ASKS_EVERY_S["powerdns"].items():
        told = f'extendedErrorCode={resolver.extended_error}, extendedErrorExtra="{_lua(explanation)}"'
        lines.append(
            f'    rpzPrimary("{host}:{primary.port}", "{zone}", {{policyName="{zone}", refresh={refresh_s}, '
            f"zoneSizeHint=1000000, maxTTL=5, {told}{signed}}})"
        )
    ours = ", ".join(f'["{zone}"]=true' for zone in ZONES)
    probes = ", ".join(f'["{probe_of(zone)}."]=true' for zone in ZONES)
    script = _POWERDNS_SCRIPT.replace("OURS", ours).replace("PROBES", probes).replace("LAST", LAST)
    lines += ["end", script]
    return "\n".join(lines)


_POWERDNS = """\
-- Wurao 勿扰, for PowerDNS Recursor 4.5 or later, twice: as lua-config-file it loads the zones; as lua-dns-script it
-- writes what was refused, for `wurao domains hits`. PowerDNS hears no NOTIFY for such zones: it asks for changes every
-- second, and for the large zone every ten. recursor.conf needs, with where this file is,
--     lua-config-file=/etc/powerdns/wurao.lua
--     lua-dns-script=/etc/powerdns/wurao.lua
--     packetcache-ttl=SECONDS
-- The last, or it repeats what it answered before, refusals too, for up to an hour after the change. Where you have a
-- file of your own for either, have it run this one: dofile('/etc/powerdns/wurao.lua')."""
_POWERDNS_SCRIPT = """\
local ours, probes = {OURS}, {PROBES}
function policyEventFilter(event)
    local policy, name = event.appliedPolicy, event.qname:toString()
    local refused = ours[policy.policyName] and policy.policyKind ~= pdns.policykinds.NoAction
    if refused and not probes[(name:gsub('%d+%.LAST%.$', ''))] then
        -- Which name and when, but for the publisher's own questions. Who asked is written nowhere.
        pdnslog('wurao refused ' .. name .. ' at ' .. os.time(), pdns.loglevels.Notice)
    end
    return false
end
"""


def _knot_resolver(resolver: Resolver, directory: Path, explanation: str) -> str:
    values = {"EXPLANATION": explanation, "CODE": str(resolver.extended_error)}
    values |= {place: str(directory / f"{zone}.rpz") for place, zone in zip(("RECENT", "LARGE"), ZONES, strict=True)}
    # All in one pass: what is put in may hold such a word too.
    return re.sub(r"\b(EXPLANATION|CODE|RECENT|LARGE)\b", lambda found: _lua(values[found[1]]), _KNOT_RESOLVER)


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
    req:set_extended_error(CODE, explanation)
    -- For `wurao domains hits`: which name and when. Who asked is written nowhere.
    log_notice(ffi.C.LOG_GRP_POLICY, string.format('wurao refused %s at %d', kres.dname2str(req:current().sname),
        os.time()))
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
