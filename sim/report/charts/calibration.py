"""The charts of a calibration: how much narrower evidence makes parameters; targets under prior and posterior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.recalibration import PARAMETERS
from sim.report.charts import validation
from sim.report.charts.style import ACCENT, Chart, lever_axis, specification, tip
from sim.report.words.catalogue import Language, text
from sim.report.words.lever_names import lever_name
from sim.report.words.numbers import share
from sim.report.words.sentences import say
from sim.study.summaries.rows import records
from sim.study.validation.scoring import HIT, MISS, MODEL, NO_VALUE
from sim.study.validation.targets import GROUPS

if TYPE_CHECKING:
    from sim.study.questions.calibrate import Calibration

MOST: Final = 25  # bars
POSTERIOR: Final = ("posterior_middle", "posterior_low", "posterior_high")


def groups(study: Calibration) -> list[str]:
    """The groups that have a target, in order."""
    return [group for group in GROUPS if (study.predictive["group"] == group).any()]


def parameters(study: Calibration, lang: Language) -> Chart:
    """Bars: by how much evidence makes the parameters narrower that it tells most of."""
    shown = study.posterior.sort_values("shrinkage", ascending=False, kind="stable").head(MOST)
    rows: list[dict[str, Any]] = [
        {
            "parameter": lever_name(PARAMETERS + row["parameter"], lang), "shrinkage": row["shrinkage"],
            "said": say(lang, share(row["shrinkage"])),
        }
        for row in records(shown)
    ]  # fmt: skip
    order = [row["parameter"] for row in rows]
    title, what = text("calibrate.chart.parameters", lang), text("calibrate.column.shrinkage", lang)
    encoding = {
        "y": {"field": "parameter", "type": "nominal", "sort": order, "title": None, "axis": lever_axis(lang)},
        "x": {"field": "shrinkage", "type": "quantitative", "title": what, "axis": {"format": "%", "tickCount": 5}},
        "tooltip": [tip("parameter", text("calibrate.column.parameter", lang)), tip("said", what)],
    }
    mark = {"type": "bar", "height": {"band": 0.6}, "color": ACCENT}
    note = text("calibrate.chart.parameters_note", lang)
    return Chart(title, specification(title, rows, note, height=28 * len(rows), mark=mark, encoding=encoding))


def group(study: Calibration, name: str, lang: Language) -> Chart:
    """Of each target of a group what is published, the posterior and the prior."""
    return validation.of_targets(as_targets(study), study.words, name, "calibrate", lang)


def as_targets(study: Calibration) -> pd.DataFrame:
    """The targets as a validation has them, the posterior in the place of the model."""
    table = study.predictive.rename(columns=dict(zip(POSTERIOR, MODEL, strict=True)))
    hit = table["hit"].fillna(False).astype(bool)
    verdict = hit.map({True: HIT, False: MISS}).mask(table[MODEL[0]].isna(), NO_VALUE)
    return table.assign(verdict=verdict)
