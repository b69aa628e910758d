"""Targets are read strictly: every fault is one sentence with file, line, field and the nearest name."""

from pathlib import Path

import pytest

from sim.data_folders import CALIBRATION_VARIABLE
from sim.scenario import ScenarioError
from sim.study import StudyError
from sim.study.validation.targets import Targets, read_targets, targets

SOUND = """\
little_cash:
  group: cash
  use: fitted
  title: {zh: 现金不足一个月, en: Cash for at most one month}
  universe: {zh: 小微经营者, en: Micro operators}
  definition: {zh: 问卷所答, en: As answered in a survey}
  value: 0.40
  low: 0.34
  high: 0.46
  unit: share
  evidence: [cash_one_month]
  world: as_it_was
  reading: {name: share_of_firms, variable: cash_months, at_most: 1, on: 2022-03-31, of: {size: [individual, micro]}}
no_such_state:
  group: credit
  use: checked
  title: A title
  universe: Somebody
  definition: As published
  value: 3
  low: 2
  high: 4
  unit: days
  evidence: [delay, cash_one_month]
  not_answerable: {zh: 模型中没有, en: There is no such state in the model}
"""


def read(file: Path) -> Targets:
    """The targets of a file where two facts are known."""
    return read_targets(file, {"cash_one_month", "delay"})


def written(folder: Path, text: str) -> Path:
    file = folder / "targets.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(folder: Path, old: str, new: str) -> list[str]:
    """What is said of the sound file with one place changed."""
    assert old in SOUND
    with pytest.raises(ScenarioError) as refused:
        read(written(folder, SOUND.replace(old, new, 1)))
    return [error.sentence("en") for error in refused.value.errors]


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, SOUND))
    assert list(found.by_id) == ["little_cash", "no_such_state"]
    assert list(found.worlds) == ["as_it_was"]
    spec = found.by_id["little_cash"].spec
    assert spec is not None
    assert (spec.target, spec.name) == ("little_cash", "share_of_firms")
    assert found.by_id["no_such_state"].spec is None


def test_texts_are_no_part_of_how_a_run_is_read(tmp_path: Path) -> None:
    before = read(written(tmp_path, SOUND)).by_id["little_cash"].spec
    changed = SOUND.replace("As answered", "Said").replace("value: 0.40", "value: 0.41").replace("fitted", "checked")
    assert read(written(tmp_path, changed)).by_id["little_cash"].spec == before
    assert read(written(tmp_path, SOUND.replace("at_most: 1", "at_most: 2"))).by_id["little_cash"].spec != before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("group: cash", "group: cahs", "targets.yaml:2: little_cash.group: found cahs"),
        ("use: fitted", "use: fited", "did you mean fitted?"),
        ("  unit: share\n", "", "little_cash.unit: the key unit is missing"),
        (
            "value: 0.40",
            "value: 0.5",
            "targets.yaml:7: little_cash.value: value 0.5 lies between low 0.34 and high 0.46",
        ),
        ("low: 0.34\n  high: 0.46", "low: 0.4\n  high: 0.4", "low is less than high"),
        ("world: as_it_was", "world: as_it_is", "little_cash.world: there is no scenario as_it_is"),
        ("  world: as_it_was\n", "", "a target has world and reading, or not_answerable"),
        ("name: share_of_firms", "name: share_of_firm", "there is no reading share_of_firm; "),
        ("name: share_of_firms, ", "", "the key name is missing"),
        ("variable: cash_months", "variable: cash_month", "did you mean cash_months?"),
        ("at_most: 1,", "at_mots: 1, at_most: 1,", "at_mots is not a key here"),
        ("at_most: 1, ", "", "share_of_firms takes at least one of at_least, at_most, above, below"),
        ("on: 2022-03-31", "on: 2024-03-31", "outside the horizon: 2024-03-31"),
        ("[individual, micro]", "[individuals]", "did you mean individual?"),
        ("evidence: [cash_one_month]", "evidence: []", "little_cash.evidence"),
        (
            "evidence: [cash_one_month]",
            "evidence: [cash_one_monht]",
            "no evidence cash_one_monht; did you mean cash_one_month",
        ),
        ("little_cash:", "Little cash:", "found Little cash"),
    ],
)
def test_a_fault_is_told_where_it_stands(tmp_path: Path, old: str, new: str, said: str) -> None:
    sentences = faults(tmp_path, old, new)
    assert any(said in sentence for sentence in sentences), sentences


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(written(tmp_path, SOUND.replace("group: c", "group: x").replace("unit: share", "unit: shares")))
    assert len(refused.value.errors) == 3


def test_targets_are_chosen_by_group_or_by_id(tmp_path: Path) -> None:
    found = read(written(tmp_path, SOUND))
    assert [one.id for one in found.chosen([])] == ["little_cash", "no_such_state"]
    assert [one.id for one in found.chosen(["credit"])] == ["no_such_state"]
    assert [one.id for one in found.chosen(["little_cash", "cash"])] == ["little_cash"]
    with pytest.raises(StudyError, match="did you mean little_cash"):
        found.chosen(["litle_cash"])
    with pytest.raises(StudyError, match=r"NONSENSE\. Groups: cash, exits, losses"):
        found.chosen(["NONSENSE"])


def test_a_province_without_targets_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(Path(__file__).parents[2] / "case" / "calibration"))
    with pytest.raises(
        StudyError, match=r"There is no targets\.yaml in .*: there is nothing to hold the model against"
    ):
        targets()
