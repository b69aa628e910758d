"""Words of either language mean the names of the model."""

import pytest

from sim import scenario
from sim.measure import Eligibility
from sim.names import labels, meant
from sim.population.counties import counties, forms
from sim.refusal import Refusal, UnknownName
from sim.report.words.catalogue import catalogue
from sim.study.comparison.journey import _understood
from sim.vocabulary import SECTORS, SIZES
from sim.world.spec import WorldSpec


@pytest.mark.parametrize("sector", SECTORS)
def test_a_sector_may_be_written_as_the_page_shows_it(sector: str) -> None:
    shown = catalogue()[f"sector.{sector}"]
    written = [sector, shown.zh, shown.zh.removesuffix("业"), shown.en, shown.en.upper()]
    assert Eligibility(sectors=written).sectors == (sector,) * len(written)  # type: ignore[arg-type]
    assert list(WorldSpec(demand={shown.zh: 0.9}).demand) == [sector]  # type: ignore[dict-item]
    assert _understood({"sector": written}) == {"sector": [sector] * len(written)}


@pytest.mark.parametrize("size", SIZES)
def test_a_size_may_be_written_as_the_page_shows_it(size: str) -> None:
    shown = catalogue()[f"size.{size}"]
    written = [size, shown.zh, shown.zh.removesuffix("企业"), shown.en]
    assert Eligibility(sizes=written).sizes == (size,) * len(written)  # type: ignore[arg-type]
    assert _understood({"size": written}) == {"size": [size] * len(written)}


def test_a_condition_of_a_journey_may_be_written_as_the_page_shows_it() -> None:
    asked = {"fate": "因方案存活", "exit_cause": "资不抵债退出", "prefecture": ["玉溪", "红河州", "Kunming"]}
    assert _understood(asked) == {
        "fate": ["saved"], "exit_cause": ["insolvent"], "prefecture": ["5304", "5325", "5301"],
    }  # fmt: skip


def test_every_word_means_its_name_and_no_other() -> None:
    for group, names in labels().items():
        for name, words in names.items():
            for word in words.values():
                others = [other for other, both in names.items() if word in both.values()]
                assert meant(word, group) == (name if others == [name] else word), f"{group}.{name}: {word}"


def test_a_lever_may_name_a_sector_as_the_page_shows_it():
    asked = scenario.load("baseline", scenario.from_words(["parameters.costs.rent.餐饮=0.1"]))
    assert asked.parameter_changes == {"costs.rent.catering": 0.1}


def test_what_means_nothing_is_left_as_it_is() -> None:
    assert [meant(word, "sector") for word in ("餐饮店", "", "业", 3)] == ["餐饮店", "", "业", 3]


def test_every_place_may_be_called_by_its_names() -> None:
    table = counties()
    for code, zh, place in zip(table.prefecture_code, table.prefecture_zh, range(16), strict=True):
        shown = catalogue()[f"prefecture.{code}"]
        for name in (code, f"{code}00", zh, shown.zh, f"{shown.zh}{zh[-1]}", shown.en, shown.en.lower()):
            assert table.prefecture_index(name) == place, name
    for code, zh, en, place in zip(table.code, table.zh, table.en, range(len(table)), strict=True):
        assert {table.county(name) for name in (code, zh, en)} == {place}


@pytest.mark.parametrize(
    ("name", "county"),
    [("五华", "五华区"), ("石林县", "石林彝族自治县"), ("双江", "双江拉祜族佤族布朗族傣族自治县"), ("云县", "云县"),
     ("Shilin Yi Autonomous County", "石林彝族自治县"), ("Wuhua District", "五华区"), ("shangri-la", "香格里拉市"),
     ("大理", "大理市"), ("Lüchun", "绿春县")],
)  # fmt: skip
def test_official_and_short_names_of_counties(name: str, county: str) -> None:
    assert counties().zh[counties().county(name)] == county


def test_an_ambiguous_name_is_refused_with_all_that_it_may_mean() -> None:
    with pytest.raises(UnknownName) as caught:
        counties().county("Yiliang")
    assert caught.value.among == ("宜良县 (Yiliang (Kunming))", "彝良县 (Yiliang (Zhaotong))")
    assert [name for name, places in forms("county").items() if len(places) > 1] == ["yiliang", "yiliangcounty"]


@pytest.mark.parametrize("name", ["五华县", "大理州", "Wuhua County", "Dali Prefecture", "昆明"])
def test_a_place_of_another_kind_is_no_county(name: str) -> None:
    with pytest.raises(Refusal):
        counties().county(name)
