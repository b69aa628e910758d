"""What a scenario may state about its world, and the sentences about what it may not."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from sim.world.spec import Listing, WorldSpec

EPISODE = {"from": "2022-05-01", "to": "2022-05-10", "high_places": 3}


def refusal(**stated: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        WorldSpec.model_validate(stated)
    return str(caught.value)


def test_the_default_is_the_real_world_of_2022_and_2023() -> None:
    spec = WorldSpec()
    assert (spec.start, spec.end, spec.outbreak) == (date(2022, 1, 1), date(2023, 12, 31), "real")
    assert not spec.listings


@pytest.mark.parametrize("name", ["瑞丽市", "瑞丽", "533102", "Ruili", "Ruili City"])
def test_a_county_has_several_names(name: str) -> None:
    assert Listing.model_validate({"county": name, **EPISODE}).area == "533102"


@pytest.mark.parametrize("name", ["红河哈尼族彝族自治州", "红河州", "红河", "5325", "532500", "Honghe"])
def test_a_prefecture_has_several_names(name: str) -> None:
    assert Listing.model_validate({"prefecture": name, **EPISODE}).area == "5325"


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"listings": [{"county": "Ruilli", **EPISODE}]}, "there is no county Ruilli; did you mean Ruili?"),
        ({"listings": [{"county": "瑞丽县", **EPISODE}]}, "there is no county 瑞丽县; did you mean 瑞丽市?"),
        ({"listings": [{"prefecture": "昆明州", **EPISODE}]}, "there is no prefecture 昆明州; did you mean 昆明市?"),
        ({"demand": {"cattering": {"2022-05": 0.5}}}, "there is no sector cattering; did you mean catering?"),
        ({"demand": {"catering": {"2025-05": 0.5}}}, "demand of catering in 2025-05 lies outside the horizon"),
        ({"listings": [{**EPISODE}]}, "exactly one of county, prefecture or province"),
        ({"listings": [{"county": "Ruili", "prefecture": "5331", **EPISODE}]}, "exactly one of"),
        ({"listings": [{"county": "Ruili", **EPISODE, "high_places": 0}]}, "at least one high or medium place"),
        ({"listings": [{"county": "Ruili", **EPISODE, "to": "2022-04-01"}]}, "before it begins"),
        ({"listings": [{"county": "Ruili", **EPISODE}], "end": "2022-05-05"}, "outside the horizon"),
        ({"start": "2021-12-01"}, "the record begins on 2022-01-01"),
        ({"end": "2021-12-01"}, "before the start"),
        ({"end": "2040-12-31"}, "at most 10 years"),
        ({"outbreak": "some"}, "'real' or 'none'"),
        ({"wave": 2}, "Extra inputs are not permitted"),
        ({"wave_factor": -1}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_statement_gets_a_sentence(stated: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(**stated)


def test_a_statement_survives_writing_and_reading() -> None:
    spec = WorldSpec.model_validate(
        {
            "listings": [{"county": "Ruili", **EPISODE}],
            "demand": {"services": 0.9, "catering": {"2022-05": 0.5}, "retail": {"2022-06-01": 0.8}},
        }
    )
    assert WorldSpec.model_validate_json(spec.model_dump_json()) == spec


def test_a_group_stands_for_its_sectors() -> None:
    spec = WorldSpec.model_validate({"demand": {"industry": 0.9}})
    assert [sectors for sectors, _ in spec.demand_by_sector()] == [
        ("mining_and_utilities", "food_manufacturing", "manufacturing")
    ]


def test_the_schema_can_be_written_for_editors() -> None:
    assert "listings" in WorldSpec.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ({"start": "2020-01-01"}, "the record begins on 2022-01-01, before it write demand_index: usual"),
        ({"stops": [{"closed": {"2021-12-01": 0.5}}]}, "a stop from 2021-12-01 on lies outside the horizon"),
        ({"stops": [{"county": "Wuhua", "prefecture": "Kunming", "closed": 0.5}]}, "one of county and prefecture"),
        ({"staff_from_elsewhere": {"retail": 0.3}, "staff_away": {"2021-12-01": 0.5}}, "on 2021-12-01 lies outside"),
        ({"staff_away": {"2022-02-01": 0.5}}, "staff_away needs staff_from_elsewhere"),
        (
            {"staff_from_elsewhere": {"services": 0.3, "retail": 0.2}},
            "retail is stated twice, the second time by retail",
        ),
        ({"staff_from_elsewhere": {"retail": 1.2}}, "less than or equal to 1"),
    ],
)
def test_orders_and_years_that_cannot_be_are_refused(world: dict, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        WorldSpec.model_validate(world)


def test_a_world_may_begin_before_the_record_without_published_demand() -> None:
    spec = WorldSpec.model_validate({"start": "2020-01-01", "end": "2020-12-31", "demand_index": "usual"})
    assert spec.start.year == 2020
