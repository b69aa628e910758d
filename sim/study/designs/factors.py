"""Factors: levers and uncertainties that a design varies, each a map from the unit interval to its values.

Every sampling plan (grid apart) draws points in the unit cube; a factor says what a point means. So the same factor
serves a Latin hypercube, a Sobol sequence, a screening, an index of sensitivity and a search.

A *world* is what is not known of the province and may be otherwise than it is taken to be: the numbers of the
calibration, and three factors on what did happen: how many places were listed in outbreaks, how much national listings
held up logistics, how deep the wave of the turn of the year was. The ranges of the three are assumptions themselves:
half to twice what was, the wave half to one and a half times. The numbers are drawn from the posterior where one is
kept; a draw of it is all of them together, so it is one factor, whose values are draws. Without one those that are only
assumed are drawn each over its prior.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from sim import parameters
from sim.measure import Words
from sim.parameter_file import Prior
from sim.recalibration import PARAMETERS
from sim.refusal import nearest, shown
from sim.scenario.levers import refuse_twice
from sim.scenario.plain import plain
from sim.scenario.validation_errors import LEVERS, ScenarioError, ValidationError
from sim.study import StudyError
from sim.study.designs.posterior import Posterior, none_kept, posterior

Over = Literal["worlds", "posterior", "assumptions", "priors"] | Annotated[dict[str, Any], Field(min_length=1)]
WORLD: Final = {
    path: Prior(distribution="split", low=low, value=1.0, high=high)
    for path, low, high in (
        ("world.outbreak_factor", 0.5, 2.0),
        ("world.logistics_factor", 0.5, 2.0),
        ("world.wave_factor", 0.5, 1.5),
    )
}
RANGE: Final = Words(
    zh="[下限, 上限]，下限小于上限，或 {of: [各值]}", en="[low, high] with low < high, or {of: [values]}"
)
ASSUMED: Final = "assumed"  # said of a path: over the prior of what is only assumed
PRIOR: Final = "prior"  # the same of any number or date of the calibration
ALL: Final = "all"  # said of a group
POSTERIOR: Final = "posterior"


@dataclass(frozen=True)
class Factor:
    """One thing that varies, by the dotted path of its lever.

    Either ``values`` with equal shares (``is_whole`` where they are all days of a range), or everything from ``low`` to
    ``high``, both included: whole numbers where both ends are. Draws are as even as the ``prior`` of the number says,
    and even over the range without one. Or, with a ``posterior``, all its parameters together: then its values are
    draws, and ``path`` only names it.
    """

    path: str
    low: float = 0.0
    high: float = 1.0
    prior: Prior | None = None
    is_whole: bool = False
    values: tuple[Any, ...] = ()
    posterior: Posterior | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Dotted paths of the levers that it sets."""
        return (self.path,) if self.posterior is None else tuple(self.levers(0.0))

    def levers(self, unit: float) -> dict[str, Any]:
        """What it sets at a point of the unit interval: dotted path to value."""
        if self.posterior is None:
            return {self.path: self.at(unit)}
        draw = self.posterior.draws[self.posterior.place(unit)]
        return {f"{PARAMETERS}{path}": value for path, value in draw.changes.items()}

    def at(self, unit: float) -> Any:
        """The value at a point of the unit interval, of one number; non-decreasing."""
        if self.values:
            return self.values[min(int(unit * len(self.values)), len(self.values) - 1)]
        if self.is_whole:
            return int(min(self.low + int(unit * (self.high - self.low + 1)), self.high))
        if self.prior is not None:
            return self.prior.at(unit)
        return self.low + unit * (self.high - self.low)


def factor(path: str, over: Any) -> Factor:
    """A factor as a file says it: ``[low, high]`` of numbers or days, or ``{of: [values]}``.

    Raises :class:`ScenarioError` for anything else.
    """
    if isinstance(over, dict) and set(over) == {"of"} and isinstance(over["of"], list) and over["of"]:
        return Factor(path, values=tuple(over["of"]))
    if isinstance(over, list) and len(over) == 2:
        low, high = over
        if type(low) is date and type(high) is date and low < high:
            days = tuple(low + timedelta(days=day) for day in range((high - low).days + 1))
            return Factor(path, values=days, is_whole=True)
        numbers = all(isinstance(end, int | float) and not isinstance(end, bool) and isfinite(end) for end in over)
        if numbers and low < high:
            return Factor(path, float(low), float(high), is_whole=isinstance(low, int) and isinstance(high, int))
    raise ScenarioError([ValidationError("wrong_form", "", None, f"{LEVERS}{path}", shown(over), RANGE)])


def over_prior(path: str, prior: Prior) -> Factor:
    """A factor as a prior that is not fixed has it; of dates all days with equal shares."""
    if isinstance(prior.low, date) or isinstance(prior.high, date):
        return factor(path, [prior.low, prior.high])
    return Factor(path, prior.low, prior.high, prior)


def priors() -> list[Factor]:
    """Every number and date of the calibration whose prior is not fixed, over it; of a table the factor on it."""
    entries = parameters.load().paths()
    return [over_prior(f"parameters.{entry.path}", entry.prior) for entry in entries if not entry.prior.is_fixed]


def assumptions() -> list[Factor]:
    """Of :func:`priors` the numbers that are only assumed."""
    assumed = {f"parameters.{entry.path}" for entry in parameters.load().paths() if entry.assumption}
    return [found for found in priors() if found.path in assumed and found.prior]


def from_posterior() -> list[Factor]:
    """All numbers of the calibration that are not fixed, as one factor. Raises :class:`StudyError` without any kept."""
    kept = posterior()
    if kept is None:
        raise none_kept()
    return [Factor(POSTERIOR, posterior=kept)]


def of_world() -> list[Factor]:
    """The three factors of the world, which no posterior tells."""
    return [over_prior(path, prior) for path, prior in WORLD.items()]


def worlds() -> list[Factor]:
    """What is not known: the posterior, or without one what is only assumed, and the three factors of the world."""
    return [*(assumptions() if posterior() is None else from_posterior()), *of_world()]


GROUPS: Final = {"worlds": worlds, POSTERIOR: from_posterior, "assumptions": assumptions, "priors": priors}


def varied(over: Over | Mapping[str, Any]) -> list[Factor]:
    """The factors that a question names.

    For each path ``[low, high]``, ``{of: [values]}``, ``assumed`` or ``prior``; ``worlds: all``, ``posterior: all``,
    ``assumptions: all`` and ``priors: all`` stand for all of a group, as its name does in place of paths. A range that
    is stated goes before one that a group has, and before what a draw of the posterior says. Raises
    :class:`ScenarioError` for a range that is not understood, :class:`StudyError` where no posterior is kept, and for
    numbers over their priors that it draws already.
    """
    over = plain(over)
    if isinstance(over, str) and over in GROUPS:
        return GROUPS[over]()
    if not isinstance(over, dict):
        names = ", ".join(GROUPS)
        paths = Words(zh=f"{names}，或由路径和取值范围组成的表", en=f"{names}, or a table of paths and ranges")
        raise ScenarioError(
            [ValidationError("wrong_type", "", None, "over", shown(over), paths, nearest(over, GROUPS))]
        )
    refuse_twice(over.items())
    known = {
        ASSUMED: {found.path: found for found in (*assumptions(), *of_world())},
        PRIOR: {found.path: found for found in priors()},
    }
    asked: dict[str, Factor] = {}
    for path, said in over.items():
        if path in GROUPS and said == ALL:
            asked = {found.path: found for found in GROUPS[path]()} | asked
        elif isinstance(said, str) and path in known.get(said, ()):
            asked[path] = known[said][path]
        elif isinstance(said, str) or path in GROUPS:
            groups = [f"{group}: {ALL}" for group in GROUPS]
            allowed = Words(
                zh=f"{RANGE.zh}；只作假设的数可写 {ASSUMED}，校准数据中不固定的数可写 {PRIOR}；{'、'.join(groups)}",
                en=f"{RANGE.en}; {ASSUMED} for a number that is; {PRIOR} for one of the calibration that is not fixed; "
                f"{', '.join(groups)}",
            )
            there = {**known[ASSUMED], **known[PRIOR]}
            near = None if path in there else nearest(path, there)
            raise ScenarioError(
                [ValidationError("wrong_form", "", None, f"{LEVERS}{path}", shown(said), allowed, near)]
            )
        else:
            asked[path] = factor(path, said)
    if POSTERIOR in asked:
        for group in ("assumptions", "priors"):
            if group in over:
                raise StudyError(
                    zh=f"后验分布已把这些参数一起抽取，不能与 {group}: {ALL} 并用；请去掉其中之一。",
                    en=f"The posterior draws these numbers already, together: leave out it or {group}: {ALL}.",
                )
    return sorted(asked.values(), key=lambda found: found.posterior is None)  # what is stated is set after its draw


def one_by_one(factors: Sequence[Factor]) -> None:
    """Raise :class:`StudyError` where the posterior is among factors of which each moves by itself."""
    if any(found.posterior is not None for found in factors):
        raise StudyError(
            zh="后验分布把全部参数一起抽取，这里却要每个数各自变动：请写 assumptions: all、priors: all 或取值范围。"
            "可按后验分布抽样的有 discover、search 的 robust、sweep 的 sobol 和 latin_hypercube，"
            "以及 sensitivity 的 method: given_data。",
            en="The posterior draws all numbers together, and here each varies by itself: give assumptions: all, "
            "priors: all or ranges. Draws of the posterior are for discover, robust of search, sobol and "
            "latin_hypercube of sweeps, and method: given_data of sensitivity.",
        )


def noted(factors: Iterable[Factor]) -> dict[str, Any]:
    """What a manifest notes of a posterior among them: its draws, what they are worth, what else varies of its numbers.

    Nothing without one.
    """
    known = list(factors)
    for found in known:
        if found.posterior is not None:
            kept = found.posterior
            beside = [each.path for each in known if each.posterior is None and each.path.startswith(PARAMETERS)]
            of_posterior = {
                "draws": len(kept.draws), "effective": kept.effective,
                "fingerprint": kept.manifest.get("fingerprint", ""), "beside": beside,
            }  # fmt: skip
            return {"from_posterior": of_posterior}
    return {}


def units(factors: Sequence[Factor], points: Iterable[Sequence[float]]) -> list[int]:
    """What points of the unit cube have in common: which draw of the posterior each has, or a number of its own."""
    for place, found in enumerate(factors):
        if found.posterior is not None:
            return [found.posterior.place(point[place]) for point in points]
    return [number for number, _ in enumerate(points)]


def paths(factors: Iterable[Factor]) -> list[str]:
    """Dotted paths of all levers that they set, each once."""
    return list(dict.fromkeys(path for found in factors for path in found.paths))


def trials(factors: Sequence[Factor]) -> list[dict[str, Any]]:
    """Draws that between them meet both ends of every range and every value that is stated."""
    stated = max((len(f.values) for f in factors if not f.is_whole), default=0)
    ends = [at(factors, [unit] * len(factors)) for unit in (0.0, 1.0)]
    low = ends[0]
    return ends + [
        low | {f.path: f.values[k] for f in factors if k < len(f.values) and not f.is_whole}
        for k in range(1, stated - 1)
    ]


def at(factors: Sequence[Factor], point: Sequence[float]) -> dict[str, Any]:
    """The levers at a point of the unit cube: dotted path to value. What comes later goes before."""
    levers: dict[str, Any] = {}
    for found, unit in zip(factors, point, strict=True):
        levers |= found.levers(unit)
    return levers
