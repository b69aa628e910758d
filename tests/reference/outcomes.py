"""What the oracle's run comes to, by the definitions of section 8 of the model document."""

from __future__ import annotations

from collections import defaultdict
from math import nan

from tests.reference.oracle import Oracle

SMALL = ("individual", "micro", "small")
YEAR = 365.0  # days
UNIVERSES = {  # what the name of a rate says of whom it is; nothing for enterprises
    "_of_all": "all",
    "_of_individual_businesses": "individual_businesses",
    "": "enterprises",
    "_of_industry_above_scale": "industry_above_scale",
}
COUNTED = {"": "firms", "_by_jobs": "jobs"}
RATES = {  # numerator and denominator, and whether the rate is read at the end
    "survival_rate": (("founders_alive",), ("founders",), True),
    "survival_rate_on_target_day": (("founders_alive",), ("founders",), False),
    "resumption_rate": (("stopped_working", "stopped_left_working"), ("stopped",), False),
    "loss_share": (("loss_making",), ("open", "suspended", "paused"), False),
    "loss_share_with_owner": (("loss_making_with_owner",), ("open", "suspended", "paused"), False),
}


def share(part: int, of: int) -> float:
    """A share; of nothing it is not a number."""
    return part / of if of else nan


def month_of(oracle: Oracle, outcome: str) -> int:
    """The month in which an outcome of targets is read: its own day's, else that of all; else the last."""
    plan, names = oracle.province.scenario.plan, oracle.province.timeline.month_names
    days = [target.on for target in plan.targets if target.outcome == outcome]
    day = days[0] if days and days[0] is not None else plan.targets_on
    month = f"{day:%Y-%m}"
    return names.index(month) if month in names else len(names) - 1


def outcomes_of(oracle: Oracle) -> dict[str, float]:
    """All outcomes by name; what has an empty denominator is not a number."""
    return rates_of(oracle) | others_of(oracle)


def rates_of(oracle: Oracle) -> dict[str, float]:
    """The rates of each universe, by firms and by jobs."""
    last, found = len(oracle.province.timeline.month_names) - 1, {}
    for rate, (parts, wholes, at_end) in RATES.items():
        month = last if at_end else month_of(oracle, rate)
        for of, universe in UNIVERSES.items():
            for counted, by in COUNTED.items():
                part, whole = (
                    sum(oracle.monitor.universes[month, universe, by, name] for name in names)
                    for names in (parts, wholes)
                )
                found[f"{rate}{of}{counted}"] = share(part, whole)
    return found


def others_of(oracle: Oracle) -> dict[str, float]:
    """All other outcomes."""
    province, monitor = oracle.province, oracle.monitor
    last = len(province.timeline.month_names) - 1
    ledger = province.books.shared(province.policy.rules)

    def counted(month: int, name: str, sizes: tuple[str, ...] = (*SMALL, "medium")) -> int:
        return sum(cell[name] for place, cell in monitor.panel.items() if place[0] == month and place[3] in sizes)

    def at_target(outcome: str, name: str, sizes: tuple[str, ...] = (*SMALL, "medium")) -> int:
        return counted(month_of(oracle, outcome), name, sizes)

    def moved(*kinds: str) -> int:
        return sum(amount for place, amount in ledger.items() if place[4] and place[5] in kinds)

    lent = at_target("inclusive_loan_growth_gap", "loan_fen", SMALL)
    growth = lent / oracle.lent_to_small_firms - 1.0 if oracle.lent_to_small_firms else nan
    chosen: dict[str, int] = defaultdict(int)
    for (_, item, station), firms in province.stations.firms.items():
        if station == "decided":
            chosen[item] += firms
    refunds = {"applied": 0, "paid": 0}
    for (month, item, station), firms in province.stations.firms.items():
        if item == "vat_stock_refund" and station in refunds and month <= month_of(oracle, "stock_refunds_paid"):
            refunds[station] += firms
    with_plan = month_of(oracle, "arrears_with_plan")
    put_in, drawn = monitor.fund[month_of(oracle, "sme_fund_used")]
    return {
        "stock_refunds_paid": share(refunds["paid"], max(refunds.values())),
        "arrears_with_plan": share(monitor.planned[with_plan], monitor.difficult[with_plan]),
        "arrears_cleared": cleared(oracle),
        "entity_growth": growth_a_year(oracle),
        "sme_fund_used": share(drawn, put_in),
        "survivors": counted(last, "founders_alive"),
        "exits": counted(last, "exited"),
        "insolvent_exits": counted(last, "exited_insolvent"),
        "births": counted(last, "born"),
        "stopped": at_target("stopped", "stopped"),
        "jobs": counted(last, "staff"),
        "arrears_to_firms": at_target("arrears_to_firms", "overdue_public_fen"),
        "small_arrears_left": at_target("small_arrears_left", "small_arrears_fen"),
        "inclusive_loan_growth_gap": growth - province.calibration("credit.all_loans_growth"),
        "srdi_growth_firms": chosen["srdi_growth_firms"],
        "srdi_little_giants": chosen["srdi_little_giants"],
        "srdi_national_little_giants": chosen["srdi_national_little_giants"],
        "contracts_of_small_firms": oracle.tenders.won["small_micro"],
        "contracts_of_medium_firms": oracle.tenders.won["medium"],
        "contracts_of_large_firms": oracle.tenders.won["large"],
        "out_of_work": round(sum(oracle.province.market.out_of_work.values())),
        "money_given": moved("relieved", "granted"),
        "money_put_off": moved("deferred"),
        "bank_write_offs": sum(
            amount for place, amount in ledger.items() if place[2:] == ("banks", "loan", "", "written_off")
        ),
    }


def cleared(oracle: Oracle) -> float:
    """Of undisputed arrears to enterprises before the plan's month, or found since, the share paid."""
    province, until = oracle.province, month_of(oracle, "arrears_cleared")
    start, adopted = province.timeline.start, province.scenario.plan.adopted
    first = max(0, (adopted.year - start.year) * 12 + adopted.month - start.month)
    if until < first:
        return nan
    months = range(first, until + 1)
    found = oracle.monitor.standing[first - 1] + sum(province.found[month] for month in months)
    return share(sum(province.cleared[month] for month in months), found)


def growth_a_year(oracle: Oracle) -> float:
    """Growth of living entities since the start, a year."""
    month, panel = month_of(oracle, "entity_growth"), oracle.monitor.panel
    days = sum(1 for of_day in oracle.province.month_of[: oracle.province.timeline.days] if of_day <= month)

    def all_of(name: str) -> int:
        return sum(cell[name] for place, cell in panel.items() if place[0] == month)

    founders, living = all_of("founders"), sum(all_of(status) for status in ("open", "suspended", "paused"))
    return (living / founders) ** (1.0 / (days / YEAR)) - 1.0 if founders else nan
