"""The catalogue carries out the plan: every clause, with the plan's own figures."""

import re
from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from sim import scenario
from sim.data_folders import scenarios_folder
from sim.measure import Measure
from sim.scenario.catalogue import catalogue, waits_for_plan
from sim.scenario.schema import Plan
from sim.vocabulary import ACTIONS, MECHANISMS

HAN = re.compile("[\u4e00-\u9fff]")

CLAUSES = [
    "0",
    "0.a",
    "I.1.a",
    "I.1.b",
    "I.1.b'",
    "I.1.c",
    "I.1.d",
    "I.1.e",
    "I.1.f",
    "I.1.g",
    "I.2.a",
    "I.2.b",
    "I.2.c",
    "I.2.d",
    "I.3.a",
    "I.3.b",
    "I.3.c",
    "I.3.d",
    "I.3.e",
    "I.3.f",
    "I.4.a",
    "I.4.b",
    "I.4.c",
    "I.4.d",
    "I.4.e",
    "I.4.f",
    "I.4.g",
    "I.4.h",
    "I.5.a'",
    "I.5.a",
    "I.5.b",
    "I.5.c",
    "I.5.d",
    "I.5.e",
    "I.6.a",
    "I.6.b",
    "I.6.c",
    "I.6.d",
    "I.6.e",
    "I.7.a-b",
    "I.7.c-d",
    "I.8.a",
    "I.8.b",
    "I.9.a",
    "I.9.b",
    "I.9.c",
    "I.9.d",
    "I.9.e",
    "I.9.f",
    "I.10.a",
    "I.10.b",
    "I.10.c",
    "I.10.d",
    "I.10.e-f",
    "II.1.a",
    "II.1.b",
    "II.1.c",
    "II.1.d",
    "II.2.a",
    "II.2.b",
    "II.2.c",
    "II.3.a",
    "II.3.b",
    "II.3.c",
    "II.4.a",
    "II.4.b",
    "II.4.c",
    "II.5.a",
    "II.5.b",
    "II.5.c",
    "II.5.d",
    "II.5.e",
    "II.5.f",
    "II.5.g",
    "III.1",
    "III.2",
    "III.3",
    "III.4",
]
# Where the steps-up of section II belong in the comparison of the ten actions.
ACTION_OF_SECTION = {
    **{f"I.{place}": action for place, action in enumerate(ACTIONS, 1)},
    "II.1": "fiscal", "II.2": "tax", "II.3": "finance", "II.4": "integration",
}  # fmt: skip
ACTION_OF_CLAUSE = {
    "II.5.a": "resumption", "II.5.b": "resumption", "II.5.c": "jobs", "II.5.d": "jobs", "II.5.e": "jobs",
    "II.5.f": "fiscal", "II.5.g": "integration",
}  # fmt: skip
BEFORE, HALF_YEAR, DAY = date(2022, 6, 30), date(2022, 7, 1), date(2022, 12, 31)


@pytest.fixture(scope="module")
def measures() -> dict[str, Measure]:
    return {measure.id: measure for measure in scenario.load("full_plan").measures}


def test_the_register_holds_every_clause_of_the_plan_in_order() -> None:
    assert [clause.id for clause in scenario.clauses()] == CLAUSES


def test_at_most_a_tenth_of_the_clauses_is_declared_and_for_a_reason() -> None:
    declared = [clause for clause in scenario.clauses() if clause.state == "declared"]
    assert len(declared) <= len(CLAUSES) / 10
    assert all(clause.note and len(clause.note["en"]) > 50 and not clause.measures for clause in declared)
    assert all(clause.note and HAN.search(clause.note["zh"]) for clause in declared)
    texts = " ".join(text for clause in declared for text in clause.paraphrase.values())
    assert not re.search(r"[0-9]", texts), "a clause with a figure is never declared away"


def test_every_other_clause_is_carried_out_by_a_measure() -> None:
    bare = [clause.id for clause in scenario.clauses() if clause.state == "modelled" and not clause.measures]
    assert not bare


def test_the_catalogue_is_without_fault() -> None:
    assert catalogue(scenarios_folder()).errors == ()


def test_every_measure_stands_with_the_action_that_its_clauses_belong_to(measures: dict[str, Measure]) -> None:
    for measure in measures.values():
        for clause in measure.clauses:
            section = ".".join(clause.split(".")[:2])
            expected = ACTION_OF_CLAUSE.get(clause) or ACTION_OF_SECTION.get(section, MECHANISMS)
            assert measure.action == expected, f"{measure.id} carries out {clause}"


def test_every_figure_that_is_not_the_plans_is_marked_as_an_assumption(measures: dict[str, Measure]) -> None:
    for measure in measures.values():
        assert measure.note is not None, f"{measure.id} has no note"
        assert HAN.search(measure.note.zh), f"the note of {measure.id} is not in Chinese"
        assert not HAN.search(measure.note.en), f"the note of {measure.id} is not in English"
        assert ("假设" in measure.note.zh) == ("assumption" in measure.note.en), measure.id
        if measure.delivery.processing_days or measure.delivery.refusal_share:
            assert "assumption" in measure.note.en, measure.id


def test_part_one_starts_with_its_rules_and_the_rest_with_theirs_but_what_has_a_day_of_its_own(
    measures: dict[str, Measure],
) -> None:
    """Rules of the ten actions of 8 June, the others on the seventh working day; national rules on their own days."""
    plan = scenario.load("full_plan").plan
    assert (plan.actions, plan.rules) == (date(2022, 6, 8), date(2022, 6, 14))
    own = {one.id: one.start for one in measures.values() if one.start not in (plan.actions, plan.rules)}
    assert own == {
        "guarantee_fee_zero": date(2022, 6, 1), "repayment_plans": date(2022, 6, 30),
        "vat_stock_refund": date(2022, 4, 1), "vat_increment_refund": date(2022, 4, 1),
        "vat_stock_refund_medium": date(2022, 5, 1), "vat_stock_refund_more_sectors": date(2022, 7, 1),
        "job_retention_refund": date(2022, 4, 25), "training_grant": date(2022, 4, 25),
        "premium_deferral": date(2022, 5, 12), "unemployment_premium_deferral": date(2022, 5, 12),
        "premium_deferral_other_sectors": date(2022, 5, 31), "expansion_grant": date(2022, 5, 31),
        "loan_extension": date(2022, 5, 31), "price_deduction": date(2022, 7, 1), "consortium_bonus": date(2022, 7, 1),
        "works_reservation": date(2022, 7, 1), "arrears_clearance": date(2022, 5, 18),
        "arrears_supervision": date(2022, 5, 18), "no_new_arrears": date(2022, 5, 18),
        "catering_retail_testing": date(2022, 2, 18), "rent_shared_by_landlords": date(2022, 2, 18),
        "rent_waiver": date(2022, 6, 7), "rent_waiver_listed": date(2022, 6, 7),
        "travel_agency_deposit": date(2022, 4, 11), "platform_commission": date(2022, 3, 1),
        "hiring_premium_subsidy": date(2022, 1, 1), "inclusive_growth_target": date(2022, 4, 8),
        "inclusive_loan_support": date(2022, 6, 2), "manufacturing_tax_deferral": date(2022, 2, 28),
        "manufacturing_tax_deferral_medium": date(2022, 2, 28), "traffic_control_limits": date(2022, 4, 11),
        "transport_facilities_open": date(2022, 4, 11), "transport_credit": date(2022, 5, 31),
        "vat_stock_refund_deadline": date(2022, 5, 5),
    }  # fmt: skip
    for one in measures.values():
        if one.id not in own:
            assert one.start == (plan.actions if one.section.startswith("I.") else plan.rules), one.id


def test_every_measure_has_a_window_with_its_source(measures: dict[str, Measure]) -> None:
    """An end, or the reason why there is none: no source names one, or it is for good."""
    without = set()
    for one in measures.values():
        assert one.window is not None, one.id
        assert HAN.search(one.window.zh) and not HAN.search(one.window.en), one.id
        if one.end is None:
            without.add(one.id)
            words = ("no end", "without an end", "no term", "without a term", "stays", "stay", "standing", "valid")
            assert any(word in one.window.en for word in words), one.id
        else:
            assert one.start < one.end, one.id
    assert without == {
        "arrears_clearance", "arrears_supervision", "chain_sharing", "charges_cleared", "consortium_bonus",
        "credit_information_platform", "dispatch_meetings", "entrepreneurship_platforms", "first_loans",
        "inclusive_growth_target", "innovation_consortia", "key_firm_lists", "liaison_officers", "linked_officials",
        "monitoring_and_naming", "no_new_arrears", "policy_to_firms", "price_deduction", "problems_closed",
        "project_approvals", "readiness_restart", "receivables_finance", "repayment_plans", "resale_prices_policed",
        "srdi_growth_firms", "srdi_little_giants", "srdi_national_little_giants", "srdi_support",
        "supplier_improvement", "technology_cultivation", "toll_waiver", "traffic_control_limits",
        "transfer_yards", "transport_facilities_open", "vat_increment_refund", "zoned_control",
    }  # fmt: skip


def test_individual_businesses_are_meant_only_where_the_text_names_them(measures: dict[str, Measure]) -> None:
    """II.1 and II.2.c write 小微企业和个体工商户; inclusive loans, procurement and insured units by definition or rule;
    prices, tolls, platforms and deposits have no size."""
    meant = {one.id for one in measures.values() if one.eligible.sizes and "individual" in one.eligible.sizes}
    assert meant == {
        "rent_waiver", "rent_waiver_listed", "rent_help_other_landlords", "rent_shared_by_landlords",
        "vat_stock_refund", "inclusive_growth_target", "inclusive_loan_support", "price_deduction",
        "consortium_bonus", "works_reservation", "manufacturing_tax_deferral",
    }  # fmt: skip


def test_the_nations_measures_wait_for_no_day_of_the_plan() -> None:
    """What held without the plan begins on its own day, in every scenario alike."""
    known = catalogue(scenarios_folder())
    waiting = [id_ for id_, measure in known.measures.items() if measure.in_force_anyway]
    assert waiting
    assert not [id_ for id_ in waiting if waits_for_plan(known.sources[id_].data)]


def test_the_origin_of_a_clause_is_that_of_its_measures(measures: dict[str, Measure]) -> None:
    for clause in scenario.clauses():
        origins = {measures[id_].origin for id_ in clause.measures}
        assert clause.origin == ("both" if len(origins) > 1 else origins.pop() if origins else clause.origin), clause.id
        assert HAN.search(clause.origin_source["zh"]) and not HAN.search(clause.origin_source["en"]), clause.id


def test_what_the_plan_only_repeats_is_the_nations() -> None:
    """Figures of the plan that a national document had before: see `origin_source` of each in the register."""
    origins = {clause.id: clause.origin for clause in scenario.clauses()}
    nations = ("I.4.c", "II.1.a", "II.1.b", "II.2.b", "II.3.b", "II.4.a", "II.4.b", "II.4.c", "II.5.d", "II.5.f")
    assert {origins[id_] for id_ in nations} == {"nation"}
    assert {origins[id_] for id_ in ("I.1.b", "I.2.c", "I.3.a", "I.6.c", "III.1")} == {"province"}
    assert {origins[id_] for id_ in ("I.8.b", "II.5.a")} == {"both"}


def test_start_and_end_of_a_clause_are_the_first_and_the_last_of_its_measures() -> None:
    by_id = {clause.id: clause for clause in scenario.clauses()}
    assert (by_id["II.4.c"].start, by_id["II.4.c"].end) == (HALF_YEAR, DAY)
    assert (by_id["II.2.b"].start, by_id["II.2.b"].end) == (date(2022, 4, 1), None)  # refunds of new credits go on
    assert (by_id["I.4.g"].start, by_id["I.4.g"].end) == (None, None)


def test_a_clause_is_nominal_when_nothing_else_carries_it_out() -> None:
    by_id = {clause.id: clause for clause in scenario.clauses()}
    assert by_id["I.2.b"].nominal and by_id["I.2.b"].nominal_measures == ("tax_policy_push",)
    assert not by_id["II.2.c"].nominal and by_id["II.2.c"].nominal_measures == ("vat_stock_refund_deadline",)
    assert not by_id["I.4.g"].nominal, "nothing carries it out"


def test_the_rules_come_seven_working_days_after_the_plan() -> None:
    from chinese_calendar import get_workdays

    plan = scenario.load("baseline").plan
    assert len(get_workdays(plan.adopted, plan.rules)) == 1 + 7  # the day of adoption counts in the list


def test_rent_waiver(measures: dict[str, Measure]) -> None:
    waiver, listed = measures["rent_waiver"], measures["rent_waiver_listed"]
    assert waiver.values.months.on(DAY) == 3
    assert listed.values.months.on(DAY) == 6
    assert listed.values.tops_up == "rent_waiver"
    assert listed.eligible.facts == ("county_listed",)
    for measure in (waiver, listed):
        assert measure.values.flows == ("rent",)
        assert measure.values.share.on(DAY) == 1
        assert measure.eligible.landlords == ("state",)
        assert measure.eligible.sectors == ("services",)
        assert measure.eligible.sizes == ("individual", "micro", "small")
        assert measure.bearer == "state_landlords"


def test_premium_deferral(measures: dict[str, Measure]) -> None:
    deferral, catering = measures["premium_deferral"], measures["unemployment_premium_deferral"]
    assert deferral.values.flows == ("pension", "unemployment", "work_injury")
    assert deferral.values.until == date(2022, 12, 31)
    assert deferral.eligible.sectors == ("hard_hit",)
    assert catering.eligible.sectors == ("catering", "retail")
    assert (catering.values.until - date(2022, 5, 31)).days <= 365


def test_loan_extension(measures: dict[str, Measure]) -> None:
    extension = measures["loan_extension"]
    assert set(extension.values.flows) == {"principal", "interest"}
    assert extension.delivery.way == "negotiated"
    assert extension.delivery.agency == "banks"


def test_procurement(measures: dict[str, Measure]) -> None:
    deduction = measures["price_deduction"].values.price_deduction
    bonus = measures["consortium_bonus"].values.consortium_bonus
    reserved = measures["works_reservation"].values.reserved_works
    assert 0.06 <= deduction.on(BEFORE) <= 0.10 <= deduction.on(HALF_YEAR) <= 0.20
    assert 0.02 <= bonus.on(BEFORE) <= 0.03
    assert 0.04 <= bonus.on(HALF_YEAR) <= 0.06
    assert [reserved.on(day) for day in (BEFORE, HALF_YEAR, DAY)] == [0.3, 0.4, 0.4]
    assert measures["works_reservation"].end == date(2022, 12, 31)


def test_money_of_the_plan(measures: dict[str, Measure]) -> None:
    funds = {fund.id: fund for fund in scenario.load("full_plan").funds}
    assert funds["sme_development"].amount_yuan is not None
    assert funds["sme_development"].amount_yuan.on(date(2022, 1, 1)) == 0.5e9
    assert measures["sme_development_added"].fund == "sme_development"
    assert list(measures["sme_development_added"].values.top_up_yuan.table.values()) == [0.5e9]
    assert funds["tourism"].amount_yuan is not None
    assert funds["tourism"].amount_yuan.on(DAY) == 2.0e9
    assert measures["refund_transfers"].fund == "prefecture_treasuries"
    assert list(measures["refund_transfers"].values.top_up_yuan.table.values()) == [5.0e9]


def test_other_figures_of_the_plan(measures: dict[str, Measure]) -> None:
    interest = measures["agricultural_interest_subsidy"].values
    assert (interest.share.on(DAY), interest.rate_cap) == (0.5, 0.05)
    assert measures["guarantee_fee_zero"].values.share.on(date(2022, 6, 1)) == 1
    assert measures["guarantee_fee_cut"].bearer == {"province": 0.5, "guarantors": 0.5}
    assert measures["job_retention_refund"].values.share.on(date(2022, 1, 1)) == 0.6
    assert measures["job_retention_refund"].values.share.on(DAY) == 0.9
    assert measures["job_retention_refund"].values.standing_share == 0.6
    assert measures["toll_waiver"].values.share.on(DAY) == 1
    assert measures["toll_waiver"].eligible.flags == ("green_lane_haulier",), "vehicles of up to 4.2 m"
    assert measures["repayment_plans"].start == date(2022, 6, 30)
    assert measures["small_arrears_deadline"].values.ceiling_yuan == 2_000_000
    assert measures["small_arrears_deadline"].values.cleared_by == date(2022, 12, 31)
    quotas = [
        measures[f"srdi_{tier}"].values.quota for tier in ("growth_firms", "little_giants", "national_little_giants")
    ]
    assert quotas == [1000, 300, 60]
    for credit in ("stock_refund", "stock_refund_medium", "stock_refund_more_sectors", "increment_refund"):
        assert measures[f"vat_{credit}"].values.share.on(DAY) == 1
    assert measures["vat_stock_refund_deadline"].values.target == ("vat_stock_refund",)
    assert measures["vat_stock_refund_deadline"].end == date(2022, 6, 30)
    incentive = measures["inclusive_loan_support"].values.growth_incentive
    assert incentive.on(DAY) == 0.02
    assert measures["travel_agency_deposit"].values.share.on(DAY) == 1
    assert measures["free_testing"].values.share.on(DAY) == 1
    assert measures["free_testing"].end == date(2022, 12, 31)
    assert measures["dispatch_meetings"].values.dispatch_meetings.on(DAY) == 3


def test_what_counts_as_small_is_what_the_measure_says() -> None:
    stated = scenario.load("full_plan")
    (deadline,) = (measure for measure in stated.measures if measure.id == "small_arrears_deadline")
    for name in ("full_plan", "baseline"):
        assert scenario.load(name).plan.ceiling_yuan("small_arrears_left") == deadline.values.ceiling_yuan == 2_000_000
    lowered = scenario.load("full_plan", {"small_arrears_deadline.ceiling_yuan": 1_000_000})
    assert lowered.plan == stated.plan, "what is promised does not move with what is done about it"
    assert stated.plan.ceiling_yuan("loss_share") is None


def test_the_plan_says_when_runs_begin_and_end_and_when_targets_are_read() -> None:
    stated = scenario.load("baseline")
    assert (stated.world.start, stated.world.end) == stated.plan.horizon == (date(2022, 1, 1), date(2023, 12, 31))
    assert stated.plan.targets_on == date(2022, 12, 31)
    with pytest.raises(ValidationError, match="the horizon ends on 2021-12-31, before it begins on 2022-01-01"):
        Plan.model_validate({**stated.plan.model_dump(), "horizon": (date(2022, 1, 1), date(2021, 12, 31))})
    earlier = replace(stated, plan=stated.plan.model_copy(update={"targets_on": date(2022, 6, 30)}))
    assert earlier.fingerprint() != stated.fingerprint()


def test_the_targets_of_the_plan() -> None:
    targets = scenario.load("full_plan").plan.targets
    assert [(target.outcome, target.at_least, target.at_most, target.clause) for target in targets] == [
        ("resumption_rate", 0.95, None, "I.9.d"),
        ("loss_share", None, 0.12, "I.9.e"),
        ("stock_refunds_paid", 0.9, None, "II.2.c"),
        ("arrears_with_plan", 1, None, "I.6.b"),
        ("small_arrears_left", None, 0, "I.6.c"),
        ("arrears_cleared", 0.75, None, "I.6.d"),
        ("srdi_growth_firms", 1000, None, "I.8.b"),
        ("srdi_little_giants", 300, None, "I.8.b"),
        ("srdi_national_little_giants", 60, None, "I.8.b"),
        ("inclusive_loan_growth_gap", 0, None, "I.3.e"),
        ("sme_fund_used", 0.9, None, "I.1.b"),
        ("entity_growth", 0.1487, None, "0.a"),
    ]
    assert pytest.approx(0.1487, abs=5e-6) == 2 ** (1 / 5) - 1  # a doubling within five years


def test_a_target_may_have_a_day_of_its_own() -> None:
    stated = scenario.load("full_plan")
    own = {"stock_refunds_paid": date(2022, 6, 30), "arrears_with_plan": date(2022, 6, 30)}
    own["entity_growth"] = date(2025, 12, 31)
    assert {target.outcome: target.on for target in stated.plan.targets if target.on} == own
    assert stated.plan.read_on("arrears_with_plan") == date(2022, 6, 30)
    assert stated.plan.read_on("loss_share") == stated.plan.read_on("loss_share_of_all_by_jobs") == date(2022, 12, 31)
    plan = stated.plan.model_dump()

    def with_targets(*targets: dict[str, object]) -> Plan:
        return Plan.model_validate(
            {**plan, "targets": [{"clause": "I.9.e", "at_most": 0.12, **one} for one in targets]}
        )

    spring = with_targets({"outcome": "loss_share", "on": date(2022, 3, 31)})
    assert spring.read_on("loss_share") == spring.read_on("loss_share_by_jobs") == date(2022, 3, 31)
    assert replace(stated, plan=spring).fingerprint() != stated.fingerprint()
    with pytest.raises(ValidationError, match="survival_rate is read at the end of the horizon"):
        with_targets({"outcome": "survival_rate", "on": date(2022, 3, 31)})
    with pytest.raises(ValidationError, match="loss_share is read on 2022-03-31 already, not on 2022-12-31 too"):
        with_targets({"outcome": "loss_share", "on": date(2022, 3, 31)}, {"outcome": "loss_share"})
