"""What falls due to a firm in a month, before any measure."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

from sim.random_numbers import Purpose
from sim.units import fen
from tests.reference.arithmetic import whole
from tests.reference.credit import principal
from tests.reference.firm import Firm
from tests.reference.province import Province

MONTH_DAYS = 365.25 / 12
PREMIUMS = ("pension", "medical", "unemployment", "work_injury")
LEAST_MATERIALS, MOST_MATERIALS = 0.02, 0.98  # of a yuan of sales


class Trade(NamedTuple):
    """What a firm sold in a month, and how."""

    usual: float  # fen of a usual month, before rounding
    sold: int  # fen, beside contracts
    delivered: int  # fen, on contracts
    work: int  # fen, what hired hands and subcontractors cost for what was delivered
    activity: float  # of a usual month
    materials_of_a_yuan: float  # in the firm's year
    on_materials: float  # factor of cultivation
    depreciation: int  # fen

    @property
    def sales(self) -> int:
        """All that was sold, fen."""
        return self.sold + self.delivered


def draw_up(province: Province, firm: Firm, day: int, previous: int, trade: Trade) -> tuple[dict[str, int], int]:
    """The bills in full, flow by flow, and the *costs*: their sum but for principal, and the depreciation."""
    p, s, sales = province.calibration, firm.sector, trade.sales
    usual = float(firm.usual_sales)
    wages = float(firm.staff) * firm.wage
    if firm.status != "open":
        wages *= p("firm.wage_share_when_suspended")
    insured = wages * firm.insured_share
    bills = {"wages": whole(wages) + trade.work}
    for name in PREMIUMS:
        bills[name] = whole(insured * p(f"premiums.{name}"))
    fixed = p("costs.materials_fixed_share", s)
    # Fen of sales that it buys for.
    served = fixed * firm.expected * trade.usual + (1.0 - fixed) * trade.sold + trade.delivered
    bills["materials"] = whole(trade.materials_of_a_yuan * served * trade.on_materials)
    if firm.status == "paused":
        bills["materials"] = 0
    fixed = p("firm.utilities_fixed_share")
    used = fixed * firm.expected + (1.0 - fixed) * trade.activity
    bills["utilities"] = whole(usual * p("costs.utilities", s) * used)
    bills["rent"] = firm.rent
    bills["tolls"] = whole(sales * p("costs.tolls", s))
    bills["commission"] = whole(sales * p("costs.commission", s)) if "on_platform" in firm.flags else 0
    a_day = p("costs.testing_yuan", s) * 100 / MONTH_DAYS
    bills["testing"] = whole(province.world.days_tested(firm.county, previous, day) * a_day * firm.staff)
    bills["fees"] = whole(usual * p("costs.fees", s))
    bills["vat"] = whole(sales * vat_share(province, firm, day, sales))

    bills["interest"] = bills["guarantee_fee"] = bills["principal"] = 0
    if firm.loan > 0:
        loan = float(firm.loan)
        penalty = p("credit.penalty_rate") if "late_on_loan" in firm.facts else 0.0
        bills["interest"] = whole(loan * (firm.loan_rate + penalty) / 12.0)
        bills["guarantee_fee"] = whole(firm.guaranteed * p("credit.guarantee_fee") / 12.0)
        bills["principal"] = principal(province, firm, day, previous)

    before_tax = sum(amount for flow, amount in bills.items() if flow != "principal") + trade.depreciation
    positive_before = max(firm.profit_this_year, 0)
    added = max(firm.profit_this_year + sales - before_tax, 0) - positive_before
    bills["income_tax"] = whole(added * p("tax.income_tax", firm.size)) if added > 0 else 0
    return bills, before_tax + bills["income_tax"]


def vat_share(province: Province, firm: Firm, day: int, sales: float) -> float:
    """VAT and surcharges of a yuan of sales, at these sales a month."""
    p, today = province.calibration, province.timeline.date(day)
    with_surcharges = 1.0 + p("tax.surcharge_share")
    if "vat_general" in firm.flags:
        return p("tax.vat_general", firm.sector) * with_surcharges
    if sales > p.on("tax.vat_exempt_monthly_yuan", today) * fen(1):
        return p.on("tax.vat_small_scale", today) * with_surcharges
    return 0.0


def materials_of_a_yuan(province: Province, firm: Firm, month: int) -> float:
    """What the firm buys for a yuan of sales in its present year, which begins in a month of its own."""
    p, normal = province.calibration, province.draws.normal
    surveyed = p.by_sector_and_size("costs.net_margin", firm.sector, firm.size)
    spread = surveyed / NormalDist().inv_cdf(1.0 - p("costs.loss_share", firm.size))
    angle = math.asin(2.0 * p("costs.margin_persistence")) / 2.0
    year = (month + firm.key % 12) // 12
    this_year = normal(Purpose.MARGIN_YEAR, firm.key, year + 1)  # the year before the first is the 0th draw
    last_year = normal(Purpose.MARGIN_YEAR, firm.key, year)
    of_year = math.cos(angle) * this_year + math.sin(angle) * last_year
    deviation = spread * math.sqrt(1.0 - p("costs.margin_permanent_share")) * of_year
    return min(max(firm.materials_share - deviation, LEAST_MATERIALS), MOST_MATERIALS)


def payroll_factor(province: Province, firm: Firm) -> float:
    """Wages and premiums for a fen of wages."""
    premiums = 0.0
    for name in PREMIUMS:
        premiums += province.calibration(f"premiums.{name}")
    return 1.0 + firm.insured_share * premiums


def outlays(province: Province, firm: Firm, share: float = 1.0) -> float:
    """Fen to be paid in a month with this share of usual sales: the *usual* outlays, or at ``expected`` the expected.

    The owner's living counts, and of the materials a part; taxes do not.
    """
    p, s = province.calibration, firm.sector
    wages = float(firm.staff) * firm.wage
    by_sales = p("costs.utilities", s) + p("costs.fees", s) + p("costs.tolls", s)
    by_sales += p("population.outlays_materials_share") * firm.materials_share
    if "on_platform" in firm.flags:
        by_sales += p("costs.commission", s)
    interest = float(firm.loan) * firm.loan_rate / 12.0
    fixed = wages * payroll_factor(province, firm) + firm.rent + interest + firm.reservation
    return fixed + by_sales * share * firm.usual_sales
