"""The small invented province is a province like any other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings

import sim
from sim.classification import province
from sim.data_folders import CASE_VARIABLE, VARIABLES
from sim.engine import simulate
from sim.observe.months import rates_by_month
from sim.population.counties import counties
from sim.scenario import load
from sim.world.risk_listings import spells
from sim.world.spec import WorldSpec
from tests.conftest import CASE
from tests.reference.comparison import live_both
from tests.reference.drawn import a_scenario
from tests.reference.test_agreement import DRAWN, assert_agreement

ROOT = Path(__file__).resolve().parents[2]
FIRMS = 2_100  # one row an entity


def test_it_has_three_prefectures_and_is_not_yunnan(case: Path) -> None:
    assert counties().prefecture_code == ("9901", "9902", "9923") and len(counties()) == 7
    assert province().en == "Testland"
    assert {spell.county for spell in spells()} <= set(counties().code)


def test_outside_the_test_the_province_is_yunnan_again() -> None:
    assert not {*VARIABLES} & {*os.environ}
    assert counties().prefecture_count == 16 and province().en == "Yunnan"


@pytest.mark.parametrize("name", ["no_support", "full_plan", "no_outbreak"])
def test_it_runs_and_balances(case: Path, name: str) -> None:
    run = simulate(load(name), firms=FIRMS, fates=True)
    assert run.ledger_residual_fen == 0
    assert set(run.panel["prefecture"]) == set(run.fates["prefecture"]) == set(counties().prefecture_code)
    assert run.panel[run.panel["month"] == "2022-02"]["founders"].sum() == run.firms == FIRMS
    assert 0.5 < run.value("survival_rate") < 1.0
    assert (run.value("stopped") > 0) == (name != "no_outbreak")


def test_every_part_of_the_model_is_at_work(case: Path) -> None:
    run = simulate(load("full_plan"), firms=FIRMS)
    assert set(run.requests["station"]) >= {"applied", "decided"}
    assert set(run.delivery["station"]) >= {"eligible", "aware", "applied", "queued", "decided", "refused", "paid"}
    assert (run.repayment_wall[["put_off_fen", "repaid_fen"]].sum() > 0).all()
    assert run.value("contracts_of_small_firms") > 0 and run.value("contracts_of_large_firms") > 0


@pytest.mark.slow
def test_a_comparison_tells_the_plan_from_the_baseline(case: Path, tmp_path: Path) -> None:
    study = sim.compare(firms=400, replications=2, folder=tmp_path / "study")
    assert set(study.runs["reason"]) == {""} and len(study.runs) == 6  # the national rules too
    effects = study.over_baselines(study.differences).set_index(["scenario", "outcome"])["mean"]
    assert effects["full_plan", "money_given"] >= 0
    universes = study.universes[study.universes["month"] == "2023-01"].set_index(["scenario", "universe", "by"])
    assert universes.loc[("no_support", "all", "firms"), "founders"] == FIRMS
    lived = study.outcomes.set_index(["scenario", "outcome"])["mean"]
    rates = rates_by_month(study.universes).set_index(["scenario", "universe", "by", "month"])["survival_rate"]
    assert rates["full_plan", "all", "firms", "2023-01"] == pytest.approx(lived["full_plan", "survival_rate_of_all"])
    by_month = study.over_baselines(study.differences_by_month)
    by_month = by_month[by_month["scenario"] == "full_plan"].set_index(["universe", "by", "month", "outcome"])["mean"]
    assert by_month["all", "firms", "2023-01", "survival_rate"] == pytest.approx(
        effects["full_plan", "survival_rate_of_all"]
    )
    assert by_month["all", "firms", "2022-09", "loss_share"] == pytest.approx(effects["full_plan", "loss_share_of_all"])


@pytest.mark.slow
def test_workers_that_are_already_there_see_the_province_of_the_study(case: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv(CASE_VARIABLE)
    sim.compare(["no_support"], firms=100, replications=2, folder=tmp_path / "yunnan", workers=2)
    monkeypatch.setenv(CASE_VARIABLE, str(case))
    apart = [
        sim.compare(["no_support"], firms=100, replications=2, folder=tmp_path / f"{workers}", workers=workers).runs
        for workers in (1, 2)
    ]
    assert apart[0].equals(apart[1])


@pytest.mark.parametrize(("name", "firms"), [("no_support", 150), ("full_plan", 150)])
def test_the_oracle_agrees_to_the_fen(case: Path, name: str, firms: int) -> None:
    world = WorldSpec.model_validate({"start": "2022-03-05", "end": "2023-02-28"})
    assert_agreement(live_both(replace(load(name), world=world), firms, seed=5))


@pytest.mark.parametrize("examples", [4, pytest.param(60, marks=pytest.mark.long)], ids=["few", "many"])
def test_the_oracle_agrees_in_drawn_scenarios(case: Path, examples: int) -> None:
    @settings(DRAWN, max_examples=examples)
    @given(a_scenario())
    def agree(drawn: SimpleNamespace) -> None:
        assert_agreement(live_both(drawn.scenario, drawn.firms, drawn.seed, drawn.scale, drawn.every))

    agree()


@pytest.mark.slow
def test_sectors_agencies_and_a_record_of_its_own_take_no_code(tmp_path: Path) -> None:
    """Four sectors, one of them new to the model, two agencies and a record of one year, with a plan for them."""
    folder = tmp_path / "fishers"
    shutil.copytree(CASE, folder)
    own = (folder / "calibration" / "classification.toml").read_text("utf-8").split("# Groups of GB/T")[0]
    (folder / "calibration" / "classification.toml").write_text(
        own.replace("last = 2023-12-31", "last = 2022-12-31")
        + """
        [public_contracts]
        goods = ["manufacturing"]
        works = ["construction"]
        services = ["fishery"]
        [sectors]
        fishery = {zh = "渔业", en = "Fishery", covers = "A04"}
        manufacturing = {zh = "制造业", en = "Manufacturing", covers = "C"}
        construction = {zh = "建筑业", en = "Construction", covers = "E"}
        retail = {zh = "零售业", en = "Retail", covers = "F52"}
        [sector_groups]
        [sizes]
        individual = {zh = "个体工商户", en = "Individual businesses", rows = 1}
        micro = {zh = "微型企业", en = "Micro firms", rows = 2}
        medium = {zh = "中型企业", en = "Medium firms", rows = 6}
        [agencies]
        finance = {zh = "财政部门", en = "Finance"}
        banks = {zh = "银行", en = "Banks"}
        [industry_above_scale]
        sectors = ["manufacturing"]
        yearly_sales_yuan = 20_000_000
        source = "invented for the test"
        """,
        "utf-8",
    )
    written(folder / "calibration" / "parameters.yaml", r"sectors: \[[^]]*\]", "sectors: [manufacturing, fishery]")
    written(folder / "calibration" / "world" / "demand.csv", r",agriculture,", ",fishery,")
    written(folder / "calibration" / "world" / "demand.csv", r"(?m)^2023.*\n", "")
    sectors = ("fishery", "manufacturing", "construction", "retail")
    orders = [f"{sector},{'0.1,' * len(sectors)}invented" for sector in sectors]
    (folder / "calibration" / "world" / "orders.csv").write_text(
        "\n".join([f"seller,{','.join(sectors)},source", *orders]), "utf-8"
    )
    for measure in folder.glob("scenarios/measures/*/*.yaml"):
        written(measure, r"sectors: \[[^]]*\]", "sectors: [渔业, retail]")
        written(measure, r"sizes: \[[^]]*\]", "sizes: [individual, micro]")
        written(measure, r"agency: \w+", "agency: finance")
        written(measure, r"2022-12-31", "2022-10-31")
    written(folder / "scenarios" / "plan.yaml", r"horizon: .*", "horizon: [2022-02-01, 2022-10-31]")
    told = in_a_process_of_its_own("run", "full_plan", "--case", str(folder), "--firms", "150", "--json")
    found = json.loads(told.stdout)
    assert 0.5 < found["outcomes"]["survival_rate"] <= 1.0
    named = json.loads(in_a_process_of_its_own("levers", "shop_rent", "--case", str(folder), "--json").stdout)
    assert any(lever["value"] == ["fishery", "retail"] for lever in named)


def written(file: Path, pattern: str, text: str) -> None:
    """Put a text in every place of a file that a pattern finds."""
    file.write_text(re.sub(pattern, text, file.read_text("utf-8")), "utf-8")


def in_a_process_of_its_own(*words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process that begins with the project's own lists. Kernels run as Python there."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sim.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, check=True, capture_output=True, text=True,
    )  # fmt: skip
