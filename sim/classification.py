"""What the statistics of the province tell apart: its sectors, sizes and agencies, as ``calibration/`` names them.

The file is ``classification.toml`` in the folder of calibration. It is read once, when the process begins: lists that
files are checked by and that kernels are compiled for do not change under their feet. The names come to the model
through :mod:`sim.vocabulary`, their words through :mod:`sim.names`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sim.allowed import instead, words
from sim.data_folders import (
    CALIBRATION_VARIABLE,
    CASE_VARIABLE,
    CLASSIFICATION_FILE,
    VARIABLES,
    calibration_file,
    calibration_folder,
    of_calibration,
    project_calibration_folder,
    scenarios_folder,
    usable,
    usable_case,
)
from sim.refusal import Refusal, nearest, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE: Final = CLASSIFICATION_FILE
# What the model knows by name; it knows no other sector, size or agency.
NEEDED: Final = {
    "sectors": ("construction",),  # public works raise its demand
    "sizes": ("individual", "micro", "medium"),  # births are of the first two; small is what is below medium
    "agencies": ("banks",),  # meetings move the staff of all others
}
# A firm's identity has four bits for its sector and two for its size, `sim.population.cells`.
MOST_SECTORS: Final = 16
MOST_SIZES: Final = 4


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Called(_Stated):
    """Something with a word in each language."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Province(Called):
    """The province and the digits that begin the codes of its counties."""

    code: str = Field(pattern=r"^\d{2}$")


class Record(_Stated):
    """Days for which listings and demand are known."""

    first: date
    last: date


class Calendar(_Stated):
    """Which days offices work: those of a published calendar, changed by days of the province's own.

    ``published``: ``china`` is the national calendar with its holidays and the weekends worked for them; ``none``, and
    every day that it does not reach, is Monday to Friday. ``days_off`` and ``days_worked`` stand above both.
    """

    published: Literal["china", "none"] = "china"
    days_off: frozenset[date] = frozenset()
    days_worked: frozenset[date] = frozenset()

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        if both := sorted(self.days_off & self.days_worked):
            raise Refusal(
                zh=f"days_off 和 days_worked 都有 {both[0]}", en=f"days_off and days_worked both have {both[0]}"
            )
        return self


class Sector(Called):
    """A sector and the sections of the national classification of industries that it covers."""

    covers: str = Field(min_length=1)


class SectorGroup(Called):
    """A name for several sectors."""

    sectors: tuple[str, ...] = Field(min_length=1)


class Size(Called):
    """A size class, with its rows of a sample for each row that the smallest would get."""

    rows: float = Field(gt=0)


class PublicContracts(_Stated):
    """Sectors whose firms bid for each form of public contract."""

    goods: tuple[str, ...]
    works: tuple[str, ...]
    services: tuple[str, ...]


class IndustryAboveScale(_Stated):
    """The enterprises that the monthly statistics of industry are of."""

    sectors: tuple[str, ...]
    yearly_sales_yuan: int = Field(gt=0)
    source: str = Field(min_length=10)


class Classification(_Stated):
    """All of the file; dictionaries are in the order of tables."""

    province: Province
    record: Record
    sectors: dict[str, Sector] = Field(min_length=1, max_length=MOST_SECTORS)
    sector_groups: dict[str, SectorGroup]
    sizes: dict[str, Size] = Field(max_length=MOST_SIZES)
    agencies: dict[str, Called]
    public_contracts: PublicContracts
    industry_above_scale: IndustryAboveScale
    calendar: Calendar = Calendar()
    # What the province calls names of the model, by group and name, where `sim/names.yaml` has another word.
    called: dict[str, dict[str, Called]] = {}

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        for group, names in NEEDED.items():
            for name in names:
                if name not in getattr(self, group):
                    raise Refusal(
                        zh=f"{group} 必须有 {name}，模型按此名称使用",
                        en=f"{group} must have {name}, which the model knows by name",
                        at=(group,),
                    )
        if next(iter(self.sizes)) != "individual":
            raise Refusal(
                zh="individual 必须是 sizes 的第一项，其余均为企业",
                en="individual must be the first of sizes: all others are enterprises",
            )
        named = {f"sector_groups.{name}": group.sectors for name, group in self.sector_groups.items()}
        named |= {f"public_contracts.{form}": sectors for form, sectors in self.public_contracts}
        named["industry_above_scale"] = self.industry_above_scale.sectors
        for where, sectors in named.items():
            for name in sectors:
                if name not in self.sectors:
                    near = nearest(name, self.sectors)
                    zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("", "")
                    at = tuple(where.split("."))
                    raise Refusal(
                        zh=f"{where} 所列的 {name} 不是行业{zh}",
                        en=f"{where} names {name}, which is no sector{en}",
                        at=(*at, "sectors") if at[0] == "sector_groups" else at,
                    )
        if self.sectors.keys() & self.sector_groups.keys():
            raise Refusal(
                zh="行业与行业组同名", en="a sector and a group of sectors have one name", at=("sector_groups",)
            )
        if self.record.last < self.record.first:
            raise Refusal(zh="record 的结束早于开始", en="record ends before it begins", at=("record", "last"))
        return self

    @property
    def lists(self) -> str:
        """All that a process holds to, in its order: everything but its province, its calendar and its words."""
        return self.model_dump_json(exclude={"province", "calendar", "called"})

    def words(self) -> dict[str, dict[str, dict[str, str]]]:
        """Words by group and name, as :func:`sim.names.labels` gives them."""
        groups: dict[str, Mapping[str, Called]] = {
            "sector": self.sectors, "sector_group": self.sector_groups, "size": self.sizes, "agency": self.agencies,
        }  # fmt: skip
        return {
            group: {name: {"zh": called.zh, "en": called.en} for name, called in entries.items()}
            for group, entries in groups.items()
        }


def read(folder: Path) -> Classification:
    """The classification of a folder of calibration; :class:`Refusal` names every fault of the file."""
    return _read(calibration_file(folder, FILE))


@cache
def _read(path: Path) -> Classification:
    try:
        text = path.read_text("utf-8")
        return Classification.model_validate(tomllib.loads(text))
    except OSError as trouble:
        raise Refusal(zh=f"{path} 无法读取", en=f"{path}: cannot be read ({trouble.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise Refusal(
            zh=f"{path} 不是有效的 TOML（{trouble}）", en=f"{path}: not readable as TOML ({trouble})"
        ) from None
    except ValidationError as trouble:
        told = [_sentence(path, text, error) for error in trouble.errors()]
        raise Refusal(zh="\n".join(zh for zh, _ in told), en="\n".join(en for _, en in told)) from None


def _sentence(path: Path, text: str, error: ErrorDetails) -> tuple[str, str]:
    """What is wrong with the file, in Chinese and English: file, line, field, what was found, what is allowed."""
    refused = error.get("ctx", {}).get("error")
    at = tuple(map(str, (*error["loc"], *(refused.at if isinstance(refused, Refusal) else ()))))
    where = f"{path}:{_line(text, at)}: {'.'.join(at)}" if at else str(path)
    if error["type"] == "missing":
        return f"{where}：缺少这一项", f"{where}: is missing"
    if error["type"] == "extra_forbidden":
        fields = _fields(at[:-1])
        near = nearest(at[-1], fields)
        zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("", "")
        return (
            f"{where}：没有这一项；可以有 {'、'.join(fields)}{zh}",
            f"{where}: there is no such entry; there may be {', '.join(fields)}{en}",
        )
    if isinstance(refused, Refusal):
        return f"{where}：{refused.zh}", f"{where}: {refused.en}"
    found, (zh, en) = shown(error["input"]), instead([error])
    meant = nearest(found, words([error]))
    return (
        f"{where}：写的是 {found}；应为{zh}" + (f"；是否想写 {meant}？" if meant else ""),
        f"{where}: found {found}; allowed: {en}" + (f"; did you mean {meant}?" if meant else ""),
    )


def _fields(at: tuple[str, ...]) -> list[str]:
    """Names of the entries that a table of the file may have."""
    model: Any = Classification
    for name in at:
        known = getattr(model, "model_fields", {}).get(name)
        inside = known.annotation if known is not None else model
        while get_args(inside):  # of a table by name, what stands under each name
            inside = get_args(inside)[-1]
        model = inside
    return list(getattr(model, "model_fields", {}))


def _line(text: str, at: tuple[str, ...]) -> int:
    """Line of an entry of a TOML file, that of the table that it should stand in where it does not."""
    line, found = 0, 0
    table: tuple[str, ...] = ()
    for number, content in enumerate(text.splitlines(), 1):
        name, is_entry, _ = content.partition("=")
        if content.startswith("["):
            table, is_entry = tuple(content.strip("[] \t").partition("]")[0].split(".")), ""
        path = (*table, *name.strip().split(".")) if is_entry else table
        depth = len(path) if path == at[: len(path)] else 0
        if depth > found:
            line, found = number, depth
    return max(line, 1)


def _of_this_process() -> Classification:
    try:
        return read(calibration_folder())
    except Refusal:  # said by whoever first asks for a number of that folder, where it can be told in one sentence
        return read(project_calibration_folder())


CLASSIFICATION: Final = _of_this_process()


def fits(folder: Path) -> bool:
    """Whether the lists of a folder of calibration are those that this process began with."""
    return read(folder).lists == CLASSIFICATION.lists


def hold_to(folder: Path) -> None:
    """Refuse a folder of calibration whose lists are not those that this process began with."""
    if not fits(folder):
        raise Refusal(
            zh=f"{folder} 的分类（{FILE}）与本进程开始时不同；请在新的进程中使用",
            en=f"{folder}: {FILE} is not the one that this process began with; use the folder in a new process",
        )


class Used:
    """A folder that is read from now on; as a context manager until the block ends, then what was read before it.

    ``folder``: where it lies.
    """

    def __init__(self, folder: Path, before: Mapping[str, str | None]) -> None:
        self.folder = folder
        self._before = before

    def __fspath__(self) -> str:
        return str(self.folder)

    def __repr__(self) -> str:
        return str(self.folder)

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *trouble: object) -> None:
        _set(self._before)


def use(folder: Path | None) -> Used:
    """Read another folder of calibration from now on, in this process and its workers; None for the case's own.

    Raises :class:`Refusal` for a folder that cannot be used, or whose lists are not those of this process.
    """
    return _use({CALIBRATION_VARIABLE: None if folder is None else str(usable(folder))}, calibration_folder)


def use_case(folder: Path | None) -> Used:
    """Read another case from now on, in this process and its workers; None for the project's own.

    A calibration that was named before is named no more. Raises :class:`Refusal` as :func:`use` does.
    """
    place = None if folder is None else str(usable_case(folder))
    return _use({CASE_VARIABLE: place, CALIBRATION_VARIABLE: None}, scenarios_folder)


def _use(named: Mapping[str, str | None], folder: Callable[[], Path]) -> Used:
    before = {name: os.environ.get(name) for name in VARIABLES}
    _set(named)
    try:
        hold_to(calibration_folder())
    except Refusal:
        _set(before)
        raise
    return Used(folder(), before)


def _set(named: Mapping[str, str | None]) -> None:
    for name, place in named.items():
        os.environ.pop(name, None)
        if place is not None:
            os.environ[name] = place


@of_calibration
def province(folder: Path) -> Province:
    """The province of the present folder of calibration."""
    return read(folder).province


@of_calibration
def calendar(folder: Path) -> Calendar:
    """The calendar of the present folder of calibration."""
    return read(folder).calendar


@of_calibration
def called(folder: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Words of the present folder of calibration for names of the model, by group and name, ``{zh, en}``."""
    return {
        group: {name: {"zh": word.zh, "en": word.en} for name, word in entries.items()}
        for group, entries in read(folder).called.items()
    }
