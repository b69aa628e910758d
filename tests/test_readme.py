"""What the documents tell a reader to type works as written, with a small province in place of the default one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


def blocks(document: str) -> list[tuple[str, str]]:
    """Kind and text of every block of code in a document."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


BLOCKS = blocks("README.md")
SMALL = {
    "compare": (
        "--firms",
        "500",
        "--replications",
        "2",
        "--workers",
        "1",
        "--draws",
        "0",
        "--clause-replications",
        "0",
    ),
    "clause": ("--firms", "500", "--replications", "2", "--workers", "1"),
    "journey": ("--firms", "3000"),
}
STAYS = "desk"  # until it is stopped; tests/desk/ opens it


def typed(folder: Path, program: str, *arguments: str) -> str:
    """Standard output of a command typed in a folder; programs are those of the virtual environment."""
    command = [str(Path(sys.executable).parent / program), *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{program} {arguments}: {run.stdout}{run.stderr}"
    return run.stdout


def test_the_commands_of_the_makefile_exist() -> None:
    targets = re.findall(r"^make (\w+)", "\n".join(text for kind, text in BLOCKS if kind == "sh"), re.MULTILINE)
    assert targets == ["compare", "test"]
    assert set(targets) <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_command_runs_as_written(tmp_path: Path) -> None:
    (idea,) = (text for kind, text in BLOCKS if kind == "yaml")
    (tmp_path / "my_idea.yaml").write_text(idea, encoding="utf-8")
    commands = [
        line.split()[1:] for kind, text in BLOCKS if kind == "sh" for line in text.splitlines() if "shukun" in line
    ]
    names = [arguments[0] for arguments in commands]
    assert names == ["check", "compare", "clause", "journey", STAYS, "export", "export"]
    for arguments in (one for one in commands if one[0] != STAYS):
        typed(tmp_path, "shukun", *arguments, *SMALL.get(arguments[0], ()))
    assert (tmp_path / "results/my_idea/report.html").exists()
    assert (tmp_path / "results/journey.png").exists()
    assert {path.suffix for path in (tmp_path / "results").glob("my_idea.*")} == {".xlsx", ".docx"}


@pytest.mark.parametrize("code", [text for kind, text in BLOCKS if kind == "python"])
def test_python_examples_run(code: str, tmp_path: Path) -> None:
    shown = typed(tmp_path, "python", "-c", code)
    assert "survival_rate" in shown


def test_the_scenario_shown_beside_the_scenarios_has_no_mistakes(tmp_path: Path) -> None:
    (scenario,) = (text for kind, text in blocks("scenarios/README.md") if kind == "yaml")
    (tmp_path / "shown.yaml").write_text(scenario, encoding="utf-8")
    typed(tmp_path, "shukun", "check", "shown.yaml")
