from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.desk.what_if import WhatIf, checked_name
from sim.refusal import Refusal
from sim.scenario import ScenarioError, diff
from tests.desk.what_ifs import what_ifs

IN_ANY_CASE = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sentences(error: ScenarioError, language: str = "en") -> list[str]:
    return [one.sentence(language) for one in error.errors]  # type: ignore[arg-type]


@IN_ANY_CASE
@given(data=st.data())
def test_any_what_if_is_the_same_after_it_was_saved_and_opened(case: Path, data: st.DataObject) -> None:
    made = data.draw(what_ifs())
    assert WhatIf.from_yaml(made.yaml(), made.file_name) == made


def test_a_saved_file_is_what_compare_takes(case: Path, tmp_path: Path) -> None:
    made = WhatIf("three months").with_lever("shop_rent.months", 3).switched("tax", on=False)
    file = tmp_path / made.file_name
    file.write_text(made.yaml(), encoding="utf-8")
    loaded = sim.scenario.load(file)
    assert loaded.name == "three months"
    assert loaded.fingerprint() == made.scenario().fingerprint()
    assert {change.path for change in diff("full_plan", loaded)} == {"shop_rent.months", "measures.vat_stock_refund"}


def test_what_an_opened_file_says_of_itself_is_kept(case: Path) -> None:
    text = (
        "title: {zh: 三个月, en: Three months}\ndescription: as it is\nauthor: A. Planner\nextends: full_plan.yaml\n"
        "expects: [fewer exits]\nworld: {outbreak: none}\nlevers: {shop_rent.start: 2022-06-01}\n"
    )
    opened = WhatIf.from_yaml(text, "mine.yaml")
    assert (opened.title and opened.title.zh, opened.author, opened.expects) == (
        "三个月",
        "A. Planner",
        ("fewer exits",),
    )
    assert opened.levers == {"shop_rent.start": "2022-06-01", "world.outbreak": "none"}
    assert "shop_rent.start: 2022-06-01\n" in opened.yaml()
    assert WhatIf.from_yaml(opened.yaml(), "mine.yaml") == opened


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("extends: full_plan\nmeasures: [shop_rent]\n", "mine.yaml:2: measures: a page shows files that"),
        ("extends: full_plan\ndefine: {mine: {}}\n", "mine.yaml:2: define: a page shows files that"),
        ("extends: full_plan\nlevers: {firms: 20}\n", "firms"),
        ("extends: full_pln\n", "did you mean full_plan?"),
        ("author: me\n", "extends names a shipped scenario"),
        ("extends: full_plan\nlevers: {shop_rent.month: 3}\n", "mine.yaml:2: levers.shop_rent.month"),
        ("extends: full_plan\nwithout: [shop_rnt]\n", "did you mean shop_rent?"),
        ("extends: full_plan\nlevers: {shop_rent.months: 999}\n", "out of range"),
        ("extends: &a full_plan\n", "anchors and aliases are refused"),
        ("extends: !!python/object:os.system full_plan\n", "tags are refused"),
        ("extends: [\n", "not valid YAML"),
        ("", "extends names a shipped scenario"),
        ("extends: full_plan\ndescription: " + "x" * 300_000, "too large"),
        ("extends: ../../secret.yaml\n", "extends names a shipped scenario"),
    ],
)
def test_a_file_that_a_page_cannot_show_is_refused_in_a_sentence(case: Path, text: str, part: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        WhatIf.from_yaml(text, "mine.yaml")
    assert any(part in sentence for sentence in sentences(refused.value)), sentences(refused.value)
    assert all(sentence.startswith("mine.yaml") for sentence in sentences(refused.value))


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "..", ".a", "a\nb", "<script>", "con", "COM1.x", "full_plan", "x" * 61]
)
def test_a_name_that_no_file_can_have_is_refused(case: Path, name: str) -> None:
    with pytest.raises(Refusal):
        checked_name(name)


def test_a_name_may_be_chinese_and_loses_its_blanks(case: Path) -> None:
    assert checked_name("  租金三个月 ") == "租金三个月"


def test_a_switch_takes_all_measures_and_their_levers(case: Path) -> None:
    made = WhatIf("a").with_lever("shop_rent.months", 3)
    off = made.switched("fiscal", on=False)
    assert off.levers == {} and off.without == ("fiscal",)
    assert off.is_on("fiscal") is False and off.is_on("shop_rent") is False and off.is_on("tax") is True
    partly = off.switched("shop_rent", on=True)
    assert partly.is_on("fiscal") is None and partly.is_on("shop_rent") is True
    assert partly.switched("fiscal", on=True) == WhatIf("a")


def test_what_is_off_is_named_in_one_way(case: Path) -> None:
    one_by_one = WhatIf("a").switched("shop_rent", on=False).switched("shop_grant", on=False)
    assert one_by_one == WhatIf("a").switched("fiscal", on=False)
    assert WhatIf("a", without=("shop_grant", "shop_rent")).checked() == one_by_one


def test_a_switch_that_there_is_not_is_refused_with_the_nearest(case: Path) -> None:
    with pytest.raises(ScenarioError, match="did you mean fiscal"):
        WhatIf("a").switched("fiscl", on=False)


def test_the_plans_own_value_is_no_change(case: Path) -> None:
    made = WhatIf("a").with_lever("shop_rent.months", 3)
    assert made.levers == {"shop_rent.months": 3}
    assert made.with_lever("shop_rent.values.months", 2) == WhatIf("a")
    assert made.without_lever("shop_rent.months") == WhatIf("a")


def test_a_value_beyond_the_horizon_is_refused_with_what_is_allowed(case: Path) -> None:
    with pytest.raises(ScenarioError) as refused:
        WhatIf("a").with_lever("shop_rent.months", 13)
    assert "at most 12" in sentences(refused.value)[0]
    assert "不大于 12" in sentences(refused.value, "zh")[0]


def test_what_differs_is_told_in_both_languages(case: Path) -> None:
    made = WhatIf("a").with_lever("shop_rent.months", 3).switched("tax", on=False)
    off, months = made.differs()
    assert (off.zh, off.en) == ("不实施：减税降费", "Not implemented: Taxes and fees")
    assert months.zh == "免两个月租金：减免的月数：3 个月（方案为 2 个月）"
    assert months.en == "Two months of rent waived: number of monthly bills relieved: 3 months (the plan has 2 months)"
    assert WhatIf("a").differs() == []
