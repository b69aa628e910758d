"""Kernels called with other types than they were compiled for, and kernels run as Python."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.kernels import columns as group
from sim.kernels import kernel, outermost


@group
class Columns(NamedTuple):
    """Two columns."""

    cash: NDArray[np.int64]
    rate: NDArray[np.float64]


@group
class State(NamedTuple):
    """Groups in a group."""

    first: Columns
    second: Columns
    factor: int


class Unmarked(NamedTuple):
    """Columns that nothing can be noted on."""

    cash: NDArray[np.int64]
    rate: NDArray[np.float64]


COLUMNS = Columns(np.arange(4), np.ones(4))
ROW = np.array([10, 20])


@kernel
def inner(columns: Any, i: Any) -> Any:
    return columns.cash[i] + columns.rate[i]


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A kernel that was called once."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    @outermost
    def add(i: Any, row: Any, columns: Any) -> Any:
        return inner(columns, i) + row[i]

    assert add(1, ROW, COLUMNS) == 22.0
    return add  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((1.0, ROW, COLUMNS), "i is float64, not int64"),
        ((1, ROW.astype(np.float64), COLUMNS), "row is array(float64, 1d, C), not array(int64, 1d, C)"),
        ((1, ROW.astype(np.uint64), COLUMNS), "row is array(uint64, 1d, C), not array(int64, 1d, C)"),
        ((1, np.arange(4)[::2], COLUMNS), "row is array(int64, 1d, A), not array(int64, 1d, C)"),
        ((1, np.ones((2, 2), np.int64), COLUMNS), "row is array(int64, 2d, C), not array(int64, 1d, C)"),
        ((1, [10, 20], COLUMNS), "row is reflected list(int64)<iv=None>, not array(int64, 1d, C)"),
        ((1, object(), COLUMNS), "row is pyobject, not array(int64, 1d, C)"),
        ((1, ROW, (1, 2)), "columns is UniTuple(int64 x 2), not Columns("),
        ((1, ROW, (ROW, ROW)), "columns is UniTuple(array(int64, 1d, C) x 2), not Columns("),
        (
            (1, ROW, COLUMNS._replace(cash=np.ones(4))),
            "columns is a Columns whose cash is array(float64, 1d, C), not array(int64, 1d, C)",
        ),
        (
            (1, ROW, COLUMNS._replace(rate=np.ones(8)[::2])),
            "columns is a Columns whose rate is array(float64, 1d, A), not array(float64, 1d, C)",
        ),
    ],
)
def test_other_types_are_refused_in_one_sentence(
    add: Callable[..., Any], arguments: tuple[Any, ...], told: str
) -> None:
    for _ in range(2):  # a refused argument does not become a known one
        with pytest.raises(TypeError) as refused:
            add(*arguments)
        assert str(refused.value).startswith(f"add: {told}")
    assert add(1, ROW, COLUMNS) == 22.0


@pytest.mark.parametrize("arguments", [(), (1,), (1, ROW), (1, ROW, COLUMNS, 1)])
def test_another_number_of_arguments_is_refused(add: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=rf"3 arguments, .* {len(arguments)}$"):
        add(*arguments)


def test_the_same_types_are_taken_wherever_they_lie(add: Callable[..., Any]) -> None:
    for size in range(3, 30):
        columns = Columns(np.full(size, size), np.zeros(size))
        assert add(2, np.full(size, 1), columns) == size + 1
    assert add(np.int64(1), ROW, COLUMNS) == 22.0


def test_a_tuple_at_the_place_of_another_is_looked_at_again(add: Callable[..., Any]) -> None:
    places = set()
    for _ in range(50):
        good = Columns(np.arange(4), np.ones(4))
        add(1, ROW, good)
        places.add(id(good))
        del good
        bad = Columns(np.arange(4.0), np.ones(4))  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            add(1, ROW, bad)
        if id(bad) in places:
            return
        del bad
    pytest.skip("no tuple came to lie where another had been")


def test_a_group_in_a_group_is_looked_at_again_where_it_was_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    @outermost
    def total(i: Any, state: Any) -> Any:
        return inner(state.first, i) + inner(state.second, i) * state.factor

    state = State(COLUMNS, COLUMNS, 2)
    for i in range(4):
        assert total(i, state) == 3 * (i + 1)
    kept, longer = state.second, COLUMNS._replace(cash=np.arange(10, 30))  # what was replaced may live on elsewhere
    state = state._replace(second=longer)
    assert total(1, state) == 2 + 2 * 12
    assert total(1, state._replace(second=kept)) == 6
    for bad, told in (
        (COLUMNS._replace(cash=np.ones(4)), "a Columns whose cash is array(float64, 1d, C), not array(int64, 1d, C)"),
        (Unmarked(*COLUMNS), "Unmarked("),
    ):
        with pytest.raises(TypeError) as refused:
            total(1, state._replace(second=bad))
        assert str(refused.value).startswith(f"total: state is a State whose second is {told}")
    assert total(1, state) == 2 + 2 * 12


def test_columns_that_live_longer_than_their_group_do_not_stand_for_another(add: Callable[..., Any]) -> None:
    places, wrong = set(), np.arange(4.0)
    for _ in range(50):
        good = COLUMNS._replace(rate=COLUMNS.rate)
        add(1, ROW, good)
        places.add(id(good))
        del good
        bad = COLUMNS._replace(cash=wrong)
        with pytest.raises(TypeError):
            add(1, ROW, bad)
        if id(bad) in places:
            return
        del bad
    pytest.skip("no group came to lie where another had been")


def test_columns_that_nothing_can_be_noted_on_are_looked_at_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    @outermost
    def of_unmarked(i: Any, columns: Any) -> Any:
        return inner(columns, i)

    for size in range(3, 9):
        assert of_unmarked(2, Unmarked(np.arange(size), np.ones(size))) == 3.0
    with pytest.raises(TypeError, match=r"columns is a Unmarked whose cash is array\(float64"):
        of_unmarked(2, Unmarked(np.ones(4), np.ones(4)))  # type: ignore[arg-type]


def test_a_group_is_passed_between_processes_without_what_was_noted_on_it(add: Callable[..., Any]) -> None:
    add(1, ROW, COLUMNS)
    assert vars(COLUMNS)
    again = pickle.loads(pickle.dumps(COLUMNS))
    assert isinstance(again, Columns)
    assert not vars(again)
    assert add(1, ROW, again) == 22.0


def test_python_cannot_call_a_kernel_that_was_compiled_for_kernels() -> None:
    with pytest.raises(TypeError, match="inner is compiled for other kernels only"):
        inner(COLUMNS, 1)


RUN = """
import dataclasses, sys
import numba, pandas
from sim.engine import simulate
from sim.scenario import load
assert numba.config.DISABLE_JIT == bool(int(sys.argv[2]))
result = simulate(load("full_plan", {"world.end": "2022-12-31"}), firms=60, seed=1, follow=[], fates=True)
tables = {f.name: getattr(result, f.name) for f in dataclasses.fields(result)}
pandas.to_pickle({name: table for name, table in tables.items() if isinstance(table, pandas.DataFrame)}, sys.argv[1])
"""


@pytest.mark.slow
def test_kernels_run_as_python_give_every_table_of_the_compiled_ones(tmp_path: Path) -> None:
    found = []
    for off in ("0", "1"):
        to = tmp_path / f"{off}.pickle"
        run = subprocess.run(
            [sys.executable, "-W", "error::RuntimeWarning:sim", "-c", RUN, str(to), off],
            env=os.environ | {"NUMBA_DISABLE_JIT": off}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        found.append(pd.read_pickle(to))
    compiled, as_python = found
    assert (
        set(compiled)
        == set(as_python)
        >= {"outcomes", "panel", "ledger", "delivery", "requests", "repayment_wall", "fates"}
    )
    for name, table in compiled.items():
        pd.testing.assert_frame_equal(table, as_python[name], check_exact=True)
    assert len(compiled["repayment_wall"]) > 0


THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from sim.engine import simulate
from sim.scenario import load

sys.setswitchinterval(1e-5)
scenario = load("full_plan")
together = Barrier(4)

def run(seed):
    together.wait()
    return simulate(scenario, firms=60, seed=seed).outcomes

with ThreadPoolExecutor(4) as threads:
    first = list(threads.map(run, (1, 1, 1, 1)))
assert all(first[0].equals(outcomes) for outcomes in first)
"""


@pytest.mark.slow
def test_threads_whose_first_runs_begin_together_load_every_kernel_once_and_run_alike(case: Path) -> None:
    run = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
