"""Parameters: the file is coherent, shapes are right, changes stay within their ranges."""

import numpy as np
import pytest

from sim.parameters import ParameterError, load
from sim.refusal import Refusal
from sim.vocabulary import AGENCIES, CUSTOMERS, SECTORS, SIZES

PARAMETERS = load()


def test_every_entry_has_unit_range_and_one_origin():
    entries = list(PARAMETERS.paths())
    assert len(entries) > 130
    assert all(entry.unit and entry.origin and entry.low <= entry.high for entry in entries)
    assert any(entry.assumed for entry in entries)
    assert any(not entry.assumed for entry in entries)


def test_shares_that_make_a_whole_add_up():
    for kind in ("individual", "enterprise"):
        assert PARAMETERS.by_sector(f"population.sector_share.{kind}").sum() == pytest.approx(1)
    for shares in PARAMETERS.table("population.size_share").values():
        assert sum(shares.values()) == pytest.approx(1)
    customers = PARAMETERS.table("population.customer_share")
    assert set(customers) == set(SECTORS)
    assert all(set(row) == set(CUSTOMERS) and sum(row.values()) == pytest.approx(1) for row in customers.values())
    assert sum(PARAMETERS.table("procurement.form_share").values()) == pytest.approx(1)


def test_shapes():
    assert PARAMETERS.by_sector("costs.rent").shape == (15,)
    assert PARAMETERS.by_size("population.loan_share").shape == (4,)
    assert PARAMETERS.by_sector_and_size("population.staff").shape == (15, 4)
    assert PARAMETERS.by("delivery.capacity", AGENCIES).shape == (10,)
    assert PARAMETERS["costs.rent.tourism"] == PARAMETERS.by_sector("costs.rent")[SECTORS.index("tourism")]
    assert PARAMETERS["population.staff.tourism.micro"] == PARAMETERS["population.staff.default.micro"]
    assert set(PARAMETERS.table("population.flag_share.collateral")["share"]) == set(SIZES)
    assert "travel_agency" in PARAMETERS.table("population.flag_share")
    assert PARAMETERS.dated("tax.vat_small_scale").on(PARAMETERS.date("world.wave.peak")) == 0.0
    with pytest.raises(KeyError):
        PARAMETERS["costs.rent"]
    with pytest.raises(KeyError):
        PARAMETERS.by_sector("firm.crowding")


def test_changes_within_the_range():
    changed = PARAMETERS.with_changes({"firm.crowding": 0.5, "costs.rent": 1.2, "population.staff.tourism.micro": 6})
    assert changed["firm.crowding"] == 0.5
    assert np.allclose(changed.by_sector("costs.rent"), 1.2 * PARAMETERS.by_sector("costs.rent"))
    assert changed["population.staff.tourism.micro"] == 6
    assert changed["population.staff.tourism.small"] == PARAMETERS["population.staff.tourism.small"]
    assert changed["population.staff.default.micro"] == PARAMETERS["population.staff.default.micro"]
    assert changed != PARAMETERS
    assert PARAMETERS["firm.crowding"] == 0.3
    assert load(changed={"firm.crowding": 0.3}) == PARAMETERS
    assert hash(load()) == hash(PARAMETERS)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("firm.crowdin", 0.2, "there is no parameter firm.crowdin; did you mean firm.crowding?"),
        ("costs.rent.caterin", 0.1, "there is no parameter costs.rent.caterin; did you mean costs.rent.catering?"),
        ("firm.crowding", 0.9, "0.9 is outside its range 0 to 0.6"),
        ("costs.rent.catering", 0.5, "0.5 is outside its range 0.072 to 0.18"),
        ("costs.rent", 9, "9 is outside its range 0.6 to 1.5 (factor on all values of the table)"),
        ("world.wave.peak", 3, "3 is not a date from 2022-12-"),
        ("firm.crowding.retail", 0.2, "firm.crowding is not a table"),
        ("firm.crowding", "much", "much is not a number from 0 to 0.6"),
    ],
)
def test_what_is_refused(path, value, sentence):
    with pytest.raises(Refusal) as refusal:
        PARAMETERS.with_changes({path: value})
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: {value: 1, unit: days, low: 0, high: 2}", "a: needs exactly one of source and assumption"),
        ("a: {value: 3, unit: days, low: 0, high: 2, source: 'a long title'}", "a: must have low <= value <= high"),
        ("a: {value: {b: 1}, unit: days, low: 0, high: 2, source: 'a long title'}", "a: a table has low_factor"),
        ("a: {value: 1, low: 0, high: 2, source: 'a long title'}", "a.unit: Field required"),
        ("a: 4", "a: needs value, unit, range and source or assumption"),
        ("a: [", "not readable as YAML"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, text, sentence):
    file = tmp_path / "parameters.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as refusal:
        load(file)
    assert sentence in str(refusal.value)
    with pytest.raises(ParameterError, match="cannot be read"):
        load(tmp_path / "none.yaml")
