"""The registry's tables, declared once: columns, keys, checks (CONTRACTS, Registry tables).

The reader of table files, the snapshot builder, the change log and the control plane all read this declaration. A
`Table` lists its `Column`s in order; a column's `Form` says what may be written in it and what the checked column
holds inside:

==========  ======================================  ====================================
form        written                                 inside (Arrow)
==========  ======================================  ====================================
TEXT        any text                                string
NUMBER      anything `numbering` reads              int64, a Number
ENTRY       a number, or by `match` a prefix        int64, a Number or a Prefix
TARGET      by `target_kind`                        string, canonical for a number
TIME        RFC 3339 with an offset                 timestamp[us, UTC]
DATE        YYYY-MM-DD                              date32
FLAG        true, false                             bool
CODE        one of `codes`                          int8, its place in `codes`
CODES       several of `codes`, joined by ;         int32, a bit each
NUMBERS     several numbers, joined by ;            list<int64>
COUNT       a whole number from 0 to `most`         int64
BITS        27 bits, or a column true/false each    int32
SHA256      64 hexadecimal digits                   string
==========  ======================================  ====================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from wurao.wishes import BANDS, CATEGORIES, DAY_TYPES, GUARDS, MARKETING_CATEGORIES, NOTICES, WISH_CHANNELS


class Form(Enum):
    """What may be written in a column; the table above says what each holds inside."""

    TEXT = auto()
    NUMBER = auto()
    ENTRY = auto()
    TARGET = auto()
    TIME = auto()
    DATE = auto()
    FLAG = auto()
    CODE = auto()
    CODES = auto()
    NUMBERS = auto()
    COUNT = auto()
    BITS = auto()
    SHA256 = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, form, whether it may be null, its codes, the greatest count, the value where absent."""

    name: str
    form: Form
    optional: bool = False
    codes: tuple[str, ...] = ()
    most: int = 2**31 - 1
    default: bool | int | str | None = None
    """What a file without the column, or an empty field, means; None: the column is required unless `optional`."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, the columns of its key, and its columns in order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of a name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


MATCHES = ("exact", "prefix")
LIST_ACTIONS = ("allow", "deny")
STATES = ("active", "suspended")
PURPOSES = ("marketing", "service", "transaction", "otp")
VERBS = ("release", "limit", "block")
"""In the order in which equal orders win: a release beats a limit beats a block."""
TARGET_KINDS = ("number", "prefix", "header", "sender", "trunk", "domain")
CAUSES = ("fraud", "harassment")
ALLOCATION_STATES = ("allocated", "unallocated")
DOMAIN_MATCHES = ("exact", "below")

MARKETING_COLUMNS = tuple(f"marketing_{c}_{ch}" for c in MARKETING_CATEGORIES for ch in WISH_CHANNELS)
"""The 27 columns that may stand for `marketing`, in bit order."""
HOURS_COLUMNS = tuple(f"hours_{day}_{band}" for day in DAY_TYPES for band in BANDS)
"""The 27 columns that may stand for `hours`, in bit order."""

_EVERYTHING = (1 << 27) - 1


def _text(name: str, optional: bool = False) -> Column:
    return Column(name, Form.TEXT, optional)


def _time(name: str, optional: bool = False) -> Column:
    return Column(name, Form.TIME, optional)


def _match(codes: tuple[str, ...] = MATCHES) -> Column:
    return Column("match", Form.CODE, codes=codes)


TABLES = {
    table.name: table
    for table in (
        Table(
            "subscribers",
            ("number",),
            (
                Column("number", Form.NUMBER),
                _text("operator", True),
                _time("since", True),
                Column("marketing", Form.BITS, codes=MARKETING_COLUMNS, default=_EVERYTHING),
                Column("hours", Form.BITS, codes=HOURS_COLUMNS, default=_EVERYTHING),
                Column("overseas_calls", Form.FLAG, default=True),
                Column("overseas_messages", Form.FLAG, default=True),
                Column("unregistered", Form.FLAG, default=True),
                Column("debt_collection", Form.FLAG, default=True),
                Column("only_my_list", Form.FLAG, default=False),
                _time("only_my_list_until", True),
                Column("content_protection", Form.FLAG, default=False),
                Column("guard", Form.CODE, codes=GUARDS, default="label"),
                _time("shield_until", True),
                Column("guardian", Form.NUMBER, True),
                Column("notice", Form.CODE, codes=NOTICES, default="none"),
            ),
        ),
        Table(
            "lists",
            ("subscriber", "entry", "match"),
            (
                Column("subscriber", Form.NUMBER),
                Column("entry", Form.ENTRY),
                _match(),
                Column("action", Form.CODE, codes=LIST_ACTIONS),
                _time("until", True),
            ),
        ),
        Table(
            "consents",
            ("consent_id",),
            (
                _text("consent_id"),
                Column("subscriber", Form.NUMBER),
                _text("sender_id"),
                Column("categories", Form.CODES, codes=CATEGORIES),
                Column("channels", Form.CODES, codes=WISH_CHANNELS),
                Column("max_per_day", Form.COUNT, True),
                _time("given"),
                _time("expires", True),
                _time("revoked", True),
                _text("wording", True),
                Column("proof_sha256", Form.SHA256, True),
            ),
        ),
        Table(
            "senders",
            ("sender_id",),
            (
                _text("sender_id"),
                _text("name"),
                _text("credit_code", True),
                Column("state", Form.CODE, codes=STATES, default="active"),
                Column("categories", Form.CODES, codes=CATEGORIES),
                Column("ceiling_per_hour", Form.COUNT, True),
                _time("since"),
            ),
        ),
        Table(
            "headers",
            ("header", "match"),
            (
                Column("header", Form.ENTRY),
                _match(),
                _text("sender_id"),
                Column("category", Form.CODE, True, CATEGORIES),
                _time("start"),
                _time("end", True),
            ),
        ),
        Table(
            "templates",
            ("template_id",),
            (
                _text("template_id"),
                _text("sender_id"),
                Column("category", Form.CODE, codes=CATEGORIES),
                Column("purpose", Form.CODE, codes=PURPOSES),
                _text("body"),
            ),
        ),
        Table(
            "trunks",
            ("trunk",),
            (
                _text("trunk"),
                _text("operator"),
                Column("overseas", Form.FLAG),
                Column("alerts", Form.FLAG, default=False),
                Column("attestation_required", Form.FLAG, default=False),
                Column("public_safety", Form.NUMBERS, True),
            ),
        ),
        Table("sender_trunks", ("sender_id", "trunk"), (_text("sender_id"), _text("trunk"))),
        Table(
            "orders",
            ("order_id",),
            (
                _text("order_id"),
                Column("verb", Form.CODE, codes=VERBS),
                Column("target_kind", Form.CODE, codes=TARGET_KINDS),
                Column("target", Form.TARGET),
                Column("cause", Form.CODE, codes=CAUSES),
                Column("rate_per_hour", Form.COUNT, True),
                _text("authority"),
                _text("second_person", True),
                _time("start"),
                _time("end"),
                _text("supersedes", True),
            ),
        ),
        Table("do_not_originate", ("number", "match"), (Column("number", Form.ENTRY), _match())),
        Table(
            "allocations",
            ("prefix",),
            (
                Column("prefix", Form.ENTRY),
                Column("state", Form.CODE, codes=ALLOCATION_STATES),
                Column("as_of", Form.DATE),
            ),
        ),
        Table("ported", ("number",), (Column("number", Form.NUMBER), _text("operator"), _time("since"))),
        Table("holidays", ("date",), (Column("date", Form.DATE), Column("day_type", Form.CODE, codes=DAY_TYPES))),
        Table(
            "domains",
            ("name", "match"),
            (
                _text("name"),
                _match(DOMAIN_MATCHES),
                _text("cause"),
                _text("source"),
                _text("order_id", True),
                _text("second_person", True),
                _time("start"),
                _time("end", True),
            ),
        ),
    )
}
"""Every table of the registry, by name."""
