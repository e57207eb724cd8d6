"""The kinds of applications, a file each with the same four functions.

`read` takes what a form or program gave and returns the content that is kept (NotRight where it cannot be taken);
`check` is the automatic pre-check; `accept` puts what was applied for into the registry, in the transaction of the
decision; `title` is its line in a list. Adding a kind is adding a file here, its name in `models.KINDS` and its form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from wurao.control.firms.findings import Finding
from wurao.control.firms.kinds import header, registration, renewal, template
from wurao.control.firms.models import Application, Firm
from wurao.control.registry.models import Change
from wurao.control.registry.record import Author

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of application."""

    words: Words
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    check: Callable[[Firm | None, dict[str, Any]], list[Finding]]
    accept: Callable[[Application, Author], Change]
    title: Callable[[dict[str, Any]], str]


def _kind(words: Words, module: ModuleType) -> Kind:
    return Kind(words, module.read, module.check, module.accept, module.title)


KINDS: dict[str, Kind] = {
    "registration": _kind(("企业登记", "registration"), registration),
    "header": _kind(("发送号码", "header"), header),
    "template": _kind(("短信模板", "template"), template),
    "renewal": _kind(("续期", "renewal"), renewal),
}
"""By the name that an application carries."""
