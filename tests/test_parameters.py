"""Parameters: the file is coherent, shapes are right, priors are distributions, changes stay within them."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import triang, truncnorm, uniform

from sim.parameter_file import ParameterError, Prior
from sim.parameters import load
from sim.refusal import Refusal
from sim.vocabulary import AGENCIES, CUSTOMERS, SECTORS, SIZES

PARAMETERS = load()


def test_every_entry_has_unit_prior_and_evidence_or_the_mark():
    entries = list(PARAMETERS.paths())
    assert len(entries) > 130
    assert all(entry.unit and (entry.evidence or entry.assumption) for entry in entries)
    assert all(entry.prior.low <= entry.prior.value <= entry.prior.high for entry in entries)
    assert any(entry.assumption for entry in entries)
    assert any(not entry.assumption for entry in entries)


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


def entry(prior, value=1):
    """A file of one entry with this prior."""
    return f"a: {{value: {value}, unit: days, prior: {{distribution: {prior}}}, evidence: [b], grade: B}}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: {value: 1, unit: d, prior: {distribution: fixed}, grade: D}", "a: needs evidence or the mark assumption"),
        (entry("split, low: 0, high: 2", value=3), "a.prior: must have low <= value <= high"),
        (entry("split, low: 0, high: 2", value="{b: 1}").replace("b: 1", "b: 2022-01-01"), "a: the values of a table"),
        (entry("split, low: 1.5, high: 2", value="{b: 1}"), "a.prior: must have low <= value <= high"),
        (entry("split, low: -1, high: 2", value="{b: 1}"), "a: a factor on a table is not below 0"),
        (entry("split, low: 0, high: 2022-01-01"), "a.prior: value, low and high must be of one kind"),
        (
            entry("split, low: 2022-01-01, high: 2022-01-03", value="2022-01-02"),
            "a.prior: the prior of a date is fixed",
        ),
        (entry("fixed, low: 0, high: 2"), "a.prior: a fixed prior has neither low nor high"),
        (entry("split, low: 1, high: 1"), "a.prior: a prior of one value is fixed"),
        (entry("normal, low: 0, high: 2"), "a.prior: needs sd if it is normal or lognormal, and only then"),
        (entry("split, low: 0, high: 2, sd: 1"), "a.prior: needs sd if it is normal or lognormal, and only then"),
        (entry("lognormal, low: 0, high: 2, sd: 1"), "a.prior: a lognormal prior lies above 0"),
        (entry("split, low: 0, high: 2, value: 1"), "a: a prior has no value of its own"),
        (entry("split, high: 2"), "parameters.yaml:1: a.prior.low: is missing"),
        (
            entry("split, low: 0, high: 2").replace("grade: B", "grade: E"),
            'a.grade: found "E"; allowed: A, B, C, D',
        ),
        (entry("split, low: 0, high: 2").replace("unit: days, ", ""), "a.unit: is missing"),
        (
            entry("split, low: 0, high: 2").replace("value:", "valeu:"),
            "a.valeu: there is no such entry; did you mean value?",
        ),
        (entry("split, low: 0, hihg: 2"), "a.prior.hihg: there is no such entry; did you mean high?"),
        (
            entry("split, low: 0, high: 2", value='"1"'),
            'parameters.yaml:1: a.value: found "1"; allowed: a date such as',
        ),
        ("a: 4", "a: needs value, unit, prior, grade and evidence or assumption"),
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


PRIORS = [
    Prior(distribution="uniform", low=1.0, value=2.0, high=9.0),
    Prior(distribution="triangular", low=1.0, value=2.0, high=9.0),
    Prior(distribution="triangular", low=2.0, value=2.0, high=9.0),
    Prior(distribution="split", low=1.0, value=2.0, high=9.0),
    Prior(distribution="normal", low=1.0, value=2.0, high=9.0, sd=1.5),
    Prior(distribution="lognormal", low=1.0, value=2.0, high=9.0, sd=0.5),
]


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: f"{prior.distribution} from {prior.low:g}")
def test_a_prior_gives_the_value_that_a_share_of_its_draws_does_not_exceed(prior):
    low, value, high = prior.low, prior.value, prior.high
    known = {
        "uniform": uniform(low, high - low),
        "triangular": triang((value - low) / (high - low), low, high - low),
        "normal": truncnorm((low - value) / 1.5, (high - value) / 1.5, value, 1.5),
    }.get(prior.distribution)
    units = np.linspace(0, 1, 101)
    drawn = np.array([prior.at(unit) for unit in units])
    assert (drawn[0], drawn[-1]) == (pytest.approx(low), pytest.approx(high)) and (np.diff(drawn) > 0).all()
    assert low <= drawn.min() and drawn.max() <= high
    if known is not None:
        assert np.allclose(drawn, known.ppf(units), rtol=1e-9)
    if prior.distribution == "split":
        assert prior.at(0.5) == value
    if prior.distribution == "lognormal":
        logs = truncnorm(np.log(0.5) / 0.5, np.log(4.5) / 0.5, np.log(2), 0.5)
        assert np.allclose(np.log(drawn), logs.ppf(units), rtol=1e-9)


def test_a_prior_of_a_date_is_even_over_its_days_and_a_fixed_one_is_the_value():
    days = Prior(distribution="uniform", low=date(2022, 12, 5), value=date(2022, 12, 6), high=date(2022, 12, 8))
    assert [days.at(unit).day for unit in (0.0, 0.24, 0.25, 0.99, 1.0)] == [5, 5, 6, 8, 8]
    fixed = Prior(distribution="fixed", value=0.16)
    assert fixed.is_fixed and (fixed.low, fixed.at(0.0), fixed.at(1.0), fixed.high) == (0.16,) * 4
