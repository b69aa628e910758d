"""A study that is killed again and again, told as JSON: run as a script by ``test_killed.py``.

This process only loads what is needed and forks: each child does one whole command's work with a stand-in for the
engine (``tests/study/conftest.py``), so that what is killed is nearly always the store. Usage: folder, kills.
"""

import hashlib
import json
import os
import signal
import sys
import time
import types
from contextlib import nullcontext
from pathlib import Path

import pyarrow.parquet
import scipy.special
import scipy.stats  # noqa: F401

import sim
from sim.study import StudyError, study_folder
from sim.study.answering import Asked, answered
from sim.study.comparison import journey, scenarios
from sim.study.keywords import Execution
from sim.study.questions import comparison
from sim.study.runs import worker
from sim.study.runs.specification import Setting
from tests.study.conftest import FakeScenario, make_simulate

QUESTIONS = (["rent", "odd_seed"], ["rent", "tax"])  # by turns, so that an earlier study is replaced by another
GOLDEN = 0.6180339887498949  # its multiples spread evenly over 0 to 1


def stand_in() -> None:
    engine = types.ModuleType("sim.engine")
    engine.simulate = make_simulate()  # type: ignore[attr-defined]
    sys.modules["sim.engine"] = sim.engine = engine  # type: ignore[attr-defined]
    scenarios.load = lambda name, levers=None: FakeScenario(str(name), levers or {})  # type: ignore[assignment]
    worker.load = journey.load = lambda asked, levers=None: asked  # type: ignore[assignment]


def command(folder: Path, question: int) -> None:
    asked = Asked("comparison", comparison.Question(QUESTIONS[question], replications=4), Setting())
    with answered(asked, Execution(folder=folder), lambda stored: nullcontext()):
        part = folder / ".report.html.part"
        part.write_bytes(b"<!doctype html>\n" + study_folder.PAGE_BEGINS)
        part.replace(folder / "report.html")


def child(folder: Path, question: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            command(folder, question)
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
    return pid


def contents(folder: Path) -> dict[str, str]:
    """The study's own files; its runs are looked at by :func:`finished`."""
    files = (path for path in sorted(folder.iterdir()) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Files that only one has, or that differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def finished(folder: Path) -> dict[str, str]:
    """Every run that succeeded, by name, with its row: what a command that is killed may not lose."""
    aside = folder.parent / f".{folder.name}.earlier"
    files = [file for place in (folder, aside) for file in place.glob("runs/[!.]*/runs.parquet")]
    rows = [row for file in files for row in pyarrow.parquet.read_table(file).to_pylist() if not row["reason"]]
    return {row["run"]: json.dumps(row, sort_keys=True) for row in rows}


def state(folder: Path) -> str:
    """What somebody finds who opens the study now."""
    try:
        return ",".join(study_folder.load(folder).scenarios)  # type: ignore[union-attr]
    except StudyError as error:
        return "nothing" if "holds no study" in str(error) else str(error)


def main(place: Path, kills: int) -> None:
    stand_in()
    lasted = []
    for question in (0, 1):
        began = time.perf_counter()
        assert os.waitpid(child(place / f"reference_{question}", question), 0)[1] == 0
        lasted.append(time.perf_counter() - began)
    references = [contents(place / f"reference_{question}") for question in (0, 1)]
    folder, question, moment = place / "study", 0, 0.5
    told: list[dict[str, object]] = []
    while sum(1 for entry in told if entry["killed"]) < kills:
        before = finished(folder)
        pid = child(folder, question)
        moment = (moment + GOLDEN) % 1.0
        time.sleep(moment * 1.5 * min(lasted))
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        entry = {"killed": os.WIFSIGNALED(status), "status": status, "moment": moment}
        entry["study"] = state(folder) if os.WIFSIGNALED(status) else ""
        after = finished(folder)
        entry["lost"] = sum(after.get(name) != row for name, row in before.items())
        if not os.WIFSIGNALED(status):  # it was done before it could be killed
            entry["differing"] = differing(contents(folder), references[question])
            question = 1 - question
        told.append(entry)
    for last in (question, 1 - question):
        assert os.waitpid(child(folder, last), 0)[1] == 0
        apart = differing(contents(folder), references[last])
        there, wanted = finished(folder), finished(place / f"reference_{last}")
        apart += [name for name, row in wanted.items() if there.get(name) != row]
        told.append({"killed": False, "status": 0, "lost": 0, "differing": apart})
    left = sorted(path.name for path in place.iterdir())
    print(json.dumps({"told": told, "left": left}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
