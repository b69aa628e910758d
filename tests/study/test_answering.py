"""The one way from a question to a kept answer, whoever goes it."""

from contextlib import contextmanager

import pytest

from sim.study import StudyError, answering, study_folder
from sim.study.answering import Asked
from sim.study.keywords import Execution
from sim.study.questions import comparison, run
from sim.study.runs.run_store import RunStore
from sim.study.runs.specification import Setting

pytestmark = pytest.mark.usefixtures("simulate")
QUESTIONS = {"comparison": comparison.Question(("rent",), replications=2), "run": run.Question("rent", replications=2)}


@pytest.fixture(params=QUESTIONS)
def asked(request, scenario):
    content = QUESTIONS[request.param]
    content = run.Question(scenario("rent"), 2) if request.param == "run" else content
    return Asked(request.param, content, Setting(firms=10))


def test_the_folder_is_held_until_whoever_asked_has_done_with_the_answer(asked, tmp_path):
    folder, found = tmp_path / "study", []

    @contextmanager
    def watched(stored):
        found.append(len(stored))
        yield None
        found.append(len(stored))

    with answering.answered(asked, Execution(folder=folder), watched) as (study, stored):
        assert study.kind == asked.kind
        assert study_folder.load(folder).manifest == study.manifest  # stored before anybody says anything of it
        with pytest.raises(StudyError, match="Another command is at work"), study_folder.at_work(folder):
            pass
        assert len(list((folder / "runs").iterdir())) == len(stored)  # each run where its worker wrote it
    assert found == [0, len(stored)]
    assert len(list((folder / "runs").iterdir())) == 1  # put together
    with study_folder.at_work(folder):
        pass


def test_what_is_kept_is_not_done_again_and_the_share_done_is_told(asked, tmp_path):
    shares, more = [], []
    first = answering.kept(asked, Execution(folder=tmp_path / "study", progress=shares.append))
    again = answering.kept(asked, Execution(folder=tmp_path / "study", progress=more.append))
    assert again.manifest == first.manifest
    assert shares[0] == 0.0 and shares[-1] == 1.0 and shares == sorted(shares)
    assert set(more) <= {0.0, 1.0}


def test_runs_that_were_finished_stay_when_what_is_made_of_the_answer_fails(asked, tmp_path):
    folder = tmp_path / "study"

    @contextmanager
    def watched(stored):
        yield None

    with pytest.raises(ZeroDivisionError), answering.answered(asked, Execution(folder=folder), watched) as (study, _):
        raise ZeroDivisionError
    assert study_folder.load(folder).manifest == study.manifest
    assert len(RunStore(folder / "runs")) == len(study.runs)


def test_without_a_folder_nothing_is_kept(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(answering.kept(asked, Execution()).runs)
    assert list(tmp_path.iterdir()) == []
