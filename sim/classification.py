"""What the statistics of the province tell apart: its sectors, sizes and agencies, as ``calibration/`` names them.

The file is ``classification.toml`` in the folder of calibration. It is read once, when the process begins: lists that
files are checked by and that kernels are compiled for do not change under their feet. The names come to the model
through :mod:`sim.vocabulary`, their words through :mod:`sim.names`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sim.data_folders import (
    CALIBRATION_VARIABLE,
    CLASSIFICATION_FILE,
    calibration_file,
    calibration_folder,
    of_calibration,
    own_calibration_folder,
    usable,
)
from sim.refusal import Refusal

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

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        for group, names in NEEDED.items():
            for name in names:
                if name not in getattr(self, group):
                    raise ValueError(f"{group} must have {name}, which the model knows by name")
        if next(iter(self.sizes)) != "individual":
            raise ValueError("individual must be the first of sizes: all others are enterprises")
        named = {f"sector_groups.{name}": group.sectors for name, group in self.sector_groups.items()}
        named |= {f"public_contracts.{form}": sectors for form, sectors in self.public_contracts}
        named["industry_above_scale"] = self.industry_above_scale.sectors
        for where, sectors in named.items():
            for name in sectors:
                if name not in self.sectors:
                    raise ValueError(f"{where} names {name}, which is no sector")
        if self.sectors.keys() & self.sector_groups.keys():
            raise ValueError("a sector and a group of sectors have one name")
        if self.record.last < self.record.first:
            raise ValueError("record ends before it begins")
        return self

    @property
    def lists(self) -> str:
        """All that a process holds to, in its order: everything but which province it is."""
        return self.model_dump_json(exclude={"province"})

    def words(self) -> dict[str, dict[str, dict[str, str]]]:
        """Words by group and name, as :func:`sim.names.labels` gives them."""
        groups: dict[str, Mapping[str, Called]] = {
            "sector": self.sectors, "sector_group": self.sector_groups, "size": self.sizes, "agency": self.agencies,
        }  # fmt: skip
        return {
            group: {name: {"zh": called.zh, "en": called.en} for name, called in entries.items()}
            for group, entries in groups.items()
        }


@cache
def read(folder: Path) -> Classification:
    """The classification of a folder of calibration; :class:`Refusal` names every fault of the file."""
    path = calibration_file(folder, FILE)
    try:
        return Classification.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as trouble:
        raise Refusal(zh=f"{path} 无法读取", en=f"{path}: cannot be read ({trouble.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise Refusal(zh=f"{path} 不是有效的 TOML", en=f"{path}: not readable as TOML ({trouble})") from None
    except ValidationError as trouble:
        said = "\n".join(
            f"{path}: {': '.join(filter(None, ['.'.join(map(str, error['loc'])), error['msg']]))}".replace(
                "Value error, ", ""
            )
            for error in trouble.errors()
        )
        raise Refusal(zh=said, en=said) from None


def _of_this_process() -> Classification:
    try:
        return read(calibration_folder())
    except Refusal:  # said by whoever first asks for a number of that folder, where it can be told in one sentence
        return read(own_calibration_folder())


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


def use(folder: Path | None) -> Path:
    """Read another folder of calibration from now on, in this process and its workers; None for the project's own.

    Raises :class:`Refusal` for a folder that cannot be used, or whose lists are not those of this process.
    """
    if folder is None:
        os.environ.pop(CALIBRATION_VARIABLE, None)
        return own_calibration_folder()
    place = usable(folder)
    hold_to(place)
    os.environ[CALIBRATION_VARIABLE] = str(place)
    return place


@of_calibration
def province(folder: Path) -> Province:
    """The province of the present folder of calibration."""
    return read(folder).province
