"""The wheel as somebody gets it: installed into an environment of its own and used from an empty folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

# Every process of the fresh environment, workers included, stops where it would look at the checkout; the libraries of
# this environment, which may lie within it, are lent to it.
WATCH = """
import os, sys
def watch(event, words):
    if event in ("open", "os.listdir", "os.scandir", "import") and words:
        for word in words[:2]:
            if isinstance(word, (str, bytes, os.PathLike)):
                place = os.path.realpath(os.fsdecode(word))
                if place.startswith({checkout!r} + os.sep) and not place.startswith({lent!r}):
                    raise RuntimeError("the checkout was read: " + place)
sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel."""
    built = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = built.glob("shukun-*.whl")
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = programs / Path(sys.executable).name
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    lent = sysconfig.get_path("purelib")  # a line of a `.pth`: what is installed for editing there is not followed
    (own / "lent.pth").write_text(f"{lent}\nimport watch_the_checkout\n", encoding="utf-8")
    watch = WATCH.format(checkout=str(ROOT), lent=os.path.realpath(sys.prefix))
    (own / "watch_the_checkout.py").write_text(watch, encoding="utf-8")
    return programs


def typed(fresh: Path, folder: Path, *words: str) -> str:
    """Standard output of a command of the fresh environment, typed in a folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SHUKUN"))}
    command = [str(fresh / "shukun"), *words, "--lang", "en"]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{words}: {run.stdout}{run.stderr}"
    return run.stdout


def test_the_commands_of_a_planner_work_from_an_empty_folder(fresh: Path, tmp_path: Path) -> None:
    few = ("--firms", "300")
    assert "rent_waiver.months" in typed(fresh, tmp_path, "levers", "rent")
    assert json.loads(typed(fresh, tmp_path, "run", "full_plan", *few, "--json"))
    assert list(tmp_path.iterdir()) == []
    short = ("--replications", "2", "--draws", "0", "--clause-replications", "0", "--workers", "1")
    typed(fresh, tmp_path, "compare", "baseline", "full_plan", *few, *short, "--out", "study")
    assert (tmp_path / "study/report.html").exists()
    typed(fresh, tmp_path, "export", "study", "--to", "xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study", "study.en.xlsx"]


def test_looking_at_the_checkout_is_noticed(fresh: Path, tmp_path: Path) -> None:
    code = f"open({str(ROOT / 'README.md')!r})"
    run = subprocess.run([fresh / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode != 0 and "the checkout was read" in run.stderr
