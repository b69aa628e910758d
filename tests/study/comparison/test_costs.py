from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.study.comparison import costs
from sim.study.reductions.costs import CATEGORIES, costs_of
from sim.vocabulary import LEVELS, PARTIES

LINES = [  # payer, payee, flow, measure, kind, fen, and where it belongs
    ("province", "firms", "grant", "a", "granted", 1, "outlay"),
    ("prefectures", "private_landlords", "rent", "a", "relieved", 2, "outlay"),
    ("social_insurance", "firms", "unemployment_premiums_last_year", "a", "granted", 4, "outlay"),
    ("central_government", "tax_authority", "vat", "a", "relieved", 8, "forgone"),
    ("social_insurance", "social_insurance", "medical", "a", "relieved", 16, "forgone"),
    ("platforms", "platforms", "commission", "a", "relieved", 32, "borne_by_others"),
    ("state_landlords", "private_landlords", "rent", "a", "relieved", 64, "borne_by_others"),
    ("province", "firms", "vat_credit_stock", "a", "granted", 128, "returned"),
    ("deposit_accounts", "firms", "quality_deposit", "a", "granted", 256, "returned"),
    ("banks", "firms", "principal+interest", "a", "deferred", 512, "put_off"),
    ("firms", "banks", "principal+interest", "a", "written_off", 1024, "lost_on_put_off"),
    ("firms", "banks", "loan", "", "written_off", 2048, "write_offs"),
    # What is no cost: paid as usual, paid back, come to be owed; an input credit that a closed firm loses, and what
    # customers leave the firms.
    ("firms", "banks", "principal+interest", "a", "repaid", 7, ""),
    ("firms", "social_insurance", "pension", "a", "owed", 7, ""),
    ("firms", "employees", "wages", "", "paid", 7, ""),
    ("firms", "tax_authority", "vat", "", "written_off", 7, ""),
    ("customers", "firms", "receivables", "", "written_off", 7, ""),
]


PAIR = [("plan", "baseline")]


def run(lines: list[tuple[Any, ...]], contracts: float = 0.0) -> pd.Series:
    columns = ["payer", "payee", "flow", "measure", "kind", "amount_fen"]
    ledger = pd.DataFrame([line[:6] for line in lines], columns=columns)
    outcomes = pd.DataFrame({"outcome": ["contracts_of_large_firms"], "value": [contracts]})
    return costs_of(SimpleNamespace(ledger=ledger, outcomes=outcomes))  # type: ignore[arg-type]


def test_each_line_of_the_ledger_has_its_category():
    by_category = run(LINES).groupby("category").sum()
    for category in CATEGORIES[:-1]:
        assert by_category[category] == sum(line[5] for line in LINES if line[6] == category), category
    assert set(by_category.index) == set(CATEGORIES)


def test_who_bears_it_is_who_pays_or_who_is_not_paid():
    sums = run(LINES)
    assert sums["state_landlords", "borne_by_others"] == 64
    assert sums["banks", "lost_on_put_off"] == 1024
    assert sums["banks", "write_offs"] == 2048


def test_costs_add_up_to_what_was_given():
    given = sum(line[5] for line in LINES if line[3] and line[4] in ("relieved", "granted"))
    by_category = run(LINES).groupby("category").sum()
    assert by_category[["outlay", "forgone", "borne_by_others", "returned"]].sum() == given


def test_costs_are_differences_under_the_same_random_numbers():
    loans = [[("firms", "banks", "loan", "", "written_off", fen)] for fen in (100, 200, 40, 160)]
    runs = [("baseline", 0, run(loans[0], 1000.0)), ("baseline", 1, run(loans[1], 1000.0))]
    runs += [("plan", 0, run(loans[2], 900.0)), ("plan", 1, run(loans[3], 800.0)), ("plan", 2, run(loans[3]))]
    table = costs.table(costs.differences(runs, PAIR), {"baseline": ()}).set_index("category")
    assert table.loc["write_offs", "mean"] == (-60 - 40) / 2, "the third has no pair"
    # t(1) at 97.5 % is 12.7062 (any printed table); the standard deviation of -60 and -40 is sqrt(200).
    assert table.loc["write_offs", "high"] == pytest.approx(-50 + 12.7062 * np.sqrt(200) / np.sqrt(2), rel=1e-5)
    assert table.loc["contracts_lost", "mean"] == 150, "what large bidders win less is their loss"
    assert table.loc["contracts_lost", "bearer"] == "large_bidders"


def test_public_is_treasuries_and_social_insurance_and_neither_what_is_put_off_nor_what_is_returned():
    runs = [("baseline", r, run([])) for r in (0, 1)] + [("plan", r, run(LINES, -9.0)) for r in (0, 1)]
    values = pd.DataFrame(
        [
            (scenario, replication, outcome, value + 10 * (scenario == "plan"))
            for scenario in ("baseline", "plan")
            for replication in (0, 1)
            for outcome, value in (("survivors", 100.0), ("jobs", 500.0))
        ],
        columns=["scenario", "replication", "outcome", "value"],
    )
    table = costs.unit_costs(costs.differences(runs, PAIR), values).set_index(["unit", "cost"])
    public = 1 + 2 + 4 + 8 + 16
    assert table.loc[("firm_kept", "public"), "mean"] == public / 10
    assert table.loc[("job_kept", "all"), "mean"] == (public + 32 + 64 + 1024 + 2048) / 10


def test_every_party_has_a_level():
    assert {*LEVELS} == {*PARTIES, "large_bidders"}
