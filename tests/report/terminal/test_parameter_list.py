"""What is told of calibrated parameters: found by words in either language, with what stands behind each."""

import json

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.evidence import evidence
from sim.parameter_file import Prior
from sim.parameters import Description, load
from sim.report.terminal import parameter_list

ENTRIES = {entry.path: entry for entry in load().paths()}


def told(*words):
    return CliRunner().invoke(app, ["parameters", *words])


def test_everything_that_the_files_say_of_a_parameter_is_told_as_json():
    answer = json.loads(told("--json").stdout)
    assert [entry["path"] for entry in answer] == list(ENTRIES)
    for entry in answer:
        of = ENTRIES[entry["path"]]
        assert (entry["kind"], entry["unit"], entry["grade"]) == ("parameter", of.unit, of.grade)
        assert entry["prior"]["distribution"] == of.prior.distribution
        assert [row["id"] for row in entry["evidence"]] == list(of.evidence)
        assert entry["evidence"] or entry["assumption"]
    peak = next(entry for entry in answer if entry["path"] == "world.wave.peak")
    assert peak["value"] == "2022-12-19" and peak["prior"]["low"] == "2022-12-15"


def test_words_find_parameters_by_path_prior_mark_and_evidence_in_both_languages():
    def found(*words):
        return {entry["path"] for entry in json.loads(told(*words, "--json").stdout)}

    assert found("firm.crowding") == {"firm.crowding"}
    assert found("suppliers") >= {"suppliers.credit_share", "suppliers.cash_only_months"}
    assert found("suppliers", "cash_only") <= found("suppliers")
    assumed = {path for path, entry in ENTRIES.items() if entry.assumption}
    assert assumed <= found("假设") and assumed <= found("assumed")
    fixed = {path for path, entry in ENTRIES.items() if entry.prior.is_fixed}
    assert fixed <= found("固定") and fixed <= found("fixed")
    path, entry = next((path, entry) for path, entry in ENTRIES.items() if entry.evidence)
    assert path in found(evidence()[entry.evidence[0]].id)


def test_words_find_parameters_by_name_unit_group_and_key_in_both_languages():
    def found(*words):
        return {entry["path"] for entry in json.loads(told(*words, "--json").stdout)}

    assert "population.cash_months" in found("现金") & found("cash")
    assert "firm.crowding" in found("竞争对手") & found("停业对手") & found("competitor")
    assert "premiums.pension" in found("养老保险") & found("社保缴费") & found("social insurance")
    assert found("餐饮业", "房租") == found("catering", "rent as a share") == {"costs.rent"}
    assert found("留抵", "税") >= {"population.vat_credit_months", "tax.vat_credit_build_up_months"}
    assert found("年利率") >= {"population.loan_rate_mean"}


def test_a_parameter_has_its_name_beside_its_path():
    out = told("tax.surcharge_share", "--lang", "zh").stdout
    assert "附加税费占增值税的比重（tax.surcharge_share）" in out and "占增值税的比重 " in out
    [entry] = json.loads(told("tax.surcharge_share", "--json").stdout)
    assert entry["name"] == {"zh": "附加税费占增值税的比重", "en": "Surcharges on VAT"}


MADE_UP = Description(
    "firm.hope", 0.3, "share", Prior(distribution="split", low=0.0, value=0.3, high=0.6), (), "D", "nobody knows", "-"
)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            (
                "| firm.hope | `firm.hope` | 0.3 | share | split, 0 to 0.6 | D | Assumed: nobody knows",
                "1 parameters: 0 have",
            ),
        ),
        (
            "zh",
            (
                "| firm.hope | `firm.hope` | 0.3 | 比例 | 两侧各半，0 至 0.6 | D | 假设: nobody knows",
                "参数 1 个：0 个有证据",
            ),
        ),
    ],
)
def test_a_parameter_is_told_in_the_reader_s_language(lang, said):
    out = parameter_list.document([MADE_UP], lang)
    assert all(words in out for words in said)


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "Calibrated parameters are not levers of the plan"), ("zh", "校准参数不是方案所能改动的")],
)
def test_that_they_are_no_levers_is_told(lang, said):
    assert said in told("firm.crowding", "--lang", lang).stdout


def test_a_table_is_told_by_its_values_where_they_are_few_and_by_their_range_where_not():
    assert "Individual businesses: 0.8; Micro firms: 0.6" in told("population.staff_spread", "--lang", "en").stdout
    assert "个体工商户 0.8；微型企业 0.6" in told("population.staff_spread", "--lang", "zh").stdout
    many = told("costs.rent").stdout
    assert " values, 0.01 to " in many and "factor on the table: " in many


@pytest.mark.parametrize("words", [("costs.rent", "catering"), ("costs.rent.catering",), ("costs.rent", "餐饮业")])
def test_of_a_table_the_value_under_a_key_is_told(words):
    out = told(*words, "--lang", "en").stdout
    assert f"Catering: {ENTRIES['costs.rent'].value['catering']:g}" in out
    assert " values, " not in out and "Grades: A official" in out


def test_evidence_is_told_with_value_place_period_and_source():
    path, entry = next((path, entry) for path, entry in ENTRIES.items() if entry.evidence)
    row = evidence()[entry.evidence[0]]
    out = told(path).stdout
    assert all(words in out for words in (row.item, row.place, row.period, row.source_title, row.source_address))


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("firm.crowdin9", "No parameter matches firm.crowdin9; did you mean firm.crowding?"),
        ("qqqqqqqq", "No parameter matches qqqqqqqq."),
    ],
)
def test_a_word_that_means_nothing_is_refused_with_the_nearest_name(word, sentence):
    answer = told(word, "--lang", "en")
    assert answer.exit_code == 2 and answer.stderr.strip() == sentence
