"""The bills that a relief or a deferral is about."""

from datetime import date

import pytest

from sim.institutions.rules import Rules
from sim.instruments import instruments
from sim.measure import Measure
from sim.population.counties import counties
from sim.scenario import load
from sim.timeline import Timeline
from sim.vocabulary import FLOWS, bit

DAYS = {"until": date(2022, 6, 30), "repay_from": date(2022, 7, 1)}


@pytest.mark.parametrize(("instrument", "more"), [("relief", {}), ("deferral", DAYS)])
@pytest.mark.parametrize(
    "flows", [("interest",), ("interest", "rent"), ("interest", "interest"), ("rent", "rent", "rent")]
)
def test_a_bill_that_is_named_twice_is_that_bill_and_no_other(
    instrument: str, more: dict[str, date], flows: tuple[str, ...]
) -> None:
    module = instruments()[instrument]
    values = module.Values.model_validate({"flows": flows, "share": 0.5, **more})
    plain = load("full_plan").measures[0].model_dump()
    measure = Measure.model_validate({**plain, "instrument": instrument, "eligible": {}, "delivery": {}, "values": {}})
    rules = Rules((measure,), Timeline(date(2022, 1, 1), date(2022, 12, 31)), counties(), seed=1)
    module.prepare(values, 0, rules)
    assert {flow for flow in FLOWS if int(rules.terms.flows[0]) & bit(FLOWS, flow)} == set(flows)
