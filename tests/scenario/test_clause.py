"""One clause in full, and scenarios made of some of the plan's measures."""

import json
import re
from datetime import date

import pytest

from sim import scenario
from sim.data_folders import scenarios_folder
from sim.instruments import instruments
from sim.measure import Words
from sim.scenario import ScenarioError

TITLE = Words(zh="试验", en="Test")


def test_a_clause_leads_from_its_sentence_to_its_figures() -> None:
    found = scenario.clause("II.1.b")
    (measure,) = found.measures
    assert (found.state, measure.id) == ("modelled", "rent_waiver_listed")
    assert found.heading["en"] == "Rent, stepped up"
    assert measure.eligible == {
        "sectors": ["services"], "sizes": ["individual", "micro", "small"], "landlords": ["state"],
        "facts": ["county_listed"],
    }  # fmt: skip
    assert (measure.way, measure.agency, measure.processing_days) == ("application", "state_landlords", 45)
    assert measure.bearer == {"state_landlords": 1.0}
    months = next(figure for figure in measure.figures if figure.name == "months")
    assert (months.since, months.value, months.unit) == (None, 6, "months")


def test_every_value_of_an_instrument_says_what_it_means_in_both_languages() -> None:
    for name, module in instruments().items():
        for field, said in module.Values.model_json_schema()["properties"].items():
            assert re.search("[a-z]{3}", said.get("description", "")), f"{name}.{field}"
            assert re.search("[\u4e00-\u9fff]", said.get("zh", "")), f"{name}.{field}"
    (measure,) = scenario.clause("II.1.a").measures
    months = next(figure for figure in measure.figures if figure.name == "months")
    assert months.meaning["zh"].startswith("减免的月数")
    assert months.meaning["en"].startswith("number of monthly bills relieved")


def test_figures_are_told_by_date() -> None:
    (measure,) = scenario.clause("II.4.c").measures
    assert [(figure.since, figure.value) for figure in measure.figures] == [
        (date(2022, 1, 1), 0.3), (date(2022, 7, 1), 0.4),
    ]  # fmt: skip


def test_a_measure_is_told_with_the_days_on_which_it_was_announced_and_begins() -> None:
    """What the files say nothing of: announced when it begins, and never withdrawn."""
    (measure,) = scenario.clause("II.1.b").measures
    assert (measure.announced, measure.withdrawn) == (measure.start, None)


def test_a_fund_is_told_with_its_amounts() -> None:
    funds = {measure.id: measure.fund for measure in scenario.clause("I.1.b").measures}
    grant = funds["srdi_grant"]
    assert grant is not None
    assert grant.amounts_yuan == ((date(2022, 1, 1), 0.5e9),)
    treasuries = next(m.fund for m in scenario.clause("I.1.c").measures)
    assert treasuries is not None
    assert treasuries.amount_from == "public_finance.prefecture_treasury_yuan"
    assert treasuries.amounts_yuan[0][1] > 0


def test_a_target_is_told_at_its_clause() -> None:
    (target,) = scenario.clause("I.9.e").targets
    assert (target.outcome, target.at_least, target.at_most) == ("loss_share", None, 0.12)


@pytest.mark.parametrize("id_", [entry.id for entry in scenario.clauses()])
def test_every_clause_is_fit_for_json_and_names_files_that_exist(id_: str) -> None:
    found = scenario.clause(id_)
    assert json.loads(json.dumps(found.plain())) == found.plain()
    assert bool(found.measures) == (found.state == "modelled")
    for measure in found.measures:
        assert (scenarios_folder() / measure.file).is_file()
        assert measure.figures


def test_an_unknown_clause_is_answered_with_the_nearest() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario.clause("II.1.x")
    (error,) = caught.value.errors
    assert (error.kind, error.nearest) == ("unknown_clause", "II.1.d")


def test_a_scenario_with_and_without_some_measures() -> None:
    plan = scenario.load("full_plan")
    ids = ["rent_waiver", "toll_waiver"]
    alone = plan.with_measures(ids, name="alone", title=TITLE)
    rest = plan.without_measures(ids, name="rest", title=TITLE)
    assert [measure.id for measure in alone.measures] == ids
    assert len(rest.measures) == len(plan.measures) - 2
    assert (alone.name, alone.title, alone.world, alone.funds) == ("alone", TITLE, plan.world, plan.funds)
    assert {plan.fingerprint(), alone.fingerprint(), rest.fingerprint()} == {
        scenario.load("full_plan").fingerprint(), alone.fingerprint(), rest.fingerprint(),
    }  # fmt: skip
    assert plan.with_measures([], name="none", title=TITLE).fingerprint() == scenario.load("baseline").fingerprint()


def test_measures_that_are_not_on_are_named() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario.load("full_plan").without_measures(["rent_waver"], name="rest", title=TITLE)
    assert caught.value.errors[0].nearest == "rent_waiver"
