"""A folder that holds only what differs: the rest is the project's, and all that differs is told."""

from pathlib import Path

import pytest

import sim
from sim import parameters
from sim.data_folders import CALIBRATION_FILES, CALIBRATION_VARIABLE, calibration_folder, own_calibration_folder
from sim.evidence import evidence
from sim.population.counties import counties
from sim.population.margins import COLUMNS, margins
from sim.recalibration import other_calibration
from sim.refusal import Refusal, UnknownName
from sim.study.runs.manifest import calibration_fingerprint
from sim.world.risk_listings import spells

ENTRY = """
population:
  active_share:
    value: 0.6
    unit: share of registered entities
    prior: {distribution: uniform, low: 0.5, high: 0.7}
    grade: D
    assumption: a guess for a test
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, named as the calibration; fill it before anything is read."""
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(tmp_path))
    (tmp_path / "population").mkdir()
    (tmp_path / "world").mkdir()
    return tmp_path


def test_an_entry_takes_the_place_of_the_same_one_and_no_other(folder):
    calibrated = parameters.of_folder(own_calibration_folder())
    (folder / "parameters.yaml").write_text(ENTRY, "utf-8")
    (mine,) = (entry for entry in parameters.load().paths() if entry.path == "population.active_share")
    assert (mine.value, mine.prior.high, mine.grade, mine.assumption) == (0.6, 0.7, "D", "a guess for a test")
    differ = {path for path, value in parameters.load().contents().items() if value != calibrated.contents()[path]}
    assert differ == {"population.active_share"}
    assert list(parameters.load().contents()) == list(calibrated.contents())


def test_an_entry_that_there_is_not_is_refused(folder):
    (folder / "parameters.yaml").write_text(ENTRY.replace("active_share", "active_shares"), "utf-8")
    with pytest.raises(UnknownName, match=r"population\.active_shares; did you mean population\.active_share\?"):
        parameters.load()


def test_files_that_it_lacks_are_those_of_the_project(folder):
    source = own_calibration_folder() / "population" / "counties.csv"
    text = source.read_text("utf-8").replace("530102,五华区,Wuhua", "530102,五华新区,Wuhua New")
    (folder / "population" / "counties.csv").write_text(text, "utf-8")
    assert "Wuhua New" in counties().en and len(spells()) > 100
    assert parameters.load() == parameters.of_folder(own_calibration_folder())
    assert other_calibration().files == ("population/counties.csv",)


def test_rows_of_evidence_are_added(folder):
    (folder / "parameters.yaml").write_text(ENTRY, "utf-8")
    (folder / "evidence").mkdir()
    header = (own_calibration_folder() / "evidence" / "population.csv").read_text("utf-8").splitlines()[0]
    row = "mine_2022,what I counted,12,,,entities,2022,Kunming,shops,my own count,,derived,C,"
    (folder / "evidence" / "mine.csv").write_text(f"{header}\n{row}\n", "utf-8")
    assert evidence()["mine_2022"].value == 12
    assert "market_entities_yunnan_2021" in evidence()


def test_margins_of_ones_own_take_the_place_of_the_table(folder):
    (folder / "population" / "margins.csv").write_text(",".join(COLUMNS) + "\n", "utf-8")
    assert margins() == ()
    assert counties().prefecture_weight[0] == pytest.approx(0.2226, abs=1e-4)  # by the weights of the counties alone
    assert other_calibration().files == ("population/margins.csv",)


def test_the_fingerprint_covers_what_is_read(folder, monkeypatch):
    with monkeypatch.context() as without:
        without.delenv(CALIBRATION_VARIABLE)
        calibrated = calibration_fingerprint()
    (folder / "parameters.yaml").write_text(ENTRY, "utf-8")
    assert calibration_fingerprint() != calibrated


@pytest.mark.parametrize("name", ["population/margins.csv", "population/firms.csv", "world/testing.csv"])
def test_the_fingerprint_covers_each_file(folder, monkeypatch, name):
    with monkeypatch.context() as without:
        without.delenv(CALIBRATION_VARIABLE)
        calibrated = calibration_fingerprint()
    text = {
        "population/margins.csv": ",".join(COLUMNS) + "\n",
        "population/firms.csv": "county,sector,size\n530102,retail,micro\n",
        "world/testing.csv": "place,from,to\n",
    }[name]
    (folder / name).write_text(text, "utf-8")
    assert calibration_fingerprint() != calibrated
    assert other_calibration().files == (name,)


def test_a_folder_with_nothing_of_a_calibration_is_refused(folder):
    with pytest.raises(Refusal, match=r"has no file of a calibration: classification\.toml, parameters\.yaml"):
        calibration_folder()


def test_the_folder_above_is_offered_where_it_is_meant(folder, monkeypatch):
    (folder / "population" / "firms.csv").write_text("county,sector,size\n530102,retail,micro\n", "utf-8")
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder / "population"))
    with pytest.raises(Refusal) as refused:
        calibration_folder()
    assert refused.value.en.endswith(f"; did you mean {folder}?") and f"是否想用 {folder}" in refused.value.zh
    assert CALIBRATION_VARIABLE not in refused.value.en + refused.value.zh


def test_a_folder_is_used_by_a_call_and_by_its_workers(tmp_path, monkeypatch):
    monkeypatch.delenv(CALIBRATION_VARIABLE, raising=False)
    (tmp_path / "parameters.yaml").write_text(ENTRY, "utf-8")
    usual = sim.run("baseline", firms=200).value("survivors")
    assert sim.calibration(tmp_path).folder == tmp_path.resolve()
    study = sim.compare(
        ["baseline", "four_measures"], firms=200, replications=1, draws=0, clause_replications=0, workers=2
    )
    mine = study.outcomes.set_index(["scenario", "outcome"])["mean"]["baseline", "survivors"]
    assert 0.8 < mine / usual < 0.9  # fewer are active
    assert study.manifest.other_calibration.parameters == ("population.active_share",)
    sim.calibration()
    assert sim.run("baseline", firms=200).value("survivors") == usual
    with sim.calibration(tmp_path) as here:
        assert calibration_folder() == here == tmp_path.resolve()
    assert calibration_folder() == own_calibration_folder()


def test_a_call_refuses_what_the_process_cannot_use(tmp_path, case):
    with pytest.raises(Refusal, match="there is no folder of calibration"):
        sim.calibration(tmp_path / "none")
    assert calibration_folder() == case / "calibration"
    assert CALIBRATION_FILES[0] == "classification.toml"
