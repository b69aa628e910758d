"""What every page is made of: one HTML file that needs nothing else, in Chinese and English.

A page carries its style, its scripts (Vega, which draws the charts) and its data. A content security policy lets it
load nothing and run nothing but these very scripts, and every name that comes from data is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.measure import Words
from sim.observe.outcomes import OUTCOMES, PLAIN
from sim.report.charts.fonts import carried
from sim.report.charts.style import CONFIG, Spec
from sim.report.words import numbers
from sim.report.words.catalogue import LANGUAGES, both, named, words
from sim.report.words.scenario_names import measure_action, scenario_name
from sim.report.words.sentences import joined, outcome_meaning, outcome_name
from sim.study.summaries.direction import more_is_better

WAIT: Final = 'document.documentElement.classList.add("waiting")'  # until the page's own script takes over
TEMPLATES: Final = Path(__file__).with_name("templates")
NAME: Final = "report.html"
SAVED: Final = ("png", "svg", "csv")  # as what charts and tables of a page can be saved
PREFORMATTED: Final = re.compile(r"(<pre.*?</pre>)", re.DOTALL)
INDENTATION: Final = re.compile(r"\n\s+")
END_OF_CELL: Final = re.compile(r"</t[dhr]>")


def place(path: Path) -> Path:
    """The file of a page: ``path``, or in a folder the one that every study's page is called by."""
    return path / NAME if path.is_dir() else path


def page(title: Words, body: str, charts: Mapping[str, Mapping[str, Spec]], **data: Any) -> str:
    """The whole page. ``charts``: specifications by language and by the id of their place in ``body``.

    ``data``: what else the script of the page needs, see ``templates/page.js``.
    """
    scripts = [WAIT, vega_bundle(), (TEMPLATES / "page.js").read_text("utf-8")]
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    plain = {lang: {id_: _without_config(chart) for id_, chart in of.items()} for lang, of in charts.items()}
    held = _json(
        {
            "title": {"zh": title.zh, "en": title.en},
            "switch": {lang: words(lang)["language.switch"] for lang in LANGUAGES},
            "save": {lang: {form: words(lang)[f"report.save.{form}"] for form in SAVED} for lang in LANGUAGES},
            "config": CONFIG,
            "charts": plain,
            **data,
        }
    )
    return (
        environment()
        .get_template("page.html")
        .render(
            title=title.zh,
            body=Markup(_compact(body)),
            data=held,
            font=carried(body + held),
            style=Markup((TEMPLATES / "page.css").read_text("utf-8")),
            scripts=[Markup(script) for script in scripts],
            hashes=hashes,
        )
    )


def _without_config(chart: Spec) -> Spec:
    """A specification without the style that all have."""
    return {key: value for key, value in chart.items() if key != "config"}


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
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


@cache
def environment() -> Environment:
    """The templates, with what all of them may use."""
    found = Environment(
        loader=PackageLoader("sim.report.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(
        both=both,
        named=named,
        outcome_name=outcome_name,
        more_is_better=more_is_better,
        joined=joined,
        scenario_name=scenario_name,
        measure_action=measure_action,
        outcomes=PLAIN,
        outcome_meaning=outcome_meaning,
        unit_of=lambda outcome: OUTCOMES[outcome].unit,
        n=numbers,
    )
    found.filters["pretty"] = lambda value: _text(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    found.filters["say"] = _say
    return found


def _say(entry: Words | str) -> Markup:
    """A text in both languages, of which the style shows one; texts from data are escaped.

    There are some ten thousand of them on a page, so their element is the shortest that has no meaning of its own.
    """
    if isinstance(entry, str):
        return _text(entry)
    if entry.zh == entry.en:
        return _text(entry.zh)
    return Markup("<i lang=zh>{}</i><i lang=en>{}</i>").format(_text(entry.zh), _text(entry.en))


def _text(said: str) -> Markup:
    """A text as the content of an element, where quotation marks need no escape."""
    return (
        said
        if isinstance(said, Markup)
        else Markup(said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    )


def _compact(body: str) -> str:
    """The same without what a browser does not need: indentation, and the end tags of cells and rows."""
    parts = PREFORMATTED.split(body)
    parts[::2] = [END_OF_CELL.sub("", INDENTATION.sub("\n", part)) for part in parts[::2]]
    return "".join(parts)
