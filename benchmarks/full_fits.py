"""Whether a whole fit, with waves of its own, finds the parameters that its data were made with.

Parameters are drawn from their priors, the worlds of the targets are run with them (with a seed that no fit uses), what
would be published is made up of what is read, with the uncertainty of what is published and the discrepancy of the
model, and ``sim.calibrate`` fits that as it would fit evidence. Of many such fits 90 % of the 90 % intervals hold what
they should. Each costs as much as a calibration, so sizes are small unless one has a day.

    python -m benchmarks.full_fits                          ten fits, 150 draws a wave: some three hours on two cores
    python -m benchmarks.full_fits cash payment --draws 80  two groups of targets: an hour
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pandas as pd
from ruamel.yaml import YAML
from scipy.special import stdtrit

import sim
from sim.data_folders import own_calibration_folder
from sim.evidence import evidence
from sim.study.calibration.discrepancy import discrepancy
from sim.study.calibration.observed import DEVIATIONS, FREEDOM, scale_of
from sim.study.designs.design import sample
from sim.study.designs.factors import at, priors
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import sized
from sim.study.statistics.streams import Stream
from sim.study.validation.readings import readings, under_draws
from sim.study.validation.scoring import specs_by_world
from sim.study.validation.targets import FILE, Target, targets

SEED_OF_TRUTHS: Final = 1_000_003
FIRST_STREAM: Final = 6_000
CHECKED: Final = "checked"
PARAMETERS: Final = "parameters.yaml"


@dataclass(frozen=True)
class Size:
    """How large a fit is."""

    draws: int
    waves: int
    kept: int
    firms: int
    names: tuple[str, ...]  # of targets or their groups, all where there is none


def lived(points: np.ndarray, size: Size, workers: int) -> pd.DataFrame:
    """What the targets come to in worlds with parameters at points of the unit cube: draw, target, value."""
    known, firms = targets(), size.firms
    read = specs_by_world(known.chosen(size.names))
    factors = priors()
    drawn = {k: at(factors, point) for k, point in enumerate(points.tolist())}
    worlds = sized([known.worlds[world] for world in read], firms)
    with TemporaryDirectory() as folder:
        runner = Runner(RunStore(Path(folder), writing=True), workers)
        return readings(runner.run(under_draws(worlds, read, drawn, firms, SEED_OF_TRUTHS)), runner)


def published(target: Target, value: float, stream: Stream) -> dict[str, float]:
    """What would be published of a target where its value holds: value, low and high."""
    entry = target.entry
    scale = scale_of(entry, np.array([value]))
    low, high = (float(scale.to(end)) for end in (entry.low, entry.high))
    side = (high - low) / 2 / DEVIATIONS
    grade = min(evidence()[name].grade for name in entry.evidence)
    deviation = np.hypot(side, discrepancy().of(scale.name, grade))
    middle = float(scale.to(value)) + float(stdtrit(FREEDOM, stream.uniform(1)[0])) * deviation
    ends = np.array([middle, middle - DEVIATIONS * side, middle + DEVIATIONS * side])
    return dict(zip(("value", "low", "high"), map(float, scale.back(ends)), strict=True))


def made_up(values: Mapping[str, float], stream: Stream, folder: Path) -> None:
    """A folder of calibration with data that were made up in the place of what is published."""
    yaml = YAML()
    said: dict[str, Any] = yaml.load((own_calibration_folder() / FILE).read_text("utf-8"))
    for id_, target in targets().by_id.items():
        if target.spec is None or target.entry.use == CHECKED:
            continue
        if np.isnan(values.get(id_, np.nan)):  # nobody was there to be counted, or it was not asked for
            del said[id_]
        else:
            said[id_] |= published(target, values[id_], stream)
    with (folder / FILE).open("w", encoding="utf-8") as file:
        yaml.dump(said, file)
    (folder / PARAMETERS).write_text("{}\n", "utf-8")  # what a run reads is as it is


def fitted(values: Mapping[str, float], stream: Stream, size: Size, workers: int) -> pd.DataFrame:
    """The table ``posterior`` of a fit of made-up data."""
    with TemporaryDirectory() as folder:
        made_up(values, stream, Path(folder))
        with sim.calibration(folder):
            study = sim.calibrate(
                size.names, draws=size.draws, waves=size.waves, kept=size.kept, firms=size.firms, simulated=0,
                workers=workers,
            )  # fmt: skip
    return study.posterior


def held(table: pd.DataFrame, point: np.ndarray) -> pd.DataFrame:
    """Whether the 90 % interval of each parameter holds what the data were made with."""
    true = [factor.at(unit) for factor, unit in zip(priors(), point.tolist(), strict=True)]
    numbers = [float(one.toordinal()) if hasattr(one, "toordinal") else float(one) for one in true]
    inside = (table["posterior_low"] <= numbers) & (numbers <= table["posterior_high"])
    return table[["parameter", "is_identified", "shrinkage"]].assign(held=inside)


def main() -> None:
    """Fit one set of data after the other, and print how many intervals hold."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("names", nargs="*", help="targets or groups of targets (default: all)")
    for name, default in (("fits", 10), ("draws", 150), ("waves", 2), ("kept", 60), ("firms", 2_000), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=default)
    asked.add_argument("--workers", type=int, default=None)
    given = asked.parse_args()
    workers = given.workers or cpu_count() or 1
    points = np.array(sample("latin_hypercube", priors(), given.fits, given.seed))
    size, found = Size(given.draws, given.waves, given.kept, given.firms, tuple(given.names)), []
    table = lived(points, size, workers).pivot(index="draw", columns="target", values="value")
    for k, point in enumerate(points):
        one = held(fitted(table.loc[k].to_dict(), Stream(given.seed, FIRST_STREAM + k), size, workers), point)
        found.append(one)
        told = one[one["is_identified"]]
        print(
            f"fit {k + 1}: 90 % intervals hold {one['held'].mean():.1%} of {len(one)} parameters, "
            f"{told['held'].sum()} of the {len(told)} that are identified",
            flush=True,
        )
    every = pd.concat(found)
    told = every[every["is_identified"]]
    print(f"{given.fits} fits: {every['held'].mean():.1%} of all, {told['held'].mean():.1%} of {len(told)} identified")


if __name__ == "__main__":
    main()
