"""Somebody's own firms: what is given stays, what is not is drawn from it, what is wrong is said with its line."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.data_folders import CALIBRATION_VARIABLE, own_calibration_folder
from sim.engine import simulate
from sim.names import labels
from sim.parameters import load as load_parameters
from sim.population.counties import counties
from sim.population.firm_table import CODEBOOK, COLUMNS, TABLE, export
from sim.population.own_firms import own_firms
from sim.population.synthesis import Population, synthesise
from sim.refusal import Refusal
from sim.scenario import load
from sim.study.runs.manifest import calibration_fingerprint
from sim.timeline import Timeline
from sim.vocabulary import FLAGS, LANDLORDS, SECTORS, Status, bit

LABELS = labels()
TIMELINE = Timeline(date(2022, 1, 1), date(2023, 12, 31))
FIRMS = 3_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "calibration"
    shutil.copytree(own_calibration_folder(), copy)
    return copy


def people(firms: int = FIRMS, seed: int = 1) -> Population:
    return synthesise(load_parameters(), counties(), TIMELINE, seed, firms)


def written(folder: Path, rows: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    pd.DataFrame(rows).to_csv(folder / TABLE, index=False)
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder))


def shop(**more: object) -> dict[str, object]:
    return {"county": "530102", "sector": "retail", "size": "individual"} | more


def alive(population: Population, column: str) -> np.ndarray:
    return getattr(population.firms, column)[population.firms.status == Status.OPEN]


def test_the_population_written_and_read_again_is_the_same_to_the_last_bit(folder, monkeypatch):
    before = people(seed=3)
    run_before = simulate(load("full_plan"), firms=FIRMS, seed=3, fates=True)
    fingerprint = calibration_fingerprint()
    export(before.firms, before.cohort_start, folder)
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder))
    after = people(firms=17, seed=3)  # the table decides how many there are
    assert (after.alive, after.entities, after.scale) == (before.alive, before.entities, before.scale)
    assert (after.cohort_start == before.cohort_start).all()
    for name, column in before.firms._asdict().items():
        assert (column == getattr(after.firms, name)).all(), name
    run_after = simulate(load("full_plan"), firms=FIRMS, seed=3, fates=True)
    for field in dataclasses.fields(run_before):
        if isinstance(table := getattr(run_before, field.name), pd.DataFrame):
            assert table.equals(getattr(run_after, field.name)), field.name
    assert calibration_fingerprint() != fingerprint


def test_the_codebook_tells_every_column_in_both_languages(tmp_path):
    few = people(50)
    export(few.firms, few.cohort_start, tmp_path)
    book = pd.read_csv(tmp_path / CODEBOOK, keep_default_na=False)
    assert list(book["column"]) == list(pd.read_csv(tmp_path / TABLE).columns) == [column.name for column in COLUMNS]
    assert (book[["allowed_zh", "allowed_en", "meaning_zh", "meaning_en"]] != "").all(axis=None)
    assert set(book[book["needed"] == 1]["column"]) == {"county", "sector", "size"}


def test_three_columns_are_enough(folder, monkeypatch):
    written(folder, [shop(), shop(size="micro"), shop(sector="catering", county="532901")], monkeypatch)
    population = people()
    assert population.alive == population.entities == 3
    assert population.scale == pytest.approx(3 / 2_898_000)
    assert (alive(population, "cash") > 0).all() and (alive(population, "usual_sales") > 0).all()
    assert set(alive(population, "key")) == {1, 2, 3}
    assert (population.firms.status == Status.UNBORN).sum() == 1  # births go by the entities
    assert simulate(load("baseline"), seed=1).ledger_residual_fen == 0


def test_words_of_either_language_are_taken_for_sectors_and_sizes(folder, monkeypatch):
    rows = [shop(), shop(sector=LABELS["sector"]["retail"]["zh"], size=LABELS["size"]["individual"]["en"])]
    written(folder, rows, monkeypatch)
    table = own_firms()
    assert table is not None
    assert len(set(table.firms.sector)) == len(set(table.firms.size)) == 1


def test_what_is_given_stays_and_the_rest_follows_from_it(folder, monkeypatch):
    given = {"sales_yuan": 50_000.5, "rent_yuan": 0, "landlord": "none", "staff": 4, "technology": 1}
    written(folder, [shop(id=f"shop {k}", **given) for k in range(400)], monkeypatch)
    population = people()
    assert (alive(population, "usual_sales") == 5_000_050).all() and (alive(population, "staff") == 4).all()
    assert (alive(population, "landlord") == LANDLORDS.index("none")).all() and (alive(population, "rent") == 0).all()
    assert (alive(population, "flags") & bit(FLAGS, "technology") > 0).all()
    cash = alive(population, "cash") / alive(population, "usual_sales")
    assert 0.2 < np.median(cash) < 1.5 and len(np.unique(cash)) > 390
    assert len(np.unique(alive(population, "key"))) == 400
    other_seed = people(seed=2)
    assert (alive(other_seed, "key") == alive(population, "key")).all()
    assert (alive(other_seed, "cash") != alive(population, "cash")).mean() > 0.99


def test_a_loan_whose_day_is_given_has_a_term(folder, monkeypatch):
    """One that is due in less than a year may be of either length, one that is due later is long."""
    loan = {"loan_yuan": 100_000}
    written(folder, [shop(**loan, loan_due=day) for day in [200] * 200 + [900] * 200], monkeypatch)
    population = people()
    due, terms = alive(population, "loan_due_on"), alive(population, "loan_term")
    assert set(terms[due == 200]) == {12, 36}
    assert set(terms[due == 900]) == {36}


def test_a_given_mean_keeps_the_distribution_of_what_is_drawn(folder, monkeypatch):
    drawn = people(20_000)
    rows = (
        (drawn.firms.status == Status.OPEN) & (drawn.firms.sector == SECTORS.index("retail")) & (drawn.firms.size == 0)
    )
    firms = drawn.firms
    table = [
        shop(staff=int(firms.staff[k]), sales_yuan=f"{firms.usual_sales[k] / 100:.2f}") for k in np.flatnonzero(rows)
    ]
    written(folder, table, monkeypatch)
    again = people()
    for column in ("wage", "cash", "loan"):
        mean = getattr(firms, column)[rows].mean(dtype=np.float64)
        assert alive(again, column).mean(dtype=np.float64) == pytest.approx(mean, rel=0.15), column


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"county": "999999"}, "firms.csv:3: county: found 999999, allowed is the code of a county of the province"),
        ({"sector": "shops"}, "firms.csv:3: sector: found shops, allowed is agriculture, mining_and_utilities"),
        ({"size": ""}, 'firms.csv:3: size: found "", allowed is individual, micro, small, medium'),
        ({"weight": "0"}, "firms.csv:3: weight: found 0, allowed is a whole number from 1 to 2147483647"),
        ({"staff": "-2"}, "firms.csv:3: staff: found -2, allowed is a whole number from 0 to 1000000"),
        ({"sales_yuan": "0"}, "firms.csv:3: sales_yuan: found 0, allowed is an amount above 0"),
        (
            {"cash_yuan": "1.005"},
            "firms.csv:3: cash_yuan: found 1.005, allowed is an amount from 0 on with at most two",
        ),
        ({"cash_yuan": "1e5"}, "firms.csv:3: cash_yuan: found 1e5, allowed is an amount from 0 on"),
        ({"insured_share": "1.5"}, "firms.csv:3: insured_share: found 1.5, allowed is from 0 to 1"),
        ({"technology": "yes"}, "firms.csv:3: technology: found yes, allowed is 0, 1"),
        ({"id": "a"}, "firms.csv:3: id: found a, allowed is an identity of its own (line 2 has it)"),
        ({"sector": "retial"}, "; did you mean retail?"),
        ({"size": "mirco"}, "; did you mean micro?"),
        (
            {"rent_yuan": "5", "landlord": "none"},
            "firms.csv:3: rent_yuan: found 5, allowed is 0, for it has no landlord",
        ),
        ({"loan_yuan": "5", "loan_due": "-1"}, "firms.csv:3: loan_due: found -1, allowed is from 0 on with a loan"),
        ({"overdue_yuan": "5", "customer": "households"}, "firms.csv:3: overdue_yuan: found 5, allowed is 0, unless"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_line(folder, monkeypatch, row, said):
    usual = {
        "id": "a", "weight": 1, "staff": 1, "sales_yuan": 1, "cash_yuan": 1, "insured_share": 0, "technology": 0,
        "rent_yuan": 0, "landlord": "none", "loan_yuan": 0, "loan_due": -1, "overdue_yuan": 0, "customer": "households",
    }  # fmt: skip
    used = shop(**{name: usual[name] for name in row if name in usual})
    written(folder, [used, used | {"id": "b"} | row if "id" in row else used | row], monkeypatch)
    with pytest.raises(Refusal) as refused:
        own_firms()
    assert said in refused.value.en and "\n" not in refused.value.en
    assert "应为" in refused.value.zh


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "county,sector\n530102,retail\n",
            'firms.csv:1: columns: found "", allowed is at least county, sector, size',
        ),
        ("", "firms.csv: not readable as a table (No columns to parse from file)"),
        ("county,sector,size\n1,2,3\n1,2,3,4\n", "firms.csv: not readable as a table"),
        ("county,sector,size,profit\n", "firms.csv:1: columns: found profit, allowed is id, weight, county"),
        ("county,sector,size,saff\n", "; did you mean staff?"),
        ("county,sector,size\n", 'firms.csv:2: rows: found "", allowed is at least one firm'),
    ],
)
def test_a_table_that_is_none_is_refused(folder, monkeypatch, text, said):
    (folder / TABLE).write_text(text, "utf-8")
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder))
    with pytest.raises(Refusal) as refused:
        own_firms()
    assert said in refused.value.en


def test_not_all_faults_of_a_long_table_are_told(folder, monkeypatch):
    written(folder, [shop(staff="many") for _ in range(50)], monkeypatch)
    with pytest.raises(Refusal, match="these 20 are not all") as refused:
        own_firms()
    assert len(refused.value.en.splitlines()) == 21
