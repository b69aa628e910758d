"""A discovery, told to people: in which worlds a target is missed, and how surely that is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from math import ceil, floor, isnan
from typing import TYPE_CHECKING, Any, Final

from sim.measure import Words
from sim.report.answers.parts import Table, failed, few_worlds
from sim.report.charts.style import ACCENT, INK, QUIET, Chart, specification, tip
from sim.report.words.catalogue import LANGUAGES, Language, both, text
from sim.report.words.lever_names import lever_name, value_name
from sim.report.words.numbers import in_unit, share
from sim.report.words.sentences import outcome_name
from sim.study.questions.discover import ALWAYS, BOX, CHOICE, DAY, NEVER

if TYPE_CHECKING:
    from sim.study.questions.discover import Discovery

MOST_POINTS: Final = 2_000
Row = dict[str, Any]


def findings(study: Discovery, lang: Language) -> list[str]:
    """Of each target: how often it is missed, in which worlds, and how surely that is known."""
    said = [sentence for row in _rows(study.targets) for sentence in _of_target(study, row)]
    said += few_worlds(int(study.targets["worlds"].max()))
    return [getattr(sentence, lang) for sentence in said] + failed(study, lang)


def tables(study: Discovery, lang: Language) -> list[Table]:
    """The targets; of each with a box its limits, and how often they were found again."""
    found = [_targets(study, lang)]
    for row in _rows(study.targets):
        if row["verdict"] == BOX:
            found += [_limits(study, row["outcome"], lang), _stability(study, row["outcome"], lang)]
    return found


def charts(study: Discovery, lang: Language) -> list[Chart]:
    """Of each target with a box: coverage against density, the limits, and worlds in the two that tell most."""
    found = []
    for row in _rows(study.targets):
        outcome = str(row["outcome"])
        if (study.trajectory["outcome"] == outcome).any():
            found.append(_trajectory(study, outcome, lang))
        if row["verdict"] == BOX:
            found.append(_box(study, outcome, lang))
            found += _worlds(study, outcome, lang)
    return found


def _of_target(study: Discovery, row: Row) -> Iterator[Words]:
    said: dict[str, Words | str | int] = {
        "outcome": outcome_name(str(row["outcome"])), "goal": _goal(row), "worlds": f"{row['worlds']:,}",
        "missed": f"{row['missed']:,}", "share": share(row["missed"] / max(row["worlds"], 1)),
    }  # fmt: skip
    yield both(f"discover.finding.{_verdict(row)}", **said)
    if row["verdict"] == BOX:
        limits = [_condition(limit) for limit in _rows(study.chosen(str(row["outcome"])))]
        yield both(
            "discover.finding.when", outcome=said["outcome"], conditions=_listed(limits),
            coverage=share(row["coverage"]), density=share(row["density"]),
        )  # fmt: skip
        if row["halves"]:
            yield both(
                "discover.finding.halves" if row["halves_with_box"] else "discover.finding.halves_none",
                halves=row["halves"], found=row["halves_with_box"],
                coverage=share(row["tested_coverage"]), density=share(row["tested_density"]),
            )  # fmt: skip
    if row["left_out"]:
        yield both("discover.finding.left_out", outcome=said["outcome"], left_out=f"{row['left_out']:,}")
    if row["verdict"] != NEVER and row["divided"]:
        yield both("discover.finding.divided", outcome=said["outcome"], divided=f"{row['divided']:,}")


def _verdict(row: Row) -> str:
    """What came of the search; of few worlds nothing is said of everywhere."""
    return f"{row['verdict']}_few" if row["are_few"] and row["verdict"] in (ALWAYS, NEVER) else str(row["verdict"])


def _goal(row: Row) -> Words:
    return both(f"discover.bound.{row['bound']}", limit=in_unit(row["limit"], str(row["unit"])))


def _condition(limit: Row) -> Words:
    """A limit in words: which factor, and within what."""
    path = str(limit["path"])
    name = Words(**{lang: lever_name(path, lang) for lang in LANGUAGES})
    if limit["kind"] == CHOICE:
        values = json.loads(limit["values"])
        chosen = Words(**{lang: " / ".join(value_name(path, value, lang) for value in values) for lang in LANGUAGES})
        return both("discover.condition.one_of", factor=name, values=chosen)
    low, high = (_value(limit, end) for end in ("low", "high"))
    way = "between" if low and high else "above" if low else "below"
    ends = {name: end for name, end in (("low", low), ("high", high)) if end}
    return both(f"discover.condition.{way}", factor=name, **ends)


def _value(limit: Row, end: str) -> str:
    """An end of a limit as it is written; nothing where there is none."""
    value = float(limit[end])
    if isnan(value):
        return ""
    if limit["kind"] == DAY:  # a limit lies between two days: the first one or the last one within it is told
        return date.fromordinal(floor(value) if end in ("high", "most") else ceil(value)).isoformat()
    return f"{value:.3g}".replace("-", "−")


def _listed(conditions: list[Words]) -> Words:
    return Words(**{
        lang: text("discover.and", lang).join(getattr(one, lang) for one in conditions) for lang in LANGUAGES
    })  # fmt: skip


def _targets(study: Discovery, lang: Language) -> Table:
    columns = ("target", "worlds", "missed", "coverage", "density", "factors")
    rows = []
    for row in _rows(study.targets):
        name = getattr(outcome_name(str(row["outcome"])), lang)
        cells = [_share(row[name], lang) for name in ("coverage", "density")]
        told = f"{row['restricted']}" if row["verdict"] == BOX else text(f"discover.verdict.{_verdict(row)}", lang)
        goal = getattr(_goal(row), lang)
        rows.append([f"{name}\n{goal}", f"{row['worlds']:,}", f"{row['missed']:,}", *cells, told])
    return Table(text("discover.table.targets", lang), [text(f"discover.column.{c}", lang) for c in columns], rows)


def _limits(study: Discovery, outcome: str, lang: Language) -> Table:
    columns = ("factor", "from", "to", "range", "quasi_p")
    rows = []
    for limit in _rows(study.chosen(outcome)):
        quasi_p = min((p for p in (limit["quasi_p_low"], limit["quasi_p_high"]) if not isnan(p)), default=float("nan"))
        if limit["kind"] == CHOICE:
            values = " / ".join(value_name(str(limit["path"]), value, lang) for value in json.loads(limit["values"]))
            ends = [values, "", ""]
        else:
            ends = [_value(limit, "low") or "–", _value(limit, "high") or "–"]
            ends.append(f"{_value(limit, 'least')} … {_value(limit, 'most')}")
        rows.append([lever_name(str(limit["path"]), lang), *ends, f"{quasi_p:.2g}"])
    title = text("discover.table.limits", lang, outcome=getattr(outcome_name(outcome), lang))
    return Table(title, [text(f"discover.column.{c}", lang) for c in columns], rows)


def _stability(study: Discovery, outcome: str, lang: Language) -> Table:
    rows = [
        [lever_name(str(row["path"]), lang), _share(row["share"], lang),
         text(f"discover.{'in_box' if row['is_restricted'] else 'not_in_box'}", lang)]
        for row in _rows(study.stability[study.stability["outcome"] == outcome])
    ]  # fmt: skip
    title = text("discover.table.stability", lang, outcome=getattr(outcome_name(outcome), lang))
    return Table(title, [text(f"discover.column.{c}", lang) for c in ("factor", "found_again", "chosen")], rows)


def _trajectory(study: Discovery, outcome: str, lang: Language) -> Chart:
    rows = [
        {"coverage": 100 * row["coverage"], "density": 100 * row["density"], "factors": int(row["restricted"]),
         "chosen": bool(row["is_chosen"]), "worlds": int(row["worlds"])}
        for row in _rows(study.trajectory[study.trajectory["outcome"] == outcome])
    ]  # fmt: skip
    title = text("discover.chart.trajectory", lang, outcome=getattr(outcome_name(outcome), lang))
    scale = {"domain": [0, 100]}
    encoding = {
        "x": {"field": "coverage", "type": "quantitative", "scale": scale, "title": _column("coverage", lang) + " (%)"},
        "y": {"field": "density", "type": "quantitative", "scale": scale, "title": _column("density", lang) + " (%)"},
        "color": {"condition": {"test": "datum.chosen", "value": ACCENT}, "value": QUIET},
        "size": {"condition": {"test": "datum.chosen", "value": 180}, "value": 40},
        "tooltip": [tip("worlds", _column("worlds", lang)), tip("factors", _column("factors", lang))],
    }
    subtitle = text("discover.chart.trajectory_note", lang)
    return Chart(title, specification(title, rows, subtitle, mark={"type": "circle", "opacity": 1}, encoding=encoding))


def _box(study: Discovery, outcome: str, lang: Language) -> Chart:
    rows = []
    for limit in _rows(study.chosen(outcome)):
        span = limit["most"] - limit["least"]
        if limit["kind"] == CHOICE or not span > 0:
            continue
        low, high = (
            limit[end] if not isnan(limit[end]) else limit[edge] for end, edge in (("low", "least"), ("high", "most"))
        )
        rows.append({
            "factor": lever_name(str(limit["path"]), lang), "low": (low - limit["least"]) / span,
            "high": (high - limit["least"]) / span, "said": getattr(_condition(limit), lang), "from": 0, "to": 1,
        })  # fmt: skip
    title = text("discover.chart.box", lang, outcome=getattr(outcome_name(outcome), lang))
    y = {"field": "factor", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}}
    x = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%", "title": None}}
    layers = [
        {"mark": {"type": "bar", "color": "#e6e9eb", "size": 16},
         "encoding": {"y": y, "x": {"field": "from", **x}, "x2": {"field": "to"}}},
        {"mark": {"type": "bar", "color": ACCENT, "size": 10},
         "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}, "tooltip": [tip("said", title)]}},
    ]  # fmt: skip
    height = 40 * max(len(rows), 1)
    return Chart(title, specification(title, rows, text("discover.chart.box_note", lang), height=height, layer=layers))


def _worlds(study: Discovery, outcome: str, lang: Language) -> list[Chart]:
    """Every world in the plane of the two numbers that tell most, where there are two."""
    numbers = [str(limit["path"]) for limit in _rows(study.chosen(outcome)) if limit["kind"] not in (CHOICE, DAY)][:2]
    if len(numbers) < 2:
        return []
    across, up = numbers
    of_one = study.worlds[study.worlds["outcome"] == outcome].merge(study.draws[["draw", *numbers]], on="draw")
    words = {is_missed: text(f"discover.{'missed' if is_missed else 'met'}", lang) for is_missed in (True, False)}
    rows = [
        {"x": float(row[across]), "y": float(row[up]), "state": words[bool(row["misses"])]}
        for row in _rows(of_one.head(MOST_POINTS))
    ]
    title = text("discover.chart.worlds", lang, outcome=getattr(outcome_name(outcome), lang))
    encoding = {
        "x": {"field": "x", "type": "quantitative", "scale": {"zero": False}, "title": lever_name(across, lang)},
        "y": {"field": "y", "type": "quantitative", "scale": {"zero": False}, "title": lever_name(up, lang)},
        "color": {
            "field": "state", "type": "nominal", "title": None,
            "scale": {"domain": [words[True], words[False]], "range": ["#b3451b", QUIET]},
        },
        "tooltip": [tip("state", getattr(outcome_name(outcome), lang))],
    }  # fmt: skip
    mark = {"type": "circle", "size": 36, "opacity": 0.75, "stroke": INK, "strokeWidth": 0.2}
    return [Chart(title, specification(title, rows, "", mark=mark, encoding=encoding))]


def _column(name: str, lang: Language) -> str:
    return text(f"discover.column.{name}", lang)


def _share(value: float, lang: Language) -> str:
    return getattr(share(value), lang) if not isnan(value) else "–"


def _rows(table: Any) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
