"""What a scenario changes of what it starts from: a table, for pages, for documents and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.measure import Words
from sim.recalibration import PARAMETERS
from sim.report.words.catalogue import both
from sim.report.words.lever_names import all_lever_words, value_name

if TYPE_CHECKING:
    from sim.study.runs.manifest import Asked

MEASURES: Final = "measures."
REACTIONS: Final = "reactions."
LONGEST: Final = 60  # characters of a table that is told whole
SWITCHED: Final = {"on": True, "off": False}  # a measure or a reaction, which stands by itself


def title(asked: Asked) -> Words:
    """What stands above the table."""
    return both("report.own_changes.table", scenario=asked.title, start=asked.starts_from or asked.title)


def heads() -> list[Words]:
    """What stands above the columns of :func:`rows`."""
    return [both(f"report.own_changes.{name}") for name in ("what", "before", "after")]


def rows(asked: Asked) -> list[tuple[Words, Words, Words]]:
    """A row for each change: what it is of, before and after; none where nothing is noted."""
    changes = asked.own_changes
    paths = [change.path.removeprefix(MEASURES) for change in changes]
    titles = {f"{REACTIONS}{id_}": one["title"] for id_, one in asked.contents.get("reactions", {}).items()}
    titles |= {id_: one["title"] for id_, one in asked.contents.get("measures", {}).items()}  # its own ones among them
    calibrated = {f"{PARAMETERS}{one.parameter}": one.calibrated for one in asked.changed_parameters}
    return [
        (
            Words(**titles[path]) if path in titles else name,
            _value(path, calibrated.get(path) if change.before is None else change.before),
            _value(path, change.after),
        )
        for name, path, change in zip(all_lever_words(paths), paths, changes, strict=True)
    ]


def _value(path: str, value: Any) -> Words:
    if isinstance(value, list | dict) and not value:
        value = None
    if isinstance(value, list | dict) and len(value_name(path, value, "en")) > LONGEST:
        return both("report.own_changes.entries", count=str(len(value)))
    plain = SWITCHED.get(value, value) if isinstance(value, str) else value
    return Words(zh=value_name(path, plain, "zh"), en=value_name(path, plain, "en"))
