"""Outcomes over firms of one's own choice: by hand in a town of five firms, and as parts of a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.observe.outcomes import OUTCOMES, RATES
from sim.observe.tables import Result
from sim.refusal import Refusal, UnknownName
from sim.scenario import load
from sim.vocabulary import SECTORS, SIZES
from tests.few_firms import Town, measure
from tests.observe.test_universes import FIVE, IMPATIENT

SUMS = (
    "survivors", "exits", "insolvent_exits", "births", "stopped", "jobs", "arrears_to_firms", "small_arrears_left",
    "money_given",
)  # fmt: skip


@pytest.fixture(scope="module")
def five() -> Result:
    """Five firms, of which one stands for three and one closes in May, after a waiver of January's rent."""
    waiver = measure("waiver", "relief", flows=["rent"], share=1, months=1, eligible={"facts": []})
    return Town(*FIVE, until=date(2022, 12, 31), measures=[waiver], parameters=IMPATIENT).live().result


@pytest.fixture(scope="module")
def run() -> Result:
    return sim.run("full_plan", firms=600)


def told(result: Result, **where: str | list[str]) -> dict[str, float]:
    table = result.outcomes_of(where)
    return dict(zip(table["outcome"], table["value"], strict=True))


def test_survival_of_some_firms_by_hand(five: Result):
    enterprises = told(five, universe="enterprises")  # three, of which one closes
    assert enterprises["survival_rate"] == pytest.approx(2 / 3)
    assert (enterprises["survivors"], enterprises["exits"]) == (2, 1)
    assert told(five, universe="individual_businesses")["survivors"] == 3 + 1
    assert told(five, size="small")["survival_rate"] == 1.0
    assert set(five.outcomes_of({"size": "individual"})["rows"]) == {2}  # of four firms
    small_makers = told(five, sector=["manufacturing"], size="small")
    assert small_makers["survivors"] == 2


def test_all_firms_have_the_outcomes_of_the_run(run: Result):
    whole = told(run)
    assert {name: whole[name] for name in whole} == {name: run.value(name) for name in whole}
    assert set(OUTCOMES) - set(whole) == {name for name, outcome in OUTCOMES.items() if outcome.undivided}


@pytest.mark.parametrize(("by", "groups"), [("size", SIZES), ("sector", SECTORS)])
def test_parts_add_up_to_the_whole(run: Result, by: str, groups: tuple[str, ...]):
    there = [told(run, **{by: group}) for group in groups if group in set(run.panel[by])]
    for outcome in SUMS:
        assert sum(part[outcome] for part in there) == run.value(outcome), outcome
    ends = run.panel[run.panel["month"] == "2023-12"].groupby(by)["founders"].sum()
    name = "survival_rate" if by == "size" else "survival_rate_of_all"  # a size says of whom the plain name is
    rates = [told(run, **{by: str(group)})[name] for group in ends.index]
    assert np.average(rates, weights=ends) == pytest.approx(run.value("survival_rate_of_all"))


def test_a_rate_of_some_firms_is_of_the_enterprises_among_them(run: Result):
    retail = run.panel[(run.panel["sector"] == "retail") & (run.panel["month"] == "2022-12")]
    living = retail["open"] + retail["suspended"] + retail["paused"]
    found, individual = told(run, sector="retail"), retail["size"] == "individual"
    assert found["loss_share"] == retail["loss_making"][~individual].sum() / living[~individual].sum()
    assert found["loss_share_of_all"] == retail["loss_making"].sum() / living.sum()
    of_individual = retail["loss_making"][individual].sum() / living[individual].sum()
    assert found["loss_share_of_individual_businesses"] == of_individual
    # Who asks for these alone gets the same figure by the plain name, and no variants.
    alone = told(run, sector="retail", universe="individual_businesses")
    assert alone["loss_share"] == of_individual
    assert not {"loss_share_of_all", "loss_share_of_individual_businesses"} & set(alone)


def test_universes_are_those_of_the_table(run: Result):
    at = run.universes.set_index(["universe", "by", "month"])
    for universe in ("individual_businesses", "enterprises"):
        counts = at.loc[(universe, "firms", "2023-12")]
        assert told(run, universe=universe)["survival_rate"] == counts["founders_alive"] / counts["founders"]
    counts = at.loc[("industry_above_scale", "firms", "2022-12")]
    above = told(run, universe="industry_above_scale")
    assert set(above) == set(RATES)
    assert above["survival_rate_on_target_day"] == counts["founders_alive"] / counts["founders"]
    living = counts["open"] + counts["suspended"] + counts["paused"]
    assert above["loss_share"] == counts["loss_making"] / living
    assert above["loss_share_with_owner"] == counts["loss_making_with_owner"] / living


def test_conditions_hold_together_and_know_every_name_of_a_place(run: Result):
    one = told(run, prefecture="5301", sector="retail", universe="enterprises")
    assert one == pytest.approx(
        told(run, prefecture="昆明", sector="零售业", size=["micro", "small", "medium"]), nan_ok=True
    )
    cell = run.panel[
        (run.panel["prefecture"] == "5301") & (run.panel["sector"] == "retail") & (run.panel["size"] != "individual")
    ]
    assert one["survivors"] == cell.loc[cell["month"] == "2023-12", "founders_alive"].sum()


@pytest.mark.parametrize(
    ("where", "outcomes", "says"),
    [
        ({"colour": "red"}, None, "There is no condition colour"),
        ({"sector": "casinos"}, None, "no value casinos"),
        ({"size": "individual", "universe": "enterprises"}, None, "No firm meets the conditions"),
        ({"universe": "industry_above_scale", "size": "micro"}, None, "stands alone"),
        ({"universe": "industry_above_scale"}, ["jobs"], "jobs cannot be told of some firms"),
        ({"size": "micro"}, ["contracts_of_small_firms"], "counted by the size of who wins"),
        ({"size": "micro"}, ["bank_write_offs"], "for all banks together"),
        ({"size": "micro"}, ["money_put_off"], "counted by measure"),
        ({"sector": "retail"}, ["loss_share_by_jobs"], "by jobs are counted of whole universes"),
        ({"sector": "retail"}, ["loss_share_of_industry_above_scale"], "not counted by prefecture, sector and size"),
        ({"size": "micro"}, ["loss_share_of_all"], "the conditions say of whom"),
    ],
)
def test_what_cannot_be_told_is_refused_by_name(run: Result, where, outcomes, says: str):
    with pytest.raises(Refusal, match=says):
        run.outcomes_of(where, outcomes)
    with pytest.raises(UnknownName, match="no outcome money"):
        run.outcomes_of({}, ["money"])


def test_in_the_small_province_a_prefecture_is_its_part(case: Path):
    run = sim.run("full_plan", firms=400)
    parts = [told(run, prefecture=str(code)) for code in sorted(set(run.panel["prefecture"]))]
    assert sum(part["jobs"] for part in parts) == run.value("jobs")
    assert sum(part["money_given"] for part in parts) == run.value("money_given")


def test_each_outcome_is_read_on_the_day_of_its_own_target():
    shipped = load("full_plan")
    targets = tuple(
        target.model_copy(update={"on": date(2022, 6, 30)}) if target.outcome == "resumption_rate" else target
        for target in shipped.plan.targets
    )
    result = sim.run(replace(shipped, plan=shipped.plan.model_copy(update={"targets": targets})), firms=600)
    whole = told(result)
    assert {name: whole[name] for name in whole} == {name: result.value(name) for name in whole}
    panel = result.panel[result.panel["month"] == "2022-06"]
    owners = panel[panel["size"] == "individual"].sum(numeric_only=True)
    back = (owners["stopped_working"] + owners["stopped_left_working"]) / owners["stopped"]
    assert told(result, size="individual")["resumption_rate"] == pytest.approx(back)
