"""The table of levers: what it lists is accepted and changes nothing as it stands, what is accepted is listed."""

import json
from datetime import date

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from sim import parameters, scenario
from sim.report.terminal.tables import plain
from sim.scenario import levers
from sim.scenario.levers import LeverEntry
from sim.world.spec import WorldSpec


@pytest.fixture(scope="module")
def table() -> dict[str, LeverEntry]:
    return {entry.path: entry for entry in scenario.lever_table("full_plan")}


@pytest.mark.parametrize("name", ["full_plan", "baseline", "double_outbreak", "plan_two_months_earlier"])
def test_present_values_given_all_at_once_change_nothing(name: str) -> None:
    as_it_is = scenario.load(name)
    given = {entry.path: entry.value for entry in scenario.lever_table(as_it_is)}
    assert len(given) > 900
    same = scenario.load(name, given)
    assert scenario.diff(as_it_is, same) == []
    assert same.fingerprint() == as_it_is.fingerprint()


@pytest.mark.parametrize("part", range(5))
def test_each_present_value_typed_after_lever_changes_nothing(table: dict[str, LeverEntry], part: int) -> None:
    as_it_is = scenario.load("full_plan")
    chosen = list(table.values())[part::5]
    for together in (chosen[place : place + 40] for place in range(0, len(chosen), 40)):
        words = [f"{entry.path}={'null' if entry.value is None else plain(entry.value)}" for entry in together]
        assert scenario.diff(as_it_is, scenario.load("full_plan", scenario.from_words(words))) == []


def test_every_path_that_is_accepted_is_listed(table: dict[str, LeverEntry]) -> None:
    plan = scenario.load("full_plan")
    paths = {f"{m.id}.{field}" for m in plan.measures for field in levers.paths(m.model_dump())}
    paths |= {f"funds.{fund.id}.{name}" for fund in plan.funds for name in levers.OF_FUNDS}
    paths |= {f"plan.{name}" for name in levers.PLAN_DAYS} | {f"world.{name}" for name in WorldSpec.model_fields}
    paths |= {"firms"} | {f"parameters.{path}" for path in parameters.load()._known}
    listed = {path for path in table if not path.startswith("all.")}
    assert paths == listed
    schema = scenario.json_schema()["scenario"]["properties"]["levers"]["properties"]
    assert set(schema) == paths | {f"all.{field}" for field in levers.all_fields()}


def test_a_lever_says_unit_range_and_value_whatever_it_is_of(table: dict[str, LeverEntry]) -> None:
    said = {path: (entry.value, entry.unit, entry.allowed) for path, entry in table.items()}
    assert said["rent_waiver.months"] == (3, "months", "0 to 120")
    assert said["rent_waiver.rate_cap"] == (None, "share a year", "0 to 1")
    assert said["world.wave_factor"] == (1.0, "factor", "0 to 100")
    assert said["firms"] == (20_000, "firms", "1 to 20000000; province")
    assert said["parameters.firm.crowding"][0] == 0.3
    assert said["parameters.costs.rent"][0::2] == (1.0, "0.6 to 1.5")
    assert said["parameters.costs.rent.catering"][0] == parameters.load()["costs.rent.catering"]
    assert said["parameters.world.wave.peak"][0] == "2022-12-19"
    assert said["plan.rules"][0] == "2022-06-14"
    assert table["parameters.costs.rent"].type == "factor on a table"


def test_a_parameter_that_a_scenario_has_changed_is_listed_as_changed() -> None:
    asked = scenario.load("baseline", {"parameters.costs.rent": 1.2, "parameters.firm.crowding": 0.4})
    table = {entry.path: entry.value for entry in scenario.lever_table(asked)}
    assert table["parameters.costs.rent"] == 1.2
    assert table["parameters.firm.crowding"] == 0.4
    assert table["parameters.costs.rent.catering"] == pytest.approx(1.2 * parameters.load()["costs.rent.catering"])


def test_of_all_measures_those_fields_are_listed_in_which_they_agree(table: dict[str, LeverEntry]) -> None:
    assert table["all.loan_months"].value == 6
    assert "all.delivery.way" not in table, "no one value is present"


def test_the_days_on_which_a_measure_is_announced_and_withdrawn_are_levers() -> None:
    given = {"rent_waiver.announced": "adopted", "rent_waiver.withdrawn": date(2022, 8, 1)}
    asked = scenario.load("full_plan", given)
    (waiver,) = [measure for measure in asked.measures if measure.id == "rent_waiver"]
    assert (waiver.heard_from, waiver.last) == (date(2022, 6, 2), date(2022, 7, 31))
    assert [(change.path, change.a, change.b) for change in scenario.diff("full_plan", asked)] == [
        ("rent_waiver.announced", None, "2022-06-02"), ("rent_waiver.withdrawn", None, "2022-08-01"),
    ]  # fmt: skip
    everything = scenario.load(
        "full_plan", {"all.withdrawn": "2022-12-01", "all.announced": "adopted", "all.start": "rules"}
    )
    assert {measure.last for measure in everything.measures} <= {date(2022, 11, 30), date(2022, 6, 30)}


def test_what_stays_as_it_is_counts_as_no_change_but_not_where_a_table_changes_around_it() -> None:
    rent = parameters.load()["costs.rent.catering"]
    assert parameters.effective({"costs.rent.catering": rent}) == {}
    both = {"costs.rent.catering": rent, "costs.rent": 1.2}
    assert parameters.effective(both) == both


def test_a_key_that_a_table_does_not_have_is_refused_though_it_has_a_default() -> None:
    with pytest.raises(scenario.ScenarioError, match=r"costs\.rent\.micro"):
        scenario.load("baseline", {"parameters.costs.rent.micro": 0.05})


def test_a_number_with_a_dot_is_a_key_like_another() -> None:
    [path] = [e.path for e in scenario.lever_table("baseline") if e.path.endswith("population.cash_months.0.5")]
    value = scenario.load("baseline", {path: parameters.load()["population.cash_months.0.5"] * 1.01})
    assert list(value.parameter_changes) == ["population.cash_months.0.5"]


def test_a_day_of_the_calibration_may_be_text_as_days_elsewhere_may() -> None:
    asked = scenario.load("baseline", {"parameters.world.wave.peak": "2022-12-20"})
    again = scenario.Scenario.from_contents(json.loads(json.dumps(asked.contents(), default=str)))
    assert parameters.load(changed=again.parameter_changes).date("world.wave.peak").isoformat() == "2022-12-20"


@pytest.fixture(scope="module")
def checked() -> Draft202012Validator:
    schemas = scenario.json_schema()
    registry = Registry().with_resources(
        (f"{name}.json", Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    return Draft202012Validator(schemas["scenario"], registry=registry)


def mistakes(checked: Draft202012Validator, given: dict[str, object]) -> list[str]:
    texts = {"zh": "题", "en": "title"}
    return [error.message for error in checked.iter_errors({"title": texts, "description": texts, "levers": given})]


def test_present_values_fit_the_schema(checked: Draft202012Validator, table: dict[str, LeverEntry]) -> None:
    assert mistakes(checked, {path: entry.value for path, entry in table.items()}) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rent_waiver.months", 121), ("rent_waiver.monts", 3), ("world.wave_factor", 101), ("world.wav", 1),
        ("parameters.firm.crowding", 0.7), ("parameters.firm.crowdin", 0.3), ("plan.rules", 3),
        ("plan.rule", "2022-06-14"), ("works_reservation.delivery.way", "automatic"),
        ("firms", 0), ("funds.tourism.when_dry", "weep"), ("all.delivery.way", "pigeon"), ("all.monts", 3),
    ],
)  # fmt: skip
def test_what_is_refused_when_it_is_loaded_does_not_fit_the_schema(
    checked: Draft202012Validator, path: str, value: object
) -> None:
    assert mistakes(checked, {path: value})
    with pytest.raises(scenario.ScenarioError):
        scenario.load("full_plan", {path: value})


def test_levers_of_a_scenarios_own_measures_and_funds_are_left_to_loading(checked: Draft202012Validator) -> None:
    assert mistakes(checked, {"winter_heating.amount_yuan": 3000, "funds.heating.amount_yuan": 1e6}) == []
    assert mistakes(checked, {"rent_waiver.values.months": 6}) == []


def test_every_value_of_every_instrument_has_a_type_in_words() -> None:
    from sim.report.words.catalogue import catalogue

    kinds = {entry.type for entry in scenario.lever_table("full_plan")}
    assert {kind for kind in kinds if f"lever.type.{kind}" not in catalogue()} == set()
