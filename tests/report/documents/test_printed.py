"""The PDF, read again."""

import io
import re

import pytest
from pypdf import PdfReader

from sim.report.words.catalogue import Language, text
from tests.report.documents.conftest import Made, Told


def plain(said: str) -> str:
    """A text without what a PDF does not keep: spaces and ends of lines."""
    return re.sub(r"[\s\u2011-]", "", said)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_reads_as_the_brief(made: Made, told: Told, lang: Language) -> None:
    reader, said = PdfReader(io.BytesIO(made("pdf", lang))), told(lang)
    everything = plain("".join(page.extract_text() for page in reader.pages))
    first = plain(reader.pages[0].extract_text())
    assert first.startswith(plain(said.title))
    assert plain(said.findings[0]) in everything
    for part in said.parts[:4]:
        assert plain(part.name) in everything
        assert plain(part.tables[0].title) in everything
    assert plain(text("document.method", lang)) in everything
    assert {round(float(reader.pages[0].mediabox.width)), round(float(reader.pages[0].mediabox.height))} == {595, 842}
    assert (reader.metadata.title, reader.metadata.author) == (said.title, "Shukun")


def test_its_pages_are_numbered_and_its_fonts_inside(made: Made) -> None:
    reader = PdfReader(io.BytesIO(made("pdf", "zh")))
    for number, page in enumerate(reader.pages, 1):
        assert plain(f"— {number} —") in plain(page.extract_text()), number
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {"NotoSerifSC-Regular", "NotoSansSC-Regular"} <= {name.split("-Identity")[0] for name in fonts}
