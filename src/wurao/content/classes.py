"""What a text may be: its class, and within it its kind.

The places in both tuples are what compiled code carries; verdicts and pages carry the codes. A label, as the shipped
classifier learns it, is a class, or a class and a kind: `fraud:authority`. Called by every reader of texts.
"""

from __future__ import annotations

CLASSES = ("normal", "service", "otp", "marketing", "fraud", "illegal")
"""CONTRACTS, `content classify`."""
FRAUD, ILLEGAL = CLASSES.index("fraud"), CLASSES.index("illegal")

MARKETING_KINDS = (
    "finance",
    "property",
    "education",
    "health",
    "retail",
    "telecom_media",
    "travel",
    "food",
    "other",
)
"""The categories of marketing, in the order of their bits (CONTRACTS)."""
FRAUD_KINDS = (
    "authority",
    "acquaintance",
    "service_impostor",
    "loan",
    "investment",
    "part_time",
    "prize",
    "phishing",
    "kidnap",
    "trade",
)
ILLEGAL_KINDS = ("gambling", "escort", "documents", "propaganda")
KINDS = (*MARKETING_KINDS, *FRAUD_KINDS, *ILLEGAL_KINDS)
"""All kinds; which class a kind belongs to is told by its place."""
KINDS_OF = {"marketing": MARKETING_KINDS, "fraud": FRAUD_KINDS, "illegal": ILLEGAL_KINDS}
"""The kinds of each class that has any."""


def belongs(class_: str, kind: str) -> bool:
    """Whether a class is one and has such a kind; it may also be without one."""
    return class_ in CLASSES and (not kind or kind in KINDS_OF.get(class_, ()))
