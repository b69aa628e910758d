"""How calibrated numbers lie in a file: entries, each with its value, unit, prior, evidence and grade.

A *prior* is what is held possible of a number before anything is fitted: a distribution between two bounds beyond
which no value is taken. *Assumed* is an entry with the mark ``assumption``: its evidence, if any, does not settle it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any, Final, Literal, TypeAlias, cast

from pydantic import Field, ValidationError, model_validator

from sim.measure import Strict
from sim.refusal import Refusal

Number: TypeAlias = float | date
Distribution: TypeAlias = Literal["fixed", "uniform", "triangular", "split", "normal", "lognormal"]
Grade: TypeAlias = Literal["A", "B", "C", "D"]
NORMAL: Final = ("normal", "lognormal")  # distributions with a standard deviation
OF_DATES: Final = ("fixed", "uniform")


class ParameterError(Refusal):
    """A parameter file or a change that cannot be used."""


class Prior(Strict):
    """What is held possible of a parameter: a distribution from ``low`` to ``high``, both included.

    ``fixed``: the value and no other, as of rates and days that are set by law; it has neither ``low`` nor ``high`` in
    the file. ``uniform``: even over the range, of dates over its days. ``triangular``: most likely at the value, less
    along straight lines to the bounds. ``split``: half of the draws on either side of the value, even within each, so
    that a range that reaches further up than down does not move the middle. ``normal``: around the value with standard
    deviation ``sd``, cut at the bounds. ``lognormal``: the same of the logarithm.

    Of a table it is the prior of a factor on all its values, around 1. ``value`` is the entry's, not the file's.
    """

    distribution: Distribution
    value: date | float
    low: date | float
    high: date | float
    sd: float | None = Field(None, gt=0)

    @model_validator(mode="before")
    @classmethod
    def _of_one_value(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("distribution") == "fixed":
            if {"low", "high"} & set(given):
                raise ValueError("a fixed prior has neither low nor high")
            return {**given, "low": given["value"], "high": given["value"]}
        return given

    @model_validator(mode="after")
    def _coherent(self) -> Prior:
        is_date = isinstance(self.value, date)
        if not isinstance(self.low, date) == isinstance(self.high, date) == is_date:
            raise ValueError("value, low and high must be of one kind")
        if is_date and self.distribution not in OF_DATES:
            raise ValueError(f"the prior of a date is {' or '.join(OF_DATES)}")
        if not self.low <= self.value <= self.high:  # type: ignore[operator]
            raise ValueError("must have low <= value <= high (low <= 1 <= high for the factor on a table)")
        if self.low == self.high and not self.is_fixed:
            raise ValueError("a prior of one value is fixed")
        if (self.sd is None) == (self.distribution in NORMAL):
            raise ValueError(f"needs sd if it is {' or '.join(NORMAL)}, and only then")
        if self.distribution == "lognormal" and self.low <= 0:  # type: ignore[operator]
            raise ValueError("a lognormal prior lies above 0")
        return self

    @property
    def is_fixed(self) -> bool:
        """Whether no other value is held possible."""
        return self.distribution == "fixed"

    def at(self, unit: float) -> Number:
        """The value that a share ``unit`` of the draws does not exceed (inverse distribution function), 0 to 1."""
        if isinstance(self.low, date):
            days = (cast(date, self.high) - self.low).days
            return self.low + timedelta(days=min(int(unit * (days + 1)), days))
        low, value, high = self.low, cast(float, self.value), cast(float, self.high)
        match self.distribution:
            case "fixed":
                return value
            case "uniform":
                found = low + unit * (high - low)
            case "triangular" if unit * (high - low) < value - low:
                found = low + sqrt(unit * (high - low) * (value - low))
            case "triangular":
                found = high - sqrt((1.0 - unit) * (high - low) * (high - value))
            case "split" if unit < 0.5:
                found = low + 2.0 * unit * (value - low)
            case "split":
                found = value + (2.0 * unit - 1.0) * (high - value)
            case "normal":
                found = _cut_normal(unit, low, value, high, cast(float, self.sd))
            case "lognormal":
                found = exp(_cut_normal(unit, log(low), log(value), log(high), cast(float, self.sd)))
        return min(max(found, low), high)


def _cut_normal(unit: float, low: float, mean: float, high: float, sd: float) -> float:
    """Inverse distribution function of a normal distribution cut at two bounds."""
    normal = NormalDist(mean, sd)
    below, upto = normal.cdf(low), normal.cdf(high)
    share = below + unit * (upto - below)
    return normal.inv_cdf(share) if 0.0 < share < 1.0 else low if share <= 0.0 else high


class Entry(Strict):
    """One parameter: a number, a date, or a table whose values have one prior, of the factor on all of them."""

    value: date | float | dict[Any, Any]
    unit: str = Field(min_length=1)
    prior: Prior
    evidence: tuple[str, ...] = ()  # ids of rows of `calibration/evidence/`
    grade: Grade  # of the value, as `calibration/evidence/README.md` has them
    assumption: str | None = Field(None, min_length=10, description="why this value and this prior")
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _prior_of_the_value(cls, given: Any) -> Any:
        """The entry as given, its prior told the value that it is around."""
        if isinstance(given, dict) and isinstance(given.get("prior"), dict):
            if "value" in given["prior"]:
                raise ValueError("a prior has no value of its own")
            value = given.get("value")
            around = 1.0 if isinstance(value, dict) else value
            return {**given, "prior": {**given["prior"], "value": around}}
        return given

    @model_validator(mode="after")
    def _coherent(self) -> Entry:
        if not self.evidence and self.assumption is None:
            raise ValueError("needs evidence or the mark assumption")
        if isinstance(self.value, dict):
            if not all(isinstance(leaf, int | float | str) for _, leaf in leaves(self.value)):
                raise ValueError("the values of a table must be numbers")
            if self.prior.low < 0:  # type: ignore[operator]
                raise ValueError("a factor on a table is not below 0")
        return self

    @property
    def bounds(self) -> tuple[Number, Number]:
        """Lowest and highest value, or for a table the factors on its values."""
        return self.prior.low, self.prior.high


@cache
def read(path: Path) -> dict[str, Entry]:
    """The entries of a file by path. Read once in the life of a process.

    Raises :class:`ParameterError` with a sentence for each fault.
    """
    from ruamel.yaml.error import YAMLError  # start-up: the command's help reads no parameter

    from sim.yaml_reader import load  # the same

    try:
        content = load(path)
    except OSError as trouble:
        raise ParameterError(zh=f"{path} 无法读取", en=f"{path}: cannot be read ({trouble.strerror})") from None
    except YAMLError as trouble:
        said = " ".join(str(trouble).split())
        raise ParameterError(zh=f"{path} 不是有效的 YAML", en=f"{path}: not readable as YAML ({said})") from None
    entries: dict[str, Entry] = {}
    errors: list[str] = []

    def collect(group: dict[str, Any], prefix: str) -> None:
        for name, content in group.items():
            here = f"{prefix}{name}"
            if not isinstance(content, dict):
                errors.append(f"{here}: needs value, unit, prior, grade and evidence or assumption")
            elif "value" not in content:
                collect(content, f"{here}.")
            else:
                try:
                    entries[here] = Entry.model_validate(content)
                except ValidationError as trouble:
                    errors.extend(
                        f"{'.'.join([here, *map(str, error['loc'])])}: {error['msg'].removeprefix('Value error, ')}"
                        for error in trouble.errors()
                    )

    collect(content if isinstance(content, dict) else {}, "")
    if errors:
        said = "\n".join(f"{path}: {error}" for error in errors)
        raise ParameterError(zh=said, en=said)
    return entries


def leaves(table: dict[Any, Any], above: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of a nested table with its keys; lists of words are not values."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        elif not isinstance(value, list):
            yield (*above, key), value
