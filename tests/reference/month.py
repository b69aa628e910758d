"""A firm's life: born, settled once a month, gone. The numbers are the order of section 3 of the model document."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import simpy

from sim.random_numbers import Purpose
from tests.reference.arithmetic import single, whole
from tests.reference.bills import MONTH_DAYS, Trade, draw_up, materials_of_a_yuan, outlays
from tests.reference.claims import collect, hand_over, sell
from tests.reference.contracts import can_be_delivered, prepaid, work_of_a_yuan
from tests.reference.entitlements import (
    pay_what_recurs,
    put_off,
    receive_what_comes_by_itself,
    relieve,
    take_up_cases,
    vat_credit_of_a_month,
)
from tests.reference.firm import Firm
from tests.reference.leaving import leave, why_it_ends
from tests.reference.owner import pause_or_open, use_what_is_spare
from tests.reference.payment import is_tight, pay_bills
from tests.reference.policy import LONGEST_PROCESSING
from tests.reference.province import NEVER, Province
from tests.reference.staff import adjust_staff, wanted_staff

SETTLEMENT = 0.25  # hour of the day
BIRTH_MARGIN = 1.25  # unborn rows over expected births
LONGEST_COUNT = 127  # months in a row


def live(env: simpy.Environment, province: Province, firm: Firm) -> Generator[simpy.Event, Any, None]:
    """The process of one firm."""
    for day in range(province.timeline.days):
        if province.timeline.cohort[day] != firm.cohort:
            continue
        yield env.timeout(day + SETTLEMENT - env.now)
        if firm.status == "exited":
            return
        if firm.status == "unborn":
            if firm.born_on <= day:
                be_born(province, firm, day)
        else:
            settle(province, firm, day)


def be_born(province: Province, firm: Firm, day: int) -> None:
    """Open, if entry is high enough for the firm's chance; else it never will."""
    entry = 1.0
    for rule in province.policy.in_force(day, firm.prefecture, "cultivation"):
        if firm.prefecture in rule.prefectures and firm.sector in rule.sectors:
            entry *= rule.says("entry", day)
    if province.draws.uniform(Purpose.BIRTH, firm.key) >= 1.0 / BIRTH_MARGIN * entry:
        firm.born_on = NEVER
        return
    firm.born_on = firm.open_from = day
    firm.status = "open"
    firm.staff = firm.usual_staff
    firm.facts.add("kept_staff")
    province.market.opened[firm.prefecture] += firm.staff * firm.weight
    province.books.post(province.month_of[day], "owners", "firms", "capital", "paid", firm.cash * firm.weight)


def settle(province: Province, firm: Firm, day: int) -> None:
    """The month of a living firm."""
    p, draws, market, month = province.calibration, province.draws, province.market, province.month_of[day]
    date = province.timeline.date(day)
    previous = day - province.timeline.date(day - date.day).day
    # 1. A new year.
    if date.month == 1:
        firm.profit_this_year = 0
        firm.facts.add("kept_staff")

    # 2. Sales.
    since = firm.open_from
    days_active = firm.activity_pending
    if firm.status != "suspended":
        days_active += market.days_worked(firm, since, day)
    firm.activity_pending = 0.0
    firm.open_from = day
    activity = days_active / MONTH_DAYS
    drift = 1.0 + p("firm.trend_sigma") * draws.normal(Purpose.TREND, firm.key, month)
    usual = float(firm.usual_sales) * drift
    firm.usual_sales = whole(usual)
    firm.rent = whole(firm.rent * drift)
    on_sales, on_materials = 1.0, 1.0
    for rule in firm.held("cultivation"):
        if rule.in_force(day, firm.prefecture):
            on_sales *= rule.says("demand", day)
            on_materials *= rule.says("materials", day)
    chance = max(0.0, 1.0 + p("firm.sales_sigma", firm.sector) * draws.normal(Purpose.SALES, firm.key, month))
    paused = firm.status == "paused"
    sold = 0 if paused else whole(usual * activity * chance * on_sales)
    if firm.materials_now == 0.0 or (month + firm.key % 12) % 12 == 0:
        firm.materials_now = single(materials_of_a_yuan(province, firm, month))
    of_a_yuan = firm.materials_now
    bought = firm.usual_sales * firm.materials_share * firm.expected  # fen a month, as suppliers see it
    cash_only = p("suppliers.cash_only_months")
    sells_on_credit = firm.overdue_payables <= cash_only * bought
    if firm.overdue_payables > (cash_only + p("suppliers.stop_beyond_cash_only_months")) * bought:
        sold = min(sold, whole(firm.cash / of_a_yuan))
    delivered = worked_off = 0
    if firm.status == "open" and firm.contract_backlog > 0:
        before = prepaid(province, firm.contract_backlog)
        room = whole(p("procurement.capacity") * usual) - sold
        delivered = can_be_delivered(province, firm.contract_backlog, room)
        firm.contract_backlog -= delivered
        worked_off = before - prepaid(province, firm.contract_backlog)
    sales = sold + delivered
    market.sales[firm.prefecture, firm.sector, firm.size] += sales * firm.weight
    market.sold[firm.prefecture, firm.sector] += sold * firm.weight
    if firm.status == "open":
        market.capacity[firm.prefecture, firm.sector] += firm.usual_sales * firm.weight
        market.trade[firm.county] += firm.usual_sales * firm.weight

    # 3. Claims.
    lost = collect(province, firm, day)
    claims = firm.receivables_public  # that can be borrowed on: confirming takes until the next settlement
    sell(province, firm, month, sold)
    hand_over(province, firm, month, delivered, worked_off)

    # 4. Facts of the month, VAT credit of the month.
    look_at_facts(province, firm, previous, since, activity)
    if "vat_general" in firm.flags and firm.status == "open":
        increment = whole(vat_credit_of_a_month(province, firm))
        firm.vat_credit += increment
        province.books.post(month, "tax_authority", "firms", "vat", "owed", increment * firm.weight)

    # 5. What comes by itself, and what is asked for.
    pay_what_recurs(province, firm, day)
    receive_what_comes_by_itself(province, firm, day)
    take_up_cases(province, firm, day)

    # 6. Bills drawn up, relieved, put off; 7. the result of the month; bills of suppliers fall due and are added.
    depreciation = whole(usual * p("costs.depreciation", firm.sector))
    work = whole(delivered * work_of_a_yuan(province, firm))
    on_site = 0.0 if paused else activity
    trade = Trade(usual, sold, delivered, work, on_site, of_a_yuan, on_materials, depreciation)
    full, costs = draw_up(province, firm, day, previous, trade)
    due = dict(full)
    borne = relieve(province, firm, day, full, due)
    firm.profit_this_year += sales - lost - costs + borne
    put_off(province, firm, day, due)
    falls_due = min(1.0, MONTH_DAYS / p("suppliers.term_days", firm.sector))
    firm.overdue_payables += whole((firm.payables - firm.overdue_payables) * falls_due)
    on_credit = whole(due["materials"] * p("suppliers.credit_share")) if sells_on_credit else 0
    due["materials"] -= on_credit
    firm.payables += on_credit
    province.books.post(month, "firms", "suppliers", "materials", "owed", on_credit * firm.weight)

    # 8. Payment; what the month teaches about the next.
    expected_outlays = whole(outlays(province, firm, firm.expected))
    target = whole(firm.buffer_months * expected_outlays)
    overdue = pay_bills(province, firm, day, claims, expected_outlays, target, due)
    in_distress = overdue > p("firm.distress_months") * expected_outlays
    firm.distressed_months = min(firm.distressed_months + 1, LONGEST_COUNT) if in_distress else 0
    short = "short_of_cash" in firm.facts
    if firm.status != "suspended" and since <= previous and usual > 0.0:
        seen = activity if paused else sold / usual
        firm.expected = single(firm.expected + p("firm.expectation_weight") * (seen - firm.expected))

    # 9. A loan; 10. staff; 11. leave, pause or stay.
    ask_for_a_loan(province, firm, day, in_need=short or is_tight(province, firm.cash, target))
    market.income[firm.county] += (full["wages"] - work + lived_on(province, firm)) * firm.weight
    wanted = wanted_staff(province, firm, day)
    adjust_staff(province, firm, day, wanted)
    why = why_it_ends(province, firm, day, wanted, full)
    if why is not None:
        leave(province, firm, day, why)
    else:
        use_what_is_spare(province, firm, day, overdue, target, depreciation, wanted)
        pause_or_open(province, firm, day)


def lived_on(province: Province, firm: Firm) -> int:
    """Fen that the owner spends on his living in the month."""
    if firm.status == "suspended":
        return math.floor(firm.reservation * province.calibration("owner.living_least"))
    return firm.reservation


def look_at_facts(province: Province, firm: Firm, previous: int, since: int, activity: float) -> None:
    """Set the facts of the month that measures may ask for."""

    def tell(fact: str, is_true: bool) -> None:
        if is_true:
            firm.facts.add(fact)
        else:
            firm.facts.discard(fact)

    stopped_lately = firm.suspended_on >= 0 and (firm.suspended_on >= previous or since > previous)
    quiet = activity < province.calibration("firm.hit_threshold")
    tell("hit_by_epidemic", firm.status == "suspended" or stopped_lately or quiet)
    tell("has_loan", firm.loan > 0)
    tell("overdue_receivables", firm.overdue_public > 0)
    tell("hired", firm.hires > 0)


def ask_for_a_loan(province: Province, firm: Firm, day: int, in_need: bool) -> None:
    """Apply at the bank, unless an application is pending, a loan is late or the firm never asks.

    A firm that is not in need may want to expand.
    """
    p = province.calibration
    if not in_need:
        chance = province.draws.uniform(Purpose.EXPANSION, firm.key, province.month_of[day])
        if firm.status != "open" or chance >= p("credit.expansion_per_month"):
            return
    if "loan_pending" in firm.facts or "late_on_loan" in firm.facts:
        return
    if province.draws.uniform(Purpose.LOAN_DEMAND, firm.key) < p("credit.never_applies_share"):
        return
    firm.facts.add("loan_pending")
    if not in_need:
        firm.facts.add("expands")
    days = float(round(p("credit.processing_days")))
    for rule in firm.eligible:
        if rule.kind == "credit" and rule.in_force(day, firm.prefecture) and firm.meets(rule):
            days *= rule.says("processing", day, 1.0)
    province.file("loan", firm, day, min(math.floor(days + 0.5), LONGEST_PROCESSING))
    province.stations.reach(province.month_of[day], "loan", "applied", firm)
