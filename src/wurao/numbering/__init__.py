"""Numbers: anything written or signalled ⇄ one int64; what the numbering plan says of it; who is protected.

A text is located and read symbol by symbol (`written`, `symbols`, `hidden`), its digits are understood by the structure
of the national plan (`national`) or another country's (`foreign`): together `parse`, the one place where numbers are
parsed. `number` says how a Number and a Prefix are packed, `canonical` and `prefixes` write them again, `protected`
knows whom no order may block, `plan` where a number belongs and whose it is. Data files with their sources lie beside.
"""

from wurao.numbering.canonical import canonical, canonical_column, e164, masked
from wurao.numbering.number import IMPOSSIBLE, KINDS, WITHHELD, Kind
from wurao.numbering.parse import NUMBER_EXPECTED, parse_column, parse_text
from wurao.numbering.prefixes import (
    NO_PREFIX,
    PREFIX_EXPECTED,
    digits_after_country_code,
    parse_prefix,
    parse_prefix_column,
    prefix_text,
    prefix_text_column,
)
from wurao.numbering.protected import Tier, holds_protected, protected_arrays, tier_in, tier_of

__all__ = [
    "IMPOSSIBLE",
    "KINDS",
    "NO_PREFIX",
    "NUMBER_EXPECTED",
    "PREFIX_EXPECTED",
    "WITHHELD",
    "Kind",
    "Tier",
    "canonical",
    "canonical_column",
    "digits_after_country_code",
    "e164",
    "holds_protected",
    "masked",
    "parse_column",
    "parse_prefix",
    "parse_prefix_column",
    "parse_text",
    "prefix_text",
    "prefix_text_column",
    "protected_arrays",
    "tier_in",
    "tier_of",
]
