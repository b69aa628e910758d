"""A sensitivity, told to people: what an outcome hangs on, what it does not, and how much of it is luck."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.answers.parts import Table, failed, few_worlds
from sim.report.charts.style import ACCENT, INK, QUIET, Chart, specification, thin_labels, tip
from sim.report.words.catalogue import Language, both, text
from sim.report.words.lever_names import lever_name, value_name
from sim.report.words.numbers import difference_in_unit, in_unit, interval, share
from sim.report.words.sentences import outcome_name
from sim.study.comparison.costs import PUBLIC_COST
from sim.study.ensemble import CONFIDENCE
from sim.study.plots import STRONGEST
from sim.study.statistics.sensitivity_indices import EFFECT, NOTHING, UNSURE

if TYPE_CHECKING:
    from sim.study.questions.sensitivity import Sensitivity

MOST_NAMED: Final = 3  # in a sentence
LABELLED: Final = 4  # points of a chart
MOST_PAIRS: Final = 10
FEN: Final = {"zh": 10**10, "en": 10**11}  # of money in a chart: yi yuan, bn yuan
ENDS: Final = ("low", "high")
COLOURS: Final = {EFFECT: ACCENT, UNSURE: "#b9c1c8", NOTHING: "#dfe3e6"}
Row = dict[str, Any]


def findings(study: Sensitivity, lang: Language) -> list[str]:
    """What each headline outcome hangs on; how many factors do nothing; interactions; luck; what is left out."""
    return [getattr(said, lang) for said in _findings(study)] + failed(study, lang)


def tables(study: Sensitivity, lang: Language) -> list[Table]:
    """The strongest factors of each headline outcome, its spread over the draws, pairs where they were asked for."""
    found = [_strongest(study, outcome, lang) for outcome in _shown(study)]
    found.append(_spread(study, lang))
    if (study.indices["other"] != "").any():
        found += [_pairs(study, outcome, lang) for outcome in _shown(study)]
    return found


def charts(study: Sensitivity, lang: Language) -> list[Chart]:
    """Bars with intervals for each headline outcome; of Morris also size against spread of the effects."""
    found = [_bars(study, outcome, lang) for outcome in _shown(study)]
    if study.method == "morris":
        found += [_size_against_sigma(study, outcome, lang) for outcome in _shown(study)]
    return found


def _findings(study: Sensitivity) -> Iterator[Words]:
    for outcome in _shown(study):
        yield _hangs_on(study, outcome)
    for outcome in _shown(study)[:1]:
        yield _counted(study, outcome)
    if study.method == "morris":
        yield from _both_ways(study)
    else:
        yield from _together(study)
    yield from _luck(study)
    yield from few_worlds(int(study.spread["used"].max()), study.method)
    if study.left_out:
        designs = int(study.spread["designs"].max())
        yield both(f"sensitivity.finding.left_out_{study.method}", count=study.left_out, all=designs)


def _hangs_on(study: Sensitivity, outcome: str) -> Words:
    """Mean and spread of one outcome, and the factors that move it most."""
    about, unit = _about(study, outcome), _unit(study, outcome)
    [over] = _rows(study.spread[study.spread["outcome"] == outcome])
    said = [both("sensitivity.finding.spread", about=about, mean=_mean(study, over), sd=_size(over.sd, unit))]
    told = _ranking(study, outcome).query("verdict == @EFFECT").head(MOST_NAMED)
    if told.empty:
        said.append(both("sensitivity.finding.nobody"))
    else:
        named = _listed(
            both("sensitivity.named", factor=_name(row.factor), size=_with_interval(study, *_ends(row), unit))
            for row in _rows(told)
        )
        said.append(both(f"sensitivity.finding.{study.method}", factors=named))
    return Words(zh="".join(one.zh for one in said), en=" ".join(one.en for one in said))


def _counted(study: Sensitivity, outcome: str) -> Words:
    verdicts = _ranking(study, outcome)["verdict"]
    counts = {verdict: int((verdicts == verdict).sum()) for verdict in (EFFECT, UNSURE, NOTHING)}
    tested = counts[EFFECT] + counts[UNSURE]
    about = _about(study, outcome)
    said = both("sensitivity.finding.counted", about=about, all=len(verdicts), **counts)
    by_chance = round(tested * (1.0 - CONFIDENCE))
    if not counts[EFFECT] or not by_chance:
        return said
    chance = both("sensitivity.finding.chance", count=by_chance)
    return Words(zh=said.zh + chance.zh, en=f"{said.en} {chance.en}")


def _both_ways(study: Sensitivity) -> Iterator[Words]:
    """Factors with an effect that raise an outcome in some worlds and lower it in others."""
    for outcome in _shown(study):
        told = _ranking(study, outcome).query("verdict == @EFFECT")
        mu = study.index(outcome, "mu")["value"]
        those = [row.factor for row in _rows(told) if abs(mu[row.factor]) < row.strength / 2][:MOST_NAMED]
        if those:
            factors = _listed(_name(factor) for factor in those)
            yield both("sensitivity.finding.both_ways", about=_about(study, outcome), factors=factors)


def _together(study: Sensitivity) -> Iterator[Words]:
    """How much of the variance the factors explain each by itself."""
    first = study.indices[study.indices["index"] == "first"]
    sums = first.groupby("outcome")["value"].sum(min_count=1).reindex(_shown(study)).dropna()
    if not sums.empty:
        beyond = "_beyond" if (sums > 1.0).any() else ""
        yield both(f"sensitivity.finding.alone{beyond}", outcomes=_shares(sums))


def _luck(study: Sensitivity) -> Iterator[Words]:
    shares = study.spread.set_index("outcome")["luck_share"].reindex(_shown(study)).dropna()
    if shares.empty:
        if study.manifest.replications == 1:
            yield both("sensitivity.finding.one_luck")
        return
    yield both("sensitivity.finding.luck", outcomes=_shares(shares))


def _shares(by_outcome: pd.Series[float]) -> Words:
    return _listed(
        both("sensitivity.of", outcome=_inside(str(name)), share=share(value)) for name, value in by_outcome.items()
    )


def _strongest(study: Sensitivity, outcome: str, lang: Language) -> Table:
    unit, method = _unit(study, outcome), study.method
    others = {"morris": ("mu", "sigma"), "sobol": ("first",)}[method]
    indices = {name: study.index(outcome, name) for name in others}
    columns = [text(f"sensitivity.table.{name}", lang) for name in ("factor", "range", f"strength_{method}", "luck")]
    columns += [text(f"sensitivity.table.{name}", lang) for name in (*others, "verdict")]
    rows = []
    for row in _rows(_ranking(study, outcome).head(STRONGEST)):
        cells = [_with_interval(study, *_ends(row), unit), _strength(study, row.luck, unit)]
        for name in others:
            found = indices[name].loc[row.factor]
            if name == "mu":
                cells.append(difference_in_unit(found["value"], unit))
            elif name == "sigma":
                cells.append(_size(found["value"], unit))
            else:
                cells.append(_with_interval(study, found["value"], found["low"], found["high"], unit))
        cells.append(both(f"sensitivity.verdict.{row.verdict}"))
        named = [lever_name(row.factor, lang), _range(study, row.factor, lang)]
        rows.append([*named, *(getattr(cell, lang) for cell in cells)])
    return Table(text("sensitivity.table.strongest", lang, about=_about(study, outcome)), columns, rows)


def _spread(study: Sensitivity, lang: Language) -> Table:
    names = ("outcome", "mean", "sd", "luck_sd", "luck_share", f"used_{study.method}")
    rows = []
    for row in _rows(study.spread):
        if row.used and row.outcome in _shown(study):
            cells = (_mean(study, row), _size(row.sd, row.unit), _size(row.luck_sd, row.unit), share(row.luck_share))
            name = getattr(_outcome(row.outcome), lang)
            rows.append([name, *(getattr(cell, lang) for cell in cells), f"{row.used} / {row.designs}"])
    columns = [text(f"sensitivity.table.{name}", lang) for name in names]
    return Table(text("sensitivity.table.spread", lang), columns, rows)


def _pairs(study: Sensitivity, outcome: str, lang: Language) -> Table:
    rows = study.indices[(study.indices["outcome"] == outcome) & (study.indices["index"] == "second")]
    rows = rows.sort_values("value", key=abs, ascending=False, kind="stable").head(MOST_PAIRS)
    cells = []
    for row in _rows(rows):
        pair = both("sensitivity.pair", first=_name(row.factor), second=_name(row.other))
        cells.append([getattr(pair, lang), getattr(_with_interval(study, row.value, row.low, row.high, ""), lang)])
    columns = [text("sensitivity.table.pair", lang), text("sensitivity.table.second", lang)]
    return Table(text("sensitivity.table.pairs", lang, about=_about(study, outcome)), columns, cells)


def _bars(study: Sensitivity, outcome: str, lang: Language) -> Chart:
    scale, unit = _scale(study, outcome, lang)
    rows: list[Row] = []
    for row in _rows(_ranking(study, outcome).head(STRONGEST)):
        told = _with_interval(study, *_ends(row), _unit(study, outcome))
        rows.append(
            {name: _number(getattr(row, name), scale) for name in ("strength", "low", "high", "luck")}
            | {"factor": lever_name(row.factor, lang), "told": getattr(told, lang)}
            | {"verdict": text(f"sensitivity.verdict.{row.verdict}", lang)}
        )
    order = [row["factor"] for row in rows]
    y = {"field": "factor", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 300}}
    x: Row = {"type": "quantitative", "title": None, "axis": {"tickCount": 5, "grid": True}}
    tips = [
        tip("factor", text("sensitivity.table.factor", lang)),
        tip("told", text(f"sensitivity.table.strength_{study.method}", lang)),
        tip("verdict", text("sensitivity.table.verdict", lang)),
    ]
    valid = [{"filter": "isValid(datum.low)"}]
    layers = [
        {
            "mark": {"type": "bar", "height": {"band": 0.6}},
            "encoding": {"x": {"field": "strength", **x}, "color": _colour(lang)},
        },
        {
            "transform": valid,
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
        },
        {
            "transform": [{"filter": "isValid(datum.luck)"}],
            "mark": {"type": "tick", "color": INK, "thickness": 2, "height": {"band": 0.8}},
            "encoding": {"x": {"field": "luck", **x}},
        },
    ]
    title = text("sensitivity.chart.bars", lang, about=_about(study, outcome))
    subtitle = text(f"sensitivity.chart.bars_{study.method}", lang, unit=unit)
    encoding = {"y": y, "tooltip": tips}
    return Chart(title, specification(title, rows, subtitle, height=26 * len(rows), encoding=encoding, layer=layers))


def _size_against_sigma(study: Sensitivity, outcome: str, lang: Language) -> Chart:
    scale, unit = _scale(study, outcome, lang)
    sigma = study.index(outcome, "sigma")["value"]
    largest = float(_ranking(study, outcome)["strength"].max())
    rows: list[Row] = [
        {
            "factor": lever_name(row.factor, lang),
            "is_far": bool(row.strength > largest / 2),
            "mu_star": _number(row.strength, scale),
            "sigma": _number(sigma[row.factor], scale),
            "verdict": text(f"sensitivity.verdict.{row.verdict}", lang),
            "label": lever_name(row.factor, lang) if row.place <= LABELLED else "",
        }
        for row in _rows(_ranking(study, outcome))
        if row.verdict != NOTHING
    ]
    thin_labels(rows, "mu_star", "sigma", "label")
    names = {name: text(f"sensitivity.chart.{name}", lang, unit=unit) for name in ("mu_star", "sigma")}
    x: Row = {"field": "mu_star", "type": "quantitative", "title": names["mu_star"], "axis": {"tickCount": 5}}
    y: Row = {"field": "sigma", "type": "quantitative", "title": names["sigma"], "axis": {"tickCount": 5, "grid": True}}
    tips = [
        tip("factor", text("sensitivity.table.factor", lang)),
        tip("verdict", text("sensitivity.table.verdict", lang)),
    ]
    tips += [{"field": name, "type": "quantitative", "format": ".3~g", "title": title} for name, title in names.items()]
    side = {"align": {"expr": "datum.is_far ? 'right' : 'left'"}, "dx": {"expr": "datum.is_far ? -7 : 7"}}
    label = {"type": "text", **side, "color": QUIET, "fontSize": 11, "limit": 260}
    layers = [
        {
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 0.9},
            "encoding": {"x": x, "y": y, "color": _colour(lang), "tooltip": tips},
        },
        {"mark": label, "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}}},
    ]
    title = text("sensitivity.chart.scatter", lang, about=_about(study, outcome))
    subtitle = text("sensitivity.chart.scatter_unit", lang)
    return Chart(title, specification(title, rows, subtitle, height=320, layer=layers))


def _colour(lang: Language) -> Row:
    words = [text(f"sensitivity.verdict.{verdict}", lang) for verdict in COLOURS]
    scale = {"domain": words, "range": list(COLOURS.values())}
    return {"field": "verdict", "type": "nominal", "title": None, "scale": scale, "legend": {"orient": "bottom"}}


def _shown(study: Sensitivity) -> list[str]:
    """The headline outcomes and the public cost, as far as they are known."""
    known = set(study.ranking["outcome"])
    return [name for name in (*HEADLINES, PUBLIC_COST) if name in known]


def _ranking(study: Sensitivity, outcome: str) -> pd.DataFrame:
    return study.ranking[study.ranking["outcome"] == outcome]


def _ends(row: Any) -> tuple[float, float, float]:
    return row.strength, row.low, row.high


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def _mean(study: Sensitivity, over: Any) -> Words:
    return difference_in_unit(over.mean, over.unit) if study.against else in_unit(over.mean, over.unit)


def _unit(study: Sensitivity, outcome: str) -> str:
    return str(_ranking(study, outcome)["unit"].iloc[0])


def _about(study: Sensitivity, outcome: str) -> Words:
    """An outcome or the effect on it, within a sentence."""
    if study.against is None:
        return _inside(outcome)
    scenario = study.manifest.scenarios[-1].title
    return both("sensitivity.effect", scenario=_lower(scenario), outcome=_inside(outcome))


def _outcome(name: str) -> Words:
    return both("sensitivity.public_cost") if name == PUBLIC_COST else outcome_name(name)


def _inside(name: str) -> Words:
    return _lower(_outcome(name))


def _lower(name: Words) -> Words:
    return Words(zh=name.zh, en=name.en[:1].lower() + name.en[1:])


def _name(factor: str) -> Words:
    return Words(zh=lever_name(factor, "zh"), en=lever_name(factor, "en"))


def _range(study: Sensitivity, factor: str, lang: Language) -> str:
    row = study.factors.set_index("factor").loc[factor]
    if row["values"]:
        return ", ".join(value_name(factor, value, lang) for value in json.loads(row["values"]))
    ends = {end: Words(zh=value_name(factor, row[end], "zh"), en=value_name(factor, row[end], "en")) for end in ENDS}
    return text("unit.interval", lang, **ends)


def _size(value: float, unit: str) -> Words:
    """A size in a unit of differences, without a sign."""
    written = difference_in_unit(value, unit)
    return Words(zh=written.zh.removeprefix("+"), en=written.en.removeprefix("+"))


def _strength(study: Sensitivity, value: float, unit: str) -> Words:
    """An index that says how strong a factor is: of Morris in the outcome's unit, of Sobol a share of the variance."""
    return _size(value, unit) if study.method == "morris" else share(value)


def _with_interval(study: Sensitivity, value: float, low: float, high: float, unit: str) -> Words:
    written = _strength(study, value, unit)
    if isnan(low):
        return written
    between = interval(low, high, lambda end: _strength(study, end, unit))
    return both("sensitivity.estimate", value=written, interval=between)


def _scale(study: Sensitivity, outcome: str, lang: Language) -> tuple[float, str]:
    """What numbers of a chart are multiplied by, and the unit that they have then."""
    unit = _unit(study, outcome)
    if study.method == "sobol" or unit == "share":
        name = "share" if study.method == "sobol" else "points"
        return 100.0, text(f"unit.{name}", lang, number="").strip()
    return 1.0 / FEN[lang], text("unit.large_money", lang, number="").strip()


def _number(value: float, scale: float) -> float | None:
    return None if isnan(value) else value * scale


def _listed(names: Iterable[Words]) -> Words:
    comma, names = both("report.comma"), list(names)
    return Words(zh=comma.zh.join(one.zh for one in names), en=comma.en.join(one.en for one in names))
