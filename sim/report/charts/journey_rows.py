"""What is told of firms that are followed through two worlds, and the rows behind their charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from sim.measure import Words
from sim.report.words.catalogue import LANGUAGES, both, named
from sim.report.words.numbers import entities, money
from sim.report.words.sentences import listed, say
from sim.study.comparison.journey import REACHED, stops
from sim.study.summaries.journeys import Event, Followed, FollowedFirms

COLUMNS: Final = (
    "scenario", "firm", "what", "world", "day", "until", "cash_fen", "clause", "line", "late",
    *(f"{column}_{lang}" for column in ("amount", "words") for lang in LANGUAGES),
)  # fmt: skip
NARROWEST: Final = 290  # width of the plot on a phone; names of clauses must not meet there
LETTER: Final = 6.5  # width of a letter in the name of a clause


def title(firm: Followed) -> Words:
    """Who the firm is and what became of it."""
    traits = {trait: named(trait, getattr(firm, trait)) for trait in ("fate", "sector", "size", "prefecture")}
    return both("report.journeys.firm", entities=entities(firm.entities), **traits)


def ends(followed: FollowedFirms, firm: Followed) -> Words:
    """How the firm ended in the scenario and in the world that it is held against, as one sentence."""
    told = []
    for world in range(2):
        closed = next((event for event in _lived(firm, world) if event.event == "exited"), None)
        told.append(
            both("report.journeys.alive")
            if closed is None
            else both("report.journeys.closed", date=closed.date, cause=named("exit_cause", closed.flow))
        )
    worlds = {"scenario": followed.titles[followed.scenario], "baseline": followed.titles[followed.against]}
    return both("report.journeys.ends", **worlds, end=told[0], end_baseline=told[1])


def dataset(followed: FollowedFirms) -> dict[str, Any]:
    """Rows of all firms (``firm`` is the place among them); ``what`` tells them apart.

    ``cash`` of a day; ``stopped`` from ``day`` to ``until`` (``line``: the world); ``reached``: money of a clause for
    the first time, its name on the line ``line`` above the plot, left of its day if ``late``; ``ended``: the firm
    closed. Money in fen, days as texts.
    """
    rows = []
    for place, firm in enumerate(followed.firms):
        for row in (*_cash(followed, firm), *_stopped(firm), *reached(followed, firm), *_ended(firm)):
            world = followed.worlds[row.pop("world")]
            told = {"scenario": followed.scenario, "firm": place, "world": world, **row}
            rows.append([told.get(column) for column in COLUMNS])
    return {"columns": list(COLUMNS), "rows": rows}


def _lived(firm: Followed, world: int) -> list[Event]:
    """The events that the firm had in one world: 0 the scenario, 1 what it is held against."""
    return [event for event in firm.events if event.money[2 * world] is not None]


def _cash(followed: FollowedFirms, firm: Followed) -> Iterator[dict[str, Any]]:
    """Cash at the end of each day on which something is told of the firm."""
    for world in range(2):
        by_day: dict[str, list[Event]] = {}
        for event in _lived(firm, world):
            by_day.setdefault(event.date, []).append(event)
        for day, events in by_day.items():
            cash = events[-1].money[2 * world + 1]
            words = listed([_told(followed, event) for event in events])
            yield {"what": "cash", "world": world, "day": day, "cash_fen": cash, **_pair("words", words)} | (
                {} if cash is None else _pair("amount", money(cash))
            )


def _stopped(firm: Followed) -> Iterator[dict[str, Any]]:
    for world in range(2):
        for first, last in stops((event.date, event.event) for event in _lived(firm, world)):
            yield {"what": "stopped", "world": world, "day": first, "until": last, "line": world}


def reached(followed: FollowedFirms, firm: Followed) -> list[dict[str, Any]]:
    """Each clause where the money of one of its measures first reaches the firm in the scenario."""
    first: dict[str, Event] = {}
    for event in _lived(firm, 0):
        if event.event in REACHED and event.clause:
            first.setdefault(event.measure, event)
    found: dict[tuple[str, str], list[Event]] = {}
    for event in first.values():
        found.setdefault((event.date, event.clause), []).append(event)
    taken: list[list[tuple[float, float]]] = []  # what is written on each line, from where to where
    rows = []
    for (day, clause), events in found.items():
        at = _place(firm, day)
        room = LETTER * len(clause) + 6
        late = at + room > NARROWEST
        span = (at - room, at) if late else (at, at + room)
        line = next((n for n, spans in enumerate(taken) if all(span[1] <= a or b <= span[0] for a, b in spans)), None)
        if line is None:
            line = len(taken)
            taken.append([])
        taken[line].append(span)
        words = listed([_told(followed, event) for event in events])
        rows.append(
            {"what": "reached", "world": 0, "day": day, "clause": clause, "line": line, "late": late}
            | _pair("words", words)
        )
    return rows


def _ended(firm: Followed) -> Iterator[dict[str, Any]]:
    for world in range(2):
        for event in _lived(firm, world):
            if event.event == "exited":
                cause = named("exit_cause", event.flow)
                room = LETTER * max(len(cause.en), 2 * len(cause.zh)) + 10
                late = _place(firm, event.date) + room > NARROWEST
                cash = event.money[2 * world + 1]
                told = {"what": "ended", "world": world, "day": event.date, "cash_fen": cash, "late": late}
                yield told | _pair("words", cause)


def months(firm: Followed) -> list[int]:
    """The beginnings of the months in which something is told of the firm, and of the next, in milliseconds of 1970."""
    days = np.array([event.date for event in firm.events], "datetime64[M]")
    found: list[int] = np.arange(days.min(), days.max() + 2).astype("datetime64[ms]").astype(np.int64).tolist()
    return found


def _place(firm: Followed, day: str) -> float:
    """How far to the right a day stands in the narrowest plot."""
    first, *_, last = months(firm)
    return NARROWEST * (int(np.datetime64(day, "ms").astype(np.int64)) - first) / (last - first)


def _told(followed: FollowedFirms, event: Event) -> Words:
    """An event with its measure."""
    name = named("event", event.event)
    if not event.measure:
        return name
    return both("report.journeys.of", event=name, measure=followed.measure_title(event.measure))


def _pair(column: str, words: Words) -> dict[str, str]:
    return {f"{column}_{lang}": say(lang, words) for lang in LANGUAGES}
