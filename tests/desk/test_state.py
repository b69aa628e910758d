from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.desk.state import LARGEST_STATE, LONGEST_ADDRESS, MOST_WHAT_IFS, Desk, History
from sim.desk.what_if import WhatIf
from sim.refusal import Refusal
from tests.desk.what_ifs import what_ifs

IN_ANY_CASE = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def unpacked(address: str) -> dict[str, Any]:
    packed = address.partition(".")[2]
    state: dict[str, Any] = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))))
    return state


def packed(state: Any) -> str:
    text = state if isinstance(state, bytes) else json.dumps(state).encode()
    return "1." + base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")


@IN_ANY_CASE
@given(data=st.data())
def test_any_desk_is_the_same_after_its_address_was_opened(case: Path, data: st.DataObject) -> None:
    made = data.draw(
        st.lists(what_ifs(), min_size=1, max_size=MOST_WHAT_IFS, unique_by=lambda one: one.name.casefold())
    )
    desk = Desk(
        tuple(made),
        data.draw(st.integers(0, len(made) - 1)),
        data.draw(st.sampled_from(["zh", "en"])),
        data.draw(st.sampled_from(["none", "posterior"])),
        data.draw(st.sampled_from([0.0001, 0.002, 0.05])),
    )
    address = desk.to_address()
    assert Desk.from_address(address) == (desk, [])
    assert set(address) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_an_address_of_a_few_moves_is_short(case: Path) -> None:
    desk = Desk.new("zh").changed(WhatIf("租金三个月").with_lever("shop_rent.months", 3))
    assert len(desk.to_address()) < 400


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "1.",
        "1.abc",
        "1.eJw",
        "1.é",
        "1. ",
        "../../etc/passwd",
        "<script>",
        "1." + "A" * LONGEST_ADDRESS,
        "9.abc",
    ],
)
def test_an_address_that_is_none_gets_one_sentence(case: Path, address: str) -> None:
    with pytest.raises(Refusal) as refused:
        Desk.from_address(address)
    assert refused.value.zh and refused.value.en and "\n" not in refused.value.en


@pytest.mark.parametrize(
    "change",
    [
        {"what_ifs": []},
        {"what_ifs": [{"name": "a"}] * 2},
        {"what_ifs": [{"name": str(number)} for number in range(5)]},
        {"what_ifs": [{"name": "../../etc/passwd"}]},
        {"what_ifs": [{"name": "<script>alert(1)</script>"}]},
        {"what_ifs": [{"name": "a", "extends": "/etc/passwd"}]},
        {"what_ifs": [{"name": "a", "extends": "../full_plan"}]},
        {"what_ifs": [{"name": "a", "levers": {"shop_rent.months": "__import__('os')"}}]},
        {"what_ifs": [{"name": "a", "levers": {"shop_rent.months": 1e400}}]},
        {"what_ifs": [{"name": "a", "levers": {"shop_rent.months": "\ud800"}}]},
        {"what_ifs": [{"name": "a", "author": "\u202ereversed"}]},
        {"what_ifs": [{"name": "a", "levers": {f"lever.{number}": 1 for number in range(600)}}]},
        {"what_ifs": [{"name": "a", "without": ["shop_rnt"]}]},
        {"what_ifs": [{"name": "a", "more": 1}]},
        {"chosen": 3},
        {"chosen": -1},
        {"lang": "fr"},
        {"uncertainty": "all"},
        {"half_width": 0},
        {"half_width": "wide"},
        {"more": 1},
    ],
)
def test_a_hostile_state_gets_one_sentence(case: Path, change: dict[str, Any]) -> None:
    state = unpacked(Desk.new("en").to_address()) | change
    with pytest.raises(Refusal) as refused:
        Desk.from_address(packed(state))
    assert refused.value.zh and refused.value.en and "\n" not in refused.value.en


@pytest.mark.parametrize(
    "text",
    [b" " * (LARGEST_STATE * 100), b"[" * 20_000, b'{"what_ifs": NaN}', b"\xff\xfe", b"1" * 10_000, b"[]", b"null"],
)
def test_what_unpacks_to_something_else_gets_one_sentence(case: Path, text: bytes) -> None:
    with pytest.raises(Refusal):
        Desk.from_address(packed(text))


def test_a_deep_lever_gets_one_sentence(case: Path) -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    state = unpacked(Desk.new("en").to_address()) | {"what_ifs": [{"name": "a", "levers": {"shop_rent.months": deep}}]}
    with pytest.raises(Refusal):
        Desk.from_address(packed(state))


def test_an_address_of_another_form_says_which(case: Path) -> None:
    with pytest.raises(Refusal, match="form 2, this version reads form 1"):
        Desk.from_address("2." + Desk.new("en").to_address()[2:])


def test_an_address_of_another_version_or_calibration_is_read_with_a_remark(case: Path) -> None:
    state = unpacked(Desk.new("en").to_address())
    desk, [remark] = Desk.from_address(packed(state | {"shukun": "0.0.1"}))
    assert desk == Desk.new("en") and "shukun 0.0.1" in remark.en
    desk, [remark] = Desk.from_address(packed(state | {"calibration": "0"}))
    assert desk == Desk.new("en") and "another calibration" in remark.en


def test_a_desk_too_large_for_an_address_says_so(case: Path) -> None:
    words = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(12_000))
    desk = Desk.new("en").changed(WhatIf("a", author=words))
    with pytest.raises(Refusal, match="saved YAML"):
        desk.to_address()


def test_up_to_four_what_ifs_stand_side_by_side(case: Path) -> None:
    desk = Desk.new("en")
    for _ in range(MOST_WHAT_IFS - 1):
        desk = desk.added()
    assert [one.name for one in desk.what_ifs] == ["What-if 1", "What-if 2", "What-if 3", "What-if 4"]
    assert desk.chosen == 3
    with pytest.raises(Refusal, match="at most 4"):
        desk.added()
    assert [one.name for one in desk.choosing(1).removed().what_ifs] == ["What-if 1", "What-if 3", "What-if 4"]


def test_a_copy_starts_from_the_chosen_one_under_a_name_of_its_own(case: Path) -> None:
    desk = Desk.new("en").changed(WhatIf("a").with_lever("shop_rent.months", 3))
    copy = desk.added()
    assert copy.what_if.levers == desk.what_if.levers and copy.what_if.name != "a"
    assert copy.added(WhatIf("A")).what_if.name == "A 2"
    with pytest.raises(Refusal, match="already"):
        copy.changed(replace(copy.what_if, name="A"))


def test_the_last_what_if_that_is_removed_leaves_the_plan(case: Path) -> None:
    desk = Desk.new("en").changed(WhatIf("a").with_lever("shop_rent.months", 3))
    assert desk.removed().what_ifs == (WhatIf("a"),)


def test_changes_are_undone_and_done_again(case: Path) -> None:
    first = Desk.new("en")
    second = first.changed(first.what_if.with_lever("shop_rent.months", 3))
    third = second.added()
    history = History(first).then(second).then(third)
    assert history.undone().desk == second and history.undone().undone().desk == first
    assert history.undone().undone().undone().desk == first
    assert history.undone().undone().redone().desk == second
    assert history.undone().redone() == history and history.redone() == history
    assert history.undone().then(first).future == ()


def test_another_language_or_choice_is_no_change_to_be_undone(case: Path) -> None:
    desk = Desk.new("en").added()
    history = History(Desk.new("en")).then(desk)
    looked = history.then(desk.choosing(0)).then(desk.choosing(0).showing(lang="zh"))
    assert looked.past == history.past
    assert looked.undone().desk == replace(Desk.new("en"), lang="zh")


def test_what_there_is_not_is_not_shown(case: Path) -> None:
    desk = Desk.new("en")
    for wrong in ({"lang": "fr"}, {"uncertainty": "all"}, {"half_width": 5.0}):
        with pytest.raises(Refusal):
            desk.showing(**wrong)  # type: ignore[arg-type]
