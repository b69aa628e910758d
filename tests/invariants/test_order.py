"""What is only a matter of how things are written down or lined up changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from ruamel.yaml import YAML

from sim import random_numbers
from sim.engine import Run
from sim.instruments import instruments
from sim.measure import Dated, Measure
from sim.parameters import load as load_parameters
from sim.population.columns import Firms
from sim.population.synthesis import Population
from sim.random_numbers import Purpose
from sim.scenario import Scenario, catalogue, load
from sim.scenario.schema import Fund
from tests.invariants.watching import (
    built,
    busy,
    changed,
    drawn,
    for_drawn,
    for_drawn_scenarios,
    lived,
    of_people,
    peopled,
)
from tests.reference.drawn import WORDS, a_measure, a_scenario

# Splitting a fund


@st.composite
def a_shared_fund(draw: DrawFn) -> SimpleNamespace:
    """A drawn scenario in which two drawn measures and a certain one draw on one fund."""
    case = draw(a_scenario())
    return sharing(case, [draw(a_measure(id_, case.scenario.world, ["shared"])) for id_ in ("a", "b")])


def sharing(case: SimpleNamespace, measures: Iterable[Measure]) -> SimpleNamespace:
    """The scenario with these measures, and one that pays everybody, on the fund ``shared``."""
    scenario: Scenario = case.scenario
    ours = [measure.model_copy(update={"fund": "shared"}) for measure in (*measures, paying(scenario))]
    theirs = [measure for measure in scenario.measures if measure.id not in [own.id for own in ours]]
    measures = tuple(sorted((*ours, *theirs), key=lambda measure: measure.id))
    return SimpleNamespace(scenario=replace(scenario, measures=measures), firms=case.firms, seed=case.seed, scale=1.0)


def paying(scenario: Scenario) -> Measure:
    """A grant to everybody that comes by itself."""
    return Measure.model_validate(
        {
            "id": "pays", "title": WORDS, "clauses": (), "action": "fiscal", "section": "I.1", "instrument": "grant",
            "delivery": {"way": "automatic"}, "start": scenario.world.start, "bearer": "province",
            "values": instruments()["grant"].Values.model_validate({"amount_yuan": 100, "per": "firm"}),
        }
    )  # fmt: skip


def with_funds(scenario: Scenario, fen_in: dict[str, int], of_measure: dict[str, str]) -> Scenario:
    """The scenario with these funds of the province, and measures that draw on others of them."""
    ours = [
        Fund.model_validate(
            {
                "id": name, "title": WORDS, "level": "province", "bearer": "province", "when_dry": "wait",
                "amount_yuan": {scenario.world.start: amount / 100},
            }
        )
        for name, amount in fen_in.items()
    ]  # fmt: skip
    measures = [
        measure.model_copy(update={"fund": of_measure.get(measure.id, measure.fund)}) for measure in scenario.measures
    ]
    return replace(
        scenario,
        measures=tuple(measures),
        funds=tuple(sorted((*scenario.funds, *ours), key=lambda fund: fund.id)),
    )


def test_a_fund_split_in_two_equal_ones_changes_nothing(rounds: int) -> None:
    """A fund shared by some measures, or two of half its size and the same rule, among which its measures are divided:
    every firm, every line of the books and every count is the same, as long as neither half runs dry; the halves are
    made so that the larger part is paid to the last fen. (A measure draws on one fund, so that a fund is split together
    with its measures; a half that is dry stops its own measures while the undivided fund would go on for a while.)"""
    paid = 0

    def claim(case: SimpleNamespace) -> None:
        nonlocal paid
        asked: Scenario = case.scenario
        plenty = 10**15
        ours = [measure.id for measure in asked.measures if measure.fund == "shared"]
        second = dict.fromkeys(ours[-1:], "split")

        def live(fen_in: dict[str, int], of_measure: dict[str, str]) -> Run:
            return lived(built(with_funds(asked, fen_in, of_measure), case.firms, case.seed, case.scale))

        def left(run: Run, name: str) -> int:
            funds = run.funds
            return funds.levels()[int(funds.treasury.slot[funds.index[name], 0])]

        ample = live({"shared": plenty, "split": plenty}, second)
        half = max(plenty - left(ample, "shared"), plenty - left(ample, "split"))
        whole, halves = live({"shared": 2 * half}, {}), live({"shared": half, "split": half}, second)
        assert_the_same(whole, halves)
        assert left(whole, "shared") == left(halves, "shared") + left(halves, "split")
        assert min(left(halves, "shared"), left(halves, "split")) == 0
        paid += half

    plan = busy()
    with_money = [measure for measure in plan.scenario.measures if measure.fund and measure.gives]
    for_drawn(rounds, a_shared_fund(), sharing(plan, with_money), claim)
    assert paid > 0


def assert_the_same(one: Run, other: Run, rows: np.ndarray | slice = slice(None)) -> None:
    """Two runs have the same firms (those of ``one`` in the order ``rows``), books, counts and months."""
    firms = Firms._make(column[rows] for column in one.population.firms)
    assert not changed(firms, other.population.firms).any()
    for a, b in zip(one.state.records.slots, other.state.records.slots, strict=True):
        assert (np.asarray(a)[..., rows] == b).all()
    for group in ("books", "counts"):
        for a, b in zip(getattr(one.state.records, group), getattr(other.state.records, group), strict=True):
            assert (a == b).all(), group
    assert (one.record.panel == other.record.panel).all()
    assert (one.tenders.won == other.tenders.won).all()


# The order of rows


def shuffled(people: Population, number: int) -> np.ndarray:
    """Rows in another order in which cohorts and counties still stand together, shape (n,)."""
    firms = people.firms
    cohort = np.repeat(np.arange(len(people.cohort_start) - 1), np.diff(people.cohort_start))
    by_replication = [random_numbers.bits(number, int(Purpose.SEED), key, 0) for key in firms.key]
    return np.lexsort((np.array(by_replication, np.uint64), firms.county, cohort))


def with_plenty(run: Run) -> Run:
    """The run with staff and lending for everybody at once."""
    run.desks.staffed[:] = 1e12
    run.banks.capacity[:] = 1e12
    run.restart.staffed[:] = 1e12
    run.restart.placed_per_day, run.restart.slots, run.restart.passes = 1e15, 1e15, 1e15
    run.markets.extra_share = 1e4
    run.state.market.large_room[:] = 1 << 60
    run.banks.new_month = lambda *counted: plenty(run)  # type: ignore[method-assign]
    plenty(run)
    return run


def plenty(run: Run) -> None:
    """Nobody is refused because banks or guarantors have done enough this month."""
    run.banks.supply[:] = run.banks.room[:] = 1e30


def test_a_permutation_of_the_firms_permutes_the_results(rounds: int) -> None:
    """Rows in another order within cohort and county, by which the columns are sorted: the same firms meet the same
    fates, in the other order, and all sums are the same. That holds where nobody competes: with staff, lending and
    funds for all. Where they are short, the order of rows decides who comes first among those of one day."""
    moved = 0

    def claim(case: SimpleNamespace) -> None:
        nonlocal moved
        much = {"amount_from": None, "amount_yuan": Dated({case.scenario.world.start: 1e11})}
        scenario = replace(case.scenario, funds=tuple(fund.model_copy(update=much) for fund in case.scenario.funds))
        people, others = (peopled(scenario, case.firms, case.seed, case.scale) for _ in range(2))
        rows = shuffled(people, case.seed)
        others = replace(others, firms=Firms._make(column[rows] for column in others.firms))
        one, other = (lived(with_plenty(of_people(scenario, p, case.seed))) for p in (people, others))
        assert_the_same(one, other, rows)
        moved += int((rows != np.arange(len(rows))).sum())

    for_drawn_scenarios(rounds, claim)
    assert moved > 0


# The order of files and keys

WRITTEN: dict[str, Any] = {
    "title": {"zh": "试验", "en": "Test"},
    "description": {"zh": "试验", "en": "Test"},
    "extends": "full_plan",
    "without": ["tourism_recovery_awards", "cultivation"],
    "define": {
        "heating": {
            "title": {"zh": "取暖", "en": "Heating"},
            "clauses": [],
            "action": "fiscal",
            "section": "I.1",
            "instrument": "grant",
            "eligible": {"sectors": ["catering", "retail"], "sizes": ["micro", "individual"], "flags": []},
            "delivery": {"way": "automatic"},
            "start": date(2022, 2, 1),
            "fund": "warmth",
            "bearer": "prefectures",
            "values": {"amount_yuan": {date(2022, 2, 1): 500, date(2022, 6, 1): 300}, "per": "firm"},
        },
        "a_rent_cut": {
            "title": {"zh": "减租", "en": "Rent cut"},
            "clauses": [],
            "action": "jobs",
            "section": "I.4",
            "instrument": "relief",
            "delivery": {"way": "automatic"},
            "start": date(2022, 3, 1),
            "bearer": {"state_landlords": 0.333, "province": 0.267, "prefectures": 0.4},
            "values": {"flows": ["rent", "utilities"], "share": 0.4, "months": 4},
        },
    },
    "funds": [
        {
            "id": "warmth", "title": {"zh": "暖", "en": "Warmth"}, "level": "prefecture", "bearer": "province",
            "when_dry": "wait", "amount_yuan": {date(2022, 2, 1): 2e7, date(2022, 7, 1): 3e7},
        },
        {
            "id": "another", "title": {"zh": "另", "en": "Another"}, "level": "province", "bearer": "province",
            "when_dry": "refuse", "amount_yuan": 1e6,
        },
    ],
    "levers": {
        "rent_waiver.months": 5,
        "loan_extension.loan_months": 7,
        "funds.tourism.amount_yuan": 1e9,
        "parameters.firm.crowding": 0.5,
        "parameters.delivery.peers": 0.4,
        "parameters.costs.rent": 1.1,
    },
    "world": {
        "start": date(2022, 2, 1),
        "end": date(2022, 9, 30),
        "listings": [
            {"prefecture": "5301", "from": date(2022, 3, 1), "to": date(2022, 3, 20), "high_places": 9},
            {"province": "53", "from": date(2022, 7, 1), "to": date(2022, 7, 9), "medium_places": 40},
        ],
        "demand": {
            "services": {"2022-05": 0.9, "2022-06": 0.7},
            "retail": {"2022-06": 1.3},
            "catering": {date(2022, 4, 1): 0.8, date(2022, 8, 1): 1.1},
        },
    },
    "firms": 200,
}  # fmt: skip


@st.composite
def written_otherwise(draw: DrawFn, entries: bool) -> dict[str, Any]:
    """The same file with the keys of every mapping, and with the ``entries`` of every list, in a drawn order."""

    def reordered(content: Any) -> Any:
        if isinstance(content, dict):
            return {key: reordered(content[key]) for key in draw(st.permutations(list(content)))}
        if isinstance(content, list):
            return [reordered(entry) for entry in (draw(st.permutations(content)) if entries else content)]
        return content

    found: dict[str, Any] = reordered(WRITTEN)
    return found


def from_file(folder: Path, content: dict[str, Any]) -> Scenario:
    """The scenario of a file with this content."""
    file = folder / "own.yaml"
    with file.open("w", encoding="utf-8") as stream:
        YAML().dump(content, stream)
    return load(file)


def shares(run: Run) -> dict[Any, int]:
    """Fen of each entry of the ledger table."""
    keys = ["month", "payer", "payee", "flow", "measure", "kind"]
    return dict(run.result().ledger.groupby(keys)["amount_fen"].sum().items())


def test_the_order_of_keys_changes_nothing(tmp_path: Path, rounds: int) -> None:
    """A scenario file with its keys in any order is the same scenario, with the same fingerprint, and lives the same
    run; those who share what a measure costs bear the same fen each."""
    first = from_file(tmp_path, WRITTEN)
    lived_first = lived(built(first, 200))
    ledger = shares(lived_first)
    assert {"province", "prefectures", "state_landlords"} <= {payer for _, payer, *_ in ledger}

    @drawn(rounds)
    @given(written_otherwise(entries=False))
    def claim(content: dict[str, Any]) -> None:
        asked = from_file(tmp_path, content)
        assert asked == first and asked.fingerprint() == first.fingerprint()
        run = lived(built(asked, 200))
        assert_the_same(lived_first, run)
        assert shares(run) == ledger

    claim()


def test_the_order_of_entries_changes_no_result(tmp_path: Path, rounds: int) -> None:
    """What is listed (measures, funds, sectors, sizes, flows, listings) may be listed in any order: the run is the
    same."""
    lived_first = lived(built(from_file(tmp_path, WRITTEN), 200))

    @drawn(rounds)
    @given(written_otherwise(entries=True))
    def claim(content: dict[str, Any]) -> None:
        assert_the_same(lived_first, lived(built(from_file(tmp_path, content), 200)))

    claim()


def test_the_order_in_which_files_are_found_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that lists its files in another order, as another file system does, gives the same scenario."""
    in_order = load("full_plan")
    glob = Path.glob
    monkeypatch.setattr(catalogue, "_kept", {})
    monkeypatch.setattr(Path, "glob", lambda folder, pattern: reversed(list(glob(folder, pattern))))
    other = load("full_plan")
    assert [measure.id for measure in other.measures] == [measure.id for measure in in_order.measures]
    assert other == in_order


def test_the_order_of_levers_changes_nothing(rounds: int) -> None:
    """Levers given in any order are the same scenario, those of a table and of one of its values among them."""
    levers = {**WRITTEN["levers"], "parameters.costs.rent.retail": 0.08, "plan.rules": date(2022, 6, 20)}
    asked = load("full_plan", levers)

    @drawn(rounds)
    @given(st.permutations(list(levers.items())))
    def claim(items: list[tuple[str, Any]]) -> None:
        other = load("full_plan", dict(items))
        assert other.contents() == asked.contents()
        one, two = (load_parameters(changed=scenario.parameter_changes) for scenario in (asked, other))
        assert one == two

    claim()


def test_a_lever_that_names_its_measure_wins_wherever_it_stands(tmp_path: Path) -> None:
    """A file's value for all measures and another for one of them: the one has its own, whichever key comes first."""
    levers = {"all.months": 2, "rent_waiver.months": 5}
    written = [{**WRITTEN, "levers": dict(items)} for items in (levers.items(), reversed(levers.items()))]
    one, other = (from_file(tmp_path, content) for content in written)
    assert one.fingerprint() == other.fingerprint()
    months = {measure.id: measure.values.months for measure in one.measures if hasattr(measure.values, "months")}
    assert months["rent_waiver"] == Dated({date.min: 5}) and months["a_rent_cut"] == Dated({date.min: 2})
