"""How firms are spread is drawn as it was seen, in either language, and stands on the page of the runs."""

from __future__ import annotations

import dataclasses
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.observe.inside import VARIABLES
from sim.report.charts.distributions import SHOWN, fans
from sim.report.charts.picture import together
from sim.report.pages import answer_page
from sim.study.answering import Asked, answered
from sim.study.keywords import Execution
from sim.study.questions.run import Ensemble, Question
from sim.study.runs.specification import Setting


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """Two replications of the whole plan in which somebody looked at how firms are spread."""
    question = Asked("run", Question("full_plan", 2, sim.Inside(distributions=True)), Setting(firms=300))
    place = Execution(folder=tmp_path_factory.mktemp("kept") / "study")
    with answered(question, place, lambda stored: nullcontext()) as (answer, _):
        assert isinstance(answer, Ensemble)
        return answer


def test_every_variable_has_a_fan_of_the_means_over_replications(study: Ensemble) -> None:
    charts = fans(study.distributions, "en")
    assert len(charts) == len(VARIABLES)
    table = study.distributions
    cash = table[(table["variable"] == "cash_months") & (table["by"] == "all") & (table["date"] == "2022-12-31")]
    assert len(cash) == 2
    [shown] = [row for row in charts[0].specification["data"]["values"] if row["all"] and row["month"] == "2022-12"]
    assert [shown[name] for name in SHOWN] == pytest.approx(cash[list(SHOWN)].mean().tolist())


def test_margins_and_debt_are_told_in_percent(study: Ensemble) -> None:
    debt = fans(study.distributions, "zh")[VARIABLES.index("debt_ratio")]
    assert debt.title == "贷款占全年通常销售额的比重"
    table = study.distributions
    most = table.loc[(table["variable"] == "debt_ratio") & (table["by"] == "all"), "p90"].groupby(table["date"]).mean()
    shown = [row["p90"] for row in debt.specification["data"]["values"] if row["all"]]
    assert shown == pytest.approx((100 * most).tolist())


@pytest.mark.parametrize(("lang", "who"), [("zh", "全部企业"), ("en", "All firms")])
def test_the_picture_is_drawn_and_names_the_sizes(study: Ensemble, lang: str, who: str, tmp_path: Path) -> None:
    charts = [chart.specification for chart in fans(study.distributions, lang)]  # type: ignore[arg-type]
    svg = together(charts, columns=2, width=300).svg()
    assert who in svg
    assert len({row["who"] for row in charts[0]["data"]["values"]}) > 3  # so small a sample may lack medium firms


def test_the_page_has_them_where_somebody_looked_and_not_otherwise(study: Ensemble) -> None:
    assert "Months of outlays covered by cash" in answer_page.written(study)
    nobody = dataclasses.replace(study, distributions=pd.DataFrame(columns=study.distributions.columns))
    assert "Months of outlays covered by cash" not in answer_page.written(nobody)
