"""Every file in `sim/instruments/` is an instrument; mypy compares the signatures."""

from pathlib import Path

import pytest

import sim.instruments
from sim.instruments import Instrument, instruments
from sim.measure import Strict

FILES = sorted(path.stem for path in Path(sim.instruments.__file__).parent.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_an_instrument_that_measures_can_name(name: str) -> None:
    assert name in instruments(), "sim/instruments/__init__.py lists the instruments that there are"
    assert isinstance(instruments()[name], Instrument)
    assert issubclass(instruments()[name].Values, Strict)


def test_there_are_no_others() -> None:
    assert list(instruments()) == FILES
