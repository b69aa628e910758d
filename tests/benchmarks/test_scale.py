"""The simulation of a cluster: one worker takes what its steps take, many are held up by the narrowest station."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import scale
from benchmarks.scale import Measured, simulate


@pytest.fixture
def measured() -> Measured:
    return Measured(
        scenario=7.0, key=2.0, packing=1.0, unpacking=1.0, task_bytes=90_000, packed_bytes=30_000, client=1.0,
        scheduler_few=1.0, scheduler_many=1.0, start_seconds=2.0, run=190.0, writing=8.0, part_bytes=35_000,
        part_files=3, writing_wall=8.0, writing_wall_crowded=8.0, opening=0.5, together=1.4, noting=0.0,
        noted_bytes=700, scenario_bytes=10_000,
    )  # fmt: skip


def test_one_worker_takes_as_long_as_its_steps(measured: Measured) -> None:
    seen = simulate(measured, 1)
    assert seen.busiest == "workers"
    own = 0.199 + 15 / 10_000 + 30_000 / 125e6  # the run, its files, its task on the way
    assert seen.runs_a_second == pytest.approx(1 / own, rel=0.01)


@pytest.mark.parametrize(
    ("replications", "rate"),
    [(10, 1000 / 2.9), (1, 1000 / 11.0)],  # ms of the client: a draw's 9, shared by its replications; pack, Dask 2
)
def test_many_workers_wait_for_the_client(measured: Measured, replications: int, rate: float) -> None:
    seen = simulate(measured, 500, replications)
    assert seen.busiest == "client"
    assert seen.runs_a_second == pytest.approx(rate, rel=0.02)


def test_longer_runs_keep_more_workers_at_work(measured: Measured) -> None:
    short, long = (simulate(measured, 400, firms=firms) for firms in (scale.FIRMS, 10 * scale.FIRMS))
    assert short.busy["workers"] < 0.25 < 0.8 < long.busy["workers"]


def test_what_was_measured_last_can_be_simulated_and_drawn(tmp_path: Path) -> None:
    kept = Measured(**json.loads(scale.KEPT.read_text()))
    assert all(value for value in asdict(kept).values())
    seen = {case: [simulate(kept, workers, *how) for workers in (1, 8)] for case, how in scale.CASES.items()}
    scale.draw(seen, tmp_path / "scale.svg")
    assert "runs a second" in (tmp_path / "scale.svg").read_text()
