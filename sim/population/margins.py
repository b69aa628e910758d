"""Which published figures there are of the population, and what of the model stands for each.

The table is ``margins.csv`` beside the counties; its columns are told in ``calibration/README.md``. A row names its
published figure by the id in ``calibration/evidence/``, which no run reads: a test holds the two to each other. A
folder of calibration may do without the table, and a row without an id.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from sim.classification import CLASSIFICATION
from sim.data_folders import calibration_file, of_calibration
from sim.measure import Words
from sim.refusal import Refusal, shown
from sim.vocabulary import SECTORS, SIZES

FILE: Final = "population/margins.csv"
COUNTIES: Final = "population/counties.csv"
COLUMNS: Final = (
    "measure", "place", "sectors", "sizes", "value", "unit", "evidence", "whole_place", "whole_sectors", "whole_sizes",
    "whole_value", "whole_evidence", "used", "zh", "en",
)  # fmt: skip
# What is counted: entities at work, the same over the active share, those engaged, ...
MEASURES: Final = (
    "entities", "registered", "persons", "insured_units", "insured_persons", "above_scale", "births",
)  # fmt: skip
USES: Final = ("fitted", "input", "compared")  # by the cells; through a parameter or a weight; not at all
MISSING: Final = "missing"  # in place of a use: the row says that something is not published
NUMBER: Final = re.compile(r"\d+(\.\d+)?")


class Part(NamedTuple):
    """A part of the population: a place and the sectors and sizes in it, by their positions."""

    place: str  # code of a county or a prefecture, empty for the province
    sectors: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def is_all(self) -> bool:
        """Whether every sector and size is in it."""
        return len(self.sectors) == len(SECTORS) and len(self.sizes) == len(SIZES)


class Margin(NamedTuple):
    """One published figure, and what it is of. With a whole it is a share of that."""

    measure: str
    part: Part
    value: float
    unit: str
    evidence: str  # id, empty where there is none
    whole: Part | None
    whole_value: float | None
    whole_evidence: str
    used: str
    zh: str  # what to know of it
    en: str

    @property
    def published(self) -> float:
        """The figure, or its share of the whole."""
        return self.value / (self.whole_value or 1.0)

    @property
    def is_total(self) -> bool:
        """Whether it says how many of all entities of the province are in a place."""
        whole = self.whole
        of_all = whole is not None and not whole.place and whole.is_all
        return of_all and self.measure == "entities" and self.part.is_all and bool(self.part.place)


class Table(NamedTuple):
    """What is published of the population, and what is known not to be, a sentence each."""

    margins: tuple[Margin, ...]
    missing: tuple[Words, ...]


def margins() -> tuple[Margin, ...]:
    """The margins of the present folder of calibration, see :func:`table`."""
    return table().margins


@of_calibration
def table(folder: Path) -> Table:
    """The table of the present folder of calibration; nothing without the file.

    Raises :class:`Refusal` with one sentence for each fault: file, line, field, what was found, what is allowed.
    """
    path = calibration_file(folder, FILE)
    if not path.is_file():
        return Table((), ())
    header, rows = _lines(path)
    places = {
        row[field] for _, row in _lines(calibration_file(folder, COUNTIES))[1] for field in ("code", "prefecture_code")
    }
    faults = [(1, "columns", ",".join(header), ",".join(COLUMNS))] if header != COLUMNS else []
    if not faults:
        faults = [(line, *fault) for line, row in rows if row["used"] != MISSING for fault in _faults(row, places)]
    if faults:
        raise Refusal(
            zh="\n".join(
                f"{path}:{line}: {field}: 现为 {shown(found)}，应为 {wanted}" for line, field, found, wanted in faults
            ),
            en="\n".join(
                f"{path}:{line}: {field}: found {shown(found)}, allowed is {wanted}"
                for line, field, found, wanted in faults
            ),
        )
    return Table(
        tuple(_margin(row) for _, row in rows if row["used"] != MISSING),
        tuple(Words(zh=row["zh"], en=row["en"]) for _, row in rows if row["used"] == MISSING),
    )


def _faults(row: dict[str, str], places: set[str]) -> Iterator[tuple[str, str, str]]:
    """Field, what was found and what is allowed, for each fault of a row."""
    for field, allowed in (("measure", MEASURES), ("used", (*USES, MISSING))):
        if row[field] not in allowed:
            yield field, row[field], ", ".join(allowed)
    for field in ("value", "whole_value"):
        is_number = NUMBER.fullmatch(row[field]) and float(row[field]) > 0
        if not is_number and (field == "value" or row[field]):
            yield field, row[field], "a number above 0"
    for field in ("place", "whole_place"):
        if row[field] and row[field] not in places:
            yield field, row[field], "the code of a county or a prefecture, or nothing for the province"
    for kind, known in (("sectors", {*SECTORS, *CLASSIFICATION.sector_groups}), ("sizes", {*SIZES})):
        for field in (kind, f"whole_{kind}"):
            if strange := [name for name in row[field].split() if name not in known]:
                yield field, strange[0], ", ".join(sorted(known))
    if row["used"] == "fitted" and (row["measure"] != "entities" or not row["whole_value"]):
        yield "used", "fitted", "compared or input, unless it is a share of entities with a whole_value"


def _lines(path: Path) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    """The header of a table, and its rows with the numbers of their lines."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [(reader.line_num, row) for row in reader]
        return tuple(reader.fieldnames or ()), rows


def _margin(row: dict[str, str]) -> Margin:
    whole = row["whole_value"]
    return Margin(
        row["measure"],
        _part(row["place"], row["sectors"], row["sizes"]),
        float(row["value"]),
        row["unit"],
        row["evidence"],
        _part(row["whole_place"], row["whole_sectors"], row["whole_sizes"]) if whole else None,
        float(whole) if whole else None,
        row["whole_evidence"],
        row["used"],
        row["zh"],
        row["en"],
    )


def _part(place: str, sectors: str, sizes: str) -> Part:
    """A part of the population from the words of a row; no word for all."""
    groups = CLASSIFICATION.sector_groups
    named = [sector for word in sectors.split() for sector in (groups[word].sectors if word in groups else (word,))]
    return Part(
        place,
        tuple(sorted({SECTORS.index(sector) for sector in named or SECTORS})),
        tuple(sorted({SIZES.index(size) for size in sizes.split() or SIZES})),
    )
