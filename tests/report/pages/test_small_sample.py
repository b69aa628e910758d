"""What is said of a real comparison of very few firms: nothing impossible, and nothing of what they cannot tell."""

import pytest

import sim
from sim.observe.outcomes import OUTCOMES
from sim.report.pages import headings
from sim.study.comparison.one_clause import STATIONS
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.study.summaries.scenario_effects import ScenarioEffects
from sim.vocabulary import GOVERNMENT


@pytest.fixture(scope="module")
def few() -> Comparison:
    return sim.compare(["baseline", "action_innovation", "full_plan"], firms=300, replications=3, draws=2)


def test_no_interval_leaves_what_is_possible(few: Comparison) -> None:
    founders = ComparisonSummary(few).entities
    nobody = few.outcomes["replications"] == 0  # no refunds where no measure gives any
    assert few.outcomes[nobody]["outcome"].unique().tolist() == ["stock_refunds_paid"]
    for row in few.outcomes[~nobody].itertuples():
        if row.replications < 2:  # of so few firms a rate may exist in one replication only
            continue
        assert OUTCOMES[row.outcome].least <= row.low <= row.mean <= row.high <= OUTCOMES[row.outcome].most
    survivors = few.outcomes[few.outcomes["outcome"] == "survivors"]
    assert (survivors["high"] <= founders).all()
    assert (few.fates["low"] >= 0).all()
    of_group = few.fates.groupby(["scenario", "against", "by", "group"])["entities"].transform("sum")
    by_traits = few.fates["by"] != "action"
    assert (few.fates["high"] <= of_group * (1 + 1e-12))[by_traits].all()
    costs = few.over_baselines(few.costs)
    moved = costs[costs["category"].isin(["outlay", "forgone", "borne_by_others", "returned", "put_off"])]
    assert (moved["low"] >= 0).all()
    assert few.differences.query("unit == 'share' and outcome != 'inclusive_loan_growth_gap'")["high"].max() <= 1


def test_all_money_adds_up_to_the_fen(few: Comparison) -> None:
    scenario_effects = ScenarioEffects(ComparisonSummary(few))
    table = scenario_effects.balance("full_plan")
    assert (table == table.round()).all(axis=None)
    assert (table["all"] == table[["public", "state_firms", "private"]].sum(axis=1)).all()
    assert (table.loc[["outlay", "forgone", "borne_by_others"]].sum() == table.loc["relief"]).all()
    assert (table.loc[["relief", "lost_on_put_off", "write_offs"]].sum() == table.loc["cost"]).all()
    # As the ledger has it; a mean over replications is within a fen of each line that was rounded.
    ledger = few.ledger[(few.ledger["scenario"] == "full_plan") & (few.ledger["measure"] != "")]
    by_kind = ledger.groupby("kind")["amount_fen"].sum()
    assert table.loc["in_hand", "all"] == pytest.approx(by_kind["granted"] + by_kind["relieved"], abs=20)
    assert table.loc["put_off", "all"] == pytest.approx(by_kind["deferred"], abs=20)
    own = ledger[(ledger["kind"] == "granted") & ledger["flow"].str.contains("vat_credit|quality_deposit")]
    assert table.loc["returned", "all"] == pytest.approx(own["amount_fen"].sum(), abs=20)
    costs = few.over_baselines(few.costs)
    costs = costs[costs["scenario"] == "full_plan"]
    public = costs[costs["level"].isin(GOVERNMENT)].groupby("category")["mean"].sum()
    counted = public.reindex(["outlay", "forgone", "borne_by_others", "lost_on_put_off", "write_offs"]).sum()
    assert table.loc["cost", "public"] == pytest.approx(counted, abs=20)
    in_hand = scenario_effects.in_hand("full_plan")
    assert 0 < in_hand["newborn"] < in_hand["founders"] / 5


def test_a_verdict_needs_rows_that_stand_for_it(few: Comparison) -> None:
    table = few.targets.set_index(["scenario", "outcome"])
    for giants in ("srdi_growth_firms", "srdi_little_giants", "srdi_national_little_giants"):
        row = table.loc[("full_plan", giants)]
        assert (row["rows"], row["verdict"]) == (0, "too_few")
        assert table.loc[("baseline", giants), "verdict"] == "not_pursued"
    assert table.loc[("full_plan", "loss_share"), "verdict"] == "unsure"  # rows there are, and the interval is wide
    rows = few.outcomes.set_index(["scenario", "outcome"]).loc["full_plan", "rows"]
    assert FEWEST_ROWS <= rows["resumption_rate_of_all"] < 150
    assert rows["resumption_rate"] < FEWEST_ROWS  # of the enterprises among them nothing is said
    assert table.loc[("full_plan", "resumption_rate"), "verdict"] == "too_few"


def test_parts_of_a_real_gap_and_of_real_winners_add_up_to_the_whole(few: Comparison) -> None:
    whole = few.target_gaps().set_index(["scenario", "outcome"])
    means = few.outcomes.set_index(["scenario", "outcome"])["mean"]
    limits = few.targets.set_index(["scenario", "outcome"])["target"]
    rates = whole[whole["unit"] == "entities"]
    assert len(rates)
    apart = (means - limits).reindex(rates.index).abs()
    assert rates["points"].to_dict() == pytest.approx(apart.to_dict())
    for by in ("sector", "size", "prefecture"):
        parts = few.target_gaps(by).groupby(["scenario", "outcome"])[["short", "points"]].sum()
        assert parts["short"].to_dict() == pytest.approx(whole["short"].to_dict())
        found = few.winners_and_losers(by)
        # The same runs, told firm by firm and cell by cell.
        assert (found["kept"] - (found["saved"] - found["harmed"])).abs().max() < 1e-6
        plan = found[(found["scenario"] == "full_plan") & (found["against"] == few.against["full_plan"][0])]
        assert plan["kept"].sum() == pytest.approx(
            ComparisonSummary(few).effect("full_plan", "survivors").difference.mean
        )


def test_no_more_firms_qualify_or_are_paid_than_there_ever_were(few: Comparison) -> None:
    summary = ComparisonSummary(few)
    there = summary.entities + summary.effect("full_plan", "births").value.mean
    table = summary.stations("full_plan")
    assert summary.entities < table["eligible"].max() <= there
    assert (table[[*STATIONS, "paid"]].max() <= there).all()


def test_a_scenario_that_buys_nothing_has_no_cost_of_a_firm(few: Comparison) -> None:
    scenario_effects = ScenarioEffects(ComparisonSummary(few))
    said = headings.price(scenario_effects, "action_innovation")
    assert "for each firm kept" not in said.en
    for unit in ("firm_kept", "job_kept"):
        words, limits = headings.unit_cost(scenario_effects, "action_innovation", unit, "public")
        assert limits is None
        assert words.en in ("none kept", "no cost", "no cost: money is saved")
