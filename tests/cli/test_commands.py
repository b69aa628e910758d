"""The command: what it answers, on which stream, and with which exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.kernels.threads import cores
from sim.study import study_folder
from tests.report.answers.test_sensitivity import study as screening

FEW = ("--firms", "300", "--workers", "1")
NO_CLAUSES = ("--clause-replications", "0")


@pytest.fixture
def shukun(tmp_path, monkeypatch):
    """Call the command in an empty folder, in English."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        return CliRunner().invoke(app, [*words, "--lang", "en"])

    return call


@pytest.mark.parametrize(("language", "says"), [("zh_CN.UTF-8", "运行一个情景"), ("C.UTF-8", "Run one scenario")])
def test_help_speaks_the_language_of_the_environment(language, says):
    environment = {**os.environ, "LC_ALL": language}
    code = "from sim.cli import main; main()"
    shown = subprocess.run([sys.executable, "-c", code, "--help"], env=environment, capture_output=True, check=True)
    assert says in shown.stdout.decode()


def test_clauses_are_a_list_of_what_carries_out_each(shukun):
    clauses = json.loads(shukun("clauses", "--json").stdout)
    assert set(clauses[0]) == {
        "id", "state", "measures", "note", "origin", "origin_source", "nominal", "nominal_measures", "start", "end",
    }  # fmt: skip
    by_id = {clause["id"]: clause for clause in clauses}
    assert (by_id["II.4.c"]["origin"], by_id["II.4.c"]["start"]) == ("nation", "2022-07-01")
    assert by_id["I.2.b"]["nominal"] and by_id["I.2.b"]["nominal_measures"] == ["tax_policy_push"]
    assert "rent_waiver" in next(clause for clause in clauses if clause["id"] == "II.1.a")["measures"]


def test_levers_show_the_present_value(shukun):
    levers = {
        lever["path"]: lever for lever in json.loads(shukun("levers", "--scenario", "full_plan", "--json").stdout)
    }
    assert levers["rent_waiver.months"]["value"] == 3


def test_two_scenarios_differ_in_what_one_changes(shukun):
    changes = json.loads(shukun("diff", "full_plan", "rent_waiver_6_months", "--json").stdout)
    assert {"path": "rent_waiver.months", "a": 3, "b": 6} in changes


def test_schemas_are_by_kind_of_file(shukun):
    assert json.loads(shukun("schema", "scenario").stdout)["properties"]["levers"]
    assert shukun("schema", "recipe").exit_code == 2


def test_a_sound_file_is_said_to_be_sound(shukun, tmp_path):
    (tmp_path / "idea.yaml").write_text(
        "title: {zh: 想法, en: Idea}\ndescription: {zh: 六个月, en: Six months}\nextends: full_plan\n"
        "levers: {rent_waiver.months: 6}\n",
        encoding="utf-8",
    )
    assert shukun("check", "idea.yaml").exit_code == 0


def test_every_mistake_of_a_file_is_one_sentence_on_standard_error(shukun, tmp_path):
    (tmp_path / "idea.yaml").write_text(
        "title: {zh: 想法, en: Idea}\ndescription: {zh: 无, en: none}\nextends: full_plann\n"
        "levers: {rent_waiver.monts: 6}\n",
        encoding="utf-8",
    )
    answer = shukun("check", "idea.yaml")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert [line.split(" ")[0] for line in answer.stderr.splitlines()] == ["idea.yaml:3:", "idea.yaml:4:"]
    listed = shukun("check", "idea.yaml", "--json")
    assert listed.exit_code == 2
    assert [error["line"] for error in json.loads(listed.stdout)] == [3, 4]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "full_pln"),
        ("run", "full_plan", "--firms", "many"),
        ("run", "full_plan", "--firms", "0"),
        ("run", "full_plan", "--lever", "rent_waiver.months"),
        ("run", "full_plan", "--lever", "rent_waiver.months=-1"),
        ("run", "full_plan", "--lever", "rent_waiver.monts=6"),
        ("run", "full_plan", "--out", "taken.txt"),
        ("run", "full_plan", "--out", "."),
        ("run", "full_plan", "--inside", "2022-03-31"),
        ("run", "full_plan", "--stops"),
        ("run", "full_plan", "--inside", "2024-03-31", "--out", "kept"),
        ("run", "full_plan", "--inside", "spring", "--out", "kept"),
        ("run", "full_plan", "--sample", "5", "--out", "kept"),
        ("run", "full_plan", "--replications", "100", "--inside", "month-ends", "--out", "kept"),
        ("compare", "full_plan", "full_plan"),
        ("compare", "full_plan", "full_pln"),
        ("clause", "II.1.z"),
        ("journey",),
        ("journey", "5", "--firms", "300"),
        ("journey", "--where", "saved"),
        ("journey", "--where", "fate=rescued"),
        ("journey", "--where", "fate=saved", "--picture", "lives.txt"),
        ("sweep", "full_plan"),
        ("sweep", "full_plan", "--lever", "rent_waiver.months=3,-1"),
        ("sweep", "full_plan", "--lever", "rent_waiver.months=3"),
    ],
)
def test_what_is_not_understood_gets_one_sentence_and_leaves_nothing(shukun, tmp_path, words):
    (tmp_path / "taken.txt").write_text("somebody's")
    answer = shukun(*words)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken.txt"]


def test_a_run_answers_with_one_object(shukun, tmp_path):
    answer = shukun("run", "full_plan", *FEW, "--json")
    assert answer.exit_code == 0, answer.stderr
    run = json.loads(answer.stdout)
    assert {
        "scenario": "full_plan",
        "firms": 300,
        "months": 24,
        "seed": 1,
        "ledger_residual_fen": 0,
    }.items() <= run.items()
    assert {"wall_seconds", "firm_months_per_second", "bytes_per_firm", "seconds"} <= set(run)
    assert {"survival_rate", "resumption_rate", "loss_share"} <= set(run["outcomes"])
    assert list(tmp_path.iterdir()) == [], "without --out nothing is stored"


def test_a_run_that_is_looked_into_says_where_its_tables_are(shukun):
    words = ("run", "full_plan", *FEW, "--inside", "month-ends", "--sample", "20", "--stops", "--out", "kept")
    said = json.loads(shukun(*words, "--json").stdout)["inside"]
    assert {*said} == {"snapshots", "resumption", "stops"}
    assert len(pd.read_parquet(said["snapshots"])) > 20 * 24
    printed = shukun(*words).stdout
    assert all(file in printed for file in said.values())
    assert shukun("verify", "kept").exit_code == 0


def test_several_replications_have_intervals(shukun):
    run = json.loads(shukun("run", "baseline", *FEW, "--replications", "2", "--out", "kept", "--json").stdout)
    interval = run["intervals"]["survival_rate"]
    assert interval["low"] <= interval["mean"] <= interval["high"]
    assert Path("kept/outcomes.parquet").is_file()


def test_a_lever_of_a_measure_that_is_off_is_told(shukun):
    answer = shukun("run", "baseline", *FEW, "--lever", "rent_waiver.months=6", "--json")
    assert answer.exit_code == 0
    assert "rent_waiver.months changes nothing" in answer.stderr


def test_a_comparison_leaves_tables_and_a_report(shukun):
    answer = shukun("compare", "full_plan", *FEW, "--replications", "2", "--draws", "2", *NO_CLAUSES, "--json")
    assert answer.exit_code == 0, answer.stderr
    study = json.loads(answer.stdout)
    assert [scenario["name"] for scenario in study["scenarios"]] == ["no_support", "full_plan", "national_rules"]
    baseline, plan, _ = study["scenarios"]
    assert set(plan["outcomes"]["survival_rate"]) == {"mean", "low", "high"}
    assert baseline["difference_from_baseline"]["survival_rate"] == {"mean": 0, "low": 0, "high": 0}
    assert {"outcome", "clause", "met_over_replications", "met_over_ranges"} <= set(study["targets"][0])
    folder = Path(study["results_dir"])
    assert {"manifest.json", "outcomes.parquet", "report.html"} <= {path.name for path in folder.iterdir()}


def test_a_comparison_for_people_is_a_table(shukun):
    answer = shukun("compare", "full_plan", *FEW, "--replications", "1", "--draws", "0", *NO_CLAUSES)
    assert "The whole plan" in answer.stdout
    assert "report.html" in answer.stdout
    assert "The plan's targets" in answer.stdout
    assert [line for line in answer.stdout.splitlines() if "(I.9.d), required at least 95.0 %" in line]


def test_an_outcome_that_does_not_exist_in_one_of_two_worlds_is_a_dash_and_null(shukun):
    asked = ("compare", "no_outbreak_no_plan", *FEW, "--replications", "2", "--draws", "0", *NO_CLAUSES)
    answer = shukun(*asked)
    assert answer.exit_code == 0, answer.stderr
    assert "nan" not in answer.stdout.lower()
    changes = next(line.split() for line in answer.stdout.splitlines() if line.strip().startswith("+"))
    assert changes[4] == "–"  # after the change in survival, half its interval and their unit
    answer = shukun(*asked, "--json")
    world = json.loads(answer.stdout, parse_constant=pytest.fail)["scenarios"][1]
    assert world["outcomes"]["resumption_rate"]["mean"] is None
    assert world["difference_from_baseline"]["resumption_rate"] == {"mean": None, "low": None, "high": None}


def test_a_plan_that_levers_changed_says_so_in_every_place(shukun):
    levers = ("--lever", "rent_waiver.months=6")
    asked = ("compare", "full_plan", *FEW, "--replications", "1", "--draws", "0", *NO_CLAUSES, *levers, "--out", "kept")
    told = "The whole plan (rent_waiver.months = 6)"
    answer = shukun(*asked)
    assert told in answer.stdout
    assert "Without the plan (" not in answer.stdout  # where the lever changes nothing
    assert told in Path("kept/report.html").read_text(encoding="utf-8")
    assert json.loads(Path("kept/manifest.json").read_text(encoding="utf-8"))["scenarios"][1]["title"]["en"] == told
    titles = [scenario["title"] for scenario in json.loads(shukun(*asked, "--json").stdout)["scenarios"]]
    assert titles[1] == {"zh": "完整方案（rent_waiver.months = 6）", "en": told}
    answer = shukun("run", "full_plan", *FEW, *levers)
    assert told in answer.stdout


def test_a_report_that_fails_does_not_lose_the_results(shukun, monkeypatch):
    def broken(*_):
        raise RuntimeError("no ink")

    monkeypatch.setattr("sim.report.pages.comparison_page.write", broken)
    answer = shukun("compare", "full_plan", *FEW, "--replications", "1", "--draws", "0", *NO_CLAUSES, "--out", "kept")
    assert answer.exit_code == 1
    assert "The results are in kept, but the report could not be made: RuntimeError: no ink" in answer.stderr
    assert Path("kept/outcomes.parquet").is_file()


def test_a_sensitivity_that_fits_nothing_compared_is_refused_before_anything_runs(shukun, tmp_path):
    study_folder.save(screening(), tmp_path / "kept")
    answer = shukun("compare", "no_support", *FEW, "--sensitivity", "kept", "--out", "out")
    assert answer.exit_code == 2
    assert "--sensitivity kept: what it holds (of full_plan) is of none of the scenarios that are compared" in (
        answer.stderr
    )
    missing = shukun("compare", "full_plan", *FEW, "--sensitivity", "nowhere", "--out", "out")
    assert missing.exit_code == 2 and "nowhere holds no study: there is no manifest.json." in missing.stderr
    assert not Path("out").exists()


def test_a_failed_run_is_told(shukun, monkeypatch):
    def failing(scenario, **_):
        raise ArithmeticError("1 fen is unaccounted for")

    monkeypatch.setattr("sim.engine.simulate", failing)
    answer = shukun("run", "full_plan", *FEW)
    assert answer.exit_code == 1
    assert answer.stderr == "A run failed: full_plan, seed 1: ArithmeticError: 1 fen is unaccounted for\n"


def test_ctrl_c_ends_with_one_sentence(shukun, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.engine.simulate", interrupted)
    answer = shukun("run", "full_plan", *FEW, "--out", "kept")
    assert answer.exit_code == 130
    assert answer.stderr == "Interrupted; nothing was stored.\n"
    assert not Path("kept").exists()


def test_a_sweep_takes_its_grid_from_the_command_line(shukun):
    answer = shukun("sweep", "full_plan", "--lever", "rent_waiver.months=0,6", *FEW, "--replications", "1", "--json")
    assert answer.exit_code == 0, answer.stderr
    rows = json.loads(answer.stdout)["tables"]["outcomes"]
    assert [row["rent_waiver.months"] for row in rows if row["outcome"] == "survival_rate"] == [0, 6]


@pytest.mark.parametrize(("value", "meant"), [("3", "3,..."), ("3，6", "3,6")])
def test_a_sweep_of_a_scenario_with_one_value_asks_for_several(shukun, value, meant):
    answer = shukun("sweep", "full_plan", "--lever", f"rent_waiver.months={value}")
    assert answer.exit_code == 2
    assert answer.stderr == (
        f"--lever rent_waiver.months={value}: a sweep of the scenario full_plan takes several values "
        f"with commas between them, as in rent_waiver.months={meant}.\n"
    )


def test_a_run_says_in_how_many_threads_it_was_done_and_that_more_than_the_cores_are_of_no_use(shukun):
    given = cores() + 1
    answer = shukun("run", "baseline", *FEW, "--threads", str(given))
    assert answer.exit_code == 0
    assert answer.stderr.startswith(f"--threads {given} is more than the {given - 1} cores that this process may use")
    assert f"on {given} thread(s)," in " ".join(answer.stdout.split())
    assert "cores" not in shukun("run", "baseline", *FEW, "--threads", "1").stderr


def test_a_study_is_gone_on_with_enlarged_and_verified(shukun, monkeypatch):
    words = ("sweep", "full_plan", "--lever", "rent_waiver.months=0,6", *FEW, "--out", "study")
    assert shukun(*words, "--replications", "1").exit_code == 0
    larger = shukun(*words, "--replications", "2")
    assert larger.exit_code == 0, larger.stderr
    assert "study holds 2 runs; those that fit are not done again" in larger.stderr
    assert "another version" not in larger.stderr
    assert Path("study/report.html").is_file()
    verified = shukun("verify", "study", "--sample", "2", "--workers", "1")
    assert (verified.exit_code, verified.stdout) == (0, "2 of 4 runs done again: 4 tables, every byte the same.\n")
    monkeypatch.setattr("sim.study.runs.run_store.sources_fingerprint", lambda: "0" * 64)
    of_another = shukun(*words, "--replications", "1")
    assert "study holds 4 runs of another version of the model or of other calibration" in of_another.stderr
    assert "those that fit" not in of_another.stderr


def test_a_run_that_somebody_changed_is_found(shukun):
    shukun("run", "full_plan", *FEW, "--out", "study")
    [file] = Path("study/runs").glob("*/panel.parquet")
    panel = pd.read_parquet(file)
    panel.loc[7, "open"] += 1
    panel.to_parquet(file, index=False)
    verified = shukun("verify", "study", "--workers", "1")
    assert verified.exit_code == 1
    assert "differs when it is done again: panel" in verified.stderr


def test_a_question_that_is_not_named_is_asked_for(shukun):
    answer = shukun("sweep")
    assert answer.exit_code == 2
    assert "rent_waiver_months" in answer.stderr


def test_draws_of_a_grid_are_not_a_number(shukun):
    answer = shukun("sweep", "rent_waiver_months", "--draws", "9", *FEW)
    assert answer.exit_code == 2
    assert "--draws does not apply" in answer.stderr


def test_a_clause_from_its_sentence_to_its_effect(shukun):
    answer = shukun("clause", "II.1.b", *FEW, "--replications", "1", "--json")
    assert answer.exit_code == 0, answer.stderr
    clause = json.loads(answer.stdout)
    assert clause["state"] == "modelled"
    [measure] = clause["measures"]
    assert measure["file"] == "measures/fiscal/rent_waiver_listed.yaml"
    assert {"outcomes", "effects", "costs", "reach", "eligible", "reached"} <= set(clause["effect"])


def test_a_clause_for_people(shukun):
    answer = shukun("clause", "II.1.b", "--no-effect")
    assert answer.exit_code == 0, answer.stderr
    for said in ("6", "State landlords 100%", "On application", "scenarios/measures/fiscal/rent_waiver_listed.yaml"):
        assert said in answer.stdout
    assert "Effect" not in answer.stdout
    assert "Survival" in shukun("clause", "II.1.b", *FEW, "--replications", "1").stdout


def test_a_journey_is_every_event_of_both_worlds(shukun):
    answer = shukun("journey", "--where", "fate=lost_either_way", "--most", "1", "--firms", "300", "--json")
    assert answer.exit_code == 0, answer.stderr
    journey = json.loads(answer.stdout)
    [firm] = journey["firms"]
    assert firm["fate"] == "lost_either_way"
    assert {event["world"] for event in journey["events"]} == {"full_plan", "no_support"}
    assert {event["firm"] for event in journey["events"]} == {firm["firm"]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_journey_for_people_is_a_table_and_a_picture(shukun, language):
    words = ("journey", "--where", "fate=lost_either_way", "--most", "1", "--firms", "300", "--picture", "lives.png")
    answer = CliRunner().invoke(app, [*words, "--lang", language])
    assert answer.exit_code == 0, answer.stderr
    assert "lives.png" in answer.stdout
    assert {"zh": "退出", "en": "Closed for good"}[language] in answer.stdout
    assert Path("lives.png").stat().st_size > 5_000


@pytest.mark.parametrize("place", ["nowhere/lives.png", "folder.png", "lives.doc"])
def test_a_picture_that_cannot_be_written_is_refused_before_the_runs(shukun, monkeypatch, place):
    Path("folder.png").mkdir()
    monkeypatch.setattr("sim.study.comparison.journey.journey", lambda *_, **__: pytest.fail("something ran"))
    answer = shukun("journey", "--where", "fate=saved", "--picture", place)
    assert answer.exit_code == 2
    assert f"--picture {place}: no picture can be written there" in answer.stderr


def test_every_shipped_question_is_understood_in_every_draw():
    from sim.study import answering
    from sim.study.designs.design import Draws
    from sim.study.questions import questions

    for kind in questions():
        for name in answering.shipped(kind):
            asked, place = answering.question(kind, name)
            if kind == "sweep":
                draws = Draws(asked, place.folder)
                for draw in range(len(draws)):
                    draws.scenario(draw, {})
    assert len(answering.shipped("sweep")) >= 8
