"""What is said of a goal that was sought, of made-up tables: what reaches it and how surely, or why nothing does."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from sim.report.answers import reach as told
from sim.report.charts import plots
from sim.report.pages import answer_page
from sim.report.words.catalogue import LANGUAGES
from sim.scenario import load
from sim.study.questions.reach import GAPS, Question, Reach
from sim.study.runs.manifest import manifest

MONTHS, WAY = "rent_waiver.months", "rent_waiver.delivery.way"
QUANTITIES = ("level_loss_share", "loss_share", "public_cost", "survival_rate", "resumption_rate", "change")
HALF = {"level_loss_share": 0.01, "loss_share": 0.002, "public_cost": 1e10}  # of intervals
STANDS = 0.13


def _plan(name: str, levers: dict, effect: float, bn: float, change: float) -> dict:
    values = dict.fromkeys(QUANTITIES, 0.0) | {"level_loss_share": STANDS + effect, "loss_share": effect}
    values |= {"public_cost": bn * 1e11, "change": change}
    row: dict = {"plan": name, **levers, "replications": 10, "failed": 0}
    for quantity, value in values.items():
        half = HALF.get(quantity, 0.0) if name != "full_plan" or quantity.startswith("level_") else 0.0
        row |= {quantity: value, f"{quantity}_low": value - half, f"{quantity}_high": value + half}
    row |= {"possible": value_of(row, "_low"), "mean_meets": value_of(row, ""), "certain": value_of(row, "_high")}
    return row


def value_of(row: dict, end: str) -> bool:
    return row[f"level_loss_share{end}"] <= 0.12


def _study(
    plans: list[dict], answers: dict, bounds: list, over: dict, gaps: pd.DataFrame | None = None, **asked
) -> Reach:
    said = {"title": {"zh": "亏损面降到 12%", "en": "Losses down to 12 %"}, "outcome": "loss_share", "over": over}
    question = Question(**(said | asked))
    goal = None if question.want == "most" else ("loss_share", "I.9.e", "at_most", 0.12)
    made_of = manifest(
        "reach", [replace(load("full_plan"), firms=20_000)], 1, 10, title=question.title.model_dump(), goal=goal,
        finished=True, question=question.model_dump(mode="json", exclude={"title"}),
        levers={path: {"present": 3} for path in over},
    )  # fmt: skip
    paths = list(over)
    table = pd.DataFrame(plans)
    tried = table[["plan", *paths, "change", "failed", "loss_share", "public_cost"]]
    runs = pd.DataFrame({"stage": "close", "scenario": "full_plan", "replication": range(10), "seed": 1, "reason": ""})
    return Reach(
        made_of, runs, table, pd.DataFrame(list(answers.items()), columns=["how", "plan"]),
        pd.DataFrame(bounds, columns=["lever", "plan"]), tried.assign(expected=table["level_loss_share"]),
        pd.DataFrame(columns=["generation"]), pd.DataFrame(columns=list(GAPS)) if gaps is None else gaps,
    )  # fmt: skip


def along() -> Reach:
    """Made up: each month of rent brings losses down by 0.25 points and costs 0.1 bn yuan."""
    steps = {"full_plan": 3, "plan_0": 0, "plan_12": 12, "plan_5": 5, "plan_7": 7, "plan_8": 8, "plan_11": 11}
    plans = [
        _plan(name, {MONTHS: months}, -0.0025 * (months - 3), 0.1 * (months - 3), abs(months - 3) / 12)
        for name, months in steps.items()
    ]
    answers = {"possible": "full_plan", "mean": "plan_7", "certain": "plan_11"}
    return _study(plans, answers, [(MONTHS, "plan_0"), (MONTHS, "plan_12")], {MONTHS: [0, 12]})


def missed() -> Reach:
    """Made up: neither months nor the way of delivery suffice."""
    none, automatic = {MONTHS: 3, WAY: "application"}, {MONTHS: 3, WAY: "automatic"}
    plans = [
        _plan("full_plan", none, 0.0, 0.0, 0.0),
        _plan("bound_0_0", none | {MONTHS: 0}, 0.001, -0.3, 0.25),
        _plan("bound_0_12", none | {MONTHS: 12}, -0.003, 0.9, 0.75),
        _plan("bound_1_1", automatic, -0.001, 0.1, 1.0),
        _plan("all_at_best", automatic | {MONTHS: 12}, -0.004, 1.0, 1.75),
    ]
    rows = [("sector", "retail", 0.2, 12_000.0, 0.004), ("size", "micro", 0.11, 15_000.0, 0.006)]
    gaps = pd.DataFrame(
        [
            (by, "all_at_best", "loss_share", group, rate, rate, rate, short, short - 9, short + 9, points, points,
             points, "entities", 1e5, 0.5, 10, 500.0)
            for by, group, rate, short, points in rows
        ],
        columns=list(GAPS),
    )  # fmt: skip
    bounds = [(MONTHS, "bound_0_0"), (MONTHS, "bound_0_12"), (WAY, "bound_1_1")]
    return _study(plans, {"nearest": "all_at_best"}, bounds, {MONTHS: [0, 12], WAY: "allowed"}, gaps, want="cheapest")


def most() -> Reach:
    """Made up: one billion buys ten months."""
    plans = [
        _plan(name, {MONTHS: months}, -0.0025 * (months - 3), 0.1 * (months - 3), abs(months - 3) / 12)
        for name, months in {"full_plan": 3, "plan_0": 0, "plan_24": 24, "plan_13": 13, "plan_12": 12}.items()
    ]
    bounds = [(MONTHS, "plan_0"), (MONTHS, "plan_24")]
    over = {MONTHS: [0, 24]}
    return _study(plans, {"mean": "plan_13", "certain": "plan_12"}, bounds, over, want="most", budget_yuan=1e9)


def said(study: Reach, lang: str = "en") -> str:
    return "\n".join(told.findings(study, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("made", [along, missed, most])
def test_everything_is_said_in_both_languages(made, lang):
    study = made()
    assert len(told.findings(study, lang)) >= 3
    for table in told.tables(study, lang):
        assert {len(row) for row in table.rows} == {len(table.columns)}
    for chart in told.charts(study, lang):
        assert chart.specification["data"]["values"]
        json.dumps(chart.specification, allow_nan=False)
    assert plots.charts_of(study, lang)


def test_along_one_lever_the_value_is_told_with_its_interval_and_what_it_costs():
    found = said(along())
    assert (
        "Wanted: loss-making share at most 12.0 %. As it stands, “The whole plan” has 13.0 % (12.0 to 14.0 %)." in found
    )
    assert "On the mean, the least change is “" in found and "from 3 to 7: loss-making share 12.0 %" in found
    assert "−1.00 pp (−1.20 to −0.80 pp) against as it stands, for +400 m yuan (+300 to +500 m yuan)" in found
    assert "To be certain, with the whole 95 % interval, the least change is “" in found and "from 3 to 11" in found
    assert "at 3 the goal lies within the 95 % interval already, at 11 the whole interval keeps it" in found
    assert "looked at closely on 20,000 with 10 replications: 7" in found


def test_the_first_table_is_the_answer():
    table = told.tables(along(), "en")[0]
    assert [row[0] for row in table.rows] == ["As it stands", "Cannot be ruled out", "On the mean", "Certain"]
    assert [row[1] for row in table.rows] == ["3", "3", "7", "11"]


def test_where_nothing_reaches_it_the_gap_its_parts_and_the_strongest_lever_are_told():
    found = said(missed())
    assert "Nothing within the ranges reaches it on the mean." in found
    assert "short by 0.60 pp" in found
    assert "Seen by sector, the gap lies mostly in “Retail” (0.40 pp)." in found
    assert "Seen by size, the gap lies mostly in “" in found
    assert "Alone, “" in found and "at 12 moves it most: loss-making share −0.30 pp" in found
    assert [row[0] for row in told.tables(missed(), "en")[0].rows][-1] == "All levers at their best ends"


def test_a_lever_that_chance_hides_is_not_said_to_move_anything():
    study = missed()
    hidden = study.plans.assign(loss_share_low=-0.1, loss_share_high=0.1)
    assert "No lever alone, at either end of its range, improves loss-making share" in said(
        replace(study, plans=hidden)
    )


def test_a_lever_that_changes_nothing_at_all_is_told_apart_from_one_that_chance_hides():
    study = missed()
    ends = ["loss_share", "loss_share_low", "loss_share_high"]
    still = study.plans.copy()
    still.loc[still["plan"].isin(["bound_0_0", "bound_0_12"]), ends] = 0.0
    found = said(replace(study, plans=still))
    assert "Alone, at either end, these change loss-making share in no firm at all: State landlords waive" in found
    assert "in no firm at all" not in said(study)


def test_the_cheapest_says_how_many_others_may_be_as_cheap():
    cheap = {"plan_7": 0.40, "plan_8": 0.45, "plan_11": 0.80}  # bn yuan, each with 0.1 more or less
    plans = [
        _plan("full_plan", {MONTHS: 3}, 0.0, 0.0, 0.0),
        *(_plan(name, {MONTHS: int(name[5:])}, -0.02, cost, 0.5) for name, cost in cheap.items()),
    ]
    answers = {"mean": "plan_7", "certain": "plan_7"}
    bounds = [(MONTHS, "plan_7"), (MONTHS, "plan_11")]
    study = _study(plans, answers, bounds, {MONTHS: [0, 12]}, want="cheapest")
    assert "Of the settings looked at, 1 more keep what is asked on the mean" in said(study)
    assert "may be chance" not in said(along())


def test_the_most_for_a_budget_names_the_budget_and_what_it_brings():
    found = said(most())
    assert "Wanted: the least loss-making share." in found
    assert "Public budgets may bear at most 1.00 bn yuan more than as it stands." in found
    assert "On the mean, the most is “" in found and "from 3 to 13" in found
    assert "cannot be distinguished from random variation" not in found


@pytest.mark.parametrize(("lang", "words"), [("en", "cannot be said to be better"), ("zh", "与随机波动无法区分")])
def test_the_most_that_is_nothing_sure_is_not_told_as_a_gain(lang: str, words: str):
    study = most()
    ends = {"loss_share_low": -0.03, "loss_share_high": 0.005}
    plans = study.plans.assign(
        **{name: study.plans[name].where(study.plans["plan"] != "plan_13", end) for name, end in ends.items()}
    )
    found = said(replace(study, plans=plans, answers=study.answers.assign(plan="plan_13")), lang)
    assert words in found
    assert {"en": "interval of its public cost keeps the budget", "zh": "整个 95% 区间都在预算之内"}[lang] in found


def test_what_is_met_already_moves_nothing():
    study = along()
    answers = pd.DataFrame([(how, "full_plan") for how in ("possible", "mean")], columns=["how", "plan"])
    found = said(replace(study, answers=answers))
    assert "On the mean that is so already, and nothing has to move." in found
    assert "None of the settings looked at keeps what is asked with its whole 95 % interval" in found


def test_time_that_did_not_suffice_is_said():
    study = along()
    settings = study.manifest.settings | {"finished": False}
    cut = replace(study, manifest=study.manifest.model_copy(update={"settings": settings}))
    assert "The time given did not suffice" in said(cut)
    assert "The time given did not suffice" not in said(study)


def test_the_page_has_the_answer_in_both_languages():
    page = answer_page.written(missed())
    assert "Nothing within the ranges reaches it on the mean." in page
    assert "在所给范围内没有取值能达到" in page
