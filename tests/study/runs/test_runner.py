import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from sim.study import StudyError
from sim.study.runs.specification import SAMPLE, RunSpec, replicated, sized


def test_replication_r_has_the_same_seed_in_every_scenario(scenario):
    seeds = [[spec.seed for spec in replicated(scenario(name), 5, 3)] for name in ("baseline", "rent")]
    assert seeds == [[5, 6, 7], [5, 6, 7]]


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_come_in_the_order_of_the_specifications(scenario, runner, workers):
    specs = [spec for name in ("rent", "baseline") for spec in replicated(scenario(name), 1, 3, draw=4)]
    rows = runner(workers=workers).run(iter(specs))
    assert list(rows["scenario"]) == ["rent"] * 3 + ["baseline"] * 3
    assert list(rows["replication"]) == [0, 1, 2] * 2
    assert set(rows["draw"]) == {4}
    assert list(rows["jobs"]) == [1e6 + seed for seed in (1, 2, 3)] * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_run_is_a_row_with_its_reason_and_no_outcome(scenario, runner, workers):
    rows = runner(workers=workers).run([RunSpec(scenario(name), 1) for name in ("baseline", "broken", "rent")])
    assert list(rows["reason"]) == ["", "ArithmeticError: the ledger does not balance: 1 fen", ""]
    assert list(rows["jobs"].isna()) == [False, True, False]


@pytest.mark.parametrize(
    ("runs", "how", "threads"),
    [
        (1, {"workers": 4}, 4),  # alone: all cores
        (2, {"workers": 4}, 2),
        (3, {"workers": 2}, 1),
        (1, {"workers": 4, "threads": 3}, 3),  # as was said
        (2, {"workers": 1}, 1),
    ],
)
def test_cores_that_processes_leave_idle_go_to_the_threads_of_a_run(scenario, runner, simulate, runs, how, threads):
    def counted(spec_scenario, *, threads, **rest):
        result = simulate(spec_scenario, **rest)
        return replace(result, firms=threads)

    at_work = runner(counted, **how)
    at_work.expect(runs)
    rows = at_work.run(replicated(scenario("rent"), 1, runs))
    assert list(rows["firms"]) == [threads] * runs
    assert [at_work.stored.threads(run) for run in rows["run"]] == [threads] * runs


def test_a_killed_worker_loses_its_own_run_and_no_other(scenario, runner, simulate):
    def killed(spec_scenario, **rest):
        if spec_scenario.name == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        return simulate(spec_scenario, **rest)

    names = ["baseline", "killed", "rent", "tax", "jobs"]
    rows = runner(killed, workers=2).run(RunSpec(scenario(name), 1) for name in names)
    assert list(rows["jobs"].isna()) == [name == "killed" for name in names]
    assert "killed" in rows["reason"][1]


def test_progress_grows_from_0_to_1(scenario, runner):
    shares = []
    at_work = runner(progress=shares.append)
    at_work.expect(2)
    at_work.run(replicated(scenario("baseline"), 1, 2))
    assert shares[0] == 0
    assert shares[-1] == 1
    assert 0.25 in shares  # half of the first run of two
    assert shares == sorted(shares)


def test_runs_that_are_there_do_not_count_as_progress(scenario, runner):
    runner().run(replicated(scenario("baseline"), 1, 3))
    shares = []
    at_work = runner(progress=shares.append)
    at_work.expect(4)
    at_work.run(replicated(scenario("baseline"), 1, 4))
    assert shares == [0.0, 0.5, 1.0, 1.0, 1.0]  # the fourth run alone: begun, halfway, done, over


def test_a_run_asked_for_twice_is_done_once(scenario, runner, simulate):
    done = []

    def counting(spec_scenario, **rest):
        done.append(rest["seed"])
        return simulate(spec_scenario, **rest)

    rows = runner(counting).run([RunSpec(scenario("rent"), 1, draw=draw) for draw in range(3)])
    assert list(rows["draw"]) == [0, 1, 2]
    assert done == [1]


def test_when_the_time_is_spent_no_run_is_begun_and_those_that_are_there_are_given(scenario, runner):
    runner().run(replicated(scenario("rent"), 1, 2))
    rows = runner(seconds=0.0).run(replicated(scenario("rent"), 1, 5))
    assert list(rows["replication"]) == [0, 1]


def test_a_mistake_in_a_draw_ends_the_study_for_any_number_of_workers(scenario, runner):
    def specs():
        yield RunSpec(scenario("rent"), 1)
        raise StudyError(zh="错", en="a mistake in draw 1")

    for workers in (1, 2):
        with pytest.raises(StudyError, match="a mistake in draw 1"):
            runner(workers=workers).run(specs())


def test_all_scenarios_of_a_study_have_as_many_firms(scenario):
    one, other = scenario("one", firms=50), scenario("other")
    assert [s.firms for s in sized([one, other])] == [50, 50]
    assert [s.firms for s in sized([one, other], "province")] == ["province", "province"]
    assert [s.firms for s in sized([other])] == [SAMPLE]
    with pytest.raises(StudyError, match="50, 60"):
        sized([one, scenario("other", firms=60)])


def test_a_worker_whose_parent_was_gone_before_it_began_ends():
    code = "import time; from sim.study.runs.local_pool import begin; begin(-1); time.sleep(60)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 1
