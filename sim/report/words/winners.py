"""Winners and losers among groups of firms: the table's cells and three sentences, for pages and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sim.measure import Words
from sim.report.words import numbers
from sim.report.words.catalogue import both, named
from sim.report.words.sentences import MOST_NAMED, inside, listed
from sim.study.comparison.sample_size import FEWEST_ROWS
from sim.study.comparison.winners_and_losers import BY, LOST, TOO_FEW, WON
from sim.study.statistics.estimate import Estimate
from sim.study.summaries.winners_and_losers import InShort

HEADS: Final = ("entities", "saved", "harmed", "kept", "kept_share", "jobs", "given", "either_way")


class GroupRow(NamedTuple):
    """A row of the table: the group's name, a cell for each of HEADS, and what may be said of it.

    ``rows``: of the sample, where they are too few to say anything; ``is_told``: it is told from zero.
    """

    name: Words
    cells: list[tuple[Words, Words | None]]  # a number and its interval, where that stands by itself
    rows: str
    is_told: bool


def heads() -> list[Words]:
    """What stands above the columns."""
    return [both("report.saved.group"), *(both(f"report.winners.{name}") for name in HEADS)]


def group(row: Any, by: str) -> GroupRow:
    """A row of the table of a group. ``row``: of :func:`sim.study.comparison.winners_and_losers.table`."""
    fates = [
        (numbers.plain_count(mean), numbers.bare_interval(low, high))
        for mean, low, high in (_ends(row, "saved"), _ends(row, "harmed"))
    ]
    alone = [
        numbers.bare_plus_minus(Estimate(*_ends(row, "kept")), 1.0, 0),
        numbers.bare_plus_minus(Estimate(*_ends(row, "kept_share")), 100.0, 2),
        numbers.bare_plus_minus(Estimate(*_ends(row, "jobs")), 1.0, 0),
        numbers.million_yuan(row.given_fen),
        numbers.plain_share(row.lives_either_way_share),
    ]
    cells = [(numbers.plain_count(row.entities), None), *fates, *((said, None) for said in alone)]
    rows = f"{row.rows:.0f}" if row.verdict == TOO_FEW else ""
    return GroupRow(named(by, row.group), cells, rows, row.verdict in (WON, LOST))


def sentences(found: InShort) -> Iterator[Words]:
    """Who gains most, who loses, and how many groups are too small: at most a sentence each."""
    if not found.has_interval:
        yield both("report.winners.one_run")
        return
    gain = [_of_by(by, rows) for by, rows in found.gain.items() if rows]
    yield both("report.winners.gains", groups=_apart(gain)) if gain else both("report.winners.nobody")
    lose = [_names(by, found.lose[by]) for by in BY if found.lose[by]]
    yield both("report.winners.losers", groups=listed(lose)) if lose else both("report.winners.no_losers")
    if found.few:
        counts = {"few": found.few, "all": found.groups, "fewest": FEWEST_ROWS}
        yield both("report.winners.few", **counts)


def _of_by(by: str, rows: list[Any]) -> Words:
    """The leading groups by size, sector or prefecture; of more than can be named only how many there are."""
    if len(rows) > MOST_NAMED:
        groups = both("report.winners.several", count=len(rows))
    else:
        groups = _names(by, rows)
        groups = groups if len(rows) == 1 else both("report.winners.together", groups=groups)
    return both("report.winners.of_by", by=both(f"report.by.{by}"), groups=groups)


def _names(by: str, rows: list[Any]) -> Words:
    return listed(
        both("unit.with_interval", mean=inside(named(by, row.group)), interval=numbers.points(row.kept_share))
        for row in rows
    )


def _apart(said: list[Words]) -> Words:
    mark = both("recalibration.mark")
    return Words(zh=mark.zh.join(one.zh for one in said), en=mark.en.join(one.en for one in said))


def _ends(row: Any, name: str) -> tuple[float, float, float]:
    return getattr(row, name), getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
