"""The charts of a run: headline outcomes over the months."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.observe.months import HEADLINES, of_enterprises, rates_by_month
from sim.report.charts.style import ACCENT, Chart, months_axis, specification, tip
from sim.report.words import numbers
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import outcome_name, say


def months(panel: pd.DataFrame, lang: Language) -> list[Chart]:
    """Headline outcomes (of enterprises) on the last day of each month, read off a panel."""
    if panel.empty:
        return []
    rates = rates_by_month(of_enterprises(panel)).set_index("month")
    found = []
    for outcome in HEADLINES:
        name = say(lang, outcome_name(outcome))
        values = 100.0 * rates[outcome]
        rows: list[dict[str, Any]] = [
            {"month": str(month), "value": float(value), "said": say(lang, numbers.share(value / 100.0))}
            for month, value in values.dropna().items()  # missing before anything was stopped
        ]
        encoding = {
            "x": months_axis([row["month"] for row in rows]),
            "y": {
                "field": "value", "type": "quantitative", "scale": {"zero": False},
                "axis": {"title": "%", "tickCount": 5},
            },
            "tooltip": [tip("month", text("answer.run.month", lang)), tip("said", name)],
        }  # fmt: skip
        mark = {"type": "line", "point": True, "color": ACCENT}
        found.append(
            Chart(name, specification(name, rows, text("report.mean_only", lang), mark=mark, encoding=encoding))
        )
    return found
