"""Documents of the made-up comparison, each made once."""

import base64
from collections.abc import Callable
from functools import cache

import pytest

from sim.report import documents
from sim.report.charts.picture import Picture
from sim.report.documents import outlines
from sim.report.documents.outline import Outline
from sim.report.words.catalogue import Language
from sim.study.questions.comparison import Comparison

Told = Callable[..., Outline]
Made = Callable[[str, Language], bytes]
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")


@pytest.fixture(scope="session")
def told(comparison: Comparison) -> Told:
    """The outline of the comparison in a language; with ``every`` of all its scenarios."""
    return cache(lambda lang, every=False: outlines.of(comparison, lang, every=every))


@pytest.fixture(scope="session")
def made(told: Told) -> Made:
    """The comparison in a form and a language; where pictures are PNG, with a dot for each of them."""

    def make(form: str, lang: Language) -> bytes:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Picture, "png", lambda self, scale=1.0: DOT)
            return documents.writer_of(form)(told(lang, every=form in documents.OF_EVERY_SCENARIO))

    return cache(make)
