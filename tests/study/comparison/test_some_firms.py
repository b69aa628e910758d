"""Outcomes of a study over some firms: means, intervals and paired differences are those of parts of its runs."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.observe.some_firms import AT_END, AT_TARGET, GOT
from sim.study import StudyError
from sim.study.comparison import some_firms
from sim.study.comparison.by_month import rates
from sim.study.statistics.intervals import interval
from tests.study.comparison.test_by_month import universes

AGAINST = {"baseline": [], "plan": ["baseline"]}
PLAN = SimpleNamespace(read_on=lambda outcome: date(2022, 1, 31))


def panel(alive: dict[str, int], month: str) -> list[dict[str, Any]]:
    """The rows of a month: by sector so many micro retailers or caterers of 100 are alive, each with two persons."""
    nothing = dict.fromkeys((*AT_END, *AT_TARGET), 0)
    return [
        nothing
        | {"month": month, "prefecture": "5301", "sector": sector, "size": "micro", "founders": 100}
        | {"founders_alive": left, "exited": 100 - left, "staff": 2 * left, "open": left, "loss_making": left // 10}
        for sector, left in alive.items()
    ]


def cells(name: str, *runs: dict[str, int], given: float | None = None) -> pd.DataFrame:
    """Runs that have half of their deaths in the second month; ``given``: yuan to each sector."""
    found = []
    for replication, alive in enumerate(runs):
        first = {sector: (100 + left) // 2 for sector, left in alive.items()}
        table = pd.DataFrame([*panel(first, "2022-01"), *panel(alive, "2022-02")])
        got = [("5301", sector, "micro", 100.0 * given, 10.0) for sector in alive] if given is not None else None
        columns = ["prefecture", "sector", "size", *GOT]
        found.append((replication, table, None if got is None else pd.DataFrame(got, columns=columns)))
    return some_firms.cells(SimpleNamespace(name=name, plan=PLAN), found)  # type: ignore[arg-type]


def study(*tables: pd.DataFrame) -> Any:
    contents = {"plan": {"targets_on": "2022-01-31"}}
    by_month = [rates(name, [(0, universes({"2022-01": 90, "2022-02": 80}))]) for name in ("baseline", "plan")]
    return SimpleNamespace(
        manifest=SimpleNamespace(scenarios=[SimpleNamespace(contents=contents)]),
        cells=pd.concat(tables, ignore_index=True),
        rates=pd.concat(by_month, ignore_index=True),
    )


@pytest.fixture
def two() -> Any:
    """A baseline and a plan under two replications; the plan saves caterers, and one retailer in the second of them."""
    baseline = cells("baseline", {"retail": 80, "catering": 50}, {"retail": 84, "catering": 60}, given=0.0)
    plan = cells("plan", {"retail": 80, "catering": 60}, {"retail": 85, "catering": 74}, given=7.0)
    return study(baseline, plan)


def told(study: Any, where: dict[str, Any], scenario: str = "plan") -> pd.DataFrame:
    table = some_firms.table(study, where, None, AGAINST)
    return table[table["scenario"] == scenario].set_index("outcome")


def test_means_intervals_and_paired_differences_by_hand(two: Any):
    catering = told(two, {"sector": "catering"}).loc["survival_rate"]
    assert catering["mean"] == pytest.approx(0.67) and catering["replications"] == 2
    by_hand = [float(end) for end in interval(np.array([0.10, 0.14]), -1.0, 1.0)]
    assert catering[["difference", "difference_low", "difference_high"]].tolist() == pytest.approx(by_hand)
    assert catering["rows"] == 10
    retail = told(two, {"sector": "retail"})
    assert retail.loc["survivors", "difference"] == pytest.approx(0.5)
    assert retail.loc["jobs", "mean"] == 2 * (80 + 85) / 2
    assert retail.loc["money_given", "difference"] == 700
    baseline = told(two, {"sector": "retail"}, "baseline")
    assert baseline["difference"].isna().all() and baseline["against"].isna().all()


def test_what_is_of_the_targets_is_read_in_their_month(two: Any):
    assert told(two, {"sector": "catering"}).loc["loss_share", "mean"] == pytest.approx((8 / 80 + 8 / 87) / 2)


def test_parts_add_up(two: Any):
    whole, *parts = (told(two, where)["mean"] for where in ({}, {"sector": "retail"}, {"sector": "catering"}))
    for outcome in ("survivors", "exits", "jobs", "money_given"):
        assert whole[outcome] == sum(part[outcome] for part in parts), outcome


def test_what_was_not_kept_is_not_told(two: Any):
    bare = study(cells("baseline", {"retail": 80}), cells("plan", {"retail": 81}))
    assert "money_given" not in told(bare, {}).index and "survivors" in told(bare, {}).index
    with pytest.raises(StudyError, match="have not kept what each firm was given"):
        some_firms.table(bare, {}, ["money_given"], AGAINST)
    assert np.isnan(told(bare, {}).loc["survivors", "rows"])


@pytest.mark.parametrize(
    ("where", "outcomes", "says"),
    [
        ({"sector": "casinos"}, None, "no value casinos"),
        ({"fate": "saved"}, None, "There is no condition fate"),
        ({"size": "medium"}, None, "No firm meets the conditions"),
        ({}, ["bank_write_offs"], "bank_write_offs cannot be told of some firms"),
    ],
)
def test_what_cannot_be_told_is_one_sentence(two: Any, where: Any, outcomes: Any, says: str):
    with pytest.raises(StudyError, match=says):
        some_firms.table(two, where, outcomes, AGAINST)


def test_without_a_run_there_is_nobody():
    with pytest.raises(StudyError, match="No run succeeded"):
        some_firms.table(study(some_firms.cells(SimpleNamespace(name="x", plan=PLAN), [])), {}, None, None)  # type: ignore[arg-type]


def test_each_outcome_is_read_on_its_own_day_and_no_firm_counts_twice():
    """Half of the deaths are in the second month, in which losses are read; firms stopped are read in the first."""
    own = SimpleNamespace(read_on=lambda outcome: date(2022, 2 if outcome == "loss_share" else 1, 28))
    table = panel({"retail": 90}, "2022-01") + panel({"retail": 50}, "2022-02")
    found = some_firms.cells(SimpleNamespace(name="plan", plan=own), [(0, pd.DataFrame(table), None)])  # type: ignore[arg-type]
    asked = study(found)
    asked.manifest.scenarios[0].contents["plan"]["targets"] = [{"outcome": "loss_share", "on": "2022-02-28"}]
    told = some_firms.table(asked, {"size": "micro"}, None, None).set_index("outcome")["mean"]
    assert told["loss_share"] == pytest.approx(5 / 50)
    assert told["loss_share_with_owner"] == 0.0
    assert told["survival_rate_on_target_day"] == pytest.approx(0.9)
    assert told["survivors"] == 50
