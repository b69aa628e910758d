"""The most money that a scenario could move: what could not be added up in whole fen is refused before it runs.

Sums of money are 64-bit integers. A grant of a figure that only looks like a number, or demand multiplied by a factor
upon a factor, would wrap them round. The bounds here are generous round numbers, not estimates: no plan comes near
them. What the firms of the world itself turn over is checked where it is known, in ``sim/engine.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.measure import Dated, Words
from sim.reaction import PROVINCE
from sim.units import LARGEST_SUM_FEN, fen
from sim.vocabulary import SECTOR_GROUPS, SECTORS

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

# Assumptions, all on the high side. The province has 3.05 m firms and 0.5 m are born in a year.
ENTITIES: Final = 10_000_000  # firms that can be paid in ten years
ROWS_OF_THE_PROVINCE: Final = 3_000_000  # more rows than this stand for a larger province
LARGEST_STAFF: Final = 1_000  # persons in a firm
TURNOVER_FEN: Final = 40_000_000_000_000  # of all firms in a month (31 tn in a sample of 20,000)
FEWEST_ROWS: Final = 300  # a smaller sample may be nothing but large firms
MOST_PLACES: Final = 100  # prefectures of a province, each of which may be paid on every day
FLOWS_OF_A_SALE: Final = 2  # what comes in goes out again
WITHIN: Final = Words(zh="以使各项合计不超出以分计的整数", en="so that all sums stay within whole fen")


class TooLarge(NamedTuple):
    """A figure with which some sum could go beyond whole fen.

    ``part``: measures, funds, reactions or world; ``id`` within it.
    """

    part: str
    id: str
    path: tuple[str, ...]
    found: float
    allowed: Words


class _Figure(NamedTuple):
    part: str
    id: str
    path: tuple[str, ...]
    value: float
    most: float  # fen that it can move, or the factor itself


def too_large(scenario: Scenario) -> Iterator[TooLarge]:
    """Of what is given and of what is sold, the largest figure, where the sum of all is beyond whole fen."""
    rows = scenario.firms if isinstance(scenario.firms, int) else ROWS_OF_THE_PROVINCE
    scale = max(1.0, rows / ROWS_OF_THE_PROVINCE)
    months = (scenario.world.end - scenario.world.start).days // 30 + 1
    turnover = TURNOVER_FEN * scale * (1 + FEWEST_ROWS / rows)

    given = list(_given(scenario, scale, turnover, months))
    total, room = sum(figure.most for figure in given), LARGEST_SUM_FEN / 2
    if total > room:
        largest = max(given, key=lambda figure: figure.most)
        left = max(room - (total - largest.most), 0.0)
        yield _said(largest, left / largest.most * largest.value)

    factors = list(_factors(scenario))
    sold, room = turnover * months * FLOWS_OF_A_SALE, float(LARGEST_SUM_FEN)
    factor = prod(figure.most for figure in factors)
    if factor > 1 and sold * factor > room:
        largest = max(factors, key=lambda figure: figure.most)
        yield _said(largest, room / sold / (factor / largest.most))


def _said(figure: _Figure, bound: float) -> TooLarge:
    return TooLarge(*figure[:4], Words(zh=f"不大于 {bound:.3g}，{WITHIN.zh}", en=f"at most {bound:.3g}, {WITHIN.en}"))


def _given(scenario: Scenario, scale: float, turnover: float, months: int) -> Iterator[_Figure]:
    """What measures pay to firms and what is put into funds, in fen over the horizon, if all firms got it."""
    entities = ENTITIES * scale
    units = {"firm": 100 * entities, "head": 100 * LARGEST_STAFF * entities, "hire": 100 * LARGEST_STAFF * entities}
    for measure in scenario.measures:
        values = measure.values
        amount = _largest(getattr(values, "amount_yuan", None))
        if amount > 0:
            cap: float | None = getattr(values, "cap_yuan", None)
            payments = months if getattr(values, "repeats", "once") == "monthly" else 1
            most = amount * units.get(values.per, turnover) * payments
            capped = most if cap is None else 100 * entities * payments * cap
            if cap is not None and capped < most:
                yield _Figure("measures", measure.id, ("values", "cap_yuan"), cap, capped)
            else:
                yield _Figure("measures", measure.id, ("values", "amount_yuan"), amount, most)
        top_up = getattr(values, "top_up_yuan", None)
        if top_up is not None:
            most = sum(map(fen, top_up.table.values())) * scale
            yield _Figure("measures", measure.id, ("values", "top_up_yuan"), _largest(top_up), most)
    for fund in scenario.funds:
        if fund.amount_yuan is not None:
            most = sum(map(fen, fund.amount_yuan.table.values())) * scale
            yield _Figure("funds", fund.id, ("amount_yuan",), _largest(fund.amount_yuan), most)

    days, prefectures = (scenario.world.end - scenario.world.start).days + 1, MOST_PLACES
    for reaction in scenario.reactions:
        if reaction.pay is not None:
            times = days * (1 if reaction.place == PROVINCE else prefectures) * scale
            yield _Figure("reactions", reaction.id, ("pay", "yuan"), reaction.pay.yuan, fen(reaction.pay.yuan) * times)


def _factors(scenario: Scenario) -> Iterator[_Figure]:
    """Factors on sales above 1, each at its largest."""
    for measure in scenario.measures:
        for name in ("demand", "construction_demand"):
            factor = _largest(getattr(measure.values, name, None))
            if factor > 1:
                yield _Figure("measures", measure.id, ("values", name), factor, factor)
    # A sector may have a factor of its own and one of its group: those of the sector that they raise most.
    stated = {name: _largest(table) for name, table in scenario.world.demand.items()}
    reached = [[name for name in stated if sector in SECTOR_GROUPS.get(name, (name,))] for sector in SECTORS]
    for name in max(reached, key=lambda names: prod(stated[name] for name in names)):
        if stated[name] > 1:
            yield _Figure("world", "", ("demand", name), stated[name], stated[name])


def _largest(stated: Any) -> float:
    """The largest of the values of a table by date or by month, 0 where there is none."""
    if stated is None:
        return 0.0
    values: Iterable[float] = (stated.table if isinstance(stated, Dated) else stated).values()
    return float(max(values, default=0.0))
