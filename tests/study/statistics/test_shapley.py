import math
from fractions import Fraction
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.statistics import shapley


def members(coalition, players):
    return [player for player in range(players) if coalition >> player & 1]


def game(players, worth):
    return [worth(members(coalition, players)) for coalition in range(1 << players)]


def by_definition(worth):
    """What each player adds, order by order."""
    players = len(worth).bit_length() - 1
    orders = list(permutations(range(players)))
    sums = [Fraction() for _ in range(players)]
    for order in orders:
        there = 0
        for player in order:
            sums[player] += Fraction(worth[there | 1 << player]) - Fraction(worth[there])
            there |= 1 << player
    return [total / len(orders) for total in sums]


def test_the_glove_game():
    # Two have a left glove, one has the right one; a pair is worth 1.
    worth = game(3, lambda who: float(2 in who and len(who) > 1))
    assert shapley.values(worth) == [Fraction(1, 6), Fraction(1, 6), Fraction(2, 3)]


def test_three_players_by_hand():
    # Alone 12, 6, 2; in pairs 20, 15, 10; together 30. In the orders ABC, ACB, BAC, BCA, CAB, CBA the first adds
    # 12, 12, 14, 20, 13, 20.
    worth = [0.0, 12.0, 6.0, 20.0, 2.0, 15.0, 10.0, 30.0]
    first, second, third = shapley.values(worth)
    assert first == Fraction(12 + 12 + 14 + 20 + 13 + 20, 6)
    assert second == Fraction(8 + 15 + 6 + 6 + 15 + 8, 6)
    assert third == Fraction(10 + 3 + 10 + 4 + 2 + 2, 6)


def test_in_an_additive_game_everyone_has_what_it_brings():
    brings = [3.0, -1.0, 0.0, 7.5]
    worth = game(4, lambda who: 100.0 + sum(brings[player] for player in who))
    assert shapley.values(worth) == [Fraction(value) for value in brings]
    assert set(shapley.interactions(worth).values()) == {0}


def test_players_who_are_alike_have_the_same_and_one_who_adds_nothing_has_nothing():
    # A majority of the first three decides; the fourth never matters.
    worth = game(4, lambda who: float(len({0, 1, 2} & {*who}) >= 2))
    assert shapley.values(worth) == [Fraction(1, 3)] * 3 + [0]


def test_of_a_product_all_pairs_interact_by_the_share_of_a_pair():
    # Worth 1 only when all three are there: a pair is one of two who must meet the third.
    worth = game(3, lambda who: float(len(who) == 3))
    assert shapley.interactions(worth) == dict.fromkeys(combinations(range(3), 2), Fraction(1, 2))


def test_two_who_do_the_same_work_get_in_each_others_way():
    worth = game(2, lambda who: float(len(who) > 0))
    assert shapley.interactions(worth) == {(0, 1): -1}


def test_the_interaction_of_a_pair_by_its_definition():
    worth = [math.sin(12.9898 * coalition) for coalition in range(16)]
    n, expected = 4, Fraction()
    for coalition in range(16):
        if coalition & 0b0101 == 0:
            size = coalition.bit_count()
            weight = Fraction(math.factorial(n - size - 2) * math.factorial(size), math.factorial(n - 1))
            corners = (worth[coalition | 0b0101], worth[coalition | 1], worth[coalition | 4], worth[coalition])
            both, one, other, neither = map(Fraction, corners)
            expected += weight * (both - one - other + neither)
    assert shapley.interactions(worth)[0, 2] == expected


@given(st.lists(st.floats(-1e15, 1e15), min_size=16, max_size=16))
def test_values_are_those_of_the_definition_and_add_up_exactly(worth):
    found = shapley.values(worth)
    assert found == by_definition(worth)
    assert sum(found) == Fraction(worth[-1]) - Fraction(worth[0])


def test_over_all_orders_sampling_is_exact():
    worth = [math.sin(78.233 * coalition) for coalition in range(32)]
    every = list(permutations(range(5)))
    prefixes = [[worth[sum(1 << player for player in order[:k])] for k in range(6)] for order in every]
    assert shapley.along(every, prefixes) == shapley.values(worth)


def test_over_any_orders_sampled_values_add_up_exactly():
    worth = [0.1 * coalition**2 for coalition in range(32)]
    some = shapley.orders(6, 5, seed=1, stream=0)
    prefixes = [[worth[sum(1 << player for player in order[:k])] for k in range(6)] for order in some]
    assert sum(shapley.along(some, prefixes)) == Fraction(worth[-1]) - Fraction(worth[0])


def test_orders_are_permutations_in_antithetic_pairs_that_more_of_them_do_not_change():
    few, many = shapley.orders(2, 78, seed=1, stream=3), shapley.orders(40, 78, seed=1, stream=3)
    assert many[:2] == few
    assert all(sorted(order) == list(range(78)) for order in many)
    assert all(there == back[::-1] for there, back in zip(many[::2], many[1::2], strict=True))
    assert len(set(many)) == 40
    assert few != shapley.orders(2, 78, seed=2, stream=3)
    assert few != shapley.orders(2, 78, seed=1, stream=4)


def test_every_player_comes_first_about_as_often_as_any_other():
    first = [order[0] for stream in range(300) for order in shapley.orders(2, 3, seed=1, stream=stream)[:1]]
    counts = [first.count(player) for player in range(3)]
    assert sum((count - 100) ** 2 / 100 for count in counts) < 13.8  # 0.1 % of chi-square with two degrees of freedom


@given(st.lists(st.integers(-(10**13), 10**13), min_size=8, max_size=8), st.randoms(use_true_random=False))
def test_parts_of_a_whole_number_add_up_to_it_in_any_order(worth, shuffled):
    parts = shapley.adding_up(shapley.values([float(value) for value in worth]))
    shuffled.shuffle(parts)
    assert sum(parts) == worth[-1] - worth[0]


@given(st.lists(st.floats(0.5, 0.75), min_size=16, max_size=16))
def test_parts_of_a_share_add_up_within_the_last_digit(worth):
    exact = shapley.values(worth)
    parts = shapley.adding_up(exact)
    ulp = math.ulp(float(sum(map(abs, exact))))
    assert abs(sum(parts) - (worth[-1] - worth[0])) <= ulp
    assert sum(parts) == math.fsum(parts)
    assert all(abs(part - value) <= 2 * ulp for part, value in zip(parts, exact, strict=True))


def test_a_part_of_nothing_is_nothing():
    assert shapley.adding_up([Fraction(1, 3), Fraction(), Fraction(2, 3)])[1] == 0.0
    assert shapley.adding_up([Fraction(), Fraction()]) == [0.0, 0.0]


def test_a_game_has_a_power_of_two_of_coalitions():
    with pytest.raises(ValueError, match="power of two"):
        shapley.values([0.0, 1.0, 2.0])
