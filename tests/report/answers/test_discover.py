"""What is said of a discovery, of tables that are made here: the search itself is tested in tests/study."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.report.answers import discover as told
from sim.report.words.catalogue import LANGUAGES
from sim.scenario import load
from sim.study.questions.discover import LIMITS, STABILITY, TRAJECTORY, Discovery, _table
from sim.study.runs.manifest import manifest

DAYS, OUTBREAK, BEARER = "rent_waiver.start", "world.outbreak_factor", "rent_waiver.bearer"
WAIVER = "State landlords waive three months of rent"
NAN = float("nan")
RESUMED = {
    "outcome": "resumption_rate", "unit": "share", "clause": "I.9.d", "bound": "at_least", "limit": 0.95,
    "worlds": 40, "are_few": False, "left_out": 2, "missed": 10, "divided": 3, "level": 0.01, "verdict": "box",
    "coverage": 0.9,
    "density": 0.75, "mass": 0.3, "correlation": 0.7, "restricted": 4, "halves": 10, "halves_with_box": 8,
    "tested_coverage": 0.8, "tested_density": 0.6,
}  # fmt: skip
NONE = {"coverage": NAN, "density": NAN, "restricted": 0, "halves": 0, "halves_with_box": 0, "divided": 0}
MISSED = {"outcome": "loss_share", "bound": "at_most", "limit": 0.12, "missed": 42, "worlds": 42, "left_out": 0}
LOSS = RESUMED | NONE | MISSED | {"verdict": "always"}


def limit(path, kind, low=NAN, high=NAN, values="", ends=(0.5, 2.0)):
    return {
        "outcome": "resumption_rate", "box": 1, "path": path, "kind": kind, "low": low, "high": high, "values": values,
        "least": ends[0], "most": ends[1], "quasi_p_low": 1e-6, "quasi_p_high": NAN,
    }  # fmt: skip


def study(**changes):
    day = date(2022, 6, 10).toordinal()
    draws = pd.DataFrame({"draw": range(42), OUTBREAK: np.linspace(0.5, 2.0, 42), "x": np.linspace(0.0, 1.0, 42)})
    missed = [draw >= 30 for draw in range(40)]
    worlds = pd.DataFrame(
        {
            "draw": range(40),
            "outcome": "resumption_rate",
            "value": 0.9,
            "misses": missed,
            "replications_missing": missed,
        }
    )
    of_all = {"worlds": 40, "missed": 10, "coverage": 1.0, "density": 0.25, "mass": 1.0, "restricted": 0}
    chosen = {"worlds": 12, "missed": 9, "coverage": 0.9, "density": 0.75, "mass": 0.3, "restricted": 4}
    boxes = [
        {"outcome": "resumption_rate", "box": i, "correlation": 0.0, "is_relaxed": False, "is_chosen": i == 1, **box}
        for i, box in enumerate((of_all, chosen))
    ]
    limits = [
        limit(OUTBREAK, "number", low=1.25),
        limit(DAYS, "day", low=day + 0.5, high=day + 4.5, ends=(day - 9.0, day + 20.0)),
        limit(BEARER, "choice", values='["province", "banks"]', ends=(NAN, NAN)),
        limit("x", "number", high=0.4, ends=(0.0, 1.0)),
    ]
    shares = [{"outcome": "resumption_rate", "path": OUTBREAK, "share": 0.8, "is_restricted": True}]
    return Discovery(
        manifest=manifest("discover", [load("full_plan")], 1, 2),
        runs=pd.DataFrame({"draw": [0, 1, 2], "reason": ["", "", "it broke"]}),
        draws=draws,
        worlds=worlds,
        targets=pd.DataFrame([RESUMED | changes, LOSS]),
        trajectory=_table(boxes, TRAJECTORY),
        limits=_table(limits, LIMITS),
        stability=_table(shares, STABILITY),
    )


def test_each_target_is_told_with_the_worlds_that_miss_it():
    assert told.findings(study(), "en") == [
        "Resumption (at least 95.0 %) is missed in 10 of 40 worlds (25.0 %).",
        "Resumption is missed mostly when “Size of the outbreak (factor)” is 1.25 or more and "
        f"“{WAIVER}: first day” is between 2022-06-11 and 2022-06-14 and "
        f"“{WAIVER}: who bears it” is Province / Banks and “x” is 0.4 or less. "
        "Such worlds are 90.0 % of those that miss it, and 75.0 % of them do.",
        "Looked for again in 10 random halves of the worlds, conditions were found 8 times; in the other halves they "
        "cover 80.0 % of the worlds that miss it, and 60.0 % of the worlds they name do.",
        "Resumption: 2 worlds have no value and are left out.",
        "Resumption: in 3 worlds the replications disagree, and random variation decides.",
        "Loss-making share (at most 12.0 %) is missed in all of the 42 worlds: no kind of world can be singled out.",
        "1 of 3 runs failed and are excluded.",
    ]


def test_the_same_is_said_in_chinese():
    first, when, *_ = told.findings(study(), "zh")
    assert first == "复工复产率（要求不低于 95.0%）在 40 种情形中有 10 种（25.0%）未达标。"
    assert "“疫情规模（倍数）”不低于 1.25" in when
    assert "2022-06-11" in when and "2022-06-14" in when
    assert len(told.findings(study(), "zh")) == len(told.findings(study(), "en"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"halves_with_box": 0, "tested_coverage": NAN, "tested_density": NAN}, "conditions were found in none"),
        ({"verdict": "nothing"}, "but no conditions explain it better than chance"),
        ({"verdict": "never", "missed": 0}, "is met in all of the 40 worlds"),
        ({"verdict": "unknown", "worlds": 0, "missed": 0}, "has no value in any world"),
    ],
)
def test_what_is_not_known_is_said(changes, said):
    assert any(said in sentence for sentence in told.findings(study(**changes), "en"))
    assert told.findings(study(**changes), "zh")


def test_tables_hold_targets_limits_and_how_often_they_were_found_again():
    targets, limits, stability = told.tables(study(), "en")
    assert targets.rows[0][1:] == ["40", "10", "90.0 %", "75.0 %", "4"]
    assert targets.rows[1][-1] == "missed everywhere"
    by_name = {row[0].partition("\n")[0]: row[1:] for row in limits.rows}
    assert by_name["Size of the outbreak (factor)"] == ["1.25", "–", "0.5 … 2", "1e-06"]
    assert by_name[f"{WAIVER}: first day"][:2] == ["2022-06-11", "2022-06-14"]
    assert stability.rows == [["Size of the outbreak (factor)\nworld.outbreak_factor", "80.0 %", "yes"]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_charts_show_the_trajectory_the_box_and_the_worlds(lang):
    trajectory, box, worlds = (chart.specification["data"]["values"] for chart in told.charts(study(), lang))
    assert [row["chosen"] for row in trajectory] == [False, True]
    assert (trajectory[1]["coverage"], trajectory[1]["density"]) == pytest.approx((90.0, 75.0))
    outbreak = next(row for row in box if "1.25" in row["said"])
    assert (outbreak["low"], outbreak["high"]) == pytest.approx((0.5, 1.0))
    assert len(worlds) == 40
    assert len({row["state"] for row in worlds}) == 2


def test_a_target_without_a_box_has_no_chart_of_one():
    without = study(verdict="nothing")
    assert len(told.charts(without, "en")) == 1
    assert len(told.tables(without, "en")) == 1


@pytest.mark.parametrize(("verdict", "said"), [("always", "missed"), ("never", "met")])
def test_of_few_worlds_nothing_is_said_of_everywhere(verdict, said):
    few = study(verdict=verdict, worlds=3, left_out=0, missed=3, are_few=True, **NONE)
    few.targets.loc[1, ["worlds", "are_few"]] = (3, True)
    english = told.findings(few, "en")
    assert english[0] == f"Resumption (at least 95.0 %) is {said} in all worlds tried: 3."
    assert any(sentence.startswith("There are only 3 worlds:") for sentence in english)
    assert told.tables(few, "en")[0].rows[0][-1] == f"{said} in those tried, which are few"
    assert "所试的情形" in told.tables(few, "zh")[0].rows[0][-1]
