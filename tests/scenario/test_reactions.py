"""What a file may say of reactions, and what is said of mistakes in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import scenario
from sim.scenario import Scenario, ScenarioError, ValidationError
from sim.scenario.levers import LeverEntry

REACTION = {"id": "help", "watch": "stopped_share", "above": 0.1, "begin": ["rent_waiver"]}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a scenario with one reaction, which says other things where that is asked for; None leaves a key out."""

    def to_file(said: dict[str, Any] | None = None, **others: Any) -> Path:
        one = {key: value for key, value in (REACTION | (said or {})).items() if value is not None}
        written = {"title": "mine", "extends": "full_plan", "reactions": [one], **others}
        file = tmp_path / "mine.yaml"
        file.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
        return file

    return to_file


def errors(path: Path) -> list[ValidationError]:
    with pytest.raises(ScenarioError) as caught:
        scenario.load(path)
    return caught.value.errors


def of_help(loaded: Scenario) -> dict[str, LeverEntry]:
    """The levers of reactions."""
    return {one.path: one for one in scenario.lever_table(loaded) if one.path.startswith("reactions.")}


# What is said otherwise, kind, field within the reaction, nearest valid name.
MISTAKES: dict[str, tuple[dict[str, Any], str, str, str | None]] = {
    "unknown watch": ({"watch": "stoped_share"}, "not_allowed", "watch", "stopped_share"),
    "unknown place": ({"place": "prefectur"}, "not_allowed", "place", "prefecture"),
    "unknown key": ({"bgin": ["rent_waiver"]}, "unknown_key", "bgin", "begin"),
    "no delay": ({"delay_days": 0}, "out_of_range", "delay_days", None),
    "lasts in words": ({"lasts": "whil"}, "not_allowed", "lasts", "while"),
    "above and below": ({"below": 0.5}, "reason", "below", None),
    "neither above nor below": ({"above": None}, "reason", "above", None),
    "a share beyond the whole": ({"above": 10}, "reason", "above", None),
    "nothing to do": ({"begin": None}, "reason", "id", None),
    "unknown measure": ({"begin": ["rent_waver"]}, "unknown_measure", "begin.0", "rent_waiver"),
    "unknown section": ({"begin": ["II.9"]}, "unknown_measure", "begin.0", "I.9"),
    "both begin and end": ({"end": ["II.1"]}, "both_ways", "end", None),
    "unknown value": (
        {"set": {"rent_waiver.month": 6}}, "unknown_value", "set.rent_waiver.month", "rent_waiver.months",
    ),
    "a value that no day changes": (
        {"set": {"rent_waiver.coverage": 1}}, "unknown_value", "set.rent_waiver.coverage", None,
    ),
    "a value out of range": ({"set": {"rent_waiver.months": 999}}, "out_of_range", "set.rent_waiver.months", None),
    "a value of an unknown measure": (
        {"set": {"rent_waver.months": 6}}, "unknown_measure", "set.rent_waver.months", "rent_waiver",
    ),
    "a value by prefecture": ({"place": "prefecture", "set": {"rent_waiver.months": 6}}, "reason", "set", None),
    "unknown fund paid": ({"pay": {"fund": "turism", "yuan": 1}}, "unknown_fund", "pay.fund", "tourism"),
    "nothing paid": ({"pay": {"fund": "tourism", "yuan": 0}}, "out_of_range", "pay.yuan", None),
    "a fund that is not watched": ({"fund": "tourism"}, "reason", "fund", None),
    "no fund to watch": ({"watch": "fund_left"}, "reason", "fund", None),
    "unknown fund watched": ({"watch": "fund_left", "fund": "turism"}, "unknown_fund", "fund", "tourism"),
    "a fund that no prefecture has": (
        {"watch": "fund_left", "fund": "tourism", "place": "prefecture"}, "not_counted_there", "place", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_sentence_with_its_place_what_was_found_and_the_nearest_name(mistake: str, write: Write) -> None:
    said, kind, field, nearest = MISTAKES[mistake]
    file = write(said)
    [error] = errors(file)
    assert (error.kind, error.field, error.nearest) == (kind, f"reactions.0.{field}", nearest)
    assert error.line is not None and file.read_text(encoding="utf-8").splitlines()[error.line - 1]
    for language in ("zh", "en"):
        assert error.sentence(language).startswith(f"{error.file}:{error.line}: ")  # type: ignore[arg-type]


def test_a_measure_that_is_off_is_neither_begun_nor_set(write: Write) -> None:
    file = write({"set": {"rent_waiver.months": 6}}, without=["rent_waiver"])
    assert {(error.kind, error.field) for error in errors(file)} == {
        ("measure_is_off", "reactions.0.begin.0"),
        ("measure_is_off", "reactions.0.set.rent_waiver.months"),
    }


def test_an_id_is_used_once(write: Write) -> None:
    file = write(reactions=[REACTION, {**REACTION, "begin": ["toll_waiver"]}])
    assert [(error.kind, error.field) for error in errors(file)] == [("duplicate_id", "reactions.1.id")]


def test_actions_and_sections_stand_for_their_measures_that_are_on(write: Write) -> None:
    loaded = scenario.load(write({"begin": ["II.1"], "end": ["finance"]}, without=["rent_waiver"]))
    [reaction] = loaded.reactions
    assert reaction.begin == tuple(m.id for m in loaded.measures if m.section == "II.1")
    assert reaction.end == tuple(m.id for m in loaded.measures if m.action == "finance")
    assert "rent_waiver" not in reaction.begin and reaction.title.en == "help"


def test_levers_of_a_reaction_have_unit_range_and_meaning(write: Write) -> None:
    loaded = scenario.load(write({"watch": "listed_counties", "above": 2, "lasts": 90}))
    levers = of_help(loaded)
    assert [*levers] == ["reactions.help.above", "reactions.help.delay_days", "reactions.help.lasts"]
    assert [one.unit for one in levers.values()] == ["counties", "days", "days"]
    assert [one.value for one in levers.values()] == [2, 1, 90]
    assert "counties with listed risk areas" in levers["reactions.help.above"].meaning


def test_a_lever_changes_the_threshold_and_is_all_that_differs(write: Write) -> None:
    file = write()
    before, after = scenario.load(file), scenario.load(file, {"reactions.help.above": 0.2, "reactions.help.lasts": 30})
    assert {(one.path, one.a, one.b) for one in scenario.diff(before, after)} == {
        ("reactions.help.above", 0.1, 0.2),
        ("reactions.help.lasts", "while", 30),
    }
    assert before.fingerprint() != after.fingerprint()
    with pytest.raises(ScenarioError, match=r"reactions\.help\.above"):
        scenario.load(file, {"reactions.help.abov": 0.2})
    with pytest.raises(ScenarioError, match="exactly one of above and below"):
        scenario.load(file, {"reactions.help.below": 0.2})


def test_a_reaction_that_only_one_scenario_has_is_one_difference(write: Write) -> None:
    changes = scenario.diff("full_plan", write())
    assert [(one.path, one.a, one.b) for one in changes] == [("reactions.help", "off", "on")]


def test_a_title_changes_no_result(write: Write) -> None:
    assert scenario.load(write()).fingerprint() == scenario.load(write({"title": "Help"})).fingerprint()


def test_what_a_scenario_tells_of_itself_is_the_whole_of_it(write: Write) -> None:
    loaded = scenario.load(
        write({"set": {"toll_waiver.share": 1}, "pay": {"fund": "tourism", "yuan": 5.5}, "lasts": 9})
    )
    assert Scenario.from_contents(loaded.contents()) == loaded


def test_reactions_follow_the_measures_that_a_scenario_keeps(write: Write) -> None:
    loaded = scenario.load(write({"begin": ["rent_waiver", "toll_waiver"]}))
    without = loaded.without_measures(["rent_waiver"], name="less", title=loaded.title)
    assert [one.begin for one in without.reactions] == [("toll_waiver",)]
    assert loaded.without_measures(["rent_waiver", "toll_waiver"], name="less", title=loaded.title).reactions == ()


def test_whoever_extends_a_scenario_has_its_reactions(write: Write, tmp_path: Path) -> None:
    write()
    child = tmp_path / "child.yaml"
    child.write_text("title: child\nextends: mine\nlevers: {reactions.help.above: 0.3}\n", encoding="utf-8")
    assert [(one.id, one.above) for one in scenario.load(child).reactions] == [("help", 0.3)]


def test_money_beyond_whole_fen_is_refused(write: Write) -> None:
    [error] = errors(write({"place": "prefecture", "pay": {"fund": "tourism", "yuan": 1e13}}))
    assert (error.kind, error.field) == ("out_of_range", "reactions.0.pay.yuan")
