"""The wheel works away from the checkout: it carries the scenarios, the measures and the parameters."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel, and nothing else, has been installed."""
    built = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = built.glob("shukun-*.whl")
    target = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(target)  # a wheel of plain Python is installed by unpacking it
    return target


def shukun(installed: Path, *arguments: str) -> str:
    """Standard output of a command run from the installed wheel, in a folder that is not the checkout."""
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    code = f"import sim, sys; assert sim.__file__.startswith({str(installed)!r}), sim.__file__\n"
    code += f"from sim.cli import main; sys.argv = {['shukun', *arguments]!r}; main()"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=installed.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_wheel_carries_its_data_and_its_types(installed: Path) -> None:
    assert (installed / "sim/py.typed").exists()
    assert (installed / "sim/data/scenarios/baseline.yaml").exists()
    assert (installed / "sim/data/calibration/parameters.yaml").exists()


def test_an_installed_copy_knows_the_clauses(installed: Path) -> None:
    clauses = json.loads(shukun(installed, "clauses", "--json"))
    assert clauses
    assert set(clauses[0]) >= {"id", "state", "measures", "note"}


def test_an_installed_copy_runs(installed: Path) -> None:
    run = json.loads(shukun(installed, "run", "full_plan", "--firms", "300", "--json"))
    assert run["ledger_residual_fen"] == 0
