"""A town of a few firms written out by hand, for cases that can be checked on paper.

Nothing happens in it that a case does not ask for: demand is that of a usual month in every month, nobody is listed,
nothing is drawn at random, and every cost, habit and rule of behaviour that a case does not name is switched off.
A case is an ordinary run of the engine, so only this file knows how a run is put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from unittest.mock import patch

import numpy as np

from sim.engine import Run, Wanted
from sim.instruments import instruments
from sim.ledger import LINE, MOVES, RENT_OF_STATE
from sim.measure import Measure, Words
from sim.observe.inside import Inside
from sim.observe.tables import Result
from sim.parameters import Parameters
from sim.parameters import load as load_parameters
from sim.population.columns import new_columns
from sim.population.counties import counties as county_table
from sim.population.synthesis import Population
from sim.reaction import Reaction
from sim.scenario import Scenario, load
from sim.scenario.schema import Fund
from sim.timeline import COHORTS, Timeline
from sim.units import MONTH_DAYS, fen
from sim.vocabulary import CUSTOMERS, EXIT_CAUSES, FACTS, FLAGS, FLOWS, LANDLORDS, SECTORS, SIZES, Status, bit
from sim.world.spec import WorldSpec
from sim.world.world import World, build

STATE_RENT: Final = "paid_rent_to_state_landlords"
FIRST_DAY: Final = date(2022, 1, 1)
STATIONS: Final = ("applied", "decided", "refused", "paid", "withdrawn", "supervised")
# What a case does not name is off: no chance, no habits, no costs beside wages, premiums, rent, materials and taxes.
QUIET: Final[dict[str, Any]] = {
    "firm.trend_sigma": 0.0,
    "firm.sales_sigma": 0.0,
    "firm.expectation_weight": 0.0,
    "firm.stretch_share": 0.0,
    "firm.drawings_share": 0.0,
    "firm.injection_share": 0.0,
    "firm.patience_months_min": 99.0,
    "firm.patience_beyond_min_months": 0.0,
    "leaving.retirement_per_year": 0.0,
    "leaving.hazard_per_month": 0.0,
    "staff.dismissed_per_month": 0.0,
    "staff.dismissed_when_short_per_month": 0.0,
    "staff.hired_per_month": 0.0,
    "suppliers.credit_share": 0.0,
    "costs.margin_permanent_share": 1.0,  # every year is like the one before
    "costs.materials_fixed_share": 0.0,
    "costs.depreciation": 0.0,
    "costs.utilities": 0.0,
    "costs.fees": 0.0,
    "costs.tolls": 0.0,
    "costs.commission": 0.0,
    "costs.testing_yuan": 0.0,
    "receivables.credit_share": 0.0,
    "receivables.private_default_per_month": 0.0,
    "receivables.paid_with_sales": 0.0,
    "receivables.disputed_share": 0.0,
    "receivables.overdue_per_month": 0.0,
    "receivables.confirmed_share": 0.0,
    "receivables.overdue_paid_per_month": 0.0,
    "receivables.difficult_share": 0.0,
    "receivables.debt_spread": 0.0,
    "receivables.debt_yuan": 1e9,  # all that anybody owes to a firm is one debt
    "receivables.large_firms_extra_share": 1e6,
    "restart.days_spread": 0.0,  # every lack lasts for its mean
    "credit.never_applies_share": 1.0,
    "credit.expansion_per_month": 0.0,
    "credit.guarantee_limit": 0.0,
    "procurement.annual_yuan": 0.0,
    "procurement.prepayment_share": 0.0,
    "delivery.apply_share": 1.0,
    "delivery.patience_days": 1e6,
    "delivery.complaint_share": 0.0,
    "delivery.awareness_per_month": 1_000.0,  # everybody knows everything on the first day
}


@dataclass(frozen=True)
class Firm:
    """One firm on 1 January 2022. Money in yuan, sales, wages and rent a month; it stands for ``weight`` firms.

    It buys for at least two fen of a yuan that it sells, as every firm of the model.
    """

    sector: str = "catering"
    size: str = "micro"
    landlord: str = "private"
    customer: str = "households"
    county: int = 0
    staff: int = 10
    wage: float = 4_000
    sales: float = 100_000
    rent: float = 8_000
    materials_share: float = 0.02
    reservation: float = 0
    expected: float = 1.0
    buffer_months: float = 2.0
    insured_share: float = 0.0
    cash: float = 10_000_000
    loan: float = 0
    loan_rate: float = 0.0
    guaranteed: float = 0
    advanced: float = 0
    loan_due: date | None = None
    loan_term: int = 12
    payables: float = 0
    overdue_payables: float = 0
    receivables_public: float = 0
    overdue_public: float = 0
    receivables_private: float = 0
    vat_credit: float = 0
    quality_deposit: float = 0
    age_months: int = 60
    flags: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    weight: int = 1


def measure(
    id_: str,
    instrument: str,
    *,
    way: str = "automatic",
    agency: str | None = None,
    processing_days: int = 0,
    own_handlers: bool = False,
    take_up: float | None = None,
    refusal_share: float = 0.0,
    list_first: bool = False,
    start: date = FIRST_DAY,
    end: date | None = None,
    announced: date | None = None,
    withdrawn: date | None = None,
    eligible: Mapping[str, Any] | None = None,
    fund: str | None = None,
    action: str = "fiscal",
    **values: Any,
) -> Measure:
    """A measure as its file would say it; ``values`` are those of its instrument.

    ``own_handlers``: instead of a desk, which a town staffs.
    """
    has_desk = way not in ("automatic", "none") and not own_handlers
    agency = agency or ("finance" if has_desk else None)
    delivery = {
        "way": way, "agency": agency, "processing_days": processing_days, "refusal_share": refusal_share,
        "list_first": list_first, "capacity": 1.0 if has_desk else None, "take_up": take_up,
    }  # fmt: skip
    told = {
        "id": id_, "clauses": (), "action": action, "section": "I.1", "instrument": instrument, "start": start,
        "end": end, "announced": announced, "withdrawn": withdrawn, "eligible": eligible or {}, "delivery": delivery,
        "fund": fund, "values": {},
    }  # fmt: skip
    plain = Measure.model_validate(told)
    return plain.model_copy(update={"values": instruments()[instrument].Values.model_validate(values)})


def bank_giving(points: float) -> dict[str, float]:
    """Parameters of a bank that gives every firm these points, whatever it earns, owes or pledges."""
    nothing = ("margin_weight", "leverage_weight", "collateral_bonus", "record_malus", "noise")
    return {"credit.base": points, **{f"credit.{name}": 0.0 for name in nothing}}


class Town:
    """A few firms that settle on one day of the month, the measures in force, and whoever serves them.

    ``firms`` settle on the 15th; ``trade``: demand as a multiple of the usual; ``closed``: first and last day on
    which everybody is closed by the epidemic; ``away``: share of the staff that is away on days; ``funds``: yuan in
    each from the first day on; ``waits``: an empty one lets cases wait; ``reactions``: as a file writes them, with ids
    of measures; ``desk``: entities that every desk handles in a working day; ``parameters``: what is not off, see
    ``QUIET``, a single number standing for a whole table; ``inside``: what is looked at; ``follow``: places of firms
    whose journeys are kept.
    """

    def __init__(
        self,
        *firms: Firm,
        until: date = date(2022, 1, 31),
        measures: Sequence[Measure] = (),
        funds: Mapping[str, float] | None = None,
        waits: bool = False,
        desk: float = 1_000.0,
        trade: float = 1.0,
        closed: tuple[date, date] | None = None,
        away: Mapping[date, float] | None = None,
        reactions: Sequence[Mapping[str, Any]] = (),
        parameters: Mapping[str, Any] | None = None,
        settles_on: int = 15,
        inside: Inside | None = None,
        follow: Sequence[int] = (),
    ) -> None:
        self.measures = sorted(measures, key=lambda one: one.id)
        nobody = np.zeros((len(SECTORS), len(SECTORS)))  # orders of firms in the mean say nothing of a few
        with (
            patch("sim.engine.build", lambda *asked: _quiet(asked[-1], build(*asked), settles_on, trade, closed)),
            patch("sim.institutions.markets.to_firms", lambda asked: nobody),
        ):
            self.run = Run(
                _scenario(self.measures, funds or {}, _world(until, away or {}), waits, reactions),
                _parameters({**QUIET, **(parameters or {})}),
                _population(firms, settles_on),
                seed=1,
                wanted=Wanted([k + 1 for k in follow], fates=True, inside=inside),
            )
        self.run.desks.staffed[:] = desk
        self.run.desks.count_staff()

    def live(self) -> Town:
        """Live through all days; every fen must be accounted for."""
        self.run.live(lambda share: None)
        self.result: Result = self.run.result()
        return self

    def firm(self, name: str, k: int = 0) -> Any:
        """Column ``name`` of firm k, now; of a mask its words."""
        return getattr(self.run.state.firms, name)[k].tolist()

    def is_open(self, k: int = 0) -> bool:
        """Whether firm k is open now."""
        return bool(self.firm("status", k) == Status.OPEN)

    def cause(self, k: int = 0) -> str:
        """Why firm k has left, empty while it lives."""
        return "" if self.firm("exit_cause", k) < 0 else EXIT_CAUSES[self.firm("exit_cause", k)]

    def has_fact(self, fact: str, k: int = 0) -> bool:
        """Whether a fact is true of firm k now."""
        return bool(self.firm("facts", k) & bit(FACTS, fact))

    def has(self, id_: str, k: int = 0) -> bool:
        """Whether firm k has a measure now."""
        return bool(self.run.state.firms.granted[k, 0] >> np.uint64(self._place(id_)) & np.uint64(1))

    def line(self, name: str, month: int | None = None) -> int:
        """Fen posted on a line of the ledger in the month numbered from 0, or in all months."""
        lines = self.run.state.records.books.lines[:, LINE[name]]
        return int(lines.sum() if month is None else lines[month])

    def paid(self, flow: str, month: int | None = None) -> int:
        """Fen that firms paid of a bill."""
        return self.line(f"paid_{flow}", month) + (self.line(STATE_RENT, month) if flow == "rent" else 0)

    def unpaid(self, flow: str, month: int | None = None) -> int:
        """Fen of a bill that firms could not pay."""
        return self.line(f"unpaid_{flow}", month)

    def relieved(self, id_: str, flow: str, month: int | None = None) -> int:
        """Fen of a bill that a measure took off."""
        of_measure = self.run.state.records.books.relieved[:, self._place(id_)]
        relieved = of_measure[:, FLOWS.index(flow)] + (of_measure[:, RENT_OF_STATE] if flow == "rent" else 0)
        return int(relieved.sum() if month is None else relieved[month])

    def moved(self, id_: str, move: str, month: int | None = None) -> int:
        """Fen that a measure deferred, granted or was repaid."""
        moved = self.run.state.records.books.moved[:, self._place(id_), MOVES.index(move)]
        return int(moved.sum() if month is None else moved[month])

    def cases(self, id_: str, station: str, month: int | None = None) -> int:
        """Firms counted at a station of a measure's delivery, or of loans."""
        found = self.run.state.records.counts.firms[:, self._place(id_), STATIONS.index(station)]
        return int(found.sum() if month is None else found[month])

    def aware(self, id_: str, size: str = "micro") -> float:
        """Share of the firms of a size in Kunming that know of a measure now."""
        return float(self.run.rules.terms.aware[self._place(id_), 0, SIZES.index(size)])

    def waiting(self, id_: str) -> int:
        """Firms in the queue of a measure, or of loans, now."""
        return int(self.run.state.queues.waiting[self._place(id_)].sum())

    def left(self, fund: str) -> int:
        """Fen left in a fund."""
        funds = self.run.funds
        return funds.levels()[funds.treasury.slot[funds.index[fund], 0]]

    def _place(self, id_: str) -> int:
        return len(self.measures) if id_ == "loan" else [one.id for one in self.measures].index(id_)


def _quiet(timeline: Timeline, world: World, settles_on: int, trade: float, closed: tuple[date, date] | None) -> World:
    """A demand of one usual month from each settlement to the next, however long the month, and the closure."""
    demand = np.ones_like(world.demand)
    for day in range(timeline.days):
        on = timeline.date(day)
        month = on.year * 12 + on.month - 1 - (on.day < settles_on)  # of the settlement before
        first, after = (date(m // 12, m % 12 + 1, settles_on) for m in (month, month + 1))
        demand[day] = trade * MONTH_DAYS / (after - first).days
    listed = np.zeros_like(world.listed)
    if closed is not None:
        listed[timeline.day(closed[0]) : timeline.day(closed[1]) + 1] = True
    return replace(
        world,
        severity=listed.astype(world.severity.dtype),
        listed=listed,
        demand=demand,
        course=demand,
        friction=np.zeros_like(world.friction),
        closed_share_max=np.ones_like(world.closed_share_max),
        control_drag=np.zeros_like(world.control_drag),
        testing=np.zeros_like(world.testing),
    )


def _world(until: date, away: Mapping[date, float]) -> WorldSpec:
    """The real world until a day, with so much of the staff of every sector away."""
    return WorldSpec.model_validate(
        {"end": until, "staff_away": away, "staff_from_elsewhere": dict.fromkeys(SECTORS if away else (), 1.0)}
    )


def _scenario(
    measures: Sequence[Measure],
    funds: Mapping[str, float],
    world: WorldSpec,
    waits: bool,
    reactions: Sequence[Mapping[str, Any]],
) -> Scenario:
    """The baseline with other measures, funds, world and reactions."""
    told = [
        {
            "id": id_, "level": "province", "bearer": "province", "amount_yuan": yuan,
            "when_dry": "wait" if waits else "refuse",
        }
        for id_, yuan in funds.items()
    ]  # fmt: skip
    return replace(
        load("baseline"),
        title=Words(zh="几户企业", en="A few firms"),
        measures=tuple(measures),
        funds=tuple(Fund.model_validate({**fund, "amount_yuan": {FIRST_DAY: fund["amount_yuan"]}}) for fund in told),
        world=world,
        reactions=tuple(Reaction.model_validate(one) for one in reactions),
    )


def _parameters(changed: Mapping[str, Any]) -> Parameters:
    """The calibrated parameters with others in their place, whatever their range; a number fills a table."""
    known = load_parameters()
    values = dict(known._values)
    for path, value in changed.items():
        old = values[path]
        fills = isinstance(old, dict) and not isinstance(value, dict)
        values[path] = _filled(old, value) if fills else value
    return Parameters(known._entries, values)


def _filled(table: dict[Any, Any], value: float) -> dict[Any, Any]:
    return {key: _filled(old, value) if isinstance(old, dict) else value for key, old in table.items()}


def _population(firms: Sequence[Firm], settles_on: int) -> Population:
    """The firms as columns, in the order given; firms of several counties are given in the order of their counties."""
    columns = new_columns(len(firms))
    names = {"sector": SECTORS, "size": SIZES, "landlord": LANDLORDS, "customer": CUSTOMERS}
    money = {
        "wage", "rent", "reservation", "cash", "loan", "guaranteed", "advanced", "payables", "overdue_payables",
        "receivables_public", "overdue_public", "receivables_private", "vat_credit", "quality_deposit",
    }  # fmt: skip
    plain = (
        "county", "staff", "materials_share", "expected", "buffer_months", "insured_share", "loan_rate", "loan_term",
        "age_months", "weight",
    )  # fmt: skip
    counties = county_table()
    for k, firm in enumerate(firms):
        for name, known in names.items():
            getattr(columns, name)[k] = known.index(getattr(firm, name))
        for name in money:
            getattr(columns, name)[k] = fen(getattr(firm, name))
        for name in plain:
            getattr(columns, name)[k] = getattr(firm, name)
        columns.key[k] = k + 1
        columns.prefecture[k] = counties.prefecture[firm.county]
        columns.usual_sales[k] = columns.first_sales[k] = fen(firm.sales)
        columns.usual_staff[k] = firm.staff
        columns.flags[k] = sum(bit(FLAGS, flag) for flag in firm.flags)
        columns.facts[k] = sum(bit(FACTS, fact) for fact in ("kept_staff", *firm.facts))
        columns.loan_due_on[k] = 32_767 if firm.loan_due is None else (firm.loan_due - FIRST_DAY).days
    for name in ("born_on", "suspended_on", "restart_on", "freed_on", "exited_on", "exit_cause"):
        getattr(columns, name)[:] = -1
    columns.status[:] = int(Status.OPEN)
    start = np.where(np.arange(COHORTS + 1) < settles_on, 0, len(firms))
    entities = int(columns.weight.sum())
    return Population(columns, start.astype(np.int64), entities, len(firms), 1.0)
