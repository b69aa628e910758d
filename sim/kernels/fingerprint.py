"""What the machine code of a kernel depends on, as one digest: its code, that of every kernel it calls, its constants.

Numba takes the value of a global name into the machine code, and looks at one file when it is asked whether compiled
code is still good. So a kernel is followed here as Numba follows it: through the global names that its bytecode reads.
What only a reader sees - comments, docstrings, the lines something stands on - counts for nothing, and neither does
where the sources lie: another checkout of the same kernels finds them compiled.
"""

from __future__ import annotations

import dis
import hashlib
import sys
from collections.abc import Callable, Iterator
from enum import EnumMeta
from inspect import CO_NEWLOCALS, CO_OPTIMIZED, getclosurevars
from types import CodeType, ModuleType
from typing import Any, Final

import llvmlite
import numba
import numpy as np

# Libraries that a kernel may use by name; their versions are a part of every digest.
LIBRARIES: Final = (np,)
_LOAD_GLOBAL: Final = dis.opmap["LOAD_GLOBAL"]


def digest(function: Callable[..., Any], options: str) -> str:
    """The digest of a kernel: 16 hexadecimal digits.

    ``function``: as it is written, before it is compiled; ``options``: how. Raises ``TypeError`` when the kernel reads
    something that is not known to stay as it is, for then a change of it would go unnoticed.
    """
    config = numba.config
    how = (options, config.OPT, config.BOUNDSCHECK, config.DEBUGINFO_DEFAULT)
    versions = (sys.version_info[:2], numba.__version__, llvmlite.__version__, np.__version__)
    found = hashlib.sha256(repr((str(how), versions)).encode())
    for part in _parts(function, set()):
        found.update(part.encode() + b"\n")
    return found.hexdigest()[:16]


def _parts(function: Callable[..., Any], seen: set[object]) -> Iterator[str]:
    """Lines that say all that a function and whatever it uses are, each function once."""
    if function in seen:
        yield function.__qualname__
        return
    seen.add(function)
    yield from _code(function.__code__, function.__doc__)
    yield repr((function.__defaults__, function.__kwdefaults__))
    names = sorted(_globals_read(function.__code__))
    used = {name: function.__globals__[name] for name in names if name in function.__globals__}
    for name, value in (used | dict(getclosurevars(function).nonlocals)).items():
        yield name
        yield from _value(value, f"{function.__module__}.{function.__qualname__}", name, seen)


def _code(code: CodeType, documentation: str | None = None) -> Iterator[str]:
    """What is executed; without lines, and without the docstring, which is the first constant."""
    constants = [constant for constant in code.co_consts if not isinstance(constant, CodeType)]
    if documentation is not None and constants and isinstance(constants[0], str):
        constants[0] = None
    flags = code.co_flags | CO_OPTIMIZED | CO_NEWLOCALS  # as all functions have; Numba takes them off under a profiler
    yield repr((code.co_code, code.co_exceptiontable, flags, code.co_argcount))
    yield repr((code.co_names, code.co_varnames, code.co_freevars, [(type(c).__name__, c) for c in constants]))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)


def _globals_read(code: CodeType) -> set[str]:
    """Global names that code reads: ``dis`` would describe each of its steps, which takes eight times as long."""
    names, further = set(), 0
    for operation, number in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        if operation == _LOAD_GLOBAL:
            names.add(code.co_names[(further | number) >> 1])  # the last bit says whether the name is called
        further = (further | number) << 8 if operation == dis.EXTENDED_ARG else 0
    return names.union(*(_globals_read(inner) for inner in code.co_consts if isinstance(inner, CodeType)))


def _value(value: Any, reader: str, name: str, seen: set[object]) -> Iterator[str]:
    """Lines that say what the value of a global name is."""
    kernel = getattr(value, "py_func", None)
    if kernel is not None:
        yield repr(sorted(value.targetoptions.items()))
        yield from _parts(kernel, seen)
    elif isinstance(value, np.ndarray):
        yield repr((value.dtype.str, value.shape, value.tobytes()))
    elif isinstance(value, bool | int | float | str | np.generic):
        yield repr((type(value).__name__, value))
    elif isinstance(value, tuple):
        for entry in value:
            yield from _value(entry, reader, name, seen)
        yield f"{len(value)} entries"
    elif isinstance(value, EnumMeta):
        yield repr(list(value.__members__.items()))
    elif value in LIBRARIES or (isinstance(value, type) and value.__module__ in {lib.__name__ for lib in LIBRARIES}):
        yield value.__name__
    else:
        kind = "module" if isinstance(value, ModuleType) else type(value).__name__
        raise TypeError(
            f"the kernel {reader} reads {name}, a {kind}, and a change of it would go unnoticed; "
            "a kernel may read numbers, arrays, tuples, enumerations, numpy and other kernels"
        )
