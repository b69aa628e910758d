"""The counties and prefectures of the province, and how its firms are spread over them.

The table is ``calibration/population/counties.csv``; ``calibration/README.md`` tells where its weights come from. Where
the share of a place is published (:mod:`sim.population.margins`), that is taken instead.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim import record_table
from sim.classification import read
from sim.data_folders import calibration_file, of_calibration
from sim.population.margins import margins
from sim.record_table import Misfit, number
from sim.refusal import Refusal, UnknownName

Kind = Literal["county", "prefecture"]
PEOPLES: Final = (
    "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼", "哈萨克",
    "傣", "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜", "土", "达斡尔", "仫佬",
    "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "乌孜别克", "俄罗斯", "鄂温克",
    "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴", "珞巴", "基诺",
)  # fmt: skip
AUTONOMOUS: Final = re.compile(f"(?:(?:{'|'.join(PEOPLES)})族)+自治(州|县)$")
AUTONOMOUS_IN_ENGLISH: Final = re.compile(r" .* autonomous (county|prefecture)$", re.IGNORECASE)
KINDS_IN_ENGLISH: Final = {
    "市": "city", "区": "district", "县": "county", "州": "prefecture", "旗": "banner", "盟": "league",
}  # fmt: skip
CALLED: Final = {"county": ("县（市、区）", "county"), "prefecture": ("州（市）", "prefecture")}


@dataclass(frozen=True, eq=False)
class Counties:
    """Counties in the order of their national codes; the position is the integer that columns hold."""

    code: tuple[str, ...]  # such as "530102"
    zh: tuple[str, ...]
    en: tuple[str, ...]  # pinyin without the kind of county
    prefecture: NDArray[np.int8]  # index of each county's prefecture
    weight: NDArray[np.float64]  # share of the province's firms, adds up to 1
    prefecture_code: tuple[str, ...]  # such as "5301"
    prefecture_zh: tuple[str, ...]
    prefecture_en: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.code)

    @property
    def prefecture_count(self) -> int:
        """Number of prefectures."""
        return len(self.prefecture_code)

    @property
    def prefecture_weight(self) -> NDArray[np.float64]:
        """Share of the province's firms in each prefecture."""
        return np.bincount(self.prefecture, self.weight, self.prefecture_count).astype(np.float64)

    def county(self, name: str) -> int:
        """Index of a county by any of its names, see :func:`forms`; raises :class:`UnknownName`."""
        return index(name, "county")

    def prefecture_index(self, name: str) -> int:
        """Index of a prefecture by any of its names, see :func:`forms`; raises :class:`UnknownName`."""
        return index(name, "prefecture")


@of_calibration
def counties(folder: Path) -> Counties:
    """The table of counties.

    Raises :class:`Refusal` for a county of another province than the classification's, for one that is there twice and
    for one of a prefecture with whose code its own does not begin, or which is called otherwise elsewhere.
    """
    path, province = calibration_file(folder, "population/counties.csv"), read(folder).province.code
    names = ("code", "zh", "en", "prefecture_code", "prefecture_zh", "prefecture_en")
    lines: dict[str, int] = {}
    called: dict[str, tuple[str, str, int]] = {}

    def check(line: int, cells: Mapping[str, Any]) -> Iterator[Misfit]:
        code, prefecture = cells["code"], cells["prefecture_code"]
        if lines.setdefault(code, line) != line:
            on = lines[code]
            yield Misfit("code", code, f"每县一行；第 {on} 行已有", f"one row for each county; line {on} has this one")
        if not (prefecture and code.startswith(prefecture)):
            zh, en = "县级代码的前几位", "the digits with which the county's code begins"
            yield Misfit("prefecture_code", prefecture or '""', zh, en, code[:4])
            return
        zh, en, on = called.setdefault(prefecture, (cells["prefecture_zh"], cells["prefecture_en"], line))
        for column, same in (("prefecture_zh", zh), ("prefecture_en", en)):
            if cells[column] != same:
                said = f"{same}，同第 {on} 行的 {prefecture}", f"{same}, as {prefecture} is called on line {on}"
                yield Misfit(column, cells[column], *said)

    columns = dict.fromkeys(names, str) | {"weight": number}
    rows = sorted(record_table.rows(path, columns, check), key=lambda row: row["code"])
    strange = [row["code"] for row in rows if not re.fullmatch(rf"{province}\d{{4}}", row["code"])]
    if strange or not rows:
        codes = "、".join(strange)
        raise Refusal(
            zh=f"{path}：县级代码应为 6 位并以 {province} 开头；不合的有 {codes or '（没有县）'}",
            en=f"{path}: codes of counties have 6 digits and begin with {province}, "
            f"unlike {', '.join(strange) or 'none (there is no county)'}",
        )
    prefectures = {row["prefecture_code"]: (row["prefecture_zh"], row["prefecture_en"]) for row in rows}
    place = {code: index for index, code in enumerate(prefectures)}
    weight = _published([row["weight"] for row in rows], rows)
    return Counties(
        code=tuple(row["code"] for row in rows),
        zh=tuple(row["zh"] for row in rows),
        en=tuple(row["en"] for row in rows),
        prefecture=np.array([place[row["prefecture_code"]] for row in rows], np.int8),
        weight=weight,
        prefecture_code=tuple(prefectures),
        prefecture_zh=tuple(zh for zh, _ in prefectures.values()),
        prefecture_en=tuple(en for _, en in prefectures.values()),
    )


def _published(weights: list[float], rows: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Shares of the counties by their weights, but where the share of a place is published."""
    share = np.array(weights)
    share /= share.sum()
    known = np.zeros(len(rows), np.bool_)
    for margin in margins():
        if margin.used == "fitted" and margin.is_total:
            inside = np.array([margin.part.place in (row["code"], row["prefecture_code"]) for row in rows])
            share[inside] *= margin.published / share[inside].sum()
            known |= inside
    if known.any():
        share[~known] *= (1.0 - share[known].sum()) / share[~known].sum()
    return share


def prefecture_words() -> dict[str, dict[str, str]]:
    """What tables and the page call each prefecture, by code: its names without the kind of place, ``{zh, en}``."""
    table = counties()
    names = zip(table.prefecture_code, table.prefecture_zh, table.prefecture_en, strict=True)
    return {code: {"zh": min(_chinese(zh), key=len), "en": en} for code, zh, en in names}


def forms(kind: Kind) -> Mapping[str, tuple[int, ...]]:
    """Every name that a place may be called, to the positions of the places called so; several where it is ambiguous.

    That is the code (of a prefecture with two zeros behind it too), the Chinese name in full or short, with or without
    the peoples of an autonomous place and its kind, and the English name with or without its kind.
    """
    return _forms(counties(), kind)


@cache
def _forms(table: Counties, kind: Kind) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, dict[int, None]] = {}
    for place, (code, chinese, english) in enumerate(zip(*_names(table, kind), strict=True)):
        in_english = [
            form
            for name in (english, english.partition(" (")[0])
            for form in (name, f"{name} {KINDS_IN_ENGLISH[chinese[-1]]}")
        ]
        for name in (code, code.ljust(6, "0"), *_chinese(chinese), *in_english):
            found.setdefault(_folded(name), {})[place] = None
    return {name: tuple(places) for name, places in found.items()}


def index(name: str, kind: Kind) -> int:
    """Position of a place by any of its names.

    Raises :class:`UnknownName` with the nearest name, or with all the places that an ambiguous one may mean, and
    :class:`Refusal` for the name of a place of the other kind.
    """
    found = _found(name, kind)
    if len(found) == 1:
        return found[0]
    codes, zh, en = _names(counties(), kind)
    if found:
        raise UnknownName(kind, name, among=[f"{zh[place]} ({en[place]})" for place in found])
    other: Kind = "prefecture" if kind == "county" else "county"
    if _found(name, other):
        (zh_other, en_other), (zh_kind, en_kind) = CALLED[other], CALLED[kind]
        raise Refusal(zh=f"{name} 是{zh_other}，不是{zh_kind}", en=f"{name} is a {en_other}, not a {en_kind}")
    of_another_kind = _found(name[:-1], kind) if name[-1:] in KINDS_IN_ENGLISH else ()
    close = zh[of_another_kind[0]] if of_another_kind else None
    raise UnknownName(kind, name, [*zh, *en, *codes], close=close)


def _found(name: str, kind: Kind) -> tuple[int, ...]:
    known = forms(kind)
    return known.get(_folded(name)) or known.get(_folded(AUTONOMOUS_IN_ENGLISH.sub(r" \1", name))) or ()


def _names(table: Counties, kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Codes, Chinese and English names of all places of a kind."""
    if kind == "county":
        return table.code, table.zh, table.en
    return table.prefecture_code, table.prefecture_zh, table.prefecture_en


def _chinese(name: str) -> set[str]:
    """A Chinese name in full, without the peoples of an autonomous place (石林县), and without its kind (石林)."""
    place = AUTONOMOUS.sub(r"\1", name)
    short = place[:-1]
    return {name, place, short} if len(short) > 1 else {name, place}


def _folded(name: str) -> str:
    """A name as it is looked up: small letters without apostrophes, spaces and accents (Lüchun is Lvchun)."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("ü", "v")
    return "".join(letter for letter in plain if letter.isalnum())
