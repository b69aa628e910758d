"""How kernels are compiled: to machine code once for each version of the sources, kept between processes.

Two things that Numba leaves to its users are settled here. Its cache looks only at the file of the function that is
called, so a change in a file that it uses would go unnoticed: the cache folder therefore carries a hash of all sources
that hold kernels. And its reference counts, atomic additions at every use of a column, took four fifths of a firm's
month: kernels own no memory (whoever calls them allocates), so they are compiled without.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import numba
from numba import njit


def _cache_folder() -> Path:
    """A folder for compiled kernels of exactly these sources, in the user's cache."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    # The rooms that hold kernels, and what they take constants from.
    for pattern in ("*.py", "firm/*.py", "institutions/*.py", "population/*.py", "observe/*.py"):
        for path in sorted(here.glob(pattern)):
            digest.update(path.relative_to(here).as_posix().encode() + path.read_bytes())
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "shukun" / "kernels" / digest.hexdigest()[:16]


if "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = str(_cache_folder())

# A kernel that allocates nothing; all of the model's are.
kernel: Any = njit(cache=True, _nrt=False)
# The same, written out where it is called: for what is called for every firm and draw.
inlined: Any = njit(cache=True, _nrt=False, inline="always")
# A kernel that makes arrays of its own: for what is called once a run.
allocating: Any = njit(cache=True)


def outermost(compiled: Any) -> Callable[..., Any]:
    """A kernel that Python calls every day, always with arguments of the same types.

    Numba looks up the types of all arguments at every call; for the columns of the firms that takes
    ten times as long as the call. Here the look-up is done at the first call of a process, and nobody looks again: the
    types of the columns are fixed where they are made.
    """
    found: list[Callable[..., Any]] = []

    @wraps(compiled.py_func)
    def call(*arguments: Any) -> Any:
        if found:
            return found[0](*arguments)
        result = compiled(*arguments)
        (only,) = compiled.overloads.values()
        found.append(only.entry_point)
        return result

    return call
