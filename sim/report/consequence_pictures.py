"""Who was saved and what falls due, as figures with words in either language; see ``sim/report/figures.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.charts.comparison.repayment_wall import WALL_COLOURS
from sim.report.charts.style import ACCENT, INK, QUIET, RULE, WORSE
from sim.report.figures import style_of
from sim.report.words.catalogue import Language, named, text
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import DUE, ScenarioEffects, groups

if TYPE_CHECKING:
    from sim.study.questions.comparison import Comparison

BILLION_FEN: Final = {"zh": 1e10, "en": 1e11}  # in the unit that `report.repayment_wall.amount` names
WIDTH: Final = 9  # inches
ROW_INCHES: Final = 0.21
MOST_MONTHS: Final = 8  # that are named below an axis
THOUSAND: Final = 1000


def saved_picture(comparison: Comparison, lang: Language, by: str = "sector") -> Figure:
    """Firms saved (right) and harmed (left) by the scenario of the headline, per thousand of each group.

    ``by`` is sector, size or prefecture. Without a Chinese font the figure is in English, and a warning says so.
    """
    lang, style = style_of(lang)
    summary = ComparisonSummary(comparison)
    table = ScenarioEffects(summary).fates_by(_scenario(summary), by)
    order = groups(by, summary.order("prefecture"))
    table = table.loc[[group for group in order if group in table.index]]
    rows = np.arange(len(table))
    per_thousand = table.div(table["firms"].where(table["firms"] > 0), axis=0) * THOUSAND
    with rc_context(style):
        figure = Figure(figsize=(WIDTH, 0.8 + ROW_INCHES * len(table)), layout="constrained")
        axes = figure.subplots()
        axes.barh(rows, per_thousand["saved"], color=ACCENT, height=0.6, label=text("report.saved.saved_rate", lang))
        axes.barh(rows, -per_thousand["harmed"], color=WORSE, height=0.6, label=text("report.saved.harmed_rate", lang))
        axes.set_yticks(rows, [getattr(named(by, group), lang) for group in table.index])
        axes.invert_yaxis()
        axes.axvline(0, color=INK, lw=0.8)
        axes.xaxis.set_major_formatter(FuncFormatter(_unsigned))
        _plain(axes, "x")
        figure.legend(loc="outside lower left", ncols=2, frameon=False, labelcolor=INK)
        figure.draw_without_rendering()  # the font is chosen when text is laid out
    return figure


def repayment_wall_picture(comparison: Comparison, lang: Language) -> Figure:
    """By month what the scenario of the headline puts off (up) and what becomes of what falls due (down).

    Without a Chinese font the figure is in English, and a warning says so.
    """
    lang, style = style_of(lang)
    summary = ComparisonSummary(comparison)
    found = ScenarioEffects(summary)
    table = found.repayment_wall(_scenario(summary), "all") / BILLION_FEN[lang]
    table = table.reindex(found.repayment_wall_months).fillna(0.0)
    months = np.arange(len(table))
    with rc_context(style):
        figure = Figure(figsize=(WIDTH, 0.42 * WIDTH), layout="constrained")
        axes = figure.subplots()
        named_as = text("report.repayment_wall.put_off", lang)
        axes.bar(months, table["put_off"], color=WALL_COLOURS["put_off"], width=0.8, label=named_as)
        below = np.zeros(len(table))
        for what in DUE:
            named_as = text(f"report.repayment_wall.{what}", lang)
            axes.bar(months, -table[what], bottom=below, color=WALL_COLOURS[what], width=0.8, label=named_as)
            below -= table[what].to_numpy()
        step = -(-len(table) // MOST_MONTHS)
        axes.set_xticks(months[::step], table.index[::step])
        axes.set_ylabel(text("report.repayment_wall.amount", lang), color=QUIET)
        axes.axhline(0, color=INK, lw=0.8)
        if found.later_months:
            axes.axvline(len(summary.months) - 0.5, color=QUIET, lw=1.2, ls="--")
            named_as = text("report.repayment_wall.end", lang)
            axes.annotate(named_as, (len(summary.months) - 0.4, 0.97), xycoords=("data", "axes fraction"), color=QUIET)
        axes.yaxis.set_major_formatter(FuncFormatter(_unsigned))
        _plain(axes, "y")
        figure.legend(loc="outside lower left", ncols=len(DUE) + 1, frameon=False, labelcolor=INK)
        figure.draw_without_rendering()
    return figure


def _scenario(summary: ComparisonSummary) -> str:
    """The scenario of the headline; ``ValueError`` when there is nothing beside the baseline."""
    if summary.main is None:
        raise ValueError("a comparison with the baseline alone has no scenario_effects")
    return summary.main


def _plain(axes: Axes, across: str) -> None:
    """Thin lines across, no frame, letters that a room can read."""
    axes.grid(axis=across, color=RULE, lw=0.6)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=INK, labelsize=12)
    axes.spines[:].set_visible(False)
    (axes.xaxis if across == "x" else axes.yaxis).set_major_locator(MaxNLocator(5))


def _unsigned(value: float, position: int | None = None) -> str:
    return f"{abs(value):g}"
