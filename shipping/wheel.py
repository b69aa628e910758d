"""Builds the wheel that carries compiled kernels: ``make wheel``.

    python -m shipping.wheel [FOLDER]    into FOLDER, `dist` if none is named

A process of its own compiles every kernel, and in it alone Numba is told of the common processor
(``sim/kernels/shipped.py``). The wheel is for the Python and the system of this process and pins the libraries that
compiled the kernels; pip refuses it elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from shipping.every_kernel import outermost
from shipping.hook import FOLDER
from sim.kernels import shipped

ROOT: Final = Path(__file__).resolve().parents[1]


def compile_into(folder: Path) -> None:
    """Every kernel that Python calls, compiled for the common processor, and the note of what that binds them to.

    Raises ``RuntimeError`` for a kernel that no run of ``every_kernel.py`` calls, and where this processor is another.
    """
    if without := shipped.lacking(shipped.FEATURES):
        raise RuntimeError(
            f"kernels for {shipped.PROCESSOR} cannot run here: this processor lacks {', '.join(without)}"
        )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")} | {
        "NUMBA_CPU_NAME": shipped.PROCESSOR,
        "NUMBA_CPU_FEATURES": shipped.features(),
        "NUMBA_DISABLE_INTEL_SVML": "1",  # a library that the next machine may not have
    }
    with tempfile.TemporaryDirectory() as kept:
        environment["NUMBA_CACHE_DIR"] = kept
        subprocess.run([sys.executable, "-m", "shipping.every_kernel"], cwd=ROOT, env=environment, check=True)
        files = sorted(path for path in (Path(kept) / "shukun").iterdir() if path.suffix in (".nbi", ".nbc"))
        compiled = {path.name.split("-")[0] for path in files}
        if missing := sorted(set(outermost()) - compiled):
            raise RuntimeError(f"no run of shipping/every_kernel.py calls {', '.join(missing)}")
        folder.mkdir(parents=True)
        for path in files:
            shutil.copy(path, folder)
    (folder / shipped.NOTE).write_text(json.dumps(shipped.note(), indent=2) + "\n", encoding="utf-8")


def build(folder: Path) -> Path:
    """The wheel, in ``folder``."""
    with tempfile.TemporaryDirectory() as made:
        kernels = Path(made) / "compiled"
        compile_into(kernels)
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
        subprocess.run(command, env=os.environ | {FOLDER: str(kernels)}, stdout=subprocess.DEVNULL, check=True)
    return max(folder.glob("shukun-*.whl"), key=lambda path: path.stat().st_mtime)


if __name__ == "__main__":
    print(build(Path(sys.argv[1] if len(sys.argv) > 1 else "dist")))
