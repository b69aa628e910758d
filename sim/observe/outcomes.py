"""The outcomes of a run: one function each, with one line of definition and a unit. More is better unless said.

A *rate* is read over a universe and counted by firms or by jobs. Its plain name is that of enterprises (the plan's
micro, small and medium enterprises), by firms; every other universe and way of counting is an outcome of its own, named
by :func:`variant`. An outcome of targets is read in the month of the day that the plan gives its target, or of
``targets_on`` in ``scenarios/plan.yaml``; of a horizon without that month, in the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from sim.measure import Words
from sim.vocabulary import COUNTED_BY, HEADLINE_UNIVERSE, UNIVERSES

if TYPE_CHECKING:
    import pandas as pd

Counts = dict[str, int]
OfUniverses = Mapping[tuple[str, str], Counts]  # by universe and how counted
STOCK_REFUND: Final = "vat_stock_refund"  # the measure that clause II.2.c wants essentially done
SME_FUND: Final = "sme_development"  # the fund of clause I.1.b
DAYS_OF_YEAR: Final = 365.0
# Rates a year, which a horizon that ends before the day of their target tells as well, until its own end.
A_YEAR: Final = ("entity_growth",)


class Arrears(NamedTuple):
    """Fen of arrears to enterprises that nobody disputes (clause I.6)."""

    found: int  # standing when the plan was adopted, or overdue since, until the outcome is read
    cleared: int  # of these, paid
    difficult: int  # standing when the outcome is read, of debtors in real difficulty
    planned: int  # of these, for which a repayment plan is in force


class OutcomeInputs(NamedTuple):
    """What outcomes are computed from; *then* is the month in which the outcome is read."""

    at_target: Counts  # column sums of the panel then
    at_end: Counts  # the same in the last month
    universes_at_target: OfUniverses  # counts of rates, then
    universes_at_end: OfUniverses
    ledger: pd.DataFrame
    given: int  # fen, over the horizon: bills that others bore, grants and refunds
    contracts: Counts  # fen of public contracts won over the horizon, by WINNERS
    chosen: Counts  # entities chosen by each measure with a quota
    inclusive_loans: tuple[int, int]  # fen lent to individual, micro and small firms: at the start, then
    all_loans_growth: float  # of all loans of the province in 2022
    out_of_work: int  # persons at the end
    stock_refunds: tuple[int, int]  # firms before tax offices, and paid, by then
    arrears: Arrears
    sme_fund: tuple[int, int]  # fen put into the fund, and drawn on it, by then
    years: float  # from the first day of the horizon until then


def of_counts(counts: Counts, at_end: OfUniverses, at_target: OfUniverses) -> OutcomeInputs:
    """What is known of some firms: counts of the panel, and ``given_fen`` where it is known what they were given.

    ``at_end`` and ``at_target``: counts of those of these firms that are of each universe.
    """
    given = counts.get("given_fen", 0)
    none = Arrears(0, 0, 0, 0)
    return OutcomeInputs(
        counts, counts, at_target, at_end, _no_ledger(), given, {}, {}, (0, 0), 0.0, 0, (0, 0), none, (0, 0), 0.0
    )


@cache
def _no_ledger() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()


Universe = Literal["all", "individual_businesses", "enterprises", "industry_above_scale"]
By = Literal["firms", "jobs", "money"]


Read = Literal["end", "target"]


class Outcome(NamedTuple):
    """One outcome: its unit, whether less is better, how it is computed, and the least and the most that it can be.

    ``universe``: of whom it is; ``by``: what of them is counted; ``undivided``: why it cannot be told of some firms
    only, see :mod:`sim.observe.some_firms`; None where it can. ``read``: at the end of the horizon, or on the day of
    its target. ``base``: the plain name of what it is a variant of, its own name if of nothing.
    """

    unit: str
    less_is_better: bool
    of: Callable[[OutcomeInputs], float]
    least: float
    most: float
    universe: Universe
    by: By
    undivided: Words | None
    read: Read
    base: str


BY_UNIT: Final[dict[str, By]] = {"entities": "firms", "persons": "jobs", "fen": "money"}


OUTCOMES: Final[dict[str, Outcome]] = {}
BY_WINNER: Final = Words(
    zh="公共合同只按中标者的规模计数", en="public contracts are counted by the size of who wins, not by who wins"
)
BY_MEASURE: Final = Words(
    zh="入选与缓缴缓还只按措施计数", en="who is chosen, and what is put off, is counted by measure, not by firm"
)
BY_PREFECTURE: Final = Words(
    zh="无业人数按州市计数，不按企业计数", en="those out of work are counted by prefecture, not by firm"
)
BY_BANKS: Final = Words(
    zh="贷款的增长与核销只就全部银行计数", en="growth and losses of loans are counted for all banks together"
)
BY_DEBTORS: Final = Words(
    zh="欠款的清偿与还款计划只就全部企业计数",
    en="what is cleared of arrears, and has a plan, is counted for all enterprises",
)
BY_TIME: Final = Words(zh="增速只就全省统计", en="growth is counted for the whole province")
BY_FUND: Final = Words(zh="专项资金只按全省计数", en="a fund is counted for the whole province")
BY_JOBS: Final = Words(zh="按岗位计的比率只就整个口径统计", en="rates by jobs are counted of whole universes")
ABOVE_SCALE: Final = Words(
    zh="规模以上工业不按州市、行业和规模计数",
    en="industry above scale is not counted by prefecture, sector and size",
)


def outcome(
    unit: str,
    less_is_better: bool = False,
    has_limits: bool = True,
    universe: Universe = "all",
    by: By | None = None,
    undivided: Words | None = None,
    read: Read = "end",
) -> Callable[[Callable[[OutcomeInputs], float]], Callable[[OutcomeInputs], float]]:
    """Register a function as an outcome under its own name.

    A share lies between 0 and 1, everything else is at least 0; except what ``has_limits`` says has none. What is
    counted follows from every unit but a share, which says it (``by``).
    """
    limits = (-inf, inf) if not has_limits else (0.0, 1.0 if unit == "share" else inf)

    counted = BY_UNIT[unit] if by is None else by

    def register(function: Callable[[OutcomeInputs], float]) -> Callable[[OutcomeInputs], float]:
        name = function.__name__
        OUTCOMES[name] = Outcome(unit, less_is_better, function, *limits, universe, counted, undivided, read, name)
        return function

    return register


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _living(counts: Any) -> Any:
    return counts["open"] + counts["suspended"] + counts["paused"]


def by_measures(ledger: pd.DataFrame, *kinds: str) -> int:
    """Fen that measures moved over the horizon, lines of these kinds."""
    chosen = (ledger["measure"] != "") & ledger["kind"].isin(kinds)
    return int(ledger.loc[chosen, "amount_fen"].sum())


class Rate(NamedTuple):
    """A share of firms or jobs: ``part`` of ``whole``, from the counts of a universe on the day on which it is read.

    Both add up over firms, and take columns of counts (of a table) as they take counts.
    """

    part: Callable[[Any], Any]
    whole: Callable[[Any], Any]
    read: Read
    less_is_better: bool

    def of(self, counts: Counts) -> float:
        """The share, missing where there is nobody of whom it could be one."""
        return _share(self.part(counts), self.whole(counts))


def _worked_again(counts: Any) -> Any:
    return counts["stopped_working"] + counts["stopped_left_working"]


# Survival: of those alive at the start, still alive. Resumption: of those that the epidemic stopped, worked again, gone
# since or not. Losses: of those alive, with a negative result for the year, before or after the owner has lived.
RATES: Final = {
    "survival_rate": Rate(itemgetter("founders_alive"), itemgetter("founders"), "end", less_is_better=False),
    "survival_rate_on_target_day": Rate(
        itemgetter("founders_alive"), itemgetter("founders"), "target", less_is_better=False
    ),
    "resumption_rate": Rate(_worked_again, itemgetter("stopped"), "target", less_is_better=False),
    "loss_share": Rate(itemgetter("loss_making"), _living, "target", less_is_better=True),
    "loss_share_with_owner": Rate(itemgetter("loss_making_with_owner"), _living, "target", less_is_better=True),
}


def variant(rate: str, universe: str, by: str) -> str:
    """The outcome of a rate over a universe, by firms or by jobs: ``loss_share``, ``loss_share_of_all_by_jobs``."""
    of = "" if universe == HEADLINE_UNIVERSE else f"_of_{universe}"
    return f"{rate}{of}{'' if by == COUNTED_BY[0] else f'_by_{by}'}"


def in_universe(rates: Iterable[str], universe: str) -> tuple[str, ...]:
    """The outcomes of rates over a universe, by firms."""
    return tuple(variant(rate, universe, COUNTED_BY[0]) for rate in rates)


def _register(rate: str, universe: Universe, by: By) -> None:
    """Register a rate over a universe as an outcome."""
    told = RATES[rate]

    def value(seen: OutcomeInputs) -> float:
        return told.of((seen.universes_at_end if told.read == "end" else seen.universes_at_target)[universe, by])

    undivided = BY_JOBS if by == "jobs" else ABOVE_SCALE if universe == "industry_above_scale" else None
    OUTCOMES[variant(rate, universe, by)] = Outcome(
        "share", told.less_is_better, value, 0.0, 1.0, universe, by, undivided, told.read, rate
    )


for _rate in RATES:
    _register(_rate, HEADLINE_UNIVERSE, COUNTED_BY[0])


@outcome("entities")
def survivors(seen: OutcomeInputs) -> float:
    """Entities alive at the start that still are at the end of the horizon."""
    return float(seen.at_end["founders_alive"])


@outcome("entities", less_is_better=True)
def exits(seen: OutcomeInputs) -> float:
    """Entities that left during the horizon, born during it or not."""
    return float(seen.at_end["exited"])


@outcome("entities", less_is_better=True)
def insolvent_exits(seen: OutcomeInputs) -> float:
    """Of the entities that left, those whose creditors were not paid in full; the others left in good order."""
    return float(seen.at_end["exited_insolvent"])


@outcome("entities")
def births(seen: OutcomeInputs) -> float:
    """Entities born during the horizon."""
    return float(seen.at_end["born"])


@outcome("entities", less_is_better=True, read="target")
def stopped(seen: OutcomeInputs) -> float:
    """Entities that the epidemic stopped at least once by the end of 2022."""
    return float(seen.at_target["stopped"])


@outcome("persons")
def jobs(seen: OutcomeInputs) -> float:
    """Persons on the payroll at the end of the horizon, owners excluded."""
    return float(seen.at_end["staff"])


@outcome("fen", less_is_better=True, read="target")
def arrears_to_firms(seen: OutcomeInputs) -> float:
    """What public bodies and large firms owed to living entities beyond the due day at the end of 2022 (clause I.6)."""
    return float(seen.at_target["overdue_public_fen"])


@outcome("fen", less_is_better=True, read="target")
def small_arrears_left(seen: OutcomeInputs) -> float:
    """Of arrears to firms at the end of 2022, what is undisputed and below 2 m yuan a debt (clause I.6.c)."""
    return float(seen.at_target["small_arrears_fen"])


@outcome("share", has_limits=False, by="money", undivided=BY_BANKS, read="target")
def inclusive_loan_growth_gap(seen: OutcomeInputs) -> float:
    """Growth in 2022 of loans to individual, micro and small firms, less that of all loans (clause I.3.e)."""
    before, after = seen.inclusive_loans
    return after / before - 1.0 - seen.all_loans_growth if before else float("nan")


@outcome("entities", undivided=BY_MEASURE)
def srdi_growth_firms(seen: OutcomeInputs) -> float:
    """Firms chosen as provincial growth firms (clause I.8.b)."""
    return float(seen.chosen.get("srdi_growth_firms", 0))


@outcome("entities", undivided=BY_MEASURE)
def srdi_little_giants(seen: OutcomeInputs) -> float:
    """Firms chosen as provincial little giants (clause I.8.b)."""
    return float(seen.chosen.get("srdi_little_giants", 0))


@outcome("entities", undivided=BY_MEASURE)
def srdi_national_little_giants(seen: OutcomeInputs) -> float:
    """Firms chosen as national little giants (clause I.8.b)."""
    return float(seen.chosen.get("srdi_national_little_giants", 0))


@outcome("share", by="firms", undivided=BY_MEASURE, read="target")
def stock_refunds_paid(seen: OutcomeInputs) -> float:
    """Of the small and micro taxpayers that take up the refund of VAT credits, the share that is paid (II.2.c)."""
    taken_up, paid = seen.stock_refunds
    return _share(paid, max(taken_up, paid))  # where they come by themselves nobody is taken up


@outcome("fen", undivided=BY_WINNER)
def contracts_of_small_firms(seen: OutcomeInputs) -> float:
    """Public contracts won by small firms, micro firms and individual businesses over the horizon (clause II.4)."""
    return float(seen.contracts["small_micro"])


@outcome("fen", undivided=BY_WINNER)
def contracts_of_medium_firms(seen: OutcomeInputs) -> float:
    """Public contracts won by medium firms over the horizon."""
    return float(seen.contracts["medium"])


@outcome("fen", undivided=BY_WINNER)
def contracts_of_large_firms(seen: OutcomeInputs) -> float:
    """Public contracts won by large firms over the horizon: what they lose to smaller ones under clause II.4."""
    return float(seen.contracts["large"])


@outcome("persons", less_is_better=True, undivided=BY_PREFECTURE)
def out_of_work(seen: OutcomeInputs) -> float:
    """Persons out of work at the end of the horizon, in all prefectures: the usual ones, and who was laid off since."""
    return float(seen.out_of_work)


@outcome("fen", less_is_better=True)
def money_given(seen: OutcomeInputs) -> float:
    """Gross outlay and forgone revenue: bills borne by others, grants and refunds, over the horizon."""
    return float(seen.given)


@outcome("fen", less_is_better=True, undivided=BY_MEASURE)
def money_put_off(seen: OutcomeInputs) -> float:
    """Bills and loans that measures let firms pay later, over the horizon."""
    return float(by_measures(seen.ledger, "deferred"))


@outcome("fen", less_is_better=True, undivided=BY_BANKS)
def bank_write_offs(seen: OutcomeInputs) -> float:
    """Loans of closed entities that banks lost, over the horizon."""
    ledger = seen.ledger
    lost = (ledger["payee"] == "banks") & (ledger["kind"] == "written_off") & (ledger["flow"] == "loan")
    return float(ledger.loc[lost, "amount_fen"].sum())


@outcome("share", universe="enterprises", by="money", undivided=BY_DEBTORS, read="target")
def arrears_with_plan(seen: OutcomeInputs) -> float:
    """Of undisputed arrears to enterprises whose debtor is in real difficulty, the share with a plan (clause I.6.b)."""
    return _share(seen.arrears.planned, seen.arrears.difficult)


@outcome("share", universe="enterprises", by="money", undivided=BY_DEBTORS, read="target")
def arrears_cleared(seen: OutcomeInputs) -> float:
    """Of undisputed arrears to enterprises, standing at the plan's adoption or found since, the share paid (I.6.d)."""
    return _share(seen.arrears.cleared, seen.arrears.found)


@outcome("share", has_limits=False, by="firms", undivided=BY_TIME, read="target")
def entity_growth(seen: OutcomeInputs) -> float:
    """Growth of living market entities since the start, a year: the path to a doubling (preamble of the plan)."""
    founders = seen.at_target["founders"]
    return (_living(seen.at_target) / founders) ** (1.0 / seen.years) - 1.0 if founders and seen.years else float("nan")


@outcome("share", by="money", undivided=BY_FUND, read="target")
def sme_fund_used(seen: OutcomeInputs) -> float:
    """Of the money of the SME development fund, the share paid out (clause I.1)."""
    put_in, drawn = seen.sme_fund
    return _share(drawn, put_in)


for _rate in RATES:
    for _universe in UNIVERSES:
        for _by in COUNTED_BY:
            if variant(_rate, _universe, _by) not in OUTCOMES:
                _register(_rate, _universe, _by)
PLAIN: Final = tuple(name for name, entry in OUTCOMES.items() if entry.base == name)  # those that are no variants


def table(values: Mapping[str, float]) -> pd.DataFrame:
    """All outcomes as a tidy table (columns: ``TABLES['outcomes']``)."""
    import pandas as pd

    rows = [(name, values[name], entry.unit) for name, entry in OUTCOMES.items()]
    return pd.DataFrame(rows, columns=["outcome", "value", "unit"])


def target_month(months: Sequence[str], targets_on: date) -> str:
    """The month in which a target is read: that of its day, or the last of a horizon without it."""
    month = f"{targets_on:%Y-%m}"
    return month if month in months else months[-1]
