"""Plain Python made fast: the one door to Numba (`_numba` behind it is imported when something is to be compiled).

A function goes in that runs as it stands (numbers, named tuples, `View`s, `Bundle`s, other plain functions of this
package); out comes a `Compiled` that behaves the same and, at its first call, compiles the function and every plain
function that it calls. The plain one stays reachable as `.plain`, and tests run both.

A `View` is one column of numbers whose every index is checked, in machine code too: a damaged index raises
IndexError and never reads what is not its own. It hands out Python integers and floats, so that plain and compiled
code reckon alike: any integer type becomes int64, but uint64 stays uint64 (hashing wraps there on purpose). A
`Bundle` is a named set of views, handed over as one pointer.

Machine code is kept under the data directory, each function's under a name that tells its code and that of all it
calls, so that a changed source is never served by old code and an unchanged one is not compiled again.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Self, TypeGuard, TypeVar

import numpy as np
import numpy.typing as npt

from wurao.log import logger
from wurao.settings.places import data_directory

_PACKAGE = Path(__file__).parent

_APART: set[Callable[..., Any]] = set()
_MAKING = threading.Lock()
"""Dispatchers are made by one thread at a time; what they compile, Numba guards itself."""
_log = logger("compiled")
_as_it_stands = ContextVar("_as_it_stands", default=False)
WHOLE = "whole"
"""The file beside the machine code by which `wurao compile` says for which sources all of it is there."""
tells_of_compiling = True
"""Whether a process says so when it begins to compile where `wurao compile` has not."""
Plain = TypeVar("Plain", bound=Callable[..., Any])


class View:
    """One column of numbers; every index is checked, and negative ones are outside too."""

    __slots__ = ("array", "unsigned")

    def __init__(self, array: npt.NDArray[Any]) -> None:
        if array.ndim != 1 or not array.flags.c_contiguous:
            raise ValueError("a view is of one contiguous dimension")
        self.array = array
        self.unsigned = array.dtype == np.uint64

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, index: int) -> Any:
        """The value at an index, as int, float, or numpy.uint64; IndexError outside."""
        if not 0 <= index < len(self.array):
            raise IndexError("an index points outside its page")
        value = self.array[index]
        return value if self.unsigned else value.item()

    def __setitem__(self, index: int, value: Any) -> None:
        if not 0 <= index < len(self.array):
            raise IndexError("an index points outside its page")
        self.array[index] = value


class Bundle:
    """A named set of views, handed to compiled code as one pointer.

    A subclass names its columns in `columns`: name → numpy dtype. Every instance has all of them, each an attribute
    that is a `View`.
    """

    columns: ClassVar[dict[str, str]] = {}

    def __init__(self, **arrays: npt.NDArray[Any]) -> None:
        wrong = set(arrays) ^ set(self.columns)
        if wrong:
            raise ValueError(f"{type(self).__name__}: {', '.join(sorted(wrong))} missing or not declared")
        addresses = []
        for name, dtype in self.columns.items():
            array = arrays[name]
            if array.dtype != np.dtype(dtype):
                raise ValueError(f"{type(self).__name__}.{name} is {array.dtype}, not {dtype}")
            setattr(self, name, View(array))
            addresses += [array.ctypes.data, len(array)]
        self._table = np.array(addresses, dtype=np.int64)
        self.address = self._table.ctypes.data

    @classmethod
    def without_rows(cls) -> Self:
        """One whose every column is empty, such as compiling ahead wants."""
        return cls(**{name: np.empty(0, dtype) for name, dtype in cls.columns.items()})

    def __getattr__(self, name: str) -> Any:
        """Reached only for what is not there; typed so that columns, set by name, may be read."""
        if name == "_numba_type_":
            from wurao import _numba

            self._numba_type_ = _numba.bundle_type(type(self))
            return self._numba_type_
        raise AttributeError(name)

    def array(self, name: str) -> npt.NDArray[Any]:
        """The numpy array behind a column."""
        view: View = getattr(self, name)
        return view.array


class Compiled:
    """A plain function that compiles itself, and all that it calls, when it is first called."""

    def __init__(self, plain: Callable[..., Any]) -> None:
        functools.update_wrapper(self, plain)
        self.plain = plain

    def __call__(self, *arguments: Any) -> Any:
        """Call the machine code; the first call of all compiles it or loads it from the data directory."""
        if _as_it_stands.get():
            return self.plain(*arguments)
        return self.dispatcher(*arguments)

    @functools.cached_property
    def dispatcher(self) -> Callable[..., Any]:
        """The machine code itself, for a caller that calls it very often."""
        from wurao import _numba

        with _MAKING:
            made = _numba.dispatcher(self.plain)
            if not (code_directory() / WHOLE).exists() and not _numba.is_kept(made):
                _tell_once()
            return made

    def for_types_of(self, *arguments: Any) -> Callable[..., Any]:
        """The machine code for arguments of these types and no others, for a caller that has microseconds for a call.

        The dispatcher looks at the type of each argument each time; here who calls answers for it.
        """
        from wurao import _numba

        made = self.dispatcher
        with _MAKING:
            return _numba.entry_point(made, arguments)


@contextmanager
def as_it_stands() -> Iterator[None]:
    """Within, what is compiled runs as plain Python, in this thread: for a few rows that is done before Numba is there.

    Both give the same answers; plain code is some hundred times slower a row.
    """
    before = _as_it_stands.set(True)
    try:
        with np.errstate(over="ignore"):
            yield
    finally:
        _as_it_stands.reset(before)


@functools.cache
def _tell_once() -> None:
    """Say why the first call takes so long; `wurao compile` says it in its own words."""
    if tells_of_compiling:
        where = data_directory()
        _log.info("compiling, once for this data directory; wurao compile does all of it ahead", directory=str(where))


def compiled(plain: Callable[..., Any]) -> Compiled:
    """Mark a plain function as one that a caller outside may run as machine code."""
    return Compiled(plain)


def apart(plain: Plain) -> Plain:
    """Keep a plain function a function of its own in machine code; others are written into each of their callers.

    For long ones that several places call and that no inner loop needs.
    """
    _APART.add(plain)
    return plain


def is_apart(plain: Callable[..., Any]) -> bool:
    """Whether a plain function was marked by `apart`."""
    return plain in _APART


@functools.cache
def code_directory() -> Path:
    """Where machine code is kept that this Python, this Numba and these two modules make."""
    digest = hashlib.sha256(f"{sys.version} {version('numba')}".encode())
    for source in ("compiled.py", "_numba.py"):
        digest.update((_PACKAGE / source).read_bytes())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "").encode())
    return data_directory() / "compiled" / digest.hexdigest()[:16]


def bits_set(word: np.uint64) -> int:
    """How many bits of a 64-bit word are set."""
    return int(word).bit_count()


def prefetch(view: View, index: int) -> None:
    """Ask the machine to bring a value near that will be read soon; an index outside is passed over."""


def is_ours(value: object) -> TypeGuard[Callable[..., Any]]:
    """Whether a value found among a function's globals is a plain function of this package."""
    return isinstance(value, types.FunctionType) and value.__module__.partition(".")[0] == "wurao"
