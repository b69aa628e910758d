"""What is not known: draws of the posterior or of assumptions, and how much of an effect they are beside luck."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.study import StudyError
from sim.study.comparison import parameter_uncertainty
from sim.study.comparison.parameter_uncertainty import changes, chosen, spread_of
from sim.study.designs.posterior import Draw, Posterior

KEPT = Posterior((Draw(0.5, {"firm.crowding": 0.1}), Draw(0.25, {"firm.crowding": 0.2}), Draw(0.25, {})), {})


def test_the_posterior_is_drawn_from_where_one_is_kept(monkeypatch):
    monkeypatch.setattr(parameter_uncertainty, "posterior", lambda: KEPT)
    assert chosen(None) == "posterior"
    assert [dict(draw) for draw in changes("posterior", 4, 1)] == [
        {"firm.crowding": 0.1}, {"firm.crowding": 0.1}, {"firm.crowding": 0.2}, {},
    ]  # fmt: skip
    assert changes("none", 4, 1) == []
    monkeypatch.setattr(parameter_uncertainty, "posterior", lambda: None)
    assert chosen(None) == "assumptions"
    with pytest.raises(StudyError, match="shukun calibrate --keep"):
        chosen("posterior")


def test_another_word_is_refused_with_the_nearest():
    with pytest.raises(StudyError, match="did you mean posterior"):
        chosen("posterier")


def test_luck_is_told_from_what_is_not_known():
    # Over draws the effect is 1, 2 or 3 points, over replications 2 or 4: variances 1 and 2.
    draws = pd.DataFrame(
        [(name, d, "survival_rate", value, "share") for d in range(3) for name, value in (("a", 0.5 + d), ("b", -0.5))],
        columns=list(parameter_uncertainty.COLUMNS),
    )
    values = pd.DataFrame(
        [(name, r, "survival_rate", value) for r in range(2) for name, value in (("a", 2.0 + 2 * r), ("b", 0.0))],
        columns=["scenario", "replication", "outcome", "value"],
    )
    found = spread_of(draws, values, [("a", "b")], ["a"]).set_index("against").loc["b"]
    assert found[["middle", "draws", "sd_draws"]].tolist() == [2.0, 3, 1.0]
    assert found["sd_replications"] == pytest.approx(np.sqrt(2))
    assert found["share"] == pytest.approx(1 / 3)
    assert (found["low"], found["high"]) == (pytest.approx(1.1), pytest.approx(2.9))


def test_of_public_cost_only_differences_are_told():
    rows = [(name, d, "public_cost", value, "fen") for d in range(2) for name, value in (("a", 7.0 + d), ("b", 4.0))]
    draws = pd.DataFrame(rows, columns=list(parameter_uncertainty.COLUMNS))
    values = draws.rename(columns={"draw": "replication"})
    found = spread_of(draws, values, [("a", "b")], ["a"])
    assert found["against"].tolist() == ["b"]
    assert found["middle"].tolist() == [3.5]


def test_without_draws_nothing_is_said():
    assert spread_of(pd.DataFrame(columns=list(parameter_uncertainty.COLUMNS)), SimpleNamespace(), [], []).empty
