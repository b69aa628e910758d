"""Every reading on tables of a few rows: the arithmetic stands beside it."""

from math import isnan

import pandas as pd
import pytest
from pydantic import ValidationError

from sim.observe.inside import Inside
from sim.study.reductions.readings import READINGS, inside
from sim.timeline import horizon
from tests.study.reductions.readings.made_up import LATER, START, run, snapshots, take

FIRMS = run(snapshots=snapshots())  # 1000 entities at the start; later 2, 3 and 5 live: 200 + 300 + 50


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("share_of_firms", {"on": START, "variable": "cash_months", "at_most": 1}, 300 / 1000),
        ("share_of_firms", {"on": START, "variable": "cash_months", "below": 1}, 100 / 1000),
        ("share_of_firms", {"on": START, "variable": "cash_months", "at_least": 1, "below": 4}, 500 / 1000),
        ("share_of_firms", {"on": START, "variable": "cash_months", "above": 1}, 700 / 1000),
        ("share_of_firms", {"on": LATER, "variable": "cash_months", "at_most": 1}, 200 / 550),
        ("share_of_firms", {"on": START, "variable": "cash_fen", "at_most": 150}, 100 / 1000),  # yuan
        ("share_of_firms", {"on": START, "variable": "cash_months", "at_most": 1, "of": {"size": ["individual"]}}, 1.0),
        # Jobs: 0, 200, 1200, 4000.
        ("share_of_firms", {"on": START, "variable": "cash_months", "at_most": 2, "by": "jobs"}, 1400 / 5400),
        ("mean_of_firms", {"on": START, "variable": "cash_months"}, (50 + 200 + 600 + 1600) / 1000),
        ("mean_of_firms", {"on": START, "variable": "cash_fen", "of": {"owes": True}}, (300 * 300 + 400 * 400) / 700),
        ("quantile_of_firms", {"on": START, "variable": "cash_months", "q": 0.3}, 1.0),
        ("quantile_of_firms", {"on": START, "variable": "cash_months", "q": 0.5}, 2.0),
        ("quantile_of_firms", {"on": START, "variable": "cash_months", "q": 1.0}, 4.0),
        ("total", {"on": START, "variable": "entities"}, 1000),
        ("total", {"on": LATER, "variable": "entities", "of": {"founder": False}}, 50),
        ("total", {"on": START, "variable": ["entities", "usual_staff"]}, 1000 + 5400),
        ("weighted_mean", {"on": START, "variable": "cash_months", "weight": "loan_fen"}, (300 * 2 + 800 * 4) / 1100),
        ("mean_of_firms", {"on": START, "variable": "insured"}, 0.7),
        ("total", {"on": START, "variable": "entities", "of": {"renting": True}}, 300),
        ("total", {"on": START, "variable": "entities", "of": {"landlord": ["state"]}}, 200),
        ("total", {"on": START, "variable": "entities", "of": {"customer": ["households"], "insured": False}}, 100),
        ("total", {"on": START, "variable": "loan_fen"}, 300 * 1000 + 400 * 2000),
        ("ratio_of_totals", {"on": LATER, "numerator": "cash_fen", "denominator": "usual_sales_fen"}, 0.1),
        ("growth", {"variable": "entities", "since": START, "until": LATER}, 550 / 1000 - 1),
        ("exits", {"since": START, "until": LATER, "a_year": False}, 500 / 1000),
        ("exits", {"since": START, "until": LATER}, 1 - 0.5 ** (365.25 / 364)),
        ("exits", {"since": START, "until": LATER, "a_year": False, "causes": ["insolvent_while_stopped"]}, 100 / 1000),
        ("exits", {"since": START, "until": LATER, "a_year": False, "of": {"age_years": [0, 5]}}, 100 / 300),
        ("births", {"since": START, "until": LATER}, 50 / 1000 / (364 / 365.25)),
        # Left since the start: the first at an age of 1.5, the fourth of 10 years.
        ("exit_age", {"since": START, "until": LATER, "below": 2}, 100 / 500),
        ("exit_age", {"since": START, "until": LATER}, (100 * 1.5 + 400 * 10) / 500),
        ("exit_age", {"since": "2022-08-01", "until": LATER}, 10),
        # Of 500 that left 400 retired, owing nobody anything.
        ("share_of_exits", {"since": START, "until": LATER, "causes": ["retired", "closed"]}, 400 / 500),
        ("share_of_exits", {"since": "2022-08-01", "until": LATER, "causes": ["insolvent_while_stopped"]}, 0.0),
        ("loss_share", {"on": START}, 400 / 1000),
        # After its owner has lived the second loses money too.
        ("loss_share", {"on": START, "with_owner": True}, 600 / 1000),
        ("loss_share", {"on": START, "with_owner": True, "of": {"size": ["micro", "small"]}}, 300 / 700),
        ("loss_share", {"on": LATER, "of": {"universe": ["enterprises"]}}, 1.0),
        ("loss_share", {"on": START, "by": "jobs"}, 1200 / 5400),
        ("exits_of_losers", {"year_end": START, "until": LATER}, 100 / 400),
        # Stopped: 1 (gone while stopped), 3 (suspended), 4 (retired after it had worked again).
        ("resumed", {"on": LATER}, 400 / 800),
        ("paused", {"on": LATER}, 0.0),
        # Of 550 living 300 are stopped.
        ("at_work", {"on": LATER}, 250 / 550),
    ],
)
def test_readings_of_firms(name: str, arguments: dict[str, object], expected: float) -> None:
    assert take(FIRMS, name, **arguments) == pytest.approx(expected, rel=1e-12)


def test_who_has_no_value_counts_neither_in_the_part_nor_in_the_whole() -> None:
    table = snapshots()
    table.loc[table["firm"] == 1, "cash_months"] = float("nan")
    found = take(run(snapshots=table), "share_of_firms", on=START, variable="cash_months", at_most=1)
    assert found == pytest.approx(200 / 900)


def test_who_is_paused_lives_and_has_worked_again() -> None:
    table = snapshots()
    table.loc[(table["firm"] == 3) & (table["date"] == LATER), "status"] = "paused"
    seen = run(snapshots=table)
    assert take(seen, "paused", on=LATER) == pytest.approx(300 / 550)
    assert take(seen, "at_work", on=LATER) == pytest.approx(take(FIRMS, "at_work", on=LATER))  # it was stopped before
    assert take(seen, "total", on=LATER, variable="entities") == 550
    assert take(seen, "resumed", on=LATER) == pytest.approx((300 + 400) / 800)


def test_a_share_of_nobody_is_missing() -> None:
    nobody = {"size": ["medium"]}
    assert isnan(take(FIRMS, "share_of_firms", on=START, variable="cash_months", at_most=1, of=nobody))
    assert isnan(take(FIRMS, "quantile_of_firms", on=START, variable="cash_months", q=0.5, of=nobody))
    assert isnan(take(FIRMS, "exits", since=START, until=LATER, of=nobody))
    assert take(FIRMS, "total", on=START, variable="entities", of=nobody) == 0


def test_a_day_on_which_nobody_looked_is_no_share() -> None:
    with pytest.raises(LookupError, match="2022-06-30"):
        take(FIRMS, "loss_share", on="2022-06-30")


def test_sales_over_the_usual_and_over_another_month() -> None:
    panel = pd.DataFrame(
        [("2022-01", "catering", 1_000), ("2022-02", "catering", 500), ("2022-02", "retail", 600)],
        columns=["month", "sector", "sales_fen"],
    ).assign(size="micro", prefecture="5301")
    panel["sales_fen"] *= 100_00
    result = run(panel=panel, snapshots=snapshots())
    # Usual sales of founders: 100 * 1000 + 200 * 2000 + 300 * 3000 + 400 * 4000 yuan, of catering the first and third.
    assert take(result, "sales_index", month="2022-02") == pytest.approx(110_000 / 3_000_000)
    assert take(result, "sales_index", month="2022-02", of={"sector": ["catering"]}) == pytest.approx(50_000 / 1e6)
    assert take(result, "sales_index", month=["2022-01", "2022-02"], against="2022-02") == pytest.approx(105 / 110)
    assert isnan(take(result, "sales_index", month="2022-02", against="2022-03"))


def test_requests_of_one_station_over_another() -> None:
    requests = pd.DataFrame(
        [
            ("2022-01", "loan", "applied", 100), ("2022-02", "loan", "applied", 300),
            ("2022-02", "loan", "refused", 60), ("2022-03", "loan", "refused", 500),
            ("2022-02", "labour", "applied", 7),
        ],
        columns=["month", "kind", "station", "firms"],
    )  # fmt: skip
    panel = pd.DataFrame(
        {"month": ["2022-01", "2022-02"], "open": [900, 600], "suspended": [100, 100], "paused": [0, 100]}
    )
    result = run(requests=requests, panel=panel)
    span = {"kind": "loan", "since": "2022-01-01", "until": "2022-02"}
    assert take(result, "requests", station="refused", of_station="applied", **span) == 60 / 400
    assert isnan(take(result, "requests", station="refused", of_station="decided", **span))
    assert take(result, "applied_share", **span) == 400 / 800
    result.requests["days"] = [None, None, 30.0, 20.0, None]
    assert (
        take(result, "request_days", station="refused", **(span | {"until": "2022-03"})) == (60 * 30 + 500 * 20) / 560
    )


def test_measures_by_station_money_and_days() -> None:
    delivery = pd.DataFrame(
        [
            ("2022-06", "rent_waiver", "applied", 80, 5.0, 0), ("2022-06", "rent_waiver", "paid", 20, 10.0, 3_000_00),
            ("2022-07", "rent_waiver", "paid", 60, 20.0, 1_000_00),
            ("2023-12", "rent_waiver", "eligible", 200, None, 0),
            ("2023-12", "rent_waiver", "aware", 160, None, 0),
            ("2022-06", "testing_subsidy", "paid", 5, 1.0, 7_00),
        ],
        columns=["month", "measure", "station", "firms", "days", "amount_fen"],
    )  # fmt: skip
    panel = pd.DataFrame({"month": ["2022-06"], "open": [900], "suspended": [60], "paused": [40]})
    result = run(delivery=delivery, panel=panel)

    def reached(station: str, until: str, over: str, measure: object = "rent_waiver") -> float:
        return take(result, "measure_reached", measure=measure, station=station, until=until, over=over)

    assert reached("paid", "2022-06-30", "none") == 20
    assert reached("paid", "2022-07", "none") == 80
    assert reached("paid", "2022-06", "none", ["rent_waiver", "testing_subsidy"]) == 25
    assert reached("paid", "2022-06", "applied") == 20 / 80
    assert reached("aware", "2022-06", "eligible") == 160 / 200
    assert reached("applied", "2022-06", "entities") == 80 / 1000
    assert take(result, "measure_amount", measure="rent_waiver", until="2022-06") == 3_000
    assert take(result, "measure_amount", measure="rent_waiver", since="2022-07", until="2022-12") == 1_000
    assert take(result, "measure_days", measure="rent_waiver", until="2022-12") == (20 * 10 + 60 * 20) / 80


def test_how_long_a_stop_lasts_after_it_is_freed() -> None:
    stops = pd.DataFrame(
        {
            "entities": [10, 20, 30, 40],
            "prefecture": "5301", "sector": "catering", "size": ["micro", "micro", "small", "small"],
            "universe": "other_enterprises",
            "stopped_on": pd.to_datetime(["2022-03-01"] * 4),
            "freed_on": pd.to_datetime(["2022-03-29", "2022-03-29", "2022-03-08", None]),
            "working_on": pd.to_datetime(["2022-04-05", None, "2022-03-10", None]),
        }
    )  # fmt: skip
    result = run(stops=stops)
    assert take(result, "back_at_work", days_after=7) == (10 + 30) / 60
    assert take(result, "back_at_work", days_after=6) == 30 / 60
    assert take(result, "back_at_work", days_after=7, closed_at_least=20) == 10 / 30
    assert take(result, "back_at_work", days_after=7, closed_at_most=20) == 1.0
    assert take(result, "back_at_work", days_after=7, since="2022-03-20", until="2022-03-31") == 10 / 30
    assert take(result, "back_at_work", days_after=7, of={"size": ["small"]}) == 1.0
    assert take(result, "quantile_of_return", q=0.5) == 2
    assert take(result, "quantile_of_return", q=0.6) == 7
    assert isnan(take(result, "quantile_of_return", q=0.9))  # a third never came back


def test_contracts_and_outcomes() -> None:
    won = {"contracts_of_small_firms": 300.0, "contracts_of_medium_firms": 100.0, "contracts_of_large_firms": 600.0}
    result = run(value=won.__getitem__)
    assert take(result, "procurement_share", winner="small_micro") == 0.3
    assert take(result, "procurement_share", winner=["small_micro", "medium"]) == 0.4
    assert take(result, "outcome", outcome="contracts_of_small_firms") == 3.0


def test_loans_that_banks_lose_a_year() -> None:
    ledger = pd.DataFrame(
        [
            ("2022-01", "banks", "written_off", "loan", 1_100_00),
            ("2022-06", "banks", "written_off", "loan", 1_100_00),
            ("2022-07", "banks", "written_off", "loan", 9_000_00),
            ("2022-02", "suppliers", "written_off", "loan", 5_00),
        ],
        columns=["month", "payee", "kind", "flow", "amount_fen"],
    )  # fmt: skip
    result = run(ledger=ledger, snapshots=snapshots())
    # 300 * 1000 + 400 * 2000 yuan are lent; 2200 yuan are lost in half a year.
    assert take(result, "bad_loans", since=START, until="2022-06") == pytest.approx(2 * 2200 / 1_100_000)


def test_lines_of_the_ledger_and_days_of_a_flow() -> None:
    ledger = pd.DataFrame(
        [
            ("2022-11", "customers", "firms", "sales", "owed", "", 100_00),
            ("2022-12", "customers", "firms", "sales", "owed", "", 300_00),
            ("2022-12", "customers", "firms", "sales", "paid", "", 600_00),
            ("2022-12", "state_landlords", "firms", "rent", "relieved", "rent_waiver", 50_00),
            ("2023-01", "customers", "firms", "sales", "owed", "", 900_00),
        ],
        columns=["month", "payer", "payee", "flow", "kind", "measure", "amount_fen"],
    )
    result = run(ledger=ledger, snapshots=snapshots())
    year = {"since": "2022-01", "until": "2022-12"}
    assert take(result, "ledger_amount", **year) == 1_050
    assert take(result, "ledger_amount", flow="sales", kind=["owed", "paid"], **year) == 1_000
    assert take(result, "ledger_amount", measure="rent_waiver", **year) == 50
    # Two months of 200 yuan are on record, of 365 / 12 days each; cash of who lives: 200 * 200 + 300 * 300 + 50 * 500.
    days = take(result, "days_of_flow", on=LATER, variable="cash_fen", flow={"flow": "sales", "kind": "owed"})
    assert days == pytest.approx(155_000 / (400 / (2 * 365 / 12)))


def test_two_readings_of_one_run() -> None:
    losses = {"name": "loss_share", "on": LATER}
    before = {"name": "loss_share", "on": START}
    assert take(FIRMS, "difference", first=losses, second=before) == pytest.approx(350 / 550 - 0.4)
    assert take(FIRMS, "ratio", first=losses, second=before) == pytest.approx(350 / 550 / 0.4)
    nobody = before | {"of": {"size": ["medium"]}}
    assert isnan(take(FIRMS, "ratio", first=losses, second=nobody))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("measure_amount", {"measure": "rent_waivers", "until": "2022-06"}),
        ("measure_amount", {"measure": "rent_waiver", "until": "2022-06-15"}),  # half a month is not counted
        ("applied_share", {"kind": "loan", "since": "2022-06-15", "until": "2022-07"}),
        ("outcome", {"outcome": "survival"}),
        ("ratio", {"first": {"name": "loss_share", "on": START}}),
        ("ratio", {key: {"name": "loss_share", "of": START} for key in ("first", "second")}),
        ("ledger_amount", {"since": "2022-01", "until": "2022-06", "flow": "loans"}),
        ("loss_share", {"on": START, "of": {"age_years": [5, 3]}}),
        ("sales_index", {"month": "2022-01", "of": {"owes": True}}),  # the panel does not know
        ("quantile_of_firms", {"on": START, "variable": "cash_months", "q": 1.5}),
        ("share_of_exits", {"since": START, "until": LATER}),
        ("share_of_exits", {"since": START, "until": LATER, "causes": ["churn"]}),
    ],
)
def test_what_a_reading_does_not_take_is_refused(name: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        READINGS[name].arguments.model_validate(arguments)


def test_what_readings_need_to_see() -> None:
    start = horizon(*(pd.Timestamp(day).date() for day in (START, LATER))).start
    specs = [
        READINGS[name].spec(name, READINGS[name].arguments.model_validate(arguments))
        for name, arguments in {
            "exits": {"since": "2022-03-31", "until": LATER},
            "sales_index": {"month": "2022-05"},
            "outcome": {"outcome": "births"},
        }.items()
    ]
    assert inside(specs, start) == Inside(days=(START, "2022-03-31", LATER))
    assert inside(specs[2:], start) == Inside()
    both = {"first": {"name": "loss_share", "on": LATER}, "second": {"name": "back_at_work", "days_after": 7}}
    combined = READINGS["difference"].spec("both", READINGS["difference"].arguments.model_validate(both))
    assert inside([combined], start) == Inside(days=(LATER,), stops=True)


def test_every_reading_says_what_it_is() -> None:
    assert all((one.function.__doc__ or "").strip() for one in READINGS.values())
