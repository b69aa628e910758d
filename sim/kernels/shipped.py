"""Compiled kernels that came with the package: for which Python, libraries and processor, and whether they serve here.

A wheel for one system carries the kernels compiled for a common processor (``shipping/``), in files that are named as
those in the user's cache are, beside a note of what they were compiled for. They are read and never written. Nothing
else is told of that processor: Numba compiles whatever else the process has, the user's own functions first, for the
processor that it runs on.
"""

from __future__ import annotations

import json
import sysconfig
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import llvmlite.binding
from numba import config

FOLDER: Final = Path(__file__).resolve().parent / "compiled"
NOTE: Final = "compiled_for.json"
# The third level of x86-64 (x86-64 psABI, section 3.1.1), in LLVM's words: Intel since 2013 (Haswell), AMD since 2015.
PROCESSOR: Final = "x86-64-v3"
FEATURES: Final = (
    "avx", "avx2", "bmi", "bmi2", "cmov", "cx16", "cx8", "f16c", "fma", "fxsr", "lzcnt", "mmx", "movbe", "popcnt",
    "sahf", "sse", "sse2", "sse3", "sse4.1", "sse4.2", "ssse3", "xsave",
)  # fmt: skip
LIBRARIES: Final = ("numba", "llvmlite", "numpy")  # what machine code is made by, and for
Key = tuple[str, str, str]  # what Numba calls a processor: system, name and features


def note() -> dict[str, Any]:
    """What kernels compiled here for the common processor are bound to, as it is written beside them."""
    return {
        "system": llvmlite.binding.get_process_triple(),
        "processor": PROCESSOR,
        "features": features(),
        "python": str(sysconfig.get_config_var("SOABI")),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def features() -> str:
    """The features of the common processor as Numba takes them."""
    return ",".join(f"+{name}" for name in FEATURES)


@cache
def serves(folder: Path) -> tuple[Key | None, tuple[str, str] | None]:
    """The processor of the kernels in ``folder`` if they serve here; else, if there are any, why not (zh, en)."""
    try:
        theirs: dict[str, Any] = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        processor = (str(theirs["system"]), str(theirs["processor"]), str(theirs["features"]))
        bound = {"system": theirs["system"], "Python": theirs["python"], **theirs["libraries"]}
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError, KeyError, TypeError):  # damaged: as good as none
        return None, (f"{NOTE} 无法读取", f"{NOTE} cannot be read")
    ours = note()
    here = {"system": ours["system"], "Python": ours["python"], **ours["libraries"]}
    if different := [what for what in here if bound.get(what) != here[what]]:
        what = different[0]
        return None, (
            f"编译时 {what} 为 {bound.get(what)}，此处为 {here[what]}",
            f"they were compiled with {what} {bound.get(what)}, and here it is {here[what]}",
        )
    if without := lacking(processor[2].replace("+", "").split(",")):
        names = ", ".join(without)
        return None, (
            f"为 {processor[1]} 处理器编译，本机缺少 {names}",
            f"they were compiled for {processor[1]}, and this processor lacks {names}",
        )
    if config.CPU_NAME is not None or config.CPU_FEATURES is not None:
        told = "NUMBA_CPU_NAME / NUMBA_CPU_FEATURES"
        return None, (f"{told} 另有指定", f"{told} ask for another processor")
    return processor, None


def lacking(wanted: Iterable[str]) -> list[str]:
    """Which of these features this processor lacks."""
    has = llvmlite.binding.get_host_cpu_features()
    return sorted(name for name in wanted if not has.get(name, False))
