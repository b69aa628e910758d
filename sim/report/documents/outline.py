"""What a study says, whatever form it is handed on in: findings, parts with tables and charts, how it was computed.

Nothing is worded or counted here; :mod:`sim.report.documents.outlines` makes the outline of a study.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.observe.months import HEADLINES
from sim.report.answers.answer import Table
from sim.report.charts.style import Spec
from sim.report.documents import native_charts
from sim.report.documents.native_charts import Native
from sim.report.words.catalogue import Language, text
from sim.report.words.sentences import inside, outcome_meaning, outcome_name, plan_words, say

if TYPE_CHECKING:
    from sim.study.runs.manifest import Manifest

METHOD: Final = ("units", "limits", "sources")  # what is said of every study


class Drawn(NamedTuple):
    """A chart: a specification that holds its rows, and where a program for offices can draw all of it, its numbers."""

    title: str
    note: str  # the unit, and what is drawn
    picture: Spec
    native: Native | None


class Part(NamedTuple):
    """One question of the study: what it is called, what came out in one sentence, and the numbers behind that."""

    name: str
    message: str
    notes: Sequence[str]
    tables: Sequence[Table]
    charts: Sequence[Drawn] = ()
    is_annex: bool = False


class Outline(NamedTuple):
    """A study in one language, as every form tells it."""

    lang: Language
    title: str
    lead: str
    findings: Sequence[str]  # the most important first
    remarks: Sequence[str]  # where it is not the model as calibrated
    facts: Sequence[tuple[str, str]]  # rows of firms, replications, draws, seed, version, fingerprint
    parts: Sequence[Part]
    method: Sequence[tuple[str, str]]  # heading and text
    interval: str  # what the intervals are, in a sentence
    fingerprint: str
    version: str

    @property
    def about(self) -> str:
        """The facts in one line."""
        return text("document.semicolon", self.lang).join(
            text("document.fact", self.lang, what=what, value=value) for what, value in self.facts
        )

    def message_of(self, chart: Drawn, part: Part) -> str:
        """What a chart shows, as the title of a slide.

        Of a chart of a headline outcome the first finding on it, and where bars have names on one of these; where no
        finding is, the chart's own title. Of any other chart what its part says.
        """
        of = [say(self.lang, inside(outcome_name(outcome))) for outcome in HEADLINES]
        about = next((name for name in of if name.lower() in chart.title.lower()), None)
        if about is None:
            return chart.title if part.message == part.name else part.message
        names = chart.native.categories if chart.native is not None and chart.native.kind == "bars" else [about]
        told = (said for said in self.findings if about.lower() in said.lower())
        return next((said for said in told if any(str(name).lower() in said.lower() for name in names)), chart.title)


def drawn(specification: Spec, native: Native | None = None) -> Drawn:
    """A chart of a specification; its own title and note stand beside it in a document."""
    head = specification.get("title") or {}
    title, note = str(head.get("text", "")), head.get("subtitle", "")
    note = " ".join(note) if isinstance(note, list) else str(note)
    return Drawn(title, note, specification | {"title": None}, native or native_charts.of(specification))


def method_of(manifest: Manifest, lang: Language, before: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """How a study was computed: what is said ``before`` of its kind, what its outcomes mean, units, limits, sources."""
    contents = manifest.scenarios[-1].contents
    plan = plan_words(contents["plan"])
    meanings = [
        text("document.fact", lang, what=outcome_name(outcome), value=outcome_meaning(outcome, contents["plan"]))
        for outcome in HEADLINES
    ]
    outcomes = (text("report.method.outcomes", lang), "\n".join(meanings))
    said = [(text(f"report.method.{part}", lang), text(f"report.method.{part}_text", lang, **plan)) for part in METHOD]
    return [*before, outcomes, *said]


def versions(manifest: Manifest, lang: Language) -> list[tuple[str, str]]:
    """The version that computed a study and what identifies it, as facts."""
    return [
        (text("document.version", lang), f"shukun {manifest.versions.get('shukun', '?')}"),
        (text("report.facts.fingerprint", lang), manifest.fingerprint[:12]),
    ]
