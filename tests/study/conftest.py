"""A stand-in for the scenario files and the engine: small tables of the right shape, in no time."""

import json
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import sim
from sim.measure import Words
from sim.observe.tables import Result
from sim.scenario import Scenario
from sim.scenario import load as really_load
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.world.spec import WorldSpec


@dataclass(frozen=True)
class FakeScenario:
    """What studies need of a scenario."""

    name: str
    levers: dict[str, Any] = field(default_factory=dict)
    firms: int | str | None = None
    parameter_changes: dict[str, float] = field(default_factory=dict)
    measures: tuple[()] = ()
    reactions: tuple[()] = ()
    unused: tuple[()] = ()
    origin: None = None

    @property
    def against(self) -> tuple[str, ...]:
        return () if self.name in ("baseline", "no_support") else ("baseline",)

    @property
    def title(self) -> Words:
        return Words(zh="情景", en="Scenario")

    @property
    def world(self) -> WorldSpec:
        return WorldSpec(start=date(2022, 1, 1), end=date(2022, 2, 28))

    @property
    def plan(self) -> Any:
        resumed = SimpleNamespace(outcome="resumption_rate", at_least=0.95, at_most=None, clause="I.9.d", on=None)
        losing = SimpleNamespace(outcome="loss_share", at_least=None, at_most=0.12, clause="I.9.e", on=None)
        on = date(2022, 12, 31)
        adopted = date(2022, 1, 15)
        return SimpleNamespace(targets=[resumed, losing], targets_on=on, adopted=adopted, read_on=lambda outcome: on)

    def contents(self) -> dict[str, Any]:
        return {"name": self.name, "levers": self.levers, "firms": self.firms}

    def fingerprint(self) -> str:
        return json.dumps(self.contents(), sort_keys=True, default=str)


def make_simulate() -> Callable[..., Result]:
    """An engine whose outcomes follow from the scenario's name and the seed; `broken` fails, `odd_seed` at odd seeds.

    Everything it needs is inside, so that a worker process can be sent it.
    """

    def simulate(
        scenario, *, firms=None, seed=1, follow=(), fates=False, tables=True, inside=None, threads=1, progress=None
    ):  # type: ignore[no-untyped-def]
        import numpy as np
        import pandas as pd

        from sim.observe.tables import TABLES, Result
        from sim.vocabulary import ACTIONS, MECHANISMS, SECTORS, SIZES

        if scenario.name == "broken" or (scenario.name == "odd_seed" and seed % 2):
            raise ArithmeticError("the ledger does not balance: 1 fen")
        effect = {"baseline": 0.0, "no_support": 0.0, "nothing": 0.0}.get(
            scenario.name, 0.01 * scenario.levers.get("months", 1)
        )
        chance = 0.001 * (seed * 7 % 5)
        months, places, sectors = ["2022-01", "2022-02"], ["5301", "5334"], ["retail", "catering"]
        cells = [(month, place, sector, "micro") for month in months for place in places for sector in sectors]
        numbers = {name: [] for name, column in TABLES["panel"].items() if column.kind == "int64"}
        for cell in range(len(cells)):
            for place, name in enumerate(numbers):
                numbers[name].append(1000 - 10 * place + cell + seed)
        panel = pd.DataFrame(cells, columns=["month", "prefecture", "sector", "size"]).assign(**numbers)
        ledger = pd.DataFrame(
            [("2022-01", "firms", "employees", "wages", "", "paid", 100 * seed)]
            # A line that only some replications have.
            + [("2022-02", "firms", "banks", "interest", "", "paid", 50)] * (seed % 2),
            columns=list(TABLES["ledger"]),
        )
        delivery = pd.DataFrame(
            [
                ("2022-02", "rent", "eligible", 10, float("nan"), 0),
                ("2022-02", "rent", "decided", seed, float(seed), 0),
            ],
            columns=list(TABLES["delivery"]),
        )
        outcomes = pd.DataFrame(
            {
                "outcome": ["survival_rate", "resumption_rate", "loss_share", "survivors", "jobs"],
                "value": [
                    0.9 + effect + chance,
                    0.95 + chance,
                    0.12 - effect - chance,
                    1e5 * (0.9 + effect),
                    1e6 + seed,
                ],
                "unit": ["share", "share", "share", "entities", "persons"],
            }
        )
        # Three founders and one born later; the second founder lives where there is an effect.
        saved = effect > 0
        fates = pd.DataFrame(
            {
                "firm": np.array([7, 3, 5, 9], np.uint64),
                "entities": np.array([10, 20, 30, 40], np.int32),
                **{
                    name: pd.Categorical.from_codes([0, 1, 0, 1], categories=pd.Index(names))
                    for name, names in (("prefecture", ("5301", "5303")), ("sector", SECTORS), ("size", SIZES))
                },
                "founder": [True, True, True, False],
                "alive": [True, saved, False, True],
                "exited_on": np.array([-1, -1 if saved else 10, 40, -1], np.int16),
                "exit_cause": ["", "" if saved else "insolvent", "retired", ""],
                "staff": np.array([2, 3 if saved else 0, 0, 1], np.int32),
                "put_off": [False, True, True, False],
                "missed_instalment": [False, False, True, False],
                "last_helped": np.array([0, 0, 1, -1], np.int16),
                "unpaid_fen": np.array([0, 0, 500, 0]),
                "granted_first": np.zeros(4, np.uint64),
                "granted_further": np.zeros(4, np.uint64),
                **{f"given_{action}_fen": [100, 100, 0, 0] if saved else 0 for action in ("fiscal", "tax")},
                **{f"given_{action}_fen": 0 for action in (*ACTIONS[2:], MECHANISMS)},
            }
        )
        if progress is not None:
            progress(0.5)
            progress(1.0)
        return Result(
            scenario=scenario.name,
            seed=seed,
            firms=firms or 100,
            months=2,
            outcomes=outcomes,
            panel=panel,
            ledger=ledger,
            delivery=delivery,
            fates=fates,
            **{
                name: pd.DataFrame(columns=list(TABLES[name]))
                for name in TABLES
                if name not in ("outcomes", "panel", "ledger", "delivery", "fates")
            },
            ledger_residual_fen=0,
            wall_seconds=0.5,
            bytes_per_firm=100.0,
            seconds={"firms": 0.4, "institutions": 0.1},
        )

    return simulate


@pytest.fixture
def simulate(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The stand-in engine, also in the engine's place for runs in this process."""
    stand_in = make_simulate()
    engine = types.ModuleType("sim.engine")
    engine.simulate = stand_in  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sim.engine", engine)
    monkeypatch.setattr(sim, "engine", engine, raising=False)
    return stand_in


@pytest.fixture
def runner(tmp_path: Path, simulate: Callable[..., Result]) -> Callable[..., Runner]:
    """Does runs in a folder of the test, with the stand-in engine; `simulate=` stands in for that."""

    def make(simulate: Callable[..., Result] = simulate, folder: Path = tmp_path / "runs", **how: Any) -> Runner:
        folder.mkdir(parents=True, exist_ok=True)
        return Runner(RunStore(folder, simulate, writing=True), **how)

    return make


@pytest.fixture
def scenario() -> type[FakeScenario]:
    return FakeScenario


@pytest.fixture(autouse=True)
def loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios by name come from nowhere."""

    def load(
        asked: str | Path | FakeScenario, levers: dict[str, Any] | None = None, drawn: dict[str, Any] | None = None
    ) -> FakeScenario:
        given = {**(levers or {}), **(drawn or {})}
        return FakeScenario(str(asked), given) if isinstance(asked, str | Path) else asked

    def load_or_take(asked: Any, *levers: Any) -> Any:
        return asked if isinstance(asked, FakeScenario) else really_load(asked, *levers)

    for module in ("comparison.scenarios", "designs.design"):
        monkeypatch.setattr(f"sim.study.{module}.load", load)
    for module in ("comparison.journey", "questions.run", "runs.worker"):
        monkeypatch.setattr(f"sim.study.{module}.load", load_or_take)
    monkeypatch.setattr("sim.scenario.Scenario", FakeScenario | Scenario)
