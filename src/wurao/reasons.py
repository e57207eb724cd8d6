"""What each reason says to people: `reasons.toml`, read once and checked.

In comes a `Reason`; out comes its `Wording`: a sentence for the subscriber, an explanation and what to do, in Chinese
and in English. Whoever shows a verdict asks here; `page` writes the reference that docs/reference/reasons.md holds.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files

from wurao.verdicts import Reason


@dataclass(frozen=True, slots=True)
class Wording:
    """What one reason says; none of the six is empty."""

    sentence_zh: str
    sentence_en: str
    explanation_zh: str
    explanation_en: str
    do_zh: str
    do_en: str

    def __post_init__(self) -> None:
        for each in fields(self):
            if not getattr(self, each.name).strip():
                raise ValueError(f"{each.name} is empty")


@functools.cache
def wordings() -> Mapping[Reason, Wording]:
    """The wording of every reason, in the order of their integers."""
    written = tomllib.loads(files(__package__).joinpath("reasons.toml").read_text("utf-8"))
    unknown = set(written) - {reason.name for reason in Reason}
    if unknown:
        raise ValueError(f"reasons.toml: {', '.join(sorted(unknown))}: no such reason")
    return {reason: Wording(**written[reason.name]) for reason in Reason}


def page() -> str:
    """The page docs/reference/reasons.md."""
    lines = [
        "# Reasons 处置原因",
        "",
        "Every verdict gives one of these. The text stands in `src/wurao/reasons.toml`; a test holds this page to it,",
        "and `python -m wurao.reasons > docs/reference/reasons.md` writes it anew.",
    ]
    for reason, wording in wordings().items():
        lines += [
            "",
            f"## {reason.value} {reason.name}",
            "",
            f"**{wording.sentence_zh}** {wording.explanation_zh}",
            "",
            f"怎么办：{wording.do_zh}",
            "",
            f"**{wording.sentence_en}** {wording.explanation_en}",
            "",
            f"What to do: {wording.do_en}",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
