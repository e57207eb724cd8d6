"""Scikit-learn's way with texts: hashed character n-grams of one to three, and one linear machine of five classes."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

import numpy as np

PACKAGE = "scikit-learn"
CLASSES = 5


def missing() -> str | None:
    """What has to be installed for scikit-learn to stand beside; null where it is here."""
    if importlib.util.find_spec("sklearn") is None:
        return f"Python's package {PACKAGE} is not installed (make bench installs it)"
    return None


class NGrams:
    """A machine learned from some texts with made-up classes: it costs what a real one costs."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer
        from sklearn.svm import LinearSVC

        self._grams: Any = HashingVectorizer(analyzer="char", ngram_range=(1, 3), n_features=1 << 20)
        self._machine: Any = LinearSVC().fit(self._grams.transform(texts), np.arange(len(texts)) % CLASSES)

    def judge(self, texts: Sequence[str]) -> Any:
        """The class of each text."""
        return self._machine.predict(self._grams.transform(texts))
