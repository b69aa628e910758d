"""Which discrepancy is used: surveys that contradict each other call for a large one, those that agree for a small."""

import numpy as np
import pytest

from sim.study.calibration.left_out import ALL, LEVELS, left_out, taken, used
from sim.study.calibration.observed import DIFFERENCE, Observed, Scale
from sim.study.statistics.sparse_polynomials import Emulators, fit
from sim.study.statistics.streams import Stream
from tests.study.calibration.toy import INPUTS, model

GROUPS = ("cash", "exits", "losses", "credit")
ASSUMED = {"low": 0.03, "value": 0.15, "high": 0.6}


def told(*said: float) -> tuple[Emulators, dict[str, Observed]]:
    """Four groups that each publish one and the same sum of two inputs; their figures are off from 0.4 by ``said``."""
    points = Stream(5, 1).uniform(200, INPUTS)
    one = fit(points, model(points)[:, 0])
    each = np.full(len(said), 0.02)
    at = {
        level: Observed(
            GROUPS[: len(said)], (Scale(DIFFERENCE, 0.0),) * len(said), 0.4 + np.array(said), each, each,
            np.full(len(said), deviation), 0 * each,
        )
        for level, deviation in ASSUMED.items()
    }  # fmt: skip
    return Emulators([one] * len(said)), at


@pytest.mark.parametrize(
    ("said", "level"),
    [((0.0, 0.01, -0.01, 0.0), "low"), ((0.2, -0.2, 0.1, -0.1), "value"), ((0.9, -0.9, 0.3, -0.4), "high")],
)
def test_the_level_that_predicts_groups_left_out_is_taken(said: tuple[float, ...], level: str) -> None:
    emulators, at = told(*said)
    table = left_out(emulators, at, GROUPS, Stream(1, 3).uniform(100, INPUTS), seed=1)  # type: ignore[arg-type]
    whole = table[table["group"] == ALL].set_index("level")["log_density"]
    of_groups = table[table["group"] != ALL]
    sums = of_groups.groupby("level")["log_density"].sum()
    assert sums[list(LEVELS)].tolist() == pytest.approx(whole[list(LEVELS)].tolist())
    assert whole.idxmax() == level
    best = of_groups.loc[of_groups.groupby("group")["log_density"].idxmax()]
    assert used(table) == dict(zip(best["group"], best["level"], strict=True))


def test_a_group_that_the_others_contradict_takes_more_than_they_do() -> None:
    emulators, at = told(0.0, 0.01, -0.01, 0.9)
    table = left_out(emulators, at, GROUPS, Stream(1, 3).uniform(100, INPUTS), seed=1)  # type: ignore[arg-type]
    levels = used(table)
    assert levels["credit"] == "high"
    held = taken(at, GROUPS, {"cash": "low", "credit": "high"})  # type: ignore[arg-type]
    assert held.discrepancy.tolist() == [ASSUMED["low"], ASSUMED["value"], ASSUMED["value"], ASSUMED["high"]]


def test_one_group_cannot_be_predicted_by_another() -> None:
    emulators, at = told(0.0)
    table = left_out(emulators, at, GROUPS[:1], Stream(1, 3).uniform(100, INPUTS), seed=1)  # type: ignore[arg-type]
    assert used(table) == {"cash": "value"}
    assert table["log_density"].isna().all()
