"""Why a firm leaves, what its owner sells, and who is left with what it owed."""

from __future__ import annotations

import math
from typing import Literal

from sim.random_numbers import Purpose
from sim.vocabulary import EXIT_CAUSES
from tests.reference.arithmetic import whole
from tests.reference.books import BEARER
from tests.reference.contracts import prepaid
from tests.reference.debtors import debtor
from tests.reference.entitlements import flows_of
from tests.reference.firm import Firm
from tests.reference.owner import cannot_wait, expected_earnings, expected_help, gap
from tests.reference.province import Province

YOUNG_MONTHS = 36
Why = Literal["retires", "creditors", "cannot wait", "closes"]


def why_it_ends(province: Province, firm: Firm, day: int, wanted: float, bills: dict[str, int]) -> Why | None:
    """The first reason that holds, None for a firm that stays.

    ``wanted``: staff, persons; ``bills``: of the month, in full.
    """
    p, draws, month = province.calibration, province.draws, province.month_of[day]
    age = firm.age_months + (day - max(firm.born_on, 0)) // 30
    cultivated = 1.0
    if age < YOUNG_MONTHS:
        for rule in firm.held("cultivation"):
            if rule.in_force(day, firm.prefecture):
                cultivated *= rule.says("young_churn", day)
    retires = p("leaving.retirement_per_year", firm.size) / 12.0 * cultivated
    if draws.uniform(Purpose.RETIREMENT, firm.key, month) < retires:
        if can_pay_all(province, firm):  # who owes more than he has goes on
            return "retires"
    if firm.late_months >= p("credit.foreclosure_months"):
        return "creditors"
    if firm.distressed_months > 0:
        extra = draws.exponential(Purpose.PATIENCE, firm.key) * p("firm.patience_beyond_min_months")
        if firm.distressed_months >= p("firm.patience_months_min") + math.floor(extra):
            return "creditors"
    if cannot_wait(province, firm, day):
        return "cannot wait"
    if age < p("leaving.months_before_first"):
        return None
    earnings = expected_earnings(province, firm, day, wanted)
    if "short_of_cash" not in firm.facts and not can_pay_all(province, firm):
        return None  # his debts stay with him: he goes on as long as he can pay his bills
    if gap(province, firm, earnings) <= 0.0:
        return None
    missing = gap(province, firm, earnings + expected_help(province, firm, day, bills))
    hazard = p("leaving.hazard_per_month") * min(missing, p("leaving.most_hazards")) * cultivated
    return "closes" if draws.uniform(Purpose.CLOSING, firm.key, month) < hazard else None


def proceeds(province: Province, firm: Firm) -> tuple[int, int, int, int, int]:
    """Fen that claims (public, overdue, private), equipment and a deposit bring when the firm is given up."""
    p = province.calibration
    sold = p("leaving.claims_sold")
    worn = p("costs.depreciation", firm.sector) * p("leaving.equipment_months")  # of a month's usual sales
    return (
        whole(firm.receivables_public * sold),
        whole(firm.overdue_public * p("leaving.overdue_claims_sold")),
        whole(firm.receivables_private * sold),
        whole(firm.usual_sales * worn),
        firm.quality_deposit,
    )


def debts_of(province: Province, firm: Firm) -> int:
    """Fen that the firm owes, due or not; what contracts prepaid and it has not worked off too."""
    owed = firm.payables + firm.arrears_public + firm.arrears_private + firm.loan + sum(firm.deferred.values())
    return owed + prepaid(province, firm.contract_backlog)


def can_pay_all(province: Province, firm: Firm) -> bool:
    """Whether what the owner would get for all that there is covers the debts."""
    return firm.cash + sum(proceeds(province, firm)) >= debts_of(province, firm)


def leave(province: Province, firm: Firm, day: int, why: Why) -> None:
    """Close a firm: sell what it has, pay creditors in order, write off the rest; what is left is the owner's."""
    month, w = province.month_of[day], firm.weight

    def post(payer: str, payee: str, flow: str, kind: str, amount: int, rule: str = "") -> None:
        province.books.post(month, payer, payee, flow, kind, amount * w, rule)

    debts = debts_of(province, firm)
    public, overdue, private, equipment, deposit = brought_in = proceeds(province, firm)
    cash = firm.cash + sum(brought_in)
    for payer, buyer, flow, owed, sold in (
        (debtor(firm), "public_buyers", "receivables", firm.receivables_public, public),
        (debtor(firm), "public_buyers", "arrears_to_firms", firm.overdue_public, overdue),
        ("customers", "customers", "receivables", firm.receivables_private, private),
    ):
        post(payer, "firms", flow, "paid", sold)
        post(buyer, "firms", flow, "written_off", owed - sold)
    post("customers", "firms", "equipment", "paid", equipment)
    post("deposit_accounts", "firms", "quality_deposit", "paid", deposit)
    insolvent = why == "creditors" or cash < debts

    def settle(owed: int, payee: str, flow: str, rule: str = "") -> int:
        """Pay a creditor as far as cash goes, write off the rest; returns the fen paid."""
        paid = min(owed, cash)
        post("firms", payee, flow, "repaid" if rule else "paid", paid, rule)
        post("firms", payee, flow, "written_off", owed - paid, rule)
        return paid

    cash -= settle(firm.arrears_private, "service_providers", "arrears")
    cash -= settle(firm.arrears_public, "tax_authority", "arrears")
    for rule in firm.held("deferral"):
        owed = firm.deferred.get(rule.id, 0)
        if owed > 0:
            province.stations.reach(month, rule.id, "closed owing", firm)
        cash -= settle(owed, BEARER, flows_of(rule), rule.id)
        firm.deferred[rule.id] = 0
    paid = settle(firm.payables, "suppliers", "materials")
    cash -= paid
    province.market.payables_lost[firm.prefecture, firm.sector] += (firm.payables - paid) * w
    cash -= settle(prepaid(province, firm.contract_backlog), "public_buyers", "prepayment")
    paid = min(firm.loan, cash)
    cash -= paid
    post("firms", "banks", "principal", "paid", paid)
    province.repaid[firm.prefecture] += paid * w
    recovered = whole((firm.loan - paid) * province.calibration("credit.recovery_share"))
    post("owners", "banks", "loan", "paid", recovered)
    lost = firm.loan - paid - recovered
    of_guarantors = whole(lost * firm.guaranteed_part * province.calibration("credit.guarantee_risk_share"))
    post("firms", "guarantors", "loan", "written_off", of_guarantors)
    province.repaid[firm.prefecture] += of_guarantors * w
    post("firms", "banks", "loan", "written_off", lost - of_guarantors)
    post("firms", "owners", "drawings", "paid", cash)
    post("firms", "tax_authority", "vat", "written_off", firm.vat_credit)
    province.market.left[firm.prefecture] += firm.staff * w
    stopped = firm.status == "suspended"
    if insolvent:
        cause = "insolvent_while_stopped" if stopped else "insolvent"
    else:
        cause = "closed_while_stopped" if stopped else "retired" if why == "retires" else "closed"
    firm.cash = firm.arrears_private = firm.arrears_public = firm.loan = 0
    firm.guaranteed = firm.advanced = 0
    firm.payables = firm.overdue_payables = 0
    firm.receivables_public = firm.overdue_public = firm.receivables_private = 0
    firm.vat_credit = firm.quality_deposit = firm.contract_backlog = firm.staff = 0
    firm.status = "exited"
    firm.exited_on = day
    firm.exit_cause = EXIT_CAUSES.index(cause)
