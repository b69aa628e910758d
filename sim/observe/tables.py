"""The tables of a run: every column with its unit and meaning. Money is whole fen, counts are weighted entities.

``TABLES`` is what the documentation, the reports and the tests read; :class:`Result` carries the tables of one run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim import drawing
from sim.refusal import Language
from sim.vocabulary import ACTIONS, MECHANISMS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from sim.observe.conditions import Where
    from sim.recalibration import ChangedParameter


LOOKED_INTO: Final = ("snapshots", "distributions", "resumption", "stops")  # made where somebody looks into a run
PERCENTILES: Final = (5, 10, 25, 50, 75, 90, 95)  # of `distributions`


class Column(NamedTuple):
    """One column: its NumPy kind, its unit and what it says."""

    kind: str
    unit: str
    meaning: str


TABLES: Final[dict[str, dict[str, Column]]] = {
    "outcomes": {
        "outcome": Column("str", "-", "name of the outcome, see `sim/observe/outcomes.py`"),
        "value": Column("float64", "see unit", "its value in this run"),
        "unit": Column("str", "-", "share, entities, persons, fen or days"),
    },
    "panel": {
        "month": Column("str", "YYYY-MM", "counted on its last day (clause III.3)"),
        "prefecture": Column("str", "-", "code of the prefecture, such as 5301"),
        "sector": Column("str", "-", "one of SECTORS"),
        "size": Column("str", "-", "one of SIZES"),
        "open": Column("int64", "entities", "open on the day"),
        "suspended": Column("int64", "entities", "stopped by the epidemic and not yet working again"),
        "paused": Column("int64", "entities", "paused by their owners"),
        "exited": Column("int64", "entities", "gone since the start of the horizon"),
        "exited_insolvent": Column(
            "int64", "entities", "of these, not all of whose creditors were paid; the others left in good order"
        ),
        "born": Column("int64", "entities", "born since the start of the horizon"),
        "founders": Column("int64", "entities", "alive at the start of the horizon (the same in every month)"),
        "founders_alive": Column("int64", "entities", "of those, still alive"),
        "stopped": Column("int64", "entities", "stopped by the epidemic at least once since the start"),
        "stopped_working": Column("int64", "entities", "of those, open on the day, or paused: they worked again"),
        "stopped_left_working": Column("int64", "entities", "of those stopped, gone after they had worked again"),
        "loss_making": Column("int64", "entities", "alive with a negative result for the year to date"),
        "loss_making_with_owner": Column(
            "int64", "entities", "the same where the owner's `reservation` of each of its months is a cost too"
        ),
        "staff": Column("int64", "persons", "on the payroll of living firms, owners excluded"),
        "sales_fen": Column("int64", "fen", "sales settled in the month"),
        "cash_fen": Column("int64", "fen", "cash of living firms"),
        "arrears_fen": Column("int64", "fen", "bills of living firms that are overdue, those of suppliers too"),
        "overdue_public_fen": Column("int64", "fen", "arrears that public bodies and large firms owe to living firms"),
        "deferred_fen": Column("int64", "fen", "put off by measures and not yet due"),
        "loan_fen": Column("int64", "fen", "bank loans of living firms"),
        "small_arrears_fen": Column("int64", "fen", "of `overdue_public_fen`, undisputed and below 2 m yuan a debt"),
    },
    "universes": {
        "month": Column("str", "YYYY-MM", "counted on the last day of this month"),
        "universe": Column("str", "-", "one of UNIVERSES"),
        "by": Column("str", "-", "one of COUNTED_BY: entities, or the jobs that they usually have at the start"),
        "open": Column("int64", "entities or jobs", "as in `panel`; so are the columns that follow"),
        **{
            name: Column("int64", "entities or jobs", "as in `panel`")
            for name in (
                "suspended",
                "paused",
                "founders",
                "founders_alive",
                "stopped",
                "stopped_working",
                "stopped_left_working",
                "loss_making",
                "loss_making_with_owner",
            )
        },
    },
    "ledger": {
        "month": Column("str", "YYYY-MM", "month of the movement"),
        "payer": Column("str", "-", "one of PARTIES"),
        "payee": Column("str", "-", "one of PARTIES"),
        "flow": Column("str", "-", "name of the flow, such as rent, loan_drawn, write_off"),
        "measure": Column("str", "-", "measure that moved it, empty for none"),
        "kind": Column("str", "-", "paid, prepaid, relieved, deferred, repaid, granted, cleared, owed, written_off"),
        "amount_fen": Column("int64", "fen", "weighted sum"),
    },
    "delivery": {
        "month": Column("str", "YYYY-MM", "month in which the station was reached"),
        "measure": Column("str", "-", "id of the measure"),
        "station": Column(
            "str", "-", "one of STATIONS; `eligible`, `aware` (of all there ever were) and `queued` are stocks"
        ),
        "firms": Column("int64", "entities", "that reached the station in the month, or that are there at its end"),
        "days": Column("float64", "days", "mean days: aware, applied since the measure began; else since applying"),
        "amount_fen": Column("int64", "fen", "paid, relieved, put off or cleared in the month (station `paid`)"),
    },
    "requests": {
        "month": Column("str", "YYYY-MM", "month in which the station was reached"),
        "kind": Column("str", "-", "one of REQUESTS: a loan, or the kind of problem that keeps a firm from restarting"),
        "station": Column("str", "-", "one of STATIONS from `applied` on; `queued` is the stock at the month's end"),
        "firms": Column("int64", "entities", "that reached the station in the month, or that wait at its end"),
        "days": Column("float64", "days", "mean days since applying; of those still waiting so far"),
    },
    "repayment_wall": {
        "month": Column("str", "YYYY-MM", "month of the movement"),
        "measure": Column("str", "-", "measure that put it off"),
        "put_off_fen": Column("int64", "fen", "bills and principal put off in the month"),
        "due_fen": Column(
            "int64", "fen", "fell due again: repaid, unpaid or written off; principal at its new due day"
        ),
        "repaid_fen": Column("int64", "fen", "of bills put off, paid"),
        "unpaid_fen": Column("int64", "fen", "of bills put off, not paid when due: ordinary arrears from then on"),
        "written_off_fen": Column("int64", "fen", "of bills put off, lost because the firm closed"),
        "firms_due": Column("int64", "entities", "to which part of a bill put off fell due"),
        "firms_short": Column("int64", "entities", "of those, could not pay it in full"),
        "firms_closed": Column("int64", "entities", "closed while they still owed what was put off"),
    },
    "restarts": {
        "closure": Column("str", "days", "how long it had been closed when it was freed: 7, 14, 30 at most, or longer"),
        "freed": Column("int64", "entities", "freed after a closure; of several before it works again the last counts"),
        "within_7_days": Column("int64", "entities", "of those, working again within 7 days of being freed"),
        "within_14_days": Column("int64", "entities", "the same within 14 days"),
        "within_30_days": Column("int64", "entities", "the same within 30 days"),
        "within_60_days": Column("int64", "entities", "the same within 60 days"),
    },
    "reactions": {
        "reaction": Column("str", "-", "id of a reaction of the scenario"),
        "place": Column("str", "-", "province, or code of a prefecture"),
        "date": Column("datetime64[ns]", "day", "from the morning of which on it acts, or acts no longer"),
        "what": Column("str", "-", "begins or ends"),
    },
    "fates": {
        "firm": Column("uint64", "-", "identity of the firm, the same in every world"),
        "entities": Column("int32", "entities", "that the row stands for; every other number is of one of them"),
        "prefecture": Column("category", "-", "code of the prefecture"),
        "sector": Column("category", "-", "one of SECTORS"),
        "size": Column("category", "-", "one of SIZES"),
        "founder": Column("bool", "-", "alive at the start of the horizon"),
        "alive": Column("bool", "-", "alive at its end"),
        "exited_on": Column("int16", "days", "day of the horizon on which it closed, -1 if alive"),
        "exit_cause": Column("category", "-", "one of EXIT_CAUSES, empty if alive"),
        "staff": Column("int32", "persons", "on the payroll at the end"),
        "put_off": Column("bool", "-", "a measure put off one of its bills or its principal"),
        "missed_instalment": Column("bool", "-", "could not pay in full what had been put off when it fell due"),
        "last_helped": Column(
            "int16",
            "months",
            "month of the horizon (0 the first) in which a measure that does not outlast it last gave or put off "
            "something, -1 never",
        ),
        "unpaid_fen": Column("int64", "fen", "debts that it left unpaid when it closed"),
        "granted_first": Column(
            "uint64",
            "bits",
            "measures that it was ever granted: a bit for each of the scenario's first 64, in its order",
        ),
        "granted_further": Column("uint64", "bits", "the same of the scenario's other measures"),
        **{
            f"given_{action}_fen": Column("int64", "fen", f"bills borne by others and payments, measures of {action}")
            for action in (*ACTIONS, MECHANISMS)
        },
    },
    "rankings": {
        "measure": Column("str", "-", "measure with a quota, which chose firms; rows by rank, the best prospect first"),
        "firm": Column("uint64", "-", "identity of the firm, the same in every world"),
        "chosen": Column("bool", "-", "it was chosen; else it is among the next in rank that no measure ever chose"),
    },
    "journeys": {
        "firm": Column("uint64", "-", "identity of the firm, the same in every world"),
        "date": Column("str", "YYYY-MM-DD", "day of the event"),
        "event": Column("str", "-", "one of EVENTS (`sim/observe/journeys.py`), which says what each does to cash"),
        "measure": Column("str", "-", "measure concerned, empty for none"),
        "flow": Column("str", "-", "what the money is for, the kind of a problem, the cause of an exit; or empty"),
        "amount_fen": Column("int64", "fen", "money of the event, of one entity, 0 for none"),
        "cash_fen": Column("int64", "fen", "cash after the event, of one entity"),
        "staff": Column("int64", "persons", "staff after the event"),
        "status": Column("str", "-", "one of STATUSES after the event"),
    },
    "snapshots": {
        "date": Column("datetime64[ns]", "day", "firms as they stand on its evening"),
        "firm": Column("uint64", "-", "identity of the firm, the same in every world"),
        "entities": Column("int32", "entities", "that the row stands for; every other number is of one of them"),
        "prefecture": Column("category", "-", "code of the prefecture"),
        "county": Column("category", "-", "code of the county"),
        "sector": Column("category", "-", "one of SECTORS"),
        "size": Column("category", "-", "one of SIZES"),
        "universe": Column("category", "-", "stratum: individual_businesses, other_enterprises, industry_above_scale"),
        "landlord": Column("category", "-", "one of LANDLORDS"),
        "customer": Column("category", "-", "one of CUSTOMERS: to whom it mainly sells"),
        "founder": Column("bool", "-", "alive at the start of the horizon"),
        "age_years": Column("float64", "years", "on the day; of a firm that has closed when it did"),
        "status": Column("category", "-", "open, suspended, paused or exited"),
        "exit_cause": Column("category", "-", "one of EXIT_CAUSES, empty if alive"),
        "exited_on": Column("datetime64[ns]", "day", "on which it closed; missing if alive"),
        "stopped": Column("bool", "-", "stopped by the epidemic at least once since the start"),
        "usual_sales_fen": Column("int64", "fen", "of a usual month, as they have become by now"),
        "expected_sales": Column("float64", "share", "of usual sales, that it expects of a month"),
        "usual_staff": Column("int32", "persons", "at usual sales, owner excluded, as they have become by now"),
        "staff": Column("int32", "persons", "on the payroll"),
        "staff_change": Column(
            "float64", "share", "of staff, since the start or its opening; missing without any then"
        ),
        "outlays_fen": Column(
            "int64", "fen", "of a usual month with its present staff and loan: what `population.cash_months` counts"
        ),
        "cash_fen": Column("int64", "fen", "cash at hand; of money, a firm that has closed has 0"),
        "cash_months": Column("float64", "months", "of outlays that cash lasts; missing, as all ratios, once closed"),
        "cash_reach_months": Column(
            "float64", "months", "that cash lasts at the sales that it expects, the owner living on it; 99 for good"
        ),
        "arrears_in_months": Column(
            "float64", "months", "until it cannot pay: 0 with bills overdue, else those that cash lasts; 99 for good"
        ),
        "receivables_fen": Column("int64", "fen", "owed to it by customers, overdue or not"),
        "receivables_days": Column("float64", "days", "of usual sales"),
        "overdue_to_firm_fen": Column("int64", "fen", "of receivables, arrears of public bodies and large firms"),
        "buffer_months": Column("float64", "months", "of outlays that it means to hold in cash"),
        "reservation_fen": Column("int64", "fen", "a month that the owner lives on and could earn elsewhere"),
        "payables_fen": Column("int64", "fen", "owed to suppliers, due or not"),
        "payables_days": Column("float64", "days", "of usual materials"),
        "arrears_fen": Column(
            "int64", "fen", "bills of suppliers, wages, rent, taxes, premiums and the like that are overdue"
        ),
        "arrears_months": Column("float64", "months", "of outlays"),
        "loan_fen": Column("int64", "fen", "owed to banks"),
        "debt_ratio": Column("float64", "share", "of a year of usual sales"),
        "loan_rate": Column("float64", "share a year", "of its loan; missing without one"),
        "loan_term": Column("int8", "months", "for which its loan was given; 0 without one, and once it is called"),
        "late_on_loan": Column("bool", "-", "has not repaid a loan when due"),
        "loan_bad": Column("bool", "-", "has been late on a loan for more than 90 days"),
        "insured": Column("bool", "-", "has insured employees"),
        "result_of_year_fen": Column("int64", "fen", "since 1 January, as settled so far, before the owner has lived"),
        "result_with_owner_fen": Column(
            "int64", "fen", "the same less `reservation_fen` for each month of the year so far (a newcomer's: 30 days)"
        ),
        "margin": Column("float64", "share", "result of the year over usual sales of the months settled in it"),
        "margin_with_owner": Column("float64", "share", "the same of the result after the owner's living"),
        "distressed_months": Column("int8", "months", "in a row with more overdue than creditors bear"),
        "measures_known": Column("int16", "measures", "on application, for which it qualifies, that it has heard of"),
        "measures_applied": Column("int16", "measures", "of those, that it has filed for"),
        "measures_granted": Column("int16", "measures", "of those, that it was ever granted"),
    },
    "distributions": {
        "date": Column("datetime64[ns]", "day", "last of the month, or of the horizon"),
        "by": Column("str", "-", "all, size, sector, prefecture, universe or age"),
        "group": Column("str", "-", "one of the groups, such as micro; of ages years from and below, such as 1-3"),
        "variable": Column(
            "str", "-", "cash_months, arrears_months, margin, debt_ratio or age_years, as in `snapshots`"
        ),
        "firms": Column("int64", "rows", "of firms that live and of which the variable is known"),
        "entities": Column("int64", "entities", "that they stand for"),
        "mean": Column("float64", "of the variable", "over entities"),
        **{
            f"p{percent:02d}": Column("float64", "of the variable", f"up to which {percent} percent of entities lie")
            for percent in PERCENTILES
        },
    },
    "resumption": {
        "date": Column("datetime64[ns]", "day", "counted in its evening"),
        "universe": Column("str", "-", "one of UNIVERSES"),
        "stopped": Column("int64", "entities", "stopped by the epidemic at least once so far: those of the next five"),
        "closed": Column("int64", "entities", "under closure"),
        "waiting": Column("int64", "entities", "freed and not yet working"),
        "working": Column("int64", "entities", "open, or paused: they have worked again"),
        "left_working": Column("int64", "entities", "gone after they had worked again"),
        "left_while_stopped": Column("int64", "entities", "gone without having worked again"),
    },
    "stops": {
        "firm": Column("uint64", "-", "identity of the firm, the same in every world; a row for each of its stops"),
        "entities": Column("int32", "entities", "that the row stands for"),
        "prefecture": Column("category", "-", "code of the prefecture"),
        "sector": Column("category", "-", "one of SECTORS"),
        "size": Column("category", "-", "one of SIZES"),
        "universe": Column("category", "-", "stratum, as in `snapshots`"),
        "stopped_on": Column("datetime64[ns]", "day", "first day of the stop"),
        "freed_on": Column(
            "datetime64[ns]", "day", "last closure ended; missing if it lasts at the end, or the firm left"
        ),
        "working_on": Column("datetime64[ns]", "day", "works again; missing if it did not by the end"),
        "left_on": Column("datetime64[ns]", "day", "closed for good before it worked again; else missing"),
    },
}


def nothing(table: str) -> pd.DataFrame:
    """A table that nobody wanted: its columns without a row."""
    return _nothing(table).copy()


@cache
def _nothing(table: str) -> pd.DataFrame:
    import pandas as pd

    kinds = {name: "object" if column.kind == "str" else column.kind for name, column in TABLES[table].items()}
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})


def named(codes: NDArray[np.integer[Any]], names: Sequence[str]) -> pd.Categorical[Any]:
    """Words for the integers of a column."""
    import pandas as pd

    return pd.Categorical.from_codes(codes, categories=pd.Index(names))


@dataclass(frozen=True, repr=False)
class Result(drawing.Told):
    """What one run leaves: tidy tables and what they cost. Columns: ``TABLES``."""

    scenario: str
    seed: int
    firms: int  # rows alive at the start of the horizon
    months: int
    outcomes: pd.DataFrame
    panel: pd.DataFrame  # this and the next, up to restarts, have no rows where nobody wanted them
    universes: pd.DataFrame
    ledger: pd.DataFrame
    delivery: pd.DataFrame
    requests: pd.DataFrame
    repayment_wall: pd.DataFrame
    restarts: pd.DataFrame
    reactions: pd.DataFrame
    fates: pd.DataFrame
    rankings: pd.DataFrame
    journeys: pd.DataFrame
    snapshots: pd.DataFrame  # this and the next three: what `sim.observe.inside.Inside` asks for, else no rows
    distributions: pd.DataFrame
    resumption: pd.DataFrame
    stops: pd.DataFrame
    ledger_residual_fen: int  # always 0: a run that does not balance raises instead
    bytes_per_firm: float  # columns, promises and queues
    wall_seconds: float = 0.0  # population, world, run and tables
    seconds: dict[str, float] = field(default_factory=dict)  # split: population, firms, institutions, observation
    read_in: Mapping[str, str] = field(default_factory=dict)  # see `sim.observe.some_firms.read_in`
    changed_parameters: tuple[ChangedParameter, ...] = ()  # where it is not the model as calibrated

    @property
    def firm_months_per_second(self) -> float:
        """Firms times months over wall seconds."""
        return self.firms * self.months / self.wall_seconds

    def plot(
        self, *, lang: Language | None = None, ax: Any = None, width: int | None = None, height: int | None = None
    ) -> Any:
        """The headline outcomes on the last day of each month.

        See :func:`sim.drawing.draw` for the keywords and for what is given back.
        """
        return drawing.draw(self, lang=lang, ax=ax, width=width, height=height)

    def outcomes_of(self, where: Where, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Outcomes of some firms (outcome, value, unit, rows): all that can be told of them, or those named.

        ``where``: conditions that must all hold, each a name or several: ``sector``, ``size``, ``prefecture``,
        ``universe`` (individual_businesses, enterprises; industry_above_scale by itself, of which there are the
        rates). Counted outcomes follow from the panel, ``money_given`` from what firms were given. What is
        counted by measure, by winner of a contract or for all banks together cannot be told of some firms: named, it is
        refused with the reason (:class:`sim.refusal.Refusal`), as are conditions that are not understood or that no
        firm meets. ``rows``: of the sample, of founders among these firms; of few claim nothing. Missing: not known.
        """
        from sim.observe.some_firms import told_of_one  # start-up: pandas

        return told_of_one(self.panel, self.universes, self.fates, self.read_in, where, outcomes)

    def value(self, outcome: str) -> float:
        """Value of one outcome by name; ``KeyError`` when there is none of that name."""
        return float(self.outcomes.set_index("outcome")["value"][outcome])
