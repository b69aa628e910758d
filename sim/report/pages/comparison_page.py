"""The report of a comparison: one page that needs nothing else, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path

from sim.observe.months import HEADLINES
from sim.observe.outcomes import variant
from sim.report.charts import journey_rows
from sim.report.charts.comparison import all_charts, heat_map
from sim.report.charts.comparison.months import MOST_AT_FIRST
from sim.report.pages import clause_effects, headings
from sim.report.pages import page as pages
from sim.report.pages.findings import findings
from sim.report.words import chosen, missed, not_known, own_changes, saved_or_postponed, winners
from sim.report.words.catalogue import LANGUAGES
from sim.report.words.recalibrated import remarks
from sim.report.words.scenario_names import comparison_title
from sim.report.words.sentences import plan_words
from sim.report.words.universes import other_universes
from sim.report.words.verdicts import reason
from sim.study.comparison.sample_size import FEWEST_ROWS, are_few
from sim.study.comparison.targets import of_row
from sim.study.questions.comparison import Comparison
from sim.study.reductions.fates import FATES
from sim.study.summaries import calibration
from sim.study.summaries.back_at_work import shares_back
from sim.study.summaries.comparison import FULL_PLAN, SHOWN_KINDS, ComparisonSummary, Effect
from sim.study.summaries.direction import direction
from sim.study.summaries.missed_targets import missed_targets
from sim.study.summaries.moving_levers import KeptSensitivity, kept_beside, moving
from sim.study.summaries.scenario_effects import SUMS, ScenarioEffects
from sim.study.summaries.winners_and_losers import WinnersAndLosers
from sim.vocabulary import BACK_WITHIN_DAYS, COUNTED_BY, HEADLINE_UNIVERSE, STATIONS, UNIVERSES


def write(comparison: Comparison, path: Path, sensitivity: KeptSensitivity | None = None) -> Path:
    """Write the page to a file, or to ``report.html`` in a folder, and say where it is.

    ``sensitivity``: what tells which levers move a missed target; of None whatever fits in the folders beside.
    """
    target = pages.place(path)
    kept = kept_beside(target.parent) if sensitivity is None else [sensitivity]
    target.write_text(page(comparison, kept), "utf-8", newline="\n")
    return target


def page(comparison: Comparison, sensitivities: Sequence[KeptSensitivity] = ()) -> str:
    """The whole page. ``sensitivities``: of which one may tell which levers move a target that is missed."""
    summary = ComparisonSummary(comparison)
    scenario_effects = ScenarioEffects(summary)
    plan = plan_words(comparison.manifest.scenarios[0].contents["plan"])
    body = (
        pages.environment()
        .get_template("body.html")
        .render(
            summary=summary,
            scenario_effects=scenario_effects,
            fates=FATES,
            manifest=comparison.manifest,
            plan=plan,
            remarks=remarks(calibration.of_study(comparison)),
            runs=comparison.runs,
            targets=summary.targets,
            headlines=HEADLINES,
            baseline=summary.baseline,
            full_plan=FULL_PLAN,
            kinds=SHOWN_KINDS,
            stations=STATIONS,
            universes=sorted(UNIVERSES, key=lambda universe: universe != HEADLINE_UNIVERSE),
            counted_by=COUNTED_BY,
            variant=variant,
            other_universes=other_universes,
            reason=reason,
            target_of=of_row,
            findings=list(findings(summary)),
            title=(title := comparison_title(summary, plan)),
            first_subjects=summary.subjects[:MOST_AT_FIRST],
            direction=direction,
            strip=_strip,
            few_worlds=are_few,
            sums=SUMS,
            fewest_rows=FEWEST_ROWS,
            heading=headings,
            effects=clause_effects,
            journey=journey_rows,
            postponed=saved_or_postponed,
            chosen=chosen,
            own_changes=own_changes,
            changed=[one for one in comparison.manifest.scenarios if one.own_changes and one.name in summary.subjects],
            not_known=not_known,
            gaps={scenario: missed_targets(summary, scenario) for scenario in summary.subjects},
            missed=missed,
            moved_by=lambda scenario, outcome: moving(comparison, scenario, outcome, sensitivities),
            winners=WinnersAndLosers(summary),
            won=winners,
            shares_back=shares_back,
            back_within_days=BACK_WITHIN_DAYS,
        )
    )
    return pages.page(
        title,
        body,
        {lang: all_charts.specifications(scenario_effects, lang) for lang in LANGUAGES},
        main=summary.main,
        datasets=all_charts.datasets(scenario_effects),
        limits=heat_map.limits(summary),
        labels={lang: all_charts.labels(summary, lang) for lang in LANGUAGES},
    )


def _strip(effect: Effect, baseline: Effect, target: float | None) -> dict[str, float | None]:
    """Places of the marks on the small scale under a headline, in percent of its width."""
    value = effect.value
    low, high = (value.mean, value.mean) if isnan(value.low) else (value.low, value.high)
    marks = [m for m in (low, high, baseline.value.mean, target) if m is not None and not isnan(m)]
    if not marks:  # neither anybody to be counted nor a target, as in a day before the plan
        return dict.fromkeys(("low", "high", "mean", "baseline", "target")) | {"first": 0.0, "last": 100.0}
    middle, reach = (max(marks) + min(marks)) / 2, max(max(marks) - min(marks), 0.01)

    def at(mark: float | None) -> float | None:
        return None if mark is None or isnan(mark) else round(50 + 80 * (mark - middle) / reach, 2)

    return {
        "low": at(low),
        "high": at(high),
        "mean": at(value.mean),
        "baseline": at(baseline.value.mean),
        "target": at(target),
        # A rate lies between 0 and 100 %, and so does its scale.
        "first": max(0.0, at(0.0) or 0.0),
        "last": min(100.0, at(1.0) or 0.0),
    }
