"""Worlds at the edge of what is valid live and balance; sums beyond what whole fen can add up are refused before."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
import sim.engine
from sim import scenario
from sim.cli import app
from sim.data_folders import calibration_folder
from sim.engine import simulate
from sim.parameters import Parameters
from sim.report.pages import comparison_page
from sim.scenario import ScenarioError
from sim.units import LARGEST_SUM_FEN
from sim.vocabulary import SECTORS

FEW = 300
ONE_DAY = {"world.end": date(2022, 1, 1)}
TEN_YEARS = {"world.end": date(2031, 12, 31)}


def lived(levers=None, firms=FEW, name="full_plan"):
    return simulate(scenario.load(name, levers), firms=firms, fates=True)


def is_sound(result):
    assert result.ledger_residual_fen == 0
    values = result.outcomes["value"].to_numpy()
    assert not np.isinf(values).any()
    shares = result.outcomes.loc[
        result.outcomes["outcome"].isin(["survival_rate", "resumption_rate"]), "value"
    ].dropna()
    assert shares.between(0, 1).all()
    return True


def test_one_firm():
    result = lived(firms=1)
    assert is_sound(result) and result.firms == 1


@pytest.mark.parametrize("firms", [1, FEW])
def test_a_horizon_of_one_day(firms):
    result = lived(ONE_DAY, firms)
    assert is_sound(result) and result.months == 1


def test_a_horizon_of_ten_years():
    result = lived(TEN_YEARS, 50)
    assert is_sound(result) and result.months == 120


def test_a_plan_that_nobody_is_eligible_for_changes_nothing_but_what_institutions_do():
    plan = scenario.load("full_plan")
    nobody = [measure.model_copy(update={"eligible": measure.eligible.model_copy(update={"sectors": ()})})
              for measure in plan.measures]  # fmt: skip
    result = simulate(replace(plan, measures=tuple(nobody)), firms=FEW, fates=True)
    assert is_sound(result)
    assert result.fates.filter(regex="^given_").to_numpy().sum() == 0


def test_no_fund_has_any_money():
    plan = scenario.load("full_plan")
    result = lived({f"funds.{fund.id}.amount_yuan": 0 for fund in plan.funds})
    assert is_sound(result)
    of_funds = [measure.id for measure in plan.measures if measure.fund]

    def paid(result):
        return result.ledger[result.ledger["measure"].isin(of_funds)]["amount_fen"].sum()

    assert paid(result) < paid(lived())


@pytest.fixture
def everybody_leaves(monkeypatch):
    """Every owner retires on the first day on which his firm settles: what it sells pays for whatever it owes."""
    load = sim.engine.load_parameters

    def certain(**asked):
        known = load(**asked)
        sizes = known.table("leaving.retirement_per_year")
        leaving = {"retirement_per_year": dict.fromkeys(sizes, 1e6), "equipment_months": 1e5}
        values = {**known._values, **{f"leaving.{name}": value for name, value in leaving.items()}}
        return Parameters(known._entries, values)

    monkeypatch.setattr(sim.engine, "load_parameters", certain)


@pytest.mark.usefixtures("everybody_leaves")
@pytest.mark.parametrize("levers", [{}, ONE_DAY])
def test_every_firm_leaves_on_its_first_day(levers):
    result = lived(levers)
    assert is_sound(result)
    if not levers:
        assert not result.fates.loc[result.fates["founder"], "alive"].any()


@pytest.mark.usefixtures("everybody_leaves")
def test_a_comparison_of_worlds_without_firms_has_a_page():
    study = sim.compare(["action_tax"], firms=50, levers=ONE_DAY, replications=2)
    assert not len(study.failures)
    assert "</html>" in comparison_page.page(study)


# Sums

GIFT = """title: {{zh: 题, en: title}}
description: {{zh: 述, en: text}}
firms: {firms}
define:
  gift:
    title: {{zh: 礼, en: gift}}
    clauses: []
    action: fiscal
    section: I.1
    instrument: grant
    delivery: {{way: automatic}}
    start: 2022-01-01
    values: {{amount_yuan: {amount}, per: {per}, repeats: monthly}}
"""


def gift(folder, amount, per, firms):
    file = folder / "gift.yaml"
    file.write_text(GIFT.format(amount=amount, per=per, firms=firms), encoding="utf-8")
    return file


def refused(load):
    """Where a figure is refused, and the most that would be taken."""
    with pytest.raises(ScenarioError) as caught:
        load()
    [error] = caught.value.errors
    assert error.kind == "out_of_range"
    return error, float(re.search(r"at most ([\d.e+]+), so that all sums stay within whole fen", error.allowed.en)[1])


@pytest.mark.parametrize("firms", [1, FEW])
@pytest.mark.parametrize("per", ["firm", "head", "sales"])
def test_a_gift_beyond_whole_fen_is_refused_at_its_line_and_the_largest_allowed_balances(tmp_path, per, firms):
    error, most = refused(lambda: scenario.load(gift(tmp_path, "1.0e+13", per, firms)))
    assert (error.line, error.field) == (13, "define.gift.values.amount_yuan")
    allowed = simulate(scenario.load(gift(tmp_path, f"{0.99 * most:.2f}", per, firms)), firms=firms)
    assert allowed.ledger_residual_fen == 0
    granted = allowed.ledger[allowed.ledger["measure"] == "gift"]["amount_fen"]
    assert (granted >= 0).all() and granted.astype(float).sum() < LARGEST_SUM_FEN


def test_a_lever_beyond_whole_fen_is_refused_where_it_is_given():
    error, _ = refused(lambda: scenario.load("full_plan", {"training_grant.amount_yuan": 1e13}))
    assert error.field == "levers.training_grant.amount_yuan"


def test_funds_that_cannot_be_added_up_are_refused():
    days = {date.fromordinal(date(2022, 1, 1).toordinal() + k): 1e13 for k in range(700)}
    assert scenario.load("full_plan", {"funds.tourism.amount_yuan": 1e13})
    error, _ = refused(lambda: scenario.load("full_plan", {"funds.tourism.amount_yuan": days, "firms": 20_000_000}))
    assert error.field == "levers.funds.tourism.amount_yuan"


def test_demand_beyond_whole_fen_is_refused_and_the_largest_allowed_balances():
    demand = dict.fromkeys(SECTORS, 100)
    assert is_sound(lived({"world.demand": demand}))
    error, _ = refused(lambda: scenario.load("full_plan", {"world.demand": demand, "firms": 1}))
    assert error.field.startswith("levers.world.demand")


@pytest.mark.parametrize("name", ["baseline", "full_plan"])
@pytest.mark.parametrize("firms", [1, 20_000_000, "province"])
def test_no_shipped_plan_comes_near_even_over_ten_years(name, firms):
    assert scenario.load(name, TEN_YEARS | {"firms": firms})


@pytest.mark.parametrize(
    "words", [("--firms", "20000001"), ("--firms", "9" * 30), ("--seed", "9" * 30), ("--replications", "9" * 30)]
)
def test_a_number_that_no_machine_could_run_is_refused_at_once(words):
    answer = CliRunner().invoke(app, ["run", "baseline", *words, "--lang", "en"])
    assert answer.exit_code == 2
    assert "Traceback" not in answer.stderr and answer.stdout == ""


def test_the_calibration_itself_is_no_file_that_a_scenario_reaches():
    inside = calibration_folder() / "parameters.yaml"
    with pytest.raises(ScenarioError):
        scenario.load(inside)
