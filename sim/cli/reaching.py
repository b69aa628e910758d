"""The command that seeks a goal: what would bring an outcome to a value, the cheapest way, the most for a budget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from sim.cli.application import refuse
from sim.cli.language import language, say
from sim.cli.shared import (
    AsJson,
    Cluster,
    FirmsAsked,
    Seed,
    Workers,
    answered,
    argument,
    command,
    deliver,
    end_study,
    firms_asked,
    option,
    place_of,
    processes,
)  # fmt: skip
from sim.refusal import nearest
from sim.scenario import from_words
from sim.study.arguments import AT_LEAST_TWO, LEAST_SECONDS
from sim.study.keywords import Execution
from sim.study.runs.specification import Setting

KIND: Final = "reach"


@command(KIND)
def reach(
    goal: Annotated[str, argument("goal", "reach_goal")],
    at: Annotated[str | None, option("at", "number", "reach_at", show_default=False)] = None,
    lever: Annotated[list[str] | None, option("lever", "range", "reach_lever")] = None,
    cheapest: Annotated[bool, option("cheapest", None, "reach_cheapest")] = False,
    most: Annotated[bool, option("most", None, "reach_most")] = False,
    budget: Annotated[float | None, option("budget", "yuan", "reach_budget", min=0, show_default=False)] = None,
    scenario: Annotated[str, option("scenario", "scenario", "reach_scenario")] = "full_plan",
    firms: FirmsAsked = None,
    seed: Seed = 1,
    replications: Annotated[
        int | None,
        option("replications", "number", "reach_replications", min=AT_LEAST_TWO.least, max=AT_LEAST_TWO.most),
    ] = None,
    seconds: Annotated[float | None, option("seconds", "seconds", "seconds", min=LEAST_SECONDS)] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, option("out", "folder", "out", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Seek a goal along levers that may move."""
    from sim.report.terminal import json_answers, tables  # start-up: pandas, not for `--help`
    from sim.study import answering
    from sim.study.questions.reach import goals

    over, fixed = _levers(lever or [])
    asked: Any = goal
    changes = [*(f"{path}={value}" for path, value in fixed.items())]
    if goal in goals():
        if not over:
            refuse([say("fault.reach_nothing_moves")])
        want = "most" if most else "cheapest" if cheapest else "least_change"
        asked = {"title": _title(goal), "scenario": scenario, "outcome": goal, "want": want, "over": over}
        asked |= _where_to(goal, at) if at is not None else {}
        asked |= {"budget_yuan": budget} if budget is not None else {}
        stated = [name for name in ("at_least", "at_most", "budget_yuan") if name in asked]
        changes += [*map(_written, over, over.values()), *(f"{name}={asked[name]}" for name in stated)]
        changes += [want] * (want != "least_change") + [f"in={scenario}"] * (scenario != "full_plan")
    else:
        _refuse_unknown(goal, [*goals(), *answering.shipped(KIND)])
        _refuse_beside(goal, at=at, lever=over, cheapest=cheapest, most=most, budget=budget)
    content, place = answering.question(KIND, asked, replications=replications)
    out = out or place_of(KIND, [goal], changes, firms, seed)
    setting = Setting(fixed, firms_asked(firms), seed, place.folder)
    execution = Execution(processes(workers), cluster, out, seconds=seconds)
    with answered(answering.Asked(KIND, content, setting, place.document), execution) as (study, _):
        has_page = deliver(study, out, json_answers.answer_of_study, tables.show_answer, language(), as_json)
    end_study(study, failed=not has_page)


def _levers(given: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The levers that may move, with their ranges, and those that hold throughout."""
    over: dict[str, Any] = {}
    fixed: list[str] = []
    for words in given:
        path, equals, said = words.partition("=")
        low, colon, high = said.partition(":")
        if not equals:
            over[path.strip()] = "allowed"
        elif colon and not said.lstrip().startswith(("{", "[")):
            ends = from_words([f"{path}=[{low}, {high}]"])
            over |= ends
        else:
            fixed.append(words)
    return over, from_words(fixed)


def _written(path: str, said: Any) -> str:
    """A lever that may move, as one writes it."""
    return path if said == "allowed" else f"{path}={':'.join(map(str, said))}"


def _title(goal: str) -> dict[str, str]:
    """What a goal is called that is asked for on the command line: by its outcome, where that is known."""
    from sim.refusal import UnknownName  # start-up: not for `--help`
    from sim.report.words.catalogue import both
    from sim.report.words.sentences import inside, outcome_name
    from sim.study.questions.reach import outcome_of

    try:
        return both("reach.asked", outcome=inside(outcome_name(outcome_of(goal)))).model_dump()
    except UnknownName:  # told with the question
        return {"zh": goal, "en": goal}


def _where_to(goal: str, at: str) -> dict[str, float]:
    """What ``--at`` says, as the file of a question would: at most where less is better, else at least."""
    from sim.observe.outcomes import OUTCOMES  # start-up: not for `--help`
    from sim.refusal import UnknownName
    from sim.study.questions.reach import outcome_of

    said = at.strip().replace("％", "%")
    try:
        value = float(said.removesuffix("%")) / (100 if said.endswith("%") else 1)
    except ValueError:
        refuse([say("fault.reach_at", given=at)])
    try:
        less_is_better = OUTCOMES[outcome_of(goal)].less_is_better
    except UnknownName:  # told with the question
        less_is_better = False
    return {"at_most" if less_is_better else "at_least": round(value, 12)}


def _refuse_unknown(goal: str, known: list[str]) -> None:
    """What is neither a goal nor a question of the case, and no file's name, is refused with what is most like it."""
    near = nearest(goal, known)
    if goal not in known and near is not None and not Path(goal).exists():
        refuse([say("fault.reach_goal", given=goal, near=near)])


def _refuse_beside(goal: str, **said: Any) -> None:
    """Options that a question in a file says itself are refused beside it."""
    keys = {"at": "at_least, at_most", "lever": "over", "cheapest": "want", "most": "want", "budget": "budget_yuan"}
    for name, value in said.items():
        if value:
            refuse([say("fault.reach_file", given=goal, option=f"--{name}", key=keys[name])])
