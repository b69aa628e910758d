"""Finished runs of a study that is still at work, kept so that the same command goes on where it was stopped.

Each run is one file in ``<study>/finished/``, named by a fingerprint of what determines it and nothing else: scenario,
rows, seed, calibration and the sources of this package. It is written under another name, flushed to the disk and
renamed, so that a file is whole or not there; a damaged one is as good as none, and its run is done again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any, Final

from sim.observe.tables import TABLES, Result
from sim.study import StudyError
from sim.study.manifest import calibration_fingerprint, sources_fingerprint
from sim.study.runs import Run

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario
    from sim.study.runs import RunSpec

KEPT: Final = ("outcomes", "panel", "ledger", "delivery", "requests", "cliff")  # tables of every run
LEFT_OUT: Final = ("fates", "journeys")  # of fates, what came of them is kept: `Run.seen`
SUFFIX: Final = ".run"  # a zip archive of Parquet files
FACTS: Final = "run.json"
TIMES: Final = "times.json"  # apart from the rest, because nothing determines it
SEEN: Final = "seen/"


class Kept:
    """The finished runs in one folder, which exists.

    ``kind``: what is kept of a run, where that is not what the engine gives.
    """

    def __init__(self, folder: Path, kind: str = "") -> None:
        self.folder, self.kind = folder, kind
        self._fingerprints: dict[int, tuple[Scenario, str]] = {}  # by the scenario's id(); the scenario stays alive

    def __len__(self) -> int:
        return sum(1 for _ in self.folder.glob(f"*{SUFFIX}"))

    def of(self, kind: str) -> Kept:
        """The same folder for runs of which something else is kept."""
        return Kept(self.folder, kind)

    def has(self, spec: RunSpec) -> bool:
        """Whether a file is there for the run; only :meth:`find` tells whether it can be read."""
        return self._file(spec).is_file()

    def find(self, spec: RunSpec) -> Run | None:
        """The run as it was kept, its fates and journeys empty; None when it is not there or is damaged."""
        from pyarrow.lib import ArrowException

        try:
            with zipfile.ZipFile(self._file(spec)) as archive:
                facts = json.loads(archive.read(FACTS))
                times = json.loads(archive.read(TIMES))
                tables = {name: _table(archive.read(name)) for name in archive.namelist() if name.endswith(".parquet")}
                parts: dict[str, Any] = {name: tables[f"{name}.parquet"] for name in KEPT}
                parts |= {name: _nothing(name) for name in LEFT_OUT}
                result = Result(scenario=spec.scenario.name, seed=spec.seed, **facts, **times, **parts)
        except (OSError, zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError, ArrowException):
            return None
        seen = {
            name.removeprefix(SEEN).removesuffix(".parquet"): table
            for name, table in tables.items()
            if name.startswith(SEEN)
        }
        return Run(spec, result, seen=seen)

    def keep(self, run: Run) -> None:
        """Keep a run that succeeded; raises :class:`StudyError` when the disk does not take it."""
        result = run.result
        if result is None:
            return
        tables = {f"{name}.parquet": getattr(result, name) for name in KEPT}
        tables |= {f"{SEEN}{name}.parquet": table for name, table in run.seen.items()}
        facts = {"firms", "months", "ledger_residual_fen", "bytes_per_firm"}
        texts: dict[str, Mapping[str, Any]] = {
            FACTS: {name: getattr(result, name) for name in sorted(facts)},
            TIMES: {name: getattr(result, name) for name in ("wall_seconds", "seconds")},
        }
        try:
            handle, part = mkstemp(dir=self.folder, suffix=".part")
            try:
                os.fchmod(handle, 0o644)  # mkstemp keeps others out
                with os.fdopen(handle, "wb") as file:
                    with zipfile.ZipFile(file, "w") as archive:
                        for name, text in texts.items():
                            archive.writestr(zipfile.ZipInfo(name), json.dumps(text))
                        for name, table in tables.items():
                            archive.writestr(zipfile.ZipInfo(name), _bytes(table))
                    file.flush()
                    os.fsync(file.fileno())
                Path(part).replace(self._file(run.spec))
            finally:
                Path(part).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error, len(self)) from None

    def _file(self, spec: RunSpec) -> Path:
        decides = {
            "kind": self.kind,
            "scenario": self._fingerprint(spec.scenario),
            "rows": spec.scenario.firms,
            "seed": spec.seed,
            "fates": spec.fates,
            "against": None if spec.against is None else self._fingerprint(spec.against),
            "calibration": calibration_fingerprint(),
            "sources": sources_fingerprint(),
        }
        return self.folder / (hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest() + SUFFIX)

    def _fingerprint(self, scenario: Scenario) -> str:
        if id(scenario) not in self._fingerprints:
            self._fingerprints[id(scenario)] = scenario, scenario.fingerprint()
        return self._fingerprints[id(scenario)][1]


def unwritable(folder: Path, error: OSError, runs: int) -> StudyError:
    """What to say when the disk does not take something, with ``runs`` finished runs kept."""
    reason = error.strerror or error
    zh, en = f"{folder} 无法写入：{reason}。", f"{folder} cannot be written: {reason}."
    if runs:
        zh += f"已完成的 {runs} 次运行仍然保留，重复同一命令即可继续。"
        en += f" {runs} finished runs are kept; the same command goes on."
    return StudyError(zh=zh, en=en)


def _bytes(table: pd.DataFrame) -> bytes:
    """A table as a Parquet file. Dictionaries only for words: of numbers they cost time and room."""
    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    words = [str(name) for name, kind in table.dtypes.items() if kind.name in ("object", "category")]
    # Tables are small: threads would cost more than they save.
    columns = pa.Table.from_pandas(table, preserve_index=False, nthreads=1)
    parquet.write_table(columns, buffer, compression="zstd", use_dictionary=words, write_statistics=False)
    return buffer.getvalue()


def _table(content: bytes) -> pd.DataFrame:
    from pyarrow import parquet

    table: pd.DataFrame = parquet.read_table(io.BytesIO(content), use_threads=False).to_pandas(use_threads=False)
    return table


def _nothing(table: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(TABLES[table]))
