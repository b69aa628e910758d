"""Who buys what firms sell: the share of each sector's sales that goes to the firms of each sector.

The shares are those of an input-output table, read from ``world/orders.csv`` in the folder of calibration: a row is a
seller, a column a buyer; what is missing to 1 goes to households, public bodies, investment and outside the province.
"""

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.data_folders import calibration_file, of_calibration
from sim.parameters import Parameters
from sim.refusal import Refusal, nearest, shown
from sim.vocabulary import SECTORS

FILE: Final = "world/orders.csv"
SELLER: Final = "seller"
COLUMNS: Final = (SELLER, *SECTORS, "source")
_WHOLESALE, _RETAIL = "wholesale", "retail"
_ROUNDING: Final = 1e-9  # shares of a row that make a whole may add up to a little more

Shares: TypeAlias = tuple[tuple[float, ...], ...]  # by seller and buyer, in the order of SECTORS
Fault: TypeAlias = tuple[int, str, str, str, str]  # line, field, found, what is allowed in Chinese and in English


def to_firms(parameters: Parameters) -> NDArray[np.float64]:
    """Share of what a sector (row) sells that goes to firms of a sector (column), shape (S, S); it is only read.

    Goods bought to be sold again are no intermediate input, so of what wholesalers sell
    ``neighbours.wholesale_to_shops`` is set to go to retail and the rest of their row made smaller: its sum is the
    table's. What follows local incomes cannot follow orders as well: with ``firm.local_demand_share`` no row is above
    1.
    Raises :class:`Refusal` for a table that cannot be used, with one sentence for each fault.
    """
    return _to_firms(parameters, table())


@lru_cache(maxsize=8)
def _to_firms(parameters: Parameters, shares: Shares) -> NDArray[np.float64]:
    orders = np.array(shares, np.float64)
    if _WHOLESALE in SECTORS and _RETAIL in SECTORS:
        row, shop = orders[SECTORS.index(_WHOLESALE)], SECTORS.index(_RETAIL)
        total, others = row.sum(), row.sum() - row[shop]
        to_shops = min(parameters["neighbours.wholesale_to_shops"], total)
        row *= (total - to_shops) / others if others > 0 else 0.0
        row[shop] = to_shops
    most = np.maximum(1.0 - parameters.by_sector("firm.local_demand_share"), 0.0)
    total = orders.sum(axis=1)
    orders *= np.where(total > most, most / np.where(total > 0, total, 1.0), 1.0)[:, None]
    orders.flags.writeable = False
    return orders


@of_calibration
def table(folder: Path) -> Shares:
    """The table of the present folder of calibration.

    Raises :class:`Refusal` with one sentence for each fault: file, line, field, what was found, what is allowed.
    """
    path = calibration_file(folder, FILE)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restval="")
        rows = [(reader.line_num, row) for row in reader]
        header = tuple(reader.fieldnames or ())
    faults = list(_faults_of_header(header)) or list(_faults(rows))
    if faults:
        raise Refusal(
            zh="\n".join(
                f"{path}:{line}: {field}: 现为 {shown(found)}，应为 {zh}" for line, field, found, zh, _ in faults
            ),
            en="\n".join(
                f"{path}:{line}: {field}: found {shown(found)}, allowed is {en}" for line, field, found, _, en in faults
            ),
        )
    by_seller = {row[SELLER]: tuple(float(row[buyer]) for buyer in SECTORS) for _, row in rows}
    return tuple(by_seller[seller] for seller in SECTORS)


def _faults_of_header(header: tuple[str, ...]) -> Iterator[Fault]:
    for name in header:
        if name not in COLUMNS:
            yield 1, "columns", name, *_one_of(name, COLUMNS)
    for name in COLUMNS:
        if header.count(name) != 1:
            yield 1, "columns", ",".join(header), f"{name} 恰好一列", f"{name} once"


def _faults(rows: list[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    sellers = [row[SELLER] for _, row in rows]
    for line, row in rows:
        if row[SELLER] not in SECTORS:
            yield line, SELLER, row[SELLER], *_one_of(row[SELLER], SECTORS)
            continue
        if sellers.count(row[SELLER]) > 1:
            yield line, SELLER, row[SELLER], "每个行业只有一行", "one row for each sector"
        shares = {buyer: _share(row[buyer]) for buyer in SECTORS}
        for buyer, share in shares.items():
            if share is None:
                yield line, buyer, row[buyer], "0 至 1 的数", "a number from 0 to 1"
        total = sum(share or 0.0 for share in shares.values())
        if total > 1.0 + _ROUNDING:
            yield line, row[SELLER], f"{total:.4f}", "各份额合计不超过 1", "shares that add up to no more than 1"
    for seller in SECTORS if set(sellers) <= set(SECTORS) else ():  # a name that is mistaken is told above
        if seller not in sellers:
            end = rows[-1][0] if rows else 1
            yield end, SELLER, "", f"{seller} 也有一行", f"a row for {seller} too"


def _one_of(found: str, names: tuple[str, ...]) -> tuple[str, str]:
    """What is allowed in place of a name that there is not, in Chinese and English: the nearest, or all."""
    close = nearest(found, names)
    return (close, close) if close else ("、".join(names), ", ".join(names))


def _share(text: str) -> float | None:
    """The number of a cell, None where it is no share."""
    try:
        share = float(text)
    except (TypeError, ValueError):
        return None
    return share if 0.0 <= share <= 1.0 else None
