"""From a question, as a file or a call asks it, to its answer: the one way for every kind of question."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Unpack

from sim.data_folders import scenarios_folder
from sim.measure import Words
from sim.refusal import nearest
from sim.scenario import Scenario, ScenarioError, ValidationError
from sim.scenario.checking import Source, check
from sim.scenario.document import Document, read
from sim.scenario.levers import same
from sim.scenario.loader import changed_title, recipe
from sim.scenario.plain import plain
from sim.scenario.validation_errors import listed
from sim.study import StudyError, study_folder
from sim.study.arguments import arguments, checked
from sim.study.keywords import QUESTION, Asking, Execution, Progress, QuestionKeywords, parted
from sim.study.questions import module
from sim.study.runs.run_store import RunStore
from sim.study.runs.runner import Runner
from sim.study.runs.specification import Setting
from sim.study.runs.study import Study


class Place(NamedTuple):
    """Where a question is written, and the folder that its files lie beside."""

    document: Document
    folder: Path


def shipped(kind: str) -> dict[str, Path]:
    """Questions of a kind that come with the case, by name."""
    return {path.stem: path for path in sorted((scenarios_folder() / module(kind).FOLDER).glob("*.yaml"))}


def offered(kind: str) -> Words:
    """Names of the questions of a kind that come with the case; where it has none, that it has none, and where."""
    if known := shipped(kind):
        return listed(known)
    folder = module(kind).FOLDER
    return Words(
        zh=f"文件；本案例的 scenarios/{folder}/ 中没有现成的问题",
        en=f"a file; the case at hand has no question of its own in scenarios/{folder}/",
    )


def question(
    kind: str,
    asked: str | Path | Mapping[str, Any],
    *,
    replications: int | None = None,
    draws: int | None = None,
) -> tuple[Any, Place]:
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
            raise ScenarioError([ValidationError("no_question", "", None, "", str(asked), offered(kind), near)])
        document, beside = read(file), file.parent
    # A question without a title is called as its file is, or as its kind.
    data = {"title": kind if isinstance(asked, Mapping) else file.stem} | document.data
    content, errors = check(module(kind).Question, data, Source(document))
    if content is None or document.errors:
        raise ScenarioError([*document.errors, *errors])
    if replications is not None:
        content = _checked(kind, content.model_copy(update={"replications": replications}))
    return (content if draws is None else _checked(kind, with_draws(content, draws))), Place(document, beside)


def _checked(kind: str, content: Any) -> Any:
    """A question that was changed, checked as one from a file is: what its method needs at least holds for both."""
    found, errors = check(type(content), content.model_dump(), Source(Document(kind, {}, {})))
    if found is None:
        raise ScenarioError(errors)
    return found


def over_grid(scenario: Any, grid: Mapping[str, Any], how: QuestionKeywords) -> tuple[dict[str, Any], QuestionKeywords]:
    """What the file of a sweep would say of a grid over a scenario, and the keywords of :func:`ask` for it.

    A loaded scenario is asked as its file, with the levers that it was loaded with but for those of the grid.
    """
    scenario, how = arguments()["scenario"].checked("asked", scenario), how.copy()
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


@checked(keywords=QUESTION)
def ask(kind: str, /, asked: str | Path | Mapping[str, Any], **how: Unpack[QuestionKeywords]) -> Study:
    """Answer a question that is asked in a file, or as a file would ask it.

    ``levers``, ``firms``, ``seed``: see :class:`sim.study.runs.specification.Setting`. ``replications`` and ``draws``
    stand for what the question says. The others: see :class:`sim.study.keywords.Execution`. Raises ``ScenarioError``
    when the question, a lever or a value is not understood and :class:`StudyError` when it cannot be answered.
    """
    said, execution = parted(how, Asking, Execution)
    content, place = question(kind, asked, replications=said.replications, draws=said.draws)
    setting = Setting(said.levers or {}, said.firms, said.seed, place.folder)
    return kept(Asked(kind, content, setting, place.document), execution)


@dataclass(frozen=True)
class Asked:
    """A question of a kind, read and checked, with what holds in all its runs; ``document``: where it is written."""

    kind: str
    content: Any  # a `Question` of the module of its kind
    setting: Setting
    document: Document | None = None

    def answer(self, runner: Runner) -> Study:
        """The answer, by the module of the kind.

        Levers that hold in every draw are told by the title of what is asked in a file, as by a scenario's.
        """
        answer: Callable[[Any, Setting, Runner], Study] = module(self.kind).answer
        if self.document is None:
            return answer(self.content, self.setting, runner)
        title = changed_title(self.content.title, plain(self.setting.levers))
        try:
            return answer(self.content.model_copy(update={"title": title}), self.setting, runner)
        except ScenarioError as error:  # of its levers, most likely: they are told where the question has them
            raise ScenarioError(map(self.document.placed, error.errors)) from None


def kept(asked: Asked, execution: Execution) -> Study:
    """The answer to a question, kept as :func:`answered` keeps it.

    Warns where the folder holds runs of another version of the model or other calibration, which will be let go of.
    """

    def watched(stored: RunStore) -> AbstractContextManager[Progress | None]:
        if stored.stale:
            warnings.warn(
                f"{execution.folder} holds {len(stored.stale)} runs of another version of the model or of other "
                "calibration; when this study is complete, they and the results made of them are replaced",
                stacklevel=4,
            )
        return nullcontext(execution.progress)

    with answered(asked, execution, watched) as (study, _):
        return study


@contextmanager
def answered(
    asked: Asked, execution: Execution, watched: Callable[[RunStore], AbstractContextManager[Progress | None]]
) -> Iterator[tuple[Study, RunStore]]:
    """The one way from a question to a kept answer: the answer and its runs, while this command is at work on them.

    ``watched``: a context in which the runs are done, made of those that are there already; it gives whom to tell the
    share done. With a folder the answer is stored there before it is given; what is made of it within the context, such
    as a page, finds the folder still held; after that its runs are put together. Without a folder nothing is kept.
    """
    with study_folder.at_work(execution.folder) as stored:
        with watched(stored) as progress:
            how = (execution.workers, execution.cluster, progress, execution.seconds, execution.threads)
            study = asked.answer(Runner(stored, *how))
        if execution.folder is not None:
            study_folder.save(study, execution.folder)
        yield study, stored
        if execution.folder is not None:
            stored.put_together()


def with_draws(content: Any, draws: int) -> Any:
    """The question with another number of draws. Raises :class:`StudyError` when it does not draw a number of them."""
    changed = content.with_draws(draws) if hasattr(content, "with_draws") else None
    if changed is None:
        raise StudyError(
            zh="这个问题的抽样个数不由一个数决定，--draws 不适用。",
            en="The draws of this question are not a number of them: --draws does not apply.",
        )
    return changed
