"""How calibrated numbers lie in a file: entries, each with its value, unit, prior, evidence and grade.

A *prior* is what is held possible of a number before anything is fitted: a distribution between two bounds beyond
which no value is taken. *Assumed* is an entry with the mark ``assumption``: its evidence, if any, does not settle it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, cast

from pydantic import Field, ValidationError, model_validator

from sim.allowed import instead
from sim.measure import Strict
from sim.refusal import Language, Refusal, nearest, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Number: TypeAlias = float | date
Distribution: TypeAlias = Literal["fixed", "uniform", "triangular", "split", "normal", "lognormal"]
Grade: TypeAlias = Literal["A", "B", "C", "D"]
NORMAL: Final = ("normal", "lognormal")  # distributions with a standard deviation
DEFAULT: Final = "default"  # key of a table that stands for every sector or size without its own
OF_AN_ENTRY: Final = {"value", "unit", "prior", "grade"}  # by which a table is an entry and no group of them
OF_DATES: Final = ("fixed", "uniform")
NUMBER_AS_TEXT: Final = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")


class ParameterError(Refusal):
    """A parameter file or a change that cannot be used."""


class Fault(NamedTuple):
    """What is wrong at a place of a parameter file, said in both languages, and what was probably meant."""

    at: tuple[object, ...]
    zh: str
    en: str
    meant: object = None

    def sentence(self, path: Path, language: Language) -> str:
        """The fault as one sentence, with file, line and field."""
        from sim.yaml_reader import line  # start-up: the command's help reads no parameter

        where = f"{path}:{line(path, self.at)}: {'.'.join(map(str, self.at))}"
        if language == "zh":
            return f"{where}：{self.zh}" + ("" if self.meant is None else f"；是否想写 {self.meant}？")
        return f"{where}: {self.en}" + ("" if self.meant is None else f"; did you mean {self.meant}?")


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
                raise Refusal(zh="fixed 的先验没有 low 和 high", en="a fixed prior has neither low nor high")
            return {**given, "low": given["value"], "high": given["value"]}
        return given

    @model_validator(mode="after")
    def _coherent(self) -> Prior:
        is_date = isinstance(self.value, date)
        if not isinstance(self.low, date) == isinstance(self.high, date) == is_date:
            raise Refusal(zh="value、low、high 应为同一类", en="value, low and high must be of one kind")
        if is_date and self.distribution not in OF_DATES:
            raise Refusal(
                zh=f"日期的先验为 {' 或 '.join(OF_DATES)}", en=f"the prior of a date is {' or '.join(OF_DATES)}"
            )
        if not self.low <= self.value <= self.high:  # type: ignore[operator]
            raise Refusal(
                zh="应有 low <= value <= high（表的倍数为 low <= 1 <= high）",
                en="must have low <= value <= high (low <= 1 <= high for the factor on a table)",
            )
        if self.low == self.high and not self.is_fixed:
            raise Refusal(zh="只有一个值的先验应写 fixed", en="a prior of one value is fixed")
        if (self.sd is None) == (self.distribution in NORMAL):
            raise Refusal(
                zh=f"{' 或 '.join(NORMAL)} 须写 sd，其他不写",
                en=f"needs sd if it is {' or '.join(NORMAL)}, and only then",
            )
        if self.distribution == "lognormal" and self.low <= 0:  # type: ignore[operator]
            raise Refusal(zh="lognormal 的先验应大于 0", en="a lognormal prior lies above 0")
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
                raise Refusal(zh="先验没有自己的 value", en="a prior has no value of its own")
            value = given.get("value")
            around = 1.0 if isinstance(value, dict) else value
            return {**given, "prior": {**given["prior"], "value": around}}
        return given

    @model_validator(mode="after")
    def _coherent(self) -> Entry:
        if not self.evidence and self.assumption is None:
            raise Refusal(zh="须写 evidence 或 assumption", en="needs evidence or the mark assumption")
        if isinstance(self.value, dict):
            if not all(isinstance(leaf, int | float | str) for _, leaf in leaves(self.value)):
                raise Refusal(zh="表中各值应为数", en="the values of a table must be numbers")
            if self.prior.low < 0:  # type: ignore[operator]
                raise Refusal(zh="表的倍数不小于 0", en="a factor on a table is not below 0")
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
    faults: list[Fault] = []

    def collect(group: dict[str, Any], above: tuple[str, ...]) -> None:
        for name, content in group.items():
            here = (*above, str(name))
            if not isinstance(content, dict):
                needed = "needs value, unit, prior, grade and evidence or assumption"
                faults.append(Fault(here, "须有 value、unit、prior、grade 及 evidence 或 assumption", needed))
            elif not OF_AN_ENTRY & content.keys():
                collect(content, here)
            else:
                try:
                    entries[".".join(here)] = Entry.model_validate(content)
                except ValidationError as trouble:
                    faults.extend(_faults(here, content, trouble))

    collect(content if isinstance(content, dict) else {}, ())
    if faults:
        raise ParameterError(
            zh="\n".join(fault.sentence(path, "zh") for fault in faults),
            en="\n".join(fault.sentence(path, "en") for fault in faults),
        )
    return entries


def _faults(entry: tuple[str, ...], content: Mapping[str, Any], trouble: ValidationError) -> Iterator[Fault]:
    """What is wrong with an entry, once a field; a field that another was probably meant for is not missed too."""
    meant_for: set[tuple[str, ...]] = set()
    by_field: dict[tuple[str, ...], list[ErrorDetails]] = {}
    for error in trouble.errors(include_url=False):
        field = tuple(str(part) for part in error["loc"][:2] if str(part) in (*Entry.model_fields, *Prior.model_fields))
        if error["type"] == "extra_forbidden":
            names = Prior.model_fields if field else Entry.model_fields
            meant_for.add((*field, nearest(error["loc"][-1], names) or ""))
            field = (*field, str(error["loc"][-1]))
        is_given = len(field) < 2 or field[1] in content["prior"]  # else it is the entry's value, and told there
        if is_given or error["type"] == "missing":
            by_field.setdefault(field, []).append(error)
    for field, errors in by_field.items():
        kind, found, refused = errors[0]["type"], errors[0]["input"], errors[0].get("ctx", {}).get("error")
        at = (*entry, *field)
        if isinstance(refused, Refusal):
            yield Fault(at, refused.zh, refused.en)
        elif kind == "missing":
            if field not in meant_for:
                yield Fault(at, "缺少这一项", "is missing")
        elif kind == "extra_forbidden":
            names = Prior.model_fields if field[:-1] else Entry.model_fields
            yield Fault(at, "没有这一项", "there is no such entry", nearest(field[-1], names))
        else:
            zh, en = instead(errors)
            written = f'"{found}"' if isinstance(found, str) else shown(found)
            meant = found if isinstance(found, str) and NUMBER_AS_TEXT.fullmatch(found) else None
            yield Fault(at, f"写的是 {written}；应为{zh}", f"found {written}; allowed: {en}", meant)


def leaves(table: dict[Any, Any], above: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of a nested table with its keys; lists of words are not values."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        elif not isinstance(value, list):
            yield (*above, key), value
