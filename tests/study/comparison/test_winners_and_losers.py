"""Winners and losers: made-up firms of two sectors in a baseline and under a plan."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sim.observe.some_firms import COUNTS
from sim.study import StudyError
from sim.study.comparison import winners_and_losers
from sim.study.questions.comparison import Comparison

AGAINST = {"baseline": [], "plan": ["baseline"]}
# By sector the founders of 1,000 that are alive at the end, a run each; rows of the sample.
ALIVE = {
    "baseline": {"retail": (800, 804, 802), "catering": (500, 500, 500), "tourism": (900, 900, 900)},
    "plan": {"retail": (790, 793, 793), "catering": (560, 540, 550), "tourism": (950, 940, 960)},
}
ROWS = {"retail": 60.0, "catering": 40.0, "tourism": 12.0}


def study(runs: int = 3, alive: dict[str, Any] = ALIVE) -> Any:
    rows = [
        dict.fromkeys(COUNTS, 0)
        | {"scenario": name, "replication": r, "prefecture": "5301", "sector": sector, "size": "micro"}
        | {"month": "2022-12", "founders": 1_000, "founders_alive": left[r], "staff": 3 * left[r], "rows": ROWS[sector]}
        for name, sectors in alive.items()
        for sector, left in sectors.items()
        for r in range(runs)
    ]
    fates = [
        ("plan", "baseline", "sector", sector, fate, entities, entities - 5.0, entities + 5.0, given)
        for sector in ROWS
        for fate, entities, given in (("lives_either_way", 480.0, 300.0), ("saved", 70.0, 80.0), ("harmed", 20.0, 0.0))
    ]
    columns = ["scenario", "against", "by", "group", "fate", "entities", "low", "high", "given_fen"]
    return SimpleNamespace(cells=pd.DataFrame(rows), fates=pd.DataFrame(fates, columns=columns))


def table(of: Any) -> pd.DataFrame:
    of_runs = winners_and_losers.by_run(of, "sector", AGAINST)
    return winners_and_losers.table(of_runs, of.fates, "sector").set_index("group")


def test_what_is_kept_is_paired_run_by_run() -> None:
    found = table(study())
    assert found["kept"].to_dict() == pytest.approx({"catering": 50, "retail": -10, "tourism": 50})
    assert found["kept_share"].to_dict() == pytest.approx({"catering": 0.05, "retail": -0.01, "tourism": 0.05})
    assert found.loc["retail", "kept_low"] < -10 < found.loc["retail", "kept_high"] < 0
    assert found["jobs"].to_dict() == pytest.approx({"catering": 150, "retail": -30, "tourism": 150})


def test_fates_and_money_stand_beside() -> None:
    row = table(study()).loc["retail"]
    assert (row["saved"], row["saved_low"], row["harmed_high"]) == (70, 65, 25)
    assert (row["given_fen"], row["lives_either_way_share"]) == (380, pytest.approx(300 / 380))


def test_a_verdict_asks_for_rows_first_and_then_for_an_interval_without_zero() -> None:
    found = table(study())
    assert found["verdict"].to_dict() == {"catering": "won", "retail": "lost", "tourism": "too_few"}
    assert list(found.index) == ["catering", "retail", "tourism"]  # the too few last
    wide = {**ALIVE, "plan": {**ALIVE["plan"], "catering": (700, 400, 550)}}
    assert table(study(alive=wide)).loc["catering", "verdict"] == "not_told"
    assert set(table(study(runs=1))["verdict"]) == {"one_run", "too_few"}


def test_a_comparison_tells_it_of_every_pair(comparison: Comparison) -> None:
    found = comparison.winners_and_losers("size")
    assert set(zip(found["scenario"], found["against"], strict=True)) == {
        (one, other) for one, others in comparison.against.items() for other in others
    }
    plan = found[found["scenario"] == "full_plan"]
    counted = comparison.fates.query("scenario == 'full_plan' and by == 'size' and fate == 'saved'")
    assert plan["saved"].sum() == pytest.approx(counted["entities"].sum())
    assert (plan["verdict"] == "won").all()
    with pytest.raises(StudyError, match="by is one of sector, size, prefecture, not 'action'"):
        comparison.winners_and_losers("action")
