"""Every file in `sim/instruments/` is an instrument: it has what the protocol asks for, under the same signatures."""

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import sim.instruments
from sim.institutions.rules import Rules
from sim.instruments import Instrument, instruments
from sim.measure import InstrumentValues

FILES = sorted(path.stem for path in Path(sim.instruments.__file__).parent.glob("*.py") if path.stem != "__init__")
DEFERRED = {"Rules": Rules, "InstrumentValues": InstrumentValues}  # names that only type checkers import there


def asked(function: Callable[..., Any]) -> dict[str, Any]:
    """Names and types of the parameters of a function of the protocol, and what it returns."""
    hints = get_type_hints(function, localns=DEFERRED)
    return {name: hints[name] for name in (*list(signature(function).parameters)[1:], "return")}


def test_every_file_is_found_by_its_name_and_nothing_else_is() -> None:
    assert list(instruments()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_what_the_protocol_asks_for(name: str) -> None:
    module = instruments()[name]
    assert isinstance(module, Instrument)
    assert issubclass(module.Values, InstrumentValues)
    for function in ("prepare", "act"):
        expected = asked(getattr(Instrument, function)) | {"values": module.Values}
        has = getattr(module, function)
        assert list(signature(has).parameters) == [*expected][:-1]
        assert get_type_hints(has) == expected


@pytest.mark.parametrize("name", FILES)
def test_what_gives_reaches_firms_and_only_what_gives_pays(name: str) -> None:
    values = instruments()[name].Values
    assert values.reaches_firms or not values.gives
    assert values.gives or not values.pays_at_once
