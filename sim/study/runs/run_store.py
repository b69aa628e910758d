"""The runs of a study on disk: ``<study>/runs/``, a folder for each part.

A *part* holds one run, named by what determines it, or some dozens that were put together when their study was
complete. In it each table is one Parquet file: ``runs`` has a row for each run, ``scenarios`` what was asked, ``times``
what it took (apart and not sealed, because nothing determines it), the rest what the study keeps. A worker writes its
part under another name and renames it, so that a part is whole or not there. What is on disk is never written again: a
study that grows gets further parts, a run that failed is a row with its reason and is tried again by the next command.

Opening and reading change nothing. A part that is damaged is named; the command that is at work on the study, and
nobody else, moves it as it is into ``runs/damaged/`` and does its runs again. What the system does not give (too many
open files, a disk that does not answer) is no damage. Whatever else lies in the folder is not ours and stays.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.observe.inside import Inside
from sim.observe.tables import LOOKED_INTO
from sim.scenario.remembered import Remembered
from sim.study import StudyError
from sim.study.reductions import costs, paired
from sim.study.reductions.readings import read
from sim.study.runs import parts
from sim.study.runs.manifest import calibration_fingerprint, sources_fingerprint
from sim.study.runs.parts import RUNS, SCENARIOS, TIMES, DamagedError
from sim.study.runs.specification import LABELS, PAIRED, READ, TABLED, RunSpec, Task

if TYPE_CHECKING:
    import pandas as pd

    from sim.observe.tables import Result
    from sim.scenario import Scenario

INSIDE: Final = "inside"  # the table that says what was to be seen inside a run
KEPT: Final = ("panel", "universes", "ledger", "delivery", "requests", "repayment_wall", "restarts", "reactions")
TEXTS: Final = ("run", "asked", "keep", "paired_with", "calibration", "sources", "reason")
NUMBERS: Final = ("seed", "firms", "months", "ledger_residual_fen")
ROW: Final = (*TEXTS[:-1], *NUMBERS, "bytes_per_firm", "reason")  # columns of `runs`; then come the outcomes
RUNS_TOGETHER: Final = 64  # in a part: few enough that one bad file costs little, enough that a large study opens fast
FINGERPRINTS: Final = 128  # of scenarios that are remembered
WRITTEN: Final = 8  # scenarios of which a worker remembers what it writes: replications follow each other


@dataclass(frozen=True)
class _Known:
    """Where a run lies and its row, small: a study of a million runs has a million of these."""

    part: str
    facts: tuple[Any, ...]
    outcomes: array[float]


class RunStore:
    """The runs in one folder, which exists.

    ``simulate`` stands in for the engine, in tests. ``writing``: whether this is the command at work on the study,
    which alone sets damaged parts aside. ``damaged`` holds the file that is damaged of each part that could not be
    opened. Raises :class:`StudyError` when the system does not let a part be read.
    """

    def __init__(self, folder: Path, simulate: Callable[..., Result] | None = None, *, writing: bool = False) -> None:
        self.folder, self.simulate, self.writing = folder, simulate, writing
        self.outcomes: list[str] = []
        self.damaged: dict[str, Path] = {}
        self._known: dict[str, _Known] = {}
        self._opened: set[str] = set()  # parts
        self._fingerprint: Remembered[Scenario, str] = Remembered(lambda asked: asked.fingerprint(), FINGERPRINTS)
        for part in parts.found(folder):
            self._open(part)

    def __len__(self) -> int:
        """How many runs succeeded."""
        return sum(1 for key in self._known if self.has(key))

    @property
    def stale(self) -> list[str]:
        """Runs, by key, that another version of the model or other calibration made: nothing can ask for them again."""
        present = (calibration_fingerprint(), sources_fingerprint())
        place = (ROW.index("calibration"), ROW.index("sources"))
        return [k for k, run in self._known.items() if (run.facts[place[0]], run.facts[place[1]]) != present]

    def _open(self, part: Path) -> None:
        try:
            if self.writing:  # what is built on must be whole, whether this command will read it or not
                parts.check(part)
            rows = parts.read(part / f"{RUNS}.parquet").to_pylist()
        except DamagedError as damage:
            self.damaged[part.name] = damage.file
            if self.writing:
                parts.set_aside(part)
            return
        self._opened.add(part.name)
        for row in rows:
            # A run may be there twice: it failed before; or a command was killed while it put runs together.
            before = self._known.get(row["run"])
            if before is None or _rank(row["reason"], part.name, row["run"]) > _rank(
                before.facts[-1], before.part, row["run"]
            ):
                self._note(row["run"], part.name, row)

    def note(self, key: str, row: Mapping[str, Any]) -> None:
        """A worker has written this run."""
        self._opened.add(key)
        self._note(key, key, row)

    def _note(self, key: str, part: str, row: Mapping[str, Any]) -> None:
        if not row["reason"]:
            self.outcomes += [name for name in row if name not in ROW and name not in self.outcomes]
        found = (row.get(name) for name in self.outcomes)  # none of a run that failed
        values = array("d", (float("nan") if value is None else value for value in found))
        self._known[key] = _Known(part, tuple(row[name] for name in ROW), values)

    def has(self, key: str) -> bool:
        """Whether the run is there and succeeded."""
        known = self._known.get(key)
        return known is not None and known.facts[-1] == ""

    def key(self, spec: RunSpec) -> str:
        """Name of a run: SHA-256, shortened to 160 bits, of what determines what is kept of it, and nothing else."""
        decides = {
            "scenario": self._fingerprint(spec.scenario),
            "rows": spec.scenario.firms,
            "seed": spec.seed,
            "keep": spec.keep,
            "against": None if spec.against is None else self._fingerprint(spec.against),
            "inside": None if spec.inside is None else spec.inside.told(),
            "readings": spec.readings,
            "calibration": calibration_fingerprint(),
            "sources": sources_fingerprint(),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:40]

    def task(self, key: str, spec: RunSpec) -> Task:
        """What a worker is told of a run that is not there."""
        paired = "" if spec.against is None else self.key(RunSpec(spec.against, spec.seed, keep=spec.keep))
        part = self._known[paired].part if paired in self._known else paired
        return Task(key, self._fingerprint(spec.scenario), spec, self.folder, paired, part, self.simulate)

    def frame(self, asked: Sequence[tuple[str, tuple[str, int, int]]]) -> pd.DataFrame:
        """Rows of runs by key, with their labels; see ``sim.study.runs.runner.Runner.run``."""
        import numpy as np
        import pandas as pd

        known = [self._known[key] for key, _ in asked]
        columns: dict[str, Any] = {name: [labels[k] for _, labels in asked] for k, name in enumerate(LABELS)}
        columns |= {name: [row.facts[k] for row in known] for k, name in enumerate(ROW)}
        values = np.full((len(known), len(self.outcomes)), np.nan)
        for place, row in enumerate(known):
            values[place, : len(row.outcomes)] = row.outcomes
        columns |= {name: values[:, k] for k, name in enumerate(self.outcomes)}
        return pd.DataFrame(columns)

    def table(self, key: str, name: str) -> pd.DataFrame:
        """A table of a run that succeeded. Raises :class:`StudyError` when it is damaged.

        The command at work on the study then sets its part aside, so that the same command does its runs again.
        """
        part = self.folder / self._known[key].part
        try:
            return parts.frame(parts.of_run(part / f"{name}.parquet", key))
        except DamagedError as damage:
            if not self.writing:
                raise
            self.damaged[part.name] = damage.file
            self._opened.discard(part.name)
            there = parts.set_aside(part)
            self._known = {key: run for key, run in self._known.items() if run.part != part.name}
            raise StudyError(
                zh=f"{damage.file} 缺失或已损坏，所在部分已原样移至 {there}；重复同一命令即可补做其中的运行。",
                en=f"{damage.file} is missing or damaged; its part was moved to {there} as it is, "
                "and the same command does it again.",
            ) from None

    def seconds(self, key: str) -> dict[str, float]:
        """What a run that succeeded took, by part of it; ``all`` is the whole."""
        table = self.table(key, TIMES)
        return dict(zip(table["part"], table["seconds"], strict=True))

    def threads(self, key: str) -> int:
        """In how many threads a run that succeeded was done."""
        return int(self.table(key, TIMES)["threads"].iloc[0])

    def scenario(self, key: str) -> dict[str, Any]:
        """What was asked of a run, as ``Scenario.contents`` says it."""
        known = self._known[key]
        found = parts.read(self.folder / known.part / f"{SCENARIOS}.parquet", [("asked", "==", known.facts[1])])
        contents: dict[str, Any] = json.loads(found.column("contents")[0].as_py())
        return contents

    def inside(self, key: str) -> Inside | None:
        """What was to be seen inside a run that succeeded."""
        file = self.folder / self._known[key].part / f"{INSIDE}.parquet"
        found = parts.of_run(file, key) if file.exists() else None
        return Inside(**json.loads(found.column("asked")[0].as_py())) if found else None

    def keys(self) -> list[str]:
        """Names of the runs that succeeded, sorted."""
        return sorted(key for key in self._known if self.has(key))

    def row(self, key: str) -> dict[str, Any]:
        """Facts of a run: the columns ROW."""
        return dict(zip(ROW, self._known[key].facts, strict=True))

    def digests(self, key: str) -> dict[str, str]:
        """SHA-256 of every table kept of a run that succeeded, written alike wherever it lies; not of what it took.

        A table of which the run has no row counts as none: put together with others it leaves nothing behind.
        """
        known = self._known[key]
        part = self.folder / known.part
        found = {SCENARIOS: parts.read(part / f"{SCENARIOS}.parquet", [("asked", "==", known.facts[1])], checked=False)}
        for file in parts.files(part):
            if file.stem not in (SCENARIOS, TIMES):
                table = parts.of_run(file, key, checked=False)
                if table.num_rows:
                    found[file.stem] = table
        return {name: parts.digest(table) for name, table in sorted(found.items())}

    def examine(self) -> list[Path]:
        """Read every file of every part; returns those that are damaged, in order."""
        found = list(self.damaged.values())
        for part in parts.found(self.folder):
            for file in parts.files(part):
                try:
                    parts.read(file)
                except DamagedError:
                    found.append(file)
        return sorted({*found})

    def put_together(self) -> None:
        """Put runs that lie apart together, some dozens in a part, once their study is complete.

        Those that are stale are let go of.
        """
        for key in self.stale:
            del self._known[key]
        apart = sorted(key for key, run in self._known.items() if run.part == key)
        for first in range(0, len(apart), RUNS_TOGETHER):
            together = apart[first : first + RUNS_TOGETHER]
            if len(together) == 1:
                continue
            name = hashlib.sha256("".join(together).encode()).hexdigest()[:40]
            apart_at = {self.folder / key: self._known[key].facts[ROW.index("asked")] for key in together}
            try:
                with parts.beside(self.folder) as new:
                    parts.join(apart_at, new)
                    parts.put(new, self.folder / name)
            except OSError as error:
                raise unwritable(self.folder.parent, error) from None
            self._opened.add(name)
            for key in together:
                self._known[key] = _Known(name, self._known[key].facts, self._known[key].outcomes)
        # What is in no part that is still needed lies in another one by now, or can be asked for by nobody.
        for name in sorted(self._opened - {run.part for run in self._known.values()}):
            shutil.rmtree(self.folder / name)
            self._opened.discard(name)


def _rank(reason: str, part: str, run: str) -> tuple[bool, bool]:
    """Of a run that is there twice the higher counts: success first, then put together with others."""
    return reason == "", part != run


def tables_of(result: Result, task: Task) -> dict[str, pd.DataFrame]:
    """What is kept of a run beside its row."""
    tables = {name: getattr(result, name) for name in KEPT} if task.spec.keep in TABLED else {}
    if task.spec.inside is not None:
        tables |= {name: getattr(result, name) for name in LOOKED_INTO}
        tables[INSIDE] = _asked_inside(task.spec.inside)
    if task.spec.keep == READ:
        tables[READ] = read(result, task.spec.readings)
    if task.spec.keep in PAIRED:
        ends = paired_table(task, paired.ENDS) if task.paired_with else None
        tables |= paired.take(result, task.spec.scenario, task.spec.against, ends)
    return tables


def _asked_inside(inside: Inside) -> pd.DataFrame:
    """What was to be seen inside a run, so that the run can be done again."""
    import pandas as pd

    return pd.DataFrame({"asked": [json.dumps(inside.told(), sort_keys=True)]})


def paired_table(task: Task, name: str) -> pd.DataFrame:
    """A table of the run that a run is paired with; :class:`StudyError` when there is none."""
    file = task.folder / task.paired_part / f"{name}.parquet"
    found = parts.of_run(file, task.paired_with) if file.exists() else None
    if not found:
        raise StudyError(
            zh="与之配对的基准情景运行没有成功", en="the run of the baseline that it is paired with did not succeed"
        )
    return parts.frame(found)


def write(task: Task, result: Result, tables: Mapping[str, pd.DataFrame], threads: int = 1) -> dict[str, Any]:
    """Write what came of a run in so many threads; returns its row.

    Raises :class:`StudyError` when the disk does not take it.
    """
    values = dict(zip(result.outcomes["outcome"], result.outcomes["value"].to_numpy(float).tolist(), strict=True))
    facts = {name: getattr(result, name) for name in (*NUMBERS[1:], "bytes_per_firm")}
    row = _row(task, **facts) | values | {costs.PUBLIC_COST: costs.public_cost(result)}
    took = {"all": result.wall_seconds, **result.seconds}
    seconds = [{"run": task.key, "part": part, "seconds": of, "threads": threads} for part, of in took.items()]
    _write(task, row, seconds, tables)
    return row


def write_failure(task: Task, reason: str) -> dict[str, Any]:
    """Write that a run failed, and why; returns its row."""
    row = _row(task, firms=0, months=0, ledger_residual_fen=0, bytes_per_firm=0.0, reason=reason)
    _write(task, row, [], {})
    return row


def _row(task: Task, reason: str = "", **facts: Any) -> dict[str, Any]:
    spec = task.spec
    known = {
        "run": task.key,
        "asked": task.asked,
        "keep": spec.keep,
        "paired_with": task.paired_with,
        "calibration": calibration_fingerprint(),
        "sources": sources_fingerprint(),
        "seed": spec.seed,
        "reason": reason,
        **facts,
    }
    return {name: known[name] for name in ROW}


def _write(
    task: Task, row: Mapping[str, Any], seconds: list[dict[str, Any]], tables: Mapping[str, pd.DataFrame]
) -> None:
    import pyarrow as pa

    written = {
        RUNS: pa.Table.from_pylist([dict(row)], schema=parts.schema_of(row)),
        SCENARIOS: _scenarios(row["asked"], _contents(task.spec.scenario)),
        TIMES: pa.Table.from_pylist(seconds) if seconds else None,
        **{name: parts.arrow(table, task.key) for name, table in tables.items()},
    }
    try:
        parts.write(task.folder, task.key, {name: table for name, table in written.items() if table is not None})
    except OSError as error:
        raise unwritable(task.folder.parent, error) from None


def _contents_of(scenario: Scenario) -> str:
    return json.dumps(scenario.contents(), ensure_ascii=False, separators=(",", ":"), default=str)


_contents: Final = Remembered(_contents_of, WRITTEN)


@lru_cache(WRITTEN)
def _scenarios(asked: str, contents: str) -> bytes:
    """The file that says what was asked of a run."""
    import pyarrow as pa

    return parts.as_bytes(SCENARIOS, pa.table({"asked": [asked], "contents": [contents]}))


def unwritable(folder: Path, error: OSError) -> StudyError:
    """What to say when the disk does not take something of the study in ``folder``, and how many runs are kept."""
    reason, runs = error.strerror or error, 0
    with suppress(OSError, StudyError):  # what made the folder unwritable may make it unreadable too
        runs = len(RunStore(folder / RUNS))
    zh, en = f"{folder} 无法写入：{reason}。", f"{folder} cannot be written: {reason}."
    if runs:
        zh += f"已完成的 {runs} 次运行仍然保留，重复同一命令即可继续。"
        en += f" {runs} finished runs are kept; the same command goes on."
    return StudyError(zh=zh, en=en)
