"""Slips of the hand: one sentence in the language of the reader, at its line, with what to write instead."""

from datetime import date
from pathlib import Path

import pytest

from sim import scenario
from sim.scenario import ScenarioError, ValidationError
from sim.scenario.slips import instead

PLAN = "extends: full_plan\nlevers:\n"  # two lines: what follows begins on line 3


def told(file: Path, content: str | bytes) -> list[ValidationError]:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ScenarioError) as caught:
        scenario.load(file)
    return caught.value.errors


# What is written, the line of the slip, what to write instead, and a word that says which slip it is.
SLIPS = {
    "full-width colon alone": ("title：我的设想", 1, "title: 我的设想", "全角"),
    "full-width colon before other lines": ("title：我的设想\nextends: full_plan\n", 1, "title: 我的设想", "全角"),
    "full-width colon after a table's key": ("extends: full_plan\nlevers：\n  firms: 3\n", 2, "levers:", "全角"),
    "full-width colon in a table": (f"{PLAN}  rent_waiver.months：6\n", 3, "rent_waiver.months: 6", "全角"),
    "full-width colon in the first of two": (f"{PLAN}  firms：300\n  world.end：x\n", 3, "firms: 300", "全角"),
    "full-width colon before an entry": (f"{PLAN}  firms：300\n  rent_waiver.months: 6\n", 3, "firms: 300", "全角"),
    "full-width colon of a date": (f"{PLAN}  rent_waiver.share: {{2022-07-01：0.5}}\n", 3, "2022-07-01: 0.5", "全角"),
    "full-width colon after Chinese": ("world:\n  demand:\n    餐饮：0.9\n", 3, "餐饮: 0.9", "全角"),
    "full-width colon in braces": ("title: {zh：题, en: x}\n", 1, "zh: 题", "全角"),
    "full-width comma in braces": ("title: {zh: 题，en: x}\n", 1, "title: {zh: 题, en: x}", "全角"),
    "full-width braces": ("title: ｛zh: 题, en: x｝\n", 1, "title: {zh: 题, en: x}", "全角"),
    "full-width comma in a list": ("actions: [tax，finance]\n", 1, "tax, finance", "全角"),
    "Chinese comma in a list of words": (
        f"{PLAN}  rent_waiver.eligible.sectors: [餐饮，零售]\n", 3, "餐饮, 零售", "全角"),
    "Chinese comma without a list": ("actions: tax、finance\n", 1, "[tax, finance]", "全角"),
    "full-width digits": (f"{PLAN}  rent_waiver.months: ６\n", 3, "6", "全角"),
    "full-width digits and percent": (f"{PLAN}  rent_waiver.share: ２０％\n", 3, "0.2", "全角"),
    "Chinese quotes": (f"{PLAN}  rent_waiver.months: “6”\n", 3, "6", "全角"),
    "Chinese quotes of a name": ("extends: “full_plan”\n", 1, "full_plan", "全角"),
    "Chinese space": ("title:　x\nfirms: 3\n", 1, "title: x", "全角"),
    "space that does not break": ("\u00a0firms: 3\n", 1, "firms", "特殊空格"),
    "no space after the colon": ("extends:full_plan\nfirms: 300\n", 1, "extends: full_plan", "缺少空格"),
    "no space in a table": (f"{PLAN}  rent_waiver.months:6\n", 3, "rent_waiver.months: 6", "缺少空格"),
    "tab": (f"{PLAN}\trent_waiver.months: 6\n", 3, None, "制表符"),
    "at sign": ("title: @设想\n", 1, 'title: "@设想"', "加引号"),
    "backtick": ("title: `x`\n", 1, 'title: "`x`"', "加引号"),
    "asterisk": ("title: *重点*\n", 1, 'title: "*重点*"', "加引号"),
    "colon in a text": ("title: 设想: 免租\n", 1, 'title: "设想: 免租"', "加引号"),
    "quote that is not closed": ("title: '设想\nfirms: 3\n", 1, None, "引号没有成对"),
    "bracket that is not closed": ("firms: 3\nactions: [tax\n", 2, None, "括号没有成对"),
    "percent": (f"{PLAN}  rent_waiver.share: 20%\n", 3, "0.2", "数"),
    "percent of a parameter": (f"{PLAN}  parameters.firm.crowding: 20%\n", 3, "0.2", "数"),
    "Chinese numeral": (f"{PLAN}  rent_waiver.months: 三\n", 3, "3", "整数"),
    "unit": (f"{PLAN}  rent_waiver.months: 六个月\n", 3, "6", "整数"),
    "thousands": ("firms: 1,000\n", 1, "1000", "整数"),
    "ten thousands": ("firms: 1万\n", 1, "10000", "整数"),
    "yes in Chinese": (f"{PLAN}  rent_waiver.delivery.list_first: 是\n", 3, "true", "true 或 false"),
    "day in Chinese": (f"{PLAN}  rent_waiver.start: 2022年7月1日\n", 3, "2022-07-01", "日期"),
    "day with slashes": (f"{PLAN}  rent_waiver.start: 2022/7/1\n", 3, "2022-07-01", "日期"),
    "day as a number": (f"{PLAN}  rent_waiver.start: 20220701\n", 3, "2022-07-01", "日期"),
    "day as a number as a key": (f"{PLAN}  rent_waiver.share: {{20220701: 1}}\n", 3, "2022-07-01", "日期"),
    "list where a table is meant": ("firms: 3\nlevers:\n  - world.end: 3\n", 2, "{world.end: 3}", "表"),
    "equals sign": ("levers: rent_waiver.months = 6\n", 1, "{rent_waiver.months: 6}", "表"),
    "one in place of a list": ("actions: tax\n", 1, "[tax]", "列表"),
    "number in place of a text": ("title: 2022\n", 1, '"2022"', "文字"),
    "list in place of a text": ("title: [免租]\n", 1, None, "文字"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_at_its_line_with_what_to_write_instead(slip: str, tmp_path: Path) -> None:
    text, line, meant, word = SLIPS[slip]
    file = tmp_path / "mine.yaml"
    [error] = told(file, text)
    chinese, english = error.sentence("zh"), error.sentence("en")
    assert chinese.startswith(f"{file}:{line}: ")
    assert english.startswith(f"{file}:{line}: ")
    assert error.nearest == meant
    assert word in chinese
    if meant is not None:
        assert chinese.endswith(f"；是否想写 {meant}？")
        assert english.endswith(f"; did you mean {meant}?")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [("title: 设想".encode("gbk"), "GBK"), ("title: 设想".encode("utf-16"), "UTF-16"), (b"\xff\x81\xff", "编码不是")],
)
def test_a_file_in_another_encoding_is_told_with_what_to_do(content: bytes, encoding: str, tmp_path: Path) -> None:
    [error] = told(tmp_path / "mine.yaml", content)
    assert encoding in error.sentence("zh")
    assert "另存为 UTF-8" in error.sentence("zh")


def test_prose_before_a_mistake_is_not_blamed_for_it(tmp_path: Path) -> None:
    [error] = told(tmp_path / "mine.yaml", "description: |\n  注意：甲\n  乙\nlevers:\n  a: b: c\n")
    assert (error.line, error.nearest) == (5, 'a: "b: c"')


DAYS = {
    "a value": (f"{PLAN}  rent_waiver.start: 2022-02-30\n", 3, "levers.rent_waiver.start"),
    "a value in quotes": (f"{PLAN}  rent_waiver.start: '2022-13-01'\n", 3, "levers.rent_waiver.start"),
    "a key": (f"{PLAN}  rent_waiver.share:\n    2022-13-01: 0.5\n", 4, "levers.rent_waiver.share.2022-13-01"),
    "a key in quotes": (f"{PLAN}  rent_waiver.share:\n    '2022-02-30': 1\n", 4, "levers.rent_waiver.share.2022-02-30"),
    "the world": ("world:\n  end: 2023-06-31\n", 2, "world.end"),
    "a listing": ("world:\n  listings:\n  - {county: 瑞丽, from: 2022-02-29, to: 2022-03-01}\n", 3,
                  "world.listings.0.from"),
    "the plan": ("levers:\n  plan.rules: 2022-06-31\n", 2, "levers.plan.rules"),
    "a parameter": ("levers:\n  parameters.world.wave.peak: 2022-12-32\n", 2, "levers.parameters.world.wave.peak"),
    "an own measure": ("define:\n  mine:\n    start: 2022-04-31\n", 3, "define.mine.start"),
    "an own fund": ("funds:\n- id: mine\n  amount_yuan: {2022-04-31: 5}\n", 3, "funds.0.amount_yuan.2022-04-31"),
}  # fmt: skip


@pytest.mark.parametrize("place", DAYS)
def test_a_day_that_no_calendar_has_is_told_at_its_line_and_field(place: str, tmp_path: Path) -> None:
    text, line, field = DAYS[place]
    [error] = [error for error in told(tmp_path / "mine.yaml", text) if error.kind == "no_such_day"]
    assert (error.line, error.field) == (line, field)


def test_a_day_that_there_is_not_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    text = f"{PLAN}  rent_waiver.share: 20%\n  rent_waiver.start: 2022-02-30\n"
    assert [(error.line, error.kind) for error in told(tmp_path / "mine.yaml", text)] == [
        (3, "wrong_type"), (4, "no_such_day"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "place", "meant"),
    [
        ("rent_waiver.months＝6", "政策参数 rent_waiver.months＝6: ", "rent_waiver.months=6"),
        ("rent_waiver.months:6", "政策参数 rent_waiver.months:6: ", "rent_waiver.months=6"),
        ("rent_waiver.months 6", "政策参数 rent_waiver.months 6: ", "rent_waiver.months=6"),
        (
            "rent_waiver.eligible.prefectures=[昆明、玉溪]",
            "政策参数 rent_waiver.eligible.prefectures.0: ",
            "昆明, 玉溪",
        ),
        ("rent_waiver.months=６", "政策参数 rent_waiver.months: ", "6"),
        ("rent_waiver.share=20%", "政策参数 rent_waiver.share: ", "0.2"),
        ("rent_waiver.start=2022-02-30", "政策参数 rent_waiver.start: 没有 2022-02-30 这一天", None),
        ("rent_waiver.fund=@x", "政策参数 rent_waiver.fund: 不是有效的 YAML", '"@x"'),
        ("rent_waver.months=6", "政策参数 rent_waver.months: ", "rent_waiver.months"),
        ("rent_waver.mnths=6", "政策参数 rent_waver.mnths: ", "rent_waiver.months"),
        ("world.outbrake=none", "政策参数 world.outbrake: ", "world.outbreak"),
        ("parameters.firm.crowdin=0.2", "政策参数 parameters.firm.crowdin: ", "parameters.firm.crowding"),
    ],
)
@pytest.mark.parametrize("parent", ["full_plan", "baseline"])
def test_a_lever_given_on_the_command_line_names_itself(words: str, place: str, meant: str | None, parent: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario.load(parent, scenario.from_words([words]))
    [error] = caught.value.errors
    assert error.sentence("zh").startswith(place)
    assert error.sentence("en").startswith(place.split(":")[0].replace("政策参数", "lever"))
    assert error.nearest == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("20%", 0.2), ("百分之三十", 0.3), ("三成", 0.3), ("1,000", 1_000), ("1 000", 1_000), ("-3", -3),
        ("2.5万元", 25_000),
        ("三十六", 36), ("一万二千", 12_000), ("十二个月", 12), ("两", 2), ("１２天", 12), ("5亿", 500_000_000),
        ("2022.7.1", date(2022, 7, 1)), ("2022-07-01 08:00", date(2022, 7, 1)), ("真", True), ("否", False),
    ],
)  # fmt: skip
def test_what_people_write_for_a_value(text: str, meant: object) -> None:
    assert any(found == meant and type(found) is type(meant) for found in instead(text))


@pytest.mark.parametrize("text", ["很多", "三多", "x%", "2022-02-30", "", "%", "成", "3,6", "3，6", "1,0000"])
def test_what_is_no_number_and_no_day_is_none(text: str) -> None:
    assert not any(isinstance(found, int | float | date) for found in instead(text))


def test_an_accepted_key_is_offered_and_nothing_else(tmp_path: Path) -> None:
    text = "world: {listings: [{county: 瑞丽, fist: 2022-03-01, form: 2022-03-01, to: 2022-03-02, high_places: 1}]}\n"
    errors = {error.field: error for error in told(tmp_path / "mine.yaml", text) if error.kind == "unknown_key"}
    allowed = "county, prefecture, province, from, to, high_places, medium_places"
    assert {error.allowed.en for error in errors.values()} == {allowed}
    assert errors["world.listings.0.fist"].nearest is None
    assert errors["world.listings.0.form"].nearest == "from"
