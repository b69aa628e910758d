"""What a study was: everything that determines its numbers, and a fingerprint of it."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_jsonable_python

from sim.classification import province
from sim.data_folders import (
    CALIBRATION_FILES,
    PARAMETER_FILES,
    calibration_file,
    is_overlay,
    of_calibration,
    own_calibration_folder,
)
from sim.measure import Words
from sim.recalibration import PARAMETERS, ChangedParameter, OtherCalibration, changed_parameters, other_calibration

if TYPE_CHECKING:
    from sim.scenario import Scenario


class _Noted(BaseModel):
    """What is noted of a study, read again by this version of the program or by another, which may note more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


MOST_OWN_CHANGES: Final = 20  # that are noted: more are another plan, of which its measures tell


class OwnChange(_Noted):
    """One thing that a scenario changes of what it starts from; ``None`` where a side says nothing."""

    path: str
    before: Any
    after: Any


class Asked(_Noted):
    """One scenario of a study, with its whole contents.

    ``starts_from``: the title of what it extends, or of the file that levers were given to, and ``own_changes`` what
    is otherwise there; nothing where that is more than MOST_OWN_CHANGES, or was not said by an earlier version.
    """

    name: str
    title: Words
    fingerprint: str
    contents: dict[str, Any] = Field(repr=False)
    changed_parameters: tuple[ChangedParameter, ...] = ()  # against the calibration at that time
    starts_from: Words | None = None
    own_changes: tuple[OwnChange, ...] = ()


class Manifest(_Noted):
    """Kind and contents of a study. Nothing in it tells when, where or by whom it was run."""

    study: str  # kind, see `sim.study.runs.study`
    scenarios: tuple[Asked, ...]
    firms: int | Literal["province"]  # rows of each run; "province" for one row a firm
    seed: int
    replications: int  # of each draw; the most, where precision or time decides
    settings: dict[str, Any] = Field(repr=False)  # what else was asked, as the kind of study names it
    province: Words | None = None  # whose case it was; not said by earlier versions
    calibration: str  # SHA-256 of the files in `calibration/`
    other_calibration: OtherCalibration | None = None  # how it differs from the project's
    varied_parameters: tuple[str, ...] = ()  # calibrated parameters that vary over the draws, by path
    sources: str = ""  # SHA-256 of the model's sources, see `sources_fingerprint`; not said by earlier versions
    versions: dict[str, str]
    fingerprint: str


def manifest(
    study: str,
    scenarios: Sequence[Scenario],
    seed: int,
    replications: int,
    *,
    varied: Iterable[str] = (),
    **settings: Any,
) -> Manifest:
    """The manifest of a study. Its fingerprint covers the question, the calibration and this package's version.

    ``varied``: dotted paths of what varies over the draws, of which calibrated parameters are noted by name.

    Versions of Python and of the libraries are noted beside it: they may not change a result, and a fingerprint
    that held them could not say so.
    """
    settings = to_jsonable_python(settings, fallback=str)  # as it will be read again
    question = {
        "study": study,
        "scenarios": [[scenario.name, scenario.fingerprint()] for scenario in scenarios],
        "seed": seed,
        "replications": replications,
        "settings": settings,
        "calibration": calibration_fingerprint(),
        "shukun": version("shukun"),
    }
    canonical = json.dumps(question, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return Manifest(
        study=study,
        scenarios=tuple(
            Asked(
                name=s.name,
                title=s.title,
                fingerprint=s.fingerprint(),
                contents=s.contents(),
                changed_parameters=changed_parameters(s.parameter_changes),
                **_own_changes(s),
            )
            for s in scenarios
        ),
        firms=scenarios[0].firms,
        seed=seed,
        replications=replications,
        settings=settings,
        province=Words(zh=province().zh, en=province().en),
        calibration=calibration_fingerprint(),
        other_calibration=other_calibration(),
        varied_parameters=tuple(path.removeprefix(PARAMETERS) for path in varied if path.startswith(PARAMETERS)),
        sources=sources_fingerprint(),
        versions=versions(),
        fingerprint=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _own_changes(scenario: Scenario) -> dict[str, Any]:
    from sim.scenario import own_changes  # start-up: not for what reads a study

    start, changes = own_changes(scenario) or (None, [])
    if len(changes) > MOST_OWN_CHANGES:
        return {}
    noted = (to_jsonable_python(change, fallback=str) for change in changes)
    return {"starts_from": start, "own_changes": tuple(OwnChange(path=p, before=a, after=b) for p, a, b in noted)}


def versions() -> dict[str, str]:
    """Versions of this package, of Python and of the libraries that a run is computed with, by name."""
    libraries = ("numpy", "numba", "simpy")
    return {"shukun": version("shukun"), "python": platform.python_version()} | {n: version(n) for n in libraries}


@of_calibration
def calibration_fingerprint(folder: Path) -> str:
    """SHA-256 of the files in the folder of calibration that a run reads, with their names.

    Of the margins a run reads those that cells are fitted to, and no more.
    """
    from sim.population.firm_table import TABLE  # start-up: not for what reads a study
    from sim.population.margins import margins

    digest = hashlib.sha256()
    for name in sorted(CALIBRATION_FILES):
        content = calibration_file(folder, name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
        if is_overlay(folder) and name in PARAMETER_FILES:  # what differs, before what it differs from
            digest.update((own_calibration_folder() / name).read_bytes())
    if (folder / TABLE).is_file():
        digest.update((folder / TABLE).read_bytes())
    for margin in margins():
        if margin.used == "fitted":
            digest.update(f"{margin.part} {margin.whole} {margin.published!r}\n".encode())
    return digest.hexdigest()


# What of the study room decides what is kept with runs; what the rest makes of that is made anew each time.
TAKEN_BY: Final = ("study/reductions/", "study/runs/parts.py", "study/runs/run_store.py")
ABOVE: Final = ("study/", "report/", "desk/", "cli/")


@cache
def sources_fingerprint() -> str:
    """SHA-256 of the sources of this package that what is kept of a run can depend on."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[2]
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if name.startswith(TAKEN_BY) or not name.startswith(ABOVE):
            content = path.read_bytes()
            digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
