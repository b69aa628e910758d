"""Which charts a ``plot()`` shows: one way for every kind of study, for a run and for a journey."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import singledispatch
from typing import Any, Final

from sim.observe.months import HEADLINES
from sim.observe.tables import Result
from sim.report.charts import (
    attribution,
    calibration,
    decision,
    discovery,
    journey,
    journey_rows,
    on_axes,
    reach,
    run,
    search,
    sensitivity,
    sweep,
    validation,
)
from sim.report.charts.comparison import all_charts, effects
from sim.report.charts.fonts import chinese_font
from sim.report.charts.picture import WIDTH, WIDTH_BESIDE, Picture, together
from sim.report.charts.standing_alone import caption, with_axes, with_caption
from sim.report.charts.style import Spec
from sim.report.words.catalogue import LANGUAGES, Language, named, text
from sim.report.words.language import of_environment
from sim.report.words.sentences import say
from sim.study.comparison.journey import Journey
from sim.study.questions.attribute import Attribution
from sim.study.questions.calibrate import Calibration
from sim.study.questions.comparison import Comparison
from sim.study.questions.decide import Decision
from sim.study.questions.discover import BOX, Discovery
from sim.study.questions.reach import Reach
from sim.study.questions.run import Ensemble
from sim.study.questions.search import Search
from sim.study.questions.sensitivity import Sensitivity
from sim.study.questions.sweep import Sweep
from sim.study.questions.validate import Validation
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.journeys import FollowedFirms, of_journey
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.study.summaries.sweep import SweepSummary

BELOW: Final = (Calibration, Decision, Journey, Validation)  # whose charts stand one below the other


def draw(
    what: Any,
    *,
    lang: Language | None = None,
    ax: Any = None,
    width: int | None = None,
    height: int | None = None,
    **which: str,
) -> Picture | Sequence[Any]:
    """A picture in a language, of the environment without one; or, drawn on Matplotlib's axes ``ax``, these axes.

    ``width`` and ``height``: of each plot besides labels and legend, in the units of its letters. ``which``: what else
    the ``plot`` of this kind takes. ``ValueError`` when there is nothing to draw, and for a language or
    a chart that there is not.
    """
    if ax is not None:
        return on_axes.draw(what, ax, **which)
    if lang not in (None, *LANGUAGES):
        raise ValueError(f"there is no language {lang}; there are {', '.join(LANGUAGES)}")
    lang = _set_in(lang or of_environment())
    charts = [with_axes(chart) for chart in charts_of(what, lang, **which)]
    if not charts:
        raise ValueError(f"this {type(what).__name__.lower()} has nothing to draw")
    columns = 1 if isinstance(what, BELOW) else 2 if isinstance(what, Discovery) else len(charts)
    is_wide = columns == 1 or len(charts) == 1
    drawn = together(charts, columns, width or (WIDTH if is_wide else WIDTH_BESIDE), height)
    return Picture(with_caption(drawn.specification, caption(what, lang)))


@singledispatch
def charts_of(what: Any, lang: Language) -> list[Spec]:
    """The charts that ``plot()`` shows, as specifications that hold their rows."""
    raise TypeError(f"{type(what).__name__} has no charts")


@charts_of.register
def _of_result(result: Result, lang: Language) -> list[Spec]:
    return [chart.specification for chart in run.months(result.panel, lang)]


@charts_of.register
def _of_runs(study: Ensemble, lang: Language) -> list[Spec]:
    return [chart.specification for chart in run.months(study.panel, lang)] if len(study.panel) else []


@charts_of.register
def _of_comparison(study: Comparison, lang: Language, chart: str = "outcomes") -> list[Spec]:
    summary = ComparisonSummary(study)
    if chart == "outcomes":
        return [effects.levels(summary, lang, outcome) for outcome in HEADLINES]
    if summary.main is None:
        raise ValueError("a comparison with the baseline alone has no consequences")
    found = ScenarioEffects(summary)
    if chart == "differences":
        shown = [*summary.side_by_side, *summary.what_ifs]
        asked = [effects.differences(summary, lang, outcome, shown) for outcome in HEADLINES]
    else:
        page = all_charts.specifications(found, lang)
        if chart not in page:
            raise ValueError(f"there is no chart {chart}; there are outcomes, differences, {', '.join(page)}")
        asked = [page[chart]]
    return [all_charts.by_itself(one, found, lang) for one in asked]


@charts_of.register
def _of_sweep(study: Sweep, lang: Language) -> list[Spec]:
    summary = SweepSummary(study)
    charts = sweep.of_points(summary, lang)[: len(HEADLINES)] if study.levers else sweep.of_worlds(summary, lang)
    return [chart.specification for chart in charts]


@charts_of.register
def _of_attribution(study: Attribution, lang: Language) -> list[Spec]:
    return [attribution.shares(study, outcome, lang).specification for outcome in HEADLINES]


@charts_of.register
def _of_sensitivity(study: Sensitivity, lang: Language) -> list[Spec]:
    known = set(study.ranking["outcome"])
    return [sensitivity.strengths(study, outcome, lang).specification for outcome in HEADLINES if outcome in known]


@charts_of.register
def _of_search(study: Search, lang: Language) -> list[Spec]:
    return [search.front(study, lang).specification]


@charts_of.register
def _of_reach(study: Reach, lang: Language) -> list[Spec]:
    return [(reach.along if len(study.levers) == 1 else reach.price)(study, lang).specification]


@charts_of.register
def _of_discovery(study: Discovery, lang: Language) -> list[Spec]:
    boxes = [
        draw_one(study, outcome, lang).specification
        for outcome, verdict in zip(study.targets["outcome"], study.targets["verdict"], strict=True)
        if verdict == BOX
        for draw_one in (discovery.trajectory, discovery.box)
    ]
    return boxes or [discovery.missed(study, lang).specification]


@charts_of.register
def _of_validation(study: Validation, lang: Language, group: str | None = None) -> list[Spec]:
    known = validation.groups(study)
    if group is not None and group not in known:
        raise ValueError(f"there is no group {group}; there are {', '.join(known)}")
    return [validation.group(study, name, lang).specification for name in (known if group is None else [group])]


@charts_of.register
def _of_calibration(study: Calibration, lang: Language, chart: str = "parameters") -> list[Spec]:
    if chart == "parameters":
        return [calibration.parameters(study, lang).specification]
    if chart not in (known := calibration.groups(study)):
        raise ValueError(f"there is no chart {chart}; there are parameters, {', '.join(known)}")
    return [calibration.group(study, chart, lang).specification]


@charts_of.register
def _of_decision(study: Decision, lang: Language) -> list[Spec]:
    return [decision.acceptability(study, lang).specification, decision.information(study, lang).specification]


@charts_of.register
def _of_journey(lives: Journey, lang: Language) -> list[Spec]:
    followed = of_journey(lives)
    names = [followed.titles[world] for world in followed.worlds]
    words = {name: say(lang, title) for name, title in followed.titles.items()}
    table = journey_rows.dataset(followed)
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    values = {"values": [row | {"world_label": words[row["world"]]} for row in rows]}
    return [
        journey.specification(followed, place, names, lang)
        | {"data": values, "title": {"text": _who(followed, place, lang)}}
        for place in range(len(followed.firms))
    ]


def _who(followed: FollowedFirms, place: int, lang: Language) -> str:
    """A firm by its identity, what it is, and its fate where it has one."""
    firm = followed.firms[place]
    traits = (say(lang, named(trait, getattr(firm, trait))) for trait in ("sector", "size", "prefecture"))
    fate = f" — {say(lang, named('fate', firm.fate))}" if firm.fate else ""
    return f"{firm.firm}: {text('report.comma', lang).join(traits)}{fate}"


def _set_in(lang: Language) -> Language:
    """The language in which a picture can be set: without a Chinese font that is English, and a warning says so."""
    if lang == "zh" and chinese_font() is None:
        warnings.warn(f"{text('report.font_missing', 'zh')} {text('report.font_missing', 'en')}", stacklevel=4)
        return "en"
    return lang
