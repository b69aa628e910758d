"""What the answer to a question is made of, and sentences that answers to several kinds of question share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sim.measure import Words
from sim.observe.months import HEADLINES
from sim.observe.outcomes import in_universe, variant
from sim.report.words import own_changes as words
from sim.report.words.catalogue import Language, both, catalogue, text
from sim.report.words.numbers import entities, plain_count, share
from sim.report.words.sentences import MOST_NAMED, listed, outcome_name, say
from sim.study.comparison.sample_size import are_few
from sim.study.summaries.back_at_work import shares_back
from sim.vocabulary import BACK_WITHIN_DAYS, COUNTED_BY, HEADLINE_UNIVERSE, UNIVERSES

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.charts.style import Chart
    from sim.study.runs.manifest import Asked
    from sim.study.runs.study import Study


class Table(NamedTuple):
    """A table for people; the first column names the rows, cells are texts with their units.

    ``is_open``: shown on the page without being asked for, however long it is. ``is_compact``: printed by the command
    below the first.
    """

    title: str
    columns: list[str]
    rows: list[list[str]]
    is_open: bool = False
    is_compact: bool = False


class Answer(Protocol):
    """What a module of this room holds.

    One whose rates can be of several universes also has ``universes(study)``, and ``tables`` and ``charts`` take one of
    these as their third argument; whatever is about something else is the same in each.
    """

    def findings(self, study: Any, lang: Language) -> list[str]:
        """Sentences, the most important first."""

    def tables(self, study: Any, lang: Language, /, *universe: str) -> list[Table]:
        """Tables, the first is the answer."""

    def charts(self, study: Any, lang: Language, /, *universe: str) -> list[Chart]:
        """Charts, in the order in which they are shown."""


def who_left(panel: pd.DataFrame, by: str, groups: Mapping[str, str], lang: Language) -> Table:
    """Who is gone at the end of the horizon, and why, and who has paused.

    ``panel``: of a study, means; ``by``: its column that holds the groups, which are told by name in this order. Firms
    born on the way count too.
    """
    at_end = panel[panel["month"] == panel["month"].max()]
    counts = at_end.groupby(by, observed=True)[["exited", "exited_insolvent", "paused"]].sum()
    counts.insert(1, "in_good_order", counts["exited"] - counts["exited_insolvent"])
    rows = [
        [name, *(getattr(entities(value), lang) for value in counts.loc[group])]
        for group, name in groups.items()
        if group in counts.index
    ]
    columns = [text(f"answer.left.{name}", lang) for name in (by, *counts.columns)]
    return Table(text("answer.left.table", lang), columns, rows)


def back_at_work(restarts: pd.DataFrame, by: str, groups: Mapping[str, str], lang: Language) -> Table:
    """How many of those freed after a closure worked again within days, and the shares of them.

    ``restarts``: of a study, means; ``by``: its column that holds the groups, which are told by name in this order.
    """
    back, rows = shares_back(restarts, by).to_dict("index"), []
    for group, name in groups.items():
        if group in back:
            shares = (getattr(share(back[group][days]), lang) for days in BACK_WITHIN_DAYS)
            rows.append([name, getattr(entities(back[group]["freed"]), lang), *shares])
    columns = [text(f"answer.back.{by}", lang), text("answer.back.freed", lang)]
    columns += [text("answer.back.within", lang, days=days) for days in BACK_WITHIN_DAYS]
    return Table(text("answer.back.table", lang), columns, rows)


def own_changes(asked: Sequence[Asked], lang: Language) -> list[Table]:
    """What each of these scenarios changes of what it starts from, where that is noted."""
    heads = [say(lang, head) for head in words.heads()]
    return [
        Table(say(lang, words.title(one)), heads, [[say(lang, cell) for cell in row] for row in words.rows(one)])
        for one in asked
        if one.own_changes
    ]


def known_universes(outcomes: Iterable[str]) -> list[str]:
    """The universes of which all headline rates are among the outcomes; headlines' own first."""
    known = set(outcomes)
    return [
        universe
        for universe in _universes()
        if universe == HEADLINE_UNIVERSE or known.issuperset(in_universe(HEADLINES, universe))
    ]


def _universes() -> list[str]:
    return sorted(UNIVERSES, key=lambda universe: universe != HEADLINE_UNIVERSE)


def by_universe(title: str, told: Callable[[str], str], lang: Language) -> Table:
    """The headline rates of each universe, by firms and by jobs, in the words of ``told``; headlines' own first."""
    rows = [
        [
            getattr(both(f"outcome.whom.{universe}"), lang),
            text(f"outcome.by.{by}", lang),
            *(told(variant(rate, universe, by)) for rate in HEADLINES),
        ]
        for universe in _universes()
        for by in COUNTED_BY
    ]
    columns = [text(f"answer.universes.{name}", lang) for name in ("universe", "by")]
    heads = [*columns, *(getattr(outcome_name(rate), lang) for rate in HEADLINES)]
    return Table(title, heads, rows, is_compact=True)


def few_worlds(worlds: int, kind: str = "worlds") -> list[Words]:
    """The sentence that says that worlds, or what else of them the ``kind`` names, are few; none where they are not."""
    return [both(f"answer.few.{kind}", count=worlds)] if are_few(worlds) else []


def failed(study: Study, lang: Language) -> list[str]:
    """The sentence that says how many runs failed, none when none did."""
    count = len(study.failures)
    return [text("answer.failed", lang, failed=plain_count(count), all=plain_count(len(study.runs)))] if count else []


def study_title(study: Study) -> Words:
    """What a study is called: by its question, else by its kind, else by the scenarios that it is about."""
    asked = study.manifest.settings.get("title")
    if isinstance(asked, dict) and {"zh", "en"} <= asked.keys():
        return Words(zh=str(asked["zh"]), en=str(asked["en"]))
    titles = {one.name: one.title for one in study.manifest.scenarios}
    about = study.manifest.settings.get("subjects") or list(titles)[-1:]
    return catalogue().get(f"{study.kind}.title") or listed((titles[name] for name in about), MOST_NAMED)
