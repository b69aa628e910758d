"""Streams of random numbers: the same again, apart from each other, and of the right kind."""

import numpy as np

from sim.study.statistics.streams import Stream


def test_a_stream_is_the_same_again_and_goes_on() -> None:
    first, again = Stream(1, 1), Stream(1, 1)
    assert first.uniform(10).tolist() == again.uniform(4).tolist() + again.uniform(6).tolist()


def test_streams_and_seeds_are_apart() -> None:
    draws = [Stream(*which).uniform(50).tolist() for which in ((1, 1), (1, 2), (2, 1))]
    assert len({number for stream in draws for number in stream}) == 150


def test_numbers_are_uniform_normal_and_places_are_chosen_once() -> None:
    stream = Stream(1, 3)
    even, normal = stream.uniform(20_000), stream.normal(20_000)
    assert abs(even.mean() - 0.5) < 0.01
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1.0) < 0.03
    assert np.abs(normal).max() < 9.0
    assert len(set(stream.chosen(30, 30).tolist())) == 30
