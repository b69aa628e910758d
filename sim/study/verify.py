"""Whether a study's runs are what they are said to be: some are done again and every byte kept of them is compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from sim.scenario import Scenario
from sim.study import StudyError, study_folder
from sim.study.keywords import Progress
from sim.study.runs.manifest import calibration_fingerprint, sources_fingerprint
from sim.study.runs.parts import RUNS, DamagedError
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import RunSpec

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = ("run", "tables", "differing")


def verify(
    folder: str | Path, sample: int = 10, seed: int = 1, workers: int = 1, progress: Progress | None = None
) -> pd.DataFrame:
    """Read every file of a study, do ``sample`` runs again in a folder of their own, and compare with what was kept.

    Nothing in the study's folder is changed. Returns run, tables (how many were compared, the run's row among them),
    differing (names, empty where every byte is the same); ``attrs["of"]`` is how many runs the study has,
    ``attrs["damaged"]`` a :class:`StudyError` for each file that is damaged or gone. Which runs are chosen depends on
    ``seed`` and their names alone. What a run took is not compared. Raises :class:`StudyError` when the folder holds no
    runs, or when the sample has one that another version of the model or another calibration made.
    """
    import pandas as pd

    place = Path(folder) / RUNS
    if not place.is_dir():
        raise StudyError(zh=f"{folder} 中没有保存的运行。", en=f"{folder} holds no runs.")
    stored = RunStore(place)
    damaged = [*study_folder.examine(folder), *(DamagedError(file) for file in stored.examine())]
    keys = stored.keys()
    if not keys and not damaged:
        raise StudyError(zh=f"{folder} 中没有成功的运行。", en=f"{folder} holds no run that succeeded.")
    in_order = sorted(keys, key=lambda key: hashlib.sha256(f"{seed} {key}".encode()).digest())
    present = {"calibration": calibration_fingerprint(), "sources": sources_fingerprint()}
    strange = [key for key in in_order[:sample] if present.items() - stored.row(key).items()]
    if strange and not damaged:  # which is the more important news
        raise StudyError(
            zh=f"{folder} 中的运行 {strange[0]} 出自本程序或校准数据的另一个版本，无法在此核对。",
            en=f"Run {strange[0]} in {folder} was made by another version of the model or of its calibration; "
            "it cannot be verified here.",
        )
    asked = {} if strange else dict(islice(_asked(stored, in_order), sample))
    with TemporaryDirectory(prefix="shukun-") as passing:
        anew = RunStore(Path(passing), stored.simulate)
        runner = Runner(anew, workers, progress=progress)
        specs = list(asked.values())
        worlds = {(id_, spec.seed): spec for spec in specs if spec.against and (id_ := anew.key(_world(spec)))}
        runner.expect(len(specs) + len(worlds))
        runner.run(_world(spec) for spec in worlds.values())
        again = runner.run(specs)
        rows = []
        for (key, spec), reason in zip(asked.items(), again["reason"], strict=True):
            there, here = stored.digests(key), anew.digests(anew.key(spec)) if reason == "" else {}
            differing = sorted(name for name in there.keys() | here.keys() if there.get(name) != here.get(name))
            rows.append((key, len(there), ", ".join(differing)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table.attrs |= {"of": len(keys), "damaged": damaged}
    return table


def _asked(stored: RunStore, keys: Iterable[str]) -> Iterator[tuple[str, RunSpec]]:
    """What was asked of each run, apart from those of which that is damaged or the world they were paired with is."""
    for key in keys:
        row = stored.row(key)
        paired = row["paired_with"]
        if paired and not stored.has(paired):
            continue
        with suppress(DamagedError):
            against = Scenario.from_contents(stored.scenario(paired)) if paired else None
            scenario, inside = Scenario.from_contents(stored.scenario(key)), stored.inside(key)
            spec = RunSpec(scenario, row["seed"], keep=row["keep"], against=against, inside=inside)
            stored.digests(key)
            yield key, spec


def _world(spec: RunSpec) -> RunSpec:
    """The run that a run is paired with."""
    assert spec.against is not None
    return RunSpec(spec.against, spec.seed, keep=spec.keep)
