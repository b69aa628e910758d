"""What the oracle's run comes to, by the definitions of section 8 of the model document."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from math import nan

from tests.reference.oracle import Oracle

SMALL = ("individual", "micro", "small")


def outcomes_of(oracle: Oracle) -> dict[str, float]:
    """All outcomes by name; what has an empty denominator is not a number."""
    province, monitor = oracle.province, oracle.monitor
    names = province.timeline.month_names
    last = len(names) - 1
    month = f"{province.scenario.plan.targets_on:%Y-%m}"
    target = names.index(month) if month in names else last
    ledger = province.books.shared(province.policy.rules)

    def counted(month: int, name: str, sizes: tuple[str, ...] = (*SMALL, "medium")) -> int:
        return sum(cell[name] for place, cell in monitor.panel.items() if place[0] == month and place[3] in sizes)

    def moved(*kinds: str) -> int:
        return sum(amount for place, amount in ledger.items() if place[4] and place[5] in kinds)

    def share(part: int, of: int) -> float:
        return part / of if of else nan

    stopped = counted(target, "stopped")
    alive = sum(counted(target, status) for status in ("open", "suspended", "paused"))
    lent = counted(target, "loan_fen", SMALL)
    growth = lent / oracle.lent_to_small_firms - 1.0 if oracle.lent_to_small_firms else nan
    chosen: dict[str, int] = defaultdict(int)
    for (_, item, station), firms in province.stations.firms.items():
        if station == "decided":
            chosen[item] += firms
    refunds = {"applied": 0, "paid": 0}
    for (month, item, station), firms in province.stations.firms.items():
        on = province.timeline.start.year * 12 + province.timeline.start.month - 1 + month
        if item == "vat_stock_refund" and station in refunds and on <= 2022 * 12 + 5:
            refunds[station] += firms
    covers_june = province.timeline.start <= date(2022, 6, 30) and province.timeline.end >= date(2022, 6, 1)
    refunded = share(refunds["paid"], max(refunds.values())) if covers_june else nan
    return {
        "stock_refunds_paid": refunded,
        "survival_rate": share(counted(last, "founders_alive"), counted(last, "founders")),
        "resumption_rate": share(counted(target, "stopped_working") + counted(target, "stopped_left_working"), stopped),
        "loss_share": share(counted(target, "loss_making"), alive),
        "loss_share_with_owner": share(counted(target, "loss_making_with_owner"), alive),
        "survivors": counted(last, "founders_alive"),
        "exits": counted(last, "exited"),
        "insolvent_exits": counted(last, "exited_insolvent"),
        "births": counted(last, "born"),
        "stopped": stopped,
        "jobs": counted(last, "staff"),
        "arrears_to_firms": counted(target, "overdue_public_fen"),
        "small_arrears_left": counted(target, "small_arrears_fen"),
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
