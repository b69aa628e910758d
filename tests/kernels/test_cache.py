"""What compiled kernels depend on, where they are kept, and who compiles them."""

import cProfile
import dis
import inspect
import os
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest

from sim.kernels import cache, fingerprint
from sim.kernels.fingerprint import digest

KERNELS = """
import enum
import numpy as np
from sim.kernels import inlined, kernel, outermost

FACTOR = 2
TABLE = np.array([1, 2, 3])
PAIR = (1, 2.0)
class Kind(enum.IntEnum):
    ONE = 1

@inlined
def half(x):
    return x // 2

@kernel
def deep(x):
    return half(x) + TABLE[0] + Kind.ONE + PAIR[0]

@outermost
def twice(column):
    '''Read by people.'''
    return deep(column[0]) * FACTOR
"""


def defined(source: str) -> dict[str, Any]:
    """The names that a module of this source, `sim.trial`, would define."""
    names: dict[str, Any] = {"__name__": "sim.trial"}
    exec(compile(source, "trial.py", "exec"), names)
    return names


def digest_of(source: str) -> str:
    return digest(defined(source)["twice"].__wrapped__, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FACTOR = 2", "FACTOR = 3"),
        ("FACTOR = 2", "FACTOR = 2.0"),
        ("[1, 2, 3]", "[1, 2, 4]"),
        ("[1, 2, 3]", "[1.0, 2, 3]"),
        ("(1, 2.0)", "(1, 3.0)"),
        ("ONE = 1", "ONE = 2"),
        ("x // 2", "x // 3"),
        ("half(x) +", "half(x) -"),
        ("* FACTOR", "- FACTOR"),
        ("@inlined", "@kernel"),
    ],
)
def test_whatever_changes_a_result_changes_the_digest(before: str, after: str) -> None:
    assert before in KERNELS
    assert digest_of(KERNELS) != digest_of(KERNELS.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FACTOR = 2", "# why two\nFACTOR = 2"),
        ("Read by people.", "Read by\n    many people."),
        ("return half", "# said once\n    return half"),
        ("FACTOR = 2", "FACTOR = 2\nUNUSED = 5"),
    ],
)
def test_what_only_a_reader_sees_compiles_nothing_anew(before: str, after: str) -> None:
    assert before in KERNELS
    assert digest_of(KERNELS) == digest_of(KERNELS.replace(before, after))


def test_a_profiler_changes_no_digest() -> None:
    """Under one Numba takes flags off the code of what Python calls."""
    names = defined(KERNELS)
    before = digest(names["twice"].__wrapped__, "")
    with cProfile.Profile():
        assert names["half"](4) == 2
    assert digest(names["twice"].__wrapped__, "") == before


def test_the_globals_that_a_digest_follows_are_those_that_the_bytecode_reads() -> None:
    """Of modules with some hundred functions, more names than a step's number can tell without another step."""

    def described(code: CodeType) -> set[str]:
        read = {str(step.argval) for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
        return read.union(*(described(inner) for inner in code.co_consts if isinstance(inner, CodeType)))

    many = "def many():\n" + "".join(f"    a{k}.b{k}\n" for k in range(400))
    for source in (many, KERNELS, inspect.getsource(dis), inspect.getsource(inspect)):
        code = compile(source, "trial.py", "exec")
        assert fingerprint._globals_read(code) == described(code)


@pytest.mark.parametrize("unknown", ["[1, 2]", "{1: 2}", "os", "len", "lambda x: x", "(1, [2])"])
def test_a_kernel_that_reads_what_may_change_unnoticed_is_refused(unknown: str) -> None:
    with pytest.raises(TypeError, match=r"sim\.trial\.twice reads FACTOR, a .* would go unnoticed"):
        digest_of("import os\n" + KERNELS.replace("FACTOR = 2", f"FACTOR = {unknown}"))


def test_every_kernel_of_the_model_has_a_digest_and_is_kept_by_it() -> None:
    """One that is compiled in another way, or reads what is not in its digest, would outlive a change."""
    import pkgutil
    from importlib import import_module

    from numba.core.dispatcher import Dispatcher

    import sim
    from sim import kernels
    from sim.kernels import _Inner

    modules = [import_module(found.name) for found in pkgutil.walk_packages(sim.__path__, "sim.")]
    found: dict[str, Any] = {}
    for module in modules:
        found |= {f"{module.__name__}.{name}": value for name, value in vars(module).items()}
    compiled = {name: value for name, value in found.items() if isinstance(value, _Inner | Dispatcher)}
    called = {
        name: value
        for name, value in found.items()
        if isinstance(value, FunctionType)
        and value.__code__.co_filename == kernels.__file__
        and hasattr(value, "__wrapped__")
    }
    assert {"sim.firm.settlement.settle", "sim.population.cells.enumerate_rows"} <= set(called)
    assert {"sim.firm.payment.pay_in_order", "sim.random_numbers.bits"} <= set(compiled)
    kept_otherwise = [
        n for n, v in compiled.items() if isinstance(v, Dispatcher) and not isinstance(v._cache, cache.Kept)
    ]
    assert kept_otherwise == []
    for function in [value.py_func for value in compiled.values()] + [value.__wrapped__ for value in called.values()]:
        digest(function, "")


def compiled_files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "shukun").glob("*.nbc")}


def test_a_change_in_what_a_kernel_uses_is_noticed_and_going_back_compiles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    column = np.array([7])
    assert defined(KERNELS)["twice"](column) == 12
    first = compiled_files(tmp_path)
    assert defined(KERNELS.replace("x // 2", "x // 7"))["twice"](column) == 8
    second = compiled_files(tmp_path)
    assert len(first) == 1
    assert first < second
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "shukun").glob("*.nbc")}
    assert defined(KERNELS)["twice"](column) == 12
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "shukun").glob("*.nbc")} == times


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    defined(KERNELS)["twice"](np.array([7]))
    for pattern in ("*.nbc", "*.nbi"):
        for path in (tmp_path / "shukun").glob(pattern):
            path.write_bytes(path.read_bytes()[:20])
        assert defined(KERNELS)["twice"](np.array([7])) == 12


@pytest.mark.parametrize("moved", ["sim.groups", "sim.rooms.groups"])
def test_a_group_of_columns_that_has_moved_leaves_what_others_kept_as_it_is(
    moved: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sources before and after a move of a class share the folder: neither can read an index that names the other's."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    before, after = ModuleType("sim.trial_groups"), ModuleType(moved)
    for module in (before, after):
        module.Group = namedtuple("Group", ["column"], module=module.__name__)  # type: ignore[attr-defined]
    source = KERNELS.replace("deep(column[0])", "deep(column.column[0])")
    monkeypatch.setitem(sys.modules, before.__name__, before)
    assert defined(source)["twice"](before.Group(np.array([7]))) == 12
    first = {path: path.read_bytes() for path in (tmp_path / "shukun").glob("*.nb?")}
    monkeypatch.delitem(sys.modules, before.__name__)
    monkeypatch.setitem(sys.modules, after.__name__, after)
    assert defined(source)["twice"](after.Group(np.array([7]))) == 12
    assert len(first) == 2
    assert {path: path.read_bytes() for path in first} == first


def test_what_nobody_used_for_a_month_is_let_go_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = tmp_path / "shukun"
    defined(KERNELS)["twice"](np.array([7]))
    ours = set(folder.glob("*.nb?"))
    unused = ours
    defined(KERNELS.replace("FACTOR = 2", "FACTOR = 3"))["twice"](np.array([7]))
    used = set(folder.glob("*.nb?")) - ours
    others = {folder / "notes.txt", folder / "other.f-1.py311.nbi", folder / "sim.trial.twice.nbi"}
    for path in others:
        path.write_text("")
    old = time.time() - cache.MONTH - 60
    for path in ours | used | others:
        os.utime(path, (old, old))
    defined(KERNELS.replace("FACTOR = 2", "FACTOR = 3"))["twice"](np.array([7]))  # loaded, as another checkout would
    defined(KERNELS.replace("FACTOR = 2", "FACTOR = 4"))["twice"](np.array([7]))  # compiled
    assert unused
    assert not any(path.exists() for path in unused)
    assert all(path.exists() for path in used | others)


def test_without_a_folder_that_can_be_written_kernels_are_compiled_for_the_process_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    barred = tmp_path / "barred"
    barred.write_text("a file")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(barred))  # also restored at the end
    cache._passing.cache_clear()
    assert defined(KERNELS)["twice"](np.array([7])) == 12
    assert defined(KERNELS.replace("FACTOR = 2", "FACTOR = 3"))["twice"](np.array([7])) == 18
    said = capsys.readouterr().err
    assert said.count("无法写入") == said.count("cannot be written to") == 1
    assert str(barred) in said
    cache._passing.cache_clear()


@pytest.mark.slow
def test_what_is_kept_runs_without_what_only_compiling_needs_and_hinders_no_compiling(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def of(calls: str) -> str:
        script = tmp_path / "trial.py"
        script.write_text(
            f"import sys\n{KERNELS}\nprint({calls}, 'numba.np.linalg' in sys.modules)\n", encoding="utf-8"
        )
        command = [sys.executable, str(script)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    assert of("half(8)") == "4 True"  # compiled
    assert of("half(8)") == "4 False"  # loaded
    assert of("half(8), twice(np.array([7]))") == "4 12 True"  # one loaded, which is a part of the other, compiled
    assert of("half(8), twice(np.array([7]))") == "4 12 False"


@pytest.mark.slow
def test_of_several_processes_one_compiles_and_says_so(tmp_path: Path) -> None:
    script = tmp_path / "trial.py"
    script.write_text(
        KERNELS
        + "\nfrom numba.core import event\n"
        + "with event.install_recorder('numba:compile') as seen:\n    twice(np.array([7]))\n"
        + "print(len(seen.buffer))\n",
        encoding="utf-8",
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    runs = [
        subprocess.Popen([sys.executable, str(script)], stdout=-1, stderr=-1, text=True, env=environment)
        for _ in range(3)
    ]
    outputs = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], outputs
    assert sorted(int(out) > 0 for out, _ in outputs) == [False, False, True]
    said = "".join(err for _, err in outputs)
    assert said.count("\n") == said.count("正在编译模型内核") == said.count("Compiling the model's kernels") == 1
