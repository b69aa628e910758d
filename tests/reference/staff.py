"""How many people a firm wants, lets go and takes on; what keeping them is worth to it."""

from __future__ import annotations

import math

from sim.random_numbers import Purpose
from sim.units import fen
from tests.reference.entitlements import payment, unit_of
from tests.reference.firm import Firm
from tests.reference.policy import Rule
from tests.reference.province import Province

MOST_HIRES = 32_767
MONTH = 30  # days of a month until a measure ends


def reaches(province: Province, firm: Firm, rule: Rule, day: int) -> bool:
    """Whether a firm counts on a measure that it qualifies for: it has heard of it, or it comes by itself."""
    return province.policy.is_automatic(rule, day, firm.prefecture) or province.knows(firm, rule)


def at_its_sales(firm: Firm) -> float:
    """Persons that the firm would usually have, at the usual sales that it has by now."""
    return float(firm.usual_staff) * firm.usual_sales / firm.first_sales if firm.first_sales > 0.0 else 0.0


def meets_but_for(firm: Firm, rule: Rule, fact: str) -> bool:
    """Whether a firm would qualify for a measure today if one fact were true of it."""
    return firm.facts.issuperset(rule.facts - {fact})


def subsidy_for_one_more(province: Province, firm: Firm, day: int) -> float:
    """Fen that measures would pay for one more who is hired."""
    total = 0.0
    for rule in firm.eligible:
        if rule.kind != "payment" or rule.measure.instrument != "grant" or rule.values.per != "hire":
            continue
        if (
            rule.in_force(day, firm.prefecture)
            and meets_but_for(firm, rule, "hired")
            and reaches(province, firm, rule, day)
        ):
            cap = rule.values.cap_yuan
            unit = unit_of(rule, day)
            total += unit if cap is None else min(unit, float(fen(cap)))
    return total


def wanted_staff(province: Province, firm: Firm, day: int) -> float:
    """Persons that expected sales ask for, more where somebody pays for hiring."""
    p = province.calibration
    fixed = p("staff.fixed_share")
    by_sales = at_its_sales(firm) * (fixed + (1.0 - fixed) * firm.expected)
    if firm.wage <= 0:
        return by_sales
    cheaper = subsidy_for_one_more(province, firm, day) / (12.0 * firm.wage)
    return by_sales * (1.0 + p("staff.demand_elasticity") * cheaper)


def adjust_staff(province: Province, firm: Firm, day: int, wanted: float) -> None:
    """Let people go who are too many, take people on who are missing."""
    p, market = province.calibration, province.market
    short = "short_of_cash" in firm.facts
    chance = province.draws.uniform(Purpose.STAFF, firm.key, province.month_of[day])
    firm.hires = 0
    if firm.staff > wanted:
        hurry = "staff.dismissed_when_short_per_month" if short else "staff.dismissed_per_month"
        gone = min(math.floor(p(hurry) * (firm.staff - wanted) + chance), firm.staff)
        gone = bearable(province, firm, day, gone)
        firm.staff -= gone
        market.dismissed[firm.prefecture] += gone * firm.weight
    elif firm.staff < wanted and firm.status == "open" and not short:
        rate, missing = p("staff.hired_per_month"), wanted - firm.staff
        market.places_offered[firm.prefecture] += math.floor(rate * missing + chance) * firm.weight
        taken_on = math.floor(rate * market.hireable[firm.prefecture] * missing + chance)
        firm.staff += taken_on
        market.hired[firm.prefecture] += taken_on * firm.weight
        firm.hires = min(taken_on, MOST_HIRES)


def bearable(province: Province, firm: Firm, day: int, gone: int) -> int:
    """Of those who would be dismissed, how many are: all, unless keeping the rest is worth more to the firm."""
    p = province.calibration
    least = (1.0 - p("staff.retention_limit", firm.size)) * at_its_sales(firm)
    if gone == 0 or "kept_staff" not in firm.facts or firm.staff - gone >= least:
        return gone
    paying = [rule for rule in firm.eligible if pays_for_keeping(province, firm, rule, day)]
    if paying:
        worth = 0.0
        for rule in paying:
            worth += payment(province, firm, rule, day) * (months_left(province, rule, day) if rule.is_monthly else 1)
        saved = float(gone) * firm.wage * max(months_left(province, rule, day) for rule in paying)
        if worth > 0.0 and saved <= worth + p("staff.hiring_cost_months") * firm.wage * gone:
            return max(0, math.floor(firm.staff - least))
    firm.facts.discard("kept_staff")
    return gone


def pays_for_keeping(province: Province, firm: Firm, rule: Rule, day: int) -> bool:
    """Whether a measure pays today who keeps staff, and would still pay this firm."""
    if rule.kind != "payment" or "kept_staff" not in rule.facts or not rule.in_force(day, firm.prefecture):
        return False
    if not meets_but_for(firm, rule, "kept_staff"):
        return False
    had = rule.id in firm.granted and not rule.is_monthly
    return not had and reaches(province, firm, rule, day)


def months_left(province: Province, rule: Rule, day: int) -> int:
    """Whole months to the end of a measure, at most of the year, at least one."""
    return max(1, min((rule.says_to_end + 1 - day) // MONTH, 12 - province.date_month(day)))
