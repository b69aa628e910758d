"""The four measures named by the user move what they should, for the firms that qualify, and no other firm directly.

"Directly" is looked at in the first days of a measure: later the wage bill, competitors and the banks' funds carry
effects on to others, as they should.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.ledger import MOVES
from sim.population.columns import Firms
from sim.vocabulary import FLOWS, LANDLORDS, SECTOR_GROUPS, SECTORS, SIZES
from tests.engine.conftest import differing, live, scenario_of, written

RULES = date(2022, 6, 14)  # seven working days after 2 June 2022 (III.1)


def having(firms: Firms, m: int) -> np.ndarray:
    """Rows that have measure m."""
    return ((firms.granted[:, m >> 6] >> np.uint64(m & 63)) & np.uint64(1)).astype(bool)


def qualifying(firms: Firms, m: int) -> np.ndarray:
    """Rows that qualify for measure m by their traits."""
    return ((firms.eligible[:, m >> 6] >> np.uint64(m & 63)) & np.uint64(1)).astype(bool)


def overdue(firms: Firms) -> np.ndarray:
    """Fen that firms owe and should have paid."""
    return firms.overdue_payables + firms.arrears_public + firms.arrears_private


def assert_better_off(helped: Firms, alone: Firms, which: np.ndarray) -> None:
    """Of ``which`` nobody is further behind with his bills; who has less cash has paid bills with it or lived on it."""
    assert (overdue(helped) <= overdue(alone))[which].all()
    for_bills = overdue(alone) - overdue(helped)
    assert (helped.cash + for_bills + alone.reservation >= alone.cash)[which].all()
    assert helped.cash[which].sum() > alone.cash[which].sum()


@pytest.fixture(scope="module")
def rent(tmp_path_factory):
    """Rent waivers alone, delivered to everybody who qualifies."""
    text = "extends: baseline\nmeasures: [rent_waiver, rent_waiver_listed]\nlevers: {all.delivery.way: automatic}\n"
    return live(written(tmp_path_factory.mktemp("rent"), text))


def test_rent_is_waived_for_service_tenants_of_the_state_only(rent):
    """II.1.a: small and micro service firms and individual businesses in state-owned premises."""
    m = rent.rules.index["rent_waiver"]
    firms = rent.population.firms
    services = [SECTORS.index(sector) for sector in SECTOR_GROUPS["services"]]
    should = np.isin(firms.sector, services) & (firms.size < SIZES.index("medium"))
    should &= firms.landlord == LANDLORDS.index("state")
    assert (qualifying(firms, m) == should).all()
    assert not having(firms, m)[~should].any()


def test_three_months_of_rent_and_three_more_where_the_county_was_listed(rent):
    """II.1.a-b: a firm that lives through the year is relieved of three rents, of six if its county was listed."""
    firms, slots, rules = rent.population.firms, rent.state.records.slots, rent.rules
    m, top = rules.index["rent_waiver"], rules.index["rent_waiver_listed"]
    used = {
        k: rules.terms.months[k] - slots.months_left[rules.terms.month_slot[k]] for k in (m, top)
    }  # of what was promised
    lived = (firms.status == 1) & (firms.born_on < 0) & (firms.rent > 0)
    assert (used[m][lived & having(firms, m)] == 3).all()
    assert (slots.months_left[rules.terms.month_slot[top]][lived & having(firms, top)] == 0).all()
    listed = rent.world.listed[:365].any(axis=0)[firms.county]
    assert not having(firms, top)[~listed].any(), "six months went to a county that was never listed"
    assert listed.any() and not listed.all()


def test_rent_relief_is_rent_and_the_state_landlord_bears_it(rent):
    money = rent.result().ledger
    relief = money[money["kind"] == "relieved"]
    assert set(relief["flow"]) == {"rent"}
    assert set(relief["payer"]) == {"state_landlords"}
    assert relief["month"].min() >= "2022-06"


def test_rent_waiver_helps_who_qualifies_and_leaves_the_rest_alone_at_first(tmp_path):
    """On the last day of the month in which rents are first waived, only firms that have the waiver differ."""
    end = "world: {end: 2022-06-30}\n"
    waived = "measures: [rent_waiver]\nlevers: {all.delivery.way: automatic}\n"
    without = live(written(tmp_path, f"extends: baseline\n{end}"))
    run = live(written(tmp_path, f"extends: baseline\n{end}{waived}"))
    firms, m = run.population.firms, run.rules.index["rent_waiver"]
    zero = np.zeros_like(firms.eligible)
    apart = differing(
        *(f._replace(eligible=zero, applied=zero, granted=zero) for f in (without.population.firms, firms))
    )
    assert apart.any()
    assert not apart[~having(firms, m)].any()
    assert_better_off(firms, without.population.firms, having(firms, m))
    assert (firms.profit_this_year >= without.population.firms.profit_this_year)[having(firms, m)].all()


@pytest.fixture(scope="module")
def deferral(tmp_path_factory):
    """Premium deferral alone, for everybody who qualifies."""
    names = "[premium_deferral, premium_deferral_other_sectors, unemployment_premium_deferral]"
    text = f"extends: baseline\nmeasures: {names}\nlevers: {{all.delivery.way: automatic}}\n"
    return live(written(tmp_path_factory.mktemp("deferral"), text))


def test_only_premiums_are_put_off_and_none_after_the_last_day(deferral):
    """I.4.b, II.5.c-e: pension premiums until 31 December 2022; nothing is forgiven while a firm lives."""
    rules, books = deferral.rules, deferral.state.records.books
    deferred = books.moved[:, :, MOVES.index("deferred")]
    premiums = {FLOWS.index(f) for f in ("pension", "unemployment", "work_injury")}
    for m in range(len(rules.measures)):
        flows = {f for f in range(len(FLOWS)) if int(rules.terms.flows[m]) >> f & 1}
        assert flows and flows <= premiums
    m = rules.index["premium_deferral"]
    assert rules.terms.deferral_until[m] == deferral.timeline.day(date(2022, 12, 31))
    assert deferred[:4].sum() == 0 and deferred[4:12, m].sum() > 0 and deferred[12:, m].sum() == 0


def test_what_was_put_off_comes_back_or_is_lost(deferral):
    """Deferred = repaid + lapsed into arrears + written off at an exit + still owed, to the fen, measure by measure."""
    moved = deferral.state.records.books.moved.sum(axis=0)
    firms, slots = deferral.population.firms, deferral.state.records.slots
    for m in range(len(deferral.rules.measures)):
        owed = (slots.deferred[deferral.rules.terms.deferral_slot[m]] * firms.weight).sum()
        gone = sum(moved[m, MOVES.index(k)] for k in ("repaid", "lapsed_public", "lapsed_private", "forgiven"))
        assert moved[m, MOVES.index("deferred")] == gone + owed


def test_deferral_costs_nobody_and_raises_cash_while_it_lasts(tmp_path):
    end = "world: {end: 2022-05-31}\n"  # the month in which it begins
    on = "measures: [premium_deferral]\nlevers: {all.delivery.way: automatic}\n"
    without = live(written(tmp_path, f"extends: baseline\n{end}"))
    run = live(written(tmp_path, f"extends: baseline\n{end}{on}"))
    m = run.rules.index["premium_deferral"]
    has = having(run.population.firms, m) & (run.population.firms.status == 1)
    assert has.any()
    assert_better_off(run.population.firms, without.population.firms, has)
    assert (run.population.firms.profit_this_year == without.population.firms.profit_this_year)[has].all()


def test_loan_extension_moves_maturity_and_keeps_the_record(tmp_path):
    """II.3.c: a maturing loan of a firm hit by the epidemic is extended."""
    without = live(scenario_of("baseline"))
    run = live(
        written(
            tmp_path,
            "extends: baseline\nmeasures: [loan_extension]\nlevers: {loan_extension.delivery.refusal_share: 0}\n",
        )
    )
    m = run.rules.index["loan_extension"]
    has = having(run.population.firms, m)
    assert has.any()
    assert run.state.records.books.moved[:, m, MOVES.index("extended")].sum() > 0
    alive = has & (run.population.firms.status == 1) & (without.population.firms.status == 1)
    assert (run.population.firms.loan_due_on >= without.population.firms.loan_due_on)[alive].mean() > 0.5


def test_procurement_lets_smaller_firms_win_more(tmp_path):
    """II.4.a-c: deduction, bonus and reserved share raise what SMEs win, and nothing before July 2022."""
    without, run = live(scenario_of("baseline")), live(written(tmp_path, "extends: baseline\nsections: [II.4]\n"))
    before, after = without.tenders.won.sum(axis=0), run.tenders.won.sum(axis=0)
    assert after[0] + after[1] > before[0] + before[1], "medium, small and micro firms together"
    assert after[2] < before[2], "large firms"
    early = "world: {end: 2022-06-30}\n"
    assert (
        live(written(tmp_path, f"extends: baseline\n{early}sections: [II.4]\n")).tenders.won
        == live(written(tmp_path, f"extends: baseline\n{early}")).tenders.won
    ).all()


LIMITED = """
extends: baseline
define:
  deduction_in_kunming:
    title: {zh: 试验, en: Test}
    clauses: [II.4.a]
    action: integration
    section: II.4
    instrument: procurement
    eligible: {prefectures: ["5301"], sizes: [micro, small], sectors: [construction]}
    start: 2022-06-14
    bearer: public_buyers
    values: {price_deduction: 0.2, reserved_works: 0.5}
  freer_roads_in_yuxi:
    title: {zh: 试验, en: Test}
    clauses: [I.5.a]
    action: logistics
    section: I.5
    instrument: control
    eligible: {prefectures: ["5304"], sectors: [transport]}
    start: 2022-06-14
    values: {logistics_friction: 0.5}
  prompt_payment_in_retail:
    title: {zh: 试验, en: Test}
    clauses: [I.6.e]
    action: arrears
    section: I.6
    instrument: collection
    eligible: {sectors: [retail]}
    start: 2022-06-14
    values: {new_arrears: 0.5}
"""


def test_measures_on_institutions_act_only_where_they_reach(tmp_path):
    run = live(written(tmp_path, LIMITED), firms=1_000)
    rules, places = run.rules, run.counties
    kunming, yuxi = (places.prefecture_index(code) for code in ("5301", "5304"))
    deducted = rules.rows.of["price_deduction"][rules.index["deduction_in_kunming"]]
    assert {tuple(cell) for cell in np.argwhere(deducted > 0)} == {
        (kunming, SECTORS.index("construction"), SIZES.index(size)) for size in ("micro", "small")
    }
    assert np.flatnonzero(rules.rows.of["reserved_works"].max(axis=0)).tolist() == [kunming]
    freed = np.argwhere(rules.terms.logistics_friction < 1.0)
    assert (places.prefecture[freed[:, 0]] == yuxi).all()
    assert set(freed[:, 1]) == {SECTORS.index("transport")}
    assert set(np.argwhere(rules.terms.new_arrears < 1.0)[:, 1]) == {SECTORS.index("retail")}
