"""What a search says: of a small real one, and of tables changed so that there is something to say."""

import dataclasses
import json

import pandas as pd
import pytest

from sim.report.answers import search as told
from sim.report.words.catalogue import LANGUAGES
from sim.study import answering

QUESTION = {
    "title": {"zh": "试", "en": "Trial"}, "actions": ["fiscal", "tax", "finance"],
    "over": {"rent_waiver.months": [0, 6], "guarantee_fee_cut.share": [0.1, 0.9]},
    "objectives": {"survival_rate": "up", "public_cost": "down", "deadweight": "down"}, "budget_yuan": 4e9,
    "population": 4, "generations": 2, "replications": 2, "plans": 3, "fresh_replications": 2,
    "robust": {"draws": 2, "over": {"world.wave_factor": [0.5, 1.5]}},
}  # fmt: skip


@pytest.fixture(scope="module")
def study():
    return answering.ask("search", QUESTION, firms=200)


def said(study, lang="en"):
    return "\n".join(told.findings(study, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_is_said_in_both_languages(study, lang):
    assert len(told.findings(study, lang)) >= 6
    for table in told.tables(study, lang):
        assert {len(row) for row in table.rows} == {len(table.columns)}
    charts = told.charts(study, lang)
    assert len(charts) == 3
    for chart in charts:
        assert chart.specification["data"]["values"]
        json.dumps(chart.specification, allow_nan=False)


def test_the_first_table_is_the_front_and_the_scenario_as_it_stands(study):
    table = told.tables(study, "en")[0]
    looked_at = study.front[study.front["is_looked_at"]]
    assert [row[0] for row in table.rows] == [
        *(name.replace("_", " ") for name in looked_at["plan"]),
        "The whole plan",
    ]
    without = told.tables(study, "en")[1]
    assert [row[0] for row in without.rows] == [row[0] for row in table.rows]
    assert without.rows[-1][1] == "none"
    assert table.columns[1:4] == ["Survival", "Public cost", "Deadweight"]


def test_the_best_plan_is_named_with_what_it_goes_without_and_set_against_the_plan(study):
    first = told.findings(study, "en")[:2]
    assert first[0].startswith("Within 4.00 bn yuan, plan ")
    assert "It leaves out: " in first[0] or "It includes every action" in first[0]
    assert "As it stands, “The whole plan” brings" in first[1]


def test_what_chance_cannot_tell_apart_is_said(study):
    zero = study.differences.assign(low=-1.0, high=1.0)
    assert "0 differ in survival by more than random variation" in said(dataclasses.replace(study, differences=zero))
    clear = study.differences.assign(low=0.5, high=1.0)
    pairs = len(study.front[study.front["is_looked_at"]])
    pairs = pairs * (pairs - 1) // 2
    assert f"Of their {pairs} pairs, {pairs} differ" in said(dataclasses.replace(study, differences=clear))


def test_a_winners_chance_is_said(study):
    lucky = study.confirmed.assign(searched=study.confirmed["mean"] + 0.01)
    assert "the search saw them 1.00 pp better" in said(dataclasses.replace(study, confirmed=lucky))


def test_plans_that_failed_are_counted(study):
    failing = study.evaluations.assign(failed=1)
    assert f"{len(failing)} plans had a run that failed" in said(dataclasses.replace(study, evaluations=failing))


def test_a_front_without_a_plan_is_said(study):
    empty = {name: getattr(study, name).iloc[:0] for name in ("front", "robustness", "requirements", "choices")}
    only = study.confirmed[study.confirmed["plan"] == study.reference]
    none = dataclasses.replace(study, confirmed=only, **empty)
    assert "the front is empty" in said(none)
    assert told.charts(none, "zh")
    assert told.tables(none, "zh")[0].rows


def test_a_search_that_still_grows_or_had_too_little_time_says_so(study):
    growth = pd.concat([study.generations] * 4, ignore_index=True)
    rising = growth.assign(generation=range(8), hypervolume=[float(i + 1) for i in range(8)])
    assert "still grew" in said(dataclasses.replace(study, generations=rising))
    flat = rising.assign(hypervolume=1.0)
    assert "has about converged" in said(dataclasses.replace(study, generations=flat))
    assert "Time sufficed for 1 of 2 generations" in said(
        dataclasses.replace(study, generations=study.generations.iloc[:1])
    )


def test_rules_that_disagree_are_all_named(study):
    plans = list(study.robustness["plan"].drop_duplicates())[:2]
    rules = ["mean", "worst", "regret", "domain"]
    rows = [
        (r, "all" if r == "domain" else "survival_rate", plans[k % 2], 0.01, plans[0], 0.0) for k, r in enumerate(rules)
    ]
    changed = dataclasses.replace(study, choices=pd.DataFrame(rows, columns=study.choices.columns))
    assert "the rules name different plans: best on average: " in said(changed)
    alike = dataclasses.replace(study, choices=changed.choices.assign(plan=plans[0]))
    assert "every rule names" in said(alike)
