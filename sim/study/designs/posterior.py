"""The posterior that is kept: weighted draws of all calibrated parameters, as ``shukun calibrate --keep`` wrote them.

It lies in ``posterior/`` in the folder of calibration: ``draws.csv`` (``weight``, then a column for each parameter
whose prior is not fixed, numbers to the last bit) and ``manifest.json`` (what it was made of). Reading refuses one that
does not fit the present parameters.
"""

from __future__ import annotations

import csv
import json
import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from math import fsum, isfinite
from pathlib import Path
from typing import Any, Final, NamedTuple

from sim import parameters
from sim.data_folders import calibration_folder, of_calibration
from sim.parameter_file import Number
from sim.refusal import Refusal, nearest
from sim.study import StudyError

FOLDER: Final = "posterior"
DRAWS: Final = "draws.csv"
MANIFEST: Final = "manifest.json"
WEIGHT: Final = "weight"
TOGETHER: Final = 1e-9  # that weights may miss 1 by


class Draw(NamedTuple):
    """A draw: what share of the posterior it stands for, and the changes of parameters that it is."""

    weight: float
    changes: Mapping[str, Number]


@dataclass(frozen=True)
class Posterior:
    """What is kept: draws, whose weights add up to 1, and what they were made of (see :func:`write`)."""

    draws: tuple[Draw, ...]
    manifest: Mapping[str, Any]

    @cached_property
    def effective(self) -> float:
        """How many draws of equal weight they are worth (Kish 1965)."""
        return 1.0 / fsum(draw.weight**2 for draw in self.draws)

    def place(self, unit: float) -> int:
        """Which draw stands at a point of the unit interval: along the weights, in the order of the file."""
        # Never a draw of no weight, which may stand first.
        return min(bisect_left(self._reached, max(unit, sys.float_info.min)), len(self.draws) - 1)

    @cached_property
    def _reached(self) -> list[float]:
        return list(accumulate(draw.weight for draw in self.draws))


def even(kept: Posterior, count: int) -> list[dict[str, Number]]:
    """So many draws of equal weight: at even steps along the weights, in the order of the file (systematic sampling).

    A draw of much weight may stand more than once.
    """
    return [dict(kept.draws[kept.place((k + 0.5) / count)].changes) for k in range(count)]


def at_most(kept: Posterior, count: int) -> list[Draw]:
    """All draws that are kept, with their weights, where they are no more than ``count``; else so many, evenly."""
    if len(kept.draws) <= count:
        return list(kept.draws)
    return [Draw(1.0 / count, changes) for changes in even(kept, count)]


def none_kept() -> StudyError:
    """That there is no posterior to draw from, and what would make one."""
    return StudyError(
        zh="校准文件夹中没有后验分布（posterior/）：先运行 shukun calibrate --keep。",
        en="The folder of calibration has no posterior (posterior/): run shukun calibrate --keep first.",
    )


@of_calibration
def posterior(folder: Path) -> Posterior | None:
    """The posterior of the present folder of calibration, None where none is kept.

    Raises :class:`StudyError` for one that does not fit the present parameters: the file, the line, the column, what
    was found and what is allowed.
    """
    file = folder / FOLDER / DRAWS
    if not file.is_file():
        return None
    try:
        manifest = json.loads((file.parent / MANIFEST).read_text(encoding="utf-8"))
        with file.open(encoding="utf-8", newline="") as lines:
            head, *rows = csv.reader(lines)
    except (OSError, ValueError) as error:
        raise _wrong(file.parent, "", f"读不出来（{error}）", f"cannot be read ({error})") from None
    known = {entry.path: entry for entry in parameters.load().paths() if not entry.prior.is_fixed}
    for name in head[1:]:
        if name not in known:
            near = nearest(name, known)
            zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("", "")
            raise _wrong(
                file, ":1", f"没有先验不固定的参数 {name}{zh}", f"there is no parameter {name} with a prior{en}"
            )
    missing = [path for path in known if path not in head]
    if head[:1] != [WEIGHT] or missing:
        lacking = missing[0] if missing else WEIGHT
        raise _wrong(file, ":1", f"缺少 {lacking} 一列：请重新运行 shukun calibrate --keep",
                     f"the column {lacking} is missing: run shukun calibrate --keep again")  # fmt: skip
    draws = []
    for line, row in enumerate(rows, 2):
        if len(row) != len(head):
            raise _wrong(file, f":{line}", f"有 {len(row)} 列，应为 {len(head)} 列",
                         f"has {len(row)} columns in the place of {len(head)}")  # fmt: skip
        changes = {name: _value(cell) for name, cell in zip(head[1:], row[1:], strict=True)}
        for name, value in changes.items():
            try:
                parameters.load().with_changes({name: value})
            except Refusal as refusal:
                raise _wrong(file, f":{line} {name}", refusal.zh, refusal.en) from None
        draws.append(Draw(_weight(file, line, row[0]), changes))
    whole = fsum(draw.weight for draw in draws)
    if abs(whole - 1.0) > TOGETHER:
        raise _wrong(file, "", f"权重之和为 {whole:g}，应为1", f"the weights add up to {whole:g}, and should to 1")
    return Posterior(tuple(draws), manifest)


def write(draws: Sequence[Draw], manifest: Mapping[str, Any]) -> Path:
    """Keep a posterior in the present folder of calibration; the folder that it lies in.

    ``manifest``: versions, seeds, fingerprints of calibration and targets, numbers of runs. Raises :class:`StudyError`
    when the disk does not take it.
    """
    folder = calibration_folder() / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with (folder / DRAWS).open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([WEIGHT, *draws[0].changes])
            writer.writerows([repr(draw.weight), *map(_written, draw.changes.values())] for draw in draws)
        text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or error
        raise StudyError(zh=f"{folder} 无法写入：{reason}。", en=f"{folder} cannot be written: {reason}.") from None
    return folder


def _written(value: Number) -> str:
    return value.isoformat() if isinstance(value, date) else repr(float(value))


def _value(cell: str) -> Any:
    """A number or a day; anything else stays a text, which no parameter takes."""
    try:
        return float(cell)
    except ValueError:
        pass
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return cell


def _weight(file: Path, line: int, cell: str) -> float:
    value = _value(cell)
    if not isinstance(value, float) or not isfinite(value) or value < 0.0:
        raise _wrong(file, f":{line} {WEIGHT}", f"{cell} 不是不小于0的数", f"{cell} is no number of at least 0")
    return value


def _wrong(file: Path, place: str, zh: str, en: str) -> StudyError:
    return StudyError(zh=f"{file}{place}：{zh}。", en=f"{file}{place}: {en}.")
