"""The texts and templates of the benchmarks of `content`: distinct ones at any number, of a median length of 60.

They are put together from the texts of fake base stations in the shared directory, the hidden values filled, the first
words of one before the last words of another; where the directory is absent, from the scripts that Wurao learns from.
The same count gives the same texts.
"""

from __future__ import annotations

import itertools
import os
import random
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wurao.content.corpus import read_scripts_source, read_sources

MEDIAN = 60
"""Characters."""
DECLARING = 0.3
"""So large a part of the texts declares a template."""
FITTING = 0.2
"""So large a part fits the one that it declares."""
_BETWEEN_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Messages:
    """Texts, the templates that are registered, and which one each text declares."""

    texts: list[str]
    bodies: list[str]
    declared: npt.NDArray[np.int32]
    """-1 for none."""
    source: str

    @property
    def column(self) -> pa.Array:
        """The texts as a column of a batch has them."""
        return pa.array(self.texts, pa.string())

    @property
    def bodies_column(self) -> pa.Array:
        """The bodies as the table of templates has them."""
        return pa.array(self.bodies, pa.string())


def messages(count: int, templates: int, seed: int = 1) -> Messages:
    """So many texts, all distinct, and so many templates, all distinct."""
    chance = random.Random(seed)
    words, source = _words()
    texts = joined(words, count, chance)
    fitting = min(int(FITTING * count), templates)
    bodies = dict.fromkeys(_FIGURES.sub("{digits}", text) for text in texts[:fitting])
    others = iter(joined(words, templates + count, chance, taken=set(texts)))
    while len(bodies) < templates:
        text = next(others)
        bodies[f"【{text[:4]}】{_FIGURES.sub('{digits}', text)}，退订回T"] = None
    places = {body: place for place, body in enumerate(bodies)}
    declared = np.full(count, -1, np.int32)
    for row in range(int(DECLARING * count)):
        body = _FIGURES.sub("{digits}", texts[row])
        declared[row] = places.get(body, chance.randrange(templates))
    order = list(range(count))
    chance.shuffle(order)
    return Messages([texts[row] for row in order], list(bodies), declared[order], source)


def joined(words: list[list[str]], count: int, chance: random.Random, taken: set[str] | None = None) -> list[str]:
    """So many distinct texts, none of `taken`: the first words of one, the last of another; half are up to `MEDIAN`."""
    seen = set(taken or ())
    halves: tuple[list[str], list[str]] = ([], [])
    while min(map(len, halves)) < (count + 1) // 2:
        first, last = chance.choice(words), chance.choice(words)
        text = _BETWEEN_CHINESE.sub("", " ".join(first[: len(first) // 2] + last[len(last) // 2 :]))
        half = halves[len(text) > MEDIAN]
        if text and text not in seen and len(half) < (count + 1) // 2:
            seen.add(text)
            half.append(text)
    found = [text for both in zip(*halves, strict=True) for text in both][:count]
    chance.shuffle(found)
    return found


def real_texts() -> tuple[list[str], str]:
    """Real texts of three sources, as they are, else written ones; and which they are."""
    if has_sets(shared := shared_data()):
        sources = read_sources(shared, ["fbs", "nus_zh", "en"]).values()
        return [text for source in sources for text in source.texts if text], "real texts, Chinese and English"
    return read_scripts_source().texts, "scripts, as the shared data are not here"


def shared_data() -> Path:
    """Where the shared directory's data would be."""
    return Path(os.environ.get("WURAO_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"


def has_sets(shared: Path) -> bool:
    """Whether the sets of texts are there."""
    return (shared / "sms" / "zh.csv").is_file()


def _words() -> tuple[list[list[str]], str]:
    """The words of real texts, else of written ones; and which they are."""
    if has_sets(shared := shared_data()):
        texts, source = read_sources(shared, ["fbs"])["fbs"].texts, "texts of fake base stations"
    else:
        texts, source = read_scripts_source().texts, "scripts, as the shared data are not here"
        texts = [f"{one} {other}" for one, other in itertools.pairwise(texts)]
    return [text.split() if " " in text.strip() else list(text) for text in texts if text], source


def told(texts: list[str]) -> str:
    """What the texts are, for a report."""
    return f"{len(texts):,} distinct texts, median {median(map(len, texts)):.0f} characters"
