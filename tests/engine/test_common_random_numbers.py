"""The same firm meets the same random numbers in every world, so that two runs differ by the policy alone."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.population.columns import Firms
from sim.population.synthesis import Population
from sim.vocabulary import Status
from tests.engine.conftest import differing, live, population_of, scenario_of, written


def test_the_same_run_twice_is_the_same_to_the_fen(full_plan):
    again = live(scenario_of("full_plan"))
    assert not differing(full_plan.population.firms, again.population.firms).any()
    assert (full_plan.state.records.books.lines == again.state.records.books.lines).all()


def test_another_seed_is_another_world(baseline):
    other = live(scenario_of("baseline"), seed=2)
    assert differing(baseline.population.firms, other.population.firms).mean() > 0.9


def test_an_empty_change_changes_no_firm(baseline, tmp_path):
    """A measure that gives nothing to anybody leaves every column of every firm as it was."""
    nothing = written(tmp_path, "extends: baseline\nmeasures: [rent_waiver]\nlevers: {rent_waiver.months: 0}\n")
    run = live(nothing)
    apart = differing(
        *(r.population.firms._replace(eligible=zero, applied=zero, granted=zero) for r, zero in _masks(baseline, run))
    )
    assert not apart.any(), f"{apart.sum()} firms differ"


def _masks(*runs):
    """Masks say which measures exist, which is the change itself; everything else must be equal."""
    zero = np.zeros_like(runs[0].population.firms.eligible)
    return [(run, zero) for run in runs]


@pytest.mark.parametrize("action", ["fiscal", "arrears", "finance", "integration", "resumption", "tax"])
def test_nothing_of_an_action_moves_before_its_first_day(action, tmp_path):
    """Up to the day before the first measure begins, the two worlds are one, firm by firm.

    The action for jobs is not among them: a national rule of it holds from the first day on.
    """
    first = min(measure.start for measure in scenario_of(f"action_{action}").measures)
    eve = f"world: {{end: {first.fromordinal(first.toordinal() - 1)}}}\n"
    without = live(written(tmp_path, f"extends: baseline\n{eve}"))
    long = scenario_of(f"action_{action}")
    short = replace(long, world=long.world.model_copy(update={"end": without.scenario.world.end}))
    run = live(short)
    zero = np.zeros_like(run.population.firms.eligible)
    same = [r.population.firms._replace(eligible=zero, applied=zero) for r in (without, run)]
    assert not differing(*same).any()
    assert not run.state.records.books.relieved.any()
    assert not run.state.records.books.moved.any()


def test_one_more_irrelevant_firm_changes_no_other_history():
    """A firm that trades nothing, owes nothing and stands for nobody leaves every other history as it was."""
    scenario = scenario_of("full_plan")
    alone = live(scenario, population_of(scenario))
    population = population_of(scenario)
    place = int(population.cohort_start[3]) + 7
    larger = _with_idle_firm(population, place)
    run = live(scenario, larger)
    others = Firms(*(np.delete(column, place, axis=0) for column in run.population.firms))
    assert not differing(alone.population.firms, others).any()


def _with_idle_firm(population: Population, place: int) -> Population:
    rows = Firms(*(np.insert(column, place, column[place], axis=0) for column in population.firms))
    for name in Firms._fields:
        if name not in ("county", "prefecture", "sector", "size", "born_on"):
            getattr(rows, name)[place] = 0
    rows.key[place] = 4711
    rows.status[place] = Status.OPEN
    rows.suspended_on[place] = rows.restart_on[place] = -1
    starts = population.cohort_start.copy()
    starts[4:] += 1
    return replace(population, firms=rows, cohort_start=starts)


SCRIPT = """
import hashlib
from tests.engine.conftest import live, scenario_of
run = live(scenario_of("full_plan"), firms=1_000)
digest = hashlib.sha256()
for column in run.population.firms:
    digest.update(column.tobytes())
digest.update(run.state.records.books.lines.tobytes() + run.state.records.books.moved.tobytes())
print(digest.hexdigest())
"""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_hash_seed_of_python_does_not_matter(hash_seed):
    here = live(scenario_of("full_plan"), firms=1_000)
    digest = hashlib.sha256()
    for column in here.population.firms:
        digest.update(column.tobytes())
    digest.update(here.state.records.books.lines.tobytes() + here.state.records.books.moved.tobytes())
    root = Path(__file__).parents[2]
    there = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=root, env={**os.environ, "PYTHONHASHSEED": hash_seed}, text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    assert there.stdout.strip() == digest.hexdigest()
