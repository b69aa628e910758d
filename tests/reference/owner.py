"""What an owner expects to earn, with the help that he counts on; whether it pays to be open at all."""

from __future__ import annotations

from sim.random_numbers import Purpose
from sim.units import MONTH_DAYS
from tests.reference.arithmetic import whole
from tests.reference.bills import outlays, payroll_factor, vat_share
from tests.reference.contracts import work_of_a_yuan
from tests.reference.entitlements import payment, would_ask
from tests.reference.firm import Firm
from tests.reference.policy import Rule
from tests.reference.province import Province
from tests.reference.staff import MONTH

LIVED_ON = ("individual", "micro")  # firms that an owner lives on


def days_closed(province: Province, firm: Firm, day: int) -> float:
    """Days until the firm works again, as its owner sees it."""
    if firm.status != "suspended":
        return 0
    if firm.restart_on >= 0:
        return max(0, firm.restart_on - day)
    p = province.calibration
    lasted = day - firm.suspended_on
    return min(max(lasted, p("leaving.closure_days_least")), p("leaving.closure_days_most"))


def left_of_a_yuan(province: Province, firm: Firm, day: int, sales: float) -> float:
    """What of a yuan of sales is left after materials, tolls, commission and VAT, at these sales a month."""
    p, s = province.calibration, firm.sector
    left = 1.0 - firm.materials_now - p("costs.tolls", s)
    if "on_platform" in firm.flags:
        left -= p("costs.commission", s)
    return left - vat_share(province, firm, day, sales)


def expected_earnings(province: Province, firm: Firm, day: int, wanted: float) -> float:
    """Fen a month over the owner's horizon, before his living and without any help."""
    p, s = province.calibration, firm.sector
    horizon = p("leaving.horizon_months")
    away = days_closed(province, firm, day) / (MONTH_DAYS * horizon)
    share = firm.expected * (1.0 - min(1.0, away))
    sales = firm.usual_sales * share
    fixed = p("firm.utilities_fixed_share")
    used = fixed * firm.expected + (1.0 - fixed) * share
    for_trade = p("costs.utilities", s) * used + p("costs.fees", s) + p("costs.depreciation", s)
    earnings = sales * left_of_a_yuan(province, firm, day, sales)
    earnings -= wanted * firm.wage * payroll_factor(province, firm) + firm.rent + firm.usual_sales * for_trade
    earnings -= firm.loan * firm.loan_rate / 12.0
    if firm.contract_backlog > 0:
        kept = 1.0 - p("procurement.delivery_share_per_month")
        a_month = firm.contract_backlog * (1.0 - kept**horizon) / horizon * (1.0 - min(1.0, away))
        left = left_of_a_yuan(province, firm, day, sales) - work_of_a_yuan(province, firm)
        earnings += a_month * left
    return earnings


def fee_borne(province: Province, firm: Firm, day: int) -> float:
    """Share of the fee of the next twelve months that the firm, had it a guaranteed loan, would bear itself."""
    taken = 0.0
    for rule in firm.eligible:
        if rule.kind != "relief" or not rule.in_force(day, firm.prefecture) or "guarantee_fee" not in rule.values.flows:
            continue
        heard = province.policy.is_automatic(rule, day, firm.prefecture) or province.knows(firm, rule)
        if heard and (firm.facts | {"has_loan"}).issuperset(rule.facts):
            months = float(rule.says("months", day)) if rule.has_months else months_to_end(rule, day)
            taken += float(rule.says("share", day)) * float(rule.values.coverage) * min(1.0, months / 12.0)
    return max(0.0, 1.0 - taken)


def expansion_earns(province: Province, firm: Firm, day: int) -> float:
    """What a yuan invested earns in a year before interest, at the firm's own margin."""
    left = left_of_a_yuan(province, firm, day, firm.usual_sales * firm.expected)
    if firm.materials_now == 0.0:  # it has not settled yet
        left -= firm.materials_share
    return province.calibration("credit.asset_turnover") * (left - work_of_a_yuan(province, firm))


def gap(province: Province, firm: Firm, earnings: float) -> float:
    """How far earnings stay below what is asked of them: 1 is all of what the owner could have elsewhere."""
    if firm.size in LIVED_ON:
        return 1.0 - earnings / firm.reservation if firm.reservation > 0 else 0.0
    asked = province.calibration("leaving.margin_unit") * firm.usual_sales
    return -earnings / asked if asked > 0.0 else 0.0


def expected_help(province: Province, firm: Firm, day: int, bills: dict[str, int]) -> float:
    """Fen a month over the owner's horizon that measures are expected to give. ``bills``: of this month, in full."""
    p = province.calibration
    horizon = p("leaving.horizon_months")
    total = 0.0
    monthly = [
        rule
        for rule in firm.held("payment")
        if rule.is_monthly and rule.in_force(day, firm.prefecture) and firm.meets(rule)
    ]
    for rule in firm.held("relief") + monthly:
        left = float(firm.months_left[rule.id]) if rule.has_months else months_to_end(rule, day)
        total += worth(province, firm, rule, day, bills) * min(max(left, 0.0), horizon) / horizon
    for rule in firm.eligible:
        if rule.kind in ("relief", "payment") and rule.id in firm.waiting and rule.in_force(day, firm.prefecture):
            chance, delay = province.chance_and_delay(rule, day)
            months = months_given(rule, day, delay, horizon)
            total += chance * worth(province, firm, rule, day, bills) * months / horizon
    for rule in firm.eligible:
        announced = rule.is_heard_of(day, firm.prefecture) and day < rule.first
        if (
            announced
            and rule.kind in ("relief", "payment")
            and firm.meets(rule)
            and is_willing(province, firm, rule, day)
        ):
            chance, _ = province.chance_and_delay(rule, day)
            months = months_given(rule, day, (rule.first - day) / MONTH, horizon)
            trusted = p("leaving.trust") * chance * worth(province, firm, rule, rule.first, bills)
            total += trusted * months / horizon
    return total


def months_to_end(rule: Rule, day: int) -> float:
    """Months of 30 days until the end that a measure names."""
    return (rule.says_to_end + 1 - day) / MONTH


def months_given(rule: Rule, day: int, after: float, horizon: float) -> float:
    """Months within the horizon in which a measure gives something, when it begins after so many months."""
    if rule.has_months:
        until = after + float(rule.says("months", max(day, rule.first)))
    elif rule.kind == "payment" and not rule.is_monthly:
        return 1.0 if after < horizon else 0.0
    else:
        until = months_to_end(rule, day)
    return max(0.0, min(until, horizon) - after)


def worth(province: Province, firm: Firm, rule: Rule, day: int, bills: dict[str, int]) -> float:
    """Fen that a measure, as it is on a day, gives in a month: its share of these bills, or what it would pay.

    A cap on the rate of interest is left aside.
    """
    if rule.kind == "payment":
        return float(payment(province, firm, rule, day))
    share = float(rule.says("share", day)) * float(rule.values.coverage)
    return sum(bills[flow] for flow in rule.values.flows) * share


def is_willing(province: Province, firm: Firm, rule: Rule, day: int) -> bool:
    """Whether a firm has heard of a measure that is announced, and would ask for it or need not ask."""
    if not province.knows(firm, rule):
        return False
    if province.policy.is_automatic(rule, day, firm.prefecture):
        return True
    return rule.is_decided and would_ask(province, firm, rule)


def use_what_is_spare(
    province: Province, firm: Firm, day: int, overdue: int, target: int, depreciation: int, wanted: float
) -> None:
    """What exceeds the target of a firm with nothing overdue: equipment is replaced, an owner with prospects draws."""
    spare = firm.cash - target - sum(firm.deferred.values())
    if spare <= 0 or overdue > 0 or "short_of_cash" in firm.facts:
        return
    post, month, w = province.books.post, province.month_of[day], firm.weight
    replaced = min(depreciation, spare)
    drawn = 0
    if gap(province, firm, expected_earnings(province, firm, day, wanted)) <= 0.0:
        drawn = whole((spare - replaced) * province.calibration("firm.drawings_share"))
    firm.cash -= replaced + drawn
    post(month, "firms", "suppliers", "replacement", "paid", replaced * w)
    post(month, "firms", "owners", "drawings", "paid", drawn * w)


def pause_or_open(province: Province, firm: Firm, day: int) -> None:
    """An owner shuts for a while when a month brings in less than being open costs, and opens again when it would."""
    if firm.size not in LIVED_ON or firm.status not in ("open", "paused"):
        return
    p = province.calibration
    sales = firm.usual_sales * firm.expected
    brought_in = sales * left_of_a_yuan(province, firm, day, sales)
    fixed = p("firm.utilities_fixed_share")
    people = firm.staff * float(firm.wage) * payroll_factor(province, firm)
    costs = people * (1.0 - p("firm.wage_share_when_suspended"))
    costs += firm.usual_sales * p("costs.utilities", firm.sector) * (1.0 - fixed) * firm.expected
    firm.status = "paused" if brought_in < costs else "open"


def what_the_owner_has(province: Province, firm: Firm) -> float:
    """Fen that the owner would still put in, if he is one who does."""
    p = province.calibration
    if "owner_paid_in" in firm.facts:
        return 0.0
    if province.draws.uniform(Purpose.INJECTION, firm.key) >= p("firm.injection_share"):
        return 0.0
    return p("firm.injection_months") * outlays(province, firm, firm.expected)


def likely_loan(province: Province, firm: Firm) -> float:
    """Fen that a bank might lend, if the firm is one that asks."""
    p = province.calibration
    if "late_on_loan" in firm.facts:
        return 0.0
    if province.draws.uniform(Purpose.LOAN_DEMAND, firm.key) < p("credit.never_applies_share"):
        return 0.0
    return p("credit.amount_months") * outlays(province, firm)


def cannot_wait(province: Province, firm: Firm, day: int) -> bool:
    """Whether what a stopped firm has and might get does not last until it works again."""
    if firm.status != "suspended":
        return False
    p = province.calibration
    premises = firm.rent + firm.usual_sales * p("costs.fees", firm.sector)
    premises += firm.usual_sales * p("costs.utilities", firm.sector) * p("firm.utilities_fixed_share") * firm.expected
    people = firm.staff * float(firm.wage) * p("firm.wage_share_when_suspended") * payroll_factor(province, firm)
    costs = people + premises + firm.loan * firm.loan_rate / 12.0 + p("owner.living_least") * firm.reservation
    has = float(firm.cash) + what_the_owner_has(province, firm) + likely_loan(province, firm)
    return has < days_closed(province, firm, day) / MONTH_DAYS * costs
