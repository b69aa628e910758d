import pytest

from sim.scenario import ScenarioError
from sim.study import StudyError
from sim.study.sweep import design, sweep

pytestmark = pytest.mark.usefixtures("simulate")


def test_one_row_for_each_point_and_outcome_in_the_order_of_the_grid():
    table = sweep("rent", {"months": [3, 6], "share": [0.1, 0.2]}, replications=2).outcomes
    survival = table[table["outcome"] == "survival_rate"]
    assert list(zip(survival["point"], survival["months"], survival["share"], strict=True)) == [
        (0, 3, 0.1),
        (1, 3, 0.2),
        (2, 6, 0.1),
        (3, 6, 0.2),
    ]


def test_differences_are_paired_with_the_first_point():
    table = sweep("rent", {"months": [3, 6]}, replications=3).outcomes
    survival = table[table["outcome"] == "survival_rate"].set_index("months")
    assert survival.loc[3, "difference"] == 0
    assert survival.loc[6, "difference"] == pytest.approx(0.03)
    assert survival.loc[6, "difference_high"] - survival.loc[6, "difference_low"] < 1e-12


def test_a_value_by_date_stands_in_its_cell_as_text():
    table = sweep("rent", {"share": [0.6, {"2022-01-01": 0.6, "2022-06-01": 0.9}]}, replications=1).outcomes
    assert set(table["share"]) == {"0.6", '{"2022-01-01": 0.6, "2022-06-01": 0.9}'}


@pytest.mark.parametrize("grid", [{}, {"a": [1], "b": [1], "c": [1]}, {"a": []}])
def test_a_grid_has_one_or_two_levers(grid):
    with pytest.raises(StudyError, match="one or two levers"):
        sweep("rent", grid)


def test_a_plot_has_a_line_for_each_value_of_the_second_lever():
    figure = sweep("rent", {"months": [3, 6], "share": [0.1, 0.2]}, replications=1).plot()
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["0.1", "0.2"]


def test_a_design_file_is_read(tmp_path):
    path = tmp_path / "months.yaml"
    path.write_text("title: {zh: 月数, en: Months}\nscenario: rent\nlevers: {months: [3, 6]}\nreplications: 2\n")
    assert design(path).levers == {"months": [3, 6]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title: {zh: a, en: b}\nscenario: rent\nlevers: {}\n", "levers"),
        ("title: {zh: a, en: b}\nscenario: rent\nlevers: {a: [1]}\nseeds: 3\n", "seeds"),
        ("title: [unclosed\n", "line"),
        ("", "the key levers is missing"),
    ],
)
def test_each_mistake_of_a_design_file_is_one_sentence(text, sentence, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        design(path)
    said = [str(fault) for fault in caught.value.faults]
    assert all(one.startswith(str(path)) and "\n" not in one for one in said)
    assert any(sentence in one for one in said)
