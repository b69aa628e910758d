import matplotlib.pyplot as plt
import pandas as pd
import pytest

from sim import sweep
from sim.scenario import ScenarioError
from sim.study import StudyError
from sim.study.answering import question
from sim.study.designs import factors
from sim.study.designs.posterior import Draw, Posterior

pytestmark = pytest.mark.usefixtures("simulate")
WORDS = {"zh": "月数", "en": "Months"}


def asked(**blocks):
    return {"title": WORDS, "scenario": "rent", "replications": 3, **blocks}


def survival(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["outcome"] == "survival_rate"]


def test_one_row_for_each_draw_and_outcome_in_the_order_of_the_grid():
    table = survival(sweep("rent", {"months": [3, 6], "share": [0.1, 0.2]}, replications=2).outcomes)
    rows = list(zip(table["draw"], table["months"], table["share"], strict=True))
    assert rows == [(0, 3, 0.1), (1, 3, 0.2), (2, 6, 0.1), (3, 6, 0.2)]


def test_differences_are_paired_with_the_first_draw():
    table = survival(sweep("rent", {"months": [3, 6]}, replications=3).outcomes).set_index("months")
    assert table.loc[3, "difference"] == 0
    assert table.loc[6, "difference"] == pytest.approx(0.03)
    assert table.loc[6, "difference_high"] - table.loc[6, "difference_low"] < 1e-12


def test_crossed_draws_are_paired_with_the_draw_of_the_same_world():
    study = sweep(asked(levers={"grid": {"months": [3, 6]}}, uncertainties={"list": {"world": [1, 2]}}))
    table = survival(study.outcomes)
    assert list(zip(table["draw"], table["lever_draw"], table["months"], table["world"], strict=True)) == [
        (0, 0, 3, 1), (1, 0, 3, 2), (2, 1, 6, 1), (3, 1, 6, 2),
    ]  # fmt: skip
    assert list(table["difference"]) == pytest.approx([0, 0, 0.03, 0.03])
    worlds = survival(study.worlds)
    assert list(worlds["worlds"]) == [2, 2]
    assert list(worlds["difference"]) == pytest.approx([0, 0.03])


def test_nested_draws_share_no_world_and_have_no_paired_difference():
    over = {"sobol": {"draws": 2, "over": {"world": [0.0, 1.0]}}}
    study = sweep(asked(levers={"grid": {"months": [3, 6]}}, uncertainties=over, combine="nested"))
    assert study.draws["world"].nunique() == 4
    assert survival(study.outcomes)["difference"].isna().all()


@pytest.mark.filterwarnings("error::pandas.errors.PerformanceWarning")
def test_all_priors_may_be_drawn_from_at_once_dates_too():
    over = {"latin_hypercube": {"draws": 2, "over": "priors"}}
    study = sweep(asked(levers={"grid": {"months": [3]}}, uncertainties=over, replications=1))
    assert len(study.draws.columns) > 100
    peaks = study.draws["parameters.world.wave.peak"]
    assert peaks.between("2022-12-15", "2022-12-23").all() and peaks.nunique() == 2


def test_every_setting_meets_the_same_draws_of_the_posterior_and_the_table_holds_their_numbers(monkeypatch):
    draws = (Draw(0.5, {"firm.crowding": 0.1, "costs.rent": 1.1}), Draw(0.5, {"firm.crowding": 0.2, "costs.rent": 0.9}))
    monkeypatch.setattr(factors, "posterior", lambda: Posterior(draws, {}))
    over = {"sobol": {"draws": 2, "over": "posterior"}}
    study = sweep(asked(levers={"grid": {"months": [3, 6]}}, uncertainties=over, replications=1))
    columns = ["parameters.firm.crowding", "parameters.costs.rent"]
    assert study.paths == ["months", *columns]
    first, other = (rows[columns].to_numpy().tolist() for _, rows in study.draws.groupby("months"))
    assert first == other
    assert sorted(first) == [[0.1, 1.1], [0.2, 0.9]]


def test_a_value_by_date_stands_in_its_cell_as_text():
    study = sweep("rent", {"share": [0.6, {"2022-01-01": 0.6, "2022-06-01": 0.9}]}, replications=1)
    assert list(study.draws["share"]) == ["0.6", '{"2022-01-01": 0.6, "2022-06-01": 0.9}']


def test_a_failed_draw_is_told_and_leaves_the_others_alone():
    study = sweep({**asked(levers={"grid": {"months": [3, 6]}}), "scenario": "odd_seed"})
    assert list(study.failures["draw"]) == [0, 0, 1, 1]  # seeds 1 and 3 of each
    assert set(survival(study.outcomes)["replications"]) == {1}


def test_without_a_run_of_the_first_draw_there_is_nothing_to_hold_others_against():
    with pytest.raises(StudyError, match=r"No run of the first draw succeeded: .*balance"):
        sweep("broken", {"months": [1]}, replications=1)


def test_a_plot_has_a_line_for_each_value_of_the_second_lever():
    study = sweep("rent", {"months": [3, 6], "share": [0.1, 0.2]}, replications=1)
    assert study.plot(lang="en").to_dict()["concat"][0]["layer"][0]["encoding"]
    figure, panels = plt.subplots(1, 3)
    study.plot(ax=panels)
    plt.close(figure)
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["0.1", "0.2"]


def test_a_study_of_draws_is_enlarged_and_keeps_its_runs(tmp_path):
    over = {"sobol": {"draws": 4, "over": {"months": [0.0, 9.0]}}}
    small = sweep(asked(uncertainties=over), folder=tmp_path / "study", workers=1)
    large = sweep(asked(uncertainties=over), folder=tmp_path / "study", draws=8)
    pd.testing.assert_frame_equal(large.draws.head(4), small.draws)
    pd.testing.assert_frame_equal(large.runs.head(12), small.runs)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title: {zh: a, en: b}\nscenario: rent\nlevers: {grid: {}}\n", "levers"),
        ("title: {zh: a, en: b}\nscenario: rent\nlevers: {grid: {a: [1]}}\nseeds: 3\n", "seeds"),
        ("title: {zh: a, en: b}\nscenario: rent\n", "levers, uncertainties or both"),
        ("title: {zh: a, en: b}\nlevers: {grid: {a: [1]}, list: {b: [1]}}\n", "exactly one of grid"),
        ("title: {zh: a, en: b}\nlevers: {list: {a: [1], b: [1, 2]}}\n", "as many values"),
        ("title: [unclosed\n", "brackets are not closed"),
        ("", "the file is empty"),
    ],
)
def test_each_mistake_of_a_design_file_is_one_sentence(text, sentence, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        question("sweep", path)
    said = [str(error) for error in caught.value.errors]
    assert all(one.startswith(str(path)) and "\n" not in one for one in said)
    assert any(sentence in one for one in said), said


def test_an_unknown_design_is_told_with_the_nearest_name():
    with pytest.raises(ScenarioError, match="rent_waiver_months"):
        question("sweep", "rent_waiver_month")
