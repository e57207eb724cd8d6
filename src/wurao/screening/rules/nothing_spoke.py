"""Whom nothing speaks against comes through (DESIGN 5, rule 12)."""

from __future__ import annotations

from wurao.screening.facts import Facts
from wurao.screening.rules import ALLOW, Said
from wurao.verdicts import Reason

READS: tuple[str, ...] = ()


def nothing_spoke(facts: Facts) -> Said:
    return ALLOW, Reason.NOTHING_SPOKE
