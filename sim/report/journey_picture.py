"""The picture of a journey with words in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib import rc_context

from sim.report.figures import style_of
from sim.report.words.catalogue import Language, named, text
from sim.study.journey_plot import draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.study.comparison.journey import Journey


def journey_picture(journey: Journey, lang: Language) -> Figure:
    """Cash of each firm in both worlds, when it was stopped, the clauses that reached it, and how it ended.

    Without a Chinese font the figure is in English, and a warning says so.
    """
    lang, style = style_of(lang)
    titles = {world.name: world.title for world in (journey.scenario, journey.against)}

    def label(group: str, name: str) -> str:
        if group == "axis":
            return text(f"cli.column.{name}", lang)
        words = titles[name] if group == "world" else named(group, name)
        written: str = getattr(words, lang)
        return written

    with rc_context(style):
        figure = draw(journey, label)
        figure.draw_without_rendering()  # the font is chosen when text is laid out
    return figure
