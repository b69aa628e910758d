"""Where a result is not the model as calibrated: parameters that somebody changed or varied, another calibration.

The one place that knows it, for pages, terminal, JSON and notebooks. Levers are nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.measure import Words
from sim.recalibration import PARAMETERS, ChangedParameter, OtherCalibration, changed_parameters, other_calibration
from sim.study.designs.factors import assumptions

if TYPE_CHECKING:
    from sim.observe.tables import Result
    from sim.scenario import Scenario
    from sim.study.comparison.journey import Journey
    from sim.study.runs.study import Study


class Changed(NamedTuple):
    """Parameters that scenarios change, all in the same way. ``is_everywhere``: no scenario leaves them alone."""

    scenarios: tuple[tuple[str, Words], ...]  # names and titles
    parameters: tuple[ChangedParameter, ...]
    is_everywhere: bool


@dataclass(frozen=True)
class Recalibration:
    """What of a result is not the model as calibrated.

    ``varied``: parameters, by path, that are the very subject of the question; ``varies_all``: among them is everything
    that is only assumed, or, with ``drawn``, everything that the posterior draws: how many draws it has and how many of
    equal weight they are worth. ``other``: how the calibration differs from the project's.
    """

    changed: tuple[Changed, ...] = ()
    varied: tuple[str, ...] = ()
    varies_all: bool = False
    drawn: tuple[int, float] | None = None
    other: OtherCalibration | None = None

    @property
    def is_as_calibrated(self) -> bool:
        """Whether nothing was changed beside what the question varies."""
        return not self.changed and self.other is None

    def plain(self) -> dict[str, Any]:
        """The same, fit for JSON."""
        return {
            "as_calibrated": self.is_as_calibrated,
            "changed": [
                {"scenarios": [name for name, _ in group.scenarios], **parameter.model_dump(mode="json")}
                for group in self.changed
                for parameter in group.parameters
            ],
            "varied": list(self.varied),
            "varies_all_assumptions": self.varies_all,
            "posterior": None if self.drawn is None else dict(zip(("draws", "effective"), self.drawn, strict=True)),
            "other_calibration": None if self.other is None else self.other.model_dump(mode="json"),
        }


def of_study(study: Study) -> Recalibration:
    """What its manifest notes. A parameter that varies is not told as changed by the scenario that shows one draw."""
    manifest = study.manifest
    varied = manifest.varied_parameters
    asked = [
        (each.name, each.title, tuple(change for change in each.changed_parameters if change.parameter not in varied))
        for each in manifest.scenarios
    ]
    if kept := manifest.settings.get("from_posterior"):
        beside = tuple(path.removeprefix(PARAMETERS) for path in kept["beside"])
        drawn = kept["draws"], kept["effective"]
        return Recalibration(_grouped(asked), beside, True, drawn, manifest.other_calibration)
    assumed = {factor.path.removeprefix(PARAMETERS) for factor in assumptions()} if varied else set()
    varies_all = bool(varied) and assumed <= {*varied}
    named = tuple(path for path in varied if path not in assumed) if varies_all else varied
    return Recalibration(_grouped(asked), named, varies_all, other=manifest.other_calibration)


def of_result(result: Result) -> Recalibration:
    """Of one run of this process."""
    title = Words(zh=result.scenario, en=result.scenario)
    return Recalibration(_grouped([(result.scenario, title, result.changed_parameters)]), other=other_calibration())


def of_journey(journey: Journey) -> Recalibration:
    """Of two worlds that firms are followed through."""
    return of_scenarios([journey.scenario, journey.against])


def of_scenarios(scenarios: Iterable[Scenario]) -> Recalibration:
    """Of scenarios run in this process."""
    asked = [(each.name, each.title, changed_parameters(each.parameter_changes)) for each in scenarios]
    return Recalibration(_grouped(asked), other=other_calibration())


def _grouped(asked: list[tuple[str, Words, tuple[ChangedParameter, ...]]]) -> tuple[Changed, ...]:
    """Scenarios together that change the same parameters in the same way."""
    groups: dict[tuple[ChangedParameter, ...], list[tuple[str, Words]]] = {}
    for name, title, changes in asked:
        groups.setdefault(changes, []).append((name, title))
    alone = len(groups) == 1
    return tuple(Changed(tuple(scenarios), changes, alone) for changes, scenarios in groups.items() if changes)
