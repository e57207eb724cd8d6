"""The half of `compiled` that knows Numba: dispatchers of plain functions, and how machine code sees views and bundles.

Imported only when something is to be compiled. A View is a pointer and a length, without reference counts; whoever
calls keeps the arrays alive. A Bundle is the address of a table of such pairs.
"""

from __future__ import annotations

import dis
import hashlib
import operator
import types
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.core import types as nb
from numba.core.datamodel import models, register_default
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, intrinsic, overload, typeof_impl, unbox

from wurao.compiled import Bundle, Compiled, bits_set, code_directory, is_apart, is_ours, prefetch

numba.config.CACHE_DIR = str(code_directory())

_dispatchers: dict[Callable[..., Any], Any] = {}
_fingerprints: dict[Callable[..., Any], str] = {}
_OVERLOADED = (bits_set, prefetch)


def dispatcher(plain: Callable[..., Any], inner: bool = False) -> Any:
    """The Numba dispatcher of a plain function, its globals replaced by the dispatchers of what it calls."""
    made = _dispatchers.get(plain)
    if made is not None:
        return made
    seen = dict(plain.__globals__)
    for name in _names(plain.__code__):
        value = seen.get(name)
        if isinstance(value, Compiled):
            seen[name] = dispatcher(value.plain, True)
        elif is_ours(value) and value not in _OVERLOADED:
            seen[name] = dispatcher(value, True)
    twin = types.FunctionType(plain.__code__, seen, plain.__name__, plain.__defaults__, plain.__closure__)
    twin.__qualname__, twin.__module__ = f"{plain.__qualname__}_{fingerprint(plain)}", plain.__module__
    made = numba.njit(twin, cache=True, nogil=True, forceinline=inner and not is_apart(plain))
    _forget_literals(made)
    _dispatchers[plain] = made
    return made


def entry_point(made: Any, arguments: Sequence[Any]) -> Callable[..., Any]:
    """What a dispatcher calls for arguments of these types, had from the data directory or compiled."""
    types_of = tuple(made.typeof_pyval(each) for each in arguments)
    made.compile(types_of)
    found: Callable[..., Any] = made.overloads[types_of].entry_point
    return found


def is_kept(made: Any) -> bool:
    """Whether machine code of a dispatcher lies in the data directory, for some types of arguments."""
    return Path(made._cache._cache_file._index_path).exists()


def _forget_literals(made: Any) -> None:
    """Compile one function for `f(x, 0)` and `f(x, 1)`, where Numba would make one for each literal argument."""
    of_types = made.get_call_template
    made.get_call_template = lambda args, kws: of_types(
        tuple(nb.unliteral(given) for given in args), {name: nb.unliteral(given) for name, given in kws.items()}
    )


def fingerprint(plain: Callable[..., Any]) -> str:
    """What tells a function from any other and from itself before a change: its code, and that of all it calls.

    Machine code is kept under a name with it, since Numba looks only at the file of the outermost function.
    """
    known = _fingerprints.get(plain)
    if known is None:
        _fingerprints[plain] = "itself"
        cells = [cell.cell_contents for cell in plain.__closure__ or ()]
        values = [plain.__globals__.get(name) for name in sorted(_names(plain.__code__))]
        defaults = [*(plain.__defaults__ or ()), *sorted((plain.__kwdefaults__ or {}).items())]
        told = [_code(plain.__code__), is_apart(plain), *(_told(value) for value in (*values, *cells, *defaults))]
        known = _fingerprints[plain] = hashlib.sha256(repr(told).encode()).hexdigest()[:16]
    return known


def _code(code: types.CodeType) -> tuple[object, ...]:
    consts = [_code(each) if isinstance(each, types.CodeType) else _told(each) for each in code.co_consts]
    return code.co_code.hex(), consts, code.co_names, code.co_varnames


def _told(value: object) -> object:
    """A value that compiled code sees as a constant, as text that is the same in every process."""
    if isinstance(value, Compiled):
        value = value.plain
    if is_ours(value):
        return fingerprint(value)
    if isinstance(value, np.ndarray):
        return hashlib.sha256(value.tobytes()).hexdigest()
    if isinstance(value, frozenset | set):
        return sorted(map(repr, value))
    if isinstance(value, type):
        return value.__qualname__, getattr(value, "_fields", None), [repr(each) for each in _members(value)]
    if value is None or isinstance(value, int | float | str | bytes | tuple | np.generic):
        return repr(value)
    return type(value).__qualname__


def _members(kind: type) -> list[Any]:
    return list(kind) if issubclass(kind, Enum) else []


def _names(code: types.CodeType) -> set[str]:
    """The globals that code reads; an attribute of the same name is none."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names


class ViewType(nb.Type):
    """A View of one dtype."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"View({dtype})")

    @property
    def value(self) -> Any:
        """What reading gives: int64, but uint64 and float64 for their own."""
        if self.dtype == nb.uint64:
            return nb.uint64
        return nb.int64 if isinstance(self.dtype, nb.Integer) else nb.float64


class BundleType(nb.Type):
    """A Bundle: its columns' names and dtypes."""

    def __init__(self, name: str, columns: tuple[tuple[str, Any], ...]) -> None:
        self.columns = columns
        self.places = {column: place for place, (column, _) in enumerate(columns)}
        super().__init__(name=f"{name}({', '.join(f'{column}:{dtype}' for column, dtype in columns)})")


def bundle_type(kind: type[Bundle]) -> BundleType:
    """The Numba type of a class of bundles."""
    return BundleType(kind.__name__, tuple((n, numba.from_dtype(np.dtype(d))) for n, d in kind.columns.items()))


@typeof_impl.register(Bundle)
def _type_of_bundle(value: Bundle, context: Any) -> BundleType:
    found: BundleType = value._numba_type_
    return found


@register_default(BundleType)
class _BundleModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: BundleType) -> None:
        super().__init__(manager, fe_type, ir.IntType(64))


@register_default(ViewType)
class _ViewModel(models.StructModel):
    def __init__(self, manager: Any, fe_type: ViewType) -> None:
        super().__init__(manager, fe_type, [("data", nb.CPointer(fe_type.dtype)), ("length", nb.int64)])


@unbox(BundleType)
def _unbox_bundle(typ: BundleType, value: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(value, "address")
    native = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(native, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class _BundleAttributes(AttributeTemplate):
    key = BundleType

    def generic_resolve(self, bundle: BundleType, name: str) -> Any:
        place = bundle.places.get(name)
        return None if place is None else ViewType(bundle.columns[place][1])


@lower_getattr_generic(BundleType)
def _bundle_attribute(context: Any, builder: Any, typ: BundleType, value: Any, name: str) -> Any:
    place = typ.places[name]
    view_type = ViewType(typ.columns[place][1])
    table = builder.inttoptr(value, ir.IntType(64).as_pointer())
    view = cgutils.create_struct_proxy(view_type)(context, builder)
    address = _load_once(builder, table, 2 * place)
    view.data = builder.inttoptr(address, context.get_value_type(nb.CPointer(view_type.dtype)))
    view.length = _load_once(builder, table, 2 * place + 1)
    return view._getvalue()


def _load_once(builder: Any, table: Any, word: int) -> Any:
    """A word of a bundle's table, of which the machine code knows that no store changes it, so it may keep it."""
    found = builder.load(builder.gep(table, [ir.Constant(ir.IntType(64), word)]))
    found.set_metadata("invariant.load", builder.module.add_metadata([]))
    return found


@intrinsic
def _length(typing_context: Any, view: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0]).length

    return nb.int64(view), generate


@intrinsic
def _load(typing_context: Any, view: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        typ = signature.args[0]
        proxy = cgutils.create_struct_proxy(typ)(context, builder, arguments[0])
        raw = builder.load(builder.gep(proxy.data, [arguments[1]]))
        found = context.data_model_manager[typ.dtype].from_data(builder, raw)
        return context.cast(builder, found, typ.dtype, signature.return_type)

    return view.value(view, nb.int64), generate


@intrinsic
def _store(typing_context: Any, view: Any, index: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        typ = signature.args[0]
        proxy = cgutils.create_struct_proxy(typ)(context, builder, arguments[0])
        cast = context.cast(builder, arguments[2], signature.args[2], typ.dtype)
        raw = context.data_model_manager[typ.dtype].as_data(builder, cast)
        builder.store(raw, builder.gep(proxy.data, [arguments[1]]))
        return context.get_dummy_value()

    return nb.void(view, nb.int64, value), generate


@intrinsic
def _near(typing_context: Any, view: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        proxy = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(proxy.data, [arguments[1]]), ir.IntType(8).as_pointer())
        small = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), small, small, small])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [place, small(0), small(3), small(1)])
        return context.get_dummy_value()

    return nb.void(view, nb.int64), generate


@intrinsic
def _outside(typing_context: Any, view: Any, index: Any) -> Any:
    """Whether an index points outside; the machine code is laid out for that being seldom.

    The compare is unsigned: LLVM takes a product of what it knows as not negative for not negative, and would drop a
    test for a negative place just where a damaged index has overflowed it.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        length = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0]).length
        outside = builder.icmp_unsigned(">=", arguments[1], length)
        kind = ir.FunctionType(ir.IntType(1), [ir.IntType(1), ir.IntType(1)])
        expect = cgutils.get_or_insert_function(builder.module, kind, "llvm.expect.i1")
        return builder.call(expect, [outside, ir.IntType(1)(0)])

    return nb.boolean(view, nb.int64), generate


@overload(len)
def _view_length(view: Any) -> Any:
    if not isinstance(view, ViewType):
        return None

    def length(view: Any) -> Any:
        return _length(view)

    return length


@overload(operator.getitem)
def _view_get(view: Any, index: Any) -> Any:
    if not isinstance(view, ViewType):
        return None

    def get(view: Any, index: Any) -> Any:
        place = np.int64(index)
        if _outside(view, place):
            raise IndexError("an index points outside its page")
        return _load(view, place)

    return get


@overload(operator.setitem)
def _view_set(view: Any, index: Any, value: Any) -> Any:
    if not isinstance(view, ViewType):
        return None

    def put(view: Any, index: Any, value: Any) -> Any:
        place = np.int64(index)
        if _outside(view, place):
            raise IndexError("an index points outside its page")
        _store(view, place, value)

    return put


@overload(prefetch)
def _prefetch(view: Any, index: Any) -> Any:
    def near(view: Any, index: Any) -> Any:
        place = np.int64(index)
        if place >= 0 and place < _length(view):
            _near(view, place)

    return near


@intrinsic
def _ctpop(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return nb.uint64(nb.uint64), generate


@overload(bits_set)
def _bits_set(word: Any) -> Any:
    def count(word: Any) -> Any:
        return np.int64(_ctpop(np.uint64(word)))

    return count
