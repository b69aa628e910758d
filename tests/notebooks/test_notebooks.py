"""Every notebook runs from top to bottom, on few firms; `test_slides.py` runs the presentation."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted({*FOLDER.glob("*.ipynb")} - {FOLDER / "presentation.ipynb"})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path, monkeypatch, tmp_path):
    monkeypatch.setenv("SHUKUN_FIRMS", "400")
    monkeypatch.setenv("SHUKUN_REPLICATIONS", "2")
    monkeypatch.setenv("SHUKUN_WORLDS", "4")
    monkeypatch.setenv("SHUKUN_OUT", str(tmp_path))
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel chooses its own
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})
    ]
    assert pictures, "a presentation shows something"
    if path.stem == "what_if":
        assert {file.name for file in tmp_path.iterdir()} == {
            "six_months.yaml",
            "what_if.png",
            "what_if.pptx",
            "what_if.svg",
        }


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_keeps_no_outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
