"""A province is a folder of calibration; what is wrong with one is told in one sentence."""

import shutil
from pathlib import Path

import pytest

from sim import parameters
from sim.classification import CLASSIFICATION, read
from sim.data_folders import CALIBRATION_FILES, CALIBRATION_VARIABLE, calibration_folder, own_calibration_folder
from sim.population.counties import counties, prefecture_words
from sim.refusal import Refusal
from sim.study.runs.manifest import calibration_fingerprint
from sim.world import risk_listings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's calibration, in use; change it before anything is read from it."""
    copy = tmp_path / "calibration"
    shutil.copytree(own_calibration_folder(), copy)
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(copy))
    return copy


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_the_environment_names_another_folder(folder: Path) -> None:
    before = calibration_fingerprint()
    assert calibration_folder() == folder.resolve()
    assert calibration_fingerprint() == before
    changed(folder / "population" / "counties.csv", "530102,五华区,Wuhua", "530199,五华新区,Wuhua New")
    assert counties().code[-1] != "530199" and "530199" in counties().code


def test_a_folder_of_its_own_has_a_fingerprint_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(folder / "parameters.yaml", "registered_entities:", "registered_entities: ")
    other = calibration_fingerprint()
    monkeypatch.delenv(CALIBRATION_VARIABLE)
    assert calibration_fingerprint() != other


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(Refusal, match="there is no folder of calibration"):
        parameters.load()


@pytest.mark.parametrize("name", CALIBRATION_FILES[1:])  # without the first it holds only what differs
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(Refusal, match=f" lacks {name}$"):
        parameters.load()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("construction = {", "building = {", "sectors must have construction, which the model knows by name"),
        ("banks = {", "lenders = {", "agencies must have banks, which the model knows by name"),
        ("individual = {", "single = {", "sizes must have individual, which the model knows by name"),
        ('sectors = ["catering",', 'sectors = ["cooking",', "sector_groups.hard_hit names cooking, which is no sector"),
        ('works = ["construction"]', 'works = ["works"]', "public_contracts.works names works, which is no sector"),
        ("[sector_groups.industry]", "[sector_groups.retail]", "a sector and a group of sectors have one name"),
        ("last = 2023-12-31", "last = 2021-12-31", "record ends before it begins"),
        (', covers = "E"', "", ": sectors.construction.covers: is missing"),
        ("rows = 10", "rows = 0", ": sizes.medium.rows: found 0; allowed: more than 0"),
        ("[record]", "[record", "not readable as TOML"),
        ("[record]", "[recrod]", ": recrod: there is no such entry; there may be province, record,"),
        ("[record]", "[recrod]", "did you mean record?"),
        (
            "rows = 10",
            "row = 10",
            ":62: sizes.medium.row: there is no such entry; there may be zh, en, rows; did you mean",
        ),
        ("[sizes]", "[calendar]\ndays_off = [2022-10]\n[sizes]", "not readable as TOML"),
        (
            "[sizes]",
            '[calendar]\npublished = "mars"\n[sizes]',
            ": calendar.published: found mars; allowed: china, none",
        ),
        (
            "[sizes]",
            "[calendar]\ndays_off = [2022-10-05]\ndays_worked = [2022-10-05]\n[sizes]",
            ": calendar: days_off and days_worked both have 2022-10-05",
        ),
    ],
)
def test_a_classification_that_cannot_be_used_says_why(folder: Path, old: str, new: str, said: str) -> None:
    changed(folder / "classification.toml", old, new)
    with pytest.raises(Refusal, match=r"classification\.toml") as refused:
        read(folder)
    assert said in refused.value.en


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("population/counties.csv", "code,zh,en", "cody,zh,en", "counties.csv:1: the columns code are missing"),
        ("population/counties.csv", ",0.0", ",many", "found 'many"),
        ("world/listings.csv", ",2022-", ",22-", "found '22-"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(folder: Path, name: str, old: str, new: str, said: str) -> None:
    file = folder / name
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(Refusal) as refused:
        (counties() if "counties" in name else risk_listings.spells())
    assert said in refused.value.en and "\n" not in refused.value.en


def test_a_process_holds_to_the_lists_that_it_began_with(folder: Path) -> None:
    changed(folder / "classification.toml", 'en = "Retail"', 'en = "Shops"')
    with pytest.raises(Refusal, match="use the folder in a new process"):
        parameters.load()


def test_the_province_itself_may_be_another(folder: Path) -> None:
    changed(folder / "classification.toml", 'code = "53"', 'code = "52"')
    parameters.load()
    with pytest.raises(Refusal, match=r"begin with 52, unlike 530102, 530103"):
        counties()


def test_demand_must_be_there_in_every_month_of_the_record(folder: Path) -> None:
    changed(folder / "world" / "demand.csv", "2022-03,retail,", "2024-03,retail,")
    with pytest.raises(Refusal, match=r"every month from 2022-01-01 to 2023-12-31.*: 2024-03, 2022-03 retail$"):
        risk_listings.demand()


def test_a_prefecture_is_called_by_its_short_name() -> None:
    assert prefecture_words()["5323"] == {"zh": "楚雄", "en": "Chuxiong"}
    assert list(prefecture_words()) == list(counties().prefecture_code)


def test_words_of_the_lists_come_with_them() -> None:
    words = CLASSIFICATION.words()
    assert words["sector"]["catering"] == {"zh": "餐饮业", "en": "Catering"}
    assert list(words["size"]) == ["individual", "micro", "small", "medium"]
