"""Tasks as bytes for other processes: what many of them share is made into bytes, and of bytes again, once.

Replications share a scenario, and draws nearly all measures of it.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from typing import Any, Final, NamedTuple

from sim.measure import Measure
from sim.scenario import Scenario
from sim.scenario.remembered import Remembered
from sim.study.runs.specification import Task

SCENARIOS: Final = 8  # that are remembered on either side
MEASURES: Final = 1_024


class Packed(NamedTuple):
    """A task as bytes, and what stands in for the engine, which may be no module's."""

    content: bytes
    simulate: Callable[..., Any] | None


def packed(task: Task) -> Packed:
    """A task, of which :func:`unpacked` makes it again."""
    content = _bytes_with(replace(task, simulate=None), Scenario, _scenario_packed, _scenario)
    return Packed(content, task.simulate)


def unpacked(packed: Packed) -> Task:
    """The task that was packed."""
    task: Task = pickle.loads(packed.content)
    return replace(task, simulate=packed.simulate)


def _bytes_with(thing: Any, shared: type, pack: Any, unpack: Any) -> bytes:
    """An object as bytes in which objects of a type are bytes of their own."""

    class Packer(pickle.Pickler):
        def reducer_override(self, part: Any) -> Any:
            return (unpack, (pack(part),)) if isinstance(part, shared) else NotImplemented

    sink = BytesIO()
    Packer(sink, protocol=pickle.HIGHEST_PROTOCOL).dump(thing)
    return sink.getvalue()


def _measure_to_bytes(measure: Measure) -> bytes:
    return pickle.dumps(measure, pickle.HIGHEST_PROTOCOL)


def _scenario_to_bytes(scenario: Scenario) -> bytes:
    return _bytes_with(scenario, Measure, _measure_packed, _measure)


_measure_packed = Remembered(_measure_to_bytes, MEASURES)
_scenario_packed = Remembered(_scenario_to_bytes, SCENARIOS)


@lru_cache(MEASURES)
def _measure(content: bytes) -> Measure:
    measure: Measure = pickle.loads(content)
    return measure


@lru_cache(SCENARIOS)
def _scenario(content: bytes) -> Scenario:
    scenario: Scenario = pickle.loads(content)
    return scenario
