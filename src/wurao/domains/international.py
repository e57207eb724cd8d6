"""International names, one at a time: letters made A-labels by IDNA 2008 and UTS 46, A-labels checked, scripts told.

Called by `names` for each distinct name that holds letters beyond ASCII, a percent sign, or a label in its xn-- form.
What already is an A-label need only be the coding of some letters, since names exist that IDNA 2008 would not allow
(signs, say), and look-ups know them by their octets alone. In the host of a web address percent signs are decoded
before all else, as browsers do (WHATWG URL, 3.5): `http://%65vil%2ecom/` leads to evil.com. Whatever would part the
address anew once it is decoded (`%2f`, `%40`, a second `%`) is in no host.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from urllib.parse import unquote

import idna

from wurao.domains.reasons import DomainReason

LABELS_KEPT = 1 << 16
"""So many labels that were looked at are remembered: lists repeat them, a name's upper ones above all."""
_PREFIX = "xn--"
_AROUND = re.compile(r"^(\s*(?:[^/?#]*//)?(?:[^/?#@]*@)?)([^/?#]*)(.*)$", re.DOTALL)
_PORT = re.compile(r"^(.*?)(:\d+)?$", re.DOTALL)
_IN_NO_HOST = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|\ufffd]")
"""What the host of a web address cannot hold, once it is decoded (WHATWG URL, 3.2)."""
_LATIN = frozenset({"LATIN"})
_TOGETHER = tuple(
    _LATIN | frozenset(scripts) for scripts in ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "BOPOMOFO"}, {"CJK", "HANGUL"})
)
"""Scripts that one language writes side by side, Latin among them (UTS 39, highly restrictive)."""


def in_ascii(written: str) -> tuple[str, DomainReason]:
    """What was written, its host's labels in ASCII; and `BAD_PUNYCODE` or `NOT_IDNA` where one cannot be.

    `BAD_CHARACTER` where a percent sign stands in what is no web address, or for what is in no host. What stands around
    the host stays, as far as it is ASCII, for whoever reads the whole.
    """
    found = _AROUND.match(written)
    if found is None:
        return "", DomainReason.EMPTY
    before, host, after = found.groups()
    is_address = "//" in before or bool(after)
    host = host.rpartition("@")[2] if is_address else host
    name, port = _PORT.match(host.strip()).groups(default="")  # type: ignore[union-attr]
    is_coded = "%" in name
    if is_coded and not (is_address or port):
        return "", DomainReason.ADDRESS if name.count(":") > 1 else DomainReason.BAD_CHARACTER
    name = unquote(name) if is_coded else name
    try:
        mapped = name.lower() if name.isascii() else idna.uts46_remap(name, std3_rules=False, transitional=False)
    except idna.IDNAError:
        return "", DomainReason.NOT_IDNA
    if is_coded and _IN_NO_HOST.search(mapped):
        return "", DomainReason.BAD_CHARACTER
    coded = []
    for label in mapped.split("."):
        octets, reason = _label(label)
        if reason:
            return "", reason
        coded.append(octets)
    around = "//" if "//" in before else "@" if "@" in before and not after else ""
    return f"{around}{'.'.join(coded)}{port}{'/' if after else ''}", DomainReason.NONE


def _label(label: str) -> tuple[str, DomainReason]:
    if label.isascii():
        if label.startswith(_PREFIX) and _letters(label) is None:
            return "", DomainReason.BAD_PUNYCODE
        return label, DomainReason.NONE
    try:
        return idna.alabel(label).decode(), DomainReason.NONE
    except idna.IDNAError as error:
        is_long = "too long" in str(error)
        return "", DomainReason.LABEL_TOO_LONG if is_long else DomainReason.NOT_IDNA


def is_mixed(name: str) -> bool:
    """Whether a label of a canonical name mixes scripts that no language writes together."""
    return any(_is_mixed(label) for label in name.split(".") if label.startswith(_PREFIX))


def in_letters(name: str) -> str:
    """A canonical name with its A-labels in letters, for a person to read; a label that is none stays as it is."""
    return ".".join(_letters(label) or label for label in name.split("."))


@functools.lru_cache(maxsize=LABELS_KEPT)
def _letters(label: str) -> str | None:
    """The letters that an A-label is the coding of; null where it is the coding of none. Of another label, itself."""
    if not label.startswith(_PREFIX):
        return label
    try:
        letters = label[len(_PREFIX) :].encode("ascii").decode("punycode")
        again = letters.encode("punycode").decode("ascii")
    except (UnicodeError, ValueError, OverflowError):
        return None
    return letters if not letters.isascii() and again == label[len(_PREFIX) :] else None


@functools.lru_cache(maxsize=LABELS_KEPT)
def _is_mixed(label: str) -> bool:
    scripts = {_script(letter) for letter in _letters(label) or ""} - {""}
    return len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER)


def _script(letter: str) -> str:
    """The script of a letter, by its name in Unicode; nothing for what belongs to all, such as digits and signs."""
    if unicodedata.category(letter)[0] not in "LM":
        return ""
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
