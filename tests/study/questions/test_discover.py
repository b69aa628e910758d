"""Boxes of worlds in which a target is missed; the stand-in engine misses one exactly where the tests say."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.measure import Words
from sim.study import StudyError, study_folder
from sim.study.answering import question as asked_of
from sim.study.designs import factors
from sim.study.designs.posterior import Draw, Posterior
from sim.study.questions import discover
from sim.study.questions.discover import Question, Threshold
from sim.study.runs.specification import Setting
from sim.study.statistics import patient_rule_induction

UNIT = [0.0, 1.0]
XYZ = {"x": UNIT, "y": UNIT, "z": UNIT}


class Runs:
    """Stands in for a runner: a row a run, nothing written. ``resumed`` gives the resumption rate or raises."""

    deadline, is_over = None, False

    def __init__(self, resumed):
        self.resumed = resumed

    def expect(self, runs):
        pass

    def run(self, specs):
        rows = []
        for spec in specs:
            row = dict.fromkeys(("scenario", "asked", "keep", "paired_with", "calibration", "sources", "run"), "")
            row |= {"draw": spec.draw, "replication": spec.replication, "seed": spec.seed, "reason": ""}
            try:
                row |= {"resumption_rate": self.resumed(spec.scenario.levers, spec.seed), "loss_share": 0.2}
            except ArithmeticError as error:
                row |= {"resumption_rate": np.nan, "loss_share": np.nan, "reason": f"ArithmeticError: {error}"}
            rows.append(row)
        return pd.DataFrame(rows)


@pytest.fixture
def ask(scenario, monkeypatch):
    """Answer a question whose engine is a function of the levers and the seed."""
    monkeypatch.setattr(scenario, "fingerprint", lambda self: str(self.contents()))  # levers may be days
    monkeypatch.setattr(discover, "load", lambda name, levers, drawn: scenario(name, {**levers, **drawn}))

    def answer(resumed, **asked):
        settings = {"over": XYZ, "draws": 128, "replications": 1, "misses": {"resumption_rate": "target"}} | asked
        question = Question(title=Words(zh="问", en="Asked"), scenario="worlds", **settings)
        return discover.answer(question, Setting(firms=100), Runs(resumed))

    return answer


@pytest.fixture
def two_halves(monkeypatch):
    """For tests of something else: the search is not repeated so often."""
    monkeypatch.setattr(patient_rule_induction, "HALVES", 2)


def in_corner(levers, seed):
    return 0.9 if levers["x"] > 0.7 and levers["y"] < 0.4 else 1.0


@pytest.mark.usefixtures("two_halves")
def test_a_known_box_is_found_whole_and_pure(ask):
    study = ask(in_corner)
    target = study.targets.iloc[0]
    assert target["verdict"] == "box"
    assert (target["coverage"], target["density"], target["correlation"]) == (1.0, 1.0, 1.0)
    assert target["missed"] == pytest.approx(0.3 * 0.4 * 128, abs=2)  # a Sobol sequence fills boxes evenly
    assert target["mass"] == target["missed"] / 128
    limits = study.chosen("resumption_rate").set_index("path")
    assert sorted(limits.index) == ["x", "y"]
    # A limit lies between two worlds: some 40 of the 128 have x > 0.7, some 50 have y < 0.4.
    assert limits.loc["x", "low"] == pytest.approx(0.7, abs=1 / 40)
    assert limits.loc["y", "high"] == pytest.approx(0.4, abs=1 / 40)
    assert np.isnan(limits.loc["y", "low"])
    assert limits["quasi_p_low"].min() < 1e-6


def test_the_box_found_in_one_half_holds_in_the_other(ask):
    study = ask(in_corner)
    target = study.targets.iloc[0]
    assert (target["halves"], target["halves_with_box"]) == (
        patient_rule_induction.HALVES,
        patient_rule_induction.HALVES,
    )
    assert target["tested_coverage"] > 0.8
    assert target["tested_density"] > 0.8
    share = study.stability.set_index("path")["share"]
    assert min(share["x"], share["y"]) >= 0.8
    assert share.get("z", 0.0) <= 0.2


@pytest.mark.usefixtures("two_halves")
def test_a_box_is_found_in_a_parameter_of_the_posterior(ask, monkeypatch):
    # 64 draws of two numbers that go together, of which the first decides; the wave varies besides.
    spread = [(place * 37 % 64) / 63 for place in range(64)]
    draws = [Draw(1 / 64, {"firm.crowding": x, "costs.rent": 1.0 + x * x}) for x in spread]
    monkeypatch.setattr(factors, "posterior", lambda: Posterior(tuple(draws), {}))
    crowding = "parameters.firm.crowding"
    over = {"posterior": "all", "world.wave_factor": [0.5, 1.5]}
    study = ask(lambda levers, seed: 0.9 if levers[crowding] > 0.7 else 1.0, over=over, draws=256)
    assert [*study.draws.columns] == ["draw", crowding, "parameters.costs.rent", "world.wave_factor"]
    missed = study.draws[study.draws[crowding] > 0.7]
    target = study.targets.iloc[0]
    assert (target["missed"], target["coverage"], target["density"]) == (len(missed), 1.0, 1.0)
    [limit] = study.chosen("resumption_rate").to_dict("records")
    assert limit["path"] in (crowding, "parameters.costs.rent")  # each tells the other
    assert limit["low"] >= 0.7
    assert study.manifest.settings["from_posterior"]["draws"] == 64
    assert {*study.manifest.varied_parameters} == {"firm.crowding", "costs.rent"}


def test_worlds_of_one_draw_are_in_the_same_half():
    # Eight draws with 1, 2, 4, ... worlds: of a half of four draws the number of worlds has four binary ones.
    together = np.repeat(np.arange(8), 2 ** np.arange(8))
    x = pd.DataFrame({"x": np.arange(len(together)) * 97 % 255 / 255})
    found = patient_rule_induction.in_halves(x, (x["x"] > 0.6).to_numpy(), 1, together)
    assert len(found) > 2
    assert {box.of.bit_count() for box in found if box is not None} == {4}


@pytest.mark.usefixtures("two_halves")
def test_that_box_is_chosen_which_goes_best_with_missing_among_those_told_from_chance(ask):
    def noisy(levers, seed):
        return in_corner(levers, seed) if levers["z"] > 0.05 else 1.9 - in_corner(levers, seed)

    study = ask(noisy, draws=256)
    peeled = study.trajectory[~study.trajectory["is_relaxed"]]
    assert (peeled.iloc[0][["coverage", "mass", "restricted"]] == [1.0, 1.0, 0]).all()
    assert peeled["density"].is_monotonic_increasing
    level = study.targets.iloc[0]["level"]
    assert level == pytest.approx(0.05 / 6)  # three numbers of two sides
    weakest = study.limits.groupby("box")[["quasi_p_low", "quasi_p_high"]].max().max(axis=1)
    told = study.trajectory[study.trajectory["box"].isin(weakest.index[weakest <= level])]
    chosen = study.trajectory[study.trajectory["is_chosen"]].iloc[0]
    assert chosen["box"] in set(told["box"])
    assert chosen["correlation"] == told["correlation"].max() < study.trajectory["correlation"].max()
    assert (study.trajectory["is_relaxed"] & study.trajectory["box"].isin(told["box"])).any()


@pytest.mark.usefixtures("two_halves")
def test_worlds_that_miss_at_random_have_no_box(ask):
    def anywhere(levers, seed):
        return 0.9 if int(levers["x"] * 2**20) * 7919 % 5 == 0 else 1.0

    target = ask(anywhere, draws=64).targets.iloc[0]
    assert 0 < target["missed"] < 64
    assert target["verdict"] == "nothing"


@pytest.mark.usefixtures("two_halves")
@pytest.mark.parametrize(("rate", "verdict", "missed"), [(0.9, "always", 64), (0.95, "never", 0)])
def test_a_target_missed_everywhere_or_nowhere_is_said_and_not_searched(ask, rate, verdict, missed):
    study = ask(lambda levers, seed: rate, draws=64)
    assert study.targets.iloc[0][["verdict", "missed", "worlds"]].tolist() == [verdict, missed, 64]
    assert study.trajectory.empty
    assert study.chosen("resumption_rate").empty


def test_a_target_without_a_value_in_any_world_is_neither_met_nor_missed(ask, tmp_path):
    study = ask(lambda levers, seed: np.nan, draws=8, misses={"resumption_rate": "target", "loss_share": "target"})
    assert study.targets["verdict"].tolist() == ["unknown", "always"]
    assert study.targets["left_out"].tolist() == [8, 0]
    study_folder.save(study, tmp_path / "study")


@pytest.mark.usefixtures("two_halves")
def test_failed_draws_are_left_out_and_counted(ask):
    def fails(levers, seed):
        if levers["z"] > 0.75:
            raise ArithmeticError("the ledger does not balance: 1 fen")
        return in_corner(levers, seed)

    study = ask(fails)
    target = study.targets.iloc[0]
    assert target["left_out"] == len(study.failures) == 32
    assert target["worlds"] == 96
    assert target["density"] == 1.0
    assert not study.worlds["draw"].isin(study.failures["draw"]).any()


@pytest.mark.usefixtures("two_halves")
def test_when_every_run_fails_its_reason_is_the_answer(ask):
    def fails(levers, seed):
        raise ArithmeticError("the ledger does not balance: 1 fen")

    with pytest.raises(StudyError, match="No run succeeded: ArithmeticError: the ledger"):
        ask(fails, draws=8)


@pytest.mark.usefixtures("two_halves")
def test_a_world_misses_when_its_mean_does_and_divided_replications_are_counted(ask):
    study = ask(lambda levers, seed: 0.90 if seed == 1 and levers["x"] > 0.5 else 0.97, draws=64, replications=2)
    target = study.targets.iloc[0]
    assert (target["missed"], target["divided"]) == (32, 32)
    assert set(study.worlds["replications_missing"]) == {0.0, 0.5}


@pytest.mark.usefixtures("two_halves")
def test_a_threshold_of_its_own_and_both_directions(ask):
    misses = {"resumption_rate": {"less_than": 0.99}, "loss_share": {"more_than": 0.5}}
    study = ask(in_corner, misses=misses, draws=64)
    assert study.targets[["bound", "limit", "clause"]].to_numpy().tolist() == [
        ["at_least", 0.99, ""],
        ["at_most", 0.5, ""],
    ]
    assert list(study.targets["verdict"]) == ["box", "never"]


@pytest.mark.usefixtures("two_halves")
def test_days_and_choices_are_limited_too(ask):
    def late_and_dry(levers, seed):
        return 0.9 if levers["day"] > date(2022, 6, 10) and levers["dry"] in ("wait", "refuse") else 1.0

    over = {"day": [date(2022, 6, 1), date(2022, 6, 20)], "dry": {"of": ["wait", "refuse", "share"]}, "z": UNIT}
    study = ask(late_and_dry, over=over)
    limits = study.chosen("resumption_rate").set_index("path")
    assert limits.loc["day", "kind"] == "day"
    assert date.fromordinal(int(np.ceil(limits.loc["day", "low"]))) == date(2022, 6, 11)
    assert limits.loc["dry", "values"] == '["wait", "refuse"]'
    assert (study.targets.iloc[0]["coverage"], study.targets.iloc[0]["density"]) == (1.0, 1.0)


@pytest.mark.usefixtures("two_halves")
def test_more_draws_leave_the_first_ones_as_they_are(ask):
    few, more = ask(in_corner, draws=40), ask(in_corner, draws=100)
    pd.testing.assert_frame_equal(few.draws, more.draws.head(40))
    pd.testing.assert_frame_equal(few.worlds, more.worlds.head(40))
    assert Question(title=Words(zh="", en=""), draws=40).with_draws(100).draws == 100


@pytest.mark.usefixtures("two_halves")
def test_the_answer_is_stored_and_read_again_and_can_be_seen(ask, tmp_path):
    for study in (ask(in_corner, draws=64), ask(lambda levers, seed: 1.0, draws=16)):
        study_folder.save(study, tmp_path / "study")
        again = study_folder.load(tmp_path / "study")
        for name, table in study.tables().items():
            pd.testing.assert_frame_equal(getattr(again, name), table)
        assert again.plot(lang="en").svg().startswith("<svg")


def test_without_the_workbench_one_sentence_says_how_to_get_it(ask, monkeypatch):
    monkeypatch.setattr(discover, "find_spec", lambda name: None)
    with pytest.raises(StudyError, match=r"pip install 'shukun\[workbench\]'"):
        ask(in_corner)


@pytest.mark.usefixtures("two_halves")
def test_an_outcome_without_a_target_asks_for_a_threshold(ask):
    with pytest.raises(StudyError, match="no target for survival_rate"):
        ask(in_corner, misses={"survival_rate": "target"})


@pytest.mark.parametrize(
    ("misses", "told"),
    [
        ({"resumption": "target"}, "did you mean resumption_rate"),
        ({"loss_share": {"more_than": 0.1, "less_than": 0.2}}, "exactly one"),
        ({}, "at least 1"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(misses, told):
    with pytest.raises(ValueError, match=told):
        Question.model_validate({"title": {"zh": "问", "en": "Asked"}, "misses": misses})


def test_the_shipped_question_asks_for_both_targets_of_the_resumption_action():
    question, _ = asked_of("discover", discover.DEFAULT)
    assert question.misses == {"resumption_rate": "target", "loss_share": "target"}
    assert question.over == "worlds"
    assert Threshold(more_than=0.0).more_than == 0.0
