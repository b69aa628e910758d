"""The same run is the same wherever it is lived: in one process or several, in threads, under any Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from sim.engine import simulate
from sim.observe.inside import Inside
from sim.observe.tables import TABLES, Result
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec, replicated, sized
from tests.invariants.watching import built, busy, part

# SHA-256 of all tables of `small_run`. Whoever changes the model, a measure or a number on purpose changes it too: the
# failing test shows the new one, which is then written here, in the same commit. It must never be changed because a
# run on another machine, under another Python or with other versions of the libraries gives another.
DIGEST: Final = "ed059892254d8d1e9a08906d6cdb67240553cc14cda94f4554f089af217db6d4"
SIGNIFICANT: Final = 9  # digits of what is no whole number: the last bits of exp and log are the C library's


def small_run() -> Result:
    """Half a year of the whole plan with a closure, two firms followed and all of them looked at."""
    listings = [{"province": "53", "from": "2022-07-05", "to": "2022-07-25", "high_places": 30}]
    scenario = part("full_plan", date(2022, 5, 1), date(2022, 10, 31), listings=listings)
    first = [int(key) for key in built(scenario, 250).population.firms.key[[0, 100]]]
    inside = Inside(days="month-ends", distributions=True, stops=True)
    return simulate(scenario, firms=250, seed=11, follow=first, fates=True, inside=inside)


def digest(result: Result) -> str:
    """SHA-256 of the names, kinds and entries of all tables."""
    found = hashlib.sha256()
    for name in TABLES:
        table: pd.DataFrame = getattr(result, name)
        for column, values in table.items():
            exact = values.dtype.kind not in "fc"
            entries = [str(x) if exact else f"{x:.{SIGNIFICANT}g}" for x in values.tolist()]
            found.update("\x1f".join([name, str(column), *entries, ""]).encode())
    return found.hexdigest()


def test_every_python_and_machine_gives_these_tables() -> None:
    """From Python 3.11 to 3.13, on any machine of the kind, the small run has the digest that is written above."""
    assert digest(small_run()) == DIGEST


def specifications() -> list[RunSpec]:
    """A few runs of two scenarios."""
    scenarios = [part(name, date(2022, 6, 1), date(2022, 8, 31)) for name in ("full_plan", "baseline")]
    return [spec for asked in sized(scenarios, 150) for spec in replicated(asked, 7, 2, "tables")]


def stored_digests(workers: int, folder: Path) -> list[dict[str, str]]:
    """Of everything that is kept of the runs, in order."""
    folder.mkdir()
    runner = Runner(RunStore(folder), workers)
    rows = runner.run(specifications())
    assert set(rows["reason"]) == {""}
    return [runner.stored.digests(key) for key in rows["run"]]


def test_any_number_of_workers_gives_the_same(tmp_path: Path) -> None:
    """Runs in this process, in two and in three: each has the same tables, and different runs have different ones."""
    alone = stored_digests(1, tmp_path / "1")
    assert len({found["panel"] for found in alone}) == len(alone)
    assert stored_digests(2, tmp_path / "2") == alone
    assert stored_digests(3, tmp_path / "3") == alone


def test_threads_give_the_same() -> None:
    """Runs that take turns in the threads of a process do not meet each other."""
    specs: Sequence[RunSpec] = specifications()

    def live(spec: RunSpec) -> str:
        return digest(simulate(spec.scenario, firms=150, seed=spec.seed, fates=True))

    with ThreadPoolExecutor(len(specs)) as threads:
        assert list(threads.map(live, specs)) == [live(spec) for spec in specs]


def test_looking_on_changes_nothing() -> None:
    """A run in which firms are followed and their fates kept has the same firms and books as one without."""
    case = busy()
    one = built(case.scenario, case.firms, case.seed)
    followed = [int(key) for key in one.population.firms.key[::20]]
    plain = simulate(case.scenario, firms=case.firms, seed=case.seed)
    watched = simulate(case.scenario, firms=case.firms, seed=case.seed, follow=followed, fates=True)
    for name in ("outcomes", "panel", "ledger", "delivery", "requests", "repayment_wall"):
        pd.testing.assert_frame_equal(getattr(plain, name), getattr(watched, name), check_exact=True)
    assert len(watched.journeys) > 0
