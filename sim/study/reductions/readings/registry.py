"""How a function becomes a reading: its name, what it may be given, and what it needs to see of a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args, get_type_hints

from pydantic import create_model, model_validator

from sim.measure import Strict
from sim.refusal import Refusal

if TYPE_CHECKING:
    from sim.observe.tables import Result

START: Final = "start"  # stands for the first day of the horizon among the days that a reading looks at
Function = Callable[..., float]


class ReadingSpec(NamedTuple):
    """One number that is wanted of a run: for which target, by which reading, and its arguments as JSON."""

    target: str
    name: str
    arguments: str


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
        hints = get_type_hints(self.function, include_extras=True)
        _, *parameters = inspect.signature(self.function).parameters.values()
        fields: dict[str, Any] = {}
        for one in parameters:
            if one.kind is inspect.Parameter.VAR_KEYWORD:  # keywords of a `TypedDict`, each of which may be left out
                (group,) = get_args(hints[one.name])
                fields |= {name: (kind | None, None) for name, kind in get_type_hints(group).items()}
            else:
                fields[one.name] = hints[one.name], ... if one.default is inspect.Parameter.empty else one.default
        return create_model(self.name, __base__=Strict, __validators__={"some": self._some()}, **fields)

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

    def dates(self, spec: ReadingSpec, start: date) -> list[date]:
        """Days on which it looks at the firms of a run that starts on a day."""
        given = self.given(spec)
        return [start if name == START else given[name] for name in self.days]

    def given(self, spec: ReadingSpec) -> dict[str, Any]:
        """The arguments of a spec, typed."""
        model = self.arguments.model_validate_json(spec.arguments)
        return {name: getattr(model, name) for name in type(model).model_fields if getattr(model, name) is not None}

    def take(self, result: Result, spec: ReadingSpec) -> float:
        """The number; missing where nobody is in its denominator."""
        return float(self.function(result, **self.given(spec)))


READINGS: Final[dict[str, Reading]] = {}


def reading(
    *, days: Iterable[str] = (), needs_stops: bool = False, one_of: Iterable[str] = ()
) -> Callable[[Function], Function]:
    """Register a function of a run and keyword arguments as a reading under its own name."""

    def register(function: Function) -> Function:
        READINGS[function.__name__] = Reading(function, tuple(days), needs_stops, tuple(one_of))
        return function

    return register
