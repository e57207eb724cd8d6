"""What an automatic pre-check says: a reason to refuse, or a note for whoever reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wurao.errors import Refused


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, in both languages, with what would be right."""

    zh: str
    en: str
    refuses: bool = True
    """Else it is a note: the reviewer decides."""

    def as_dict(self) -> dict[str, str | bool]:
        """As JSON."""
        return {"refuses": self.refuses, "zh": self.zh, "en": self.en}


class NotRight(Refused):
    """The pre-check refuses; `findings` says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = [each for each in findings if each.refuses]
        super().__init__("; ".join(f"{each.zh} {each.en}" for each in self.findings))


def note(zh: str, en: str) -> Finding:
    """Something that the reviewer should know."""
    return Finding(zh, en, refuses=False)


def refuses(findings: Iterable[Finding]) -> bool:
    """Whether any of them refuses."""
    return any(each.refuses for each in findings)
