"""Kernels as the Python that they are written in, with the numbers that they have when they are compiled.

Compiled code computes with 64 bits whatever the width of the column that a number comes from. NumPy computes with the
width of the column: a prefecture of 8 bits times the number of sectors would overflow. So a kernel that runs as Python
reads narrow columns through :class:`Wide`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import numpy as np

# What compiled code makes of a narrow number. Those without a sign hold bits and stay as they are.
WIDENED: Final = {np.dtype(kind): np.int64 for kind in (np.int8, np.int16, np.int32)} | {
    np.dtype(np.float32): np.float64
}


class Wide(np.ndarray[Any, Any]):
    """A view of a narrow column whose single entries are read as numbers of 64 bits."""

    def __getitem__(self, place: Any) -> Any:
        """An entry, or a part of the column, which is read in the same way."""
        found = super().__getitem__(place)
        return found if isinstance(found, np.ndarray) else WIDENED[self.dtype](found)


def called_by_python(function: Callable[..., Any]) -> Callable[..., Any]:
    """An outermost kernel as Python."""

    @wraps(function)
    def call(*arguments: Any) -> Any:
        return function(*map(_widened, arguments))

    return call


def wrapping(function: Callable[..., Any]) -> Callable[..., Any]:
    """An inlined kernel as Python: its words of 64 bits wrap around without a warning."""

    @wraps(function)
    def call(*arguments: Any) -> Any:
        with np.errstate(over="ignore"):
            return function(*arguments)

    return call


def _widened(argument: Any) -> Any:
    if isinstance(argument, tuple) and hasattr(argument, "_make"):
        return argument._make(map(_widened, argument))
    if isinstance(argument, np.ndarray) and argument.dtype in WIDENED:
        return argument.view(Wide)
    return argument
