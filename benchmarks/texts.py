"""Texts read on one core, the whole path, beside scikit-learn's n-grams and the libraries of Python.

Ours is `Reader.read`: folding, finds, the declared template among 100,000, claims, requests, n-grams, rules, sketch and
hash. Scikit-learn only hashes character n-grams of one to three and asks one linear machine. The libraries are those
that do what ours does in steps: unicodedata, OpenCC, re, hmac, and scikit-learn's machine behind them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.content_texts import messages, told
from benchmarks.figure import Figure
from benchmarks.ground import Ground
from benchmarks.rounds import Rounds, by_turns
from wurao.content.folding import fold_texts
from wurao.content.reader import Fitting, Reader
from wurao.content.template_index import compile_templates, no_templates

NAME = "texts"
ABOUT = "texts a second on one core, the whole path, beside scikit-learn and Python's libraries"
TEXTS, TEMPLATES = 100_000, 100_000
FEWER = 10
"""The others are given one text in so many, and their time is multiplied."""
REACH, RATIO = 100_000, 5.0
_LINK = re.compile(r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)


def run(ground: Ground) -> Iterator[Figure]:
    """A line for each of what stands beside ours."""
    given = messages(max(TEXTS // ground.scale, 1_000), max(TEMPLATES // ground.scale, 1_000))
    compiled = compile_templates(given.bodies_column, fold_texts)
    fitting = Fitting(compiled.templates(), no_templates(len(given.bodies), above=True))
    reader, rows = Reader(key=lambda: bytes(32)), np.arange(len(given.texts))
    few = given.texts[::FEWER]

    def ours() -> None:
        reader.read(given.column, rows, given.declared, fitting)

    ours()
    for name, beside, work in _others(few):
        if work is None:
            yield _figure(name, beside, given.texts, len(few), by_turns(ours, ours, 3), measured=False)
        else:
            work()
            yield _figure(name, beside, given.texts, len(few), by_turns(ours, work, 5), measured=True)


def _others(few: list[str]) -> Iterator[tuple[str, str, Callable[[], object] | None]]:
    try:
        from sklearn.feature_extraction.text import HashingVectorizer
        from sklearn.svm import LinearSVC
    except ImportError:
        yield (
            "texts",
            "scikit-learn: not measured, since Python's scikit-learn is not here (pip install scikit-learn)",
            None,
        )
        return
    grams = HashingVectorizer(analyzer="char", ngram_range=(1, 3), n_features=1 << 20)
    machine: Any = LinearSVC().fit(grams.transform(few[:1_000]), np.arange(len(few[:1_000])) % 5)
    yield (
        "texts",
        "scikit-learn's character n-grams of 1 to 3, one linear machine",
        lambda: machine.predict(grams.transform(few)),
    )
    try:
        import opencc
    except ImportError:
        return
    simple = opencc.OpenCC("t2s")

    def by_libraries() -> object:
        plain = [simple.convert(unicodedata.normalize("NFKC", text).lower()) for text in few]
        for text, read in zip(few, plain, strict=True):
            _LINK.findall(read)
            hmac.new(bytes(32), text.encode(), hashlib.sha256).digest()
        return machine.predict(grams.transform(plain))

    yield "texts-libraries", "unicodedata, OpenCC, re, hmac and scikit-learn, text by text", by_libraries


def _figure(name: str, beside: str, texts: list[str], few: int, rounds: Rounds, *, measured: bool) -> Figure:
    share = len(texts) / few
    value = len(texts) / rounds.seconds
    ratios = [ratio * share for ratio in rounds.ratios] if measured else []
    return Figure(
        name=name,
        value=value,
        unit="texts a second",
        reach=f"≥ {REACH:,} texts a second, ≥ {RATIO:g} times scikit-learn",
        met=value >= REACH and (not measured or rounds.ratio * share >= RATIO),
        beside=f"{beside}: {few / rounds.their_seconds:,.0f} a second" if measured else beside,
        ratio=rounds.ratio * share if measured else None,
        ratio_low=min(ratios, default=None),
        ratio_high=max(ratios, default=None),
        notes=[told(texts)],
    )
