"""Shukun: which firms a relief plan would save, before the money is spent.

A few calls are all that a notebook needs. What they return tells what came out of it (as the last line of a cell,
with a table), has tidy pandas tables (columns and units in ``sim.observe.tables`` and in the docstring of what is
returned) and, where a person would look rather than read, a ``plot()``::

    import sim

    sim.scenarios(), sim.levers("rent"), sim.clause("II.1.b"), sim.diff("national_rules", "full_plan")
    result = sim.run("full_plan", firms=2_000)
    live = sim.begin("full_plan", firms=2_000).step(months=3)
    study = sim.compare(["no_support", "full_plan"], firms=2_000, replications=4)
    study.outcomes_of({"sector": "catering", "universe": "enterprises"})
    seen = sim.run("full_plan", firms=2_000, inside=sim.Inside(days=["2022-12-31"], sample=500, stops=True)).snapshots
    lives = sim.journey(where={"fate": "saved", "sector": "catering"})
    months = sim.sweep("full_plan", {"rent_waiver.months": [0, 3, 6]}, firms=2_000, replications=4)
    shares = sim.attribute("steps", firms=2_000, folder="results/steps")
    shares.plot(lang="zh").save("steps.png")
    study = sim.validate(["cash"], firms=2_000)
    left = sim.calibrate(["cash"], draws=300, waves=2, kept=100)
    goal = sim.reach({"outcome": "loss_share", "at_most": 0.08, "over": {"rent_waiver.months": [0, 12]}}, firms=2_000)
    choice = sim.decide(["national_rules", "full_plan"], draws=64, worths=[50_000, 200_000])
    study = sim.load("results/comparison")
    sim.export(study, "comparison.xlsx", lang="zh")

``import sim`` itself is light: heavy libraries are imported by the call that needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Unpack

from sim import drawing
from sim.study.arguments import DRAWN, DRAWN_OFTEN, IDENTITIES, LATER, ONE_OR_MORE, OVER, SEVERAL, checked
from sim.study.keywords import EXECUTION, IN_BOTH_WORLDS, QUESTION, TIMED, Execution, InBothWorlds

if TYPE_CHECKING:
    from pathlib import Path

    from sim.classification import Used
    from sim.observe.conditions import Where
    from sim.observe.inside import Inside
    from sim.observe.tables import Result
    from sim.refusal import Language
    from sim.report.notebook.lists import check, clause, diff, levers, scenarios
    from sim.scenario import Scenario
    from sim.study.comparison.journey import Journey
    from sim.study.keywords import (
        ExecutionKeywords,
        Firms,
        InBothWorldsKeywords,
        Progress,
        QuestionKeywords,
        TimedKeywords,
    )
    from sim.study.questions.attribute import Attribution
    from sim.study.questions.calibrate import Calibration
    from sim.study.questions.comparison import Comparison
    from sim.study.questions.decide import Decision
    from sim.study.questions.discover import Discovery
    from sim.study.questions.reach import Reach
    from sim.study.questions.search import Search
    from sim.study.questions.sensitivity import Sensitivity
    from sim.study.questions.sweep import Sweep
    from sim.study.questions.validate import Validation
    from sim.study.runs.live_run import LiveRun
    from sim.study.runs.study import Study
    from sim.study.workbench import model as workbench_model

    Asked = str | Path | Mapping[str, Any]  # name of a shipped question, a file, or what a file would say

__all__ = [
    "Inside", "attribute", "begin", "calibrate", "calibration", "case", "check", "clause", "compare", "decide", "diff",
    "discover", "export", "journey", "levers", "load", "reach", "run", "save", "scenarios", "search", "sensitivity",
    "sweep", "validate", "workbench_model",
]  # fmt: skip
# Where those lie that are loaded when they are asked for.
ELSEWHERE = dict.fromkeys(("check", "clause", "diff", "levers", "scenarios"), "sim.report.notebook.lists") | {
    "Inside": "sim.observe.inside", "workbench_model": "sim.study.workbench",
}  # fmt: skip


def _drawn(what: Any, **how: Any) -> Any:
    from sim.report.charts import plots  # here: a call that draws nothing needs no charts

    return plots.draw(what, **how)


def _told(what: Any) -> str:
    from sim.report.notebook import in_short  # here: a call that shows nothing needs no words

    return in_short.in_short(what)


def _shown(what: Any) -> str:
    from sim.report.notebook import as_html  # the same

    return as_html.as_html(what)


drawing.drawn_by(_drawn)
drawing.told_by(_told, _shown)


@checked()
def run(
    scenario: str | Path | Scenario,
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    follow: Sequence[int] = (),
    inside: Inside | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Simulate one scenario once.

    ``scenario``: a shipped name, a file, or a loaded scenario. ``levers``: dotted path to value, on top of it.
    ``firms``: rows alive at the start, or ``"province"`` for one row a firm; None for what the scenario says, else
    20,000. ``follow``: identities of firms whose journeys are kept. ``inside``: firms that are written down on some
    days, and what else is seen inside the run, see :class:`sim.observe.inside.Inside`. ``threads``: that share the work
    on many firms, None for as many as there are cores; the result is the same. ``progress`` is called with the share
    done. Raises ``ScenarioError`` when the scenario or a lever is not understood and
    :class:`~sim.refusal.Refusal` for a day to look inside that is outside the horizon.
    """
    from sim.study.runs.worker import once  # start-up: `import sim` is light

    return once(scenario, levers or {}, firms, seed, follow, progress, inside, threads)


@checked()
def begin(
    scenario: str | Path | Scenario,
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    follow: Sequence[int] = (),
    inside: Inside | None = None,
    threads: int | None = None,
) -> LiveRun:
    """Begin a run that is lived month by month, with a look at the province between; arguments as of :func:`run`.

    ``live.step()`` lets a month pass, ``live.step(months=3)`` three; ``live.date``, ``live.outcomes``, ``live.panel``
    and ``live.firms()`` tell how things stand; ``live.result()`` lives through the rest and is what :func:`run` gives,
    bit for bit. Raises what :func:`run` raises.
    """
    from sim.study.runs.live_run import LiveRun  # start-up: `import sim` is light

    return LiveRun(scenario, levers or {}, firms, seed, follow, inside, threads)


@checked(keywords=EXECUTION, draws=DRAWN, against=ONE_OR_MORE)
def compare(
    scenarios: Iterable[str | Path | Scenario] | None = None,
    *,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 10,
    draws: int | Mapping[str, int] = 0,
    clause_replications: int = 0,
    against: str | Path | Scenario | Sequence[str | Path | Scenario] = (),
    **execution: Unpack[ExecutionKeywords],
) -> Comparison:
    """Compare scenarios with their baselines under the same random numbers; see ``sim/study/questions/comparison.py``.

    None stands for no support, the national rules, each of the ten actions as the plan lists it, what the province
    added of each, the whole plan, and that without each action, as far as the case has them. ``against``: what all are
    compared with, the baseline first; empty for what each scenario says itself. ``draws``: how many, of the posterior
    where one is kept, else of the assumptions, or ``{"assumptions": 32}`` of what is named. With a ``folder`` its runs
    and tables are kept there, and those that are there are used; ``execution``: see
    :class:`sim.study.keywords.Execution`.
    """
    from sim.study import answering  # start-up: `import sim` is light
    from sim.study.comparison.scenarios import default
    from sim.study.questions.comparison import Question
    from sim.study.runs.specification import Setting

    which = default() if scenarios is None else tuple(scenarios)
    over, count = next(iter(draws.items())) if isinstance(draws, Mapping) else (None, draws)
    asked = Question(which, replications, count, clause_replications, against, over)  # type: ignore[arg-type]
    question = answering.Asked("comparison", asked, Setting(levers or {}, firms, seed))
    return answering.kept(question, Execution(**execution))  # type: ignore[return-value]


@checked(keywords=QUESTION, asked=LATER)
def sweep(
    asked: Asked | Scenario, grid: Mapping[str, Sequence[Any]] | None = None, **how: Unpack[QuestionKeywords]
) -> Sweep:
    """Run a scenario under every draw of a design; see :mod:`sim.study.questions.sweep`.

    ``asked``: a shipped design (``scenarios/sweeps/``), a file, or what a file would say; with a ``grid`` (dotted path
    to values) the name or file of a scenario, or a loaded one. Keywords: see :func:`sim.study.answering.ask`.
    """
    from sim.study import answering  # start-up: `import sim` is light

    if grid is not None:
        asked, how = answering.over_grid(asked, grid, how)
    return _ask("sweep", asked, how)  # type: ignore[arg-type, return-value]


@checked(keywords=QUESTION)
def attribute(asked: Asked = "actions", **how: Unpack[QuestionKeywords]) -> Attribution:
    """Shapley values of the plan's actions, steps or measures; see :mod:`sim.study.questions.attribute`.

    Keywords, here and below: see :func:`sim.study.answering.ask`.
    """
    return _ask("attribute", asked, how)  # type: ignore[return-value]


@checked(keywords=QUESTION)
def sensitivity(asked: Asked = "screening", **how: Unpack[QuestionKeywords]) -> Sensitivity:
    """What the outcomes are sensitive to; see :mod:`sim.study.questions.sensitivity`."""
    return _ask("sensitivity", asked, how)  # type: ignore[return-value]


@checked(keywords=QUESTION)
def discover(asked: Asked = "missed_targets", **how: Unpack[QuestionKeywords]) -> Discovery:
    """In which worlds a plan misses its targets; see :mod:`sim.study.questions.discover`."""
    return _ask("discover", asked, how)  # type: ignore[return-value]


@checked(keywords=QUESTION)
def search(asked: Asked = "plan_for_a_budget", **how: Unpack[QuestionKeywords]) -> Search:
    """The best plan for a budget, and how it does in many worlds; see :mod:`sim.study.questions.search`."""
    return _ask("search", asked, how)  # type: ignore[return-value]


@checked(keywords=QUESTION)
def reach(asked: Asked, **how: Unpack[QuestionKeywords]) -> Reach:
    """What would bring an outcome to a goal, or is the most for a budget; see :mod:`sim.study.questions.reach`.

    ``levers`` that may move too say where they stand at present. ``progress`` may raise to stop: nothing is answered
    then, and with a ``folder`` the runs that are done wait there for the next call.
    """
    return _ask("reach", asked, how)  # type: ignore[return-value]


@checked()
def case(folder: str | Path | None = None) -> Used:
    """Read another case from now on, also in workers; without one, the project's own again.

    A case is a folder with ``scenarios/`` and ``calibration/``, another province with its plan; its lists of sectors,
    sizes and agencies must be those of this process (``SHUKUN_CASE`` in the environment that it begins with, or the
    option ``--case``, take any). ``with sim.case(folder):`` reads it until the block ends. Raises
    :class:`sim.refusal.Refusal` where it cannot be used.
    """
    from pathlib import Path  # start-up: `import sim` is light

    from sim import classification  # the same

    return classification.use_case(None if folder is None else Path(folder))


@checked()
def calibration(folder: str | Path | None = None) -> Used:
    """Read another folder of calibration from now on, also in workers; without one, that of the case again.

    With a ``classification.toml`` of its own it is complete: then its lists must be those of this process. Without one
    it holds only what differs. ``with sim.calibration(folder):`` reads it until the block ends. Raises
    :class:`sim.refusal.Refusal` where it cannot be used.
    """
    from pathlib import Path  # start-up: `import sim` is light

    from sim import classification  # the same

    return classification.use(None if folder is None else Path(folder))


@checked(keywords=TIMED, draws=OVER, replications=SEVERAL)
def validate(
    targets: Iterable[str] = (),
    *,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 8,
    draws: int = 48,
    **execution: Unpack[TimedKeywords],
) -> Validation:
    """Hold the model against what was published, target by target; see :mod:`sim.study.questions.validate`.

    ``targets``: names of groups or of targets, none for all. ``replications`` of each world at the values of the
    parameters as they are, ``draws`` of all parameters from their priors, 0 for none. ``execution``: see
    :class:`sim.study.keywords.Execution`.
    """
    from sim.study import answering  # start-up: `import sim` is light
    from sim.study.questions.validate import Question
    from sim.study.runs.specification import Setting

    question = answering.Asked("validate", Question(tuple(targets), replications, draws), Setting({}, firms, seed))
    return answering.kept(question, Execution(**execution))  # type: ignore[return-value]


@checked(keywords=EXECUTION)
def calibrate(
    targets: Iterable[str] = (),
    *,
    firms: Firms = None,
    seed: int = 1,
    draws: int = 1_000,
    waves: int = 3,
    kept: int = 400,
    simulated: int = 50,
    **execution: Unpack[ExecutionKeywords],
) -> Calibration:
    """Find which parameters evidence can tell and which worlds it allows; see :mod:`sim.study.questions.calibrate`.

    ``targets``: names of groups or of targets, none for all. ``draws`` a wave, ``waves`` of the prior and of what is
    not ruled out, ``kept`` draws of the posterior, ``simulated`` sets of data made up to see whether intervals cover.
    ``firms``: rows, 5,000 where nothing is said. ``execution``: see :class:`sim.study.keywords.Execution`.
    """
    from sim.study import answering  # start-up: `import sim` is light
    from sim.study.questions.calibrate import Question
    from sim.study.runs.specification import Setting

    question = Question(tuple(targets), draws, waves, kept, simulated=simulated)
    asked = answering.Asked("calibrate", question, Setting({}, firms, seed))
    return answering.kept(asked, Execution(**execution))  # type: ignore[return-value]


@checked(keywords=EXECUTION, draws=DRAWN_OFTEN)
def decide(
    plans: Iterable[str | Path | Scenario] | None = None,
    *,
    worths: Iterable[float] | None = None,
    levers: Mapping[str, Any] | None = None,
    firms: Firms = None,
    seed: int = 1,
    replications: int = 4,
    draws: int | Mapping[str, int] = 256,
    against: str | Path | Scenario | None = None,
    **execution: Unpack[ExecutionKeywords],
) -> Decision:
    """Choose between plans under what is not known; see :mod:`sim.study.questions.decide`.

    None stands for the nation's rules, what the province added of each action, and the whole plan, as far as the case
    has them. ``worths``: of a firm kept, in yuan; None for a grid from 10,000 to 1,000,000. ``draws``: how many, of the
    posterior where one is kept, else of the assumptions, or ``{"assumptions": 256}`` of what is named. ``against``: the
    baseline of all, which can be chosen too. ``execution``: see :class:`sim.study.keywords.Execution`.
    """
    from sim.study import answering  # start-up: `import sim` is light
    from sim.study.comparison.scenarios import default_choice
    from sim.study.questions.decide import WORTHS, Question
    from sim.study.runs.specification import Setting

    which = default_choice() if plans is None else tuple(plans)
    over, count = next(iter(draws.items())) if isinstance(draws, Mapping) else (None, draws)
    asked = Question(which, count, replications, WORTHS if worths is None else tuple(worths), against, over)
    question = answering.Asked("decide", asked, Setting(levers or {}, firms, seed))
    return answering.kept(question, Execution(**execution))  # type: ignore[return-value]


def __getattr__(name: str) -> Any:
    """What is loaded when it is asked for, so that ``import sim`` stays light."""
    if name in ELSEWHERE:
        return getattr(import_module(ELSEWHERE[name]), "model" if name == "workbench_model" else name)
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("shukun")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__", *(name for name in globals() if name.startswith("__"))])


def _ask(kind: str, asked: Asked, how: QuestionKeywords) -> Study:
    from sim.study import answering  # start-up: `import sim` is light

    return answering.ask(kind, asked, **how)


@checked(keywords=IN_BOTH_WORLDS, firms=IDENTITIES)
def journey(
    firms: Iterable[int] = (),
    *,
    where: Where | None = None,
    scenario: str | Path | Scenario = "full_plan",
    against: str | Path | Scenario = "no_support",
    most: int = 3,
    progress: Progress | None = None,
    **both: Unpack[InBothWorldsKeywords],
) -> Journey:
    """Follow firms, or those that conditions pick, through two worlds; see ``sim/study/comparison/journey.py``.

    ``both``: see :class:`sim.study.keywords.InBothWorlds`.
    """
    from sim.study.comparison import journey as room  # start-up: `import sim` is light

    picked = room.Picked(tuple(firms), where, most)
    return room.journey(picked, scenario, against, InBothWorlds(**both), progress)


@checked()
def save(study: Study, folder: str | Path) -> Path:
    """Store a study as Parquet tables and a manifest, whole or not at all; see ``sim/study/study_folder.py``."""
    from sim.study import study_folder  # start-up: `import sim` is light

    return study_folder.save(study, folder)


@checked()
def export(study: Study, path: str | Path, *, lang: Language | None = None) -> Path:
    """Hand a study on as a file: .xlsx, .docx, .pptx, .pdf, or .csv.zip, .png.zip, .svg.zip; see ``docs/documents.md``.

    ``lang``: zh or en; None for that of the environment. Raises :class:`sim.refusal.Refusal` for a place that cannot
    be used, and for a file there that no export wrote.
    """
    from sim.report import documents  # start-up: `import sim` is light

    return documents.export(study, path, lang)


@checked()
def load(folder: str | Path) -> Study:
    """The study that a folder holds; see :func:`sim.study.study_folder.load`."""
    from sim.study import study_folder  # start-up: `import sim` is light

    return study_folder.load(folder)
