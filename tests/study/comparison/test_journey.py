"""Firms through two worlds of the same random numbers, with the real engine and few firms."""

from __future__ import annotations

import pytest

import sim.engine  # noqa: F401  (before any stand-in)
from sim import journey
from sim.observe.journeys import EVENTS
from sim.report.words.catalogue import LANGUAGES, catalogue
from sim.study import StudyError
from sim.study.comparison.journey import Journey

ROWS = 800


@pytest.fixture(scope="module")
def lost() -> Journey:
    """Two micro firms that close in either world."""
    return journey(where={"fate": "lost_either_way", "size": ["micro", "small"]}, rows=ROWS, most=2)


def test_a_condition_picks_firms_in_order_of_identity(lost):
    firms = lost.firms
    assert len(firms) == 2
    assert firms["firm"].is_monotonic_increasing
    assert set(firms["fate"]) == {"lost_either_way"}
    assert set(firms["size"]) <= {"micro", "small"}
    assert (firms["exited_on"] >= "2022-01-01").all()


def test_both_worlds_are_told_to_the_end(lost):
    for world, end in (("full_plan", "exited_on"), ("no_support", "exited_on_against")):
        events = lost.events[lost.events["world"] == world]
        exits = events[events["event"] == "exited"].set_index("firm")
        assert exits["date"].to_dict() == lost.firms.set_index("firm")[end].to_dict()


def test_events_of_measures_carry_their_clauses(lost):
    helped = lost.events[lost.events["measure"] != ""]
    assert len(helped) > 0
    assert set(helped["world"]) == {"full_plan"}
    assert (helped["clause"] != "").all()


def test_side_by_side_loses_nothing_and_pairs_what_is_the_same(lost):
    both = lost.side_by_side()
    plan, baseline = (lost.events[lost.events["world"] == world] for world in ("full_plan", "no_support"))
    assert both["amount_fen"].sum() == plan["amount_fen"].sum()
    assert both["amount_fen_against"].sum() == baseline["amount_fen"].sum()
    assert both["cash_fen"].notna().sum() == len(plan)
    assert both["cash_fen_against"].notna().sum() == len(baseline)
    before = both[both["date"] < "2022-04-01"]  # nothing of the plan was in force
    assert (before["amount_fen"] == before["amount_fen_against"]).all()


def test_the_same_firms_by_identity_have_the_same_journey(lost):
    again = journey(lost.firms["firm"].tolist(), rows=ROWS)
    assert again.events.equals(lost.events)


def test_a_picture_has_a_panel_a_firm(lost):
    drawn = lost.plot(lang="en").to_dict()["concat"]
    assert len(drawn) == 2
    assert [chart["title"]["text"].partition(":")[0] for chart in drawn] == [str(firm) for firm in lost.firms["firm"]]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "not both and not neither"),
        ({"firms": [5], "where": {"fate": "saved"}}, "not both and not neither"),
        ({"firms": [5]}, "There is no firm 5"),
        ({"where": {"colour": "red"}}, "There is no condition colour"),
        ({"where": {"sector": "casinos"}}, "no value casinos"),
        ({"where": {"prefecture": "Paris"}}, "no value Paris"),
        ({"where": {"fate": "harmed", "sector": "mining_and_utilities"}}, "No firm meets the conditions"),
    ],
)
def test_what_cannot_be_followed_gets_one_sentence(asked, says):
    with pytest.raises(StudyError, match=says):
        journey(rows=200, **asked)


def test_every_event_has_words():
    assert [event for event in EVENTS if f"event.{event}" not in catalogue()] == []
    assert LANGUAGES == ("zh", "en")
