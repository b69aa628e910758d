"""What `benchmarks/limit.py` counts as bytes that a month must touch, and the line of the timing history."""

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks import history, limit
from sim.engine import Run
from sim.population.columns import Firms
from sim.vocabulary import Status


@pytest.fixture(scope="module")
def run() -> Run:
    return limit.builder("full_plan")(2_000)


def test_the_columns_called_written_are_those_that_most_settlements_change(run: Run) -> None:
    changed: dict[str, list[float]] = {}
    before = Firms._make(column.copy() for column in run.population.firms)

    def month_is_over(_: float) -> None:
        nonlocal before
        now = Firms._make(column.copy() for column in run.population.firms)
        alive = (before.status == Status.OPEN) & (now.status == Status.OPEN)
        for name in Firms._fields:
            differs = (getattr(before, name) != getattr(now, name)).reshape(len(alive), -1).any(axis=1)
            changed.setdefault(name, []).append(float(differs[alive].mean()))
        before = now

    run.live(month_is_over)
    often = {name for name, shares in changed.items() if np.median(shares) > 0.5}
    assert often == set(limit.WRITTEN)


def test_what_is_written_is_read_and_only_promised_columns_are_left_out() -> None:
    assert set(limit.WRITTEN) <= set(limit.READ)
    assert set(limit.COUNTED) <= set(limit.READ)
    assert set(Firms._fields) - set(limit.READ) == {
        "landlord",  # decides what a firm is eligible for, once
        "loan_rate", "loan_term", "vat_credit", "quality_deposit", "waiting",  # some firms only
        "advanced", "guaranteed",  # some firms only
        "restart_on", "freed_on", "tickets",  # stopped firms
        "exited_on", "exit_cause",  # closed ones
    }  # fmt: skip


def test_streaming_changes_nothing_and_every_month_is_timed() -> None:
    build = limit.builder("baseline")
    plain = build(500)
    plain.live(lambda share: None)
    watched = build(500)
    seen = limit.live(watched, "baseline")
    for name in Firms._fields:
        assert np.array_equal(getattr(plain.population.firms, name), getattr(watched.population.firms, name)), name
    assert len(seen.run_seconds) == len(seen.stream_seconds) == len(seen.firm_months) == seen.months == 24
    assert 450 < min(seen.firm_months) <= max(seen.firm_months) < 600
    assert sum(seen.split.values()) == pytest.approx(1.0)
    assert seen.bytes_written == 54 and 270 < seen.bytes_read < 330


def test_a_line_of_the_history_holds_every_column_below_one_header(tmp_path: Path) -> None:
    months = {"run_seconds": [2.0] * 12 + [1.0] * 12, "stream_seconds": [0.1] * 24, "firm_months": [10**9] * 24}
    numbers = history.summary(
        {"firms": 1_000_000, "months": 24, "wall_seconds": 8.0, "processor_seconds": 6.0},
        months,
        {"firms": 3, "wall_seconds": 20.04, "processor_seconds": 19.0, "peak_gigabytes": 1.534},
    )
    assert numbers["firm_months_per_second"] == 3_000_000 < numbers["firm_months_per_processor_second"] == 4_000_000
    assert numbers["firm_month_ns"] == 1.5 and numbers["times_streaming"] == 15.0
    assert (numbers["cheapest_month_ns"], numbers["dearest_month_ns"], numbers["last_over_first"]) == (1.0, 2.0, 0.5)
    line = dict.fromkeys(history.COLUMNS, "x") | numbers
    for _ in range(2):
        history.add(line, tmp_path / "history.csv")
    with (tmp_path / "history.csv").open() as file:
        rows = list(csv.reader(file))
    assert len(rows) == 3 and rows[0] == list(history.COLUMNS) and rows[1] == rows[2]
