"""A trained classifier as a file: what is in it, written and read back, refused when it is cut or of another format.

One file of numpy arrays in a zip, which tells a cut or flipped file by its checksums, with a header in JSON: the
format, the labels, the names of the signs, what it was trained on. `training` writes it;
`judging` makes it a `Classifier`.
"""

from __future__ import annotations

import functools
import io
import json
import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wurao.content.features import FOUND
from wurao.content.words import groups
from wurao.errors import Refused
from wurao.settings import load

FORMAT = 1
SHIPPED = Path(__file__).with_name("shipped.model")
IN_SETTINGS = "shipped"
"""What the setting `content.model` calls the model that comes with the package."""
HEADS = 32
"""So many heads a row of weights has room for: the risk, then the labels."""
MOST_LABELS = HEADS - 1
_ARRAYS = {"keys": "<i8", "weights": "<i1", "scales": "<f4", "signs": "<f4", "pairs": "<f4", "bias": "<f4"}

_NO_MODEL = (
    OSError, EOFError, KeyError, TypeError, ValueError, AttributeError, OverflowError, MemoryError, RuntimeError,
    SyntaxError, tokenize.TokenError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the readers of zips, arrays and JSON raise at a file that is damaged."""


@dataclass(frozen=True, eq=False)
class Model:
    """The weights of a linear machine for the risk and one for each label. Equal is what is one object."""

    labels: tuple[str, ...]
    sign_names: tuple[str, ...]
    keys: npt.NDArray[np.int64]
    """The n-grams that have weights, in rising order."""
    weights: npt.NDArray[np.int8]
    """A row an n-gram, a column a head."""
    scales: npt.NDArray[np.float32]
    """What one step of a head's weights is worth."""
    signs: npt.NDArray[np.float32]
    """Signs × heads: by the logarithm of one more than how often it stands there."""
    pairs: npt.NDArray[np.float32]
    """Pairs of signs that stand together × heads, in the order of `numpy.triu_indices(signs, 1)`."""
    bias: npt.NDArray[np.float32]
    slope: float
    """Of the calibration: the probability is 1 / (1 + exp(-(slope × margin + offset)))."""
    offset: float
    trained_on: dict[str, int] = field(default_factory=dict)
    """How many texts of which set."""


def write_model(model: Model, path: Path) -> int:
    """Write a model; how many octets it takes. The same model gives the same octets."""
    header = {
        "format": FORMAT,
        "labels": model.labels,
        "sign_names": model.sign_names,
        "slope": model.slope,
        "offset": model.offset,
        "trained_on": model.trained_on,
    }
    told = np.frombuffer(json.dumps(header, ensure_ascii=False, sort_keys=True).encode(), np.uint8)
    arrays = {name: getattr(model, name).astype(kind) for name, kind in _ARRAYS.items()}
    arrays["keys"] = np.diff(arrays["keys"], prepend=0)
    octets = io.BytesIO()
    np.savez_compressed(octets, allow_pickle=False, header=told, **arrays)
    aside = path.with_name(path.name + ".partial")
    try:
        aside.write_bytes(octets.getvalue())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return len(octets.getvalue())


def read_model(path: Path) -> Model:
    """A model from its file; Refused where it is none, is cut or damaged, or of another format."""
    right = "a file that `wurao content train` wrote with this version"
    try:
        with zipfile.ZipFile(path) as whole:
            damaged = whole.testzip()
        if damaged is not None:
            raise Refused(f"is damaged in {damaged}", where=str(path), right=right)
        with np.load(path, allow_pickle=False) as file:
            header: dict[str, Any] = json.loads(file["header"].tobytes())
            if header.get("format") != FORMAT:
                raise Refused(f"is of format {header.get('format')}, not {FORMAT}", where=str(path), right=right)
            arrays = {name: file[name].astype(kind, casting="no") for name, kind in _ARRAYS.items()}
        arrays["keys"] = np.cumsum(arrays["keys"])
        model = Model(
            tuple(map(str, header["labels"])),
            tuple(map(str, header["sign_names"])),
            **arrays,
            slope=float(header["slope"]),
            offset=float(header["offset"]),
            trained_on=dict(header["trained_on"]),
        )
    except _NO_MODEL as error:
        told = "there is no such file" if isinstance(error, FileNotFoundError) else f"is no whole model ({error})"
        raise Refused(told, where=str(path), right=right) from None
    _check(model, path, right)
    return model


def _check(model: Model, path: Path, right: str) -> None:
    if model.sign_names != sign_names():
        raise Refused("was trained with other groups of words", where=str(path), right=right)
    signs, heads = len(model.sign_names), 1 + len(model.labels)
    shapes = {
        "weights": (len(model.keys), heads),
        "scales": (heads,),
        "signs": (signs, heads),
        "pairs": (signs * (signs - 1) // 2, heads),
        "bias": (heads,),
    }
    for name, shape in shapes.items():
        if getattr(model, name).shape != shape or not 1 < heads <= HEADS:
            raise Refused(f"its {name} do not fit its labels and signs", where=str(path), right=right)
    if (np.diff(model.keys, prepend=-1) <= 0).any():
        raise Refused("its keys are in no rising order", where=str(path), right=right)
    numbers = [model.scales, model.signs, model.pairs, model.bias, np.array([model.slope, model.offset])]
    if not all(np.isfinite(each).all() for each in numbers):
        raise Refused("some of its weights are no numbers", where=str(path), right=right)


def sign_names() -> tuple[str, ...]:
    """The names of the signs that texts are read for now: groups of words, then what is found."""
    return (*(group.name for group in groups()), *FOUND)


def shipped_model() -> Model:
    """The model that comes with the package."""
    return _read_once(SHIPPED)


def model_in_use() -> Model:
    """The shipped model, or the one of the file that the operator's settings name."""
    named = load().content.model
    return shipped_model() if named == IN_SETTINGS else _read_once(Path(named).expanduser())


@functools.cache
def _read_once(path: Path) -> Model:
    return read_model(path)
