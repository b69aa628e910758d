"""What an owner expects and decides each month: how many people he wants, whether to go on, to pause, or to leave.

He compares what the firm is expected to earn before his own living with what he could earn elsewhere, as the owners of
Evans and Jovanovic (1989) and Gimeno and others (1997) do, and counts the help that he has, has asked for or has heard
of.
"""

import numpy as np

from sim.firm.bills import (
    FLOW_COUNT,
    ON_PLATFORM,
    SUSPENDED,
    VAT_GENERAL,
    deferred_total,
    materials_of_a_yuan,
    outlays,
    payroll_factor,
)
from sim.firm.contracts import prepaid, work_of_a_yuan
from sim.firm.entitlements import (
    held,
    in_effect,
    measures_requiring,
    more,
    next_of,
    payment,
    round_half_up,
    take_up,
    walk,
)
from sim.firm.state import PAYMENT, RELIEF
from sim.kernels import inlined, kernel, outermost
from sim.random_numbers import Purpose, exponential, salted, uniform
from sim.units import MONTH_DAYS
from sim.vocabulary import FACTS, Status, bit

OPEN, EXITED = int(Status.OPEN), int(Status.EXITED)
LONGEST_REACH = 99.0  # months: for good
HIRED, KEPT, SHORT, LATE, OWNER_PAID_IN = (
    bit(FACTS, fact) for fact in ("hired", "kept_staff", "short_of_cash", "late_on_loan", "owner_paid_in")
)
STAFF, PATIENCE, RETIREMENT, CLOSING, INJECTS, LOAN_DEMAND = (
    int(p)
    for p in (
        Purpose.STAFF, Purpose.PATIENCE, Purpose.RETIREMENT, Purpose.CLOSING, Purpose.INJECTION, Purpose.LOAN_DEMAND,
    )
)  # fmt: skip
STAYS, RETIRES, CLOSES, INSOLVENT = range(4)  # what becomes of a firm this month
MOST_HIRES = 32_767  # as the column of hires can hold
YOUNG_MONTHS = 36  # `young_churn` speaks of firms under three years


@inlined
def variable_share(i, day, sales, materials, firms, behaviour):  # type: ignore[no-untyped-def]
    """What a yuan of ``sales`` fen a month costs firm i at once: materials, tolls, commission and VAT."""
    s = firms.sector[i]
    share = materials + behaviour.tolls[s]
    if firms.flags[i] & ON_PLATFORM:
        share += behaviour.commission[s]
    if firms.flags[i] & VAT_GENERAL:
        share += behaviour.vat_general[s]
    elif sales > behaviour.vat_exempt[day]:
        share += behaviour.vat_small[day]
    return share


@inlined
def scale_of(i, firms):  # type: ignore[no-untyped-def]
    """Usual sales of firm i over those for which its usual staff is meant."""
    return firms.usual_sales[i] / max(float(firms.first_sales[i]), 1.0)


@inlined
def wanted_staff(i, firms, terms, behaviour):  # type: ignore[no-untyped-def]
    """Persons that firm i wants at its expected sales; what is paid for a hire makes staff cheaper."""
    fixed = behaviour.staff_fixed
    wanted = firms.usual_staff[i] * scale_of(i, firms) * (fixed + (1.0 - fixed) * float(firms.expected[i]))
    p = firms.prefecture[i]
    if terms.hiring[p, 0] | terms.hiring[p, 1] != np.uint64(0) and firms.wage[i] > 0:
        if more(worth_knowing(i, terms.hiring, HIRED, firms, terms)):
            subsidy = _subsidy_for_a_hire(i, firms, terms)
            wanted *= 1.0 + behaviour.labour_elasticity * subsidy / (12.0 * firms.wage[i])
    return wanted


@kernel
def _subsidy_for_a_hire(i, firms, terms):  # type: ignore[no-untyped-def]
    """Fen that the measures in force that firm i knows of would pay for one more person."""
    subsidy = 0.0
    left = worth_knowing(i, terms.hiring, HIRED, firms, terms)
    while more(left):
        m, left = next_of(left)
        if has_heard(i, m, firms, terms):
            subsidy += min(terms.unit[m], float(terms.cap[m]))
    return subsidy


@inlined
def adjust_staff(i, clock, wanted, short, state):  # type: ignore[no-untyped-def]
    """Dismiss people for whom firm i expects no work, unless keeping them pays, or take people on.

    ``wanted``: persons; ``short``: cash was.
    """
    firms, terms, behaviour, market, seed = state.firms, state.terms, state.behaviour, state.market, state.seed
    p, w = firms.prefecture[i], np.int64(firms.weight[i])
    hires = np.int64(0)
    staff = np.int64(firms.staff[i])
    if staff > wanted:
        rate = behaviour.dismissed_when_short if short else behaviour.dismissed
        luck = uniform(seed, STAFF, firms.key[i], clock.month)
        gone = min(np.int64(np.floor(rate * (staff - wanted) + luck)), staff)
        if gone > 0:
            left_at_least = (1.0 - behaviour.retention_limit[firms.size[i]]) * firms.usual_staff[i] * scale_of(i, firms)
            if staff - gone < left_at_least and firms.facts[i] & np.uint16(KEPT):
                if _keeping_pays(i, clock, gone, firms, terms, behaviour):
                    gone = max(staff - np.int64(np.ceil(left_at_least)), np.int64(0))
                else:
                    firms.facts[i] &= np.uint16(0xFFFF & ~KEPT)
            firms.staff[i] = staff - gone
            market.dismissed[p] += gone * w
    elif staff < wanted and firms.status[i] == OPEN and not short:
        luck = uniform(seed, STAFF, firms.key[i], clock.month)
        market.places[p] += np.int64(np.floor(behaviour.hired * (wanted - staff) + luck)) * w
        hires = np.int64(np.floor(behaviour.hired * market.hireable[p] * (wanted - staff) + luck))
        firms.staff[i] += hires
        market.hired[p] += hires * w
        hires = min(hires, np.int64(MOST_HIRES))
    if hires != firms.hires[i]:
        firms.hires[i] = hires


@kernel
def _keeping_pays(i, clock, gone, firms, terms, behaviour):  # type: ignore[no-untyped-def]
    """Whether what measures pay firm i for keeping its staff exceeds what ``gone`` people would cost until then."""
    worth = 0.0
    months = np.int64(0)
    left = worth_knowing(i, terms.retention, KEPT, firms, terms)
    while more(left):
        m, left = next_of(left)
        if not has_heard(i, m, firms, terms) or (_is_granted(i, m, firms) and not terms.monthly[m]):
            continue
        lasts = min((np.int64(terms.ends_on[m]) + 1 - clock.day) // 30, np.int64(12 - clock.month_of_year))
        lasts = max(lasts, np.int64(1))
        amount = float(payment(i, m, firms, terms, behaviour))
        worth += amount * lasts if terms.monthly[m] else amount
        months = max(months, lasts)
    cost = gone * float(firms.wage[i])
    return worth > 0.0 and cost * months <= worth + behaviour.hiring_cost_months * cost


@inlined
def worth_knowing(i, chosen, fact, firms, terms):  # type: ignore[no-untyped-def]
    """The walk through those of ``chosen`` that firm i would qualify for today if ``fact`` were true of it."""
    missing = ~np.uint16(firms.facts[i] | np.uint16(fact))  # a word of 16 bits, as tables of facts are looked up by
    p = firms.prefecture[i]
    first = firms.eligible[i, 0] & chosen[p, 0]
    second = firms.eligible[i, 1] & chosen[p, 1]
    return walk(first & ~measures_requiring(missing, 0, terms), second & ~measures_requiring(missing, 1, terms))


@inlined
def _is_granted(i, m, firms):  # type: ignore[no-untyped-def]
    """Whether firm i has measure m."""
    return (firms.granted[i, m >> 6] >> np.uint64(m & 63)) & np.uint64(1) == np.uint64(1)


@inlined
def has_heard(i, m, firms, terms):  # type: ignore[no-untyped-def]
    """Whether firm i knows of measure m: everybody does of what comes by itself."""
    p = firms.prefecture[i]
    if terms.by_itself[m] or terms.makes_automatic[m, p]:
        return True
    return salted(terms.aware_salt[m], firms.key[i]) < terms.aware[m, p, firms.size[i]]


@inlined
def closed_days(i, day, firms, behaviour):  # type: ignore[no-untyped-def]
    """Days until firm i expects to work again: 0 unless it is stopped; a closure lasts as long again as it has."""
    if firms.status[i] != SUSPENDED:
        return 0.0
    if firms.restart_on[i] >= 0:
        return float(max(np.int64(firms.restart_on[i]) - day, np.int64(0)))
    lasted = float(day - np.int64(firms.suspended_on[i]))
    return min(max(lasted, behaviour.closure_days_least), behaviour.closure_days_most)


@inlined
def expected_earnings(i, day, materials, wanted, closed, firms, behaviour):  # type: ignore[no-untyped-def]
    """Fen a month that firm i is expected to earn before its owner has lived, without help.

    ``materials``: of a yuan of sales this year; ``wanted``: persons; ``closed``: days until it works again.
    """
    s = firms.sector[i]
    usual, expected = float(firms.usual_sales[i]), float(firms.expected[i])
    share = expected * (1.0 - min(1.0, closed / (MONTH_DAYS * behaviour.horizon)))
    sales = usual * share
    earned = sales * (1.0 - variable_share(i, day, sales, materials, firms, behaviour))
    earned -= wanted * firms.wage[i] * payroll_factor(i, firms, behaviour)
    earned -= firms.rent[i]
    fixed = behaviour.utilities_fixed
    utilities = behaviour.utilities[s] * (fixed * expected + (1.0 - fixed) * share)
    earned -= usual * (utilities + behaviour.fees[s] + behaviour.depreciation[s])
    return earned - firms.loan[i] * float(firms.loan_rate[i]) / 12.0


@kernel
def contract_earnings(i, day, materials, closed, firms, behaviour):  # type: ignore[no-untyped-def]
    """Fen a month of the horizon that the backlog of firm i is expected to earn; arguments as above."""
    horizon = behaviour.horizon
    open_share = 1.0 - min(1.0, closed / (MONTH_DAYS * horizon))
    sales = float(firms.usual_sales[i]) * (float(firms.expected[i]) * open_share)
    costs = variable_share(i, day, sales, materials, firms, behaviour) + work_of_a_yuan(i, firms, behaviour)
    delivered = firms.contract_backlog[i] * (1.0 - (1.0 - behaviour.contract_delivery) ** horizon) / horizon
    return delivered * open_share * (1.0 - costs)


@kernel
def expected_help(i, clock, full, firms, slots, terms, behaviour):  # type: ignore[no-untyped-def]
    """Fen a month of the horizon that measures are expected to give firm i; ``full``: this month's bills, (FLOWS,).

    Reliefs and monthly payments that it has, what it has filed for, what is announced: in this order, each by id.
    """
    horizon = behaviour.horizon
    help_ = 0.0
    left = held(i, terms.reliefs, firms)
    while more(left):
        m, left = next_of(left)
        if terms.month_slot[m] >= 0:
            months = min(float(slots.months_left[terms.month_slot[m], i]), horizon)
        else:
            months = min(months_until(clock.day, terms.ends_on[m]), horizon)
        help_ += _worth_of_relief(m, full, terms) * months / horizon
    left = in_effect(i, firms.granted, terms.recurring, firms, terms)
    while more(left):
        m, left = next_of(left)
        months = min(months_until(clock.day, terms.ends_on[m]), horizon)
        help_ += payment(i, m, firms, terms, behaviour) * months / horizon
    p = firms.prefecture[i]
    left = walk(firms.waiting[i, 0] & terms.active[p, 0], firms.waiting[i, 1] & terms.active[p, 1])
    while more(left):
        m, left = next_of(left)
        worth = _worth(i, m, terms.delay_months[m], clock.day, full, firms, terms, behaviour)
        help_ += terms.granted_share[m] * worth / horizon
    left = in_effect(i, firms.eligible, terms.announced, firms, terms)
    while more(left):
        m, left = next_of(left)
        if not has_heard(i, m, firms, terms):
            continue
        if not (terms.by_itself[m] or terms.makes_automatic[m, p]):
            asked = terms.tops_up[m] if terms.tops_up[m] >= 0 else m
            if salted(terms.apply_salt[asked], firms.key[i]) >= take_up(m, firms.size[i], terms, behaviour):
                continue
        starts = np.int64(terms.starts_on[m])
        worth = _worth(i, m, float(starts - clock.day) / 30.0, clock.day, full, firms, terms, behaviour)
        help_ += behaviour.trust * terms.granted_share[m] * worth / horizon
    return help_


@inlined
def months_until(day, ends_on):  # type: ignore[no-untyped-def]
    """Months of 30 days from ``day`` to the evening of ``ends_on``, not less than none."""
    return max(0.0, float(np.int64(ends_on) + 1 - day) / 30.0)


@kernel
def _worth(i, m, after, day, full, firms, terms, behaviour):  # type: ignore[no-untyped-def]
    """Fen that measure m would give firm i within the horizon, from so many months ``after`` ``day`` on."""
    within = behaviour.horizon - after
    if within <= 0.0:
        return 0.0
    lasts = max(0.0, min(months_until(day, terms.ends_on[m]) - after, within))
    if terms.kind[m] == RELIEF:
        if terms.month_slot[m] >= 0:
            lasts = min(float(terms.months[m]), within)
        return _worth_of_relief(m, full, terms) * lasts
    if terms.kind[m] == PAYMENT:
        return float(payment(i, m, firms, terms, behaviour)) * (lasts if terms.monthly[m] else 1.0)
    return 0.0


@kernel
def _worth_of_relief(m, full, terms):  # type: ignore[no-untyped-def]
    """Fen of this month's bills ``full`` (FLOWS,) that measure m would take off."""
    worth = 0.0
    for f in range(FLOW_COUNT):
        if (terms.flows[m] >> np.uint32(f)) & np.uint32(1):
            worth += full[f] * terms.share[m]
    return worth


@kernel
def reaches_reopening(i, prospects, firms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Whether cash, the owner's own money and what a bank might lend carry stopped firm i until it works again.

    ``prospects``: as of :func:`what_becomes`.
    """
    _, closed, expected_outlays = prospects
    s = firms.sector[i]
    wages = float(firms.staff[i]) * firms.wage[i] * payroll_factor(i, firms, behaviour)
    month = wages * behaviour.wage_when_suspended + firms.rent[i]
    usual, expected = float(firms.usual_sales[i]), float(firms.expected[i])
    month += usual * (behaviour.fees[s] + behaviour.utilities[s] * behaviour.utilities_fixed * expected)
    month += firms.loan[i] * float(firms.loan_rate[i]) / 12.0
    month += firms.reservation[i] * behaviour.living_least
    has = float(firms.cash[i])
    key = firms.key[i]
    if not firms.facts[i] & np.uint16(OWNER_PAID_IN) and uniform(seed, INJECTS, key, 0) < behaviour.injection_share:
        has += behaviour.injection_months * expected_outlays
    if not firms.facts[i] & np.uint16(LATE) and uniform(seed, LOAN_DEMAND, key, 0) >= behaviour.never_applies:
        has += behaviour.loan_months * outlays(i, 1.0, firms, behaviour)
    return has >= month * closed / MONTH_DAYS


@inlined
def gap_of(i, earnings, firms, behaviour):  # type: ignore[no-untyped-def]
    """What firm i lacks to what its owner asks for, as a share of it; 0 or less if it is enough."""
    if firms.reservation[i] > 0:
        return 1.0 - earnings / firms.reservation[i]
    return -earnings / max(behaviour.margin_unit * firms.usual_sales[i], 1.0)


@inlined
def months_lived(i, day, firms):  # type: ignore[no-untyped-def]
    """Age of firm i in whole months of 30 days."""
    return firms.age_months[i] + (day - max(firms.born_on[i], 0)) // 30


@inlined
def may_leave(i, clock, earnings, closed, firms, terms, behaviour, seed):  # type: ignore[no-untyped-def]
    """Whether :func:`what_becomes` need be asked: nearly always a firm stays, and a glance tells so."""
    key, month = firms.key[i], clock.month
    if closed > 0.0 or firms.distressed_months[i] > 0 or firms.late_months[i] >= behaviour.foreclosure_months:
        return True
    p = firms.prefecture[i]
    if (firms.granted[i, 0] & terms.cultivates[p, 0]) | (firms.granted[i, 1] & terms.cultivates[p, 1]) != np.uint64(0):
        if months_lived(i, clock.day, firms) < YOUNG_MONTHS:
            return True  # what it is given bears on whether it stays
    if uniform(seed, RETIREMENT, key, month) < behaviour.retirement[firms.size[i]] / 12.0:
        return True
    gap = gap_of(i, earnings, firms, behaviour)
    if gap <= 0.0:
        return False
    return uniform(seed, CLOSING, key, month) < behaviour.closing_hazard * min(gap, behaviour.most_hazards)


@kernel
def what_becomes(i, clock, prospects, state):  # type: ignore[no-untyped-def]
    """STAYS, RETIRES, CLOSES or INSOLVENT: what becomes of firm i this month.

    ``prospects``: fen a month that it is expected to earn without help, days until it works again, fen of an expected
    month's outlays.
    """
    earnings, closed, _ = prospects
    firms, terms, behaviour, slots, seed = state.firms, state.terms, state.behaviour, state.records.slots, state.seed
    key, month = firms.key[i], clock.month
    months_old = months_lived(i, clock.day, firms)
    young = 1.0
    if months_old < YOUNG_MONTHS:
        left = held(i, terms.cultivates, firms)
        while more(left):
            m, left = next_of(left)
            young *= terms.young_churn[m]
    if uniform(seed, RETIREMENT, key, month) < behaviour.retirement[firms.size[i]] / 12.0 * young:
        if assets_cover_debts(i, firms, slots, terms, behaviour):  # who owes more than he has goes on
            return RETIRES
    if firms.late_months[i] >= behaviour.foreclosure_months:
        return INSOLVENT
    if firms.distressed_months[i] > 0:
        extra = exponential(seed, PATIENCE, key, 0) * behaviour.patience_beyond
        if firms.distressed_months[i] >= behaviour.patience_min + np.floor(extra):
            return INSOLVENT
    if closed > 0.0:
        if not reaches_reopening(i, prospects, firms, behaviour, seed):
            return CLOSES
    if months_old < behaviour.months_before_closing:
        return STAYS
    gap = gap_of(i, earnings, firms, behaviour)
    if gap > 0.0:
        luck = uniform(seed, CLOSING, key, month)
        # Who would stay even without any help is not asked for it.
        if luck < behaviour.closing_hazard * min(gap, behaviour.most_hazards) * young:
            if not firms.facts[i] & np.uint16(SHORT) and not assets_cover_debts(i, firms, slots, terms, behaviour):
                return STAYS  # his debts stay with him: he goes on as long as he can pay his bills
            earnings += expected_help(i, clock, state.bills.full, firms, slots, terms, behaviour)
            gap = gap_of(i, earnings, firms, behaviour)
            if luck < behaviour.closing_hazard * max(0.0, min(gap, behaviour.most_hazards)) * young:
                return CLOSES
    return STAYS


@inlined
def pauses(i, day, materials, firms, behaviour):  # type: ignore[no-untyped-def]
    """Whether an expected month would not bring firm i what it costs to be open at all."""
    usual, expected = float(firms.usual_sales[i]), float(firms.expected[i])
    sales = usual * expected
    brings = sales * (1.0 - variable_share(i, day, sales, materials, firms, behaviour))
    wages = float(firms.staff[i]) * firms.wage[i] * payroll_factor(i, firms, behaviour)
    costs = wages * (1.0 - behaviour.wage_when_suspended)
    costs += usual * behaviour.utilities[firms.sector[i]] * (1.0 - behaviour.utilities_fixed) * expected
    return brings < costs


@kernel
def proceeds(i, firms, behaviour):  # type: ignore[no-untyped-def]
    """Fen that firm i would get for claims (public, private, overdue ones) and equipment, were it to close today."""
    public = round_half_up(firms.receivables_public[i] * behaviour.claims_sold)
    private = round_half_up(firms.receivables_private[i] * behaviour.claims_sold)
    overdue = round_half_up(firms.overdue_public[i] * behaviour.overdue_claims_sold)
    months = behaviour.depreciation[firms.sector[i]] * behaviour.equipment_months
    return public, private, overdue, round_half_up(firms.usual_sales[i] * months)


@kernel
def debts_of(i, firms, slots, terms, behaviour):  # type: ignore[no-untyped-def]
    """Fen that firm i owes, due or not, and that it has been prepaid for work not done."""
    debts = firms.payables[i] + firms.arrears_public[i] + firms.arrears_private[i] + firms.loan[i]
    return debts + prepaid(firms.contract_backlog[i], behaviour) + deferred_total(i, firms, slots, terms)


@kernel
def assets_cover_debts(i, firms, slots, terms, behaviour):  # type: ignore[no-untyped-def]
    """Whether what firm i would get for what it has pays all that it owes."""
    public, private, overdue, equipment = proceeds(i, firms, behaviour)
    assets = firms.cash[i] + public + private + overdue + firms.quality_deposit[i] + equipment
    return assets >= debts_of(i, firms, slots, terms, behaviour)


@outermost
def reach(day, month, firms, behaviour, seed, found):  # type: ignore[no-untyped-def]
    """Months that the cash of each living firm lasts at the sales that it expects, into ``found`` (n,); 99 if for good.

    Its owner lives on it all the while, its staff stays as it is, and no help is counted.
    """
    for i in range(len(firms.key)):
        if firms.status[i] < OPEN or firms.status[i] == EXITED:
            continue
        materials = float(firms.materials_now[i])
        if materials == 0.0:  # not settled yet
            materials = materials_of_a_yuan(i, month, firms, behaviour, seed)
        closed = closed_days(i, day, firms, behaviour)
        staff = float(firms.staff[i])
        net = expected_earnings(i, day, materials, staff, closed, firms, behaviour) - firms.reservation[i]
        net += firms.usual_sales[i] * behaviour.depreciation[firms.sector[i]]  # worn out, not paid
        found[i] = LONGEST_REACH if net >= 0.0 else min(firms.cash[i] / -net, LONGEST_REACH)
