"""What may be said of the targets of a scenario after its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.study.comparison.targets import Target, of_contents, pursued, verdict

if TYPE_CHECKING:
    from sim.study.questions.run import Ensemble

BEHIND: Final = ("mean", "low", "high", "rows")  # of an outcome, what a verdict rests on


def targets_of(study: Ensemble) -> list[tuple[Target, str]]:
    """Each target of the plan and the verdict on it, see :func:`sim.study.comparison.targets.verdict`."""
    contents = study.manifest.scenarios[-1].contents
    on = {clause for measure in contents.get("measures", {}).values() for clause in measure["clauses"]}
    known = {row["outcome"]: [row[name] for name in BEHIND] for row in study.outcomes.to_dict("records")}
    return [
        (target, pursued(verdict(target, *known[target.outcome]), target.clause in on))
        for target in of_contents(contents)
        if target.outcome in known
    ]
