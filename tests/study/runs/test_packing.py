"""Tasks as bytes: what comes out is what went in, and what tasks share is shared on the other side."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from sim.scenario import Scenario, load
from sim.scenario.remembered import Remembered
from sim.study.runs.packing import packed, unpacked
from sim.study.runs.specification import RunSpec, Task


@pytest.fixture(autouse=True)
def loaded() -> None:
    """Here the scenarios are real."""


def sent(scenario: Scenario, seed: int) -> Task:
    """A task as another process has it."""
    task = Task("key", "asked", RunSpec(scenario, seed, inside=None), Path("runs"), "", "")
    content = pickle.loads(pickle.dumps(packed(task)))
    assert unpacked(content) == task
    return unpacked(content)


def test_a_task_is_the_same_on_the_other_side_and_replications_share_its_scenario() -> None:
    plan = load("full_plan")
    first, second = sent(plan, 1), sent(plan, 2)
    assert first.spec.seed == 1
    assert second.spec.seed == 2
    assert first.spec.scenario is second.spec.scenario
    assert first.spec.scenario.fingerprint() == plan.fingerprint()


def test_draws_share_the_measures_that_no_lever_changes() -> None:
    one, other = (sent(load("full_plan", {"rent_waiver.months": months}), 1).spec.scenario for months in (2, 4))
    apart = {a.id for a, b in zip(one.measures, other.measures, strict=True) if a is not b}
    assert apart == {"rent_waiver"}
    assert one.fingerprint() != other.fingerprint()


def test_what_stands_in_for_the_engine_goes_along() -> None:
    task = Task("key", "asked", RunSpec(load("no_support"), 1), Path("runs"), "", "", simulate=sent)
    assert unpacked(packed(task)).simulate is sent


def test_an_answer_is_kept_for_the_same_object_alone_and_for_the_last_few() -> None:
    asked: list[list[int]] = []

    def length(thing: list[int]) -> int:
        asked.append(thing)
        return len(thing)

    known = Remembered(length, 2)
    one, equal, third = [1], [1], [1, 2]
    assert [known(one), known(one), known(equal), known(third), known(one)] == [1, 1, 1, 2, 1]
    assert [id(thing) for thing in asked] == [id(one), id(equal), id(third), id(one)]
