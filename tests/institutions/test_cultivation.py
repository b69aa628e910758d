"""Who is chosen where a measure has a quota."""

from __future__ import annotations

from tests.few_firms import Firm, Town, measure


def chosen(quota: int | None, *firms: Firm) -> list[bool]:
    """Who has the measure at the end of January."""
    tier = measure("tier", "cultivation", way="none", quota=quota, demand=1.1)
    town = Town(*firms, measures=[tier]).live()
    return [town.has("tier", k) for k in range(len(firms))]


def test_the_lowest_share_of_materials_is_chosen_first():
    firms = [Firm(materials_share=share) for share in (0.6, 0.2, 0.4)]
    assert chosen(2, *firms) == [False, True, True]


def test_a_row_of_several_firms_is_taken_while_any_of_the_quota_is_left():
    """The plan says at least: a quota of 11 takes the row of ten and the row of five."""
    firms = [Firm(materials_share=0.2, weight=10), Firm(materials_share=0.3, weight=5), Firm(materials_share=0.4)]
    assert chosen(11, *firms) == [True, True, False]


def test_without_a_quota_everybody_who_qualifies_has_it():
    assert chosen(None, Firm(), Firm()) == [True, True]


def test_a_quota_of_none_chooses_nobody():
    assert chosen(0, Firm()) == [False]


def first_served(quota: int | None) -> list[bool]:
    """Who of three applicants has the grant of a fund that pays one; the materials of the last cost least."""
    firms = [Firm(materials_share=share) for share in (0.6, 0.4, 0.2)]
    tier = measure("tier", "cultivation", way="none", quota=quota)
    grant = measure("grant", "grant", way="application", list_first=True, fund="money", amount_yuan=1_000, per="firm")
    town = Town(*firms, measures=[tier, grant], funds={"money": 1_000}).live()
    return [town.has("grant", k) for k in range(len(firms))]


def test_who_is_chosen_goes_first_at_a_desk_that_serves_listed_firms_first():
    """All three file on one day and the money is enough for one: the chosen firm has it, without a choice the first."""
    assert first_served(1) == [False, False, True]
    assert first_served(0) == [True, False, False]


def test_a_measure_that_all_have_chooses_nobody():
    assert first_served(None) == [True, False, False]


def test_who_is_chosen_need_not_know_nor_ask_where_listed_firms_are_served_first():
    """Nobody has heard of the grant: the office takes up the case of the one firm that was chosen, and of no other."""
    firms = [Firm(materials_share=share) for share in (0.6, 0.4, 0.2)]
    tier = measure("tier", "cultivation", way="none", quota=1)
    grants = [
        measure(name, "grant", way="application", list_first=first, amount_yuan=1_000, per="firm")
        for name, first in (("first", True), ("plain", False))
    ]
    town = Town(*firms, measures=[tier, *grants], parameters={"delivery.awareness_per_month": 0.0}).live()
    assert [town.has("first", k) for k in range(3)] == [False, False, True]
    assert not any(town.has("plain", k) for k in range(3))
