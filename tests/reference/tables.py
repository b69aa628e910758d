"""The tables of a run, of the engine and of the oracle, each as numbers by entry, so that they can be compared."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sim.vocabulary import REQUESTS
from tests.reference.outcomes import outcomes_of

if TYPE_CHECKING:
    from tests.reference.comparison import Pair

Table = dict[tuple[Any, ...], Any]
COUNTED = ("applied", "queued", "decided", "refused", "withdrawn", "supervised", "paid")
PLACE = ["month", "prefecture", "sector", "size"]


def _without_nothing(table: Table) -> Table:
    return {entry: number for entry, number in table.items() if number}


def ledger_of_engine(pair: Pair) -> Table:
    """Fen by month, payer, payee, flow, measure and kind."""
    sums: Table = defaultdict(int)
    for *entry, amount in pair.result.ledger.itertuples(index=False):
        sums[tuple(entry)] += int(amount)
    return _without_nothing(sums)


def ledger_of_oracle(pair: Pair) -> Table:
    """The same."""
    province = pair.oracle.province
    names = province.timeline.month_names
    shared = province.books.shared(province.policy.rules)
    return {(names[month], *entry): amount for (month, *entry), amount in shared.items()}


def panel_of_engine(pair: Pair) -> Table:
    """Counts by month, prefecture, sector, size and column."""
    table: Table = {}
    for row in pair.result.panel.to_dict("records"):
        place = tuple(row.pop(name) for name in PLACE)
        table |= {(*place, name): int(number) for name, number in row.items()}
    return _without_nothing(table)


def panel_of_oracle(pair: Pair) -> Table:
    """The same."""
    months = pair.run.timeline.month_names
    codes = pair.run.counties.prefecture_code
    return _without_nothing(
        {
            (months[month], codes[prefecture], sector, size, name): number
            for (month, prefecture, sector, size), cell in pair.oracle.monitor.panel.items()
            for name, number in cell.items()
        }
    )


def universes_of_engine(pair: Pair) -> Table:
    """Counts by month, universe, how it is counted and column."""
    table: Table = {}
    for row in pair.result.universes.to_dict("records"):
        place = tuple(row.pop(name) for name in ("month", "universe", "by"))
        table |= {(*place, name): int(number) for name, number in row.items()}
    return _without_nothing(table)


def universes_of_oracle(pair: Pair) -> Table:
    """The same."""
    months = pair.run.timeline.month_names
    return _without_nothing(
        {(months[month], *entry): number for (month, *entry), number in pair.oracle.monitor.universes.items()}
    )


def stations_of_engine(pair: Pair) -> Table:
    """Firms and mean days by month, measure or request, and station; fen paid."""
    table: Table = {}
    for month, item, station, firms, days, amount in pair.result.delivery.itertuples(index=False):
        table[month, item, station, "firms"] = firms
        table[month, item, station, "fen"] = int(amount)
        if station != "aware":  # a mean of expected numbers
            table[month, item, station, "days"] = 0.0 if days != days else days
    for month, item, station, firms, days in pair.result.requests.itertuples(index=False):
        table[month, item, station, "firms"] = firms
        table[month, item, station, "days"] = 0.0 if days != days else days
    return _without_nothing(table)


def stations_of_oracle(pair: Pair) -> Table:
    """The same."""
    oracle, province = pair.oracle, pair.oracle.province
    names = province.timeline.month_names
    table: Table = defaultdict(int)
    reached = {place: (firms, province.stations.days[place]) for place, firms in province.stations.firms.items()}
    reached |= {(month, item, "queued"): (seen[0], seen[1]) for (month, item), seen in oracle.monitor.queued.items()}
    for (month, item, station), (firms, days) in reached.items():
        if station in COUNTED and firms:
            if item not in REQUESTS or station != "paid":
                table[names[month], item, station, "firms"] = firms
            if not (item in REQUESTS and station in ("applied", "paid")):
                table[names[month], item, station, "days"] = days / firms
    for (month, _, _, _, name, kind), amount in province.books.sums.items():
        if name and kind in ("relieved", "granted", "deferred", "cleared"):
            table[names[month], name, "paid", "fen"] += amount
    for firm in province.firms:
        if firm.status != "unborn":
            for rule in firm.eligible:
                table[names[-1], rule.id, "eligible", "firms"] += firm.weight
                if province.knows(firm, rule):
                    table[names[-1], rule.id, "aware", "firms"] += firm.weight
    return _without_nothing(table)


def repayment_wall_of_engine(pair: Pair) -> Table:
    """What was put off and fell due again, by month, measure and column."""
    table: Table = {}
    for row in pair.result.repayment_wall.to_dict("records"):
        month, rule = row.pop("month"), row.pop("measure")
        table |= {(month, rule, name): int(number) for name, number in row.items()}
    return _without_nothing(table)


def repayment_wall_of_oracle(pair: Pair) -> Table:
    """The same."""
    province = pair.oracle.province
    names = province.timeline.month_names
    table: Table = defaultdict(int)
    columns = {
        "deferred": "put_off_fen",
        "repaid": "repaid_fen",
        "owed": "unpaid_fen",
        "written_off": "written_off_fen",
    }
    for (month, _, _, _, name, kind), amount in province.books.sums.items():
        if name and province.policy.by_id[name].kind == "deferral":
            table[names[month], name, columns[kind]] += amount
            if kind != "deferred":
                table[names[month], name, "due_fen"] += amount
    for (month, name), amount in province.books.extended.items():
        months = province.policy.by_id[name].says("loan_months", province.timeline.days - 1)
        if month + months < len(names):
            table[names[month + months], name, "due_fen"] += amount
    for station, column in (("fell due", "firms_due"), ("fell short", "firms_short"), ("closed owing", "firms_closed")):
        for (month, name, reached), firms in province.stations.firms.items():
            if reached == station:
                table[names[month], name, column] += firms
    return _without_nothing(table)


def outcomes_of_engine(pair: Pair) -> Table:
    """Outcomes by name."""
    return {(row.outcome,): row.value for row in pair.result.outcomes.itertuples()}


def outcomes_of_oracle(pair: Pair) -> Table:
    """The same."""
    return {(name,): float(value) for name, value in outcomes_of(pair.oracle).items()}


def funds_of_engine(pair: Pair) -> Table:
    """Fen left, by fund and prefecture."""
    funds = pair.run.funds
    levels = funds.levels()
    return _without_nothing(
        {
            (name, place): levels[slot]
            for name, index in funds.index.items()
            for place, slot in reversed(list(enumerate(funds.treasury.slot[index].tolist())))
            if place == 0 or slot != funds.treasury.slot[index][0]
        }
    )


def funds_of_oracle(pair: Pair) -> Table:
    """The same."""
    return _without_nothing(dict(pair.oracle.province.treasury.left))


def restarts_of_engine(pair: Pair) -> Table:
    """Firms freed, and those back within some days, by closure and column."""
    table: Table = {}
    for row in pair.result.restarts.to_dict("records"):
        closure = str(row.pop("closure"))
        table |= {(closure, name): int(number) for name, number in row.items()}
    return _without_nothing(table)


def restarts_of_oracle(pair: Pair) -> Table:
    """The same."""
    restarts = pair.oracle.province.restarts
    table: Table = {(closure, "freed"): firms for closure, firms in restarts.freed.items()}
    table |= {(closure, f"within_{days}_days"): firms for (closure, days), firms in restarts.within.items()}
    return _without_nothing(table)


def reactions_of_engine(pair: Pair) -> Table:
    """What each reaction did where on which morning."""
    acted = pair.run.reactions.acted
    return {(one.reaction, one.prefecture, one.day): one.what for one in acted}


def reactions_of_oracle(pair: Pair) -> Table:
    """The same."""
    return {(reaction, place, day): what for reaction, place, day, what in pair.oracle.reactions.acted}
