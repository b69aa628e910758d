"""What falls due to a firm in a month, before any measure."""

from __future__ import annotations

from sim.random_numbers import Purpose
from sim.units import fen
from tests.reference.arithmetic import whole
from tests.reference.firm import Firm
from tests.reference.province import NEVER, Province

MONTH_DAYS = 365.25 / 12
PREMIUMS = ("pension", "medical", "unemployment", "work_injury")


def loan_term_days(province: Province) -> int:
    """Days for which a loan is given or renewed."""
    return int(province.calibration("credit.term_months") * 365 // 12)


def draw_up(
    province: Province, firm: Firm, day: int, previous: int, sales: int, activity: float, materials_factor: float
) -> tuple[dict[str, int], int]:
    """The bills in full, flow by flow, and the *costs*: their sum but for principal."""
    p, s = province.calibration, firm.sector
    usual = float(firm.usual_sales)
    wages = float(firm.staff) * firm.wage
    if firm.status == "suspended":
        wages *= p("firm.wage_share_when_suspended")
    insured = wages * firm.insured_share
    bills = {"wages": whole(wages)}
    for name in PREMIUMS:
        bills[name] = whole(insured * p(f"premiums.{name}"))
    bills["materials"] = whole(sales * firm.materials_share * materials_factor)
    fixed = p("firm.utilities_fixed_share")
    bills["utilities"] = whole(usual * p("costs.utilities", s) * (fixed + (1.0 - fixed) * activity))
    bills["rent"] = firm.rent
    bills["tolls"] = whole(sales * p("costs.tolls", s))
    bills["commission"] = whole(sales * p("costs.commission", s)) if "on_platform" in firm.flags else 0
    a_day = p("costs.testing_yuan", s) * 100 / MONTH_DAYS
    bills["testing"] = whole(province.world.days_tested(firm.county, previous, day) * a_day * firm.staff)
    bills["fees"] = whole(usual * p("costs.fees", s))
    bills["vat"] = value_added_tax(province, firm, day, sales)

    bills["interest"] = bills["guarantee_fee"] = bills["principal"] = 0
    if firm.loan > 0:
        loan = float(firm.loan)
        penalty = p("credit.penalty_rate") if "late_on_loan" in firm.facts else 0.0
        bills["interest"] = whole(loan * (firm.loan_rate + penalty) / 12.0)
        if "collateral" not in firm.flags:
            bills["guarantee_fee"] = whole(loan * p("credit.guaranteed_share") * p("credit.guarantee_fee") / 12.0)
        bills["principal"] = principal(province, firm, day, previous)

    before_tax = sum(amount for flow, amount in bills.items() if flow != "principal")
    positive_before = max(firm.profit_this_year, 0)
    added = max(firm.profit_this_year + sales - before_tax, 0) - positive_before
    bills["income_tax"] = whole(added * p("tax.income_tax", firm.size)) if added > 0 else 0
    return bills, before_tax + bills["income_tax"]


def value_added_tax(province: Province, firm: Firm, day: int, sales: int) -> int:
    """VAT with surcharges on the sales of the month."""
    p, today = province.calibration, province.timeline.date(day)
    with_surcharges = 1.0 + p("tax.surcharge_share")
    if "vat_general" in firm.flags:
        return whole(sales * (p("tax.vat_general", firm.sector) * with_surcharges))
    if sales > p.on("tax.vat_exempt_monthly_yuan", today) * fen(1):
        return whole(sales * (p.on("tax.vat_small_scale", today) * with_surcharges))
    return 0


def principal(province: Province, firm: Firm, day: int, previous: int) -> int:
    """What of the loan must be repaid today; at the first settlement after maturity it may be renewed instead."""
    p = province.calibration
    if firm.loan_due_on > day:
        return 0
    if firm.loan_due_on > previous:
        chance = province.draws.uniform(Purpose.EXTENSION, firm.key, province.month_of[day])
        if chance < p("credit.renewal_share"):
            firm.loan_due_on = min(day + loan_term_days(province), NEVER)
            return 0
    months_late = (day - firm.loan_due_on) // 31
    return firm.loan // max(1, int(p("credit.run_off_months")) - months_late)


def usual_outlays(province: Province, firm: Firm) -> float:
    """Fen that must be paid in a usual month, without taxes and with a part of the materials only."""
    p, s = province.calibration, firm.sector
    wages = float(firm.staff) * firm.wage
    premiums = 0.0
    for name in PREMIUMS:
        premiums += p(f"premiums.{name}")
    by_sales = p("costs.utilities", s) + p("costs.fees", s) + p("costs.tolls", s)
    by_sales += p("population.outlays_materials_share") * firm.materials_share
    interest = float(firm.loan) * firm.loan_rate / 12.0
    return wages * (1.0 + firm.insured_share * premiums) + by_sales * firm.usual_sales + firm.rent + interest
