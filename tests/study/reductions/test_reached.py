"""Who was reached, on firms made up by hand: which world has the measures, and what counts."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.study.reductions.endings import Endings, places
from sim.study.reductions.reached import Reached, reached


def measures(*ids):
    return [SimpleNamespace(id=id_) for id_ in ids]


def fates(granted, alive, staff, further=0):
    """Four firms of 10 entities, the last no founder."""
    return pd.DataFrame(
        {
            "firm": np.array([1, 2, 3, 4], np.uint64),
            "founder": [True, True, True, False],
            "entities": np.full(4, 10, np.int32),
            "alive": alive,
            "staff": np.array(staff, np.int32),
            "exited_on": np.full(4, -1, np.int16),
            "granted_first": np.array(granted, np.uint64),
            "granted_further": np.full(4, further, np.uint64),
        }
    )


def ends(table):
    return Endings(*(table[name].to_numpy() for name in Endings._fields))


WITH = fates([0b10, 0b10, 0b01, 0b10], [True, True, True, True], [4, 2, 9, 1])
WITHOUT = fates([0b0, 0b0, 0b1, 0b0], [True, False, True, True], [3, 5, 9, 1])
THERE, HERE = measures("a", "b"), measures("a")


def sums(one, of_one, other, of_other):
    there = ends(other)
    [row] = reached(one, of_one, there, of_other, places(one, there)).itertuples(index=False, name=None)
    return Reached(*row)


def test_founders_that_were_granted_a_measure_of_the_one_world_alone_are_reached():
    found = sums(WITH, THERE, WITHOUT, HERE)
    assert found == Reached(
        entities=20, alive=20, alive_without=10, staff=60, staff_without=30, rows=2
    )  # the gone have none
    assert found.effects == {"reached_survival": 0.5, "reached_staff": 1.0}


def test_it_is_the_same_from_the_other_side():
    assert sums(WITHOUT, HERE, WITH, THERE) == sums(WITH, THERE, WITHOUT, HERE)


def test_measures_beyond_the_first_word_count_alike():
    many = measures(*(f"m{k}" for k in range(65)))
    one = fates([0, 0, 0, 0], [True] * 4, [1] * 4, further=1)
    assert sums(one, many, WITHOUT, many[:64]).entities == 30


def test_where_nobody_is_reached_nothing_is_known():
    nobody = sums(WITHOUT, measures("a", "c"), WITHOUT, HERE)
    assert nobody.entities == 0
    assert nobody.effects == pytest.approx({"reached_survival": np.nan, "reached_staff": np.nan}, nan_ok=True)
