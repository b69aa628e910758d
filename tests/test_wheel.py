"""The wheel works away from the checkout: it carries the scenarios, the measures and the parameters."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


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


@pytest.mark.parametrize("folder", ["scenarios", "calibration"])
def test_the_wheel_carries_every_data_file(installed: Path, folder: str) -> None:
    def files(root: Path) -> set[str]:
        return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}

    assert files(installed / "sim/data" / folder) == files(ROOT / folder)


def test_the_wheel_carries_its_types(installed: Path) -> None:
    assert (installed / "sim/py.typed").exists()


def test_an_installed_copy_knows_the_clauses(installed: Path) -> None:
    clauses = json.loads(shukun(installed, "clauses", "--json"))
    assert clauses
    assert set(clauses[0]) >= {"id", "state", "measures", "note"}


def test_an_installed_copy_reads_scenarios_measures_and_parameters(installed: Path) -> None:
    # No run: it would read nothing but these files.
    (installed.parent / "idea.yaml").write_text(
        """
title: {zh: 设想, en: Idea}
description: {zh: 设想, en: Idea}
extends: full_plan
levers:
  rent_waiver.months: 6
  parameters.firm.crowding: 0.2
""",
        encoding="utf-8",
    )
    shukun(installed, "check", "idea.yaml")
    changes = json.loads(shukun(installed, "diff", "full_plan", "idea.yaml", "--json"))
    assert {change["path"] for change in changes} == {"rent_waiver.months", "parameters.firm.crowding"}
