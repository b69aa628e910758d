import json

import pandas as pd
import pytest

from sim import compare, sweep
from sim.study import StudyError, store
from sim.study.comparison import Comparison
from sim.study.ensemble import replicate

pytestmark = pytest.mark.usefixtures("simulate")


def studies(scenario, runner):
    return {
        "run": replicate(scenario("rent", firms=10), seed=1, replications=2, runner=runner()),
        "comparison": compare(["rent", "odd_seed"], replications=3),
        "sweep": sweep("rent", {"months": [1, 2]}, replications=2),
    }


@pytest.mark.parametrize("kind", ["run", "comparison", "sweep"])
def test_what_is_stored_comes_back(kind, scenario, runner, tmp_path):
    study = studies(scenario, runner)[kind]
    again = store.load(store.save(study, tmp_path / "deep" / kind))
    assert type(again) is type(study)
    assert again.manifest == study.manifest
    for name, table in study.tables().items():
        pd.testing.assert_frame_equal(getattr(again, name), table)


def test_storing_twice_gives_the_same_bytes(tmp_path):
    folders = [store.save(compare(["rent"], replications=2), tmp_path / name) for name in ("one", "two")]
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == two
    assert json.loads(one["manifest.json"])["scenarios"][1]["contents"] == {
        "name": "rent",
        "levers": {},
        "firms": 20_000,
    }


def test_an_earlier_study_is_replaced_and_nothing_else_is_left(tmp_path):
    store.save(compare(["rent"], replications=1), tmp_path / "study")
    (tmp_path / "study" / "report.html").write_text("old")
    store.save(compare(["tax"], replications=1), tmp_path / "study")
    again = store.load(tmp_path / "study")
    assert isinstance(again, Comparison)
    assert again.scenarios == ["baseline", "tax"]
    assert [path.name for path in tmp_path.iterdir()] == ["study"]
    assert not (tmp_path / "study" / "report.html").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StudyError, match="not the folder of an earlier study"):
        store.save(compare(["rent"], replications=1), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_hold_a_folder_gets_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "study"):
        with pytest.raises(StudyError) as caught:
            store.save(compare(["rent"], replications=1), place)
        assert "\n" not in str(caught.value)


def test_half_a_study_is_never_seen(tmp_path, monkeypatch):
    study = compare(["rent"], replications=1)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(StudyError, match="No space left"):
        store.save(study, tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_study_is_said_to_be_one(tmp_path):
    with pytest.raises(StudyError, match="holds no study"):
        store.load(tmp_path)
