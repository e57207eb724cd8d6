"""Plain text by Python's own Unicode, in place of folding: what templates and sketches are tested with."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa

from wurao.compiled import View

Points = np.ndarray


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def points_of(text: str) -> View:
    return View(np.frombuffer(plain(text).encode("utf-32-le", "surrogatepass"), dtype=np.int32).copy())


def fold(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """A column's plain texts as points, and where each begins."""
    texts = [plain(text) for text in column.to_pylist()]
    whole = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(whole, dtype=np.int32), np.cumsum([0, *map(len, texts)], dtype=np.int64)
