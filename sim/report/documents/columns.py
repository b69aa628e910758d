"""Tables of texts as columns of numbers: each number with its unit in the head, its interval in columns of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan
from typing import Final, NamedTuple

from sim.report.answers.answer import Table
from sim.report.words.catalogue import Language, text
from sim.report.words.figures import Figure, Lines, known

FEN_PER_YUAN: Final = 100
LARGE: Final = {"zh": (10**6, "medium_money"), "en": (10**8, "medium_money")}  # fen: wan yuan; million yuan
SIGNED: Final = "+#,##0.00;-#,##0.00;0.00"
SHARE: Final = "0.0%"


class Written(NamedTuple):
    """How figures of a unit stand in a column: divided by ``unit``, as a workbook writes them, what the head says."""

    unit: float
    form: str
    name: str


class Column(NamedTuple):
    """A column: numbers (infinite ones among them), texts where there is none, None where it is missing.

    ``forms`` and ``remarks``: of each cell, how it is written and what else is said of it, empty where nothing is.
    """

    head: str
    cells: Sequence[float | str | None]
    forms: Sequence[str]
    remarks: Sequence[str]


def columns(table: Table, lang: Language) -> list[Column]:
    """The columns of a table; of one that tells several figures in a cell several."""
    found: list[Column] = []
    for place, head in enumerate(table.columns):
        found += _split(" ".join(head.split("\n")), [row[place] for row in table.rows], lang)
    return found


def _split(head: str, cells: Sequence[str], lang: Language) -> Iterable[Column]:
    deep = max((len(cell.parts) for cell in cells if isinstance(cell, Lines)), default=1)
    if deep > 1:
        for line in range(deep):
            yield from _split(head, [_part(cell, line) for cell in cells], lang)
        return
    figures = [cell if isinstance(cell, Figure) else None for cell in cells]
    units = {figure.unit for figure in figures if figure is not None and not isnan(figure.value)}
    if not any(known(cell) for cell in cells):
        yield _texts(head, ["" if isinstance(cell, Figure) else cell for cell in cells])
        return
    numbers = [figure for figure in map(known, cells) if figure is not None]
    by_unit = {unit: _written(unit, [figure for figure in numbers if figure.unit == unit], lang) for unit in units}
    unit = next(iter(by_unit.values())).name if len(by_unit) == 1 else ""
    shown = text("document.head", lang, head=head, unit=unit) if unit else head
    yield _column(shown, cells, [None if figure is None else figure.value for figure in figures], by_unit)
    if any(not isnan(figure.low) for figure in numbers):
        for end in ("low", "high"):
            ends = [None if figure is None else getattr(figure, end, None) for figure in figures]
            yield _column(text(f"document.{end}", lang, head=shown), ["" for _ in cells], ends, by_unit, figures)
    if len(by_unit) > 1:
        told = [by_unit[figure.unit].name if known(figure or "") and figure else "" for figure in figures]
        yield _texts(text("cli.column.unit", lang), told)


def _column(
    head: str,
    cells: Sequence[str],
    values: Sequence[float | None],
    by_unit: dict[str, Written],
    figures: Sequence[Figure | None] | None = None,
) -> Column:
    found: list[float | str | None] = []
    forms, remarks = [], []
    for place, (cell, value) in enumerate(zip(cells, values, strict=True)):
        figure = cell if isinstance(cell, Figure) else figures[place] if figures else None
        if figure is None or value is None or isnan(value):
            found.append(None if isinstance(cell, Figure) or not cell else str(cell))
            forms.append("")
            remarks.append("")
            continue
        how = by_unit[figure.unit]
        found.append(value / how.unit)
        forms.append(how.form)
        remarks.append(str(cell) if figure.is_remarked and cell else "")
    return Column(head, found, forms, remarks)


def _texts(head: str, cells: Sequence[str]) -> Column:
    nothing = [""] * len(cells)
    return Column(head, [str(cell) or None for cell in cells], nothing, nothing)


def _part(cell: str, line: int) -> str:
    parts = cell.parts if isinstance(cell, Lines) else (cell,)
    return parts[line] if line < len(parts) else ""


def _written(unit: str, figures: Sequence[Figure], lang: Language) -> Written:
    name = text(f"unit.{unit}", lang, number="").strip() if unit in ("points", "days", "months", "years") else ""
    match unit:
        case "share":
            return Written(1, SHARE, text("unit.share", lang, number="").strip())
        case "relative":
            return Written(1, "+0.00%;-0.00%;0.00%", text("unit.share", lang, number="").strip())
        case "points":
            return Written(0.01, SIGNED, name)
        case "fen":
            large, large_name = LARGE[lang]
            if max(abs(figure.value) for figure in figures) < 100 * large:
                return Written(FEN_PER_YUAN, "#,##0", text("unit.yuan", lang, number="").strip())
            return Written(large, "#,##0.00", text(f"unit.{large_name}", lang, number="").strip())
        case "entities" | "persons":
            return Written(1, "#,##0", text(f"document.unit.{unit}", lang))
        case "days" | "months" | "years":
            return Written(1, "0.0", name)
    whole = all(figure.value == round(figure.value) for figure in figures)
    return Written(1, "#,##0" if whole else "#,##0.00##", "")
