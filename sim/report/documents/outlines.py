"""The outline of a study of any kind.

The sentences, tables and charts of a kind of study come from ``sim/report/answers/``, those of a comparison from
:mod:`sim.report.documents.comparison`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report import answers
from sim.report.answers.answer import own_changes, study_title
from sim.report.documents import comparison
from sim.report.documents.outline import Outline, Part, drawn, method_of, versions
from sim.report.documents.refused import refused
from sim.report.pages.answer_page import SHORT, facts
from sim.report.words.catalogue import Language, both, catalogue, text
from sim.report.words.recalibrated import remarks
from sim.report.words.sentences import say
from sim.study.questions.comparison import Comparison
from sim.study.runs.study import StudyOfAnotherVersion
from sim.study.summaries import calibration

if TYPE_CHECKING:
    from sim.study.runs.study import Study


def of(study: Study, lang: Language, *, every: bool = False) -> Outline:
    """The outline of a study. ``every``: of a comparison, tables of every scenario and not of the headline's alone."""
    if isinstance(study, StudyOfAnotherVersion):
        raise refused("other_version", made_by=study.made_by)
    if isinstance(study, Comparison):
        return comparison.outline(study, lang, every)
    return _of_answer(study, lang)


def _of_answer(study: Study, lang: Language) -> Outline:
    told, manifest = answers.of(study.kind), study.manifest
    first, *others = told.tables(study, lang)
    charts = [drawn(chart.specification) for chart in told.charts(study, lang)]
    findings = told.findings(study, lang)
    parts = [Part(first.title, first.title, (), [first], charts)]
    parts += [
        Part(table.title, table.title, (), [table], is_annex=not (table.is_compact or len(table.rows) <= SHORT))
        for table in others
    ]
    parts[:0] = [Part(table.title, table.title, (), [table]) for table in own_changes(manifest.scenarios, lang)]
    method = catalogue().get(f"{study.kind}.method")
    heading = text("answer.section.method", lang)
    return Outline(
        lang,
        say(lang, study_title(study)),
        text(f"answer.lead.{study.kind}", lang),
        findings,
        [say(lang, remark) for remark in remarks(calibration.of_study(study))],
        [
            *(
                (say(lang, name), value if isinstance(value, str) else say(lang, value))
                for name, value in facts(study)
                if name != both("report.facts.fingerprint")
            ),
            *versions(manifest, lang),
        ],
        parts,
        method_of(manifest, lang, [(heading, say(lang, method))] if method else []),
        text("document.interval.of_kind", lang),
        manifest.fingerprint,
        manifest.versions.get("shukun", "?"),
    )
