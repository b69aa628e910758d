"""How a function becomes a reading: its name, what it may be given, and what it needs to see of a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_type_hints

from pydantic import Field, create_model, model_validator

from sim.measure import Strict
from sim.refusal import Refusal

if TYPE_CHECKING:
    from sim.observe.tables import Result

START: Final = "start"  # stands for the first day of the horizon among the days that a reading looks at
Function = Callable[..., float]
Arguments = Mapping[str, Any]


class ReadingSpec(NamedTuple):
    """One number that is wanted of a run: for which target, by which reading, and its arguments as JSON."""

    target: str
    name: str
    arguments: str


class Needs(NamedTuple):
    """What a reading needs to see of a run: on which days its firms, and whether their stops."""

    days: frozenset[date]
    stops: bool


class Nested(Strict):
    """Another reading as an argument of a reading; what it may be given stands in it beside its name."""

    name: str


@dataclass(frozen=True)
class Reading:
    """A function of what a run leaves.

    ``days``: names of its arguments that are days on which it looks at the firms, or ``START``; ``needs_stops``:
    whether it reads the stops of firms; ``one_of``: arguments of which at least one is to be given.
    """

    function: Function
    days: tuple[str, ...] = ()
    needs_stops: bool = False
    one_of: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name, that of the function."""
        return self.function.__name__

    @cached_property
    def arguments(self) -> type[Strict]:
        """What it may be given, as a file writes it: the function's signature without the run."""
        hints = self._hints()
        fields: dict[str, Any] = {}
        for one in self._parameters():
            if one.kind is inspect.Parameter.VAR_KEYWORD:  # keywords of a `TypedDict`, each of which may be left out
                (group,) = get_args(hints[one.name])
                fields |= {
                    name: (kind | None, None) for name, kind in get_type_hints(group, include_extras=True).items()
                }
            else:
                kind = _any_reading() if hints[one.name] is Nested else hints[one.name]
                fields[one.name] = kind, ... if one.default is inspect.Parameter.empty else one.default
        return create_model(self.name, __base__=Strict, __validators__={"some": self._some()}, **fields)

    def _parameters(self) -> list[inspect.Parameter]:
        _, *parameters = inspect.signature(self.function).parameters.values()
        return parameters

    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    @property
    def holds_others(self) -> bool:
        """Whether other readings are among its arguments."""
        return Nested in self._hints().values()

    def _some(self) -> Any:
        def some(found: Strict) -> Strict:
            if self.one_of and all(getattr(found, name) is None for name in self.one_of):
                raise Refusal(
                    zh=f"{self.name} 至少要有 {'、'.join(self.one_of)} 之一",
                    en=f"{self.name} takes at least one of {', '.join(self.one_of)}",
                )
            return found

        return model_validator(mode="after")(some)

    def spec(self, target: str, arguments: Strict) -> ReadingSpec:
        """The reading with arguments that it was found to take."""
        return ReadingSpec(target, self.name, arguments.model_dump_json(exclude_defaults=True))

    def needs(self, given: Arguments, start: date) -> Needs:
        """What it needs to see of a run that starts on a day."""
        found = [Needs(frozenset(start if name == START else given[name] for name in self.days), self.needs_stops)]
        nested_ones = [value for value in given.values() if isinstance(value, Strict) and hasattr(value, "name")]
        found += [needs(value, start) for value in nested_ones]
        return Needs(frozenset().union(*(one.days for one in found)), any(one.stops for one in found))

    def given(self, spec: ReadingSpec) -> dict[str, Any]:
        """The arguments of a spec, typed."""
        return stated(self.arguments.model_validate_json(spec.arguments))


READINGS: Final[dict[str, Reading]] = {}


def reading(
    *, days: Iterable[str] = (), needs_stops: bool = False, one_of: Iterable[str] = ()
) -> Callable[[Function], Function]:
    """Register a function of a run and keyword arguments as a reading under its own name."""

    def register(function: Function) -> Function:
        READINGS[function.__name__] = Reading(function, tuple(days), needs_stops, tuple(one_of))
        return function

    return register


def stated(model: Strict) -> dict[str, Any]:
    """What was given, typed, by name; what was left out and has no value of its own is left out."""
    found = {name: getattr(model, name) for name in type(model).model_fields}
    return {name: value for name, value in found.items() if value is not None}


def nested(reading: Nested) -> tuple[Reading, dict[str, Any]]:
    """A reading that is an argument of another, and its own arguments."""
    given = stated(reading)
    return READINGS[given.pop("name")], given


def needs(reading: Any, start: date) -> Needs:
    """What a reading that is an argument of another needs to see of a run that starts on a day."""
    one, given = nested(reading)
    return one.needs(given, start)


def take(result: Result, spec: ReadingSpec) -> float:
    """A number of a run; missing where nobody is in its denominator."""
    one = READINGS[spec.name]
    return float(one.function(result, **one.given(spec)))


def _any_reading() -> Any:
    """Any reading that holds no other, told by its name."""
    models = []
    for name, one in READINGS.items():
        if not one.holds_others:
            own_name: Any = Literal[name], ...
            models.append(create_model(name, __base__=one.arguments, name=own_name))
    return Annotated[Union[tuple(models)], Field(discriminator="name")]  # noqa: UP007 - of types that are made here
