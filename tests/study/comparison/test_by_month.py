"""Differences month by month, by hand: each replication against its own baseline, in each universe."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.study.comparison import by_month
from sim.study.statistics.intervals import interval

KINDS = (
    "open", "suspended", "paused", "founders", "founders_alive", "stopped", "stopped_working", "stopped_left_working",
)  # fmt: skip


def universes(alive: dict[str, int], stopped: int = 0) -> pd.DataFrame:
    """The table of a run with 100 founders in each universe; ``alive`` by month, all of them open, half at a loss.

    Half of those ever ``stopped`` work again; all of those alive lose money after the owner's living.
    """
    rows = [
        (month, universe, "firms", left, 0, 0, 100, left, stopped, stopped // 2, 0, left // 2, left)
        for month, left in alive.items()
        for universe in ("all", "enterprises")
    ]
    return pd.DataFrame(rows, columns=["month", "universe", "by", *KINDS, "loss_making", "loss_making_with_owner"])


def differences(*runs: tuple[str, int, pd.DataFrame]) -> pd.DataFrame:
    names = dict.fromkeys(name for name, _, _ in runs)
    found = [by_month.rates(of, [(r, t) for name, r, t in runs if name == of]) for of in names]
    return by_month.table(
        pd.concat(found, ignore_index=True), [(name, "baseline") for name in names if name != "baseline"]
    )


def test_a_month_is_compared_with_the_same_month_of_the_same_replication():
    found = differences(
        ("baseline", 0, universes({"2022-01": 90, "2022-02": 80})),
        ("baseline", 1, universes({"2022-01": 92, "2022-02": 80})),
        ("plan", 0, universes({"2022-01": 90, "2022-02": 84})),
        ("plan", 1, universes({"2022-01": 92, "2022-02": 86})),
    )
    assert set(zip(found["scenario"], found["against"], strict=True)) == {("plan", "baseline")}
    rows = found[found["outcome"] == "survival_rate"].set_index(["month", "universe"])
    assert rows.loc[("2022-01", "all"), ["mean", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    february = rows.loc[("2022-02", "enterprises")]
    by_hand = [float(end) for end in interval(np.array([0.04, 0.06]), -1.0, 1.0)]
    assert february[["mean", "low", "high"]].tolist() == pytest.approx(by_hand) and by_hand[0] == pytest.approx(0.05)
    assert february["replications"] == 2 and february["low"] < 0.04 < 0.06 < february["high"]


def test_a_replication_that_one_side_lacks_does_not_count():
    found = differences(
        ("baseline", 0, universes({"2022-01": 80})),
        ("baseline", 2, universes({"2022-01": 10})),
        ("plan", 0, universes({"2022-01": 83})),
        ("plan", 1, universes({"2022-01": 99})),
    )
    row = found[(found["outcome"] == "survival_rate") & (found["universe"] == "all")].iloc[0]
    assert row["mean"] == pytest.approx(0.03) and row["replications"] == 1 and np.isnan(row["low"])


def test_each_pair_has_rows_of_its_own():
    table = pd.concat(
        [
            by_month.rates(name, [(0, universes({"2022-01": alive}))])
            for name, alive in (("baseline", 80), ("nation", 81), ("plan", 84))
        ],
        ignore_index=True,
    )
    found = by_month.table(table, [("plan", "baseline"), ("nation", "baseline"), ("plan", "nation")])
    rows = found[(found["outcome"] == "survival_rate") & (found["universe"] == "all")]
    told = [tuple(row) for row in rows[["scenario", "against", "mean"]].itertuples(index=False)]
    assert [pair for *pair, _ in told] == [["plan", "baseline"], ["nation", "baseline"], ["plan", "nation"]]
    assert [mean for *_, mean in told] == pytest.approx([0.04, 0.01, 0.03])


def test_a_rate_of_nobody_has_no_row():
    found = differences(("baseline", 0, universes({"2022-01": 80})), ("plan", 0, universes({"2022-01": 83})))
    assert "resumption_rate" not in set(found["outcome"]), "nobody was stopped"
    stopped = differences(
        ("baseline", 0, universes({"2022-01": 80}, stopped=10)), ("plan", 0, universes({"2022-01": 83}, stopped=6))
    )
    assert set(stopped.loc[stopped["outcome"] == "resumption_rate", "mean"]) == {0.0}
    assert list(stopped.columns) == list(by_month.COLUMNS)


def test_what_an_owner_lives_on_is_a_rate_of_its_own():
    found = differences(("baseline", 0, universes({"2022-01": 80})), ("plan", 0, universes({"2022-01": 83})))
    assert set(found["outcome"]) == {"survival_rate", "loss_share", "loss_share_with_owner"}
    assert set(found.loc[found["outcome"] == "loss_share_with_owner", "mean"]) == {0.0}
    assert set(found.loc[found["outcome"] == "loss_share", "mean"]) == {41 / 83 - 40 / 80}


def test_without_a_run_there_is_a_table_without_rows():
    empty = by_month.rates("baseline", [])
    assert by_month.table(empty, [("plan", "baseline")]).empty
