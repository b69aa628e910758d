"""The charts of how firms are spread: a fan over the months for each variable, and the middle of each size in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.report.charts.style import (
    DASHES,
    INK,
    LIGHT,
    LINE_COLOURS,
    SOLID,
    Chart,
    colours_of,
    months_axis,
    specification,
    tip,
    told_by,
)
from sim.report.words.catalogue import Language, named, text
from sim.report.words.sentences import say
from sim.study.summaries.rows import records
from sim.vocabulary import SIZES

if TYPE_CHECKING:
    import pandas as pd

SHARES: Final = ("margin", "debt_ratio")  # variables that are shown in percent
BANDS: Final = (("p10", "p90", 0.3), ("p25", "p75", 0.45))  # from, to, and how dark
SHOWN: Final = ("p10", "p25", "p50", "p75", "p90")


def fans(distributions: pd.DataFrame, lang: Language) -> list[Chart]:
    """A chart for each variable: bands of all firms, medians of each size; of several replications their mean.

    ``distributions``: columns of ``TABLES['distributions']``, of one scenario; without rows there is no chart.
    """
    if distributions.empty:
        return []
    keys = ["date", "by", "group", "variable"]
    means = distributions.groupby(keys, sort=False, observed=True)[list(SHOWN)].mean().reset_index()
    return [_fan(means, str(variable), lang) for variable in means["variable"].unique()]


def _fan(means: pd.DataFrame, variable: str, lang: Language) -> Chart:
    factor = 100.0 if variable in SHARES else 1.0
    of_all, of_sizes = means["by"] == "all", means["by"] == "size"
    rows: list[dict[str, Any]] = []
    for row in records(means[(means["variable"] == variable) & (of_all | of_sizes)]):
        is_all = row["by"] == "all"
        who = text("inside.all", lang) if is_all else say(lang, named("size", str(row["group"])))
        spread = {name: row[name] * factor for name in SHOWN}
        said = " – ".join(f"{spread[name]:.3g}" for name in SHOWN)
        rows.append({"month": f"{row['date']:%Y-%m}", "who": who, "all": is_all, "said": said, **spread})
    title = text(f"inside.variable.{variable}", lang)
    colours = {text("inside.all", lang): INK} | {
        say(lang, named("size", size)): colour for size, colour in zip(SIZES, LINE_COLOURS, strict=False)
    }
    unit = "%" if variable in SHARES else text(f"inside.unit.{variable}", lang)
    x = months_axis(list(dict.fromkeys(row["month"] for row in rows)))
    axis = {"title": unit, "tickCount": 5}
    of_everybody = [{"filter": "datum.all"}]
    layers: list[dict[str, Any]] = [
        {
            "transform": of_everybody,
            "mark": {"type": "area", "color": LIGHT, "opacity": opacity},
            "encoding": {"y": {"field": low, "type": "quantitative", "axis": axis}, "y2": {"field": high}},
        }
        for low, high, opacity in BANDS
    ]
    tips = [tip("month", text("answer.run.month", lang)), tip("who", title), tip("said", text("inside.said", lang))]
    middle = {
        "y": {"field": "p50", "type": "quantitative", "axis": axis},
        "color": colours_of("who", colours, symbolType="stroke"),
    }
    dashes = told_by("strokeDash", "who", list(colours), [SOLID, *DASHES], orient="top", symbolType="stroke")
    width = {"condition": {"test": "datum.all", "value": 3}, "value": 1.5}
    layers.append({"mark": {"type": "line"}, "encoding": middle | dashes | {"strokeWidth": width}})
    layers.append({"mark": {"type": "point", "filled": True, "size": 18}, "encoding": middle | {"tooltip": tips}})
    subtitle = text("inside.fan", lang)
    return Chart(title, specification(title, rows, subtitle, height=220, layer=layers, encoding={"x": x}))
