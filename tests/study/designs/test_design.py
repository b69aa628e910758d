from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.parameter_file import Prior
from sim.scenario import ScenarioError
from sim.study import StudyError
from sim.study.designs.design import Block, Design, Draws, column, points, sample
from sim.study.designs.factors import Factor, assumptions, factor, trials

WORDS = {"zh": "设计", "en": "Design"}


def draws_of(**blocks):
    draws = Draws(Design(title=WORDS, **blocks))
    return [draws.levers(draw) for draw in range(len(draws))]


def test_a_grid_is_every_combination_the_last_path_fastest():
    assert points(Block(grid={"a": [1, 2], "b": [3, 4]})) == [
        {"a": 1, "b": 3}, {"a": 1, "b": 4}, {"a": 2, "b": 3}, {"a": 2, "b": 4},
    ]  # fmt: skip


def test_a_list_is_side_by_side():
    assert points(Block(list={"a": [1, 2], "b": [3, 4]})) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]


def test_a_csv_file_has_a_draw_in_each_row_its_cells_in_yaml(tmp_path):
    (tmp_path / "draws.csv").write_text('rent_waiver.months,start\n3,2022-06-01\n6,"{2022-01-01: 1}"\n')
    assert points(Block(csv="draws.csv"), tmp_path) == [
        {"rent_waiver.months": 3, "start": date(2022, 6, 1)},
        {"rent_waiver.months": 6, "start": {date(2022, 1, 1): 1}},
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "draws.csv: found 0 rows"), ("a\n", "at least one draw"), ("a,b\n1,2\n1\n", "draws.csv:3: found .1."),
        ("a,b\n1,2\n1,2022-02-30\n", "draws.csv:3: b: there is no day 2022-02-30"),
        ('a,b\n1,"[2,\n 3]"\n1,@x\n', "draws.csv:4: b: this is not valid YAML"),
    ],
)  # fmt: skip
def test_a_csv_file_that_is_no_table_is_one_sentence(text, said, tmp_path):
    (tmp_path / "draws.csv").write_text(text)
    with pytest.raises(ScenarioError, match=said):
        points(Block(csv="draws.csv"), tmp_path)


def test_a_csv_file_that_is_not_there_or_in_another_encoding_is_one_sentence(tmp_path):
    with pytest.raises(ScenarioError, match="there is no such file"):
        points(Block(csv="none.csv"), tmp_path)
    (tmp_path / "excel.csv").write_bytes("路径\n1\n".encode("gbk"))
    with pytest.raises(ScenarioError, match="its encoding is GBK and not UTF-8"):
        points(Block(csv="excel.csv"), tmp_path)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 9))
def test_the_first_draws_of_a_sobol_sequence_do_not_depend_on_how_many_follow(some, more, seed):
    factors = [Factor("a"), Factor("b", 1.0, 9.0)]
    assert sample("sobol", factors, some + more, seed)[:some] == sample("sobol", factors, some, seed)


def test_a_latin_hypercube_has_one_draw_in_each_slice_of_each_factor():
    rows = sample("latin_hypercube", [Factor("a"), Factor("b")], 10, 1)
    for units in zip(*rows, strict=True):
        assert sorted(int(10 * unit) for unit in units) == list(range(10))


def test_crossed_levers_meet_the_same_worlds_nested_ones_worlds_of_their_own():
    blocks = {"levers": {"grid": {"a": [0, 1]}}, "uncertainties": {"sobol": {"draws": 3, "over": {"w": [0.0, 1.0]}}}}
    crossed, nested = draws_of(**blocks), draws_of(**blocks, combine="nested")
    assert [draw["a"] for draw in crossed] == [draw["a"] for draw in nested] == [0, 0, 0, 1, 1, 1]
    worlds = [draw["w"] for draw in crossed]
    assert worlds[:3] == worlds[3:]
    assert len({draw["w"] for draw in nested}) == 6


def test_a_path_in_both_blocks_is_a_mistake():
    with pytest.raises(ScenarioError, match="either levers or uncertainties"):
        draws_of(levers={"grid": {"a": [0]}}, uncertainties={"list": {"a": [1]}})


def test_whole_numbers_have_equal_shares_and_both_ends():
    whole = factor("months", [0, 3])
    assert [whole.at(k / 8) for k in range(8)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert whole.at(1.0) == 3


def test_days_and_choices_have_equal_shares():
    assert [factor("start", [date(2022, 6, 1), date(2022, 6, 2)]).at(u) for u in (0.0, 0.49, 0.5, 1.0)] == [
        date(2022, 6, 1), date(2022, 6, 1), date(2022, 6, 2), date(2022, 6, 2),
    ]  # fmt: skip
    assert [factor("way", {"of": ["application", "automatic"]}).at(u) for u in (0.4, 0.6)] == [
        "application",
        "automatic",
    ]


def test_half_of_the_draws_of_an_assumption_lie_on_either_side_of_its_value():
    skewed = Factor("parameters.x", 1.0, 9.0, Prior(distribution="split", low=1.0, value=2.0, high=9.0))
    assert [skewed.at(u) for u in (0.0, 0.25, 0.5, 0.75, 1.0)] == [1.0, 1.5, 2.0, 5.5, 9.0]


@given(st.sampled_from(assumptions()), st.floats(0, 1), st.floats(0, 1))
def test_every_assumption_stays_in_its_range_and_grows_with_the_point(of, one, other):
    low, high = sorted((one, other))
    assert of.low <= of.at(low) <= of.at(high) <= of.high


@pytest.mark.parametrize("over", [[2, 1], [1], "1..2", {"of": []}, [True, False], {"from": 1}])
def test_a_range_that_is_none_is_a_mistake(over):
    with pytest.raises(ScenarioError, match="low < high"):
        factor("a", over)


def test_draws_are_added_where_one_block_draws_a_number_of_them():
    sampled = {"sobol": {"draws": 3, "over": {"w": [0.0, 1.0]}}}
    assert Design(title=WORDS, uncertainties=sampled).with_draws(8).uncertainties.sobol.draws == 8
    assert Design(title=WORDS, levers={"grid": {"a": [1]}}).with_draws(8) is None
    assert Design(title=WORDS, levers=sampled, uncertainties=sampled).with_draws(8) is None


def test_a_table_of_draws_with_one_lever_in_two_columns_is_refused(tmp_path):
    for header in ("rent_waiver.months,rent_waiver.months", "rent_waiver.months,rent_waiver.values.months"):
        (tmp_path / "draws.csv").write_text(f"{header}\n3,6\n")
        with pytest.raises(ScenarioError, match=r"draws\.csv:1: the same lever is set twice: .* = 3, .* = 6"):
            points(Block(csv="draws.csv"), tmp_path)


def test_a_cell_that_is_no_single_value_is_refused(tmp_path):
    (tmp_path / "draws.csv").write_text('rent_waiver.months\n"3\nfirms: 5"\n')
    with pytest.raises(ScenarioError, match=r"draws\.csv:2: rent_waiver\.months: found 3 firms: 5, .* one value"):
        points(Block(csv="draws.csv"), tmp_path)


@pytest.mark.parametrize(
    "blocks",
    [
        {"levers": {"grid": {"a.b": [3]}}, "uncertainties": {"list": {"a.values.b": [6]}}},
        {"levers": {"grid": {"a.b": [3], "a.values.b": [6]}}},
        {"levers": {"sobol": {"draws": 2, "over": {"a.values.b": [0, 1], "a.b": [0, 1]}}}},
    ],
)  # fmt: skip
def test_one_lever_in_two_spellings_is_refused_in_every_block(blocks):
    with pytest.raises(ScenarioError, match="the same lever is set twice"):
        draws_of(**blocks)


def test_a_grid_of_more_combinations_than_can_be_held_is_refused():
    with pytest.raises(StudyError, match="10000000 combinations, more than 1000000"):
        points(Block(grid={f"lever_{k}": list(range(10)) for k in range(7)}))


@pytest.mark.parametrize(
    "block", [{"grid": {"a": [1]}, "list": None, "draws": True}, {"sobol": {"draws": True, "over": "worlds"}}]
)
def test_a_number_of_draws_is_a_number(block):
    with pytest.raises(ValueError, match="draws"):
        Block.model_validate(block)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"half_width": {"survival": 0.01}}, r"no outcome survival; did you mean survival_rate\?"),
        ({"half_width": {"survival_rate": 0.01}, "least": 9, "most": 5}, "least is 9, more than most, which is 5"),
        (True, "replications"),
    ],
)  # fmt: skip
def test_a_rule_of_precision_that_cannot_be_meant_is_refused(rule, said):
    with pytest.raises(ValueError, match=said):
        Design(title=WORDS, levers={"grid": {"a": [1]}}, replications=rule)


def test_public_cost_can_be_precise_too():
    rule = {"half_width": {"public_cost": 1e9}}
    assert Design(title=WORDS, levers={"grid": {"a": [1]}}, replications=rule).replications.most == 100


def test_a_column_of_a_table_holds_values_of_one_kind():
    by_date = {date(2022, 6, 20): 6}
    assert column([3, 6.5, None]) == [3, 6.5, None]
    assert column([True, False]) == [True, False]
    assert column([3, by_date]) == ["3", '{"2022-06-20": 6}']
    assert column([date(2022, 6, 20), "adopted"]) == ["2022-06-20", "adopted"]


def test_between_them_trials_meet_the_ends_of_all_ranges_and_all_stated_values():
    factors = [
        factor("x", [0.0, 1.0]),
        factor("y", {"of": list("abcd")}),
        factor("z", [date(2022, 1, 1), date(2022, 12, 31)]),
    ]
    tried = trials(factors)
    assert {draw["x"] for draw in tried} == {0.0, 1.0}
    assert {draw["y"] for draw in tried} == set("abcd")
    assert {draw["z"] for draw in tried} == {date(2022, 1, 1), date(2022, 12, 31)}
    assert trials([]) == [{}, {}]


def test_a_range_is_finite():
    with pytest.raises(ScenarioError, match="low < high"):
        factor("a", [0.0, float("inf")])
