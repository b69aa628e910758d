from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest

import sim
from sim.desk import background as background_of_the_desk
from sim.desk.background import Background
from sim.desk.numbers import Numbers
from sim.desk.state import Desk
from sim.desk.what_if import WhatIf
from sim.observe.months import HEADLINES
from sim.parameters import load
from sim.study.designs.posterior import Draw, Posterior
from tests.conftest import CASE
from tests.desk.listening import Listener

FIRMS = 300
SAME = (  # every table that needs no run beyond those of the desk
    "outcomes", "differences", "differences_by_month", "rates", "cells", "values", "runs", "panel", "universes",
    "ledger", "delivery", "requests", "restarts", "fates", "saved_or_postponed", "chosen", "costs", "unit_costs",
    "targets", "interaction",
)  # fmt: skip


def three_months() -> WhatIf:
    return WhatIf("three months").with_lever("shop_rent.months", 3)


def no_taxes() -> WhatIf:
    return WhatIf("no taxes").switched("tax", on=False)


def calm() -> WhatIf:
    """One that changes what becomes of many firms, in every replication otherwise."""
    return WhatIf("calm").with_lever("world.outbreak", "none")


def failing() -> Callable[..., Any]:
    """The engine, but what is called `bad` cannot be run; all that it needs is inside, so that a worker can have it."""

    def simulate(scenario: Any, **how: Any) -> Any:
        from sim.engine import simulate as really

        if scenario.name == "bad":
            raise ArithmeticError("the ledger does not balance: 1 fen")
        return really(scenario, **how)

    return simulate


@pytest.fixture(scope="module")
def background() -> Iterator[Background]:
    """One for all tests that need no more: what one has run the next need not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHUKUN_CASE", str(CASE))
        with Background(workers=1, firms=FIRMS, most=3) as found:
            yield found


def answer(background: Background, desk: Desk) -> Numbers:
    listener = Listener()
    session = background.session(listener)
    session.show(desk)
    numbers = listener.end()
    session.close()
    return numbers


def test_numbers_are_those_of_compare_of_the_saved_files_to_the_bit(background: Background, tmp_path: Path) -> None:
    desk = Desk((three_months(), no_taxes()))
    numbers = answer(background, desk)
    files = []
    for what_if in desk.what_ifs:
        files.append(tmp_path / what_if.file_name)
        files[-1].write_text(what_if.yaml(), encoding="utf-8")
    compared = sim.compare(["full_plan", *files], firms=FIRMS, replications=3)
    study = numbers.comparison
    assert study is not None and (numbers.stage, numbers.replications, numbers.firms) == ("at_limit", 3, FIRMS)
    assert study.scenarios == compared.scenarios and study.subjects == compared.subjects == ["three months", "no taxes"]
    for name in SAME:
        pd.testing.assert_frame_equal(getattr(study, name), getattr(compared, name), check_exact=True, obj=name)
    for name in ("three months", "no taxes"):
        assert numbers.difference(name, "full_plan")["mean"].fillna(0).any()


def test_first_numbers_come_before_intervals_and_intervals_get_narrower(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_of_the_desk, "FIRST_ROWS", FIRMS)
    listener = Listener()
    with Background(workers=1, firms=2 * FIRMS, most=4) as background:
        background.session(listener).show(Desk((calm(),), half_width=0.00001))
        listener.end()
    assert [one.stage for one in listener.told][:2] == ["working", "first"]
    first, *refined = listener.told[1:]
    assert first.replications == 1 and first.headline()["low"].isna().all()
    assert first.comparison is not None and first.comparison.panel.empty  # nothing but outcomes is kept of its runs
    levels = first.comparison.values.set_index(["scenario", "outcome"])["value"]
    for name, scenario in (("calm", calm().scenario()), ("full_plan", "full_plan")):
        alone = sim.run(scenario, firms=FIRMS, seed=1).outcomes.set_index("outcome")["value"]
        assert levels[name, "survival_rate"] == alone["survival_rate"]
    assert [one.replications for one in refined] == [1, 2, 3, 4]
    assert refined[0].half_widths == {} and refined[-1].half_widths["calm"] > 0
    assert refined[2].seconds_left is not None and refined[2].seconds_left > 0
    assert refined[-1].stage == "at_limit" and refined[-1].seconds_left == 0
    needed = refined[-1].replications_needed
    assert needed is not None and needed > 4


def test_a_wide_precision_is_met_by_few_replications_and_said_to_be(case: Path) -> None:
    with Background(workers=1, firms=FIRMS, most=20) as background:
        numbers = answer(background, Desk((three_months(),), half_width=0.1))
    assert numbers.stage == "precise" and numbers.replications < 20
    assert max(numbers.half_widths.values()) <= 0.1


def test_numbers_are_the_same_on_one_worker_and_on_two(case: Path) -> None:
    found = []
    for workers in (1, 2):
        with Background(workers=workers, firms=FIRMS, most=2) as background:
            found.append(answer(background, Desk((three_months(), no_taxes()))).comparison)
    one, two = found
    assert one is not None and two is not None
    for name in one.table_names():
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True, obj=name)


def test_the_difference_of_any_two_is_paired_by_replication(background: Background) -> None:
    numbers = answer(background, Desk((three_months(), no_taxes())))
    assert numbers.comparison is not None
    wide = numbers.comparison.values.pivot(index="replication", columns=["scenario", "outcome"], values="value")
    apart = numbers.difference("no taxes", "three months").set_index("outcome")
    for outcome in HEADLINES:
        by_hand = (wide["no taxes", outcome] - wide["three months", outcome]).dropna()
        assert apart.loc[outcome, "mean"] == pytest.approx(by_hand.mean(), abs=1e-15)
        assert apart.loc[outcome, "low"] <= apart.loc[outcome, "mean"] <= apart.loc[outcome, "high"]
    back = numbers.difference("three months", "no taxes").set_index("outcome")["mean"]
    assert np.allclose(back[list(HEADLINES)], -apart["mean"][list(HEADLINES)], atol=1e-15)


def test_everything_on_the_page_has_its_table(background: Background) -> None:
    numbers = answer(background, Desk((three_months(),)))
    assert numbers.names() == ["no_support", "full_plan", "three months", "national_rules"]
    assert (numbers.baseline, numbers.plan, numbers.against("three months")) == (
        "no_support",
        "full_plan",
        "no_support",
    )
    assert list(numbers.targets("three months")["outcome"])[:2] == ["resumption_rate", "loss_share"]
    assert set(numbers.costs("three months")["against"]) == {"no_support"}
    assert set(numbers.costs("three months", "full_plan")["against"]) == {"full_plan"}
    assert {"saved", "harmed"} <= set(numbers.fates("three months")["fate"])
    months = numbers.months("three months", "survival_rate")
    assert len(months) == 12 and months["mean"].between(0.3, 1).all() and months["difference"].notna().all()
    assert set(numbers.groups("three months", "prefecture")["group"]) <= {"9901", "9902", "9923"}
    assert len(numbers.groups("three months", "sector")) > 3
    assert len(numbers.unit_costs("three months"))


def test_a_what_if_that_is_still_the_plan_differs_in_nothing(background: Background) -> None:
    numbers = answer(background, Desk.new("en"))
    apart = numbers.difference("What-if 1", "full_plan")
    assert (apart["mean"].dropna() == 0).all()


def test_a_run_that_fails_stops_its_own_what_if_only_and_says_why(case: Path) -> None:
    with Background(workers=1, firms=FIRMS, most=2, simulate=failing()) as background:
        numbers = answer(background, Desk((replace(no_taxes(), name="bad"), three_months())))
    assert set(numbers.failures) == {"bad"} and "the ledger does not balance" in numbers.failures["bad"].en
    assert numbers.stage == "at_limit" and "bad" not in numbers.names() and "three months" in numbers.names()


def test_a_what_if_that_cannot_be_read_says_why_and_the_others_are_run(background: Background) -> None:
    unread = WhatIf("unread", levers={"shop_rent.months": 999})
    numbers = answer(background, Desk((unread, three_months())))
    assert "out of range" in numbers.failures["unread"].en and "超出范围" in numbers.failures["unread"].zh
    assert "three months" in numbers.names()


def test_a_posterior_that_is_not_kept_is_told_in_a_sentence(background: Background) -> None:
    numbers = answer(background, Desk((three_months(),), uncertainty="posterior"))
    assert numbers.stage == "failed" and numbers.reason is not None
    assert "shukun calibrate --keep" in numbers.reason.en and "shukun calibrate --keep" in numbers.reason.zh


def test_under_the_posterior_every_replication_has_a_draw_of_its_own(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(low, high)] = [(one[3], one[4]) for one in load().settings() if one[0] == "firm.crowding"]
    draws = tuple(Draw(0.5, {"firm.crowding": float(value)}) for value in (low, high))
    monkeypatch.setattr("sim.desk.background.posterior", lambda: Posterior(draws, {}))
    numbers = answer(background, Desk((calm(),), uncertainty="posterior"))
    assert numbers.comparison is not None and numbers.replications == 3
    told = numbers.comparison.values.set_index(["scenario", "replication", "outcome"])["value"]
    for replication, draw in ((0, draws[0]), (2, draws[1])):  # at the steps of the golden ratio along the weights
        levers = {f"parameters.{path}": value for path, value in draw.changes.items()}
        alone = sim.run("full_plan", levers=levers, firms=FIRMS, seed=1 + replication)
        assert told["full_plan", replication, "survivors"] == alone.value("survivors")
    spread = numbers.spread.set_index(["scenario", "against", "outcome"])
    of_calm = spread.loc[("calm", "full_plan", "survivors")]
    assert of_calm["draws"] == 3 and of_calm["low"] <= of_calm["middle"] <= of_calm["high"]


def test_a_change_stops_what_is_under_way_and_what_was_run_is_used_again(case: Path) -> None:
    listener = Listener()
    with Background(workers=1, firms=FIRMS, most=40) as background:
        session = background.session(listener)
        session.show(Desk((three_months(),), half_width=0.00001))
        listener.until(lambda numbers: numbers.replications == 2)
        session.show(Desk((no_taxes(),), half_width=0.00001))
        told = len(listener.told)
        listener.until(lambda numbers: numbers.replications == 2, told)
        # After the change nothing of the what-if before is told.
        assert {numbers.desk.what_if.name for numbers in listener.told[told:]} == {"no taxes"}
        session.show(Desk((three_months(),), half_width=0.00001))
        told = len(listener.told)
        again = listener.until(lambda numbers: numbers.comparison is not None, told)
        assert again.replications >= 2  # no first numbers: they are there already


def test_another_language_is_told_at_once_with_the_same_numbers(background: Background) -> None:
    listener = Listener()
    session = background.session(listener)
    desk = Desk((three_months(),), lang="en")
    session.show(desk)
    before = listener.end()
    session.show(replace(desk, lang="zh"))
    assert listener.told[-1].desk.lang == "zh" and listener.told[-1].comparison is before.comparison


def test_two_sessions_have_each_their_own_numbers(case: Path) -> None:
    one, two = Listener(), Listener()
    with Background(workers=1, firms=FIRMS, most=3) as background:
        background.session(one).show(Desk((three_months(),)))
        background.session(two).show(Desk((no_taxes(),)))
        assert one.end().names()[2] == "three months" and two.end().names()[2] == "no taxes"


def test_a_session_that_is_closed_tells_nothing_more_and_leaves_the_workers_to_others(case: Path) -> None:
    one, two = Listener(), Listener()
    with Background(workers=1, firms=FIRMS, most=40) as background:
        closing = background.session(one)
        closing.show(Desk((three_months(),), half_width=0.00001))
        one.until(lambda numbers: numbers.stage == "first" or numbers.replications > 0)
        closing.close()
        told = len(one.told)
        other = background.session(two)
        other.show(Desk((no_taxes(),), half_width=0.1))
        assert two.end().stage == "precise"
        assert len(one.told) == told


def test_closing_ends_every_worker(case: Path) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    background = Background(workers=2, firms=FIRMS, most=40)
    listener = Listener()
    background.session(listener).show(Desk((three_months(),), half_width=0.00001))
    listener.until(lambda numbers: numbers.replications > 0)
    workers, folder = background.processes, background.pool.folder
    assert len(workers) == 2
    background.close()
    assert not [pid for pid in workers if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
    assert not folder.exists()
    left = {process.pid for process in psutil.Process().children(recursive=True)} - before
    assert not left & {*workers}


@pytest.mark.skipif(os.name == "nt", reason="there processes are not killed by a signal")
def test_a_worker_that_is_killed_is_begun_again_and_its_run_done(case: Path) -> None:
    listener = Listener()
    with Background(workers=2, firms=FIRMS, most=4) as background:
        background.session(listener).show(Desk((three_months(),), half_width=0.00001))
        listener.until(lambda numbers: numbers.replications == 1)
        killed = background.processes[0]
        os.kill(killed, signal.SIGKILL)
        numbers = listener.end()
        assert numbers.stage == "at_limit" and numbers.replications == 4 and not numbers.failures
        assert killed not in background.processes
