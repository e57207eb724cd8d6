"""Whether the texts are still judged as before a change: `python -m benchmarks.content_same FILE`, before and after it.

The first time it keeps in FILE what every text of the benchmarks, disguised ones and other ones, is judged to be; from
then on it compares, and leaves with 1 where a class, kind or label differs or a score by more than 1e-6.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.content_texts import messages
from wurao.content.disguises import DISGUISES
from wurao.content.judging import Judged, classifier_in_use
from wurao.content.scoring import judge_texts
from wurao.content.scripts import write_texts

TEXTS, DISGUISED, EACH_SCRIPT = 50_000, 5_000, 100
MOST_APART = 1e-6
ODD = ("", " ", "a", "的", "\u200b" * 50, "1" * 5_000, "hello world " * 400, "【" * 3_000, "点" * 3_000, "аррӏе.com")


def main() -> None:
    """Keep, or compare and say what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    texts = every_text()
    judged = judge_texts(pa.array(texts), classifier_in_use())
    columns = {name: judged.array(name) for name in Judged.columns}
    if not file.exists():
        np.savez(file, **columns)
        print(f"{len(texts):,} texts judged and kept in {file}")
        return
    with np.load(file) as kept:
        before = {name: kept[name] for name in Judged.columns}
    differ = rows_apart(before, columns)
    same = all(np.array_equal(before[name], columns[name]) for name in columns)
    told = "bit for bit" if same else f"scores within {MOST_APART:g}"
    print(f"{len(texts):,} texts: {len(differ):,} judged otherwise" + ("" if len(differ) else f", {told}"))
    for row in differ[:5]:
        print({name: (before[name][row], columns[name][row]) for name in columns}, repr(texts[row][:60]))
    sys.exit(1 if len(differ) else 0)


def rows_apart(before: dict[str, npt.NDArray[np.generic]], now: dict[str, npt.NDArray[np.generic]]) -> list[int]:
    """The texts that are judged otherwise."""
    apart = np.zeros(len(now["score"]), bool)
    for name in Judged.columns:
        if name.startswith("score"):
            apart |= np.abs(before[name].astype(np.float64) - now[name].astype(np.float64)) > MOST_APART
        else:
            apart |= before[name] != now[name]
    found: list[int] = np.flatnonzero(apart).tolist()
    return found


def every_text() -> list[str]:
    """Texts of the benchmarks, some disguised, texts of every script, and odd ones."""
    chance = random.Random(4)
    texts = messages(TEXTS, 1).texts
    disguised = [DISGUISES[name](text, chance) for text in texts[:DISGUISED] for name in DISGUISES]
    written = [text for _, text in write_texts(EACH_SCRIPT, seed=9)]
    return [*texts, *disguised, *written, *ODD]


if __name__ == "__main__":
    main()
