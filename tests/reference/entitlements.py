"""What measures give to one firm: filing, granting, payments, relief and deferral of its bills."""

from __future__ import annotations

from datetime import date

from sim.random_numbers import Purpose
from sim.units import fen
from sim.vocabulary import FLOWS
from tests.reference.arithmetic import whole
from tests.reference.books import BEARER, payee
from tests.reference.firm import Firm
from tests.reference.policy import LONGEST_PROCESSING, Rule
from tests.reference.province import LISTED, OTHERS, Province

BY_FIRM = ("relief", "deferral", "payment", "cultivation")  # kinds that firms hold one by one


def vat_credit_of_a_month(province: Province, firm: Firm) -> float:
    """Fen by which a month adds to the stock of VAT credit."""
    p = province.calibration
    months = p("population.vat_credit_months", firm.sector) / p("tax.vat_credit_build_up_months")
    return float(firm.usual_sales) * months


def unit_of(rule: Rule, day: int) -> float:
    """Share of a base of money, or fen for each unit of another, that a grant or refund gives on a day."""
    if rule.measure.instrument == "refund":
        return max(float(rule.says("share", day)) - float(rule.values.standing_share), 0.0)
    amount = rule.says("amount_yuan", day)
    return float(amount) if rule.values.per in ("sales", "rent", "utilities", "owner_living") else float(fen(amount))


def payment(province: Province, firm: Firm, rule: Rule, day: int) -> int:
    """Fen that a measure would pay to a firm."""
    p = province.calibration
    unit = unit_of(rule, day)
    base = rule.values.base if rule.measure.instrument == "refund" else rule.values.per
    if base == "firm":
        amount = whole(unit)
    elif base == "head":
        amount = whole(unit * firm.staff)
    elif base == "hire":
        amount = whole(unit * firm.hires)
    elif base == "sales":
        amount = whole(unit * firm.usual_sales)
    elif base == "rent":
        amount = whole(unit * firm.rent)
    elif base == "utilities":
        amount = whole(unit * firm.usual_sales * p("costs.utilities", firm.sector))
    elif base == "owner_living":
        amount = whole(unit * firm.reservation)
    elif base == "unemployment_premiums_last_year":
        wages = 12.0 * firm.usual_staff * firm.wage * firm.insured_share
        amount = whole(unit * wages * p("premiums.unemployment"))
    elif base == "vat_credit_stock":
        amount = whole(unit * firm.vat_credit)
    elif base == "vat_credit_increment":
        amount = min(firm.vat_credit, whole(unit * vat_credit_of_a_month(province, firm)))
    else:
        amount = whole(unit * firm.quality_deposit)
    cap = getattr(rule.values, "cap_yuan", None)
    return amount if cap is None else min(amount, fen(cap))


def pay(province: Province, firm: Firm, rule: Rule, day: int, days_waited: int = 0) -> bool:
    """Pay a measure to a firm; False if its fund cannot."""
    amount = payment(province, firm, rule, day)
    if not province.treasury.draw(rule, firm, amount):
        return False
    month = province.month_of[day]
    firm.cash += amount
    base = getattr(rule.values, "base", "")
    if base in ("vat_credit_stock", "vat_credit_increment"):
        firm.vat_credit -= amount
    elif base == "quality_deposit":
        firm.quality_deposit -= amount
    else:
        firm.profit_this_year += amount
    flow = base or "grant"
    province.books.post(month, BEARER, "firms", flow, "granted", amount * firm.weight, rule.id)
    if amount > 0:
        firm.given[rule.id] = firm.given.get(rule.id, 0) + amount
        province.stations.reach(month, rule.id, "paid", firm, days_waited)
    return True


def entitle(province: Province, firm: Firm, rule: Rule, day: int, days_waited: int = 0) -> None:
    """Let a firm have a measure."""
    firm.granted.add(rule.id)
    province.stations.holders[rule.id, firm.prefecture] += firm.weight
    if rule.has_months:
        below = months_of_what_it_tops_up(province, firm, rule, day)
        months = max(int(rule.says("months", day)) - below, 0)
        if rule.values.paid_since is not None and "rent" in rule.values.flows:
            months -= give_back_rent(province, firm, rule, day, months, below, days_waited)
        firm.months_left[rule.id] = firm.months_left.get(rule.id, 0) + months


def months_of_what_it_tops_up(province: Province, firm: Firm, rule: Rule, day: int) -> int:
    """Months that a firm has by the measure that this one tops up."""
    below = province.policy.by_id.get(rule.values.tops_up)
    if below is None or not firm.has(below) or not below.has_months:
        return 0
    return int(below.says("months", day))


def give_back_rent(
    province: Province, firm: Firm, rule: Rule, day: int, months: int, below: int, days_waited: int
) -> int:
    """Give back rent that was paid for months that are waived; returns the number of these months.

    ``months``: that it waives; ``below``: those of the measure that it tops up.
    """

    def number(on: date) -> int:
        return on.year * 12 + on.month

    begun = number(province.timeline.date(day)) - number(rule.values.paid_since)
    if firm.born_on >= 0:
        begun = min(begun, (day - firm.born_on) // 30)
    begun = max(0, begun - below)
    given_back = min(months, begun)
    share = float(rule.says("share", day)) * rule.values.coverage
    amount = whole(share * firm.rent * given_back)
    if not province.treasury.draw(rule, firm, amount):
        return 0
    month = province.month_of[day]
    firm.cash += amount
    firm.profit_this_year += amount
    province.books.post(month, BEARER, "firms", flows_of(rule), "granted", amount * firm.weight, rule.id)
    if amount > 0:
        firm.given[rule.id] = firm.given.get(rule.id, 0) + amount
        province.stations.reach(month, rule.id, "paid", firm, days_waited)
    return given_back


def pay_what_recurs(province: Province, firm: Firm, day: int) -> None:
    """Pay what measures give every month to a firm that has them; an empty fund skips the month."""
    for rule in firm.eligible:
        if rule.is_monthly and firm.has(rule) and rule.in_force(day) and firm.meets(rule):
            pay(province, firm, rule, day)


def is_worth_something(rule: Rule, day: int) -> bool:
    """Whether there is anything to have: a payment of nothing is not given."""
    return rule.kind != "payment" or unit_of(rule, day) > 0


def receive_what_comes_by_itself(province: Province, firm: Firm, day: int) -> None:
    """Give a firm the automatic measures that it qualifies for and has neither got nor asked for."""
    month = province.month_of[day]
    for rule in firm.eligible:
        if rule.kind not in BY_FIRM or not rule.in_force(day) or not province.policy.is_automatic(rule, day):
            continue
        if rule.id in firm.granted or rule.id in firm.applied or not is_worth_something(rule, day):
            continue
        if not firm.meets(rule):
            continue
        if rule.kind == "payment":
            by_the_firm = rule.measure.instrument == "grant" and rule.values.per == "firm"
            if not by_the_firm and payment(province, firm, rule, day) == 0:
                continue  # nothing to pay yet
            if not pay(province, firm, rule, day):
                if not province.treasury.waits(rule):
                    firm.applied.add(rule.id)
                    province.stations.reach(month, rule.id, "refused", firm)
                continue
        entitle(province, firm, rule, day)
        province.stations.reach(month, rule.id, "decided", firm)


def take_up_cases(province: Province, firm: Firm, day: int) -> None:
    """File for what a firm knows of and qualifies for, at most so many a month; take up cases by list; by id."""
    filed, most = 0, int(province.calibration("delivery.applications_per_month_max"))
    for rule in firm.eligible:
        by_list = rule.measure.delivery.way == "by_list"
        if not may_be_filed(province, firm, rule, day):
            continue
        if not by_list and (filed >= most or not province.knows(firm, rule)):
            continue
        firm.applied.add(rule.id)  # there is a case, or there never will be
        if not would_ask(province, firm, rule):
            continue
        firm.waiting.add(rule.id)
        wait_for_a_decision(province, firm, rule, day)
        province.stations.reach(province.month_of[day], rule.id, "applied", firm, day - rule.first)
        filed += 0 if by_list else 1


def may_be_filed(province: Province, firm: Firm, rule: Rule, day: int) -> bool:
    """Whether a firm that knows of a measure might file for it today."""
    if rule.kind not in BY_FIRM or not rule.in_force(day) or province.policy.is_automatic(rule, day):
        return False
    if not rule.is_decided or rule.id in firm.granted or rule.id in firm.applied:
        return False
    return is_worth_something(rule, day) and firm.meets(rule)


def wait_for_a_decision(province: Province, firm: Firm, rule: Rule, day: int) -> None:
    """Put a case into the queue of a desk, or into the hands of somebody who has no other."""
    lane, days = OTHERS, province.policy.processing_days(rule, day)
    if rule.has_desk:
        if rule.measure.delivery.list_first and "key_firm" in firm.flags:
            lane = LISTED
    else:
        days = max(days * province.draws.exponential(Purpose.HANDLING, firm.key, rule.identity), 1.0)
    province.file(rule.id, firm, day, min(round(days), LONGEST_PROCESSING), lane)


def would_ask(province: Province, firm: Firm, rule: Rule) -> bool:
    """Whether a firm is one of those that would ever apply; who asks for a measure asks for what tops it up."""
    asked = province.policy.by_id.get(getattr(rule.values, "tops_up", None) or rule.id, rule)
    share = rule.measure.delivery.take_up
    if share is None:
        share = province.calibration("delivery.apply_share", firm.size)
    return province.draws.uniform(Purpose.APPLY, firm.key, asked.identity) < share


def relieve(province: Province, firm: Firm, day: int, full: dict[str, int], due: dict[str, int]) -> int:
    """Take off bills what others bear; returns the fen taken off."""
    month = province.month_of[day]
    taken = 0
    for rule in firm.held("relief"):
        if not rule.has_months and not rule.in_force(day):
            continue
        share = float(rule.says("share", day)) * rule.values.coverage
        if share <= 0.0 or (rule.has_months and firm.months_left[rule.id] == 0):
            continue
        by_measure = 0
        for flow in FLOWS:
            if flow not in rule.values.flows or due[flow] <= 0:
                continue
            of_flow = share
            cap = 1.0 if rule.values.rate_cap is None else rule.values.rate_cap
            if flow == "interest" and firm.loan_rate > cap:
                of_flow = share * (cap / firm.loan_rate)
            part = min(due[flow], whole(full[flow] * of_flow))
            if not province.treasury.draw(rule, firm, part):
                continue  # the fund is empty: the firm bears its bill again
            due[flow] -= part
            by_measure += part
            province.books.post(month, BEARER, payee(firm, flow), flow, "relieved", part * firm.weight, rule.id)
        if by_measure > 0:
            taken += by_measure
            firm.given[rule.id] = firm.given.get(rule.id, 0) + by_measure
            province.stations.reach(month, rule.id, "paid", firm)
            if rule.has_months:
                firm.months_left[rule.id] -= 1
    return taken


def put_off(province: Province, firm: Firm, day: int, due: dict[str, int]) -> None:
    """Take out of the bills what may be paid later."""
    month = province.month_of[day]
    for rule in firm.held("deferral"):
        share = float(rule.says("share", day))
        if not rule.in_force(day) or share <= 0.0 or day > province.timeline.day(rule.values.until):
            continue
        by_measure = 0
        for flow in FLOWS:
            if flow not in rule.values.flows or due[flow] <= 0:
                continue
            if flow == "principal":
                months = int(rule.says("loan_months", day))
                firm.loan_due_on = day + 30 * months
                firm.loan_term = firm.loan_term or months
                firm.late_months = 0
                firm.facts -= {"late_on_loan", "loan_bad"}
                firm.had_put_off = True
                province.books.post(
                    month, BEARER, "firms", flows_of(rule), "deferred", due[flow] * firm.weight, rule.id
                )
                province.books.extended[month, rule.id] += due[flow] * firm.weight
                province.stations.reach(month, rule.id, "paid", firm)
                due[flow] = 0
            else:
                part = whole(due[flow] * share)
                due[flow] -= part
                by_measure += part
        if by_measure > 0:
            firm.had_put_off = True
            firm.deferred[rule.id] = firm.deferred.get(rule.id, 0) + by_measure
            province.books.post(month, BEARER, "firms", flows_of(rule), "deferred", by_measure * firm.weight, rule.id)
            province.stations.reach(month, rule.id, "paid", firm)


def flows_of(rule: Rule) -> str:
    """How the ledger names what a deferral moves, or a relief gives back."""
    return "+".join(rule.values.flows)
