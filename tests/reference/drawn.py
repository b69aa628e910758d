"""Scenarios that nobody wrote: worlds, measures and figures drawn by Hypothesis within the bounds of the schema."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sim.classification import province
from sim.instruments import instruments
from sim.measure import DECIDED_UPON, Delivery, Measure
from sim.observe.outcomes import OUTCOMES
from sim.parameters import load as load_parameters
from sim.population.counties import counties
from sim.reaction import WATCHES, Reaction
from sim.scenario import Scenario, load
from sim.scenario.reactions import dated_values
from sim.scenario.schema import Fund
from sim.vocabulary import (
    ACTIONS,
    AGENCIES,
    FACTS,
    FLAGS,
    LANDLORDS,
    PARTIES,
    SECTOR_GROUPS,
    SECTORS,
    SIZES,
)
from sim.world.spec import WorldSpec

WORDS = {"zh": "", "en": ""}
MOST = {"number": 4.0, "integer": 40}  # of what has a far upper bound, so that some of everything happens
MOST_YUAN = 1e6
OWN = ("a", "b", "c", "d", "e", "f", "g", "h")  # ids of measures drawn from scratch
# Contracts, orders, those out of work, debts to firms, what freed firms lack.
MARKETS = ("procurement.", "neighbours.", "labour.", "staff.", "receivables.", "restart.")
SMALL_LOTS = {  # few rows win few contracts: lots that small firms hold, prepaid and lent against
    "procurement.lot_yuan": (0.4, 0.6),
    "procurement.capacity": (1.5, 2.0),
    "procurement.large_bidder_share": (0.1, 0.5),
    "procurement.consortium_share": (0.1, 0.3),
    "procurement.prepayment_share": (0.0, 0.5),
    "procurement.finance_share": (0.0, 0.7),
    "procurement.working_capital_months": (1.0, 3.0),
}
FAILING = {  # firms that let people go and end with debts
    "firm.patience_months_min": (1.0, 2.0),
    "firm.patience_beyond_min_months": (1.0, 2.0),
    "firm.distress_months": (1.5, 2.0),
    "suppliers.credit_share": (0.5, 0.6),
    "staff.dismissed_when_short_per_month": (0.4, 0.6),
}
HELPED = {  # firms that lack something for long, and staff that is enough for some of them; cases that wait for long
    "restart.incidence": (1.0, 1.8),
    "restart.mean_days": (1.0, 2.0),
    "restart.placed_per_month": (0.02, 0.4),
    "restart.slots_per_day": (0.3, 12.0),
    "restart.passes_per_day": (0.3, 12.0),
    "restart.counter_problems_per_day": (0.5, 5.0),
    "restart.supervised_per_day": (0.05, 0.5),
    "delivery.patience_days": (60.0, 90.0),
    "delivery.complaint_share": (0.1, 0.3),
    "delivery.capacity": (0.3, 3.0),
}
OWED = {  # debts of all kinds, and large firms that can find little or much for them
    "receivables.disputed_share": (0.01, 0.3),
    "receivables.difficult_share": (0.1, 0.45),
    "receivables.large_firms_extra_share": (0.0, 0.3),
}
GUARANTEED = {  # firms that banks refuse, with guarantors who have room for few or for many of them
    "credit.base": (0.1, 0.3),
    "credit.guaranteed_share": (0.2, 0.25),
    "credit.guarantee_limit": (0.04, 0.3),
    "credit.asset_turnover": (0.5, 2.0),
    "credit.growth_per_year": (0.3, 0.494),
}
UNTOUCHED = ("population.registered_entities", "population.active_share")  # how many entities there are


def some(names: tuple[str, ...], most: int = 3) -> SearchStrategy[tuple[str, ...]]:
    """A few of these names."""
    return st.lists(st.sampled_from(names), min_size=1, max_size=most, unique=True).map(tuple)


def a_figure(schema: dict[str, Any]) -> SearchStrategy[Any]:
    """A number within its bounds, often one of the bounds, 0 or 1."""
    least = schema.get("minimum", 0)
    most = schema.get("maximum", 1_000_000)
    corners = [corner for corner in (least, 0, 1, most) if least <= corner <= min(most, 1000)]
    if schema["type"] == "integer":
        return st.one_of(st.integers(least, min(most, MOST["integer"])), st.sampled_from(corners))
    upper = MOST_YUAN if most > MOST_YUAN else min(most, MOST["number"])
    return st.one_of(st.floats(least, upper, allow_subnormal=False), st.sampled_from(corners))


def a_value(schema: dict[str, Any], days: SearchStrategy[date]) -> SearchStrategy[Any]:
    """A value of an instrument, as its JSON Schema describes it."""
    if "anyOf" in schema:
        return st.one_of([a_value(choice, days) for choice in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "null":
        return st.none()
    if schema["type"] == "boolean":
        return st.booleans()
    if schema["type"] == "array" and "enum" in schema["items"]:
        return some(tuple(schema["items"]["enum"]))
    if schema["type"] == "array":
        return st.one_of(st.just(()), some((*ACTIONS, *OWN)))
    if schema["type"] == "object":
        return st.dictionaries(days, a_figure(schema["additionalProperties"]), min_size=1, max_size=3)
    if schema["type"] == "string" and schema.get("format") == "date":
        return days
    if schema["type"] == "string":
        return st.sampled_from(OWN)
    return a_figure(schema)


@st.composite
def an_eligibility(draw: DrawFn) -> dict[str, Any]:
    """Who qualifies: mostly many."""
    places = counties()
    chosen: dict[str, SearchStrategy[Any]] = {
        "sectors": some((*SECTORS, *SECTOR_GROUPS), 6),
        "sizes": some(SIZES, 4),
        "prefectures": some(places.prefecture_code, 12),
        "counties": some(places.code, 40),
        "landlords": some(LANDLORDS),
        "flags": some(FLAGS, 1),
        "facts": some(FACTS, 2),
    }
    return {name: draw(what) for name, what in chosen.items() if draw(st.integers(0, 7)) == 0}


@st.composite
def a_delivery(draw: DrawFn, ways: tuple[str, ...]) -> dict[str, Any]:
    """How a measure reaches firms, by desks that can handle few cases or many, or with a handler for each."""
    cases = st.one_of(st.sampled_from((5.0, 50.0, 500.0, 10_000.0)), st.floats(1.0, 5000.0))
    return {
        "way": draw(st.sampled_from(ways)),
        "agency": draw(st.one_of(st.none(), *[st.sampled_from(AGENCIES)] * 3)),
        "processing_days": draw(st.integers(0, 30)),
        "capacity": draw(st.one_of(st.none(), cases, cases)),
        "take_up": draw(st.one_of(st.none(), st.floats(0, 1), st.just(1.0))),
        "refusal_share": draw(st.sampled_from((0.0, 0.1, 0.5))),
        "list_first": draw(st.booleans()),
    }


@st.composite
def a_service_for_the_freed(draw: DrawFn, world: WorldSpec) -> Measure:
    """Officers, counters and supervisors, some of them or all."""
    days = st.dates(world.start, world.end)
    staff = st.one_of(
        st.none(), st.dictionaries(days, st.sampled_from((0.0, 1.0, 10.0, 100.0)), min_size=1, max_size=2)
    )
    always = st.sampled_from((1.0, 10.0, 100.0))
    names = ("liaison_capacity", "counter_capacity", "supervision_capacity")
    values = {name: draw(st.one_of(staff, always, always)) for name in names}
    values["evaluation"] = draw(st.booleans())
    values["deadline_days"] = draw(st.one_of(st.none(), *[st.sampled_from((1, 3, 10, 40))] * 3))
    return Measure.model_validate(
        {
            "id": "service_for_the_freed",
            "title": WORDS,
            "clauses": (),
            "action": "resumption",
            "section": "I.1",
            "instrument": "service",
            "start": world.start,
            "values": instruments()["service"].Values.model_validate(values),
        }
    )


@st.composite
def delivered_otherwise(draw: DrawFn, measure: Measure) -> Measure:
    """A measure of the plan, on whose cases others decide."""
    if measure.delivery.way not in DECIDED_UPON or draw(st.booleans()):
        return measure
    return measure.model_copy(update={"delivery": Delivery.model_validate(draw(a_delivery(DECIDED_UPON)))})


@st.composite
def a_measure(draw: DrawFn, id_: str, world: WorldSpec, funds: list[str]) -> Measure:
    """A measure of any instrument."""
    days = st.dates(world.start - timedelta(days=40), world.end + timedelta(days=40))
    name = draw(st.sampled_from((*sorted(instruments()), "collection", "procurement")))
    model = instruments()[name].Values
    schema = model.model_json_schema()["properties"]
    values = {key: draw(a_value(what, days)) for key, what in schema.items()}
    if values.get("per") in ("sales", "rent", "utilities"):
        values["amount_yuan"] = draw(st.floats(0, 2))  # yuan for each yuan of it
    if values.get("tops_up") == id_:
        values["tops_up"] = None
    start = draw(st.one_of(st.just(world.start), days))
    end = draw(st.one_of(st.none(), days.filter(lambda day: day >= start)))
    if name == "relief":
        values["paid_since"] = None
        if draw(st.booleans()):  # of rent that may have been paid already
            since = draw(st.dates(start - timedelta(days=150), start + timedelta(days=20)))
            values |= {"flows": ("rent", "interest"), "months": draw(st.integers(1, 9)), "paid_since": since}
    announced = draw(st.one_of(st.none(), st.dates(start - timedelta(days=90), start)))
    withdrawn = draw(st.one_of(st.none(), st.none(), st.dates(announced or start, world.end + timedelta(days=40))))
    shared = draw(st.floats(0, 1))
    parties = draw(st.lists(st.sampled_from(PARTIES), min_size=2, max_size=2, unique=True))
    return Measure.model_validate(
        {
            "id": id_,
            "title": WORDS,
            "clauses": (),
            "action": draw(st.sampled_from(ACTIONS)),
            "section": "I.1",
            "instrument": name,
            "eligible": draw(an_eligibility()),
            "delivery": draw(a_delivery(("automatic", "application", "application", "by_list", "negotiated", "none"))),
            "start": start,
            "end": end,
            "announced": announced,
            "withdrawn": withdrawn,
            "fund": draw(st.one_of(st.none(), st.sampled_from(funds))),
            "bearer": draw(st.sampled_from((parties[0], {parties[0]: shared, parties[1]: 1.0 - shared}))),
            "values": model.model_validate(values),
        }
    )


@st.composite
def a_world(draw: DrawFn) -> WorldSpec:
    """A horizon of some months, with outbreaks of its own."""
    start = draw(st.dates(date(2022, 1, 1), date(2023, 6, 1)))
    if draw(st.booleans()):
        start = start.replace(day=1)
    end = start + timedelta(days=draw(st.integers(20, 330)))
    days = st.dates(start, end)
    listings = []
    for _ in range(draw(st.integers(0, 4))):
        first, last = sorted((draw(days), draw(days)))
        last = min(last, first + timedelta(days=draw(st.integers(0, 90))))
        prefecture = st.sampled_from(counties().prefecture_code).map(lambda code: {"prefecture": code})
        area = draw(st.one_of(st.just({"province": province().code}), prefecture))
        places = {"high_places": draw(st.integers(1, 60)), "medium_places": draw(st.integers(0, 60))}
        listings.append({**area, "from": first, "to": last, **places})
    demand = {}
    if draw(st.booleans()):
        demand[draw(st.sampled_from(SECTORS))] = {draw(days): draw(st.floats(0, 3))}
    stops = []
    for _ in range(draw(st.integers(0, 3))):
        area = draw(st.one_of(st.just({}), st.sampled_from(counties().code).map(lambda code: {"county": code})))
        sectors = draw(st.lists(st.sampled_from((*SECTORS, *SECTOR_GROUPS)), max_size=3, unique=True))
        sizes = draw(st.lists(st.sampled_from(SIZES), max_size=2, unique=True))
        closed = draw(st.dictionaries(days, st.floats(0, 1), min_size=1, max_size=4))
        stops.append({**area, "sectors": sectors, "sizes": sizes, "closed": closed})
    outsiders, away = {}, {}
    if draw(st.booleans()):
        outsiders = draw(st.dictionaries(st.sampled_from(SECTORS), st.floats(0, 1), min_size=1, max_size=8))
        away = draw(st.dictionaries(days, st.floats(0, 1), min_size=1, max_size=4))
    return WorldSpec.model_validate(
        {
            "start": start,
            "end": end,
            "outbreak": draw(st.sampled_from(("real", "none"))),
            "outbreak_factor": draw(st.sampled_from((1.0, 0.0, 5.0, 40.0))),
            "logistics_factor": draw(st.sampled_from((1.0, 0.0, 3.0))),
            "wave_factor": draw(st.sampled_from((1.0, 0.0, 2.0))),
            "listings": listings,
            "stops": stops,
            "staff_from_elsewhere": outsiders,
            "staff_away": away,
            "demand": demand,
        }
    )


@st.composite
def a_fund(draw: DrawFn, id_: str, world: WorldSpec) -> Fund:
    """Money set aside."""
    days = st.dates(world.start - timedelta(days=40), world.end)
    return Fund.model_validate(
        {
            "id": id_,
            "title": WORDS,
            "level": draw(st.sampled_from(("province", "prefecture"))),
            "bearer": draw(st.sampled_from(PARTIES)),
            "amount_yuan": draw(st.dictionaries(days, st.floats(0, 1e10), min_size=1, max_size=3)),
            "when_dry": draw(st.sampled_from(("refuse", "wait"))),
        }
    )


@st.composite
def a_reaction(draw: DrawFn, id_: str, measures: list[Measure], funds: list[Fund]) -> Reaction:
    """Any condition, and any of what follows from it, for these measures and funds."""
    watch = draw(st.sampled_from(sorted(WATCHES)))
    place = draw(st.sampled_from(("province", "prefecture")))
    levels = {fund.id: fund.level for fund in funds}
    watched = draw(st.sampled_from([name for name in levels if place == "province" or levels[name] == place] or ["x"]))
    if watch == "fund_left" and place != "province" and levels[watched] == "province":
        place = "province"
    ids = [measure.id for measure in measures]
    named = st.lists(st.sampled_from(ids), max_size=6, unique=True)
    begin = tuple(sorted(draw(named)))
    end = tuple(sorted({*draw(named)} - {*begin}))
    values = {}
    if place == "province":
        paths = [f"{measure.id}.{name}" for measure in measures for name in dated_values(measure)]
        for path in draw(st.lists(st.sampled_from(paths), max_size=4, unique=True)) if paths else []:
            values[path] = draw(st.sampled_from((0, 1)))
    share = st.sampled_from((0.0, 0.01, 0.05, 0.2, 0.5, 0.9))
    threshold = draw(st.sampled_from((0, 1, 5)) if WATCHES[watch].unit == "counties" else share)
    pay = {"fund": draw(st.sampled_from(sorted(levels))), "yuan": draw(st.floats(1.0, 1e9))}
    return Reaction.model_validate(
        {
            "id": id_,
            "title": WORDS,
            "watch": watch,
            "fund": watched if watch == "fund_left" else None,
            "place": place,
            draw(st.sampled_from(("above", "above", "below"))): threshold,
            "delay_days": draw(st.sampled_from((1, 2, 7, 30))),
            "lasts": draw(st.sampled_from(("while", "once", 1, 20, 90))),
            "begin": begin,
            "end": end,
            "set": values,
            "pay": pay if draw(st.booleans()) or not (begin or end or values) else None,
        }
    )


@st.composite
def parameter_changes(draw: DrawFn) -> dict[str, float]:
    """A few parameters anywhere within their ranges, often of contracts and of what firms are to each other."""
    ranges = {
        entry.path: (float(entry.prior.low), float(entry.prior.high))
        for entry in load_parameters().paths()
        if not isinstance(entry.prior.low, date) and entry.path not in UNTOUCHED
    }
    changed = draw(st.lists(st.sampled_from(sorted(ranges)), max_size=12, unique=True))
    of_markets = sorted(path for path in ranges if path.startswith(MARKETS))
    changed += draw(st.lists(st.sampled_from(of_markets), max_size=6, unique=True))
    for narrow in (SMALL_LOTS, FAILING, HELPED, OWED, GUARANTEED):
        if draw(st.booleans()):
            ranges |= narrow
            changed += narrow
    return {path: draw(st.floats(*ranges[path])) for path in dict.fromkeys(changed)}


@st.composite
def a_scenario(draw: DrawFn) -> SimpleNamespace:
    """A scenario of drawn measures and of some of the plan's, with the rows, the seed and the scale to run it with."""
    world = draw(a_world())
    plan, funds = load("full_plan"), [draw(a_fund(name, world)) for name in ("x", "y")]
    own = [draw(a_measure(id_, world, ["x", "y"])) for id_ in OWN[: draw(st.integers(0, len(OWN)))]]
    shipped = draw(st.lists(st.sampled_from(plan.measures), max_size=12, unique_by=lambda measure: measure.id))
    shipped = [draw(delivered_otherwise(measure)) for measure in shipped]
    if draw(st.booleans()):
        own.append(draw(a_service_for_the_freed(world)))
    days = st.one_of(st.none(), st.dates(world.start, world.end))
    targets = [
        target.model_copy(update={"on": draw(days)}) if OUTCOMES[target.outcome].read == "target" else target
        for target in plan.plan.targets
    ]
    adopted = draw(st.dates(world.start, world.end))
    measures = sorted((*own, *shipped), key=lambda measure: measure.id)
    all_funds = sorted((*plan.funds, *funds), key=lambda fund: fund.id)
    names = ("r", "s", "t", "u")[: draw(st.integers(0, 4))] if measures else ()
    scenario: Scenario = replace(
        plan,
        name="drawn",
        plan=plan.plan.model_copy(update={"targets": tuple(targets), "adopted": adopted}),
        measures=tuple(measures),
        funds=tuple(all_funds),
        reactions=tuple(draw(a_reaction(name, measures, all_funds)) for name in names),
        world=world,
        parameter_changes=draw(parameter_changes()),
    )
    return SimpleNamespace(
        scenario=scenario,
        firms=draw(st.integers(60, 250)),
        seed=draw(st.integers(1, 1000)),
        scale=draw(st.sampled_from((1.0, 0.1, 10.0))),  # as many lots more
        every=draw(st.sampled_from((0, 3, 10))),  # a key firm
    )
