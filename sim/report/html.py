"""The report of a comparison: one page that needs nothing else, in Chinese and English.

The page carries its style, its scripts (Vega, which draws the charts) and its data. A content security policy lets
it load nothing and run nothing but these very scripts, and every name that comes from data is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from math import isnan
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.observe.outcomes import OUTCOMES
from sim.report import (
    chart_data,
    charts,
    clause_effects,
    consequence_charts,
    headings,
    journey_chart,
    journey_data,
    numbers,
)
from sim.report.consequences import Consequences
from sim.report.digest import FULL_PLAN, SHOWN_KINDS, Digest, Effect, more_is_better
from sim.report.findings import direction, findings, judged, outcome_name
from sim.report.fonts import carried
from sim.report.words import LANGUAGES, both, named, words
from sim.study.comparison import BASELINE, Comparison
from sim.study.fates import FATES
from sim.vocabulary import STATIONS

WAIT: Final = 'document.documentElement.classList.add("waiting")'  # until the page's own script takes over
TEMPLATES: Final = Path(__file__).with_name("templates")


def write(comparison: Comparison, path: Path) -> Path:
    """Write the page to a file, or to ``report.html`` in a folder, and say where it is."""
    target = path / "report.html" if path.is_dir() else path
    target.write_text(page(comparison), "utf-8")
    return target


def page(comparison: Comparison) -> str:
    """The whole page."""
    digest = Digest(comparison)
    consequences = Consequences(digest)
    scripts = [WAIT, _bundle(), (TEMPLATES / "page.js").read_text("utf-8")]
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    body = (
        _environment()
        .get_template("body.html")
        .render(
            digest=digest,
            consequences=consequences,
            fates=FATES,
            manifest=comparison.manifest,
            runs=comparison.runs,
            targets=digest.targets,
            headlines=HEADLINES,
            outcomes=list(OUTCOMES),
            baseline=BASELINE,
            full_plan=FULL_PLAN,
            kinds=SHOWN_KINDS,
            stations=STATIONS,
            findings=list(findings(digest)),
        )
    )
    data = _json(_data(consequences))
    return (
        _environment()
        .get_template("page.html")
        .render(
            body=Markup(body),
            data=data,
            font=carried(body + data),
            style=Markup((TEMPLATES / "page.css").read_text("utf-8")),
            scripts=[Markup(script) for script in scripts],
            hashes=hashes,
        )
    )


def _data(consequences: Consequences) -> dict[str, Any]:
    """What the script of the page needs."""
    digest = consequences.digest
    return {
        "main": digest.main,
        "title": {lang: words(lang)["report.title"] for lang in LANGUAGES},
        "switch": {lang: words(lang)["language.switch"] for lang in LANGUAGES},
        "datasets": chart_data.datasets(consequences),
        "limits": chart_data.limits(digest),
        "labels": {lang: chart_data.labels(digest, lang) for lang in LANGUAGES},
        "charts": {
            lang: charts.specifications(digest, lang)
            | consequence_charts.specifications(consequences, lang)
            | journey_chart.specifications(consequences, lang)
            for lang in LANGUAGES
        },
    }


def _json(value: Any) -> Markup:
    """JSON that cannot end the script element that holds it."""
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        plain = plain.replace(character, escape)
    return Markup(plain)


@cache
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        both=both,
        named=named,
        outcome_name=outcome_name,
        more_is_better=more_is_better,
        judged=judged,
        direction=direction,
        strip=_strip,
        heading=headings,
        effects=clause_effects,
        journey=journey_data,
        unit_of=lambda outcome: OUTCOMES[outcome].unit,
        n=numbers,
    )
    environment.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2, default=str)
    environment.filters["say"] = _say
    return environment


def _say(entry: Words | str) -> Markup:
    """A text in both languages, of which the style shows one; texts from data are escaped."""
    if isinstance(entry, str):
        return Markup("{}").format(entry)
    if entry.zh == entry.en:
        return Markup("{}").format(entry.zh)
    return Markup('<span lang="zh-CN">{}</span><span lang="en">{}</span>').format(entry.zh, entry.en)


def _strip(effect: Effect, baseline: Effect, target: float | None) -> dict[str, float | None]:
    """Places of the marks on the small scale under a headline, in percent of its width."""
    value = effect.value
    low, high = (value.mean, value.mean) if isnan(value.low) else (value.low, value.high)
    marks = [m for m in (low, high, baseline.value.mean, target) if m is not None and not isnan(m)]
    middle, reach = (max(marks) + min(marks)) / 2, max(max(marks) - min(marks), 0.01)

    def at(mark: float | None) -> float | None:
        return None if mark is None or isnan(mark) else round(50 + 80 * (mark - middle) / reach, 2)

    return {
        "low": at(low),
        "high": at(high),
        "mean": at(value.mean),
        "baseline": at(baseline.value.mean),
        "target": at(target),
    }
