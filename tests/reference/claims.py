"""Claims of a firm: what is sold or handed over on credit, what of it is collected, falls overdue, is lost."""

from __future__ import annotations

from tests.reference.arithmetic import whole
from tests.reference.contracts import paid_of_contracts
from tests.reference.debtors import collect_overdue, debtor, is_to_be_cleared
from tests.reference.firm import Firm
from tests.reference.province import Province


def collect(province: Province, firm: Firm, day: int) -> int:
    """Collect old claims, let bills become overdue, lose what failed customers owed; returns the fen lost."""
    before = firm.cash
    if firm.receivables_public > 0:
        collect_public(province, firm, day)
    collect_overdue(province, firm, day)
    repaid = min(firm.advanced, firm.cash - before)  # what was borrowed on claims
    if repaid > 0:
        firm.cash -= repaid
        firm.advanced -= repaid
        firm.loan -= repaid
        firm.guaranteed = min(firm.guaranteed, firm.loan)
        month, amount = province.month_of[day], repaid * firm.weight
        province.books.post(month, "firms", "banks", "principal", "paid", amount)
        province.repaid[firm.prefecture] += amount
    return collect_private(province, firm, day) if firm.receivables_private > 0 else 0


def collect_public(province: Province, firm: Firm, day: int) -> None:
    """What public bodies and large firms owe and is not overdue: some of it becomes so, some is paid."""
    books, month, w = province.books, province.month_of[day], firm.weight
    factor = 1.0
    for rule in province.policy.in_force(day, firm.prefecture, "collection"):
        if firm.prefecture in rule.prefectures and firm.sector in rule.sectors and firm.size in rule.sizes:
            factor *= rule.says("new_arrears", day)
    claims, rate = firm.receivables_public, paid_of_contracts(province, firm)
    if debtor(firm) == "large_buyers":
        rate *= province.market.firms_pay[firm.prefecture, firm.sector]
    late = min(whole(province.calibration("receivables.overdue_per_month") * factor * claims), claims)
    paid = min(whole(rate * claims), claims - late)
    if debtor(firm) == "large_buyers":
        province.large_firms.due[firm.prefecture] += paid * w
        paid = min(whole(rate * province.large_firms.pays[firm.prefecture] * claims), claims - late)
    firm.receivables_public -= paid + late
    firm.overdue_public += late
    if is_to_be_cleared(province, firm):
        province.found[month] += late * w
    firm.cash += paid
    books.post(month, debtor(firm), "firms", "receivables", "paid", paid * w)
    books.post(month, debtor(firm), "firms", "arrears_to_firms", "owed", late * w)


def collect_private(province: Province, firm: Firm, day: int) -> int:
    """What households and other firms owe: some of it is lost, some is paid; returns the fen lost."""
    p, books, month, w = province.calibration, province.books, province.month_of[day], firm.weight
    rate, failed = p("receivables.collected_per_month", firm.customer), 0.0
    if firm.customer == "other_firms":
        rate *= province.market.firms_pay[firm.prefecture, firm.sector]
        failed = province.market.lost[firm.prefecture, firm.sector]
    lost = whole(min(1.0, p("receivables.private_default_per_month") + failed) * firm.receivables_private)
    by_failed = min(lost, whole(firm.receivables_private * failed))
    paid = min(whole((firm.receivables_private - lost) * rate), firm.receivables_private - lost)
    firm.receivables_private -= paid + lost
    firm.cash += paid
    books.post(month, "customers", "firms", "receivables", "paid", paid * w)
    books.post(month, "customers", "firms", "receivables", "written_off", (lost - by_failed) * w)
    books.post(month, "failed_customers", "firms", "receivables", "written_off", by_failed * w)
    return lost


def sell(province: Province, firm: Firm, month: int, sold: int) -> None:
    """What is sold brings cash and claims."""
    post, w = province.books.post, firm.weight
    on_credit = whole(sold * province.calibration("receivables.credit_share", firm.customer))
    if firm.customer in ("public_bodies", "large_firms"):
        firm.receivables_public += on_credit
        post(month, debtor(firm), "firms", "sales", "owed", on_credit * w)
    else:
        firm.receivables_private += on_credit
        post(month, "customers", "firms", "sales", "owed", on_credit * w)
    firm.cash += sold - on_credit
    post(month, "customers", "firms", "sales", "paid", (sold - on_credit) * w)


def hand_over(province: Province, firm: Firm, month: int, delivered: int, worked_off: int) -> None:
    """What is delivered on contracts is claimed, but for what public bodies have prepaid."""
    post, w = province.books.post, firm.weight
    firm.receivables_public += delivered - worked_off
    post(month, debtor(firm), "firms", "sales", "owed", (delivered - worked_off) * w)
    post(month, "public_buyers", "firms", "sales", "prepaid", worked_off * w)
