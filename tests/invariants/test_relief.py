"""More help never leaves the firm that gets it with less, before anything else has had time to react."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sim.engine import Run
from sim.instruments import instruments
from sim.measure import Measure
from sim.population.columns import Firms
from sim.vocabulary import EXIT_CAUSES, FLOWS
from tests.invariants.watching import SETTLEMENT, built, busy, changed, for_drawn, pictures
from tests.reference.drawn import WORDS, a_scenario

DEBTS: Final = ("payables", "arrears_public", "arrears_private", "loan")
OVERDUE: Final = ("overdue_payables", "arrears_public", "arrears_private")
# Wages that are relieved lower what a firm keeps for the next pay day, so that it repays more of its loan at once; of
# principal nobody is relieved.
WAIVED: Final = tuple(flow for flow in FLOWS if flow not in ("wages", "principal"))


def waiver(flows: tuple[str, ...], share: float, months: int, scenario: Any) -> Measure:
    """A waiver that comes by itself to everybody."""
    return Measure.model_validate(
        {
            "id": "a_waiver",
            "title": WORDS,
            "clauses": (),
            "action": "fiscal",
            "section": "II.1",
            "instrument": "relief",
            "delivery": {"way": "automatic"},
            "start": scenario.world.start,
            "bearer": "province",
            "values": instruments()["relief"].Values.model_validate({"flows": flows, "share": share, "months": months}),
        }
    )


@st.composite
def two_waivers(draw: DrawFn) -> SimpleNamespace:
    """A drawn scenario, and the same waiver with fewer and with more months."""
    drawn = draw(a_scenario())
    flows = tuple(draw(st.lists(st.sampled_from(WAIVED), min_size=1, max_size=4, unique=True)))
    fewer = draw(st.integers(0, 4))
    return with_waivers(drawn, flows, draw(st.floats(0.05, 1.0)), fewer, fewer + draw(st.integers(1, 4)))


def with_waivers(
    drawn: SimpleNamespace, flows: tuple[str, ...], share: float, fewer: int, more: int
) -> SimpleNamespace:
    """Two scenarios that differ in the months of one waiver."""
    one, other = (
        replace(
            drawn.scenario,
            measures=tuple(
                sorted((*drawn.scenario.measures, waiver(flows, share, months, drawn.scenario)), key=lambda m: m.id)
            ),
        )
        for months in (fewer, more)
    )
    return SimpleNamespace(fewer=one, more=other, firms=drawn.firms, seed=drawn.seed, scale=drawn.scale)


def surroundings(run: Run) -> bytes:
    """What other firms' fates can change for a firm: demand, hands to hire, how customers pay and fail, money."""
    market = (run.markets.local, run.markets.crowding, run.markets.orders, run.state.market.lost_share)
    market = (*market, run.state.market.firms_pay, run.state.market.hireable)
    return b"".join(array.tobytes() for array in (*market, run.funds.treasury.level))


def most_taken_out(run: Run, firms: Firms) -> np.ndarray:
    """Fen that the owners of firms that look so after a settlement can have taken out, or spent on equipment, at most:
    their living, what wears out, and of what exceeds the target the share that leaves the cash that there is."""
    behaviour = run.state.behaviour
    worn = behaviour.depreciation[firms.sector] * firms.usual_sales
    return firms.reservation + worn + firms.cash * behaviour.drawings_share / (1.0 - behaviour.drawings_share) + 2.0


def test_more_months_of_a_waiver_never_leave_a_firm_with_less_before_another_rule_reacts(rounds: int) -> None:
    """Of two runs that differ in the months of a waiver, every firm that goes into a settlement equal in both comes out
    with no more debt, overdue or not, where the waiver has more months, and with no less cash but for debts that it has
    paid and, when nothing is overdue any more, for what its owner takes out and what is bought anew. That an owner
    lives in full where he would have lived on a part is his, and set aside. "Before another rule reacts" means that the
    firm was equal up to the settlement at which it parts, and that by then funds, local demand, crowding and what
    suppliers lose are the same in both. Wages are left out: the wage bill is kept for the next month before suppliers
    and the bank are paid, so a firm relieved of wages keeps less and repays more. Who leaves for more months can now
    pay all that he owes and retires; whoever leaves for fewer owes nothing any more."""
    better = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal better
        runs = [built(scenario, drawn.firms, drawn.seed, drawn.scale) for scenario in (drawn.fewer, drawn.more)]
        equal = np.ones(len(runs[0].population.firms.key), np.bool_)
        unmoved = True
        for (_, few), (_, many) in zip(*(pictures(run) for run in runs), strict=True):
            before, equal = equal, equal & ~changed(few.firms, many.firms)
            as_before, unmoved = unmoved, unmoved and surroundings(runs[0]) == surroundings(runs[1])
            if few.hour != SETTLEMENT or not as_before:
                continue
            left = before & few.alive & ~many.alive
            assert (many.firms.exit_cause[left] == EXIT_CAUSES.index("retired")).all(), few.day
            parted = before & ~equal & few.alive & many.alive
            more_cash = many.firms.cash - few.firms.cash
            less_debt, less_overdue = (
                np.asarray(sum(getattr(few.firms, name) - getattr(many.firms, name) for name in names))
                for names in (DEBTS, OVERDUE)
            )
            relieved = (many.given - few.given).sum(axis=0)
            living = many.firms.reservation
            for less in (less_debt, less_overdue):
                assert (less + living >= 0)[parted].all(), few.day
            assert (relieved[parted] >= 0).all(), few.day
            better_off = more_cash + less_debt
            assert (better_off + most_taken_out(runs[1], many.firms) >= 0)[parted].all(), few.day
            is_overdue = sum(getattr(many.firms, name) for name in OVERDUE) > 0
            assert (better_off + living >= 0)[parted & is_overdue].all(), few.day
            better += int((better_off > 0)[parted & (relieved > 0)].sum())

    shipped = with_waivers(busy(), ("rent", "utilities"), 1.0, 1, 3)
    for_drawn(rounds, two_waivers(), shipped, claim)
    assert better > 0
