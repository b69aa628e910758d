"""Compiled kernels that came with the package: where they serve, and what is said where they do not."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite.binding
import numba
import numpy as np
import pytest
from numba.core import event

from sim.kernels import cache, shipped
from tests.kernels.test_cache import KERNELS, defined

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(shipped.lacking(shipped.FEATURES)), reason="kernels of the common processor do not run here"
    ),
]
DO_NOT_SERVE = "The kernels that came with the package do not serve here:"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernels of a small module, compiled for the common processor by a process that is told of it."""
    kept, folder = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("made") / "compiled"
    environment = os.environ | {
        "NUMBA_CACHE_DIR": str(kept),
        "NUMBA_CPU_NAME": shipped.PROCESSOR,
        "NUMBA_CPU_FEATURES": shipped.features(),
    }
    code = "import numpy as np, sys, types; from tests.kernels.test_cache import KERNELS, defined\n"
    code += "sys.modules['sim.trial'] = types.ModuleType('sim.trial')\n"
    code += "assert defined(KERNELS)['twice'](np.array([7])) == 12"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], env=environment, check=True)
    shutil.copytree(kept / "shukun", folder, ignore=shutil.ignore_patterns(".lock"))
    (folder / shipped.NOTE).write_text(json.dumps(shipped.note()))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of them as the package's own, beside an empty cache of the user; nothing was said yet."""
    here = tmp_path / "compiled"
    shutil.copytree(made, here)
    monkeypatch.setitem(sys.modules, "sim.trial", ModuleType("sim.trial"))  # compiled code names its module
    monkeypatch.setattr(shipped, "FOLDER", here)
    monkeypatch.setattr(cache, "_said", [])
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "users"))
    return here


def compiles(source: str, result: int) -> bool:
    """Whether something is compiled for the kernel of a module to give ``result``."""
    with event.install_recorder("numba:compile") as seen:
        assert defined(source)["twice"](np.array([7])) == result
    return bool(seen.buffer)


def test_kernels_of_the_package_are_loaded_and_nothing_is_compiled_kept_written_or_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert not compiles(KERNELS, 12)
    assert not (tmp_path / "users").exists()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before
    assert capsys.readouterr().err == ""


def test_a_function_of_the_users_own_is_compiled_for_the_processor_that_is_here(folder: Path) -> None:
    assert not compiles(KERNELS, 12)

    @numba.njit
    def own(x: int) -> int:
        return x + 1

    assert own(1) == 2
    (compiled,) = own.overloads.values()
    _, processor, features = compiled.library.codegen.magic_tuple()
    assert processor == llvmlite.binding.get_host_cpu_name() != shipped.PROCESSOR
    assert features == numba.core.codegen.get_host_cpu_features() != shipped.features()


def test_a_kernel_that_has_changed_since_is_compiled_for_the_processor_that_is_here(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compiles(KERNELS.replace("FACTOR = 2", "FACTOR = 3"), 18)
    assert len(list((tmp_path / "users" / "shukun").glob("*.nbc"))) == 1
    assert DO_NOT_SERVE not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("what", "value", "said"),
    [
        ("system", "aarch64-unknown-linux-gnu", "system aarch64-unknown-linux-gnu, and here it is"),
        ("python", "cpython-399-x86_64-linux-gnu", "Python cpython-399-x86_64-linux-gnu, and here it is"),
        ("features", "+sse2,+shukun512", "this processor lacks shukun512"),
        ("numba", "0.1", f"numba 0.1, and here it is {numba.__version__}"),
        ("llvmlite", "0.1", "llvmlite 0.1, and here it is"),
        ("numpy", "0.1", f"numpy 0.1, and here it is {np.__version__}"),
    ],
)
def test_elsewhere_they_are_compiled_as_before_and_a_line_says_why(
    what: str, value: str, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note: dict[str, Any] = json.loads((folder / shipped.NOTE).read_text())
    (note["libraries"] if what in note["libraries"] else note)[what] = value
    (folder / shipped.NOTE).write_text(json.dumps(note))
    assert compiles(KERNELS, 12)
    assert compiles(KERNELS.replace("FACTOR = 2", "FACTOR = 3"), 18)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "随包附带的内核在此不适用" in lines[0]
    assert DO_NOT_SERVE in lines[0] and said in lines[0]
    assert "Compiling the model's kernels" in lines[1]


def test_who_asks_numba_for_another_processor_gets_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numba.config, "CPU_NAME", llvmlite.binding.get_host_cpu_name())
    assert compiles(KERNELS, 12)
    assert DO_NOT_SERVE in capsys.readouterr().err


@pytest.mark.parametrize("pattern", ["*.nbc", "*.nbi", shipped.NOTE])
def test_a_damaged_file_is_as_good_as_none(pattern: str, folder: Path) -> None:
    (damaged,) = folder.glob(pattern)
    damaged.write_bytes(damaged.read_bytes()[:20])
    assert compiles(KERNELS, 12)
    assert not compiles(KERNELS, 12)  # the one in the user's cache
