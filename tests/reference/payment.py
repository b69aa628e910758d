"""How a firm pays its month: what it does before a bill stays unpaid, and in which order it pays."""

from __future__ import annotations

import math

from sim.random_numbers import Purpose
from sim.vocabulary import FLOWS
from tests.reference.arithmetic import whole
from tests.reference.books import BEARER, payee
from tests.reference.credit import keep_record
from tests.reference.debtors import confirms
from tests.reference.entitlements import flows_of
from tests.reference.firm import Firm
from tests.reference.policy import Rule
from tests.reference.province import NEVER, Province

TO_THE_STATE = ("social_insurance", "tax_authority")


def instalment(province: Province, firm: Firm, rule: Rule, day: int) -> int:
    """Fen of what a measure put off that fall due today: equal parts of what is left, 30 days apart."""
    owed = firm.deferred.get(rule.id, 0)
    repay_from = province.timeline.day(rule.values.repay_from)
    if owed <= 0 or day < repay_from:
        return 0
    left = max(1, rule.values.instalments - (day - repay_from) // 30)
    return owed if left == 1 else whole(owed / left)


def is_tight(province: Province, cash: int, target: int) -> bool:
    """Whether so many fen are too few beside what the firm means to hold."""
    return cash < province.calibration("firm.tight_share") * target


def pay_bills(
    province: Province, firm: Firm, day: int, claims: int, expected_outlays: int, target: int, due: dict[str, int]
) -> int:
    """Pay what can be paid, and say so in the fact ``short_of_cash``; returns the fen that are overdue after it.

    ``claims``: fen owed by public bodies and large firms since the last settlement; ``target``: fen that the firm means
    to hold.
    """
    p, books, month, w = province.calibration, province.books, province.month_of[day], firm.weight
    due_again = [(rule, instalment(province, firm, rule, day)) for rule in firm.held("deferral")]
    instalments = sum(amount for _, amount in due_again)
    everybody = instalments + sum(due.values()) + firm.reservation + firm.overdue_payables
    tight = is_tight(province, firm.cash - everybody, target)
    living = math.floor(firm.reservation * p("owner.living_least")) if tight else firm.reservation
    total = instalments + living + sum(due.values())
    if firm.cash < total:
        raise_cash(province, firm, day, total - firm.cash, claims, expected_outlays)
    cash = firm.cash
    short = late = False
    for flow in FLOWS:
        if flow == "principal":
            continue
        if flow == "pension":  # after wages comes what the owner lives on, then what measures had put off
            paid = min(living, cash)
            cash -= paid
            books.post(month, "firms", "owners", "living", "paid", paid * w)
            for rule, amount in due_again:
                if amount > 0:
                    paid = min(amount, cash)
                    cash -= paid
                    pay_instalment(province, firm, rule, month, amount, paid)
                    short = short or paid < amount
        paid = min(due[flow], cash)
        cash -= paid
        books.post(month, "firms", payee(firm, flow), flow, "paid", paid * w)
        unpaid = due[flow] - paid
        if unpaid > 0:
            books.post(month, "firms", payee(firm, flow), flow, "owed", unpaid * w)
            short = True
            late = late or flow == "interest"
            if flow == "materials":
                firm.payables += unpaid
                firm.overdue_payables += unpaid
            elif payee(firm, flow) in TO_THE_STATE:
                firm.arrears_public += unpaid
            else:
                firm.arrears_private += unpaid

    reserve = due["wages"]  # banks and suppliers are paid from what exceeds the next wage bill
    principal_overdue = 0
    if due["principal"] > 0:
        paid = min(due["principal"], max(0, cash - reserve))
        cash -= paid
        firm.loan -= paid
        firm.guaranteed = min(firm.guaranteed, firm.loan)
        books.post(month, "firms", "banks", "principal", "paid", paid * w)
        province.repaid[firm.prefecture] += paid * w
        principal_overdue = due["principal"] - paid
    keep_record(province, firm, late or principal_overdue > 0)
    if firm.loan == 0 and firm.loan_due_on != NEVER:
        firm.loan_due_on = NEVER

    put_off = whole(firm.overdue_payables * p("firm.stretch_share")) if tight else 0
    meant = firm.overdue_payables - put_off
    paid = min(meant, max(0, cash - reserve))
    cash -= paid
    firm.payables -= paid
    firm.overdue_payables -= paid
    books.post(month, "firms", "suppliers", "materials", "paid", paid * w)
    short = short or paid < meant

    spare = max(0, cash - expected_outlays // 2)
    paid = min(firm.arrears_private, spare)
    firm.arrears_private -= paid
    books.post(month, "firms", "service_providers", "arrears", "paid", paid * w)
    cash, spare = cash - paid, spare - paid
    paid = min(firm.arrears_public, spare)
    firm.arrears_public -= paid
    books.post(month, "firms", "tax_authority", "arrears", "paid", paid * w)
    cash -= paid

    overdue = firm.overdue_payables + firm.arrears_private + firm.arrears_public + principal_overdue
    firm.cash = cash
    if short:
        firm.facts.add("short_of_cash")
    else:
        firm.facts.discard("short_of_cash")
    return overdue


def pay_instalment(province: Province, firm: Firm, rule: Rule, month: int, amount: int, paid: int) -> None:
    """Book an instalment of which ``paid`` is paid; the rest becomes ordinary arrears."""
    post, flow, w = province.books.post, flows_of(rule), firm.weight
    firm.deferred[rule.id] -= amount
    post(month, "firms", BEARER, flow, "repaid", paid * w, rule.id)
    post(month, "firms", BEARER, flow, "owed", (amount - paid) * w, rule.id)
    province.stations.reach(month, rule.id, "fell due", firm)
    if paid < amount:
        province.stations.reach(month, rule.id, "fell short", firm)
        firm.missed_instalment = True
        if "interest" in rule.values.flows:
            firm.arrears_private += amount - paid
        else:
            firm.arrears_public += amount - paid


def raise_cash(province: Province, firm: Firm, day: int, gap: int, claims: int, expected_outlays: int) -> None:
    """Before a bill stays unpaid: borrow on claims that the debtor has confirmed, then the owners' money, once.

    ``claims``: fen that were owed at the last settlement and still are.
    """
    p, month = province.calibration, province.month_of[day]
    if "late_on_loan" not in firm.facts and confirms(province, firm, day):
        borrowed = min(gap, whole(claims * p("receivables.advance_rate")) - firm.advanced)
        if borrowed > 0:
            firm.advanced += borrowed
            firm.loan += borrowed
            firm.cash += borrowed
            gap -= borrowed
            province.books.post(month, "banks", "firms", "loan", "paid", borrowed * firm.weight)
            province.stations.reach(month, "loan", "on claims", firm)
    if gap > 0 and "owner_paid_in" not in firm.facts:
        if province.draws.uniform(Purpose.INJECTION, firm.key) < p("firm.injection_share"):
            put_in = min(gap, whole(expected_outlays * p("firm.injection_months")))
            firm.cash += put_in
            firm.facts.add("owner_paid_in")
            province.books.post(month, "owners", "firms", "capital", "paid", put_in * firm.weight)
