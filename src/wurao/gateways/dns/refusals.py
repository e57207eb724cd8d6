"""What a refusal says beside, to clients that understand it: an extended error (RFC 8914), and who can send one.

`BLOCKED` is the list: the operator's resolver refuses it to everybody. `FILTERED` is for a resolver that serves only
those who asked for it, and is told so in `dns/resolvers.toml` (`extended_error = 17`); whoever did not ask must never
read that they did. `snippets` has the resolvers send it, `hits.dnstap` knows a refusal of ours by it.
"""

from __future__ import annotations

BLOCKED, FILTERED = 15, 17
"""RFC 8914, 4.16 and 4.18: refused by the operator's policy; refused since the client asked for that."""
CODES = (BLOCKED, FILTERED)
SAYERS = ("powerdns", "knot-resolver")
"""The kinds that can say it. Unbound says none beside a policy's answer (1.17 and, by its issue 1505, later ones too),
nor does BIND 9.18."""
