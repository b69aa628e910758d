"""An object in a notebook: the lines that a console shows, and its table. No script, no colour of its own."""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final

from sim.report.answers.answer import Table
from sim.report.notebook.in_short import of
from sim.report.words.catalogue import Language, text
from sim.report.words.language import of_environment

MOST_ROWS: Final = 40
LONGEST_CELL: Final = 300  # characters
FIGURE: Final = re.compile("[+−–-]?([0-9]|$)")
QUIET: Final = "opacity:.7;font-size:.9em"  # of the notebook's own colour, whether its theme is light or dark


def as_html(what: Any, lang: Language | None = None) -> str:
    """A fragment of HTML, of the environment's language without one."""
    lang = lang or of_environment()
    said = of(what, lang)
    parts = [f"<div><strong>{escape(said.head)}</strong></div>"]
    parts += [f"<div><em>{escape(remark)}</em></div>" for remark in said.remarks]
    if said.findings:
        parts.append(f"<ul>{''.join(f'<li>{escape(finding)}</li>' for finding in said.findings)}</ul>")
    if said.table is not None:
        parts.append(_table(said.table, lang))
    if said.holds:
        parts.append(f'<div style="{QUIET}">{escape(said.holds)}</div>')
    return f'<div lang="{lang}">{"".join(parts)}</div>'


def _table(table: Table, lang: Language) -> str:
    """The table, figures to the right; of a long one the first rows, and how many others there are."""
    shown, left = table.rows[:MOST_ROWS], len(table.rows) - MOST_ROWS
    sides = [_side([row[place] for row in shown]) for place in range(len(table.columns))]
    heads = "".join(_cell("th", head, side) for head, side in zip(table.columns, sides, strict=True))
    rows = (("".join(_cell("td", cell, side) for cell, side in zip(row, sides, strict=True))) for row in shown)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    title = f'<caption style="text-align:left">{escape(table.title)}</caption>' if table.title else ""
    more = f'<div style="{QUIET}">{escape(text("short.more", lang, count=left))}</div>' if left > 0 else ""
    return f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}"


def _side(cells: list[str]) -> str:
    """On which side the cells of a column stand."""
    return "right" if all(FIGURE.match(cell) for cell in cells if cell) else "left"


def _cell(tag: str, words: str, side: str) -> str:
    """A cell in as many lines as it has."""
    told = words if len(words) <= LONGEST_CELL else f"{words[: LONGEST_CELL - 1]}…"
    lines = "<br>".join(map(escape, told.split("\n")))
    return f'<{tag} style="text-align:{side};vertical-align:top;padding:.15em .6em">{lines}</{tag}>'
