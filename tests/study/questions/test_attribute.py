from dataclasses import replace
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sim.scenario import ScenarioError, load
from sim.study import StudyError
from sim.study.answering import ask, question, shipped
from sim.study.comparison import parameter_uncertainty
from sim.study.designs.posterior import Draw, Posterior
from sim.study.questions.attribute import Orders, Question, answer, game
from sim.study.runs.specification import Setting
from sim.vocabulary import ACTIONS, MECHANISMS
from tests.study.conftest import FakeScenario, make_simulate

TITLE = {"zh": "归因", "en": "Attribution"}
THREE = ("tax", "finance", "jobs")
FEW = ("rent_waiver", "loan_extension", "free_testing", "vat_stock_refund")


def asked(**said):
    return Question.model_validate({"title": TITLE, **said})


def engine(worth, cost=lambda on: 0, fails=lambda on, seed: False):
    """What a world is worth and what it costs (fen) follows from the actions and measures that are on in it.

    Nominal measures are on in every world: an action is on when anything else of it is.
    """
    like = make_simulate()(FakeScenario("baseline"))

    def simulate(scenario, *, firms=None, seed=1, follow=(), fates=False, tables=True, **_):
        on = {measure.id for measure in scenario.measures}
        on |= {one.action for one in scenario.measures if one.nominal is None or one.action == MECHANISMS}
        if fails(on, seed):
            raise ArithmeticError("the ledger does not balance: 1 fen")
        value = worth(on, seed)
        outcomes = [
            ("survival_rate", 0.8 + value / 1000, "share"),
            ("resumption_rate", 0.9, "share"),
            ("loss_share", 0.2 - value / 3000, "share"),
            ("survivors", 2_400_000.0 + round(1000 * value), "entities"),
        ]
        paid = ("2022-06", "province", "firms", "wages", "training_grant", "granted", cost(on))
        return replace(
            like,
            scenario=scenario.name,
            seed=seed,
            outcomes=pd.DataFrame(outcomes, columns=["outcome", "value", "unit"]),
            ledger=pd.DataFrame([paid], columns=list(like.ledger)),
        )

    return simulate


def brings(**each):
    """An additive world."""
    return lambda on, seed: sum(value for name, value in each.items() if name in on)


@pytest.fixture
def attribute(runner, tmp_path):
    def answered(simulate, seed=1, **said):
        work = runner(simulate=simulate)
        return answer(asked(**said), Setting(firms=100, seed=seed), work)

    return answered


def means(study, outcome, table="attribution"):
    rows = getattr(study, table)
    return rows[rows["outcome"] == outcome].set_index("player")["mean"].to_dict()


def test_in_an_additive_world_each_has_what_it_brings_and_the_mechanisms_come_first():
    played = game(asked(), load("full_plan"))
    bring = {"tax": 3.0, "jobs": 1.0}
    found = [sum(bring.get(name, 0.0) for name in world.players or ()) for world in played.worlds(0)]
    found = [value + 0.5 * (place > 0) for place, value in enumerate(found)]  # the baseline comes first
    shares = dict(zip([played.first, *played.players], played.parts(found, 0), strict=True))
    ranked = [one for one in ACTIONS if any(m.action == one and m.nominal is None for m in played.plan.measures)]
    assert shares == {"rest_of_plan": 0.5} | dict.fromkeys(ranked, 0.0) | {"tax": 3.0, "jobs": 1.0}
    assert list(shares) == ["rest_of_plan", *ranked]


def test_the_rest_of_the_plan_comes_first_and_the_whole_last(attribute):
    study = attribute(engine(brings(tax=3.0, jobs=1.0, fiscal=0.5)), among=THREE, replications=1)
    found = means(study, "survivors")
    assert found == {"rest_of_plan": 500.0, "tax": 3000.0, "finance": 0.0, "jobs": 1000.0, "whole": 4500.0}
    assert list(found) == ["rest_of_plan", *THREE, "whole"]
    assert (study.interactions.loc[study.interactions["outcome"] == "survivors", "mean"] == 0.0).all()


def test_in_each_replication_the_players_add_up_to_the_plan_less_the_baseline_to_the_last_digit(attribute):
    def worth(on, seed):
        return np.sin(1.7 * seed + sum((place + 1.3) ** 2 for place, name in enumerate(THREE) if name in on))

    study = attribute(engine(worth, lambda on: 10**12 // (1 + len(on & {*THREE}))), among=THREE, replications=3)
    for (replication, outcome), rows in study.values.groupby(["replication", "outcome"]):
        rows = rows.set_index("player")["value"]
        runs = study.runs[study.runs["replication"] == replication].set_index("scenario")[outcome]
        for order in (rows.drop("whole"), rows.drop("whole").iloc[::-1]):
            assert sum(order) == rows["whole"] == runs["full_plan"] - runs["no_support"], outcome
    total = study.attribution.set_index(["player", "outcome"])["mean"].unstack()
    assert total.drop("whole").sum().to_numpy() == pytest.approx(total.loc["whole"].to_numpy(), rel=1e-12, abs=1e-15)


def test_two_that_help_each_other_share_the_gain_and_show_it(attribute):
    study = attribute(engine(lambda on, seed: 4.0 * ({"tax", "jobs"} <= on)), among=THREE, replications=2)
    found = means(study, "survivors")
    assert (found["tax"], found["jobs"], found["finance"]) == (2000.0, 2000.0, 0.0)
    pairs = study.interactions[study.interactions["outcome"] == "survivors"].set_index(["first", "second"])
    assert pairs["mean"].to_dict() == {("tax", "finance"): 0.0, ("tax", "jobs"): 4000.0, ("finance", "jobs"): 0.0}
    assert (pairs["high"] == pairs["mean"]).all()  # the same in every replication


def test_intervals_are_over_replications_and_one_replication_has_none(attribute):
    simulate = engine(lambda on, seed: seed * ("tax" in on))
    several = attribute(simulate, among=THREE, replications=3).attribution.set_index(["player", "outcome"])
    # 1,000, 2,000, 3,000: mean 2,000, half-width 4.303 x 1,000 / sqrt(3).
    assert several.loc[("tax", "survivors"), "low"] == pytest.approx(2000 - 4.302653 * 1000 / 3**0.5, rel=1e-6)
    one = attribute(simulate, among=THREE, replications=1).attribution
    assert one["low"].isna().all()
    assert (one["replications"] == 1).all()


def test_a_replication_with_a_failed_run_is_left_out_for_all(attribute):
    simulate = engine(
        brings(tax=1.0), fails=lambda on, seed: seed == 2 and {"tax", "jobs"} <= on and "finance" not in on
    )
    study = attribute(simulate, among=THREE, replications=3)
    assert (study.attribution["replications"] == 2).all()
    assert (study.interactions["replications"] == 2).all()
    assert set(study.values["replication"]) == {0, 2}
    assert study.left_out == 1
    assert study.failures["scenario"].tolist() == ["tax+jobs"]


def test_when_every_replication_has_a_failed_run_the_reason_is_told(attribute):
    with pytest.raises(StudyError, match="does not balance"):
        attribute(engine(brings(), fails=lambda on, seed: not on), among=THREE)


def test_replications_that_the_time_did_not_suffice_for_do_not_count(runner, tmp_path):
    def worth(on, seed):
        if seed == 3:
            work.deadline = 0.0  # long ago
        return 0.0

    work = runner(simulate=engine(worth))
    study = answer(asked(among=THREE, replications=4), Setting(firms=100), work)
    assert set(study.values["replication"]) == {0, 1}
    assert study.left_out == 2
    assert not len(study.failures)


def test_sampled_orders_add_up_in_each_replication_and_an_additive_world_leaves_them_no_chance(attribute):
    simulate = engine(brings(rent_waiver=1.0, free_testing=-2.0))
    study = attribute(simulate, players="measures", among=FEW, orders={"draws": 2}, replications=3)
    found = means(study, "survivors")
    assert found == {
        "rest_of_plan": 0.0, "rent_waiver": 1000.0, "loan_extension": 0.0, "vat_stock_refund": 0.0,
        "free_testing": -2000.0, "whole": -1000.0,
    }  # fmt: skip
    survivors = study.attribution[study.attribution["outcome"] == "survivors"]
    assert (survivors["high"] == survivors["mean"]).all()
    assert study.interactions.empty
    assert len(study.runs) == 3 * (3 + 2 * 3)


def test_more_orders_keep_the_runs_that_are_there(runner, tmp_path):
    done = []

    def worth(on, seed):
        done.append((frozenset(on), seed))
        return 0.0

    work = runner(simulate=engine(worth))
    few = asked(players="measures", among=FEW, orders={"draws": 4}, replications=2)
    how = {"setting": Setting(firms=100), "runner": work}
    answer(few, **how)
    of_few = len(done)
    answer(few.with_draws(8), **how)
    assert of_few < len(done) == len(set(done))  # none of them twice
    played = game(few, load("full_plan"))
    assert game(few.with_draws(8), load("full_plan")).orders_of(1)[:4] == played.orders_of(1)
    assert played.orders_of(0) != played.orders_of(1)


def test_effect_per_million_yuan_and_none_where_nothing_is_paid(attribute):
    # Each chance the same: finance keeps 5,000 firms for 20 m yuan; tax keeps 1,000 and costs nothing.
    study = attribute(
        engine(brings(finance=5.0, tax=1.0), lambda on: 2 * 10**9 * ("finance" in on)), among=THREE, replications=2
    )
    prices = study.prices[study.prices["outcome"] == "survivors"].set_index("player")
    assert prices.loc["finance", ["mean", "low", "high"]].tolist() == [250.0, 250.0, 250.0]
    assert np.isnan(prices.loc["tax", "mean"])


def test_a_cost_that_is_not_told_from_zero_gives_no_bound(attribute):
    simulate = engine(lambda on, seed: 5.0 * ("finance" in on) + 0.1 * seed)
    costly = engine(brings(finance=5.0), lambda on: 10**9 * ("finance" in on))

    def by_seed(scenario, *, seed=1, **how):
        return (simulate if seed == 2 else costly)(scenario, seed=seed, **how)

    prices = attribute(by_seed, among=THREE, replications=2).prices
    row = prices[(prices["outcome"] == "survivors") & (prices["player"] == "finance")].iloc[0]
    assert row["high"] == np.inf


def test_coalitions_are_the_plan_with_some_and_the_mechanisms():
    played = game(asked(), load("full_plan"))
    specs = {spec.scenario.name: spec for spec in played.specs(7, 1)}
    assert specs["no_support"].scenario.fingerprint() == load("baseline").fingerprint()
    assert specs["full_plan"].scenario.fingerprint() == load("full_plan").fingerprint()

    def of(name):
        return {m.action for m in specs[name].scenario.measures if m.nominal is None or m.action == MECHANISMS}

    assert of("rest_of_plan") == {"mechanisms"}
    assert of("tax+jobs") == {"mechanisms", "tax", "jobs"}
    assert len(specs) == len(played) == 1 + 2 ** len(played.players)
    assert {spec.seed for spec in specs.values()} == {8}
    assert [spec.draw for spec in specs.values()] == list(range(len(specs)))


def test_over_the_posterior_every_replication_has_a_draw_of_its_own(attribute, monkeypatch):
    kept = Posterior((Draw(0.5, {"firm.crowding": 0.05}), Draw(0.5, {"firm.crowding": 0.2})), {})
    monkeypatch.setattr(parameter_uncertainty, "posterior", lambda: kept)
    like = engine(brings(tax=1.0, finance=2.0))
    seen = []

    def simulate(scenario, *, seed=1, **how):
        seen.append((seed, scenario.parameter_changes["firm.crowding"]))
        return like(scenario, seed=seed, **how)

    study = attribute(simulate, among=THREE, uncertainty="posterior", replications=2)
    assert {*seen} == {(1, 0.05), (2, 0.2)}
    assert study.over_posterior
    assert not attribute(like, among=THREE).over_posterior


@pytest.mark.parametrize("players", ["actions", "steps", "measures"])
def test_nominal_measures_are_ranked_nowhere_and_on_in_every_coalition(players):
    plan = load("full_plan")
    played = game(asked(players=players, orders={"draws": 2}), plan)
    nominal = {measure.id for measure in plan.measures if measure.nominal is not None}
    assert nominal <= {*played.rest}
    assert not nominal & {id_ for ids in played.players.values() for id_ in ids}
    worlds = [spec.scenario for spec in played.specs(1, 0)]
    assert worlds[0].measures == ()
    assert all(nominal <= {measure.id for measure in world.measures} for world in worlds[1:])


def test_steps_are_the_sections_of_the_second_part_and_nobody_is_the_plan_without_it():
    played = game(asked(players="steps"), load("full_plan"))
    assert list(played.players) == ["II.1", "II.2", "II.3", "II.4", "II.5"]
    nobody = {spec.scenario.name: spec.scenario for spec in played.specs(1, 0)}["rest_of_plan"]
    left = {measure.id for measure in load("without_section_two").measures}
    nominal = {measure.id for measure in played.plan.measures if measure.nominal is not None}
    assert {measure.id for measure in nobody.measures} == left | nominal
    assert len(played) == 33


def test_of_measures_nominal_ones_and_mechanisms_come_first_and_prefixes_grow_by_one():
    played = game(asked(players="measures", orders={"draws": 2}), load("full_plan"))
    specs = list(played.specs(1, 0))
    every, rest, players = len(played.plan.measures), len(played.rest), len(played.players)
    assert every == rest + players
    assert len(specs) == len(played) == 3 + 2 * (players - 1)
    assert played.first == "rest_of_plan"
    assert specs[0].scenario.fingerprint() == load("baseline").fingerprint()
    sizes = [len(spec.scenario.measures) for spec in specs]
    assert sizes == [0, rest, every, *range(rest + 1, every), *range(rest + 1, every)]
    on = [{measure.id for measure in spec.scenario.measures} for spec in specs[3 : 2 + players]]
    assert all(smaller < larger for smaller, larger in pairwise(on))
    assert len({spec.draw for spec in specs}) == len(specs)


def test_too_many_players_and_those_that_there_are_not_are_refused():
    plan = load("full_plan")
    with pytest.raises(StudyError, match=r"\d+ players have"):
        game(asked(players="measures"), plan)
    with pytest.raises(ScenarioError, match="did you mean jobs"):
        game(asked(among=["jobz"]), plan)
    with pytest.raises(StudyError, match="nothing that its effect"):
        game(asked(players="steps"), load("without_section_two"))


def test_a_number_of_draws_is_one_of_orders_and_even():
    assert asked().with_draws(6).orders == Orders(draws=6)
    assert asked(orders={"draws": 2, "seed": 5}).with_draws(6).orders == Orders(draws=6, seed=5)
    with pytest.raises(StudyError, match="even"):
        asked().with_draws(3)


def test_the_picture_has_a_panel_for_each_headline(attribute):
    study = attribute(engine(brings(tax=1.0)), among=THREE)
    assert len(study.plot(lang="en").to_dict()["concat"]) == 3
    figure, panels = plt.subplots(1, 3)
    study.plot(ax=panels)
    plt.close(figure)
    assert [axes.get_title() for axes in panels] == ["survival_rate", "resumption_rate", "loss_share"]
    assert {label.get_text() for label in figure.axes[0].get_yticklabels()} == {"rest_of_plan", *THREE}


@pytest.mark.parametrize("name", ["actions", "steps", "measures"])
def test_the_questions_that_come_with_the_project_can_be_asked(name):
    content, _ = question("attribute", name)
    assert content.players == name
    assert len(game(content, load(content.scenario))) > 1
    assert name in shipped("attribute")


def test_the_real_engine_answers(tmp_path):
    said = {"title": TITLE, "among": ["finance", "resumption"], "replications": 2}
    study = ask("attribute", said, firms=200, folder=tmp_path / "study")
    assert len(study.runs) == 10
    for _, rows in study.values.groupby(["replication", "outcome"]):
        parts = rows.set_index("player")["value"]
        assert parts.drop("whole").sum() == parts["whole"]
    cost = study.attribution[study.attribution["outcome"] == "public_cost"].set_index("player")["mean"]
    assert cost["whole"] != 0.0
