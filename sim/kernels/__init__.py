"""How kernels are compiled and called: to machine code, once for each version of what they depend on.

Numba's reference counts, atomic additions at every use of a column, took four fifths of a firm's month: kernels own no
memory (whoever calls them allocates), so they are compiled without. Nor has a kernel that only kernels call any use for
the wrappers with which Python and C would call it, which took as long to compile as the kernels themselves.

With ``NUMBA_DISABLE_JIT=1`` in the environment every kernel runs as the Python that it is written in, for a debugger or
a print; results are the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from operator import attrgetter, itemgetter
from typing import Any, Final, NoReturn, TypeVar

import numba
import numpy as np
from numba import config, typeof, types
from numba._dispatcher import compute_fingerprint
from numba.core.compiler_lock import global_compiler_lock

from sim.kernels.cache import Kept, one_at_a_time, tell
from sim.kernels.interpreted import called_by_python, wrapping

Function = Callable[..., Any]
Group = TypeVar("Group", bound=tuple[Any, ...])
_compile: Any = numba.njit


def columns(group: type[Group]) -> type[Group]:
    """A named tuple of columns, or of groups of columns, for kernels to read and write.

    Its type, which takes long to find, is noted on the tuple itself: nothing in it can be replaced, and whoever puts a
    column or a group in another's place gets another tuple. (A named tuple alone has no room for a note.)
    """
    names = ("__doc__", "__module__", "__qualname__", "__annotations__")
    noted = {name: getattr(group, name) for name in names} | {"__getstate__": lambda self: None}
    return type(group.__name__, (group,), noted)


class _Inner:
    """A kernel for other kernels: they see Numba's dispatcher, Python is refused."""

    def __init__(self, compiled: Any) -> None:
        self.compiled, self._numba_type_ = compiled, types.Dispatcher(compiled)
        self.py_func, self.targetoptions = compiled.py_func, compiled.targetoptions

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            f"{self.py_func.__qualname__} is compiled for other kernels only; @outermost lets Python call it"
        )


def kernel(function: Function) -> Any:
    """A kernel that only other kernels call."""
    if config.DISABLE_JIT:
        return function
    return _Inner(_compile(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))


def inlined(function: Function) -> Any:
    """A kernel written out where it is called, for every firm and draw; Python may call it too, slowly."""
    if config.DISABLE_JIT:
        return wrapping(function)
    return _kept(_compile(_nrt=False, inline="always", no_cfunc_wrapper=True)(function))


def outermost(function: Function, *, allocates: bool = False) -> Any:
    """A kernel that Python calls, always with arguments of the same types; ``allocates``: it makes arrays of its own.

    Other threads go on meanwhile: it holds no lock of Python's.

    Numba looks up the types of all arguments at every call; for the columns of the firms that takes longer than many a
    call. Here groups (:func:`columns`) are looked at once and then recognised. Raises ``TypeError`` for arguments of
    other types than those of the first call in this process, whose memory would be misread.
    """
    if config.DISABLE_JIT:
        return called_by_python(function)
    compiled = _kept(_compile(_nrt=allocates, nogil=True, no_cfunc_wrapper=True)(function))
    seen: tuple[Any, ...] = ()  # set in one step, as threads may call for the first time side by side

    @wraps(function)
    def call(*arguments: Any) -> Any:
        nonlocal seen
        if not seen:
            with global_compiler_lock:  # Numba loads one kernel at a time
                seen = _first_seen(compiled, arguments)
        guard, entry, groups, usual_groups, others, usual_others = seen
        try:
            usual = (
                list(map(_noted, groups(arguments))) == usual_groups
                and list(map(compute_fingerprint, others(arguments))) == usual_others
            )
        except (IndexError, AttributeError, NotImplementedError):  # too few, not noted, or unknown to kernels
            usual = False
        if not usual:
            guard.look(arguments)
        return entry(*arguments)

    return call


# A kernel that makes arrays of its own: for what is called once a run.
allocating = partial(outermost, allocates=True)


class _Guard:
    """The types for which an outermost kernel was compiled: those of its first call.

    At every call arrays and numbers are compared by their fingerprints, and groups by the type that is noted on each.
    Whatever differs is looked at here.
    """

    def __init__(self, compiled: Any, arguments: Sequence[Any]) -> None:
        self.compiled = compiled
        self.types = self._types(arguments)

    def _types(self, arguments: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(
            _type_of_group(argument) if _has_columns(argument) else self.compiled.typeof_pyval(argument)
            for argument in arguments
        )

    def look(self, arguments: Sequence[Any]) -> None:
        """Raises ``TypeError`` for arguments of other types, and for more or fewer of them."""
        names = self.compiled.py_func.__code__.co_varnames[: len(self.types)]
        if len(arguments) != len(names):
            raise TypeError(f"{self.compiled.__name__} takes {len(names)} arguments, not {len(arguments)}")
        for name, kind, found in zip(names, self.types, self._types(arguments), strict=True):
            if found != kind:
                raise TypeError(f"{self.compiled.__name__}: {name} is {_told(found, kind)}, as which it was compiled")


def _first_seen(compiled: Any, arguments: Sequence[Any]) -> tuple[Any, ...]:
    """What a kernel needs for its next calls: its guard and machine code, and what its arguments look like."""
    guard = _Guard(compiled, arguments)
    noted = [k for k, argument in enumerate(arguments) if hasattr(argument, NOTE)]
    groups, others = _picker(noted), _picker([k for k in range(len(arguments)) if k not in noted])
    usual_groups = [_noted(argument) for argument in groups(arguments)]
    usual_others = [compute_fingerprint(argument) for argument in others(arguments)]
    return guard, _entry_point(compiled, guard.types), groups, usual_groups, others, usual_others


NOTE: Final = "_kernel_type"  # attribute of a group
_noted = attrgetter(NOTE)
_types: dict[tuple[type, bytes], Any] = {}  # all types of groups, by what they look like


def _has_columns(argument: Any) -> bool:
    return isinstance(argument, tuple) and any(isinstance(part, np.ndarray) or _has_columns(part) for part in argument)


def _type_of_group(group: tuple[Any, ...]) -> Any:
    looks = (type(group), compute_fingerprint(group))
    if looks not in _types:
        _types[looks] = typeof(group)
    if hasattr(group, "__dict__"):
        setattr(group, NOTE, _types[looks])
    return _types[looks]


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Picks the arguments at these places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda arguments: tuple(arguments[k] for k in places)


def _told(got: Any, kind: Any) -> str:
    """The difference between two types; of groups the first column that differs."""
    if isinstance(got, types.BaseNamedTuple) and isinstance(kind, types.BaseNamedTuple) and got.fields == kind.fields:
        for name, one, other in zip(got.fields, got, kind, strict=True):
            if one != other:
                return f"a {got.instance_class.__name__} whose {name} is {_told(one, other)}"
    return f"{got}, not {kind}"


def _kept(compiled: Any) -> Any:
    """The same dispatcher, whose compiled forms are kept between processes."""
    compiled._cache = Kept(compiled.py_func, str(sorted(compiled.targetoptions.items())))
    return compiled


def _entry_point(compiled: Any, signature: tuple[Any, ...]) -> Function:
    """The machine code of a kernel for arguments of these types, loaded or, by one process at a time, compiled."""
    if not compiled._cache.has(signature, compiled.targetctx):
        with one_at_a_time():
            if not compiled._cache.has(signature, compiled.targetctx):
                tell()
            return compiled.compile(signature)  # type: ignore[no-any-return]
    return compiled.compile(signature)  # type: ignore[no-any-return]
