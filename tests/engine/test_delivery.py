"""What delivery shows: who is reached does not hang on who else asks, and what each kind of staff moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import pytest

from sim.engine import Run, Wanted, simulate
from sim.measure import DECIDED_UPON, Words
from sim.observe.inside import Inside
from sim.observe.tables import Result
from sim.parameters import load as load_parameters
from sim.scenario import load
from sim.vocabulary import FLAGS, TICKETS, bit
from tests.invariants.watching import peopled

pytestmark = pytest.mark.xdist_group("delivery")

TITLE: Final = Words(zh="试验", en="Test")
ROWS: Final = 5_000
STATIONS: Final = ["applied", "decided", "refused", "withdrawn"]


@cache
def with_measures(*ids: str) -> Result:
    """The world with some of the plan's measures."""
    return simulate(load("full_plan").with_measures(ids, name="some", title=TITLE), firms=ROWS, fates=True)


def test_the_rent_waiver_reaches_the_same_tenants_alone_and_beside_private_bargaining():
    """II.1.d has no office, so nobody's landlord is kept from his tenants (before, three in four were)."""
    waivers = ("rent_waiver", "rent_waiver_listed")
    alone, beside = with_measures(*waivers), with_measures(*waivers, "rent_shared_by_landlords")
    ways = [
        one.delivery[one.delivery["measure"].isin(waivers) & one.delivery["station"].isin(STATIONS)]
        .groupby(["measure", "month", "station"])["firms"]
        .sum()
        for one in (alone, beside)
    ]
    until_february = ways[0].index.get_level_values("month") < "2023-03"
    assert len(ways[0]) > 20
    assert (ways[0][until_february] == ways[1].reindex(ways[0].index)[until_february]).all()


def test_nothing_filed_in_time_is_refused_for_an_end():
    """With nobody refused by chance, and funds without limit, whoever files is granted, withdraws, leaves or waits."""
    plan = load("full_plan")
    sure = [
        one.model_copy(update={"delivery": one.delivery.model_copy(update={"refusal_share": 0.0}), "fund": None})
        for one in plan.measures
        if one.delivery.way in DECIDED_UPON
    ]
    run = simulate(replace(plan, measures=tuple(sure)), firms=ROWS)
    counted = run.delivery.groupby(["measure", "station"])["firms"].sum().unstack(fill_value=0)
    assert "refused" not in counted or not counted["refused"].any()
    after = run.delivery[(run.delivery["station"] == "decided") & (run.delivery["month"] >= "2023-01")]
    ended = {one.id for one in sure if one.end == date(2022, 12, 31)}
    assert set(after["measure"]) & ended, "some are decided after the end"


@cache
def back_within_two_weeks(without: str = "", counters: float = 0.5, supervisors: float = 1) -> dict[str, float]:
    """Share of firms at work 14 days after they were freed, key firms and others; every second row is on the list.

    ``without``: a lever of the plan that is set to 0.
    """
    levers = {
        "parameters.restart.problems_per_officer_day": 1.5, "parameters.restart.counter_problems_per_day": counters,
        "parameters.restart.supervised_per_day": 0.5, "parameters.restart.placed_per_month": 0.4,
        "parameters.restart.slots_per_day": 12.0, "parameters.restart.passes_per_day": 12.0,
        "problems_closed.deadline_days": 3, "problems_closed.supervision_capacity": supervisors,
    }  # fmt: skip
    scenario = load("full_plan", levers | ({without: 0} if without else {}))
    people = peopled(scenario, ROWS, seed=1, scale=1.0)
    people.firms.flags[::2] |= np.uint16(bit(FLAGS, "key_firm"))
    parameters = load_parameters(changed=scenario.parameter_changes)
    run = Run(scenario, parameters, people, 1, Wanted(inside=Inside(stops=True)))
    run.live(lambda share: None)
    stops = run.result().stops.dropna(subset=["freed_on"])
    listed = dict(
        zip(people.firms.key.tolist(), (people.firms.flags & bit(FLAGS, "key_firm") > 0).tolist(), strict=True)
    )
    is_key = stops["firm"].map(listed).to_numpy(bool)
    back = ((stops["working_on"] - stops["freed_on"]).dt.days <= 14).to_numpy()
    weight = stops["entities"].to_numpy(float)
    return {
        name: float(np.average(back[rows], weights=weight[rows]))
        for name, rows in (("key", is_key), ("other", ~is_key))
    }


def test_officers_move_the_curve_of_key_firms_and_hardly_that_of_others():
    plan, without = back_within_two_weeks(), back_within_two_weeks("liaison_officers.liaison_capacity")
    assert plan["key"] - without["key"] > 0.02, (plan, without)
    assert abs(plan["other"] - without["other"]) < (plan["key"] - without["key"]) / 4, (plan, without)


def test_without_supervisors_fewer_are_back():
    """Where counters come to a tenth of what they come to in the plan, so that much is overdue."""
    plan, without = (back_within_two_weeks(counters=0.05, supervisors=some) for some in (50, 0))
    assert plan["other"] > without["other"], (plan, without)


def test_every_problem_names_how_it_ended():
    """Handed in is solved, refused a loan, gone, or still waiting; of each kind, over the horizon."""
    requests = with_measures("liaison_officers", "problems_closed").requests
    for kind in TICKETS:
        of_kind = requests[requests["kind"] == kind]
        counted = of_kind[of_kind["station"] != "queued"].groupby("station")["firms"].sum()
        waiting = of_kind[(of_kind["station"] == "queued") & (of_kind["month"] == "2023-12")]["firms"].sum()
        ended = sum(counted.get(station, 0) for station in ("decided", "refused", "withdrawn"))
        assert counted.get("applied", 0) == ended + waiting, kind
