"""A way along one lever: what is looked at, and what is left between the answer and what falls short of it."""

from __future__ import annotations

import pytest

from sim.study.search.line import close_in, first_steps


def test_both_ends_and_what_is_asked_for_are_among_the_first() -> None:
    assert first_steps(100, 3) == [0, 3, 12, 25, 38, 50, 62, 75, 88, 100]
    assert first_steps(3, 1) == [0, 1, 2, 3]


@pytest.mark.parametrize("goal", [1, 37, 50, 99, 100])
def test_the_first_step_that_answers_is_found_with_the_one_before_it_and_few_others(goal: int) -> None:
    seen: list[int] = []
    known = close_in({0, 100}, seen.extend, lambda: [min(step for step in seen if step >= goal)])
    assert known == sorted(seen) and len(seen) == len({*seen}) < 2 + 3 * 7
    assert {goal - 1, goal} <= {*known}


def test_of_several_answers_each_is_closed_in_upon() -> None:
    seen: list[int] = []
    known = close_in(
        {0, 64}, seen.extend, lambda: [min(step for step in seen if step >= goal) for goal in (10, 50)]
    )  # fmt: skip
    assert {9, 10, 49, 50} <= {*known}


def test_where_nothing_answers_nothing_more_is_looked_at() -> None:
    assert close_in({0, 100}, lambda steps: None, list) == [0, 100]
