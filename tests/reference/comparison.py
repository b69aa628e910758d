"""The engine and the oracle side by side: the same scenario, population and seed, every firm at every month's end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import simpy

from sim.engine import Run, Wanted
from sim.firm.state import MISSED, PUT_OFF
from sim.observe.tables import Result
from sim.parameters import load as load_parameters
from sim.population.columns import MASKS, Firms
from sim.population.counties import counties
from sim.population.synthesis import Population, synthesise
from sim.scenario import Scenario
from sim.timeline import Timeline
from sim.vocabulary import CUSTOMERS, FACTS, FLAGS, LANDLORDS, SECTORS, SIZES, STATUSES, TICKETS, bit
from tests.reference import tables
from tests.reference.firm import Firm
from tests.reference.oracle import Oracle

JUST_AFTER_THE_COUNT = 15 / 16
States = list[list[dict[str, Any]]]  # by month and firm: what a field holds
FIXED = ("row", "cohort", "eligible")  # what of the oracle's firms is no state
WORDS = {"sector": SECTORS, "size": SIZES, "landlord": LANDLORDS, "customer": CUSTOMERS, "status": STATUSES}
BITS = {"flags": FLAGS, "facts": FACTS, "tickets": TICKETS}


NEVER_NEGATIVE = (
    "cash", "receivables_public", "overdue_public", "receivables_private", "payables", "overdue_payables",
    "arrears_public", "arrears_private", "loan", "guaranteed", "advanced", "vat_credit", "quality_deposit",
    "contract_backlog", "usual_sales",
    "rent", "staff", "hires", "distressed_months", "loan_term", "late_months", "materials_now", "expected", "loan_rate",
    "activity_pending",
)  # fmt: skip


class Difference(NamedTuple):
    """Where the engine and the oracle part."""

    month: str
    firm: int  # row
    field: str
    engine: Any
    oracle: Any


@dataclass
class Pair:
    """Both runs, finished, and how their firms stood at each month's end."""

    run: Run
    oracle: Oracle
    engine_states: States
    oracle_states: States
    result: Result

    def below_zero(self) -> Iterator[Difference]:
        """Every account and count of the oracle's firms below zero, and every part that is more than its whole."""
        names = self.run.timeline.month_names
        for month, states in enumerate(self.oracle_states):
            for row, state in enumerate(states):
                amounts = {name: state[name] for name in NEVER_NEGATIVE}
                amounts |= {f"deferred {id_}": fen for id_, fen in state["deferred"].items()}
                for field, amount in amounts.items():
                    if amount < 0:
                        yield Difference(names[month], row, field, 0, amount)
                if state["overdue_payables"] > state["payables"]:
                    yield Difference(
                        names[month], row, "overdue_payables", state["payables"], state["overdue_payables"]
                    )
                for part in ("guaranteed", "advanced"):
                    if state[part] > state["loan"]:
                        yield Difference(names[month], row, part, state["loan"], state[part])

    def table_differences(self) -> Iterator[tuple[str, Any, Any, Any]]:
        """Every entry of a table that differs: table, entry, of the engine, of the oracle."""
        for name in (
            "reactions", "ledger", "panel", "universes", "stations", "repayment_wall", "outcomes", "funds", "restarts",
        ):  # fmt: skip
            engine, oracle = getattr(tables, f"{name}_of_engine")(self), getattr(tables, f"{name}_of_oracle")(self)
            for entry in sorted({*engine, *oracle}, key=str):
                ours, theirs = engine.get(entry, 0), oracle.get(entry, 0)
                if ours != theirs and not (ours != ours and theirs != theirs):
                    yield name, entry, ours, theirs

    def differences(self) -> Iterator[Difference]:
        """Every field of every firm that differs, the first month first."""
        names = self.run.timeline.month_names
        for month, (ours, theirs) in enumerate(zip(self.engine_states, self.oracle_states, strict=True)):
            for row, (engine, oracle) in enumerate(zip(ours, theirs, strict=True)):
                if engine != oracle:
                    for field in engine:
                        if engine[field] != oracle[field]:
                            yield Difference(names[month], row, field, engine[field], oracle[field])


def some_firms(scenario: Scenario, firms: int, seed: int, scale: float, every: int) -> Population:
    """A first population of a scenario, each ``every``-th firm of it listed as a key firm (0: as it is drawn)."""
    parameters = load_parameters(changed=scenario.parameter_changes)
    timeline = Timeline(scenario.world.start, scenario.world.end)
    people = replace(synthesise(parameters, counties(), timeline, seed, firms), scale=scale)
    if every:
        people.firms.flags[::every] |= bit(FLAGS, "key_firm")
    return people


def live_both(scenario: Scenario, firms: int, seed: int = 1, scale: float = 1.0, every: int = 0) -> Pair:
    """Live through a scenario with the engine and with the oracle.

    ``scale``: of what institutions have, funds and public purchases: few rows see few lots of the true size.
    ``every``: so many firms are there to each one that is listed as a key firm, for few rows hold none.
    """
    parameters = load_parameters(changed=scenario.parameter_changes)
    timeline = Timeline(scenario.world.start, scenario.world.end)
    people = some_firms(scenario, firms, seed, scale, every)
    followed = [int(people.firms.key[0])]  # so that the engine counts each firm's money by measure
    run = Run(scenario, parameters, people, seed, Wanted(follow=followed))
    oracle = Oracle(scenario, parameters, some_firms(scenario, firms, seed, scale, every), seed)
    states: tuple[States, States] = [], []
    run.env.process(watch(run.env, timeline, lambda: states[0].append(engine_states(run))))
    oracle.env.process(
        watch(oracle.env, timeline, lambda: states[1].append([state_of(firm) for firm in oracle.province.firms]))
    )
    run.live(lambda share: None)
    oracle.live()
    return Pair(run, oracle, *states, run.result())


def watch(env: simpy.Environment, timeline: Timeline, look: Callable[[], None]) -> Generator[simpy.Event, Any, None]:
    """A process that looks after the count of each month."""
    for day in timeline.month_ends():
        yield env.timeout(day + JUST_AFTER_THE_COUNT - env.now)
        look()


def engine_states(run: Run) -> list[dict[str, Any]]:
    """Every firm of the engine as it stands, in the oracle's words."""
    columns, slots, terms = run.population.firms, run.state.records.slots, run.rules.terms
    ids = run.measure_ids
    table = {name: getattr(columns, name).tolist() for name in Firms._fields if name not in MASKS}
    for name, words in WORDS.items():
        table[name] = [words[code] for code in table[name]]
    table["ended"] = [{word for place, word in enumerate(TICKETS) if c >> (4 + place) & 1} for c in table["tickets"]]
    for name, words in BITS.items():
        table[name] = [{word for place, word in enumerate(words) if code >> place & 1} for code in table[name]]
    for name in ("applied", "waiting", "granted"):
        masks = getattr(columns, name).tolist()
        table[name] = [{id_ for m, id_ in enumerate(ids) if row[m // 64] >> m % 64 & 1} for row in masks]
    rows = range(len(columns.key))
    for name, slot in (("months_left", terms.month_slot), ("deferred", terms.deferral_slot)):
        amounts = getattr(slots, name).tolist()
        table[name] = [{id_: amounts[slot[m]][i] for m, id_ in enumerate(ids) if slot[m] >= 0} for i in rows]
        table[name] = [{id_: amount for id_, amount in row.items() if amount} for row in table[name]]
    given = slots.given.tolist()
    table["given"] = [{id_: given[m][i] for m, id_ in enumerate(ids) if given[m][i]} for i in rows]
    put_off = slots.put_off.tolist()
    table["had_put_off"] = [bool(code & PUT_OFF) for code in put_off]
    table["missed_instalment"] = [bool(code & MISSED) for code in put_off]
    return [{name: column[i] for name, column in table.items()} for i in rows]


def state_of(firm: Firm) -> dict[str, Any]:
    """A copy of how a firm stands."""
    state = {field.name: getattr(firm, field.name) for field in fields(firm) if field.name not in FIXED}
    for name, value in state.items():
        if isinstance(value, set):
            state[name] = value.copy()
        elif isinstance(value, dict):
            state[name] = {measure: amount for measure, amount in value.items() if amount}
    return state
