"""The 129 counties of the 16 prefectures of Yunnan, and how the province's firms are spread over them.

The table is ``calibration/population/counties.csv``; ``calibration/README.md`` tells where its weights come from.
"""

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.places import calibration_folder


@dataclass(frozen=True, eq=False)
class Counties:
    """Counties in the order of their national codes; the position is the integer that columns hold."""

    code: tuple[str, ...]  # such as "530102"
    zh: tuple[str, ...]
    en: tuple[str, ...]  # pinyin without the kind of county
    prefecture: NDArray[np.int8]  # index of each county's prefecture, 0 to 15
    weight: NDArray[np.float64]  # share of the province's firms, adds up to 1
    prefecture_code: tuple[str, ...]  # such as "5301"
    prefecture_zh: tuple[str, ...]
    prefecture_en: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.code)

    @property
    def prefecture_weight(self) -> NDArray[np.float64]:
        """Share of the province's firms in each prefecture."""
        return np.bincount(self.prefecture, self.weight, len(self.prefecture_code)).astype(np.float64)

    def county(self, name: str) -> int:
        """Index of a county by code, Chinese or English name; ``ValueError`` with the nearest name otherwise."""
        return _index(name, "county", (self.code, self.zh, self.en))

    def prefecture_index(self, name: str) -> int:
        """Index of a prefecture by code, Chinese or English name; ``ValueError`` with the nearest name otherwise."""
        return _index(name, "prefecture", (self.prefecture_code, self.prefecture_zh, self.prefecture_en))


@cache
def counties(path: Path | None = None) -> Counties:
    """The table of counties, read once in the life of a process."""
    with (path or calibration_folder() / "population" / "counties.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["code"])
    prefectures = {row["prefecture_code"]: (row["prefecture_zh"], row["prefecture_en"]) for row in rows}
    place = {code: index for index, code in enumerate(prefectures)}
    weight = np.array([float(row["weight"]) for row in rows])
    return Counties(
        code=tuple(row["code"] for row in rows),
        zh=tuple(row["zh"] for row in rows),
        en=tuple(row["en"] for row in rows),
        prefecture=np.array([place[row["prefecture_code"]] for row in rows], np.int8),
        weight=weight / weight.sum(),
        prefecture_code=tuple(prefectures),
        prefecture_zh=tuple(zh for zh, _ in prefectures.values()),
        prefecture_en=tuple(en for _, en in prefectures.values()),
    )


def _index(name: str, kind: str, columns: tuple[tuple[str, ...], ...]) -> int:
    for column in columns:
        if name in column:
            return column.index(name)
    near = get_close_matches(name, [known for column in columns for known in column], n=1, cutoff=0.4)
    raise ValueError(f"there is no {kind} {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
