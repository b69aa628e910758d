"""Calibrated parameters in the form that the kernels read."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.firm.state import Behaviour, Float
from sim.measure import Dated
from sim.parameters import Parameters
from sim.population.draws import margin_spread
from sim.population.synthesis import BIRTH_MARGIN
from sim.timeline import Timeline
from sim.units import MONTH_DAYS, fen
from sim.vocabulary import CUSTOMERS, TICKETS


def behaviour(parameters: Parameters, timeline: Timeline) -> Behaviour:
    """How firms behave under ``parameters``; dated national rules are laid out over the days of ``timeline``."""
    p = parameters
    year = 0.5 * np.arcsin(2.0 * p["costs.margin_persistence"])
    surcharge = 1.0 + p["tax.surcharge_share"]
    incidence = p.table("restart.incidence")
    return Behaviour(
        utilities=p.by_sector("costs.utilities"),
        tolls=p.by_sector("costs.tolls"),
        commission=p.by_sector("costs.commission"),
        fees=p.by_sector("costs.fees"),
        vat_general=p.by_sector("tax.vat_general") * surcharge,
        sales_sigma=p.by_sector("firm.sales_sigma"),
        materials_fixed=p.by_sector("costs.materials_fixed_share"),
        depreciation=p.by_sector("costs.depreciation"),
        falling_due=np.minimum(1.0, MONTH_DAYS / p.by_sector("suppliers.term_days")),
        margin_of_year=margin_spread(p) * np.sqrt(1.0 - p["costs.margin_permanent_share"]),
        income_tax=p.by_size("tax.income_tax"),
        usual_loan=p.by_size("population.loan_to_sales"),
        retirement=p.by_size("leaving.retirement_per_year"),
        retention_limit=p.by_size("staff.retention_limit"),
        apply_share=p.by_size("delivery.apply_share"),
        premiums=np.array([p[f"premiums.{name}"] for name in ("pension", "medical", "unemployment", "work_injury")]),
        vat_small=by_day(p.dated("tax.vat_small_scale"), timeline) * surcharge,
        vat_exempt=by_day(p.dated("tax.vat_exempt_monthly_yuan"), timeline) * fen(1),
        testing_fen=p.by_sector("costs.testing_yuan") * fen(1) / MONTH_DAYS,
        credit_share=p.by("receivables.credit_share", CUSTOMERS),
        collected_per_month=p.by("receivables.collected_per_month", CUSTOMERS),
        ticket_incidence=np.array([float(incidence.get(ticket, 0.0)) for ticket in TICKETS]),
        ticket_days=p.by("restart.mean_days", TICKETS),
        days_spread=p["restart.days_spread"],
        missing_staff=p["restart.missing_staff"],
        patience_days=p["delivery.patience_days"],
        complaint_share=p["delivery.complaint_share"],
        trend_sigma=p["firm.trend_sigma"],
        hit_threshold=p["firm.hit_threshold"],
        utilities_fixed=p["firm.utilities_fixed_share"],
        wage_when_suspended=p["firm.wage_share_when_suspended"],
        staff_fixed=p["staff.fixed_share"],
        labour_elasticity=p["staff.demand_elasticity"],
        dismissed=p["staff.dismissed_per_month"],
        dismissed_when_short=p["staff.dismissed_when_short_per_month"],
        hired=p["staff.hired_per_month"],
        hiring_cost_months=p["staff.hiring_cost_months"],
        horizon=p["leaving.horizon_months"],
        closing_hazard=p["leaving.hazard_per_month"],
        most_hazards=p["leaving.most_hazards"],
        margin_unit=p["leaving.margin_unit"],
        months_before_closing=p["leaving.months_before_first"],
        closure_days_least=p["leaving.closure_days_least"],
        closure_days_most=p["leaving.closure_days_most"],
        trust=p["leaving.trust"],
        claims_sold=p["leaving.claims_sold"],
        overdue_claims_sold=p["leaving.overdue_claims_sold"],
        equipment_months=p["leaving.equipment_months"],
        supplier_credit=p["suppliers.credit_share"],
        cash_only_months=p["suppliers.cash_only_months"],
        stop_months=p["suppliers.cash_only_months"] + p["suppliers.stop_beyond_cash_only_months"],
        tight_share=p["firm.tight_share"],
        stretch_share=p["firm.stretch_share"],
        living_least=p["owner.living_least"],
        distress_months=p["firm.distress_months"],
        expectation_weight=p["firm.expectation_weight"],
        year_weight=np.cos(year),
        last_year_weight=np.sin(year),
        drawings_share=p["firm.drawings_share"],
        injection_share=p["firm.injection_share"],
        injection_months=p["firm.injection_months"],
        patience_beyond=p["firm.patience_beyond_min_months"],
        patience_min=p["firm.patience_months_min"],
        overdue_per_month=p["receivables.overdue_per_month"],
        overdue_paid=p["receivables.overdue_paid_per_month"],
        disputed_share=p["receivables.disputed_share"],
        difficult_share=p["receivables.difficult_share"],
        debt_fen=p["receivables.debt_yuan"] * fen(1),
        debt_spread=p["receivables.debt_spread"],
        private_default=p["receivables.private_default_per_month"],
        confirmed_share=p["receivables.confirmed_share"],
        advance_rate=p["receivables.advance_rate"],
        contract_delivery=p["procurement.delivery_share_per_month"],
        contract_capacity=p["procurement.capacity"],
        prepayment_share=p["procurement.prepayment_share"],
        never_applies=p["credit.never_applies_share"],
        expansion=p["credit.expansion_per_month"],
        asset_turnover=p["credit.asset_turnover"],
        loan_months=p["credit.amount_months"],
        short_share=p["credit.short_share"],
        short_months=float(round(p["credit.short_months"])),
        long_months=float(round(p["credit.long_months"])),
        restructure_span=p["credit.restructure_span"],
        run_off_months=int(p["credit.run_off_months"]),
        bad_after_months=int(p["credit.bad_after_months"]),
        foreclosure_months=int(p["credit.foreclosure_months"]),
        score_base=p["credit.base"],
        margin_weight=p["credit.margin_weight"],
        leverage_weight=p["credit.leverage_weight"],
        collateral_bonus=p["credit.collateral_bonus"],
        record_malus=p["credit.record_malus"],
        score_noise=p["credit.noise"],
        guarantee_fee=p["credit.guarantee_fee"],
        guarantee_most=p.by_size("credit.guarantee_most_yuan") * fen(1),
        guarantee_risk=p["credit.guarantee_risk_share"],
        penalty_rate=p["credit.penalty_rate"],
        ticket_funds_months=p["restart.funds_cash_months"],
        outlays_materials=p["population.outlays_materials_share"],
        recovery_share=p["credit.recovery_share"],
        credit_build_up_months=p["tax.vat_credit_build_up_months"],
        vat_credit_months=p.by_sector("population.vat_credit_months"),
        applications_max=int(p["delivery.applications_per_month_max"]),
        birth_thinning=1.0 / BIRTH_MARGIN,
    )


def by_day(table: Dated[float], timeline: Timeline) -> Float:
    """A dated value laid out over the days of the timeline, shape (days,); 0 before its first date."""
    changes: dict[date, float] = {day: float(table.on(day) or 0.0) for day in {timeline.start, *table.changes()}}
    values = np.zeros(timeline.days)
    for day in sorted(changes):
        values[max(0, timeline.day(day)) :] = changes[day]
    return values
