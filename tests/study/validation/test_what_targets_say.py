"""The targets of the province: over all groups, with evidence, in both languages, and the checked ones are kept."""

from collections import Counter
from pathlib import Path

import pytest

from sim.evidence import evidence
from sim.parameters import load
from sim.scenario.document import read
from sim.study.validation.targets import GROUPS, Target, targets

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "calibration" / "targets.yaml"
KEPT = Path(__file__).with_name("checked_targets.txt")
WORDS = ("title", "universe", "definition", "not_answerable")

ALL = targets().by_id
SAID = read(FILE).data
ANSWERABLE = [one for one in ALL.values() if one.spec is not None]


def test_there_are_sixty_targets_and_several_in_every_group() -> None:
    assert len(ANSWERABLE) >= 60
    groups = Counter(one.entry.group for one in ANSWERABLE)
    assert set(groups) == set(GROUPS)
    assert min(groups.values()) >= 4, groups


def test_targets_are_split_between_fitted_and_checked() -> None:
    uses = Counter(one.entry.use for one in ANSWERABLE)
    assert min(uses.values()) >= 30, uses


def test_every_target_rests_on_evidence_that_there_is() -> None:
    known = evidence()
    assert {id_ for one in ALL.values() for id_ in one.entry.evidence} <= set(known)


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.id)
def test_a_target_speaks_both_languages(one: Target) -> None:
    said = SAID[one.id]
    for key in WORDS:
        if key in said:
            assert set(said[key]) == {"zh", "en"}, key
            assert any("\u4e00" <= character <= "\u9fff" for character in said[key]["zh"]), key
            assert not any("\u4e00" <= character <= "\u9fff" for character in said[key]["en"]), key


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.id)
def test_units_and_numbers_agree(one: Target) -> None:
    entry = one.entry
    if entry.unit == "share":
        assert entry.low >= -1
        assert entry.high <= 1
    if entry.unit in ("entities", "persons", "yuan"):
        assert entry.low >= 0
    if entry.unit == "months":
        assert entry.high <= 24


def test_no_checked_target_rests_on_inputs_alone() -> None:
    """A figure that stands behind a parameter says nothing new of it: whatever rests on such only is `fitted`."""
    inputs = {id_ for entry in load().paths() for id_ in entry.evidence}
    checked = [one for one in ANSWERABLE if one.entry.use == "checked"]
    assert not [one.id for one in checked if inputs.issuperset(one.entry.evidence)]


def test_an_input_of_a_parameter_is_never_only_checked() -> None:
    said = {one.id: one.entry.definition.en for one in ALL.values() if one.entry.use == "checked"}
    assert not [
        id_ for id_, text in said.items() if "an input of" in text.lower() and "no input of" not in text.lower()
    ]


def test_checked_targets_are_never_taken_back() -> None:
    """The list was written before the first fit; whoever adds a checked target adds its id to it."""
    kept = KEPT.read_text(encoding="utf-8").split()
    assert kept == sorted(set(kept))
    assert set(kept) == {one.id for one in ALL.values() if one.entry.use == "checked"}
