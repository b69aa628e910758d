"""The shipped scenarios, levers, and what differs between two scenarios."""

import json
import time
from datetime import date
from pathlib import Path

import pytest

from sim import scenario
from sim.data_folders import scenarios_folder
from sim.scenario.catalogue import dates
from sim.vocabulary import ACTIONS, MECHANISMS

NAMES = scenario.names()
WHAT_IFS = {
    "rent_waiver_6_months",
    "procurement_50",
    "no_outbreak",
    "double_outbreak",
    "slow_delivery",
    "automatic_delivery",
}


def written(folder: Path, text: str, name: str = "mine") -> Path:
    """A scenario file with the texts that every one needs."""
    file = folder / f"{name}.yaml"
    file.write_text("title: {zh: 题, en: title}\ndescription: {zh: 述, en: text}\n" + text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_scenario_loads(name: str) -> None:
    asked = scenario.load(name)
    assert asked.name == name
    assert asked.title.zh
    assert asked.title.en
    assert not asked.unused
    assert json.loads(json.dumps(asked.contents())) == asked.contents()


def test_what_is_compared_with_comes_first_then_the_actions_then_the_plan() -> None:
    assert NAMES[:3] == ["no_support", "baseline", "national_rules"]
    assert NAMES[3:13] == [f"action_{action}" for action in ACTIONS]
    assert NAMES[13:24] == [f"added_{action}" for action in (*ACTIONS, MECHANISMS)]
    assert NAMES[24:35] == ["full_plan", *(f"without_{action}" for action in ACTIONS)]
    assert set(NAMES) >= WHAT_IFS


def test_the_baseline_is_the_older_name_of_no_support() -> None:
    assert scenario.load("baseline").fingerprint() == scenario.load("no_support").fingerprint()


def test_the_nations_rules_are_what_held_anyway() -> None:
    alone, plan = (scenario.load(name).measures for name in ("national_rules", "full_plan"))
    assert {measure.id for measure in alone} == {measure.id for measure in plan if measure.in_force_anyway}
    assert {measure.id for measure in alone if measure.origin == "province"} == {"srdi_grant", "tourism_stay_afloat"}


@pytest.mark.parametrize("action", [*ACTIONS, MECHANISMS])
def test_what_an_action_adds_are_its_measures_beside_the_nations_rules(action: str) -> None:
    added = scenario.load(f"added_{action}").measures
    assert {measure.id for measure in added} == {
        measure.id for measure in scenario.load("full_plan").measures
        if measure.in_force_anyway or measure.action == action
    }  # fmt: skip


def test_no_support_holds_nothing_and_the_plan_everything() -> None:
    assert scenario.load("no_support").measures == ()
    of_actions = {measure.id for action in ACTIONS for measure in scenario.load(f"action_{action}").measures}
    of_plan = {measure.id for measure in scenario.load("full_plan").measures}
    assert of_plan > of_actions
    assert len(of_plan) == len(list(scenarios_folder().glob("measures/*/*.yaml")))


@pytest.mark.parametrize("action", ACTIONS)
def test_alone_and_without_make_up_the_plan(action: str) -> None:
    alone, rest = (scenario.load(f"{kind}_{action}").measures for kind in ("action", "without"))
    assert sorted([*alone, *rest], key=lambda measure: measure.id) == list(scenario.load("full_plan").measures)


def test_titles_tell_scenarios_apart() -> None:
    titles = [scenario.load(name).title for name in NAMES]
    assert len({title.en for title in titles}) == len({title.zh for title in titles}) == len(NAMES)


def test_loading_again_is_fast() -> None:
    scenario.load("full_plan")
    start = time.perf_counter()
    scenario.load("full_plan")
    assert time.perf_counter() - start < 0.2, "a warm load takes about 4 ms"


@pytest.mark.parametrize("name", ["full_plan", "baseline"])
def test_a_scenario_does_not_differ_from_itself(name: str) -> None:
    assert scenario.diff(name, name) == []
    assert scenario.load(name).fingerprint() == scenario.load(name).fingerprint()


def test_a_changed_lever_is_the_only_difference() -> None:
    assert scenario.diff("full_plan", "rent_waiver_6_months") == [("rent_waiver.months", 3, 6)]


def test_a_measure_that_is_on_in_one_only_is_one_difference() -> None:
    assert scenario.diff("baseline", "action_innovation") == [("measures.entrepreneurship_platforms", "off", "on")]


def test_the_fingerprint_covers_what_decides_and_nothing_else(tmp_path: Path) -> None:
    plain = scenario.load("full_plan")
    renamed = scenario.load(written(tmp_path, "extends: full_plan\nauthor: Somebody Else\n"))
    assert renamed.fingerprint() == plain.fingerprint()
    assert scenario.load("full_plan", {"rent_waiver.months": 4}).fingerprint() != plain.fingerprint()


def test_levers_change_values_delivery_funds_parameters_world_and_firms() -> None:
    asked = scenario.load(
        "full_plan",
        {
            "rent_waiver.months": 9,
            "rent_waiver.delivery.processing_days": 5,
            "works_reservation.reserved_works": {date(2022, 7, 1): 0.5},
            "funds.tourism.amount_yuan": 1e9,
            "parameters.firm.crowding": 0.3,
            "world.outbreak": "none",
            "firms": "province",
        },
    )
    measures = {measure.id: measure for measure in asked.measures}
    assert measures["rent_waiver"].values.months.on(date(2022, 7, 1)) == 9
    assert measures["rent_waiver"].delivery.processing_days == 5
    assert measures["works_reservation"].values.reserved_works.on(date(2023, 6, 1)) == 0.5
    tourism = next(fund for fund in asked.funds if fund.id == "tourism")
    assert tourism.amount_yuan is not None
    assert tourism.amount_yuan.on(date(2022, 1, 1)) == 1e9
    assert asked.parameter_changes == {"firm.crowding": 0.3}
    assert asked.world.outbreak == "none"
    assert asked.firms == "province"


def test_a_capacity_for_all_reaches_desks_and_no_handlers_of_their_own() -> None:
    before = {measure.id: measure.delivery.capacity for measure in scenario.load("full_plan").measures}
    asked = scenario.load("full_plan", {"all.delivery.capacity": 50})
    assert {measure.id: measure.delivery.capacity for measure in asked.measures} == {
        id_: None if capacity is None else 50 for id_, capacity in before.items()
    }
    assert {None, 400.0} <= {*before.values()}


def test_all_reaches_every_measure_that_is_decided_on() -> None:
    ways = {measure.id: measure.delivery.way for measure in scenario.load("full_plan").measures}
    automatic = {measure.id: measure.delivery for measure in scenario.load("automatic_delivery").measures}
    for id_, way in ways.items():
        if way in ("application", "by_list", "negotiated"):
            assert (automatic[id_].way, automatic[id_].processing_days, automatic[id_].refusal_share) == (
                "automatic",
                0,
                0,
            )
        else:
            assert automatic[id_].way == way


def test_moving_the_plan_moves_what_waits_for_its_rules() -> None:
    moved = {measure.id: measure for measure in scenario.load("plan_two_months_earlier").measures}
    assert moved["rent_help_other_landlords"].start == date(2022, 4, 14)
    assert moved["rent_waiver"].start == date(2022, 6, 7), "a national rule does not wait for the plan"
    assert moved["works_reservation"].start == date(2022, 7, 1), "a national date does not move"
    assert moved["loan_extension"].values.until == date(2023, 6, 30)


def test_moving_the_plan_leaves_no_day_of_the_plan_behind() -> None:
    plan, moved = scenario.load("full_plan"), scenario.load("plan_two_months_earlier")
    assert {plan.plan.rules, plan.plan.adopted} & days_of(plan)
    assert not {plan.plan.rules, plan.plan.adopted} & days_of(moved)


def days_of(asked: scenario.Scenario) -> set[date]:
    """Every day that a fund or a measure names that would not be there without the plan."""
    named = {day for one in asked.measures if not one.in_force_anyway for _, day in dates(one)}
    return named | {day for fund in asked.funds if fund.amount_yuan for day in fund.amount_yuan.changes()}


def test_values_may_name_days_of_the_plan_by_their_words(tmp_path: Path) -> None:
    text = (
        "extends: full_plan\nlevers:\n  rent_waiver.share: {adopted: 0.5, rules: 1}\n  premium_deferral.until: rules\n"
    )
    measures = {measure.id: measure for measure in scenario.load(written(tmp_path, text)).measures}
    assert measures["rent_waiver"].values.share.table == {date(2022, 6, 2): 0.5, date(2022, 6, 14): 1}
    assert measures["premium_deferral"].values.until == date(2022, 6, 14)


OWN_FUND = """
extends: baseline
funds:
  - id: heating
    title: {zh: 取暖, en: Heating}
    level: province
    bearer: province
    amount_yuan: {rules: 1000000}
    when_dry: refuse
define:
  winter_heating:
    title: {zh: 冬季取暖补助, en: Heating grant}
    clauses: []
    action: fiscal
    section: I.1
    instrument: grant
    delivery: {way: automatic}
    start: 2022-11-01
    fund: heating
    bearer: province
    values: {amount_yuan: 2000, per: firm}
"""


def test_a_measure_brings_its_own_fund(tmp_path: Path) -> None:
    file = written(tmp_path, OWN_FUND)
    asked = scenario.load(file)
    assert [fund.id for fund in asked.funds] == ["heating", "prefecture_treasuries", "sme_development", "tourism"]
    assert amount(asked) == {date(2022, 6, 14): 1e6}
    assert amount(scenario.load(file, {"funds.heating.amount_yuan": {"adopted": 5}})) == {date(2022, 6, 2): 5}
    assert amount(scenario.load(file, {"plan.rules": date(2022, 7, 1)})) == {date(2022, 7, 1): 1e6}
    child = scenario.load(written(tmp_path, "extends: mine\n", "child"))
    assert child.funds == asked.funds, "who extends the scenario has the money too"


def amount(asked: scenario.Scenario) -> dict[date, float]:
    """Money of the first fund by day."""
    table = asked.funds[0].amount_yuan
    assert table is not None
    return table.table


def test_a_lever_given_to_a_scenario_without_the_measure_is_named_as_unused() -> None:
    asked = scenario.load("baseline", {"rent_waiver.months": 6})
    assert asked.unused == ("rent_waiver.months",)
    assert asked == scenario.load("baseline")


def test_levers_from_a_command_line() -> None:
    levers = scenario.from_words(["rent_waiver.months=6", "works_reservation.reserved_works={2022-07-01: 0.5}"])
    assert levers == {"rent_waiver.months": 6, "works_reservation.reserved_works": {date(2022, 7, 1): 0.5}}
    with pytest.raises(scenario.ScenarioError, match="path=value"):
        scenario.from_words(["rent_waiver.months"])


def test_the_lever_table_says_value_range_measure_and_clause() -> None:
    table = {entry.path: entry for entry in scenario.lever_table("full_plan")}
    months = table["rent_waiver.months"]
    assert (months.value, months.unit, months.allowed) == (3, "months", "0 to 120")
    assert (months.measure, months.clauses) == ("rent_waiver", ("II.1.a",))
    assert "funds.tourism.amount_yuan" in table
    assert "works_reservation.delivery.way" not in table, "nobody applies for a reservation"


def test_a_planner_invents_a_measure_without_code(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
extends: baseline
define:
  winter_heating:
    title: {zh: 冬季取暖补助, en: Heating grant}
    clauses: [I.1.c]
    action: fiscal
    section: I.1
    instrument: grant
    eligible: {sectors: [accommodation], prefectures: [迪庆藏族自治州]}
    delivery: {way: automatic}
    start: 2022-11-01
    bearer: province
    values: {amount_yuan: 2000, per: firm}
levers:
  winter_heating.amount_yuan: 3000
""",
    )
    (measure,) = scenario.load(file).measures
    assert measure.id == "winter_heating"
    assert measure.eligible.prefectures == ("5334",), "names of places become codes"
    assert measure.values.amount_yuan.on(date(2022, 12, 1)) == 3000


def test_a_file_may_extend_another_beside_it(tmp_path: Path) -> None:
    written(tmp_path, "extends: full_plan\nwithout: [II.1]\nlevers: {loan_extension.loan_months: 9}\n", "parent")
    child = scenario.load(
        written(tmp_path, "extends: parent\nmeasures: [rent_waiver]\nlevers: {all.end: 2023-01-31}\n", "child")
    )
    measures = {measure.id: measure for measure in child.measures}
    assert "rent_waiver" in measures
    assert "rent_waiver_listed" not in measures
    assert measures["loan_extension"].values.loan_months.on(date(2022, 7, 1)) == 9
    assert measures["toll_waiver"].end == date(2023, 1, 31)


def test_a_short_world_may_end_before_the_plans_later_dates(tmp_path: Path) -> None:
    asked = scenario.load(written(tmp_path, "extends: full_plan\nworld: {end: 2022-08-31}\nfirms: 500\n"))
    assert asked.world.end == date(2022, 8, 31)
    assert asked.firms == 500


@pytest.mark.parametrize("name", list(scenario.json_schema()))
def test_the_exported_schemas_are_current(name: str) -> None:
    file = scenarios_folder() / "schema" / f"{name}.json"
    assert json.loads(file.read_text(encoding="utf-8")) == scenario.json_schema()[name], (
        "write them anew with sim.scenario.write_schemas"
    )


def test_the_shipped_files_fit_the_exported_schemas() -> None:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    from sim.scenario.document import read

    schemas = scenario.json_schema()
    registry = Registry().with_resources(
        (f"{name}.json", Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    files = {file: "measure" for file in scenarios_folder().glob("measures/*/*.yaml")}
    files |= {scenarios_folder() / f"{name}.yaml": "scenario" for name in NAMES}
    files |= {scenarios_folder() / f"{name}.yaml": name for name in ("plan", "funds", "register")}
    for file, kind in files.items():
        plain = json.loads(json.dumps(strings(read(file).data)))
        wrong = list(Draft202012Validator(schemas[kind], registry=registry).iter_errors(plain))
        assert not wrong, f"{file.name}: {wrong[0].message}"


def strings(data: object) -> object:
    """The data with days as texts, as an editor sees them."""
    if isinstance(data, dict):
        return {str(key): strings(value) for key, value in data.items()}
    if isinstance(data, list):
        return [strings(value) for value in data]
    return data.isoformat() if isinstance(data, date) else data
