"""Priors reach what their evidence says: where a fact is of the very thing that a parameter is, its bounds hold it."""

from datetime import date

import pytest

from sim.evidence import evidence
from sim.parameters import load

FACTS = evidence()
PARAMETERS = load()
BOUNDS = {setting.path: setting for setting in PARAMETERS.settings()}
CITED = {entry.path: entry.evidence for entry in PARAMETERS.paths()}
# Of each parameter, or value inside a table, the facts that measure the same thing in the same unit.
SAME = {
    "population.active_share": "active_share_2020 open_after_one_year_2017",
    "population.registered_entities": "market_entities_yunnan_2021",
    "population.landlord_share.state": "state_landlord_smes_2020",
    "population.flag_share.on_platform.share.individual": "online_presence_micro_2021",
    "population.cash_months.1": "cash_one_month_convenience_2020 cash_one_month_representative_2020 "
    "cash_one_month_micro_2021q4 cash_one_month_micro_2022q1",
    "population.cash_months.2": "cash_two_months_convenience_2020",
    "population.cash_months.3": "cash_three_months_convenience_2020 cash_three_months_representative_2020 "
    "cash_three_months_micro_2021q1 cash_three_months_micro_2022q1",
    "population.loan_rate_mean": "loan_rate_inclusive_2022_02 loan_rate_inclusive_2021 loan_rate_inclusive_2022_10 "
    "loan_rate_yunnan_2020",
    "population.quality_deposit_yuan": "agency_deposit_rule",
    "costs.net_margin.default.individual": "net_margin_micro_2024q3 net_margin_micro_2024q4",
    "costs.net_margin.manufacturing.small": "net_margin_industrial_smes_2021 net_margin_industry_2022",
    "costs.loss_share.individual": "loss_share_micro_2021q1 loss_share_small_2015q1 loss_share_canada_2010 "
    "loss_share_japan_normal_year",
    "costs.loss_share.small": "loss_share_formal_normal_year loss_share_industry_national_range",
    "costs.margin_permanent_share": "margin_permanent_share_japan",
    "costs.margin_persistence": "margin_persistence_japan",
    "costs.depreciation.manufacturing": "depreciation_national_accounts_2020",
    "costs.depreciation.accommodation": "depreciation_hotels_japan depreciation_hotels_guangdong_2012",
    "costs.rent.catering": "rent_catering_trade",
    "costs.rent.accommodation": "rent_national_accounts_2020",
    "costs.utilities.catering": "utilities_catering_trade",
    "costs.utilities.accommodation": "utilities_national_accounts_2020",
    "premiums.pension": "pension_rate_yunnan_2019",
    "premiums.medical": "medical_rate_employers",
    "premiums.unemployment": "unemployment_rate_yunnan_2019",
    "premiums.work_injury": "injury_rate_kunming_2017",
    "firm.injection_share": "planned_injection_2020",
    "firm.expectation_weight": "expected_sales_slope_bps",
    "owner.outside_yuan": "wage_migrants_yunnan_2022 pension_base_yunnan_2022",
    "suppliers.credit_share": "credit_sales_atradius_2020",
    "suppliers.term_days.default": "payment_terms_atradius_2020 payment_terms_atradius_2021 payment_terms_coface_2022",
    "suppliers.term_days.manufacturing": "paid_after_private_industry_2020",
    "receivables.overdue_paid_per_month": "arrears_clearing_zhenkang_2018",
    "receivables.disputed_share": "arrears_disputed_central_2019 arrears_disputed_qujing_2021",
    "credit.never_applies_share": "loan_never_applied_2013 need_no_finance_2022q1",
    "credit.growth_per_year": "inclusive_growth_2021 inclusive_growth_2022 small_loans_growth_2022",
    "credit.guarantee_fee": "guarantee_fee_ceiling_2019",
    "receivables.advance_rate": "advance_rate_reverse_factoring advance_rate_factoring",
    "credit.all_loans_growth": "loans_growth_china_2022 loans_growth_china_2022_10 loans_growth_yunnan_2021",
    "credit.short_share": "short_term_loans_2022",
    "credit.recovery_share": "recovery_all_bad_loans_2022 recovery_personal_bad_loans_2022",
    "credit.asset_turnover": "industry_sales_over_assets_2024",
    "procurement.lot_yuan.goods": "procurement_project_panlong_2022q1",
    "procurement.form_share.goods": "procurement_goods_2022",
    "procurement.bidders_per_lot": "minimum_bidders_rule",
    "procurement.baseline_price_deduction": "price_deduction_before_2022",
    "procurement.baseline_consortium_bonus": "consortium_deduction_before_2022",
    "procurement.baseline_reserved_works": "reserved_works_before_2022",
    "procurement.baseline_reserved_goods_services": "reserved_yunnan_2022",
    "procurement.reserved_for_small_and_micro": "reserved_small_micro_yunnan_2022",
    "procurement.reserved_below_yuan.goods": "small_projects_reserved_2020",
    "procurement.reserved_below_yuan.services": "small_projects_reserved_2020",
    "procurement.consortium_part": "consortium_part_rule",
    "labour.unemployed_share": "surveyed_unemployment_first_quarter_2022",
    "labour.benefit_yuan": "unemployment_benefit_yunnan_2022",
    "leaving.closure_days_least": "control_to_opening_ruili_2021 closure_ruili_2020",
    "leaving.overdue_claims_sold": "price_of_bad_claims_2022 arrears_paid_2019",
    "staff.demand_elasticity": "labour_demand_elasticity_germany",
    "staff.retention_limit.micro": "retention_rule_2022",
    "staff.retention_limit.small": "retention_rule_target_2022",
    "staff.hiring_cost_months": "hiring_cost_switzerland",
    "world.friction_full": "counties_listed_peak_2022",
    "world.closure_beyond_listing_days": "control_to_opening_ruili_2021 control_unlisted_anning_2022",
    "world.wave.start": "wave_start_2022",
    "world.wave.peak": "wave_peak_south_west_2022 wave_peak_china_2022",
}


@pytest.mark.parametrize(("path", "fact"), [(path, fact) for path, facts in SAME.items() for fact in facts.split()])
def test_the_bounds_of_a_parameter_hold_the_evidence_on_it(path, fact):
    known, found = BOUNDS[path], FACTS[fact].value
    assert isinstance(found, float | date)
    assert known.low <= found <= known.high, f"{found} is not within {known.low} to {known.high}"


@pytest.mark.parametrize("path", SAME)
def test_a_parameter_names_the_evidence_on_it(path):
    entry = max((name for name in CITED if f"{path}.".startswith(f"{name}.")), key=len)
    assert set(SAME[path].split()) <= set(CITED[entry])
