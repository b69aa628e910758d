import numpy as np
import pytest
from scipy.stats import norm

from sim.study.statistics.sensitivity_indices import complete, decompose, points, screen, size, spread

# Ishigami's function with a = 7 and b = 0.1, whose indices are known in closed form; a fourth factor does nothing.
FIRST = (0.3139, 0.4424, 0.0, 0.0)
TOTAL = (0.5576, 0.4424, 0.2437, 0.0)


def ishigami(unit):
    x = np.pi * (2 * unit - 1)
    return np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


def chance(shape, seed):
    return norm.rvs(size=shape, random_state=seed)


def trajectories(function, factors, designs, replications=2, seed=1):
    unit = points("morris", factors, designs, seed).reshape(designs, factors + 1, factors)
    return unit, np.repeat(function(unit)[:, :, None], replications, axis=2)


@pytest.mark.parametrize("method", ["morris", "sobol"])
@pytest.mark.parametrize("seed", [0, 7])
def test_the_first_base_designs_stay_what_they_are_when_there_are_more(method, seed):
    few, many = points(method, 3, 8, seed), points(method, 3, 32, seed)
    assert len(few) == 8 * size(method, 3)
    np.testing.assert_array_equal(many[: len(few)], few)
    assert not np.array_equal(points(method, 3, 8, seed + 1), few)


def test_each_step_of_a_trajectory_moves_one_factor_and_each_factor_once():
    unit = points("morris", 5, 4, 1).reshape(4, 6, 5)
    moved = np.diff(unit, axis=1) != 0
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()
    assert set(np.unique(unit)) <= {0.0, 1 / 3, 2 / 3, 1.0}


def test_a_base_sample_is_two_points_and_the_first_with_each_factor_of_the_second():
    first, *mixed, second = points("sobol", 3, 8, 1)[:5]
    for k, row in enumerate(mixed):
        expected = first.copy()
        expected[k] = second[k]
        np.testing.assert_array_equal(row, expected)


def test_indices_known_in_closed_form_lie_in_their_intervals():
    values = ishigami(points("sobol", 4, 1024, 1)).reshape(1024, 6, 1)
    findings, pairs = decompose(values, 1)
    for finding, first, total in zip(findings, FIRST, TOTAL, strict=True):
        for name, known in (("first", first), ("total", total)):
            value, low, high = finding.indices[name]
            assert low <= known <= high
            assert value == pytest.approx(known, abs=0.05)
    assert findings[3].verdict == "nothing"
    assert pairs == {}


def test_second_indices_tell_who_acts_together():
    values = ishigami(points("sobol", 3, 1024, 1, second_order=True)).reshape(1024, 8, 1)
    _, pairs = decompose(values, 1, second_order=True)
    assert list(pairs) == [(0, 1), (0, 2), (1, 2)]
    for pair, known in (((0, 1), 0.0), ((0, 2), 0.2437), ((1, 2), 0.0)):
        _, low, high = pairs[pair]
        assert low <= known <= high, pair
    assert pairs[0, 2][1] > 0


def test_elementary_effects_of_a_linear_function_are_its_coefficients():
    findings = screen(*trajectories(lambda u: 3 * u[..., 0] - 2 * u[..., 1] + 0 * u[..., 2], 3, 5), seed=0)
    assert [finding.indices["mu"][0] for finding in findings] == pytest.approx([3, -2, 0])
    assert [finding.indices["mu_star"][0] for finding in findings] == pytest.approx([3, 2, 0])
    assert [finding.indices["sigma"][0] for finding in findings] == pytest.approx([0, 0, 0], abs=1e-12)
    assert [finding.verdict for finding in findings] == ["effect", "effect", "nothing"]


def test_a_factor_that_works_through_another_has_a_large_sigma():
    findings = screen(*trajectories(lambda u: u[..., 0] * (u[..., 1] - 0.5) + u[..., 2], 3, 40), seed=0)
    through, _, alone = (finding.indices for finding in findings)
    assert through["sigma"][0] > 0.3 > abs(through["mu"][0])
    assert through["mu_star"][0] == pytest.approx(1 / 3, abs=0.1)
    assert alone["sigma"][0] < 1e-12
    assert findings[0].verdict == "effect"  # every replication tells the same, though up and down cancel


def test_chance_alone_is_seldom_taken_for_an_effect():
    found = []
    for seed in range(40):
        unit, values = trajectories(lambda u: 0 * u[..., 0], 4, 10, seed=seed)
        found += [finding.verdict for finding in screen(unit, values + chance(values.shape, seed), seed)]
        values = chance((64, size("sobol", 4), 2), 1000 + seed)
        found += [finding.verdict for finding in decompose(values, seed)[0]]
    assert "nothing" not in found
    assert found.count("effect") < 0.1 * len(found)


def test_how_strong_chance_alone_would_look_is_told_with_several_replications_only():
    unit, values = trajectories(lambda u: 0 * u[..., 0], 3, 1000)
    noisy = values + chance(values.shape, 1)
    for finding in screen(unit, noisy, 0):
        assert finding.chance == pytest.approx(finding.indices["mu_star"][0], rel=0.1)
    assert all(np.isnan(finding.chance) for finding in screen(unit, noisy[:, :, :1], 0))
    values = chance((512, 5, 2), 2)
    for finding in decompose(values, 0)[0]:
        assert finding.chance == pytest.approx(finding.indices["total"][0], rel=0.2)


def test_where_nothing_varies_there_is_no_variance_to_share_out():
    findings, _ = decompose(np.full((8, 4, 2), 5.0), 0)
    assert [finding.verdict for finding in findings] == ["nothing", "nothing"]
    assert all(np.isnan(finding.indices["total"]).all() for finding in findings)


def test_a_base_design_that_lacks_a_point_is_not_complete():
    values = np.zeros((3, 4, 2))
    values[1, 3, 1] = np.nan
    assert complete(values).tolist() == [True, False, True]


def test_chance_that_all_draws_share_makes_no_difference_between_them():
    draws, replications = np.arange(6.0)[:, None], np.array([0.0, 50.0])
    between, by_replication, share = spread(draws + replications)
    assert between == pytest.approx(np.std(np.arange(6), ddof=1))
    assert by_replication == pytest.approx(0, abs=1e-12)
    assert share == pytest.approx(0, abs=1e-12)


def test_chance_of_their_own_is_its_share_of_the_variance_between_draws():
    values = chance((4000, 1), 3) + chance((4000, 2), 4)  # variance of the means: 1 + 1 / 2
    _, by_replication, share = spread(values)
    assert by_replication == pytest.approx(0.5**0.5, rel=0.05)
    assert share == pytest.approx(1 / 3, abs=0.03)
    assert np.isnan(spread(values[:, :1])[1:]).all()
