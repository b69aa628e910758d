"""Without demand nothing is sold."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Final

import numpy as np

from sim.ledger import LINE
from sim.scenario import Scenario
from sim.vocabulary import SECTORS, Status
from sim.world.spec import WorldSpec
from tests.invariants.watching import SETTLEMENT, built, busy, for_drawn, for_drawn_scenarios, lived, pictures
from tests.reference.drawn import a_scenario

RETAIL: Final = SECTORS.index("retail")  # nobody of it bids for public contracts


def without_demand(scenario: Scenario, sectors: tuple[str, ...]) -> Scenario:
    """The same with no demand for these sectors from the first day on."""
    stated = scenario.world.model_dump()
    stated["demand"] |= {sector: {scenario.world.start: 0.0} for sector in sectors}
    return replace(scenario, world=WorldSpec.model_validate(stated))


def test_zero_demand_sells_nothing_but_what_was_ordered(rounds: int) -> None:
    """Where nobody wants anything, no sale is paid in cash and no customer owes for one; public bodies owe for what
    they had ordered by contract, a share of the backlog of each open firm and a fen, at most what it has room for, or
    have paid for it beforehand, and for nothing else."""
    delivered_in_all = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal delivered_in_all
        run = built(without_demand(drawn.scenario, SECTORS), drawn.firms, drawn.seed, drawn.scale)
        share = run.parameters["procurement.delivery_share_per_month"]
        capacity = run.parameters["procurement.capacity"]
        lines, ordered, unsure = run.state.records.books.lines, 0, 0
        for before, after in pictures(run):
            if after.hour != SETTLEMENT or after.cohort < 0:
                continue
            settled = np.arange(*run.population.cohort_start[[after.cohort, after.cohort + 1]])
            settled = settled[before.firms.status[settled] == Status.OPEN]
            backlog = before.firms.contract_backlog[settled]
            delivered = np.minimum(backlog, np.floor(backlog * share + 0.5).astype(np.int64) + 1)
            # Usual sales are kept rounded, so of a firm without room for more what it delivered is read off, to a fen.
            room = capacity * after.firms.usual_sales[settled]
            left = after.firms.status[settled] == Status.EXITED
            read_off = backlog - after.firms.contract_backlog[settled]
            assert (np.abs(read_off - np.minimum(room, delivered))[~left] <= 2).all(), after.day
            # Who leaves drops what is left: what it delivered is as much as it had room for, to a fen again.
            unsure += int(before.firms.weight[settled][left & (room < delivered)].sum())
            delivered = np.where(left, np.minimum(delivered, np.floor(room + 0.5).astype(np.int64)), read_off)
            ordered += int((delivered * before.firms.weight[settled])[backlog > 0].sum())
            assert not lines[:, [LINE["sales_cash"], LINE["sales_private"]]].any(), after.day
            on_order = [LINE["sales_public"], LINE["sales_large"], LINE["sales_prepaid"]]
            assert abs(lines[:, on_order].sum() - ordered) <= unsure, after.day
        delivered_in_all += ordered

    many = busy()
    many.firms = 1_000  # so that somebody is large enough for a lot
    for_drawn(rounds, a_scenario(), many, claim)
    assert delivered_in_all > 0


def test_a_sector_without_demand_sells_nothing_and_others_do(rounds: int) -> None:
    """Where nobody wants anything from retailers, who win no contracts, no month shows sales of theirs; others sell."""
    sold = 0

    def claim(drawn: SimpleNamespace) -> None:
        nonlocal sold
        run = lived(built(without_demand(drawn.scenario, ("retail",)), drawn.firms, drawn.seed, drawn.scale))
        panel = run.result().panel
        assert panel.loc[panel["sector"] == "retail", "sales_fen"].sum() == 0
        assert (run.population.firms.sector == RETAIL).any()
        sold += int(panel["sales_fen"].sum())

    for_drawn_scenarios(rounds, claim)
    assert sold > 0
