"""From a question, as a file or a call asks it, to its answer: the one way for every kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.data_folders import scenarios_folder
from sim.refusal import nearest
from sim.scenario import Fault, Scenario, ScenarioError
from sim.scenario.checking import Source, check
from sim.scenario.document import Document, read
from sim.scenario.faults import listed
from sim.scenario.levers import same
from sim.scenario.loader import changed_title, recipe
from sim.scenario.plain import plain
from sim.study import StudyError, study_folder
from sim.study.arguments import arguments, checked
from sim.study.questions import module
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Firms, Progress
from sim.study.runs.study import Study


class Asked(NamedTuple):
    """Where a question is written, and the folder that its files lie beside."""

    document: Document
    folder: Path


def shipped(kind: str) -> dict[str, Path]:
    """Questions of a kind that come with the project, by name."""
    return {path.stem: path for path in sorted((scenarios_folder() / module(kind).FOLDER).glob("*.yaml"))}


def question(
    kind: str,
    asked: str | Path | Mapping[str, Any],
    *,
    replications: int | None = None,
    draws: int | None = None,
) -> tuple[Any, Asked]:
    """What is asked, checked, and where it is written.

    ``asked``: name of a shipped question, path of a file, or what a file would say; ``replications`` and ``draws``
    stand for what it says. ``ScenarioError`` holds everything that is wrong with it.
    """
    if isinstance(asked, Mapping):
        document, beside = Document(kind, plain(asked), {}), Path()
    else:
        known = shipped(kind)
        file = known.get(str(asked), Path(asked))
        try:
            is_there = file.is_file()
        except OSError:  # no name that a file can have
            is_there = False
        if not is_there:
            near = nearest(str(asked), known)
            raise ScenarioError([Fault("no_question", "", None, "", str(asked), listed(known), near)])
        document, beside = read(file), file.parent
    # A question without a title is called as its file is, or as its kind.
    data = {"title": kind if isinstance(asked, Mapping) else file.stem} | document.data
    content, faults = check(module(kind).Question, data, Source(document))
    if content is None or document.faults:
        raise ScenarioError([*document.faults, *faults])
    if replications is not None:
        content = _checked(kind, content.model_copy(update={"replications": replications}))
    return (content if draws is None else _checked(kind, with_draws(content, draws))), Asked(document, beside)


def _checked(kind: str, content: Any) -> Any:
    """A question that was changed, checked as one from a file is: what its method needs at least holds for both."""
    found, faults = check(type(content), content.model_dump(), Source(Document(kind, {}, {})))
    if found is None:
        raise ScenarioError(faults)
    return found


def over_grid(scenario: Any, grid: Mapping[str, Any], how: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the file of a sweep would say of a grid over a scenario, and the keywords of :func:`ask` for it.

    A loaded scenario is asked as its file, with the levers that it was loaded with but for those of the grid.
    """
    scenario, how = arguments()["scenario"].checked("asked", scenario), dict(how)
    if isinstance(scenario, Scenario):
        origin = recipe(scenario)
        spelled = {same(path) for path in (*grid, *(how.get("levers") or {}))}
        kept = {path: value for path, value in origin.levers.items() if same(path) not in spelled}
        how["levers"] = {**kept, **(how.get("levers") or {})}
        if how.get("firms") is None and "firms" not in (*kept, *spelled):
            how["firms"] = scenario.firms
        scenario = origin.file
    title = ", ".join(grid)
    asked = {"title": {"zh": title, "en": title}, "scenario": str(scenario), "levers": {"grid": grid}}
    return asked, how


@checked()
def ask(
    kind: str,
    /,
    asked: str | Path | Mapping[str, Any],
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    replications: int | None = None,
    draws: int | None = None,
    seconds: float | None = None,
    workers: int = 1,
    cluster: str | None = None,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Study:
    """Answer a question. With a ``folder`` its runs and tables are kept there, and those that are there are used.

    ``levers`` hold in every draw. ``firms``: as in :func:`sim.study.questions.comparison.compare`. ``replications``
    and ``draws`` stand for what the question says. ``seconds``: after so long no further run is begun. ``workers``,
    ``cluster``, ``progress``: see :class:`sim.study.runs.runner.Runner`. Raises ``ScenarioError`` when the question, a
    lever or a value is not understood and :class:`StudyError` when it cannot be answered.
    """
    content, place = question(kind, asked, replications=replications, draws=draws)
    with study_folder.at_work(folder) as stored:
        runner = Runner(stored, workers, cluster, progress, seconds)
        answered = answer(kind, content, place, levers or {}, firms, seed, runner)
        if folder is not None:
            study_folder.save(answered, folder)
            stored.put_together()
    return answered


def answer(
    kind: str, content: Any, asked: Asked, levers: Mapping[str, Any], firms: Firms, seed: int, runner: Runner
) -> Study:
    """Answer a question that :func:`question` has read, in a study that is at work; see :func:`ask`.

    Levers that hold in every draw are told by the study's title, as by a scenario's.
    """
    content = content.model_copy(update={"title": changed_title(content.title, plain(levers))})
    try:
        answered: Study = module(kind).answer(
            content, beside=asked.folder, levers=levers, firms=firms, seed=seed, runner=runner
        )
    except ScenarioError as error:  # of its levers, most likely: they are told where the question has them
        raise ScenarioError(map(asked.document.placed, error.faults)) from None
    return answered


def with_draws(content: Any, draws: int) -> Any:
    """The question with another number of draws. Raises :class:`StudyError` when it does not draw a number of them."""
    changed = content.with_draws(draws) if hasattr(content, "with_draws") else None
    if changed is None:
        raise StudyError(
            zh="这个问题的抽样个数不由一个数决定，--draws 不适用。",
            en="The draws of this question are not a number of them: --draws does not apply.",
        )
    return changed
