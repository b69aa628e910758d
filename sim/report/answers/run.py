"""One scenario under several lucks, told to people: every outcome, the targets, and how the year went."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sim.observe.months import HEADLINES, rates_by_month
from sim.report import numbers
from sim.report.answer_page import targets
from sim.report.answers import Chart, Table, failed, specification
from sim.report.charts import ACCENT, tip
from sim.report.digest import Estimate
from sim.report.findings import outcome_name, verdict
from sim.report.words import Language, both, text

if TYPE_CHECKING:
    from sim.study.ensemble import Ensemble


def findings(study: Ensemble, lang: Language) -> list[str]:
    """Each headline outcome, and whether the plan's target for it is met."""
    limits, found = targets(study.manifest), []
    for row in study.outcomes[study.outcomes["outcome"].isin(HEADLINES)].to_dict("records"):
        outcome, unit = str(row["outcome"]), str(row["unit"])
        said = numbers.with_interval(row["mean"], row["low"], row["high"], partial(numbers.in_unit, unit=unit))
        sentence = both("answer.run.finding", outcome=outcome_name(outcome), value=said)
        if outcome in limits:
            state = verdict(outcome, Estimate(row["mean"], row["low"], row["high"]), limits[outcome])
            goal = numbers.in_unit(limits[outcome], unit)
            sentence = both(
                "answer.run.with_target", sentence=sentence, goal=goal, verdict=both(f"report.targets.{state}")
            )
        found.append(getattr(sentence, lang))
    return found + failed(study, lang)


def tables(study: Ensemble, lang: Language) -> list[Table]:
    """All outcomes with intervals."""
    rows = []
    for row in study.outcomes.to_dict("records"):
        unit = str(row["unit"])
        cells = (numbers.in_unit(row["mean"], unit), numbers.interval_in_unit(row["low"], row["high"], unit))
        rows.append([getattr(outcome_name(str(row["outcome"])), lang), *(getattr(cell, lang) for cell in cells)])
    columns = [text(f"cli.column.{name}", lang) for name in ("outcome", "value", "interval")]
    return [Table(text("answer.run.table", lang), columns, rows)]


def charts(study: Ensemble, lang: Language) -> list[Chart]:
    """Headline outcomes on the last day of each month, means over lucks."""
    if study.panel.empty:
        return []
    rates = rates_by_month(study.panel).set_index("month")
    found = []
    for outcome in HEADLINES:
        name = getattr(outcome_name(outcome), lang)
        values = 100.0 * rates[outcome]
        rows: list[dict[str, Any]] = [
            {"month": str(month), "value": float(value), "said": getattr(numbers.share(value / 100.0), lang)}
            for month, value in values.dropna().items()  # missing before anything was stopped
        ]
        encoding = {
            "x": {
                "field": "month", "type": "temporal", "timeUnit": "yearmonth",
                "axis": {"title": None, "format": "%Y-%m"},
            },
            "y": {
                "field": "value", "type": "quantitative", "scale": {"zero": False},
                "axis": {"title": "%", "tickCount": 5},
            },
            "tooltip": [tip("month", text("answer.run.month", lang)), tip("said", name)],
        }  # fmt: skip
        mark = {"type": "line", "point": True, "color": ACCENT}
        found.append(Chart(name, specification(name, rows, mark=mark, encoding=encoding)))
    return found
