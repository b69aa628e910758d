"""An attribution, told to people: what is due to whom, what it costs, who helps whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from math import isfinite, isinf, isnan
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.report.answers.parts import Table, failed
from sim.report.charts.style import ACCENT, INK, LINE_COLOURS, NEUTRAL, SIGNED, WORSE, Chart, specification, tip
from sim.report.words.catalogue import Language, both, named, text
from sim.report.words.numbers import difference_in_unit, difference_interval_in_unit, points
from sim.report.words.sentences import outcome_name
from sim.study.comparison.costs import PUBLIC_COST
from sim.study.ensemble import of_differences, summarise
from sim.study.questions.attribute import REST, WHOLE
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.direction import direction, more_is_better
from sim.vocabulary import MECHANISMS

if TYPE_CHECKING:
    from sim.study.questions.attribute import Attribution

SURVIVAL: Final = HEADLINES[0]
FIRMS: Final = "survivors"
MOST_ROWS: Final = 20  # of a table or a chart; the others are put together
MOST_PAIRS: Final = 10
MOST_NAMED: Final = 3  # in a sentence, with their numbers
MOST_LISTED: Final = 12  # in a sentence, by name alone
UNITS: Final = {"zh": 10**10, "en": 10**11}  # fen: of money in a column: yi yuan, bn yuan
Row = dict[str, Any]


def findings(study: Attribution, lang: Language) -> list[str]:
    """What the plan does and to whom it is due; who does nothing; who helps whom; what it costs; what is left out."""
    return [getattr(said, lang) for said in _findings(study)] + failed(study, lang)


def tables(study: Attribution, lang: Language) -> list[Table]:
    """What is due to each, effect per yuan, and pairs where every coalition was run."""
    found = [_shares(study, lang), _prices(study, lang)]
    return found if study.interactions.empty else [*found, _pairs(study, lang)]


def charts(study: Attribution, lang: Language) -> list[Chart]:
    """Bars by headline outcome, heat maps of interactions where every coalition was run, cost against firms kept."""
    found = [_bars(study, outcome, lang) for outcome in HEADLINES]
    if not study.interactions.empty:
        found += [_heat_map(study, outcome, lang) for outcome in HEADLINES]
    return [*found, _cost_against_effect(study, lang)]


def name_of(study: Attribution, player: str) -> Words:
    """What a player is called: an action, a step with its number, a measure by its title."""
    if player in (REST, WHOLE):
        return both("attribute.rest" if player == REST else "attribute.whole")
    plan = study.manifest.scenarios[-1].contents
    if player in study.players and study.of == "steps":
        return both("attribute.step", title=Words(**plan["plan"]["sections"][player]), section=player)
    if player in study.players and study.of == "measures":
        return Words(**plan["measures"][player]["title"])
    return named("action", player)


def _findings(study: Attribution) -> Iterator[Words]:
    for outcome in HEADLINES:
        if outcome in set(study.attribution["outcome"]):
            yield _due(study, outcome)
    survival = _estimates(study, SURVIVAL)
    yield from _silent(study, survival)
    if study.rest == MECHANISMS:
        change = _said(survival[MECHANISMS], "share")
        player = name_of(study, MECHANISMS)
        yield both("attribute.finding.rest", player=player, outcome=_inside(SURVIVAL), change=change)
    yield from _together(study)
    yield from _costs(study)
    orders = study.manifest.settings["orders"]
    if orders is not None:
        yield both("attribute.finding.sampled", draws=orders["draws"])
    if study.attribution["replications"].max() == 1:
        yield both("attribute.finding.one_luck")
    if study.left_out:
        yield both("attribute.finding.left_out", count=study.left_out, all=study.manifest.replications)


def _due(study: Attribution, outcome: str) -> Words:
    """The whole effect on one outcome, and to whom most of it is due."""
    estimates = _estimates(study, outcome)
    whole = estimates.pop(WHOLE)
    sign = 1 if more_is_better(outcome) else -1
    by_gain = sorted(estimates, key=lambda name: -sign * estimates[name].mean)
    ways = {name: direction(outcome, estimates[name]) for name in estimates}
    one_luck = isnan(whole.low)  # under which nothing can be told from zero
    if one_luck:
        ways = {name: "better" if sign * estimates[name].mean > 0 else "same" for name in estimates}
    same = "_same" if direction(outcome, whole) == "same" else ""
    change = _said(whole, "share")
    said = [both(f"attribute.finding.whole{same}", outcome=outcome_name(outcome), change=change)]
    best = [name for name in by_gain if ways[name] == "better"][:MOST_NAMED]
    worst = [name for name in reversed(by_gain) if ways[name] == "worse"][:MOST_NAMED]
    for key, those in (("largest" if one_luck else "most", best), ("worse", worst)):
        if those:
            said.append(both(f"attribute.finding.{key}", players=_with_estimates(study, those, estimates)))
    if not best:
        said.append(both("attribute.finding.nobody"))
    return Words(zh="".join(one.zh for one in said), en=" ".join(one.en for one in said))


def _silent(study: Attribution, estimates: dict[str, Estimate]) -> Iterator[Words]:
    """Whose share of survival is not told from zero, and who has none under any luck."""
    ways = {name: estimates[name] for name in study.players}
    nothing = [name for name, found in ways.items() if found.mean == 0.0 and not found.low and not found.high]
    same = [name for name, found in ways.items() if name not in nothing and direction(SURVIVAL, found) == "same"]
    if same:
        yield both(
            "attribute.finding.same",
            outcome=_inside(SURVIVAL),
            all=len(ways),
            of=both(f"attribute.of.{study.of}"),
            count=len(same),
            players=_listed(name_of(study, name) for name in same),
        )
    if nothing:
        players = _listed(name_of(study, name) for name in nothing)
        yield both("attribute.finding.nothing", outcome=_inside(SURVIVAL), players=players)


def _together(study: Attribution) -> Iterator[Words]:
    """The pairs that help each other most, and that are most in each other's way, among those told from zero."""
    for outcome in HEADLINES:
        pairs = study.interactions[study.interactions["outcome"] == outcome]
        told: dict[str, list[tuple[float, Words, Estimate]]] = {"better": [], "worse": []}
        for row in pairs.itertuples():
            found = _estimate(row)
            way = direction(outcome, found)
            if way in told:
                told[way].append((abs(found.mean), _pair(study, row), found))
        for way, key in (("better", "together"), ("worse", "against")):
            if told[way]:
                _, pair, found = max(told[way], key=lambda one: one[0])
                change = _said(found, "share")
                yield both(f"attribute.finding.{key}", outcome=_inside(outcome), pair=pair, change=change)


def _costs(study: Attribution) -> Iterator[Words]:
    notes = {name: _note(study, name) for name in study.players}
    prices = _by_player(study.prices, FIRMS)
    told = [name for name, note in notes.items() if note == "told" and prices[name].mean > 0]
    if told:
        best = max(told, key=lambda name: prices[name].mean)
        yield both("attribute.finding.price", player=name_of(study, best), number=_ratio(prices[best]))
    for note, key in (("cost_unknown", "price_unknown"), ("saves", "price_none")):
        those = [name for name, found in notes.items() if found == note]
        if those:
            players = _listed(name_of(study, name) for name in those)
            yield both(f"attribute.finding.{key}", count=len(those), players=players)


def _note(study: Attribution, player: str) -> str:
    """What can be said of what a player costs and keeps, see the words ``attribute.note``."""
    cost, kept = _estimates(study, PUBLIC_COST)[player], _estimates(study, FIRMS)[player]
    if not cost.mean > 0:
        return "saves"
    if not kept.mean > 0:
        return "nothing"
    if isnan(cost.low):
        return "one_luck"
    if cost.low <= 0:
        return "cost_unknown"
    return "kept_unknown" if kept.low <= 0 else "told"


def _shares(study: Attribution, lang: Language) -> Table:
    table = _shown(study)
    points_of = [text("attribute.table.points", lang, outcome=outcome_name(outcome)) for outcome in HEADLINES]
    columns = [text(f"attribute.player.{study.of}", lang), *points_of]
    columns += [text(f"attribute.table.{name}", lang) for name in (FIRMS, "jobs", "cost")]
    written = {outcome: (100.0, 2) for outcome in HEADLINES} | {FIRMS: (1.0, 0), "jobs": (1.0, 0)}
    written[PUBLIC_COST] = (1.0 / UNITS[lang], 2)
    rows = []
    for label, estimates in table:
        cells = [_plus_minus(estimates.get(outcome), *how) for outcome, how in written.items()]
        rows.append([getattr(label, lang), *cells])
    return Table(text("attribute.table.shares", lang), columns, rows)


def _shown(study: Attribution) -> list[tuple[Words, dict[str, Estimate]]]:
    """Rows of the first table: the rest of the plan, players by their share of survival, others together, the whole."""
    survival = _estimates(study, SURVIVAL)
    players = sorted(study.players, key=lambda name: -survival[name].mean)
    by_outcome = {outcome: _estimates(study, outcome) for outcome in study.attribution["outcome"].unique()}
    headlines = [by_outcome[outcome] for outcome in HEADLINES if outcome in by_outcome]
    fit = MOST_ROWS if len(players) <= MOST_ROWS else MOST_ROWS - 1
    large = set(sorted(players, key=lambda name: -max(abs(found[name].mean) for found in headlines))[:fit])
    players, others = [name for name in players if name in large], [name for name in players if name not in large]

    def row(name: str) -> tuple[Words, dict[str, Estimate]]:
        return name_of(study, name), {outcome: found[name] for outcome, found in by_outcome.items()}

    rows = [row(name) for name in ([study.rest] if study.rest else []) + players]
    if others:
        rows.append((both("attribute.others", count=len(others)), _sum_of(study, others)))
    return [*rows, row(WHOLE)]


def _sum_of(study: Attribution, players: list[str]) -> dict[str, Estimate]:
    values = study.values[study.values["player"].isin(players)]
    sums = values.groupby(["outcome", "replication"], sort=False)["value"].sum().reset_index()
    means = summarise(sums, ["outcome"], lambda table: of_differences(table["outcome"], len(players)))
    return {str(row.outcome): _estimate(row) for row in means.itertuples()}


def _prices(study: Attribution, lang: Language) -> Table:
    firms, jobs = _by_player(study.prices, FIRMS), _by_player(study.prices, "jobs")
    costs, keep = _estimates(study, PUBLIC_COST), _estimates(study, FIRMS)
    players = sorted(study.players, key=lambda name: -costs[name].mean)
    shown = [name for name in players if costs[name].mean or keep[name].mean][:MOST_ROWS]
    names = ("cost", "firms_per_million", "jobs_per_million", "note")
    rows = []
    for name in [*shown, WHOLE]:
        note = both(f"attribute.note.{_note(study, name)}")
        words = [getattr(one, lang) for one in (name_of(study, name), _ratio(firms[name]), _ratio(jobs[name]), note)]
        rows.append([words[0], _plus_minus(costs[name], 1.0 / UNITS[lang], 2), *words[1:]])
    columns = [text(f"attribute.player.{study.of}", lang), *(text(f"attribute.table.{name}", lang) for name in names)]
    return Table(text("attribute.table.prices", lang), columns, rows)


def _pairs(study: Attribution, lang: Language) -> Table:
    by_pair: dict[str, dict[str, Estimate]] = {}
    for row in study.interactions.itertuples():
        by_pair.setdefault(getattr(_pair(study, row), lang), {})[str(row.outcome)] = _estimate(row)
    size = {pair: max(abs(found[o].mean) for o in HEADLINES if o in found) for pair, found in by_pair.items()}
    largest = sorted(by_pair, key=lambda pair: -size[pair])[:MOST_PAIRS]
    rows = [[pair, *(_plus_minus(by_pair[pair].get(o), 100.0, 2) for o in HEADLINES)] for pair in largest]
    columns = [text("attribute.table.points", lang, outcome=outcome_name(outcome)) for outcome in HEADLINES]
    return Table(text("attribute.table.interactions", lang), [text("attribute.table.pair", lang), *columns], rows)


def _bars(study: Attribution, outcome: str, lang: Language) -> Chart:
    estimates = _estimates(study, outcome)
    estimates.pop(WHOLE, None)
    shown = sorted(estimates, key=lambda name: -abs(estimates[name].mean))[:MOST_ROWS]
    sign = 1 if more_is_better(outcome) else -1
    shown.sort(key=lambda name: -sign * estimates[name].mean)
    rows = []
    for name in shown:
        found = estimates[name]
        kind = {"better": bool(sign * found.mean >= 0), "rest": name == study.rest}
        rows.append(
            {"player": getattr(name_of(study, name), lang)} | _ends(found, 100.0) | kind | _written(found, lang)
        )
    order = [row["player"] for row in rows]
    y = {"field": "player", "type": "nominal", "sort": order, "title": None, "scale": {"domain": order}}
    x: Row = {"type": "quantitative", "title": None, "axis": {"labelExpr": SIGNED, "tickCount": 5, "grid": True}}
    colour = {
        "condition": [{"test": "datum.rest", "value": "#9aa5af"}, {"test": "!datum.better", "value": WORSE}],
        "value": ACCENT,
    }
    title = text("attribute.chart.shares", lang, outcome=_inside(outcome))
    layers = [
        {"mark": {"type": "bar", "height": {"band": 0.6}}, "encoding": {"x": {"field": "mean", **x}, "color": colour}},
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
            "encoding": {"x": {"datum": 0}, "y": None, "tooltip": None},
        },
    ]
    encoding = {"y": y, "tooltip": [tip("player", text(f"attribute.player.{study.of}", lang)), *_tips(lang)]}
    unit = text("attribute.chart.points", lang)
    return Chart(title, specification(title, rows, unit, height=24 * len(rows), encoding=encoding, layer=layers))


def _heat_map(study: Attribution, outcome: str, lang: Language) -> Chart:
    names = {player: getattr(name_of(study, player), lang) for player in study.players}
    sign = 1 if more_is_better(outcome) else -1
    rows: list[Row] = []
    pairs = study.interactions[study.interactions["outcome"] == outcome]
    for row, mirrored in product(pairs.itertuples(), (False, True)):
        first, second = names[str(row.first)], names[str(row.second)]
        found = _estimate(row)
        there = {"first": second if mirrored else first, "second": first if mirrored else second}
        rows.append(there | {"gain": sign * found.mean * 100.0} | _written(found, lang))
    limit = max((abs(row["gain"]) for row in rows), default=0.0) or 1.0
    order = list(names.values())
    axis = {"ticks": False, "domain": False, "grid": False}
    place: Row = {"type": "nominal", "title": None, "sort": order, "scale": {"domain": order}}
    title = text("attribute.chart.interactions", lang, outcome=outcome_name(outcome))
    encoding = {
        "x": {"field": "second", **place, "axis": {**axis, "orient": "top", "labelAngle": -40}},
        "y": {"field": "first", **place, "axis": axis},
        "color": {
            "field": "gain",
            "type": "quantitative",
            "scale": {"domain": [-limit, 0, limit], "range": [WORSE, NEUTRAL, ACCENT], "interpolate": "rgb"},
            "legend": {
                "title": None,
                "orient": "bottom",
                "direction": "horizontal",
                "labelExpr": SIGNED,
                "tickCount": 4,
            },
        },
        "tooltip": [
            *(tip(field, text(f"attribute.player.{study.of}", lang)) for field in ("first", "second")),
            *_tips(lang),
        ],
    }
    unit = text("attribute.chart.interactions_unit", lang)
    mark = {"type": "rect", "stroke": "#ffffff", "strokeWidth": 1.5, "cornerRadius": 2}
    return Chart(title, specification(title, rows, unit, height=25 * len(order), mark=mark, encoding=encoding))


def _cost_against_effect(study: Attribution, lang: Language) -> Chart:
    costs, keep = _estimates(study, PUBLIC_COST), _estimates(study, FIRMS)
    players = sorted(study.players, key=lambda name: -abs(keep[name].mean) - abs(costs[name].mean) / 10**9)
    players = players[: len(LINE_COLOURS)]
    prices = _by_player(study.prices, FIRMS)
    rows = []
    for name in players:
        cost, kept = _ends(costs[name], 1.0 / UNITS[lang]), _ends(keep[name], 1.0)
        rows.append(
            {"player": getattr(name_of(study, name), lang), "price": getattr(_ratio(prices[name]), lang)}
            | {f"cost_{end}": number for end, number in cost.items()}
            | {f"kept_{end}": number for end, number in kept.items()}
        )
    x: Row = {
        "type": "quantitative",
        "title": text("attribute.table.cost", lang),
        "axis": {"grid": True, "tickCount": 6},
    }
    y: Row = {"type": "quantitative", "title": text("attribute.table.survivors", lang), "axis": {"tickCount": 6}}
    scale = {"domain": [row["player"] for row in rows], "range": list(LINE_COLOURS)}
    colour = {"field": "player", "type": "nominal", "title": None, "scale": scale, "legend": {"symbolType": "circle"}}
    at = {"x": {"field": "cost_mean", **x}, "y": {"field": "kept_mean", **y}, "color": colour}
    line = {"type": "rule", "strokeWidth": 1.2, "opacity": 0.6}
    title = text("attribute.chart.prices", lang)
    tips = [
        tip("player", text(f"attribute.player.{study.of}", lang)),
        {"field": "cost_mean", "type": "quantitative", "format": ",.3~f", "title": x["title"]},
        {"field": "kept_mean", "type": "quantitative", "format": ",.0f", "title": y["title"]},
        tip("price", text("attribute.table.prices", lang)),
    ]
    layers: list[Row] = [
        {
            "transform": [{"filter": f"isValid(datum.{what}_low)"}],
            "mark": line,
            "encoding": {**at, axis: {**at[axis], "field": f"{what}_low"}, f"{axis}2": {"field": f"{what}_high"}},
        }
        for axis, what in (("x", "cost"), ("y", "kept"))
    ]
    dot = {"type": "point", "filled": True, "size": 90, "opacity": 1}
    layers.append({"mark": dot, "encoding": {**at, "tooltip": tips}})
    return Chart(title, specification(title, rows, text("attribute.chart.prices_unit", lang), height=320, layer=layers))


def _estimates(study: Attribution, outcome: str) -> dict[str, Estimate]:
    """Share of each player in an outcome, and of the whole."""
    return _by_player(study.attribution, outcome)


def _by_player(table: pd.DataFrame, outcome: str) -> dict[str, Estimate]:
    return {str(row.player): _estimate(row) for row in table[table["outcome"] == outcome].itertuples()}


def _estimate(row: Any) -> Estimate:
    return Estimate(float(row.mean), float(row.low), float(row.high))


def _inside(outcome: str) -> Words:
    """Name of an outcome within a sentence."""
    name = outcome_name(outcome)
    return Words(zh=name.zh, en=name.en[:1].lower() + name.en[1:])


def _pair(study: Attribution, row: Any) -> Words:
    return both("attribute.pair", first=name_of(study, row.first), second=name_of(study, row.second))


def _said(found: Estimate, unit: str) -> Words:
    """A difference with its interval, where it has one."""
    value = difference_in_unit(found.mean, unit)
    if isnan(found.low):
        return value
    return both("attribute.estimate", value=value, interval=difference_interval_in_unit(found.low, found.high, unit))


def _with_estimates(study: Attribution, players: Iterable[str], estimates: dict[str, Estimate]) -> Words:
    return _listed(
        both("attribute.named_estimate", player=name_of(study, name), value=_said(estimates[name], "share"))
        for name in players
    )


def _listed(names: Iterable[Words]) -> Words:
    comma, every = both("report.comma"), list(names)
    fit = every if len(every) <= MOST_LISTED else every[: MOST_LISTED - 1]
    said = Words(zh=comma.zh.join(one.zh for one in fit), en=comma.en.join(one.en for one in fit))
    return said if fit is every else both("attribute.and_others", players=said, count=len(every) - len(fit))


def _plus_minus(found: Estimate | None, scale: float, decimals: int) -> str:
    """Mean and half of the interval, its wider side, without a unit; what rounds to nothing carries no sign."""
    if found is None or isnan(found.mean):
        return text("unit.missing", "en")
    size = f"{abs(found.mean) * scale:,.{decimals}f}"
    mean = ("−" if found.mean < 0 else "+") * bool(size.strip("0.")) + (size if found.mean else "0")
    if isnan(found.low):
        return mean
    return f"{mean} ± {max(found.high - found.mean, found.mean - found.low) * scale:,.{decimals}f}"


def _ratio(found: Estimate) -> Words:
    """An effect per million yuan with its interval; an end that there is not is a dash."""
    if isnan(found.mean):
        return both("unit.missing")

    def written(number: float) -> str:
        size = abs(number)
        digits = "∞" if isinf(size) else f"{float(f'{size:.3g}'):,.0f}" if size >= 100 else f"{size:.3g}"
        return ("−" if number < 0 else "") + digits

    mean = written(found.mean)
    if isnan(found.low):
        return Words(zh=mean, en=mean)
    interval = both("unit.interval", low=written(found.low), high=written(found.high))
    return both("attribute.estimate", value=mean, interval=interval)


def _ends(found: Estimate, scale: float) -> dict[str, float | None]:
    """Mean and ends for a chart, which has no place for what is missing."""
    ends = {"mean": found.mean, "low": found.low, "high": found.high}
    return {name: number * scale if isfinite(number) else None for name, number in ends.items()}


def _written(found: Estimate, lang: Language) -> dict[str, str]:
    """What a tooltip says of a share, see :func:`_tips`."""
    interval = difference_interval_in_unit(found.low, found.high, "share")
    return {"share": getattr(points(found.mean), lang), "interval": getattr(interval, lang)}


def _tips(lang: Language) -> list[Row]:
    return [tip(field, text(f"attribute.chart.{field}", lang)) for field in ("share", "interval")]
