import numpy as np
import pytest

from sim.study.statistics.pareto_front import hypervolume, pareto_optimal, spread


def test_the_front_is_what_no_other_beats_in_everything():
    values = np.array([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0], [2.0, 2.0], [np.nan, 9.0], [3.0, 1.0]])
    assert pareto_optimal(values).tolist() == [True, True, False, False, False, True]


def test_one_aim_has_one_best():
    assert pareto_optimal(np.array([[1.0], [3.0], [3.0], [2.0]])).tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("values", "volume"),
    [
        ([[2.0, 1.0], [1.0, 3.0]], 4.0),
        ([[2.0, 1.0], [1.0, 1.0]], 2.0),
        ([[2.0, -1.0]], 0.0),
        ([[1.0, 1.0, 2.0], [2.0, 1.0, 1.0], [1.0, 2.0, 1.0]], 4.0),
        ([[3.0]], 3.0),
    ],
)
def test_the_hypervolume_is_the_union_of_boxes(values, volume):
    assert hypervolume(np.array(values), [0.0] * len(values[0])) == pytest.approx(volume)


def test_a_wrong_reference_of_the_hypervolume_changes_it():
    assert hypervolume(np.array([[2.0, 2.0]]), [1.0, 0.0]) == pytest.approx(2.0)


def test_those_that_stand_for_a_front_are_its_ends_and_what_is_far_from_them():
    values = np.array([[0.0, 10.0], [0.1, 9.9], [5.0, 5.0], [9.9, 0.1], [10.0, 0.0]])
    assert spread(values, 3) == [0, 2, 4]
    assert spread(values, 9) == [0, 1, 2, 3, 4]
    assert spread(values[:0], 3) == []
