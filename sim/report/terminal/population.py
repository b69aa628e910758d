"""Who there is, beside what is published: a table for people, the same as a document, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sim.classification import CLASSIFICATION
from sim.measure import Words
from sim.population import margins
from sim.population.comparison import Beside, PlaceTotals
from sim.population.counties import counties
from sim.population.fitting import BASES
from sim.population.margins import Part
from sim.report.terminal.tables import paragraph, table
from sim.report.words import numbers
from sim.report.words.catalogue import Language, both, named, text
from sim.report.words.sentences import inside, listed, say
from sim.vocabulary import SECTORS, SIZES

COLUMNS: Final = ("of", "published", "here", "difference", "used")


def answer(compared: Sequence[Beside], places: Sequence[PlaceTotals]) -> dict[str, Any]:
    """Everything as plain values; shares where a margin is one."""
    return {
        "margins": [_of_margin(found) for found in compared],
        "places": [place._asdict() for place in places],
        "unsaid": [words.model_dump() for words in margins.table().missing],
    }


def show(compared: Sequence[Beside], places: Sequence[PlaceTotals], lang: Language) -> None:
    """Print every margin beside the synthetic province, what of it is extrapolated and what no margin says."""
    table([text(f"population.column.{name}", lang) for name in COLUMNS], _rows(compared, lang))
    for sentence in (*_coverage(places), *margins.table().missing):
        paragraph(say(lang, sentence), "  - ")


def document(compared: Sequence[Beside], places: Sequence[PlaceTotals], lang: Language) -> str:
    """The same as Markdown, with what is to be known of each margin and how much of each place is extrapolated."""
    heads = [text(f"population.column.{name}", lang) for name in (*COLUMNS, "note", "evidence")]
    rows = [
        (*row, getattr(found.margin, lang), f"`{found.margin.evidence}`" if found.margin.evidence else "")
        for row, found in zip(_rows(compared, lang), compared, strict=True)
    ]
    basis = [text(f"population.column.{name}", lang) for name in ("place", "entities")]
    basis += [text(f"population.basis.{name}", lang) for name in BASES]
    counted = [
        (
            say(lang, _place(place.code)),
            *(say(lang, numbers.plain_count(n)) for n in (place.entities, *place.basis.values())),
        )
        for place in places
    ]
    parts = [
        *_table(heads, rows),
        "",
        f"## {text('population.heading.basis', lang)}",
        "",
        *(say(lang, sentence) for sentence in _coverage(places)),
        "",
        *_table(basis, counted),
        "",
        f"## {text('population.heading.unsaid', lang)}",
        "",
        *(f"* {say(lang, sentence)}" for sentence in margins.table().missing),
    ]
    return "\n".join(parts)


def _rows(compared: Sequence[Beside], lang: Language) -> list[tuple[str, ...]]:
    return [
        (
            say(lang, _told(found)),
            say(lang, _written(found, found.margin.published)),
            say(lang, _written(found, found.here)),
            say(lang, _difference(found)),
            text(f"population.used.{found.margin.used}", lang),
        )
        for found in compared
    ]


def _told(found: Beside) -> Words:
    """What a margin is of."""
    margin = found.margin
    of = both("population.of", measure=named("population.measure", margin.measure), part=_part(margin.part))
    if margin.whole is None:
        return of
    return both("population.share_of", of=of, whole=_part(margin.whole))


def _part(part: Part) -> Words:
    """A part of the population in words: where, which sizes, which sectors."""
    said = [_place(part.place)]
    if len(part.sizes) < len(SIZES):
        enterprises = part.sizes == tuple(range(1, len(SIZES)))
        said.append(
            both("population.enterprises")
            if enterprises
            else listed(inside(named("size", SIZES[k])) for k in part.sizes)
        )
    if len(part.sectors) < len(SECTORS):
        said.append(_sectors(part.sectors))
    return listed(said)


def _sectors(positions: tuple[int, ...]) -> Words:
    names = {SECTORS[k] for k in positions}
    for group in CLASSIFICATION.sector_groups.values():
        if names == set(group.sectors):
            return inside(Words(zh=group.zh, en=group.en))
    if len(names) > len(SECTORS) / 2:
        return both(
            "population.without", sectors=listed(inside(named("sector", name)) for name in SECTORS if name not in names)
        )
    return listed(inside(named("sector", SECTORS[k])) for k in positions)


def _place(code: str) -> Words:
    """A prefecture, a county or the province in words."""
    table = counties()
    if code in table.prefecture_code:
        return named("prefecture", code)
    if code in table.code:
        place = table.code.index(code)
        return Words(zh=table.zh[place], en=table.en[place])
    return Words(zh=CLASSIFICATION.province.zh, en=CLASSIFICATION.province.en)


def _written(found: Beside, value: float) -> Words:
    return numbers.share(value) if found.margin.whole else numbers.plain_count(value)


def _difference(found: Beside) -> Words:
    """Of a share in percentage points, of a number in percent of what is published."""
    if found.margin.whole:
        return numbers.points(found.here - found.margin.published)
    relative = numbers.share(found.difference)
    return Words(zh=f"+{relative.zh}", en=f"+{relative.en}") if found.difference > 0 else relative


def _coverage(places: Sequence[PlaceTotals]) -> Iterator[Words]:
    """How much of the province rests on what is published of its place."""
    entities = sum(place.entities for place in places)
    shares = {name: numbers.share(sum(place.basis[name] for place in places) / entities) for name in BASES}
    yield both("population.coverage", **shares)


def _of_margin(found: Beside) -> dict[str, Any]:
    margin = found.margin
    return {
        "measure": margin.measure,
        **_plain(margin.part),
        "unit": margin.unit,
        "evidence": margin.evidence,
        "share_of": _plain(margin.whole) if margin.whole else None,
        "published": margin.published,
        "here": found.here,
        "difference": found.difference,
        "used": margin.used,
        "note": {"zh": margin.zh, "en": margin.en},
    }


def _plain(part: Part) -> dict[str, Any]:
    return {
        "place": part.place,
        "sectors": [SECTORS[k] for k in part.sectors],
        "sizes": [SIZES[k] for k in part.sizes],
    }


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
