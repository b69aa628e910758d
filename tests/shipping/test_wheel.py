"""Wheels with compiled kernels: to what they are bound, and that they compile nothing and change no byte."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sim.kernels import shipped

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import hashlib, numba, sim
from numba.core import event
from shipping import every_kernel
with event.install_recorder("numba:compile") as seen:
    results = every_kernel.call()
@numba.njit
def own(x):
    return x + 1
own(1)
(compiled,) = own.overloads.values()
tables = [
    name + table.to_csv()
    for result in results for name, table in sorted(vars(result).items()) if hasattr(table, "to_csv")
]
print(len(seen.buffer), hashlib.sha256("".join(tables).encode()).hexdigest())
print(sim.__file__)
print(compiled.library.codegen.magic_tuple()[1])
"""


def metadata(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as files:
        (path,) = (path for path in files.namelist() if path.endswith(f".dist-info/{name}"))
        return files.read(path).decode()


@pytest.mark.slow
def test_a_wheel_with_kernels_is_bound_to_this_python_and_system_and_to_the_libraries(tmp_path: Path) -> None:
    kernels, built = tmp_path / "kernels", tmp_path / "built"
    kernels.mkdir()
    note = shipped.note()
    (kernels / shipped.NOTE).write_text(json.dumps(note))
    (kernels / "kernel.nbc").write_bytes(b"machine code")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT)]
    environment = os.environ | {"SHUKUN_COMPILED_KERNELS": str(kernels)}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    (wheel,) = built.iterdir()
    version = "".join(map(str, sys.version_info[:2]))
    assert re.fullmatch(rf"shukun-[\d.]+-cp{version}-cp{version}-\w+_\w+\.whl", wheel.name)
    assert "Root-Is-Purelib: false" in metadata(wheel, "WHEEL")
    pinned = dict(re.findall(r"^Requires-Dist: ([\w-]+)==([\w.]+)$", metadata(wheel, "METADATA"), re.MULTILINE))
    assert pinned == note["libraries"]
    with zipfile.ZipFile(wheel) as files:
        assert files.read("sim/kernels/compiled/kernel.nbc") == b"machine code"
        assert json.loads(files.read(f"sim/kernels/compiled/{shipped.NOTE}")) == note


@pytest.mark.long
def test_every_kernel_is_in_the_wheel_and_leaves_the_bytes_of_one_for_this_processor(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "shipping.wheel", str(tmp_path / "dist")], cwd=ROOT, check=True)
    (wheel,) = (tmp_path / "dist").iterdir()
    tree, kept = tmp_path / "tree", tmp_path / "kept"
    zipfile.ZipFile(wheel).extractall(tree)
    (tree / "shipping").symlink_to(ROOT / "shipping")

    def printed(folder: Path, **more: str) -> list[str]:
        environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"} | more
        run = subprocess.run(
            [sys.executable, "-c", CHILD], env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return run.stdout.splitlines()

    shipped_run, place, processor = printed(tree, NUMBA_CACHE_DIR=str(kept), XDG_CACHE_HOME=str(kept))
    own_run, own_place, own_processor = printed(ROOT)
    assert place.startswith(str(tree)) and own_place.startswith(str(ROOT))
    assert shipped_run.split()[0] == "0"
    assert shipped_run.split()[1] == own_run.split()[1]
    assert not (kept / "shukun").exists()
    assert processor == own_processor != shipped.PROCESSOR
