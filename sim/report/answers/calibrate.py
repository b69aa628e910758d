"""A calibration, told to people: what was ruled out, what evidence tells and what it does not, hits and misses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from sim.measure import Words
from sim.recalibration import PARAMETERS
from sim.report.answers.answer import Table, failed
from sim.report.answers.validate import words_of
from sim.report.charts import calibration as chart
from sim.report.charts.style import Chart
from sim.report.words.catalogue import Language, both, text
from sim.report.words.lever_names import lever_words, with_path
from sim.report.words.numbers import plain_count, share, three_digits
from sim.report.words.sentences import listed, say
from sim.report.words.target_values import of_row
from sim.study.summaries.rows import records

if TYPE_CHECKING:
    from sim.study.questions.calibrate import Calibration

MOST_NAMED: Final = 5  # in a sentence
MOST_TOLD: Final = 3  # parameters that a target is moved by
ENDS: Final = ("middle", "low", "high")
PUBLISHED: Final = ("published", "published_low", "published_high")
LEVELS: Final = ("low", "value", "high")
STATES: Final = ("used", "out_of_reach", "unmoved", "missing", "checked")


def findings(study: Calibration, lang: Language) -> list[str]:
    """What is left of the prior, what is told, how targets fare, what is out of reach, whether intervals cover."""
    return [say(lang, said) for said in _findings(study)] + failed(study, lang)


def tables(study: Calibration, lang: Language) -> list[Table]:
    """The waves, parameters, targets under prior and posterior, what moves them, groups left out, coverage."""
    return [
        _waves(study, lang), _parameters(study, lang), *_predictive(study, lang), _screened(study, lang),
        _left_out(study, lang), _coverage(study, lang),
    ]  # fmt: skip


def charts(study: Calibration, lang: Language) -> list[Chart]:
    """Parameters by what is told of them, then the targets of each group."""
    return [chart.parameters(study, lang), *(chart.group(study, name, lang) for name in chart.groups(study))]


def _findings(study: Calibration) -> Iterator[Words]:
    states = study.targets["state"].value_counts()
    counts = {name: plain_count(int(states.get(name, 0))) for name in STATES}
    yield both("calibrate.finding.targets", all=plain_count(len(study.targets)), **counts)
    matched = study.waves[study.waves["share_left"].notna()]
    last = records(matched.tail(1))[0]
    yield both(
        "calibrate.finding.left", share=_part(last["share_left"]), waves=plain_count(len(matched)),
        runs=plain_count(len(study.runs)),
    )  # fmt: skip
    told = study.posterior[study.posterior["is_identified"]].sort_values("shrinkage", ascending=False, kind="stable")
    if len(told):
        named = listed(lever_words(PARAMETERS + name) for name in told["parameter"].head(MOST_NAMED))
        yield both(
            "calibrate.finding.told", told=plain_count(len(told)), all=plain_count(len(study.posterior)), named=named
        )
    else:
        yield both("calibrate.finding.nothing_told", all=plain_count(len(study.posterior)))
    for use in ("fitted", "checked"):
        of = study.predictive[(study.predictive["use"] == use) & study.predictive["hit"].notna()]
        if len(of):
            sums = {name: plain_count(int(of[name].sum())) for name in ("hit", "covered", "sharp")}
            yield both(
                f"calibrate.finding.{use}", all=plain_count(len(of)), **sums,
                score=three_digits(float(of["score"].median())),
                score_prior=three_digits(float(of["score_prior"].median())),
            )  # fmt: skip
    far = study.targets[study.targets["state"] == "out_of_reach"]
    if len(far):
        titles = words_of(study, "title")
        named = listed(titles[name] for name in far["target"])
        yield both("calibrate.finding.out_of_reach", count=plain_count(len(far)), named=named)
    taken = study.left_out[study.left_out["is_used"] & study.left_out["log_density"].notna()]
    if len(taken):
        levels = {
            level: listed(both(f"validate.group.{name}") for name in taken[taken["level"] == level]["group"])
            if (taken["level"] == level).any()
            else both("unit.missing")
            for level in LEVELS
        }
        yield both("calibrate.finding.left_out", groups=plain_count(taken["group"].nunique()), **levels)
    power = float(study.waves["power"].iloc[-1])
    yield both(
        "calibrate.finding.weights", draws=plain_count(len(study.draws)), worth=three_digits(study.effective),
        power=share(power),
    )  # fmt: skip
    for every in records(study.coverage[study.coverage["parameter"] == ""]):
        if every["covered_90"] == every["covered_90"]:
            yield both(
                f"calibrate.finding.coverage_{every['data']}", sets=plain_count(int(every["sets"])),
                of_90=share(every["covered_90"]), of_50=share(every["covered_50"]),
            )  # fmt: skip


def _waves(study: Calibration, lang: Language) -> Table:
    rows = [
        [
            str(row["wave"]), text(f"calibrate.stage.{row['stage']}", lang), say(lang, plain_count(row["draws"])),
            say(lang, plain_count(row["runs"])), say(lang, _part(row["share_left"])),
            *(say(lang, _digits(row[name])) for name in ("explained", "fitted_far", "checked_far")),
        ]
        for row in records(study.waves)
    ]  # fmt: skip
    names = ("wave", "stage", "draws", "runs", "share_left", "explained", "fitted_far", "checked_far")
    return Table(text("calibrate.table.waves", lang), _columns(names, lang), rows, is_open=True)


def _parameters(study: Calibration, lang: Language) -> Table:
    rows = []
    for row in records(study.posterior.sort_values("shrinkage", ascending=False, kind="stable")):
        spans = [_span(row, of, lang) for of in ("prior", "posterior")]
        told = text(f"calibrate.told.{'yes' if row['is_identified'] else 'no'}", lang)
        rows.append(
            [
                _with_path(row["parameter"], lang),
                _one(row, row["value"]),
                *spans,
                say(lang, share(row["shrinkage"])),
                told,
            ]
        )
    names = ("parameter", "value", "prior", "posterior", "shrinkage", "told")
    return Table(text("calibrate.table.parameters", lang), _columns(names, lang), rows, is_compact=True)


def _predictive(study: Calibration, lang: Language) -> Iterator[Table]:
    """Those that were used to fit, those that are only checked, and those that were not used and why."""
    titles = words_of(study, "title")
    of = study.predictive
    for name, states in (("fitted", ("used",)), ("checked", ("checked",)), ("unused", STATES[1:4])):
        rows = [
            [
                say(lang, titles[row["target"]]), text(f"calibrate.state.{row['state']}", lang),
                say(lang, of_row(row, PUBLISHED)),
                *(say(lang, of_row(row, tuple(f"{which}_{end}" for end in ENDS))) for which in ("posterior", "prior")),  # type: ignore[arg-type]
                _verdict(row, lang), say(lang, _digits(row["score"])), say(lang, _digits(row["score_prior"])),
            ]
            for row in records(of[of["state"].isin(states)])
        ]  # fmt: skip
        if rows:
            names = ("target", "state", "published", "posterior", "prior", "verdict", "score", "score_prior")
            title = text(f"calibrate.table.{name}", lang)
            yield Table(title, _columns(names, lang), rows, is_open=True, is_compact=name != "unused")


def _screened(study: Calibration, lang: Language) -> Table:
    titles = words_of(study, "title")
    by = {
        str(name): listed(lever_words(PARAMETERS + parameter) for parameter in rows["parameter"].head(MOST_TOLD))
        for name, rows in study.influence.groupby("target", sort=False)
    }
    rows = [
        [
            say(lang, titles[row["target"]]), say(lang, _digits(row["explained"])),
            *(say(lang, _digits(row[name])) for name in ("emulator_error", "chance", "discrepancy")),
            say(lang, _digits(row["nearest"])), say(lang, by[row["target"]]) if row["target"] in by else "",
        ]
        for row in records(study.targets)
    ]  # fmt: skip
    names = ("target", "explained", "emulator_error", "chance", "discrepancy", "nearest", "moved_by")
    return Table(text("calibrate.table.screened", lang), _columns(names, lang), rows)


def _left_out(study: Calibration, lang: Language) -> Table:
    used = study.left_out[study.left_out["is_used"]].drop_duplicates("group").set_index("group")["level"]
    wide = study.left_out.pivot(index=["group", "targets"], columns="level", values="log_density").reset_index()
    rows = [
        [
            text(f"validate.group.{row['group']}" if row["group"] else "validate.all", lang),
            say(lang, plain_count(row["targets"])), *(say(lang, _digits(row[level])) for level in LEVELS),
            text(f"calibrate.level.{used[row['group']]}", lang) if row["group"] in used else "",
        ]
        for row in records(wide)
    ]  # fmt: skip
    names = ("group", "targets", "low", "middle", "high", "level")
    return Table(text("calibrate.table.left_out", lang), _columns(names, lang), rows)


def _coverage(study: Calibration, lang: Language) -> Table:
    rows = [
        [
            text(f"calibrate.data.{row['data']}", lang),
            _with_path(row["parameter"], lang) if row["parameter"] else text("calibrate.all_told", lang),
            *(say(lang, share(row[name])) for name in ("covered_50", "covered_90")),
            say(lang, _digits(row["uniform_p"])),
        ]
        for row in records(study.coverage[study.coverage["is_identified"]])
    ]
    names = ("data", "parameter", "covered_50", "covered_90", "uniform_p")
    return Table(text("calibrate.table.coverage", lang), _columns(names, lang), rows)


def _with_path(parameter: str, lang: Language) -> str:
    return with_path(PARAMETERS + parameter, lang)


def _verdict(row: dict[str, Any], lang: Language) -> str:
    if pd.isna(row["hit"]):
        return text("validate.verdict.no_value", lang)
    which = "sharp" if row["sharp"] else "hit" if row["hit"] else "miss"
    return text(f"calibrate.verdict.{which}", lang)


def _span(row: dict[str, Any], of: str, lang: Language) -> str:
    ends = {end: Words(zh=(one := _one(row, row[f"{of}_{end}"])), en=one) for end in ("low", "high")}
    return text("unit.interval", lang, **ends)


def _one(row: dict[str, Any], value: float) -> str:
    return date.fromordinal(int(value)).isoformat() if row["is_date"] else say("en", three_digits(value))


def _part(value: float) -> Words:
    """A share that may be very small."""
    if pd.isna(value):
        return both("unit.missing")
    if value >= 0.001:
        return share(value)
    said = f"{value:.1e}"
    return Words(zh=said, en=said)


def _columns(names: Sequence[str], lang: Language) -> list[str]:
    return [text(f"calibrate.column.{name}", lang) for name in names]


def _digits(value: Any) -> Words:
    return both("unit.missing") if pd.isna(value) else three_digits(float(value))
