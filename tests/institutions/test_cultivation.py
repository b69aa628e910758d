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
