"""Every notebook runs from top to bottom, on few firms; `test_slides.py` runs the presentation."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted({*FOLDER.glob("*.ipynb")} - {FOLDER / "presentation.ipynb"})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path, monkeypatch):
    monkeypatch.setenv("SHUKUN_FIRMS", "400")
    monkeypatch.setenv("SHUKUN_REPLICATIONS", "2")
    monkeypatch.delenv("SHUKUN_RESULTS", raising=False)
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel chooses its own
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})
    ]
    assert pictures, "a presentation shows something"
