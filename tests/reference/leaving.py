"""Why a firm leaves, and who is left with what it owed."""

from __future__ import annotations

import math

from sim.random_numbers import Purpose
from sim.vocabulary import EXIT_CAUSES
from tests.reference.arithmetic import whole
from tests.reference.books import BEARER
from tests.reference.entitlements import deferred_flow
from tests.reference.firm import Firm
from tests.reference.province import Province

YOUNG_MONTHS = 36
LONG_CLOSURE_DAYS = 30


def cause_to_leave(province: Province, firm: Firm, day: int) -> str | None:
    """The first cause that holds, None for a firm that stays."""
    p, draws, month = province.calibration, province.draws, province.month_of[day]
    age = firm.age_months + (day - max(firm.born_on, 0)) // 30
    churn = p.by_age("firm.churn_per_year", age // 12) / 12.0
    churn *= p("firm.churn_size_factor", firm.size)
    if age < YOUNG_MONTHS:
        for rule in firm.held("cultivation"):
            if rule.in_force(day):
                churn *= rule.says("young_churn", day)
    if draws.uniform(Purpose.CHURN, firm.key, month) < churn:
        return "churn"
    if firm.distressed_months > 0:
        least = p("firm.patience_months_min")
        extra = draws.exponential(Purpose.PATIENCE, firm.key) * p("firm.patience_beyond_min_months")
        if firm.distressed_months >= least + math.floor(extra):
            return "illiquid"
    if firm.profit_this_year < 0:
        owns = firm.cash + firm.receivables_public + firm.overdue_public + firm.receivables_private
        owes = firm.payables + firm.arrears_public + firm.arrears_private + firm.loan + sum(firm.deferred.values())
        if owns < owes:
            if draws.uniform(Purpose.HOPE, firm.key, month) < p("firm.hopeless_hazard_per_year") / 12.0:
                return "hopeless"
    if firm.status == "suspended" and day - firm.suspended_on > LONG_CLOSURE_DAYS:
        if draws.uniform(Purpose.HOPE, firm.key, month + 100_000) < p("firm.closed_too_long_hazard_per_month"):
            return "closed_too_long"
    return None


def leave(province: Province, firm: Firm, day: int, cause: str) -> None:
    """Close a firm: pay creditors in order, write off the rest, hand claims to the owners."""
    month, w = province.month_of[day], firm.weight

    def post(payer: str, payee: str, flow: str, kind: str, amount: int, rule: str = "") -> None:
        province.books.post(month, payer, payee, flow, kind, amount * w, rule)

    cash = firm.cash

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
        cash -= settle(owed, BEARER, deferred_flow(rule), rule.id)
        firm.deferred[rule.id] = 0
    paid = settle(firm.payables, "suppliers", "materials")
    cash -= paid
    province.market.payables_lost[firm.prefecture] += (firm.payables - paid) * w
    paid = min(firm.loan, cash)
    cash -= paid
    post("firms", "banks", "principal", "paid", paid)
    recovered = whole((firm.loan - paid) * province.calibration("credit.recovery_share"))
    post("owners", "banks", "loan", "paid", recovered)
    post("firms", "banks", "loan", "written_off", firm.loan - paid - recovered)
    post("firms", "owners", "drawings", "paid", cash)
    post("firms", "owners", "receivables", "owed", firm.receivables_public + firm.receivables_private)
    post("firms", "owners", "arrears_to_firms", "owed", firm.overdue_public)
    post("firms", "tax_authority", "vat", "written_off", firm.vat_credit)
    post("deposit_accounts", "owners", "quality_deposit", "paid", firm.quality_deposit)
    firm.cash = firm.arrears_private = firm.arrears_public = firm.loan = 0
    firm.payables = firm.overdue_payables = 0
    firm.receivables_public = firm.overdue_public = firm.receivables_private = 0
    firm.vat_credit = firm.quality_deposit = firm.contract_backlog = firm.staff = 0
    firm.status = "exited"
    firm.exited_on = day
    firm.exit_cause = EXIT_CAUSES.index(cause)
