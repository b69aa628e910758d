"""Every parameter, every unit and every lever has a name in both languages; what nobody named is called by its path."""

import re
import shutil
from collections import Counter

import pytest

from sim.data_folders import CALIBRATION_VARIABLE, calibration_folder
from sim.parameters import Description, Setting, load
from sim.report.words.catalogue import LANGUAGES, UNITS, catalogue
from sim.report.words.lever_names import all_lever_words, lever_name, lever_words, with_path
from sim.report.words.parameter_names import group_name, key_name, parameter_name, unit_name
from sim.scenario.differences import lever_table

ENTRIES: list[Description] = list(load().paths())
SETTINGS: list[Setting] = list(load().settings())
LONGEST = {"zh": 24, "en": 40}
CHINESE = re.compile("[\u3400-\u9fff]")
PATH = re.compile(r"[a-z]_[a-z]|[a-z]\.[a-z]|[`{}]")  # what paths and code have, and words have not


def test_every_parameter_has_a_short_name_of_its_own_in_both_languages() -> None:
    names = [parameter_name(entry.path) for entry in ENTRIES]
    assert [entry.path for entry, name in zip(ENTRIES, names, strict=True) if name is None] == []
    for lang in LANGUAGES:
        said = [getattr(name, lang) for name in names]
        assert [name for name, times in Counter(said).items() if times > 1] == []
        assert [name for name in said if len(name) > LONGEST[lang] or PATH.search(name)] == []
        assert [name for name in said if re.search("[,，、:：]", name)] == []  # names stand in lists, and behind a key
    assert all(CHINESE.search(name.zh) and not CHINESE.search(name.en) for name in names if name)


def test_every_value_of_a_table_is_told_from_the_others() -> None:
    values = [setting.path for setting in SETTINGS if not setting.is_factor]
    names = all_lever_words(f"parameters.{path}" for path in values)
    for lang in LANGUAGES:
        said = [getattr(name, lang) for name in names]
        assert [name for name, times in Counter(said).items() if times > 1] == []
        assert [name for name in said if PATH.search(name)] == []


def test_names_and_units_of_what_is_no_parameter_are_not_kept() -> None:
    paths, units = {entry.path for entry in ENTRIES}, {entry.unit for entry in ENTRIES}
    named = {name.partition(".")[2] for name in catalogue() if name.startswith("parameter_name.")}
    assert named == paths
    assert {name.removeprefix(f"{UNITS}.") for name in catalogue() if name.startswith(f"{UNITS}.")} == units


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.path)
def test_every_unit_and_group_of_a_parameter_has_words(entry: Description) -> None:
    for words in (unit_name(entry.unit), group_name(entry.path)):
        assert CHINESE.search(words.zh) and not CHINESE.search(words.en) and not PATH.search(words.en)


def test_every_lever_of_the_shipped_plan_has_a_name_and_every_number_a_unit_in_both_languages() -> None:
    levers = [entry for entry in lever_table("full_plan") if entry.kind == "lever"]
    for entry, name in zip(levers, all_lever_words(entry.path for entry in levers), strict=True):
        assert CHINESE.search(name.zh) and not CHINESE.search(name.en), entry.path
        assert not PATH.search(name.zh) and not PATH.search(name.en), entry.path
        if "number" in entry.type:
            assert CHINESE.search(unit_name(entry.unit).zh), entry.path


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("costs.rent.catering", "餐饮业：房租占销售额的比重", "Catering: rent as a share of sales"),
        ("costs.rent.default", "其余：房租占销售额的比重", "All others: rent as a share of sales"),
        ("population.staff.retail.micro", "零售业、微型企业：户均用工人数", "Retail, micro firms: staff of a firm"),
        ("delivery.capacity.transport", "交通运输部门：经办窗口的办件能力",
         "Transport: desks' capacity to handle cases"),
        ("restart.mean_days.transport", "运输：自行解决复工难题的平均天数",
         "Transport: days to overcome a restart problem"),
        ("costs.tolls.transport", "交通运输：通行费占销售额的比重", "Transport: tolls as a share of sales"),
        ("population.cash_months.0.5", "不超过 0.5 个月：现金可维持月数的企业分布",
         "Up to 0.5 months: firms by months that cash lasts"),
        ("tax.vat_small_scale.2022-04-01", "自 2022-04-01 起：小规模纳税人增值税征收率",
         "From 2022-04-01: VAT rate of small-scale taxpayers"),
        ("population.flag_share.technology.share.micro", "微型企业：科技型中小企业比重",
         "Micro firms: share of technology firms"),
        ("costs.rent", "房租占销售额的比重（倍数）", "Rent as a share of sales (factor)"),
        ("tax.vat_general", "一般纳税人增值税税负率（倍数）", "VAT burden of general taxpayers (factor)"),
    ],
)  # fmt: skip
def test_a_value_of_a_table_has_its_key_in_front_and_a_table_is_a_factor(path: str, zh: str, en: str) -> None:
    name = lever_words(f"parameters.{path}")
    assert (name.zh, name.en) == (zh, en)


def test_a_parameter_that_the_catalogue_or_the_calibration_does_not_know_is_called_by_its_path(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = shutil.copytree(calibration_folder(), tmp_path / "calibration")
    with (own / "parameters.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "hope:\n  of_owners:\n    value: 0.3\n    unit: share of hope\n    prior: {distribution: fixed}\n"
            "    grade: D\n    assumption: nobody has measured it\n"
        )
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(own))
    assert load()["hope.of_owners"] == 0.3
    assert parameter_name("hope.of_owners") is None
    for lang in LANGUAGES:
        assert lever_name("parameters.hope.of_owners", lang) == "hope.of_owners"
        assert with_path("parameters.hope.of_owners", lang) == "hope.of_owners"
    assert unit_name("share of hope").zh == "share of hope"
    for path in ("costs.rent.nonsense", "costs.rent.catering.more", "no.such"):
        assert parameter_name(path) is None


def test_the_path_stands_below_the_name_where_it_is_typed() -> None:
    assert with_path("parameters.tax.surcharge_share", "en") == "Surcharges on VAT\nparameters.tax.surcharge_share"
    key = key_name("costs.rent.catering")
    assert key is not None and key.zh == "餐饮业" and key_name("costs.rent") is None
