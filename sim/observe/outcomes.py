"""The outcomes of a run: one function each, with one line of definition and a unit. More is better unless said.

The plan's targets are for the end of 2022 (clauses I.9.d and I.9.e): they are read in the month of the day that
``targets_on`` names in ``scenarios/plan.yaml``, or in the last month of a horizon that ends before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sim.measure import Words

if TYPE_CHECKING:
    import pandas as pd

Counts = dict[str, int]
STOCK_REFUND: Final = "vat_stock_refund"  # the measure that clause II.2.c wants essentially done by the end of
STOCK_REFUNDS_BY: Final = "2022-06"


class OutcomeInputs(NamedTuple):
    """What outcomes are computed from."""

    at_target: Counts  # column sums of the panel in the month of the targets
    at_end: Counts  # the same in the last month
    ledger: pd.DataFrame
    given: int  # fen, over the horizon: bills that others bore, grants and refunds
    contracts: Counts  # fen of public contracts won over the horizon, by WINNERS
    chosen: Counts  # entities chosen by each measure with a quota
    inclusive_loans: tuple[int, int]  # fen lent to individual, micro and small firms: at the start, at the targets
    all_loans_growth: float  # of all loans of the province in 2022
    out_of_work: int  # persons at the end
    stock_refunds: tuple[int, int]  # firms before tax offices, and paid, by the end of June 2022


def of_counts(counts: Counts) -> OutcomeInputs:
    """What is known of some firms: counts of the panel, and ``given_fen`` where it is known what they were given."""
    return OutcomeInputs(counts, counts, _no_ledger(), counts.get("given_fen", 0), {}, {}, (0, 0), 0.0, 0, (0, 0))


@cache
def _no_ledger() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()


Universe = Literal["all", "individual_businesses", "enterprises", "industry_above_scale"]
By = Literal["firms", "jobs", "money"]


class Outcome(NamedTuple):
    """One outcome: its unit, whether less is better, how it is computed, and the least and the most that it can be.

    ``universe``: of whom it is; ``by``: what of them is counted; ``undivided``: why it cannot be told of some firms
    only, see :mod:`sim.observe.some_firms`; None where it can.
    """

    unit: str
    less_is_better: bool
    of: Callable[[OutcomeInputs], float]
    least: float
    most: float
    universe: Universe
    by: By
    undivided: Words | None


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


def outcome(
    unit: str,
    less_is_better: bool = False,
    has_limits: bool = True,
    universe: Universe = "all",
    by: By | None = None,
    undivided: Words | None = None,
) -> Callable[[Callable[[OutcomeInputs], float]], Callable[[OutcomeInputs], float]]:
    """Register a function as an outcome under its own name.

    A share lies between 0 and 1, everything else is at least 0; except what ``has_limits`` says has none. What is
    counted follows from every unit but a share, which says it (``by``).
    """
    limits = (-inf, inf) if not has_limits else (0.0, 1.0 if unit == "share" else inf)

    counted = BY_UNIT[unit] if by is None else by

    def register(function: Callable[[OutcomeInputs], float]) -> Callable[[OutcomeInputs], float]:
        OUTCOMES[function.__name__] = Outcome(unit, less_is_better, function, *limits, universe, counted, undivided)
        return function

    return register


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _living(counts: Counts) -> int:
    return counts["open"] + counts["suspended"] + counts["paused"]


def by_measures(ledger: pd.DataFrame, *kinds: str) -> int:
    """Fen that measures moved over the horizon, lines of these kinds."""
    chosen = (ledger["measure"] != "") & ledger["kind"].isin(kinds)
    return int(ledger.loc[chosen, "amount_fen"].sum())


@outcome("share", by="firms")
def survival_rate(seen: OutcomeInputs) -> float:
    """Of the entities alive at the start, the share still alive at the end of the horizon."""
    return _share(seen.at_end["founders_alive"], seen.at_end["founders"])


@outcome("share", by="firms")
def resumption_rate(seen: OutcomeInputs) -> float:
    """Of the entities that the epidemic stopped, the share that worked again by the end of 2022, gone since or not."""
    back = seen.at_target["stopped_working"] + seen.at_target["stopped_left_working"]
    return _share(back, seen.at_target["stopped"])


@outcome("share", less_is_better=True, by="firms")
def loss_share(seen: OutcomeInputs) -> float:
    """Of the entities alive at the end of 2022, the share with a negative result for the year."""
    return _share(seen.at_target["loss_making"], _living(seen.at_target))


@outcome("share", less_is_better=True, by="firms")
def loss_share_with_owner(seen: OutcomeInputs) -> float:
    """The same share where what the owner could earn elsewhere, and lives on, is a cost of the year's months too."""
    return _share(seen.at_target["loss_making_with_owner"], _living(seen.at_target))


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


@outcome("entities", less_is_better=True)
def stopped(seen: OutcomeInputs) -> float:
    """Entities that the epidemic stopped at least once by the end of 2022."""
    return float(seen.at_target["stopped"])


@outcome("persons")
def jobs(seen: OutcomeInputs) -> float:
    """Persons on the payroll at the end of the horizon, owners excluded."""
    return float(seen.at_end["staff"])


@outcome("fen", less_is_better=True)
def arrears_to_firms(seen: OutcomeInputs) -> float:
    """What public bodies and large firms owed to living entities beyond the due day at the end of 2022 (clause I.6)."""
    return float(seen.at_target["overdue_public_fen"])


@outcome("fen", less_is_better=True)
def small_arrears_left(seen: OutcomeInputs) -> float:
    """Of arrears to firms at the end of 2022, what is undisputed and below 2 m yuan a debt (clause I.6.c)."""
    return float(seen.at_target["small_arrears_fen"])


@outcome("share", has_limits=False, by="money", undivided=BY_BANKS)
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


@outcome("share", by="firms", undivided=BY_MEASURE)
def stock_refunds_paid(seen: OutcomeInputs) -> float:
    """Of the small and micro taxpayers that take up the refund of VAT credits, the share paid by June 2022 (II.2.c)."""
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


def table(seen: OutcomeInputs) -> pd.DataFrame:
    """All outcomes as a tidy table (columns: ``TABLES['outcomes']``)."""
    import pandas as pd

    rows = [(name, entry.of(seen), entry.unit) for name, entry in OUTCOMES.items()]
    return pd.DataFrame(rows, columns=["outcome", "value", "unit"])


def target_month(months: Sequence[str], targets_on: date) -> str:
    """The month in which the plan's targets are read: that of ``targets_on``, or the last of a horizon without it."""
    month = f"{targets_on:%Y-%m}"
    return month if month in months else months[-1]
