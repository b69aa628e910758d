"""Documents as LibreOffice shows them: every page holds something, and the words and numbers are on it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pylopdf
import pytest
from pypdf import PdfReader

import sim
from sim.report import documents
from sim.report.charts.fonts import chinese_font
from sim.report.documents import outlines
from sim.report.words.catalogue import LANGUAGES, Language
from sim.study.questions.comparison import Comparison


@pytest.fixture(scope="module")
def office() -> str:
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("no LibreOffice on this machine: the documents were opened by their libraries alone")
    return found


def with_chinese(folder: Path) -> dict[str, str]:
    """The environment of an office that has the Chinese letters that the project brings, whatever the machine has."""
    font = chinese_font()
    assert font is not None
    own = folder / "fonts.conf"
    own.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{font.parent}</dir></fontconfig>',
        "utf-8",
    )
    return os.environ | {"FONTCONFIG_FILE": str(own)}


def plain(said: str) -> str:
    """Without blanks, and without quotation marks: of another font than what they quote, they are read elsewhere."""
    return re.sub(r"[\s“”]", "", said)


@pytest.mark.long
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["xlsx", "docx", "pptx"])
def test_every_page_shows_something(
    office: str, form: str, lang: Language, comparison: Comparison, tmp_path: Path
) -> None:
    file = sim.export(comparison, tmp_path / f"study{documents.ENDINGS[form]}", lang=lang)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=300, env=with_chinese(tmp_path))
    printed = tmp_path / "study.pdf"
    pages = [plain(page.extract_text()) for page in PdfReader(printed).pages]
    said = outlines.of(comparison, lang)
    assert plain(said.title) in "".join(pages[:2])
    assert plain(said.findings[0]) in "".join(pages)
    with pylopdf.open(str(printed)) as opened:
        assert len(opened) == len(pages)
        for number in range(len(opened)):
            samples = opened[number].get_pixmap().samples
            assert len(set(samples)) > 1, f"page {number + 1} is blank"
