"""What can be wrong with a scenario file, and how it is said.

A :class:`ValidationError` is one mistake; its text is one sentence that names file, line, field, what was found, what
is allowed and the nearest valid name. All of a file are collected first and raised together as :class:`ScenarioError`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from sim.measure import Words
from sim.refusal import Language

Said = str | Words  # a name or a value, which is the same in both languages, or words, which are not

MESSAGES: Final[dict[str, dict[Language, str]]] = {
    "no_file": {"en": "there is no scenario {found}", "zh": "没有名为 {found} 的情景"},
    "no_question": {"en": "there is no question {found}", "zh": "没有名为 {found} 的问题"},
    "unreadable": {"en": "the file cannot be read: {found}", "zh": "文件无法读取：{found}"},
    "too_large": {"en": "the file is too large: {found}", "zh": "文件过大：{found}"},
    "bad_yaml": {"en": "this is not valid YAML: {found}", "zh": "不是有效的 YAML：{found}"},
    "anchor": {"en": "anchors and aliases are refused: {found}", "zh": "不接受锚点和别名：{found}"},
    "tag": {"en": "tags are refused: {found}", "zh": "不接受标签：{found}"},
    "too_deep": {"en": "the file is nested too deeply: {found}", "zh": "文件嵌套过深：{found}"},
    "set_twice": {"en": "the same lever is set twice: {found}", "zh": "同一政策参数设定了两次：{found}"},
    "duplicate_key": {"en": "the key {found} is written twice", "zh": "键 {found} 重复"},
    "unknown_key": {"en": "{found} is not a key here", "zh": "此处没有键 {found}"},
    "missing_key": {"en": "the key {found} is missing", "zh": "缺少键 {found}"},
    "wrong_type": {"en": "found {found}, which is of the wrong type", "zh": "{found} 的类型不对"},
    "no_value": {"en": "{found} has no value", "zh": "{found} 没有填写值"},
    "full_width": {
        "en": "found {found}, which has full-width characters or spaces of another kind",
        "zh": "{found} 含有全角字符或特殊空格，此处应为半角",
    },
    "no_space": {"en": "found {found}: there is no space after the colon", "zh": "{found} 的冒号后面缺少空格"},
    "no_such_day": {"en": "there is no day {found}", "zh": "没有 {found} 这一天"},
    "ambiguous": {"en": "it is not clear what is meant: {found}", "zh": "所指不明：{found}"},
    "not_as_carried": {
        "en": "found {found}, but the measures that carry the clause out say otherwise",
        "zh": "写为 {found}，与落实该条款的措施不符",
    },
    "out_of_range": {"en": "found {found}, which is out of range", "zh": "{found} 超出范围"},
    "not_allowed": {"en": "found {found}, which is not allowed here", "zh": "此处不能写 {found}"},
    "wrong_form": {"en": "found {found}, which is not written in the right form", "zh": "{found} 的写法不对"},
    "no_range": {
        "en": "it stands at {found}, and how far it may move is not said",
        "zh": "现为 {found}，没有写明可在什么范围内变动",
    },
    "wrong_length": {"en": "found {found}, which has the wrong length", "zh": "{found} 的长度不对"},
    "outside_horizon": {"en": "outside the horizon: {found}", "zh": "超出模拟期：{found}"},
    "ends_before_start": {"en": "the end {found} comes before the start", "zh": "结束日 {found} 早于开始日"},
    "announced_after_start": {
        "en": "the announcement on {found} comes after the start",
        "zh": "公布日 {found} 晚于开始日",
    },
    "withdrawn_before_announced": {
        "en": "the withdrawal on {found} comes before the measure is announced",
        "zh": "撤销日 {found} 早于公布日",
    },
    "withdrawn_unannounced": {
        "en": "the withdrawal on {found} comes before the start, and the measure is not announced before it",
        "zh": "撤销日 {found} 早于开始日，而措施此前没有公布",
    },
    "unknown_county": {"en": "there is no county {found}", "zh": "没有县（市、区）{found}"},
    "unknown_prefecture": {"en": "there is no prefecture {found}", "zh": "没有州（市）{found}"},
    "unknown_province": {"en": "there is no province {found}", "zh": "没有省份{found}"},
    "unknown_sector": {"en": "there is no sector {found}", "zh": "没有行业 {found}"},
    "unknown_measure": {"en": "there is no measure {found}", "zh": "没有措施 {found}"},
    "unknown_lever": {"en": "there is no lever {found}", "zh": "没有政策参数 {found}"},
    "unknown_fund": {"en": "there is no fund {found}", "zh": "没有资金 {found}"},
    "unknown_parameter": {"en": "there is no parameter {found}", "zh": "没有参数 {found}"},
    "unknown_outcome": {"en": "there is no outcome {found}", "zh": "没有指标 {found}"},
    "unknown_clause": {"en": "the plan has no clause {found}", "zh": "方案没有条款 {found}"},
    "unknown_section": {"en": "the plan has no section {found}", "zh": "方案没有章节 {found}"},
    "unknown_instrument": {"en": "there is no instrument {found}", "zh": "没有工具 {found}"},
    "unknown_reading": {"en": "there is no reading {found}", "zh": "没有读数 {found}"},
    "unknown_evidence": {"en": "there is no evidence {found}", "zh": "没有证据 {found}"},
    "measure_is_off": {"en": "{found} is not switched on in this scenario", "zh": "本情景没有启用 {found}"},
    "unknown_value": {
        "en": "{found} is no value of a measure that is on and that can change by date",
        "zh": "{found} 不是已启用措施中可按日期变化的政策参数",
    },
    "both_ways": {
        "en": "{found} is to begin and to end by the same reaction",
        "zh": "{found} 在同一条触发规则中既开始又结束",
    },
    "not_counted_there": {
        "en": "found {found}: what is watched is not counted there",
        "zh": "{found}：所看的数没有按此范围统计",
    },
    "circular": {"en": "the scenarios extend each other in a circle: {found}", "zh": "情景循环继承：{found}"},
    "climbs_out": {
        "en": "{found} lies outside the folder of this file and outside the shipped scenarios",
        "zh": "{found} 位于本文件夹和随附情景之外",
    },
    "duplicate_id": {"en": "the id {found} is used twice", "zh": "编号 {found} 重复"},
    "wrong_name": {"en": "found {found}, which does not fit the file's place", "zh": "{found} 与文件位置不符"},
    "shares_do_not_add_up": {"en": "the shares add up to {found}", "zh": "份额合计为 {found}"},
    "bad_top_up": {"en": "{found} cannot be topped up", "zh": "{found} 不能被加力"},
    "no_delivery": {"en": "found {found} as the way of delivery", "zh": "交付方式为 {found}"},
    "worth_nothing_to": {
        "en": "the measure reaches firms to which it brings nothing, of the sizes {found}",
        "zh": "措施覆盖了得不到任何好处的企业，其规模为 {found}",
    },
    "no_agency": {"en": "the way {found} needs an agency", "zh": "交付方式 {found} 需要承办部门"},
    "too_many": {"en": "the scenario holds {found} measures", "zh": "情景含有 {found} 项措施"},
    "not_from_file": {
        "en": "{found} is not as its file says, so that levers cannot be put on it",
        "zh": "{found} 与其文件所述不同，不能再改动政策参数",
    },
    "refused": {"en": "found {found}", "zh": "发现 {found}"},
    "reason": {"en": "{found}", "zh": "{found}"},
}
JOINED: Final[dict[Language, tuple[str, str, str, str]]] = {
    "en": ("lever {}", "; allowed: {}", "; did you mean {}?", "."),
    "zh": ("政策参数 {}", "；允许：{}", "；是否想写 {}？", "。"),
}
LEVERS: Final = "levers."  # how the field of a lever begins
ENDS: Final = (".", "?", "。", "？")


@dataclass(frozen=True)
class ValidationError:
    """One mistake in one place.

    ``kind`` is a key of :data:`MESSAGES`; ``file`` is empty where there is none (a lever given on the command line);
    ``line`` counts from 1 and is None there too, or where the mistake concerns the whole file.
    """

    kind: str
    file: str
    line: int | None
    field: str
    found: Said
    allowed: Said = ""
    nearest: str | None = None

    def __post_init__(self) -> None:
        # What a file says stands in sentences and on terminals: one line, and nothing that a terminal would obey.
        for name in ("file", "field", "found", "allowed", "nearest"):
            value = getattr(self, name)
            if isinstance(value, Words):
                object.__setattr__(self, name, Words(zh=printable(value.zh), en=printable(value.en)))
            elif value is not None:
                object.__setattr__(self, name, printable(value))

    def sentence(self, language: Language = "en") -> str:
        """The validation error as one sentence; its place is written as editors and terminals open it."""
        lever, allowed, nearest, stop = JOINED[language]
        file = f"{self.file}:{self.line}" if self.file and self.line else self.file
        is_lever = not self.file and self.field.startswith(LEVERS)
        field = lever.format(self.field.removeprefix(LEVERS)) if is_lever else self.field
        said = MESSAGES[self.kind][language].format(found=_in(self.found, language))
        said += allowed.format(_in(self.allowed, language)) if self.allowed else ""
        said += nearest.format(self.nearest) if self.nearest else ""
        sentence = ": ".join(part for part in (file, field, said) if part)
        return sentence if sentence.endswith(ENDS) else f"{sentence}{stop}"

    def plain(self, language: Language) -> dict[str, Any]:
        """Everything in one language, fit for JSON."""
        said = {name: _in(getattr(self, name), language) for name in ("found", "allowed")}
        return {**asdict(self), **said, "sentence": self.sentence(language)}

    def __str__(self) -> str:
        return self.sentence()


class ScenarioError(ValueError):
    """A scenario cannot be loaded; ``errors`` holds every reason, in the order of files and lines."""

    def __init__(self, errors: Iterable[ValidationError]) -> None:
        unique = dict.fromkeys(errors)
        self.errors = sorted(unique, key=lambda error: (error.file, error.line or 0, error.field))
        super().__init__("\n".join(str(error) for error in self.errors))


def listed(names: Iterable[object]) -> Words:
    """Names in a row."""
    written = [str(name) for name in names]
    return Words(zh="、".join(written), en=", ".join(written))


def either(choices: Iterable[Said]) -> Words:
    """Choices of which one is to be taken."""
    said = list(dict.fromkeys(choices))
    return Words(zh=" 或 ".join(_in(one, "zh") for one in said), en=" or ".join(_in(one, "en") for one in said))


def _in(said: Said, language: Language) -> str:
    if isinstance(said, str):
        return said
    return said.zh if language == "zh" else said.en


def printable(text: str) -> str:
    """A text on one line, each character that cannot be printed replaced."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
