"""What the list protected from: resolvers' logs in, verdicts of channel `name` and counts by domain and hour out.

A `Hit` is one look-up that a resolver refused by our zones. `unbound`, `bind` and `scripted` (Knot Resolver, PowerDNS)
each read one line of a log, `dnstap` the frames of a stream; `reading` finds out which of them a file is and reads it
on from where it was read to before; `collecting` writes verdicts and remembers what was read, so that nothing counts
twice.
"""

from wurao.gateways.dns.hits.collecting import Collected, collect
from wurao.gateways.dns.hits.hit import Hit

__all__ = ["Collected", "Hit", "collect"]
