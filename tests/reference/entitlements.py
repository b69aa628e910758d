"""What measures give to one firm: filing, granting, payments, relief and deferral of its bills."""

from __future__ import annotations

from sim.random_numbers import Purpose
from sim.units import fen
from sim.vocabulary import FLOWS
from tests.reference.arithmetic import whole
from tests.reference.books import BEARER, PAYEE
from tests.reference.firm import Firm
from tests.reference.policy import Rule
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


def entitle(province: Province, firm: Firm, rule: Rule, day: int) -> None:
    """Let a firm have a measure."""
    firm.granted.add(rule.id)
    province.stations.holders[rule.id, firm.prefecture] += firm.weight
    if rule.has_months:
        months = int(rule.says("months", day))
        below = province.policy.by_id.get(rule.values.tops_up)
        if below is not None and firm.has(below) and below.has_months:
            months -= int(below.says("months", day))
        firm.months_left[rule.id] = firm.months_left.get(rule.id, 0) + max(months, 0)


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


def ask_for_measures(province: Province, firm: Firm, day: int) -> None:
    """File for what a firm knows of and qualifies for, at most so many a month, in the order of ids."""
    p = province.calibration
    filed = 0
    for rule in firm.eligible:
        if rule.kind not in BY_FIRM or not rule.in_force(day) or province.policy.is_automatic(rule, day):
            continue
        if rule.measure.delivery.way not in ("application", "negotiated"):
            continue
        if rule.id in firm.granted or rule.id in firm.applied or not is_worth_something(rule, day):
            continue
        if not firm.meets(rule):
            continue
        if not province.knows(firm, rule):
            continue
        firm.applied.add(rule.id)  # it files, or never will
        if not would_ask(province, firm, rule):
            continue
        firm.waiting.add(rule.id)
        lane = LISTED if rule.measure.delivery.list_first and "key_firm" in firm.flags else OTHERS
        province.file(rule.id, firm, day, province.policy.processing_days(rule, day), lane)
        province.stations.reach(province.month_of[day], rule.id, "applied", firm, day - rule.first)
        filed += 1
        if filed >= int(p("delivery.applications_per_month_max")):
            return


def would_ask(province: Province, firm: Firm, rule: Rule) -> bool:
    """Whether a firm is one of those that would ever ask for a measure; who asks for one asks for what tops it up."""
    asked = province.policy.by_id.get(getattr(rule.values, "tops_up", None) or rule.id, rule)
    chance = province.draws.uniform(Purpose.APPLY, firm.key, asked.identity)
    return chance < province.calibration("delivery.apply_share", firm.size)


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
            province.books.post(month, BEARER, PAYEE[flow], flow, "relieved", part * firm.weight, rule.id)
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
                    month, BEARER, "firms", deferred_flow(rule), "deferred", due[flow] * firm.weight, rule.id
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
            province.books.post(
                month, BEARER, "firms", deferred_flow(rule), "deferred", by_measure * firm.weight, rule.id
            )
            province.stations.reach(month, rule.id, "paid", firm)


def deferred_flow(rule: Rule) -> str:
    """How the ledger names what a deferral moves."""
    return "+".join(rule.values.flows)
