"""Calls of ``sim`` that read files and run nothing: what there is, what may be changed, what differs, what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim import scenario as scenario_files
from sim.data_folders import scenarios_folder
from sim.report.terminal import lever_list
from sim.report.words.language import of_environment
from sim.report.words.sentences import say
from sim.scenario import Change, ClauseDetail, Scenario, load, names
from sim.scenario.document import read
from sim.study import answering
from sim.study.arguments import checked
from sim.study.questions import questions

if TYPE_CHECKING:
    import pandas as pd

SCENARIO: Final = "scenario"  # the kind of what is no question
COLUMNS: Final = ("name", "kind", "title", "builds_on", "compared_with")
OF_LEVERS: Final = ("path", "value", "unit", "allowed", "meaning", "kind", "measure", "nominal")


def scenarios() -> pd.DataFrame:
    """The scenarios and the questions that come with the case.

    Columns: name, kind (``scenario``, or the call of ``sim`` that asks the question), title, builds_on (the scenario
    that it extends or asks about), compared_with.
    """
    import pandas as pd

    lang = of_environment()
    rows: list[list[Any]] = []
    for scenario in map(load, names()):
        extends = read(scenarios_folder() / f"{scenario.name}.yaml").data.get("extends") or ""
        rows.append([scenario.name, SCENARIO, say(lang, scenario.title), extends, ", ".join(scenario.against)])
    for kind in questions():
        for name, file in answering.shipped(kind).items():
            content, place = answering.question(kind, file)
            rows.append([name, kind, say(lang, content.title), place.document.data.get("scenario") or "", ""])
    return pd.DataFrame(rows, columns=list(COLUMNS))


@checked()
def levers(words: str = "", *, scenario: str | Path | Scenario = "full_plan") -> pd.DataFrame:
    """What may be changed in a scenario, as it stands: all, or what answers to ``words``, as of ``shukun levers``.

    By path: value, unit, allowed, meaning, kind (lever or parameter), measure, nominal (of a measure that is only a
    factor of assumed size). Raises :class:`~sim.refusal.Refusal` where nothing answers to the words.
    """
    import pandas as pd

    entries = lever_list.found(scenario, words.split())
    rows = [
        [line.path, entry.value, line.unit, line.allowed, line.meaning, entry.kind, entry.measure, entry.nominal]
        for entry, line in zip(entries, lever_list.lines(entries, of_environment()), strict=True)
    ]
    return pd.DataFrame(rows, columns=list(OF_LEVERS)).set_index("path")


@checked()
def diff(a: str | Path | Scenario, b: str | Path | Scenario) -> pd.DataFrame:
    """What differs between two scenarios and may change a result: by path, its value in ``a`` and in ``b``."""
    import pandas as pd

    return pd.DataFrame(scenario_files.diff(a, b), columns=list(Change._fields)).set_index("path")


@checked()
def check(file: str | Path) -> list[str]:
    """Everything that is wrong with a scenario's file, a sentence each; empty when all is well."""
    return [error.sentence(of_environment()) for error in scenario_files.check_files([file])]


@checked()
def clause(id: str) -> ClauseDetail:
    """A clause of the plan, such as ``II.1.b``: what it says, and the measures that carry it out with their figures.

    Raises ``ScenarioError`` for one that there is not.
    """
    return scenario_files.clause(id)
