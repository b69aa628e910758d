"""Figures for the README and for notebooks, drawn by Matplotlib in either language.

Chinese is set in the font that the project brings, see ``sim/report/charts/fonts.py``.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from matplotlib import font_manager, rc_context
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.observe.months import HEADLINES
from sim.report.charts.fonts import chinese_font
from sim.report.charts.style import ACCENT, INK, QUIET, RULE
from sim.report.words.catalogue import Language, text
from sim.report.words.scenario_names import scenario_name
from sim.report.words.sentences import outcome_name
from sim.study.summaries.comparison import ComparisonSummary

if TYPE_CHECKING:
    from sim.study.questions.comparison import Comparison

ROW_INCHES = 0.34


def comparison_picture(comparison: Comparison, lang: Language) -> Figure:
    """The ten actions and the whole plan against the baseline: paired differences and intervals, by outcome.

    Without a Chinese font the figure is in English, and a warning says so.
    """
    lang, style = style_of(lang)
    summary = ComparisonSummary(comparison)
    scenarios = summary.side_by_side or summary.others
    with rc_context(style):
        figure = Figure(figsize=(11, 1.4 + ROW_INCHES * len(scenarios)), layout=ConstrainedLayoutEngine(wspace=0.06))
        for axes, outcome in zip(figure.subplots(1, len(HEADLINES), sharey=True), HEADLINES, strict=True):
            for row, name in enumerate(scenarios):
                change = summary.effect(name, outcome).difference
                colour = QUIET if name in summary.single_actions else ACCENT
                axes.plot([100 * change.low, 100 * change.high], [row, row], color=colour, lw=2, solid_capstyle="round")
                axes.plot(100 * change.mean, row, "o", color=colour, ms=5)
            axes.axvline(0, color=INK, lw=0.8)
            axes.set_yticks(range(len(scenarios)), [getattr(scenario_name(summary, name), lang) for name in scenarios])
            axes.set_title(getattr(outcome_name(outcome), lang), loc="left", color=INK, pad=10)
            axes.margins(x=0.08)
            axes.set_xlabel(text("report.actions.unit", lang), color=QUIET)
            axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
            axes.xaxis.set_major_formatter(FuncFormatter(_signed))
            axes.grid(axis="x", color=RULE, lw=0.6)
            axes.set_axisbelow(True)
            axes.tick_params(length=0, colors=QUIET)
            axes.spines[:].set_visible(False)
        axes.invert_yaxis()
    return figure


def style_of(lang: Language) -> tuple[Language, Any]:
    """The language in which a figure can be set, and the settings of Matplotlib for it.

    Without a Chinese font that is English, and a warning says so.
    """
    family = ["DejaVu Sans"]
    if lang == "zh":
        if chinese := chinese_family():
            family = [chinese, *family]
        else:
            warnings.warn(f"{text('report.font_missing', 'zh')} {text('report.font_missing', 'en')}", stacklevel=3)
            lang = "en"
    return lang, {"font.family": family, "axes.unicode_minus": False, "text.parse_math": False}


def _signed(value: float, position: int | None = None) -> str:
    return "0" if value == 0 else f"{value:+g}".replace("-", "−")


@cache
def chinese_family() -> str | None:
    """Family of the Chinese font, made known to Matplotlib; None when its package is not installed."""
    path = chinese_font()
    if path is None:
        return None
    font_manager.fontManager.addfont(str(path))
    return str(font_manager.FontProperties(fname=path).get_name())
