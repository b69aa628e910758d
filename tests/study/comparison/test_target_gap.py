"""Where a missed target falls short: parts of made-up counts, which add up to the whole exactly."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.observe.some_firms import COUNTS
from sim.study import StudyError
from sim.study.comparison import target_gap
from sim.study.comparison.targets import COLUMNS, missed
from sim.study.questions.comparison import Comparison

# Prefecture, sector, size: stopped, of these working again, alive and of these making a loss; rows of the sample.
Cells = dict[tuple[str, str, str], tuple[int, int, int, int, float]]
FIRST: Cells = {
    ("5301", "retail", "micro"): (100, 90, 400, 40, 60.0),
    ("5301", "catering", "small"): (300, 240, 500, 100, 40.0),
    ("5303", "retail", "micro"): (100, 99, 300, 30, 20.0),
    ("5303", "retail", "individual"): (5_000, 10, 9_000, 8_000, 500.0),
}
SECOND = FIRST | {("5301", "catering", "small"): (200, 180, 500, 60, 40.0)}


def study(*runs: Cells, limits: dict[str, tuple[str, float, float, str]]) -> Any:
    """A plan of such runs. ``limits``: by outcome what is asked, the mean that it has and the verdict."""
    nothing = dict.fromkeys(COUNTS, 0)
    rows = [
        nothing
        | {"scenario": "plan", "replication": r, "prefecture": place, "sector": sector, "size": size}
        | {"month": "2022-12", "founders": 1_000, "rows": rows, "open": alive, "loss_making": loss}
        | {
            "stopped": stopped,
            "stopped_working": working - 1,
            "stopped_left_working": 1,
            "small_arrears_fen": 7 * alive,
        }
        for r, cells in enumerate(runs)
        for (place, sector, size), (stopped, working, alive, loss, rows) in cells.items()
    ]
    judged = [
        dict.fromkeys(COLUMNS, np.nan)
        | {"scenario": "plan", "outcome": outcome, "clause": "I.9", "bound": bound, "target": limit}
        | {"on": "2022-12-31", "mean": mean, "verdict": verdict}
        for outcome, (bound, limit, mean, verdict) in limits.items()
    ]
    contents = {"plan": {"targets_on": "2022-12-31", "targets": []}}
    return SimpleNamespace(
        manifest=SimpleNamespace(scenarios=[SimpleNamespace(contents=contents)]),
        cells=pd.DataFrame(rows),
        rates=pd.DataFrame({"month": ["2022-11", "2022-12"]}),
        targets=pd.DataFrame(judged),
    )


RESUMPTION = {"resumption_rate": ("at_least", 0.95, 0.9, "missed")}
LOSSES = {"loss_share": ("at_most", 0.1, 0.13, "unsure")}


def gaps(study: Any, by: str) -> pd.DataFrame:
    found = target_gap.table(target_gap.by_run(study, by, missed(study.targets)))
    return found.set_index("group")


def test_a_group_is_short_by_the_firms_that_would_have_to_count_otherwise() -> None:
    table = gaps(study(FIRST, FIRST, limits=RESUMPTION), "sector")
    assert list(table.index) == ["catering", "retail"]  # the largest part first
    assert table["short"].to_dict() == pytest.approx({"catering": 0.95 * 300 - 240, "retail": 0.95 * 200 - 189})
    assert table["points"].to_dict() == pytest.approx({"catering": 45 / 500, "retail": 1 / 500})
    assert table["rate"].to_dict() == pytest.approx({"catering": 0.8, "retail": 0.945})
    assert table["whole_share"].to_dict() == pytest.approx({"catering": 0.6, "retail": 0.4})
    assert set(table["unit"]) == {"entities"}


def test_of_a_rate_of_enterprises_individual_businesses_are_no_part() -> None:
    table = gaps(study(FIRST, limits=RESUMPTION), "size")
    assert set(table.index) == {"small", "micro"}
    assert table.loc["micro", "short"] == pytest.approx(0.95 * 200 - 189)
    of_all = {"loss_share_of_all": ("at_most", 0.1, 0.8, "missed")}
    assert "individual" in gaps(study(FIRST, limits=of_all), "size").index


def test_whoever_does_better_is_short_of_less_than_nothing_and_at_most_counts_the_other_way() -> None:
    table = gaps(study(FIRST, FIRST, limits=LOSSES), "prefecture")
    assert table["short"].to_dict() == pytest.approx({"5301": 140 - 0.1 * 900, "5303": 30 - 0.1 * 300})
    better = study(FIRST, limits={"loss_share": ("at_most", 0.12, 0.13, "missed")})
    assert gaps(better, "prefecture").loc["5303", "short"] == pytest.approx(30 - 36)


def test_intervals_are_over_replications_and_a_single_one_has_none() -> None:
    table = gaps(study(FIRST, SECOND, limits=RESUMPTION), "sector")
    assert table.loc["catering", "short"] == pytest.approx((45 + 10) / 2)
    assert table.loc["catering", "short_low"] < 27.5 < table.loc["catering", "short_high"]
    assert table.loc["retail", "short_low"] == table.loc["retail", "short_high"]
    assert (table["replications"] == 2).all()
    assert gaps(study(FIRST, limits=RESUMPTION), "sector")["short_low"].isna().all()


def test_rows_of_resumption_are_those_of_firms_that_were_stopped() -> None:
    resumption, losses = (gaps(study(FIRST, limits=asked), "sector")["rows"] for asked in (RESUMPTION, LOSSES))
    assert resumption["retail"] == pytest.approx(80 * 200 / 2_000)
    assert losses["retail"] == 80


def test_of_an_amount_that_shall_be_nothing_everybody_is_short_by_what_is_left() -> None:
    table = gaps(study(FIRST, limits={"small_arrears_left": ("at_most", 0.0, 71_400.0, "missed")}), "size")
    assert table["short"].to_dict() == {"individual": 63_000, "micro": 4_900, "small": 3_500}
    assert table["points"].isna().all() and set(table["unit"]) == {"fen"}


@pytest.mark.parametrize(
    "limits",
    [
        {"resumption_rate": ("at_least", 0.95, 0.97, "unsure")},  # not certain, but on the mean met
        {"resumption_rate": ("at_least", 0.95, 0.5, "not_pursued")},
        {"resumption_rate": ("at_least", 0.95, 0.5, "too_few")},
        {"stock_refunds_paid": ("at_least", 0.9, 0.5, "missed")},  # counted by measure
        {"loss_share_by_jobs": ("at_most", 0.1, 0.5, "missed")},  # counted of whole universes
        {"small_arrears_left": ("at_most", 5.0, 9.0, "missed")},  # no share of the limit is any group's
    ],
)
def test_what_is_not_missed_or_not_counted_by_cell_has_no_parts(limits: dict[str, Any]) -> None:
    assert gaps(study(FIRST, limits=limits), "sector").empty


def test_a_group_that_a_run_lacks_has_nothing_in_it() -> None:
    without = {cell: counts for cell, counts in FIRST.items() if cell[1] != "catering"}
    table = gaps(study(FIRST, without, limits=RESUMPTION), "sector")
    assert table.loc["catering", "short"] == pytest.approx(45 / 2)
    assert table.loc["catering", "rate"] == pytest.approx(0.8)  # where there is one


COUNT = st.integers(0, 10**6)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), min_size=4, max_size=4), min_size=1, max_size=4
    ),
    st.floats(0.01, 0.99),
)  # fmt: skip
def test_parts_add_up_to_the_gap_whatever_is_counted(runs: list[list[tuple[int, ...]]], limit: float) -> None:
    """In every run, and so on average: to the last firm in parts and wholes, to rounding in what is short."""
    named = [
        {
            cell: (max(counts[:2]) + 1, min(counts[:2]) + 1, max(counts[2:]), min(counts[2:]), 40.0)
            for cell, counts in zip(FIRST, run, strict=True)
        }
        for run in runs
    ]
    limits = {"resumption_rate": ("at_least", limit, -1.0, "missed"), "loss_share": ("at_most", limit, 2.0, "missed")}
    made_up = study(*named, limits=limits)
    keys = ["scenario", "outcome", "replication"]
    every = target_gap.by_run(made_up, "all", made_up.targets).set_index(keys)
    for by in ("sector", "size", "prefecture"):
        parts = target_gap.by_run(made_up, by, made_up.targets).groupby(keys)[["whole", "short", "points"]].sum()
        assert (parts["whole"] == every["whole"].reindex(parts.index)).all()
        for name in ("short", "points"):
            np.testing.assert_allclose(parts[name], every[name].reindex(parts.index), rtol=1e-9, atol=1e-6)
        means = gaps(made_up, by).groupby("outcome")["short"].sum()
        np.testing.assert_allclose(means, every.groupby("outcome")["short"].mean(), rtol=1e-9, atol=1e-6)


def test_a_comparison_tells_it_and_refuses_what_is_no_group(comparison: Comparison) -> None:
    whole, parts = (comparison.target_gaps(by).query("scenario == 'full_plan'") for by in ("all", "prefecture"))
    assert list(whole["outcome"]) == ["small_arrears_left"]
    assert parts["short"].sum() == pytest.approx(whole["short"].sum())
    with pytest.raises(StudyError, match="by is one of all, prefecture, sector, size, not 'county'"):
        comparison.target_gaps("county")
