"""What it is worth to know more, on benefits made up so that it is known in closed form; and that luck is told as luck.

Two plans: one of no benefit, one whose benefit is a number that is not known.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim.study.statistics import robustness
from sim.study.statistics.streams import Stream
from sim.study.statistics.value_of_information import best, partial, perfect, told_apart

DRAWS = 240
EVEN = np.full(DRAWS, 1.0 / DRAWS)
STEPS = (np.arange(DRAWS) + 0.5) / DRAWS
NORMAL = norm.ppf(STEPS)
SHUFFLED = Stream(1, 9).chosen(DRAWS, DRAWS)
OTHERS = Stream(2, 1).normal(DRAWS, 12)  # numbers that no plan hangs on


def two_plans(*benefits):
    """Benefits of shape (worths, draws, plans): nothing, and each of these at a worth of its own."""
    return np.array([np.column_stack([np.zeros(DRAWS), benefit]) for benefit in benefits])


def of_normal(mean, sd):
    """E max(0, x) less max(0, E x) of a normal number."""
    return mean * norm.cdf(mean / sd) + sd * norm.pdf(mean / sd) - max(0.0, mean)


def test_a_normal_number_is_worth_what_the_formula_says():
    benefit = two_plans(1.0 + 2.0 * NORMAL, -3.0 + 2.0 * NORMAL, 9.0 + 2.0 * NORMAL)
    expected = [of_normal(1.0, 2.0), of_normal(-3.0, 2.0), 0.0]
    assert best(benefit, EVEN).tolist() == [1, 0, 1]
    assert perfect(benefit, EVEN) == pytest.approx(expected, abs=0.005)
    known = partial(benefit, np.column_stack([NORMAL, OTHERS]), EVEN, 1)
    assert known.value[:, 0] == pytest.approx(expected, abs=0.005)
    # Another plan is taken where the number is on the other side of zero.
    assert known.changes[:, 0] == pytest.approx([norm.cdf(-0.5), norm.cdf(-1.5), 0.0], abs=0.005)
    assert (known.value[:2, 0] > known.chance[:2]).all()
    assert (known.value[:, 1:] <= known.chance[:, None]).all()


def test_an_even_number_too_and_what_else_is_not_known_is_not_paid_for():
    # Between -1 and 3: E max(0, x) = 9/8. Beside it luck of the same size, which knowing x does not tell.
    x, luck = -1.0 + 4.0 * STEPS, 1.5 * NORMAL[SHUFFLED]
    benefit = two_plans(x + luck)
    known = partial(benefit, np.column_stack([x, OTHERS]), EVEN, 1)
    assert known.value[0, 0] == pytest.approx(9 / 8 - 1.0, abs=0.03)
    assert perfect(benefit, EVEN)[0] > 2 * known.value[0, 0]
    assert known.value[0, 0] > known.chance[0] >= known.value[0, 1:].max()


def test_a_number_that_matters_at_both_ends_is_found():
    # x² - 1/2 over -1 to 1: its mean is -1/6, and E max(0, .) = 1/3 - 1/2 + (2/3) (1/2)^(3/2).
    x = 2.0 * STEPS - 1.0
    benefit = two_plans(x**2 - 0.5 + 0.1 * NORMAL[SHUFFLED])
    known = partial(benefit, np.column_stack([x, OTHERS]), EVEN, 1)
    assert known.value[0, 0] == pytest.approx(1 / 3 - 1 / 2 + 2 / 3 * 0.5**1.5, abs=0.005)
    assert known.changes[0, 0] == pytest.approx(1 - 0.5**0.5, abs=0.02)


def test_of_luck_alone_nothing_is_told():
    told = 0
    for seed in range(8):
        stream = Stream(seed, 5)
        benefit = np.stack([np.zeros(80), stream.normal(80), stream.normal(80)], axis=1)[None]
        known = partial(benefit, stream.normal(80, 20), np.full(80, 1 / 80), seed)
        told += int((known.value > known.chance[:, None]).any())
    assert told <= 2  # one set of made-up benefits in twenty tells of a number, by chance


def test_a_draw_of_weight_two_is_a_draw_that_stands_twice():
    x = np.array([0.1, 0.5, 0.9, 0.3, 0.7, 0.2, 0.8, 0.6, 0.4, 0.0])
    benefit = np.column_stack([np.zeros(10), x - 0.55])[None]
    twice = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9])
    weight = np.array([2, 1, 1, 1, 1, 1, 1, 2, 1, 1]) / 12
    each = np.full(12, 1 / 12)
    assert perfect(benefit, weight) == pytest.approx(perfect(benefit[:, twice], each))
    found = partial(benefit, x[:, None], weight, 1)
    again = partial(benefit[:, twice], x[twice][:, None], each, 1)
    assert found.value == pytest.approx(again.value) and found.changes == pytest.approx(again.changes)


def test_a_number_that_does_not_vary_or_has_two_values_is_no_trouble():
    flag = (np.arange(DRAWS) % 2).astype(float)
    benefit = two_plans(flag - 0.25)
    known = partial(benefit, np.column_stack([np.full(DRAWS, 7.0), flag]), EVEN, 1)
    assert known.value[0].tolist() == [0.0, pytest.approx(0.125)]  # in half of the draws a quarter is not lost
    assert known.changes[0].tolist() == [0.0, pytest.approx(0.5)]
    assert partial(benefit, np.empty((DRAWS, 0)), EVEN, 1).value.shape == (1, 0)


def test_knowing_everything_is_worth_the_regret_of_the_plan_that_is_best_on_average():
    benefit = np.stack([np.zeros(DRAWS), NORMAL, 0.1 + NORMAL[SHUFFLED]], axis=1)
    rows = [(plan, draw, benefit[draw, plan]) for plan in range(3) for draw in range(DRAWS)]
    table = robustness.table(pd.DataFrame(rows, columns=["plan", "world", "gain"]), {"gain": "up"}, [0, 1, 2])
    regret = table[table["objective"] == "gain"].set_index("plan")["regret_mean"]
    assert perfect(benefit[None], EVEN)[0] == pytest.approx(regret[best(benefit[None], EVEN)[0]])


def test_what_is_only_luck_is_worth_nothing_when_told_apart():
    many = 4_000
    even, luck = np.full(many, 1.0 / many), Stream(3, 7).normal(2, many, 2, 4)
    number = np.column_stack([np.zeros(many), norm.ppf((np.arange(many) + 0.5) / many)])[None, :, :, None]
    benefit = np.concatenate([luck[:1], number + luck[1:]])
    apart, together = told_apart(benefit, even), perfect(benefit.mean(axis=3), even)
    assert apart[0] == pytest.approx(0.0, abs=0.03) and together[0] > 0.2
    # Luck of the three by which one chooses makes the choice worse, that of all four makes the best look better.
    known = of_normal(0.0, 1.0)
    assert apart[1] == pytest.approx(known / (1 + 2 / 3) ** 0.5, abs=0.03)
    assert together[1] == pytest.approx(known * (1 + 2 / 4) ** 0.5, abs=0.03)
    assert np.isnan(told_apart(benefit[..., :1], even)).all()
