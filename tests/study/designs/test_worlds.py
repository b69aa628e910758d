"""Worlds of a posterior: one factor whose values are draws, for designs that can use it, refused in the others."""

from collections import Counter

import pytest
from pydantic import ValidationError

from sim.scenario import ScenarioError
from sim.study import StudyError
from sim.study.designs import factors
from sim.study.designs.design import Block, Design, Draws, sample
from sim.study.designs.factors import WORLD, at, noted, one_by_one, paths, trials, units, varied
from sim.study.designs.posterior import Draw, Posterior

CROWDING, RENT = "parameters.firm.crowding", "parameters.costs.rent"
KEPT = Posterior(
    (
        Draw(0.0, {"firm.crowding": 0.6, "costs.rent": 2.0}),
        Draw(0.5, {"firm.crowding": 0.1, "costs.rent": 0.9}),
        Draw(0.25, {"firm.crowding": 0.2, "costs.rent": 1.0}),
        Draw(0.25, {"firm.crowding": 0.3, "costs.rent": 1.1}),
    ),
    {"fingerprint": "abc"},
)
WORDS = {"zh": "设计", "en": "Design"}


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    monkeypatch.setattr(factors, "posterior", lambda: KEPT)


def test_a_point_of_the_unit_interval_is_a_draw_along_the_weights():
    world = varied("posterior")
    assert [at(world, [unit])[CROWDING] for unit in (0.0, 0.3, 0.49, 0.51, 0.74, 0.76, 1.0)] == [
        0.1, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3,
    ]  # fmt: skip
    assert at(world, [0.6]) == {CROWDING: 0.2, RENT: 1.0}  # all numbers of one draw
    drawn = Counter(at(world, point)[CROWDING] for point in sample("sobol", world, 4, 1))
    assert drawn == {0.1: 2, 0.2: 1, 0.3: 1}  # as often as the weights say


def test_worlds_are_the_posterior_and_the_three_factors_that_no_posterior_tells():
    assert paths(varied("worlds")) == [CROWDING, RENT, *WORLD]
    assert varied({"worlds": "all"}) == varied("worlds")
    assert paths(varied({"posterior": "all", "world.wave_factor": "assumed"})) == [CROWDING, RENT, "world.wave_factor"]


def test_without_a_posterior_worlds_are_drawn_over_what_is_only_assumed_and_a_posterior_is_refused(monkeypatch):
    monkeypatch.setattr(factors, "posterior", lambda: None)
    assert paths(varied("worlds")) == [*paths(varied("assumptions")), *WORLD]
    for over in ("posterior", {"posterior": "all"}):
        with pytest.raises(StudyError, match=r"has no posterior .* run shukun calibrate --keep first"):
            varied(over)


@pytest.mark.parametrize("order", [1, -1])
def test_a_range_that_is_stated_goes_before_what_the_draw_says(order):
    over = dict([("posterior", "all"), (CROWDING, [0.4, 0.5])][::order])
    world = varied(over)
    assert at(world, [0.6, 0.0]) == {CROWDING: 0.4, RENT: 1.0}
    assert noted(world)["from_posterior"] == {
        "draws": 4, "effective": pytest.approx(1 / 0.375), "fingerprint": "abc", "beside": [CROWDING],
    }  # fmt: skip


@pytest.mark.parametrize("group", ["assumptions", "priors"])
def test_numbers_are_drawn_once_from_the_posterior_or_each_from_its_prior(group):
    with pytest.raises(StudyError, match=f"leave out it or {group}: all"):
        varied({"worlds": "all", group: "all"})


def test_a_posterior_has_no_range():
    with pytest.raises(ScenarioError, match="posterior: all"):
        varied({"posterior": [0, 1]})


def test_what_worlds_have_in_common_is_their_draw():
    world = varied("worlds")
    points = [[unit, 0.5, 0.5, 0.5] for unit in (0.1, 0.3, 0.6)]
    assert units(world, points) == [1, 1, 2]
    assert units(varied({"world.wave_factor": "assumed"}), [[0.1], [0.1]]) == [0, 1]


def test_trials_meet_both_ends():
    tried = trials(varied("worlds"))
    assert [draw[CROWDING] for draw in tried] == [0.1, 0.3]
    assert [draw["world.wave_factor"] for draw in tried] == [0.5, 1.5]


def test_more_draws_than_there_are_would_repeat_them_unless_something_else_varies():
    with pytest.raises(StudyError, match="has 4 draws and nothing else varies, so 5 would repeat them"):
        sample("sobol", varied("posterior"), 5, 1)
    with pytest.raises(StudyError, match="at most 4"):
        Draws(Design.model_validate({"title": WORDS, "levers": {"sobol": {"draws": 5, "over": "posterior"}}}))
    worlds = sample("latin_hypercube", varied("worlds"), 64, 1)
    assert len({tuple(at(varied("worlds"), point).values()) for point in worlds}) == 64


def test_every_setting_of_a_nested_design_has_worlds_of_its_own():
    levers, worlds = {"grid": {"a.b": [3, 6]}}, {"latin_hypercube": {"draws": 4, "over": "posterior"}}
    draws = Draws(
        Design.model_validate({"title": WORDS, "levers": levers, "uncertainties": worlds, "combine": "nested"})
    )
    assert len(draws) == 8
    assert Counter(draws.levers(draw)[CROWDING] for draw in range(8)) == {0.1: 4, 0.2: 2, 0.3: 2}


@pytest.mark.parametrize("block", [{"grid": {"posterior": "all"}}, {"list": {"worlds": ["all"]}}])
def test_values_one_by_one_cannot_come_from_a_posterior(block):
    with pytest.raises(ValidationError, match="draw it with sobol or latin_hypercube"):
        Block.model_validate(block)


def test_a_design_that_moves_each_number_by_itself_says_what_can_draw_from_the_posterior():
    with pytest.raises(StudyError, match=r"give assumptions: all, priors: all or ranges\. Draws .* discover"):
        one_by_one(varied("worlds"))
    one_by_one(varied({"assumptions": "all"}))
