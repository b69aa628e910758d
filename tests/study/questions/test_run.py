"""A scenario in several replications that is looked into: each replication's tables, kept and done again alike."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.observe.tables import LOOKED_INTO, TABLES
from sim.study import StudyError, study_folder
from sim.study.answering import Asked, answered
from sim.study.keywords import Execution
from sim.study.questions.run import Ensemble, Question
from sim.study.runs.specification import Setting
from sim.study.verify import verify

FIRMS = 300
INSIDE = sim.Inside(days=["2022-03-31", "2022-12-31"], sample=50, distributions=True, stops=True)


def asked(folder: Path, replications: int = 2, inside: sim.Inside | None = INSIDE) -> Ensemble:
    """The answer, kept in a folder."""
    question = Asked("run", Question("full_plan", replications, inside), Setting(firms=FIRMS))
    with answered(question, Execution(folder=folder), lambda stored: nullcontext()) as (study, _):
        return study


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("kept") / "study"
    asked(place)
    return place


@pytest.mark.parametrize("name", LOOKED_INTO)
@pytest.mark.parametrize("replication", [0, 1])
def test_each_replication_is_the_run_of_its_seed(folder, name, replication):
    kept = getattr(study_folder.load(folder), name)
    own = kept[kept["replication"] == replication].drop(columns=["scenario", "replication"]).reset_index(drop=True)
    run = sim.run("full_plan", firms=FIRMS, seed=1 + replication, inside=INSIDE)
    pd.testing.assert_frame_equal(own, getattr(run, name), check_categorical=False, check_exact=True)
    assert {*kept["scenario"]} == {"full_plan"}


def test_the_same_firms_are_in_every_replication(folder):
    seen = study_folder.load(folder).snapshots
    founders = seen[seen["founder"]].groupby(["replication", "date"])["firm"].agg(frozenset)
    assert len(founders) == 4 and founders.nunique() == 1


def test_runs_that_were_looked_into_are_done_again_alike(folder):
    found = verify(folder, sample=5)
    assert len(found) == 2 and (found["differing"] == "").all()


def test_a_study_grows_and_what_nobody_asks_for_any_more_is_not_in_it(folder, tmp_path):
    plain = asked(tmp_path / "study", 1, None)
    for name in LOOKED_INTO:
        assert list(getattr(plain, name)) == ["scenario", "replication", *TABLES[name]]
        assert len(getattr(plain, name)) == 0
    seen = asked(tmp_path / "study", 2)
    pd.testing.assert_frame_equal(seen.snapshots, study_folder.load(folder).snapshots, check_categorical=False)
    assert seen.manifest.settings["inside"] == INSIDE.told()
    assert sim.Inside(**INSIDE.told()) == INSIDE


def test_more_firms_than_can_be_kept_are_refused_before_the_first_run(tmp_path):
    many = Question("full_plan", 200, sim.Inside(days="month-ends"))
    question = Asked("run", many, Setting(firms="province"))
    kept = answered(question, Execution(folder=tmp_path / "study"), lambda stored: nullcontext())
    with pytest.raises(StudyError, match="rows of firms would be written down, more than 10,000,000"), kept:
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_look_inside_is_refused_by_the_call():
    with pytest.raises(StudyError, match="The argument inside is"):
        sim.run("baseline", inside={"days": ["2022-03-31"]})
