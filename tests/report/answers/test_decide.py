"""What is said of a decision: which plan at which worth, luck, what to measure; tables, charts and a page."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.report.answers import decide as told
from sim.report.charts.picture import Picture
from sim.report.pages import answer_page
from sim.report.words.catalogue import LANGUAGES
from sim.scenario import load
from sim.study.comparison.net_benefit import NetBenefit
from sim.study.questions.decide import Decision
from sim.study.runs.manifest import manifest

DRAWS = 60
PLANS = ("national_rules", "added_fiscal", "full_plan")
WORTHS = (20_000.0, 100_000.0, 1_000_000.0)
STEPS = 2.0 * np.arange(DRAWS) / (DRAWS - 1) - 1.0  # from -1 to 1
SHUFFLED = STEPS[np.arange(DRAWS) * 23 % DRAWS]


def study(replications: int = 2, hangs_on: float = 2_000.0, fiscal: float = 500.0) -> Decision:
    """Made up: the whole plan keeps 1,000 firms for 100 m yuan, more or fewer as cash goes; fiscal 500 for 10 m."""
    rows = []
    for plan, kept, cost in zip(PLANS, (0.0, fiscal, 1_000.0), (0, 10**9, 10**10), strict=True):
        for draw in range(DRAWS):
            for r in range(replications):
                moved = hangs_on * STEPS[draw] if plan == "full_plan" else 0.0
                rows.append((plan, draw, r, kept + moved + (r if kept else 0.0), float(cost)))
    table = pd.DataFrame(rows, columns=["plan", "draw", "replication", "kept", "public_cost"])
    drawn = pd.DataFrame({"draw": range(DRAWS), "same_as": range(DRAWS), "cash": STEPS, "other": SHUFFLED})
    net = NetBenefit(table, WORTHS)
    plans, choices = net.by_plan()
    parameters, chance = net.by_parameter(drawn, 1)
    runs = pd.DataFrame({"scenario": "full_plan", "draw": range(DRAWS), "replication": 0, "seed": 1, "reason": ""})
    asked = [replace(load(plan), firms=5_000) for plan in PLANS]
    made_of = manifest("decide", asked, 1, replications, uncertainty="posterior")
    return Decision(made_of, runs, net.by_worth(plans, chance), plans, choices, parameters, table, drawn)


def said(of: Decision) -> str:
    return "\n".join(told.findings(of, "en"))


def test_the_findings_begin_with_which_plan_at_which_worth() -> None:
    found = told.findings(study(), "en")
    assert found[0].startswith("To choose between: the baseline, “The nation's rules alone”, and plans beside it: 2.")
    assert "Draws over the posterior: 60, different ones among them: 60" in found[0]
    assert "from 20,000 yuan to 1,000,000 yuan" in found[0]
    # A firm at 20,000 yuan: the fiscal action keeps 500 for 10 m yuan, nothing is gained, and the whole plan loses.
    assert found[1].startswith("Best on average, by the value of a firm kept: ")
    assert "“The fiscal action on top of the nation's rules” (best in " in found[1]
    assert "at 1,000,000 yuan “The whole plan” (best in " in found[1]
    assert "“完整方案”" in "\n".join(told.findings(study(), "zh"))


def test_the_number_that_the_choice_hangs_on_is_named_and_no_other() -> None:
    found = said(study())
    assert "Of 2 parameters 1 would be worth measuring alone, beyond chance: cash (worth " in found
    assert "other (" not in found
    rows = told.tables(study(), "en")[2].rows
    assert [row[0] for row in rows] == ["cash", "other"] and [row[-1] for row in rows] == [
        "distinguishable",
        "not distinguishable from chance",
    ]


def test_where_nothing_is_known_to_matter_that_is_said() -> None:
    assert "In every draw the plan chosen is the best" in said(study(hangs_on=0.0, fiscal=500.0))
    other = study()
    untold = other.parameters.assign(is_told=False)
    assert "Of 2 parameters none has a value of information distinguishable from chance" in said(
        replace(other, parameters=untold)
    )


def test_luck_is_told_or_that_nothing_tells_it() -> None:
    assert "There is one replication" in said(study(replications=1))
    assert "chosen by some replications and judged by another" in said(study())
    leads = study().worths.assign(lead_low=-1.0)
    assert "At 20,000 yuan, 100,000 yuan, 1,000,000 yuan the lead over the second is not distinguishable" in said(
        replace(study(), worths=leads)
    )


def test_draws_that_are_few_or_failed_and_measures_that_are_only_factors_are_told() -> None:
    of = study()
    few = replace(of, drawn=of.drawn.assign(same_as=of.drawn["draw"] % 20))
    assert "There are only 20 worlds" in said(few)
    lost = replace(of, benefits=of.benefits[of.benefits["draw"] > 1])
    assert "2 of 60 draws are excluded" in said(lost)
    measures = {name: {measure.id: measure for measure in load(name).measures} for name in PLANS}
    own = [measure for id_, measure in measures["full_plan"].items() if id_ not in measures["national_rules"]]
    nominal = sum(measure.nominal is not None for measure in own)
    assert f"{nominal} of the {len(own)} of “The whole plan”" in said(of)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_tables_charts_a_page_and_a_picture_in_both_languages(lang: str) -> None:
    of = study()
    for table in told.tables(of, lang):  # type: ignore[arg-type]
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.title
    for chart in told.charts(of, lang):  # type: ignore[arg-type]
        assert chart.specification["data"]["values"]
        json.dumps(chart.specification, allow_nan=False)
    assert isinstance(of.plot(lang=lang), Picture)  # type: ignore[arg-type]
    page = answer_page.written(of)
    for words in ("Probability of being best", "最优的概率", "EVPPI", "cash"):
        assert words in page
