"""What measures can do is declared once: rows, neutral values and combination of an effect follow from its entry."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.firm.effects import EFFECTS, Effect
from sim.institutions.rules import Rules
from sim.measure import Dated, Measure
from sim.population.counties import counties
from sim.scenario import load
from sim.timeline import Timeline
from sim.vocabulary import SIZES

HORIZON = Timeline(date(2022, 1, 1), date(2022, 12, 31))
INVENTED = (
    Effect("noise", ("county", "size"), 1.0, "product"),
    Effect("festivals", ("prefecture",), 0, "sum", np.int64),
    Effect("widest", (), 0.0, "max"),
    Effect("soonest", (), 365, "min", np.int32),
    Effect("colour", (), -1, dtype=np.int8),
)


def rules_of(*reaching: dict[str, Any]) -> Rules:
    """Rules of as many measures, which reach whom these say, and can do what was invented here."""
    any_measure = load("full_plan").measures[0]
    measures = [
        Measure.model_validate(
            {**any_measure.model_dump(), "id": f"measure_{m}", "eligible": who, "delivery": {}, "values": {}}
        )
        for m, who in enumerate(reaching)
    ]
    return Rules(tuple(measures), HORIZON, counties(), seed=1, effects=(*EFFECTS, *INVENTED))


def test_without_a_measure_in_force_every_effect_is_neutral() -> None:
    rules = rules_of({}, {})
    rules.combine()
    for effect in (*EFFECTS, *INVENTED):
        assert (getattr(rules.terms, effect.name) == effect.neutral).all(), effect.name
        assert rules.rows.of[effect.name].dtype == effect.dtype


def test_an_effect_has_a_row_for_each_measure_and_one_for_loans() -> None:
    rules = rules_of({}, {})
    assert rules.rows.of["noise"].shape == (3, len(counties()), len(SIZES))
    assert rules.rows.of["colour"].shape == (3,)
    assert rules.terms.noise.shape == (len(counties()), len(SIZES))
    assert rules.terms.soonest.shape == (1,)


def test_measures_in_force_are_combined_where_each_reaches() -> None:
    rules = rules_of({"prefectures": ("5301",)}, {"sizes": ("micro",)})
    rules.enter(0, noise=0.5, festivals=2, widest=0.2, soonest=30)
    rules.enter(1, noise=0.8, festivals=3, widest=0.7, soonest=10)
    rules.running[:] = True
    rules.combine()
    kunming = counties().prefecture == counties().prefecture_index("5301")
    micro = np.arange(len(SIZES)) == SIZES.index("micro")
    expected = np.where(kunming, 0.5, 1.0)[:, None] * np.where(micro, 0.8, 1.0)[None, :]
    assert (rules.terms.noise == expected).all()
    assert rules.terms.festivals.tolist() == [
        5 if p == counties().prefecture_index("5301") else 3 for p in range(counties().prefecture_count)
    ]
    assert (rules.terms.widest[0], rules.terms.soonest[0]) == (0.7, 10)
    rules.running[1] = False
    rules.combine()
    assert (rules.terms.noise == np.where(kunming, 0.5, 1.0)[:, None]).all()
    assert (rules.terms.widest[0], rules.terms.soonest[0]) == (0.2, 30)


def test_a_measure_in_force_in_some_prefectures_acts_on_their_places_and_offices_only() -> None:
    rules = rules_of({}, {"prefectures": ("5303",)})
    kunming, qujing = (counties().prefecture_index(code) for code in ("5301", "5303"))
    rules.enter(0, noise=0.5, festivals=2, desk_capacity=3.0)
    rules.enter(1, festivals=7, desk_capacity=2.0)
    rules.running[0, kunming] = rules.running[1, [kunming, qujing]] = True
    rules.combine()
    there = counties().prefecture == kunming
    assert (rules.terms.noise == np.where(there, 0.5, 1.0)[:, None]).all()
    # Whom the second measure is for narrows what it does to places, and not whose offices work.
    assert rules.terms.festivals.tolist() == [{kunming: 2, qujing: 7}.get(p, 0) for p in range(len(rules.running[0]))]
    assert rules.terms.desk_capacity[0].tolist() == [
        {kunming: 6.0, qujing: 2.0}.get(p, 1.0) for p in range(len(rules.running[0]))
    ]


def test_an_effect_that_is_not_combined_is_read_by_measure() -> None:
    rules = rules_of({}, {})
    rules.enter(1, colour=3)
    assert rules.terms.colour.tolist() == [-1, 3, -1]


def test_a_value_by_date_is_neutral_before_its_first_day_and_where_it_is_not_stated() -> None:
    rules = rules_of({})
    dated = Dated({date(2022, 6, 1): 0.4})
    for on, share in ((date(2022, 5, 31), 0.0), (date(2022, 6, 1), 0.4)):
        rules.enter_dated(0, on, widest=dated, noise=None)
        assert rules.rows.of["widest"].tolist() == [share, 0.0]
    assert (rules.rows.of["noise"] == 1.0).all()


def test_a_measure_may_be_aimed_at_some_places_of_an_axis() -> None:
    rules = rules_of({}, {})
    rules.aim(0, "measure", [1])
    rules.enter(0, awareness=0.3)
    rules.running[0] = True
    rules.combine()
    assert (rules.terms.awareness[1] == 0.3).all()
    assert (rules.terms.awareness[[0, 2]] == 0.0).all()


def test_an_effect_that_nobody_declared_is_refused() -> None:
    with pytest.raises(KeyError, match="nois"):
        rules_of({}).enter(0, nois=1.0)
