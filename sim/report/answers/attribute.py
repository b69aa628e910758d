"""An attribution, told to people: what is due to whom, what it costs, who helps whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isnan
from typing import TYPE_CHECKING, Final

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.observe.outcomes import in_universe
from sim.report.answers.answer import Table, by_universe, failed, known_universes
from sim.report.charts import attribution as chart
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, text
from sim.report.words.numbers import (
    FEN_PER_LARGE_UNIT,
    bare_plus_minus,
    difference_in_unit,
    difference_interval_in_unit,
    ratio,
)
from sim.report.words.player_names import measure_title, pair_name, player_name
from sim.report.words.sentences import inside, joined, listed, outcome_name, say
from sim.study.questions.attribute import WHOLE
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.statistics.estimate import Estimate, of_row
from sim.study.summaries.attribution import FIRMS, AttributionSummary
from sim.study.summaries.direction import direction, more_is_better
from sim.vocabulary import HEADLINE_UNIVERSE

if TYPE_CHECKING:
    from sim.study.questions.attribute import Attribution

SURVIVAL: Final = HEADLINES[0]
MOST_ROWS: Final = 20  # of a table; the others are put together
MOST_PAIRS: Final = 10
MOST_NAMED: Final = 3  # in a sentence, with their numbers
MOST_LISTED: Final = 12  # in a sentence, by name alone


def findings(study: Attribution, lang: Language) -> list[str]:
    """What the plan does and to whom it is due; who does nothing; who helps whom; what it costs; what is left out."""
    return [say(lang, said) for said in _findings(study)] + failed(study, lang)


def universes(study: Attribution) -> list[str]:
    """Of whom tables and charts can be."""
    return known_universes(study.attribution["outcome"])


def tables(study: Attribution, lang: Language, universe: str = HEADLINE_UNIVERSE) -> list[Table]:
    """What is due to each, effect per yuan, and pairs where every coalition was run."""
    rates = in_universe(HEADLINES, universe)
    found = [_shares(study, rates, lang), _prices(study, lang), _universes(study, lang)]
    return found if study.interactions.empty else [*found, _pairs(study, rates, lang)]


def charts(study: Attribution, lang: Language, universe: str = HEADLINE_UNIVERSE) -> list[Chart]:
    """Bars by headline outcome, heat maps of interactions where every coalition was run, cost against firms kept."""
    rates = in_universe(HEADLINES, universe)
    found = [chart.shares(study, outcome, lang) for outcome in rates]
    if not study.interactions.empty:
        found += [chart.interactions(study, outcome, lang) for outcome in rates]
    return [*found, chart.cost_against_effect(study, lang)]


def _findings(study: Attribution) -> Iterator[Words]:
    summary = AttributionSummary(study)
    for outcome in HEADLINES:
        if outcome in set(study.attribution["outcome"]):
            yield _due(study, outcome)
    survival = summary.shares(SURVIVAL)
    yield from _silent(study, survival)
    if study.rest is not None:
        change = _said(survival[study.rest], "share")
        player = inside(player_name(study, study.rest))
        yield both("attribute.finding.rest", player=player, outcome=inside(outcome_name(SURVIVAL)), change=change)
        if study.nominal:
            measures = _listed(measure_title(study, id_) for id_ in study.nominal)
            yield both("attribute.finding.nominal", count=len(study.nominal), rest=player, measures=measures)
    yield from _together(study)
    yield from _costs(study)
    orders = study.manifest.settings["orders"]
    if orders is not None:
        yield both("attribute.finding.sampled", draws=orders["draws"])
    if study.over_posterior:
        yield both("attribute.finding.over_posterior", replications=study.manifest.replications)
    if study.attribution["replications"].max() == 1:
        yield both("attribute.finding.one_replication")
    if study.left_out:
        yield both("attribute.finding.left_out", count=study.left_out, all=study.manifest.replications)


def _due(study: Attribution, outcome: str) -> Words:
    """The whole effect on one outcome, and to whom most of it is due."""
    summary = AttributionSummary(study)
    estimates = summary.shares(outcome)
    whole = estimates.pop(WHOLE)
    sign = 1 if more_is_better(outcome) else -1
    by_gain = sorted(estimates, key=lambda name: -sign * estimates[name].mean)
    ways = {name: direction(outcome, estimates[name]) for name in estimates}
    one_replication = isnan(whole.low)  # under which nothing can be told from zero
    if one_replication:
        ways = {name: "better" if sign * estimates[name].mean > 0 else "same" for name in estimates}
    same = "_same" if direction(outcome, whole) == "same" else ""
    change = _said(whole, "share")
    said = [both(f"attribute.finding.whole{same}", outcome=outcome_name(outcome), change=change)]
    best = [name for name in by_gain if ways[name] == "better"][:MOST_NAMED]
    worst = [name for name in reversed(by_gain) if ways[name] == "worse"][:MOST_NAMED]
    for key, those in (("largest" if one_replication else "most", best), ("worse", worst)):
        if those:
            said.append(both(f"attribute.finding.{key}", players=_with_estimates(study, those, estimates)))
    if not best:
        said.append(both("attribute.finding.nobody"))
    return joined(said)


def _silent(study: Attribution, estimates: dict[str, Estimate]) -> Iterator[Words]:
    """Whose share of survival is not told from zero, and who has none in any replication."""
    ways = {name: estimates[name] for name in study.players}
    nothing = [name for name, found in ways.items() if found.mean == 0.0 and not found.low and not found.high]
    same = [name for name, found in ways.items() if name not in nothing and direction(SURVIVAL, found) == "same"]
    if same:
        yield both(
            "attribute.finding.same",
            outcome=inside(outcome_name(SURVIVAL)),
            all=len(ways),
            of=both(f"attribute.of.{study.of}"),
            count=len(same),
            players=_listed(player_name(study, name) for name in same),
        )
    if nothing:
        players = _listed(player_name(study, name) for name in nothing)
        yield both("attribute.finding.nothing", outcome=inside(outcome_name(SURVIVAL)), players=players)


def _together(study: Attribution) -> Iterator[Words]:
    """The pairs that help each other most, and that are most in each other's way, among those told from zero."""
    for outcome in HEADLINES:
        pairs = study.interactions[study.interactions["outcome"] == outcome]
        told: dict[str, list[tuple[float, Words, Estimate]]] = {"better": [], "worse": []}
        for row in pairs.itertuples():
            found = of_row(row)
            way = direction(outcome, found)
            if way in told:
                told[way].append((abs(found.mean), pair_name(study, row), found))
        for way, key in (("better", "together"), ("worse", "against")):
            if told[way]:
                _, pair, found = max(told[way], key=lambda one: one[0])
                change = _said(found, "share")
                yield both(f"attribute.finding.{key}", outcome=inside(outcome_name(outcome)), pair=pair, change=change)


def _costs(study: Attribution) -> Iterator[Words]:
    summary = AttributionSummary(study)
    notes = {name: summary.note(name) for name in study.players}
    prices = summary.prices(FIRMS)
    told = [name for name, note in notes.items() if note == "told" and prices[name].mean > 0]
    if told:
        best = max(told, key=lambda name: prices[name].mean)
        yield both("attribute.finding.price", player=player_name(study, best), number=ratio(prices[best]))
    for note, key in (("cost_unknown", "price_unknown"), ("saves", "price_none")):
        those = [name for name, found in notes.items() if found == note]
        if those:
            players = _listed(player_name(study, name) for name in those)
            yield both(f"attribute.finding.{key}", count=len(those), players=players)


def _shares(study: Attribution, rates: Sequence[str], lang: Language) -> Table:
    table = _shown(study, rates)
    points_of = [text("attribute.table.points", lang, outcome=outcome_name(outcome)) for outcome in rates]
    columns = [text(f"attribute.player.{study.of}", lang), *points_of]
    columns += [text(f"attribute.table.{name}", lang) for name in (FIRMS, "jobs", "cost")]
    written = {outcome: (100.0, 2) for outcome in rates} | {FIRMS: (1.0, 0), "jobs": (1.0, 0)}
    written[PUBLIC_COST] = (1.0 / FEN_PER_LARGE_UNIT[lang], 2)
    rows = []
    for label, estimates in table:
        cells = [say(lang, bare_plus_minus(estimates.get(outcome), *how)) for outcome, how in written.items()]
        rows.append([say(lang, label), *cells])
    return Table(text("attribute.table.shares", lang), columns, rows)


def _shown(study: Attribution, rates: Sequence[str]) -> list[tuple[Words, dict[str, Estimate]]]:
    """Rows of the first table: the rest of the plan, players by their share of survival, others together, the whole."""
    summary = AttributionSummary(study)
    survival = summary.shares(rates[0])
    players = sorted(study.players, key=lambda name: -survival[name].mean)
    by_outcome = summary.outcomes
    headlines = [by_outcome[outcome] for outcome in rates if outcome in by_outcome]
    fit = MOST_ROWS if len(players) <= MOST_ROWS else MOST_ROWS - 1
    large = set(sorted(players, key=lambda name: -max(abs(found[name].mean) for found in headlines))[:fit])
    players, others = [name for name in players if name in large], [name for name in players if name not in large]

    def row(name: str) -> tuple[Words, dict[str, Estimate]]:
        return player_name(study, name), {outcome: found[name] for outcome, found in by_outcome.items()}

    rows = [row(name) for name in ([study.rest] if study.rest else []) + players]
    if others:
        rows.append((both("attribute.others", count=len(others)), summary.together(others)))
    return [*rows, row(WHOLE)]


def _universes(study: Attribution, lang: Language) -> Table:
    """The effect of the whole plan by universe."""
    by_outcome = AttributionSummary(study).outcomes

    def told(outcome: str) -> str:
        return say(lang, bare_plus_minus(by_outcome.get(outcome, {}).get(WHOLE), 100.0, 2))

    return by_universe(text("answer.universes.whole", lang), told, lang)


def _prices(study: Attribution, lang: Language) -> Table:
    summary = AttributionSummary(study)
    firms, jobs = summary.prices(FIRMS), summary.prices("jobs")
    costs, keep = summary.shares(PUBLIC_COST), summary.shares(FIRMS)
    players = sorted(study.players, key=lambda name: -costs[name].mean)
    shown = [name for name in players if costs[name].mean or keep[name].mean][:MOST_ROWS]
    names = ("cost", "firms_per_million", "jobs_per_million", "note")
    rows = []
    for name in [*shown, WHOLE]:
        note = both(f"attribute.note.{summary.note(name)}")
        words = [say(lang, one) for one in (player_name(study, name), ratio(firms[name]), ratio(jobs[name]), note)]
        rows.append([words[0], say(lang, bare_plus_minus(costs[name], 1.0 / FEN_PER_LARGE_UNIT[lang], 2)), *words[1:]])
    columns = [text(f"attribute.player.{study.of}", lang), *(text(f"attribute.table.{name}", lang) for name in names)]
    return Table(text("attribute.table.prices", lang), columns, rows)


def _pairs(study: Attribution, rates: Sequence[str], lang: Language) -> Table:
    by_pair: dict[str, dict[str, Estimate]] = {}
    for row in study.interactions.itertuples():
        by_pair.setdefault(say(lang, pair_name(study, row)), {})[str(row.outcome)] = of_row(row)
    size = {pair: max(abs(found[o].mean) for o in rates if o in found) for pair, found in by_pair.items()}
    largest = sorted(by_pair, key=lambda pair: -size[pair])[:MOST_PAIRS]
    rows = [[pair, *(say(lang, bare_plus_minus(by_pair[pair].get(o), 100.0, 2)) for o in rates)] for pair in largest]
    columns = [text("attribute.table.points", lang, outcome=outcome_name(outcome)) for outcome in rates]
    return Table(text("attribute.table.interactions", lang), [text("attribute.table.pair", lang), *columns], rows)


def _with_estimates(study: Attribution, players: Iterable[str], estimates: dict[str, Estimate]) -> Words:
    return _listed(
        both("attribute.named_estimate", player=player_name(study, name), value=_said(estimates[name], "share"))
        for name in players
    )


def _said(found: Estimate, unit: str) -> Words:
    """A difference with its interval, where it has one."""
    value = difference_in_unit(found.mean, unit)
    if isnan(found.low):
        return value
    return both("attribute.estimate", value=value, interval=difference_interval_in_unit(found.low, found.high, unit))


def _listed(names: Iterable[Words]) -> Words:
    every = list(names)
    if len(every) <= MOST_LISTED:
        return listed(every)
    shown = every[: MOST_LISTED - 1]
    return both("attribute.and_others", players=listed(shown), count=len(every) - len(shown))
