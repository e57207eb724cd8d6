"""Fraud domains: which names may be listed, which are in force, and what resolvers are given.

A name as written becomes canonical in `names`. The `Guard` decides what may be done with it, by `suffixes` and
`guard_data`, before it is listed and again before it is published; `reasons` says why in both languages. `Listed` is
the list as it stands, of the registry's table `domains` and the changes since; `zone` writes it as a response-policy
zone. What runs on a network lies in `gateways.dns`.
"""

from wurao.domains.guard import Decisions, Guard, Guarded, Hit, agreed_by
from wurao.domains.guard_files import guard_stamp
from wurao.domains.listed import Difference, Held, Listed, difference, open_listed
from wurao.domains.names import ReadNames, read_names
from wurao.domains.reasons import Decision, DomainReason
from wurao.domains.zone import NXDOMAIN, PASSTHRU, Entries, Record, fitting, next_serial, records_of, zone_text

__all__ = [
    "NXDOMAIN",
    "PASSTHRU",
    "Decision",
    "Decisions",
    "Difference",
    "DomainReason",
    "Entries",
    "Guard",
    "Guarded",
    "Held",
    "Hit",
    "Listed",
    "ReadNames",
    "Record",
    "agreed_by",
    "difference",
    "fitting",
    "guard_stamp",
    "next_serial",
    "open_listed",
    "read_names",
    "records_of",
    "zone_text",
]
