"""The command that chooses between plans under what is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sim.cli.language import language
from sim.cli.shared import (
    AsJson,
    Cluster,
    FirmsAsked,
    Levers,
    Seed,
    Workers,
    answered,
    argument,
    command,
    deliver,
    end_study,
    firms_asked,
    loaded,
    option,
    place_of,
    processes,
)  # fmt: skip
from sim.scenario import from_words
from sim.study.arguments import AT_LEAST_TWO, LARGEST_WORTH, LEAST_WORTH, REPLICATIONS
from sim.study.comparison.scenarios import default_choice
from sim.study.keywords import Execution
from sim.study.runs.specification import Setting


@command("decide")
def decide(
    plans: Annotated[list[str] | None, argument("scenario", "decide_plans")] = None,
    worth: Annotated[
        list[float] | None, option("worth", "yuan", "decide_worth", min=LEAST_WORTH, max=LARGEST_WORTH)
    ] = None,
    firms: FirmsAsked = None,
    seed: Seed = 1,
    draws: Annotated[
        int, option("draws", "number", "decide_draws", min=AT_LEAST_TWO.least, max=AT_LEAST_TWO.most)
    ] = 256,
    replications: Annotated[
        int, option("replications", "number", "decide_replications", min=REPLICATIONS.least, max=REPLICATIONS.most)
    ] = 4,
    uncertainty: Annotated[str | None, option("uncertainty", "name", "decide_uncertainty", show_default=False)] = None,
    against: Annotated[str | None, option("against", "scenario", "decide_against", show_default=False)] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[Path | None, option("out", "folder", "out", show_default=False)] = None,
    lever: Levers = None,
    as_json: AsJson = False,
) -> None:
    """Choose between plans: at each worth of a firm kept, how surely, and what it would be worth to know more."""
    from sim.report.terminal import json_answers, tables  # start-up: pandas, not for `--help`
    from sim.study.answering import Asked
    from sim.study.questions.decide import WORTHS, Question

    levers = from_words(lever or [])
    baseline = loaded([against], levers)[0] if against else None
    chosen = loaded(plans or default_choice(), levers)
    question = Question(chosen, draws, replications, worth or WORTHS, baseline, uncertainty)
    changes = [f"{path}={value}" for path, value in levers.items()]
    changes += [f"{name}={said}" for name, said in (("against", against), ("uncertainty", uncertainty)) if said]
    out = out or place_of("decide", plans or (), changes, firms, seed)
    asked = Asked("decide", question, Setting(levers, firms_asked(firms), seed))
    with answered(asked, Execution(processes(workers), cluster, out)) as (study, _):
        has_page = deliver(study, out, json_answers.answer_of_study, tables.show_answer, language(), as_json)
    end_study(study, failed=not has_page)
