import os
import signal

import pytest

from sim.study import StudyError
from sim.study.runs import SAMPLE, RunSpec, replicated, run_all, sized


def test_replication_r_has_the_same_seed_in_every_scenario(scenario):
    seeds = [[spec.seed for spec in replicated(scenario(name), 5, 3)] for name in ("baseline", "rent")]
    assert seeds == [[5, 6, 7], [5, 6, 7]]


@pytest.mark.parametrize("workers", [1, 2])
def test_runs_come_back_in_the_order_of_the_specifications(scenario, simulate, workers):
    specs = [spec for name in ("rent", "baseline") for spec in replicated(scenario(name), 1, 3)]
    runs = list(run_all(specs, workers, simulate=simulate))
    assert [run.spec for run in runs] == specs
    assert [(run.result.scenario, run.result.seed) for run in runs] == [(s.scenario.name, s.seed) for s in specs]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_run_is_a_run_with_its_reason(scenario, simulate, workers):
    specs = [RunSpec(scenario(name), 1) for name in ("baseline", "broken", "rent")]
    runs = list(run_all(specs, workers, simulate=simulate))
    assert [run.result is None for run in runs] == [False, True, False]
    assert runs[1].reason == "ArithmeticError: the ledger does not balance: 1 fen"


def test_a_killed_worker_loses_its_own_run_and_no_other(scenario, simulate):
    def killed(spec_scenario, **rest):
        if spec_scenario.name == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        return simulate(spec_scenario, **rest)

    specs = [RunSpec(scenario(name), 1) for name in ("baseline", "killed", "rent")]
    runs = list(run_all(specs, 2, simulate=killed))
    assert [run.result is None for run in runs] == [False, True, False]
    assert "killed" in runs[1].reason


def test_progress_grows_from_0_to_1(scenario, simulate):
    shares = []
    list(run_all(replicated(scenario("baseline"), 1, 2), progress=shares.append, simulate=simulate))
    assert shares[0] == 0
    assert shares[-1] == 1
    assert 0.25 in shares  # half of the first run of two
    assert shares == sorted(shares)


def test_all_scenarios_of_a_study_have_as_many_firms(scenario):
    one, other = scenario("one", firms=50), scenario("other")
    assert [s.firms for s in sized([one, other])] == [50, 50]
    assert [s.firms for s in sized([one, other], "province")] == ["province", "province"]
    assert [s.firms for s in sized([other])] == [SAMPLE]
    with pytest.raises(StudyError, match="50, 60"):
        sized([one, scenario("other", firms=60)])
