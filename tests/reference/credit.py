"""Loans as firms have them: how a bank judges a firm, for how long it lends, what happens when a loan is due."""

from __future__ import annotations

from sim.random_numbers import Purpose
from tests.reference.firm import Firm
from tests.reference.policy import Rule
from tests.reference.province import NEVER, Province

LONGEST_COUNT = 127  # months, as they are kept


def score(province: Province, firm: Firm, day: int, purpose: Purpose, guaranteed: float | None = None) -> float:
    """Points that a bank gives a firm; above 0 is good. ``purpose``: of the bank's error.

    ``guaranteed``: share of the loan that is taken to be guaranteed, that of the firm's own if nothing is said.
    """
    p = province.calibration
    approval, waiver, error = 0.0, 0.0, 1.0
    for rule in firm.eligible:
        if rule.kind == "credit" and rule.in_force(day, firm.prefecture) and firm.meets(rule):
            approval += rule.says("approval", day)
            waiver = max(waiver, rule.says("collateral_waiver", day))
            error *= rule.says("screening_error", day)
    usual = max(1.0, float(firm.usual_sales))
    trade = usual * province.date_month(day)
    points = p("credit.base") + approval + p("credit.margin_weight") * firm.profit_this_year / trade
    points -= p("credit.leverage_weight") * firm.loan / (12.0 * usual)
    secured = max(waiver, firm.guaranteed_part if guaranteed is None else guaranteed)
    points += p("credit.collateral_bonus") * (1.0 if "collateral" in firm.flags else secured)
    if "late_on_loan" in firm.facts or firm.distressed_months > 0:
        points -= p("credit.record_malus")
    chance = province.draws.normal(purpose, firm.key, province.month_of[day])
    return points + p("credit.noise") * error * chance


def give_a_term(province: Province, firm: Firm, day: int) -> None:
    """A loan is given today: draw for how long."""
    chance = province.draws.uniform(Purpose.LOAN_TERM, firm.key, province.month_of[day])
    length = "short" if chance < province.calibration("credit.short_share") else "long"
    firm.loan_term = round(province.calibration(f"credit.{length}_months"))
    begin_term(firm, day)


def begin_term(firm: Firm, day: int) -> None:
    """The loan is due when its term has passed from today on."""
    firm.loan_due_on = min(day + firm.loan_term * 365 // 12, NEVER)


def principal(province: Province, firm: Firm, day: int, previous: int) -> int:
    """What of the loan must be repaid today; at the first settlement after maturity the bank decides about it."""
    owed = firm.loan - firm.advanced  # what is borrowed on claims has no term
    if owed == 0 or firm.loan_due_on > day:
        return 0
    if firm.loan_due_on > previous:
        if any(moves_principal(province, firm, rule, day) for rule in firm.held("deferral")):
            return owed
        points = score(province, firm, day, Purpose.EXTENSION)
        if points > 0.0:
            begin_term(firm, day)
            kind = "renewed"
        elif points > -province.calibration("credit.restructure_span"):
            kind = "restructured"
        else:
            firm.loan_term = 0
            kind = "called"
        month = province.month_of[day]
        province.books.post(month, "firms", "banks", "principal", kind, owed * firm.weight)
        if kind == "renewed":
            return 0
    if firm.loan_term == 0:
        return owed
    months_late = (day - firm.loan_due_on) // 31
    return owed // max(1, int(province.calibration("credit.run_off_months")) - months_late)


def moves_principal(province: Province, firm: Firm, rule: Rule, day: int) -> bool:
    """Whether a deferral puts off principal that falls due today."""
    if "principal" not in rule.values.flows or not rule.in_force(day, firm.prefecture):
        return False
    return float(rule.says("share", day)) > 0.0 and day <= province.timeline.day(rule.values.until)


def keep_record(province: Province, firm: Firm, is_late: bool) -> None:
    """Count how long the firm has been late on its loan, and call the loan bad after too long."""
    firm.late_months = min(firm.late_months + 1, LONGEST_COUNT) if is_late else 0
    bad = firm.late_months >= province.calibration("credit.bad_after_months")
    for fact, holds in (("late_on_loan", is_late), ("loan_bad", is_late and bad)):
        if holds:
            firm.facts.add(fact)
        else:
            firm.facts.discard(fact)
