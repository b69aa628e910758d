"""First indices from draws as they are: known ones are found, what goes together is told, luck is not ranked."""

import numpy as np
import pytest
from scipy.stats import norm, qmc

from sim.study.statistics.given_data import GivenData, Inputs


def independent(x):
    return Inputs(x, np.arange(len(x)))


def cube(worlds, inputs, seed=1):
    return qmc.Sobol(d=inputs, seed=seed).random(worlds)


def normal(shape, seed):
    return norm.rvs(size=shape, random_state=seed)


def firsts(findings):
    return [finding.indices["first"][0] for finding in findings]


def told(findings):
    return [k for k, finding in enumerate(findings) if finding.verdict == "effect"]


def test_of_independent_inputs_indices_are_the_known_shares_and_lie_in_their_intervals():
    x = cube(512, 4)
    found = GivenData([independent(x)], 1).findings((x[:, 0] + 2 * x[:, 1])[:, None])
    for finding, known in zip(found, (0.2, 0.8, 0.0, 0.0), strict=True):
        value, low, high = finding.indices["first"]
        assert value == pytest.approx(known, abs=0.05)
        assert low <= known <= high + 0.02
    assert told(found) == [0, 1]


def test_what_is_not_monotone_is_found():
    x = cube(512, 4)
    y = np.sin(np.pi * (2 * x[:, 0] - 1)) + 7 * np.sin(np.pi * (2 * x[:, 1] - 1)) ** 2
    y += 0.1 * (np.pi * (2 * x[:, 2] - 1)) ** 4 * np.sin(np.pi * (2 * x[:, 0] - 1))
    found = GivenData([independent(x)], 1).findings(y[:, None])
    assert firsts(found)[0] == pytest.approx(0.3139, abs=0.05)  # Ishigami's function, in closed form
    assert firsts(found)[2] == pytest.approx(0.0, abs=0.05)


def test_an_input_that_goes_with_another_tells_as_much_as_their_correlation_says():
    one, other = normal((2, 1024), 3)
    x = np.column_stack([one, 0.8 * one + 0.6 * other, normal(1024, 4)])
    found = GivenData([independent(x)], 1).findings(x[:, :1])
    # The outcome is the first input: the second explains the square of their correlation of 0.8.
    assert firsts(found)[0] > 0.97
    assert firsts(found)[1] == pytest.approx(0.64, abs=0.05)
    assert told(found) == [0, 1]


def test_noise_ranks_nothing_more_often_than_one_time_in_twenty():
    x = cube(64, 30)
    given = GivenData([independent(x)], 1)
    ranked = sum(bool(told(given.findings(normal((64, 1), seed)))) for seed in range(100))
    assert ranked <= 10  # more than that has a chance of 1 in 90 at one in twenty


def test_worlds_of_one_draw_count_once():
    # Ten draws, each in 40 worlds: what they bring is luck of ten numbers, though there are 400 worlds.
    drawn, at = normal((10, 20), 5), np.repeat(np.arange(10), 40)
    ranked = {"units": 0, "worlds": 0}
    units, worlds = GivenData([Inputs(drawn, at)], 1), GivenData([independent(drawn[at])], 1)
    for seed in range(40):
        y = (normal(10, 100 + seed)[at] + 0.1 * normal(400, seed))[:, None]
        ranked["units"] += bool(told(units.findings(y)))
        ranked["worlds"] += bool(told(worlds.findings(y)))
    assert ranked["units"] <= 6
    assert ranked["worlds"] > 35  # who takes worlds for independent ranks luck


def test_groups_are_held_against_one_bar():
    drawn, at = normal((50, 3), 5), np.arange(400) % 50
    free = cube(400, 2)
    y = drawn[at, 1] + 4 * free[:, 0]
    found = GivenData([Inputs(drawn, at), independent(free)], 1).findings(y[:, None])
    assert told(found) == [1, 3]
    assert len({finding.chance for finding in found}) == 1
    share = (16 / 12) / (16 / 12 + drawn[:, 1].var())
    assert firsts(found)[3] == pytest.approx(share, abs=0.05)
    assert firsts(found)[1] == pytest.approx(1 - share, abs=0.08)


def test_an_input_of_two_values_and_one_of_a_single_value_have_an_index():
    x = np.column_stack([np.arange(200) % 2, np.ones(200)])
    found = GivenData([independent(x)], 1).findings(x[:, :1])
    assert firsts(found)[0] == pytest.approx(1.0)
    assert firsts(found)[1] == pytest.approx(0.0)


def test_of_an_outcome_that_is_the_same_everywhere_nothing_is_told():
    [finding] = GivenData([independent(cube(32, 1))], 1).findings(np.ones((32, 2)))
    assert finding.verdict == "nothing"
    assert np.isnan(finding.indices["first"][0])


def test_some_worlds_alone_have_their_own_units():
    drawn, at = np.array([[1.0], [2.0], [3.0]]), np.array([0, 1, 2, 2])
    left = Inputs(drawn, at).among(np.array([True, False, True, True]))
    np.testing.assert_array_equal(left.of, [[1.0], [3.0]])
    np.testing.assert_array_equal(left.at, [0, 1, 1])
