"""What commands answer with `--json`, of each kind of study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.observe.tables import LOOKED_INTO

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.questions.comparison import Comparison
    from sim.study.questions.run import Ensemble
    from sim.study.runs.run_store import RunStore
    from sim.study.runs.study import Study


def answer_of_run(study: Ensemble, stored: RunStore, out: Path | None) -> dict[str, Any]:
    """The runs of one scenario: with several, times add up, outcomes are means, ``intervals`` has their intervals.

    ``rows``: of the sample, that could count in each outcome; ``targets``: what may be said of each target;
    ``inside``: files of the tables that hold what was seen inside the runs.
    """
    from sim.study.summaries import calibration  # start-up: pandas, not for `--help`
    from sim.study.summaries.run import targets_of

    means = study.outcomes.set_index("outcome")
    done = study.runs[study.runs["reason"] == ""]
    of_each = [stored.seconds(key) for key in done["run"]]
    took = {part: sum(seconds[part] for seconds in of_each) for part in of_each[0]}
    answer: dict[str, Any] = {
        "scenario": study.manifest.scenarios[0].name,
        "title": study.manifest.scenarios[0].title.model_dump(),
        "firms": int(done["firms"].iloc[0]),
        "months": int(done["months"].iloc[0]),
        "seed": int(done["seed"].iloc[0]),
        "wall_seconds": took["all"],
        "firm_months_per_second": float((done["firms"] * done["months"]).sum() / took["all"]),
        "bytes_per_firm": float(done["bytes_per_firm"].max()),
        "outcomes": means["mean"].to_dict(),
        "rows": means["rows"].to_dict(),
        "targets": {target.outcome: found for target, found in targets_of(study)},
        "ledger_residual_fen": int(max(done["ledger_residual_fen"], key=abs)),
        "threads": max(map(stored.threads, done["run"])),
        "seconds": {part: seconds for part, seconds in took.items() if part != "all"},
    }
    if len(study.runs) > 1:
        answer["replications"] = len(done)
        answer["intervals"] = means[["mean", "low", "high"]].to_dict("index")
    if len(study.reactions):
        table_of = study.reactions.drop(columns="scenario").assign(date=study.reactions["date"].dt.strftime("%Y-%m-%d"))
        answer["reactions"] = table_of.to_dict("records")
    if out is not None:
        answer["results_dir"] = str(out)
        seen = {name: str(out / f"{name}.parquet") for name in LOOKED_INTO if len(getattr(study, name))}
        if seen:
            answer["inside"] = seen
    return answer | {"calibration": calibration.of_study(study).plain()}


def answer_of_comparison(study: Comparison, folder: Path) -> dict[str, Any]:
    """Every outcome of every scenario and its paired differences from those that it is compared with, with intervals.

    ``difference_from_baseline`` is that from the first of ``against``; ``differences`` and ``costs`` (what a scenario
    costs in all beside another) are of the ``subjects`` also from each other. ``winners_and_losers`` and
    ``target_gaps`` are of the subjects: by sector, size and prefecture what they did to firms, and where the targets
    that they miss fall short. ``actions`` holds both differences of each action: as the plan lists it, and what the
    province added.
    """
    from sim.study.summaries import calibration  # start-up: pandas, not for `--help`
    from sim.study.summaries.comparison import ComparisonSummary
    from sim.study.summaries.missed_targets import BY, missed_targets
    from sim.study.summaries.winners_and_losers import WinnersAndLosers

    def intervals(table: pd.DataFrame, by: str = "outcome") -> dict[str, Any]:
        rows = table.set_index(by)
        return {str(name): row for name, row in rows[["mean", "low", "high"]].to_dict("index").items()}

    summary = ComparisonSummary(study)
    totals = study.unit_costs[study.unit_costs["unit"] == "total"]
    winners, missed = (
        WinnersAndLosers(summary),
        [one for name in study.subjects for one in missed_targets(summary, name)],
    )
    lasting, titles = (study.over_baselines(table) for table in (study.saved_or_postponed, study.chosen))
    return {
        "results_dir": str(folder),
        "firms": study.manifest.firms,
        "seed": study.manifest.seed,
        "replications": study.manifest.replications,
        "fingerprint": study.manifest.fingerprint,
        "calibration": calibration.of_study(study).plain(),
        "subjects": study.subjects,
        "scenarios": [
            {
                "name": asked.name,
                "title": asked.title.model_dump(),
                "outcomes": intervals(study.outcomes[study.outcomes["scenario"] == asked.name]),
                "against": study.against[asked.name],
                "difference_from_baseline": intervals(summary.of_pair(study.differences, asked.name)),
                "differences": {
                    other: intervals(summary.of_pair(study.differences, asked.name, other))
                    for other in summary.compared_with(asked.name)
                },
                "costs": {
                    other: intervals(summary.of_pair(totals, asked.name, other), "cost")
                    for other in summary.compared_with(asked.name)
                },
                "chosen": {
                    str(measure): {
                        str(outcome): intervals(of.assign(outcome=of["group"]))
                        for outcome, of in rows.groupby("outcome", sort=False)
                    }
                    for measure, rows in titles[titles["scenario"] == asked.name].groupby("measure", sort=False)
                },
                "saved_or_postponed": {
                    str(group): rows.set_index("quantity")[["mean", "low", "high", "rows"]].to_dict("index")
                    for group, rows in lasting[lasting["scenario"] == asked.name].groupby("group", sort=False)
                },
            }
            for asked in study.manifest.scenarios
        ],
        "actions": {
            action: {
                "as_listed": intervals(summary.of_pair(study.differences, listed)),
                "added_by_province": intervals(summary.of_pair(study.differences, added)),
            }
            for action, listed, added in summary.twice
        },
        "targets": study.targets.to_dict("records"),
        "target_gaps": {by: [row._asdict() for one in missed for row in one.groups(by)] for by in BY},
        "winners_and_losers": {
            by: [row._asdict() for name in study.subjects for row in winners.rows(name, by)] for by in BY
        },
        "failures": study.failures[["scenario", "replication", "seed", "reason"]].to_dict("records"),
    }


def answer_of_study(study: Study, folder: Path) -> dict[str, Any]:
    """Facts of a study and its tables, row by row; of its runs how many there are and those that failed."""
    from sim.study.summaries import calibration  # start-up: pandas, not for `--help`

    manifest = study.manifest
    return {
        "results_dir": str(folder),
        "study": manifest.study,
        "scenarios": [asked.name for asked in manifest.scenarios],
        "titles": [asked.title.model_dump() for asked in manifest.scenarios],
        "firms": manifest.firms,
        "seed": manifest.seed,
        "replications": manifest.replications,
        "settings": manifest.settings,
        "fingerprint": manifest.fingerprint,
        "calibration": calibration.of_study(study).plain(),
        "runs": len(study.runs),
        "failures": study.failures.to_dict("records"),
        # Of some kinds of column what is missing is no number that is none, but a value of its own.
        "tables": {
            name: found.astype(object).where(found.notna(), None).to_dict("records")
            for name, found in study.tables().items()
            if name != "runs"
        },
    }
