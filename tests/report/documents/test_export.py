"""A study handed on: every kind in every form, the same bytes each time, never over what is not ours."""

import io
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.refusal import Refusal
from sim.report import documents
from sim.report.charts.picture import Picture
from sim.report.documents import outlines, packing
from sim.report.words.catalogue import LANGUAGES, catalogue
from sim.study.questions.comparison import Comparison
from sim.study.runs.study import StudyOfAnotherVersion
from tests.few_targets import few_targets  # noqa: F401 - a fixture
from tests.report.answers import test_search as searches
from tests.report.answers.test_calibrate import study as calibration  # noqa: F401 - a fixture
from tests.report.answers.test_validate import study as validation  # noqa: F401 - a fixture
from tests.report.documents.conftest import DOT, Made
from tests.report.pages.test_printed import MADE

KINDS = (*MADE, "calibrate", "validate")
SMALL_SEARCH = {name: value for name, value in searches.QUESTION.items() if name != "robust"} | {"generations": 1}


@pytest.fixture
def of_kind(request: pytest.FixtureRequest) -> Callable[[str], Any]:
    named = {"calibrate": "calibration", "validate": "validation"}
    making = MADE | {"search": lambda: sim.search(SMALL_SEARCH, firms=200)}
    return lambda kind: request.getfixturevalue(named[kind]) if kind in named else making[kind]()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_study_is_handed_on_in_every_form(
    kind: str, of_kind: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Picture, "png", lambda self, scale=1.0: DOT)
    monkeypatch.setattr(Picture, "svg", lambda self: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    study = of_kind(kind)
    for lang in LANGUAGES:
        said = outlines.of(study, lang)
        told = "\n".join([said.title, said.lead, *said.findings, *(part.name for part in said.parts)])
        assert said.findings and said.parts and said.method
        assert [name for name in catalogue() if name.count(".") > 1 and name in told] == []
    for form, ending in documents.ENDINGS.items():
        file = sim.export(study, tmp_path / f"study{ending}", lang="zh")
        assert packing.is_ours(file), form


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    study = MADE["decide"]()
    made = []
    for name in ("first", "second"):
        files = [sim.export(study, tmp_path / f"{name}{ending}", lang="en") for ending in documents.ENDINGS.values()]
        made.append([file.read_bytes() for file in files])
        time.sleep(2.1 if name == "first" else 0)  # a zip file tells the second, or every other
    assert made[0] == made[1]


def test_only_what_an_export_wrote_and_nobody_changed_is_replaced(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "study.docx"
    packing.check(file)
    packing.write(file, made("docx", "zh"))
    packing.check(file)
    document = docx.Document(str(file))
    document.paragraphs[0].add_run("（改）")
    document.core_properties.last_modified_by = "Somebody"
    document.save(str(file))
    for name, content in (("study.docx", None), ("a.pdf", b"%PDF-1.4 of somebody\n%%EOF"), ("b.csv.zip", b"notes")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        before = (tmp_path / name).read_bytes()
        with pytest.raises(Refusal, match="left as it is"):
            documents.check(tmp_path / name)
        assert (tmp_path / name).read_bytes() == before


def test_a_file_of_several_is_ours_until_something_is_added(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.zip"
    file.write_bytes(packing.packed({"a.csv": b"1"}))
    assert packing.is_ours(file)
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b""
    assert not packing.is_ours(file)


def test_an_export_that_fails_leaves_nothing_behind(
    comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        packing.write(tmp_path / "a.csv.zip", b"0123456789abcdef")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.doc", "must end in one of .xlsx, .docx"),
        ("nowhere/a.xlsx", "cannot be written"),
    ],
)
def test_a_place_that_cannot_be_is_refused_before_anything_is_made(
    name: str, said: str, comparison: Comparison, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        sim.export(comparison, tmp_path / name)
    assert refused.value.zh != refused.value.en
    with pytest.raises(Refusal, match="There is no language fr"):
        sim.export(comparison, tmp_path / "a.xlsx", lang="fr")  # type: ignore[arg-type]


def test_a_study_of_another_version_says_so(comparison: Comparison, tmp_path: Path) -> None:
    other = StudyOfAnotherVersion(comparison.manifest, pd.DataFrame({"reason": []}), {})
    with pytest.raises(Refusal, match="another version of the model"):
        sim.export(other, tmp_path / "a.xlsx")


def test_a_comparison_with_nothing_is_refused(comparison: Comparison, tmp_path: Path) -> None:
    about_nothing = comparison.manifest.settings | {"subjects": [], "between": []}
    alone = comparison.manifest.model_copy(
        update={"scenarios": comparison.manifest.scenarios[:1], "settings": about_nothing}
    )
    with pytest.raises(Refusal, match="nothing to export"):
        sim.export(replace(comparison, manifest=alone), tmp_path / "a.xlsx")


@pytest.fixture(scope="module")
def folder(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sim.save(comparison, tmp_path_factory.mktemp("exported") / "my_idea")


def test_the_command_writes_beside_the_study_and_says_where(folder: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(folder), "--to", "csv", "--lang", "zh"])
    file = folder.with_name("my_idea.zh.csv.zip")
    assert (done.exit_code, done.stdout) == (0, f"已导出：{file}\n")
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        assert "整个方案" in archive.read(archive.namelist()[1]).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "word"], "--to word: give one of xlsx, docx, pptx, pdf, csv, png, svg."),
        (["--to", "pdf", "--out", "a.docx"], "a.docx: with --to pdf the name must end in .pdf."),
        (["--out", "a.txt"], "a.txt: the name must end in one of"),
    ],
)
def test_the_command_refuses_in_a_sentence(folder: Path, words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["export", str(folder), *words, "--lang", "en"])
    assert done.exit_code == 2
    assert said in done.output


def test_a_folder_without_a_study_is_refused_as_everywhere(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(tmp_path), "--to", "pdf", "--lang", "en"])
    assert done.exit_code == 2
    assert "holds no study" in done.output
