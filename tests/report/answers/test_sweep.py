"""What a sweep says to people, from made-up runs whose means and differences are known."""

from dataclasses import replace

import pandas as pd
import pytest

from sim.measure import Words
from sim.report.answers import sweep as told
from sim.study.outcomes import values_of
from sim.study.questions.sweep import Sweep, _outcomes, _worlds
from sim.study.runs.manifest import Asked, Manifest
from sim.study.summaries.sweep import SweepSummary

LEVER, OTHER, WORLD = "rent_waiver.months", "rent_waiver.delivery.processing_days", "world.outbreak_factor"
TARGETS = [
    {"outcome": "resumption_rate", "at_least": 0.95, "at_most": None, "clause": "I.9.d"},
    {"outcome": "loss_share", "at_least": None, "at_most": 0.12, "clause": "I.9.e"},
]
SHOCKS = (-0.001, 0.0, 0.001)  # added to survival in each replication, in every draw


def made(
    levers: dict[str, list[object]], worlds: list[float] | None = None, rule: object = 3, failed: int = 0
) -> Sweep:
    """Survival gains a point and firms cost 1 m yuan for each month; each world takes a tenth of a point."""
    names = list(levers)
    points = [dict(zip(names, values, strict=True)) for values in zip(*levers.values(), strict=True)] or [{}]
    draws = pd.DataFrame(
        [
            {"draw": i * len(worlds or [1]) + w, "lever_draw": i, **point, **({WORLD: world} if worlds else {})}
            for i, point in enumerate(points)
            for w, world in enumerate(worlds or [1.0])
        ]
    )
    rows = []
    for draw in draws.to_dict("records"):
        months = draw.get(LEVER, 0)
        world = draw.get(WORLD, 1.0) - 1.0
        for r, chance in enumerate(SHOCKS):
            survival = 0.80 + 0.01 * months - 0.001 * world + chance + 0.0002 * months * (r - 1)
            outcomes = {
                "survival_rate": survival, "resumption_rate": 0.945 + 0.01 * months - 0.02 * world,
                "loss_share": 0.20, "survivors": 1e6 * survival, "jobs": 5e6, "public_cost": 1e8 * months,
            }  # fmt: skip
            is_failed = draw["draw"] == 1 and r < failed
            row = {"draw": draw["draw"], "replication": r, "seed": 1 + r, "firms": 100, "months": 24,
                   "reason": "MemoryError" if is_failed else ""}  # fmt: skip
            rows.append(row | {name: float("nan") if is_failed else value for name, value in outcomes.items()})
    runs = pd.DataFrame(rows)
    outcomes = _outcomes(values_of(runs, ["draw", "replication"], public_cost=True), draws, False)
    title = Words(zh="方案", en="The plan")
    plan = {"title": title.model_dump(), "number": "1", "targets_on": "2022-12-31", "targets": TARGETS}
    asked = Asked(name="full_plan", title=title, fingerprint="0" * 64, contents={"plan": plan})
    block = {"grid": levers} if len(levers) == 1 else {"grid": None, "list": levers}
    settings = {"levers": names, "design": {"levers": block if names else None, "replications": rule}}
    manifest = Manifest(
        study="sweep", scenarios=(asked,), firms=100, seed=1, replications=3, settings=settings, calibration="c" * 64,
        versions={}, fingerprint="f" * 64,
    )  # fmt: skip
    return Sweep(manifest=manifest, runs=runs, draws=draws, outcomes=outcomes, worlds=_worlds(outcomes))


@pytest.fixture(scope="module")
def months() -> Sweep:
    return made({LEVER: [0, 1, 4]})


@pytest.fixture(scope="module")
def over_worlds() -> Sweep:
    return made({LEVER: [0, 1, 4]}, [1.0, 2.0])


def test_the_best_setting_is_told_with_its_paired_difference(months: Sweep) -> None:
    first = told.findings(months, "en")[0]
    assert "80.0 % with “number of monthly bills relieved” = 0" in first
    assert "= 4 with 84.0 %, a change of +4.00 pp (+3.80 to +4.20 pp)" in first
    assert "“减免的月数”为 4" in told.findings(months, "zh")[0]


def test_an_outcome_that_nothing_moves_is_said_to_stay(months: Sweep) -> None:
    assert "Loss-making share: exactly the same at all 3 settings, 20.0 %." in told.findings(months, "en")


def test_a_difference_that_chance_could_have_made_is_not_told_from_zero(months: Sweep) -> None:
    noisy = months.outcomes.assign(difference_low=-1.0, difference_high=1.0)
    assert "not distinguishable from zero" in told.findings(replace(months, outcomes=noisy), "en")[0]
    assert "与零无显著差异" in told.findings(replace(months, outcomes=noisy), "zh")[0]


def test_the_step_that_moves_most_and_what_the_best_costs(months: Sweep) -> None:
    said = " ".join(told.findings(months, "en"))
    assert "from 1 to 4: +3.00 pp" in said
    assert "public cost +4.00 m yuan" in said
    steps = [step for step in SweepSummary(months).steps if step.outcome == "survival_rate"]
    assert [(step.before, step.after, round(step.change.mean, 9)) for step in steps] == [(0, 1, 0.01), (1, 4, 0.03)]


def test_targets_in_one_world_are_met_missed_or_open(months: Sweep) -> None:
    assert (
        "The target of loss-making share, at most 12.0 % (I.9.e), is met at 0 of 3 settings, missed at 3, "
        "undetermined at 0." in told.findings(months, "en")
    )


def test_over_worlds_the_share_that_meets_a_target(over_worlds: Sweep) -> None:
    target = SweepSummary(over_worlds).targets[0]
    assert [SweepSummary(over_worlds).met(point, target) for point in (0, 1, 2)] == [0.0, 0.5, 1.0]
    said = " ".join(told.findings(over_worlds, "en"))
    assert "is met in 0 % of the worlds with the first setting, and in 100.0 % at best" in said
    assert "better in 100.0 % of the worlds" in said


def test_worlds_alone_have_a_row_for_each_outcome() -> None:
    study = made({}, [1.0, 1.5, 2.0, 3.5])
    table, universes = told.tables(study, "en")
    assert [row[:2] for row in universes.rows[:2]] == [
        ["micro, small and medium enterprises", "by number of firms"],
        ["micro, small and medium enterprises", "by jobs"],
    ]
    outcome, mean, low, high, met = table.rows[1]
    assert (outcome, mean, met) == ("Resumption", "92.5 %", "0 %")
    assert low < mean < high
    assert len(told.charts(study, "en")) == 3


def test_levers_side_by_side_have_no_steps_of_their_own() -> None:
    study = made({LEVER: [0, 4], OTHER: [5, 20]})
    assert SweepSummary(study).steps == []
    assert "processing time in working days" in told.tables(study, "en")[0].columns[1]


def test_precision_that_was_asked_for_is_reported() -> None:
    study = made({LEVER: [0, 4]}, rule={"half_width": {"survival_rate": 0.003}, "least": 3, "most": 9})
    assert "1 of 2 draws are as precise as asked (half-width 0.30 pp)" in " ".join(told.findings(study, "en"))
    assert told.tables(study, "en")[-1].rows == [["Survival", "0.30 pp", "0.45 pp", "1 / 2"]]


def test_failed_runs_are_told() -> None:
    study = made({LEVER: [0, 1, 4]}, failed=3)
    assert "3 of 9 runs failed and are excluded." in told.findings(study, "en")
    assert told.tables(study, "en")[0].rows[1][1].startswith("–")
    assert told.charts(study, "zh")


def test_of_many_settings_a_table_shows_the_first_and_the_best() -> None:
    study = made({LEVER: list(range(40))})
    table = told.tables(study, "en")[0]
    assert len(table.rows) == told.MOST_ROWS
    assert [row[0] for row in table.rows[:3]] == ["0", "39", "38"]
    assert "of 40 settings" in table.title


@pytest.mark.parametrize("make", [lambda: made({LEVER: [0, 4]}), lambda: made({LEVER: [0, 4]}, [1.0, 2.0])])
def test_both_languages_have_the_same_shape(make) -> None:
    study = make()
    assert len(told.findings(study, "zh")) == len(told.findings(study, "en"))
    for zh, en in zip(told.tables(study, "zh"), told.tables(study, "en"), strict=True):
        assert [len(row) for row in zh.rows] == [len(row) for row in en.rows]
        assert all(len(row) == len(en.columns) == len(zh.columns) for row in en.rows)
    assert len(told.charts(study, "zh")) == len(told.charts(study, "en"))
