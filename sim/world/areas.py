"""Names of the counties and prefectures of Yunnan: Chinese, English or national code, all mean the same place."""

import csv
from difflib import get_close_matches
from functools import cache
from typing import Literal

from sim.places import calibration_folder

Kind = Literal["county", "prefecture"]


def code_of(name: str, kind: Kind) -> str:
    """National code (four digits for a prefecture, six for a county) of a place by any of its names.

    Raises ``ValueError`` with the nearest valid name.
    """
    names = _names(kind)
    plain = name.strip().lower()
    if plain in names:
        return names[plain]
    close = get_close_matches(plain, names, n=1, cutoff=0.4)
    meant = f"; did you mean {_written(close[0], kind)!r}?" if close else ""
    raise ValueError(f"unknown {kind} {name!r}{meant}")


def _written(plain: str, kind: Kind) -> str:
    """The name as the table writes it, of a name in small letters."""
    return next(name for row in _rows(kind) for name in row if name.lower() == plain)


@cache
def _names(kind: Kind) -> dict[str, str]:
    return {name.lower(): row[0] for row in _rows(kind) for name in row}


@cache
def _rows(kind: Kind) -> tuple[tuple[str, ...], ...]:
    """Code, Chinese and English name of every place of a kind."""
    with (calibration_folder() / "world" / "counties.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if kind == "county":
        return tuple((row["code"], row["zh"], row["en"]) for row in rows)
    return tuple({row["code"][:4]: (row["code"][:4], row["prefecture_zh"], row["prefecture_en"]) for row in rows}.values())
