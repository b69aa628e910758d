"""The common model of `benchmarks/peers`: every framework that is installed lives it to the same fen."""

import importlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers import columns, common, plain_simpy
from benchmarks.peers.common import Count
from benchmarks.peers.picture import draw as draw_picture
from benchmarks.peers.race import CONTESTANTS, OURS, OutcomesDifferError, Row, affordable_months, compare

FIRMS, MONTHS = 300, 24


@pytest.fixture(scope="module")
def plain() -> list[Count]:
    return plain_simpy.build(FIRMS, MONTHS)()


def test_columns_live_what_plain_simpy_lives(plain: list[Count]) -> None:
    assert columns.build(FIRMS, MONTHS)() == plain


@pytest.mark.parametrize("module", ["with_mesa", "with_agentpy", "with_salabim", "with_ambr"])
def test_every_framework_lives_what_plain_simpy_lives(module: str, plain: list[Count]) -> None:
    framework = next(who for who in CONTESTANTS if who.module == module)
    pytest.importorskip(framework.distribution, reason="installed by `make peers`")
    assert importlib.import_module(f"benchmarks.peers.{module}").build(FIRMS, MONTHS)() == plain


def test_everything_that_is_timed_happens(plain: list[Count]) -> None:
    assert [count.month for count in plain] == list(range(MONTHS))
    assert 0 < plain[-1].alive < plain[0].alive <= FIRMS
    assert any(count.waiting > 0 for count in plain), "nobody ever waits for the bank"
    granted = np.diff([0, *(count.loans for count in plain)])
    assert granted.max() == common.MONTH_DAYS * common.capacity(FIRMS), "the bank is never busy all month"
    assert granted.min() < granted.max(), "the bank is always busy"


def test_an_outbreak_costs_sales_in_proportion_to_the_days() -> None:
    def cash_after(stopped_days: int) -> int:
        firm = common.Firm()
        firm.open_for_business(7, (0, 3, 2_800_000, 50, 100_000, 10_000_000))
        firm.meet(common.Outbreak(start=28, end=28 + stopped_days, county=3, share=100))
        firm.resume(28 + stopped_days)
        firm.settle(56)
        return firm.cash - 10_000_000 + 100_000

    assert cash_after(0) > 0
    assert cash_after(14) * 2 == cash_after(0)
    assert cash_after(28) == 0


def test_a_firm_closes_after_the_third_short_month_unless_the_bank_lends() -> None:
    def firm_without_sales() -> common.Firm:
        firm = common.Firm()
        firm.open_for_business(7, (0, 3, 0, 20, 1_200, 0))
        return firm

    alone = firm_without_sales()
    assert [alone.settle(day) for day in (0, 28, 56)] == [True, False, False]
    assert not alone.alive and alone.cash == -3_600

    helped = firm_without_sales()
    helped.settle(0)
    helped.borrow()
    helped.settle(28)
    assert (helped.cash, helped.loan, helped.short_months) == (-1_200 + 3_600 - 1_200 - 300, 3_300, 0)


def test_draws_are_the_same_in_python_and_in_arrays_and_spread_evenly() -> None:
    who = np.arange(20_000)
    drawn = common.draw(who, 5, common.SHOCK)
    assert drawn.tolist() == [common.draw(i, 5, common.SHOCK) for i in who.tolist()]
    assert drawn.min() >= 0 and drawn.max() < 2**32
    shares = np.bincount(drawn * 10 >> 32, minlength=10) / len(who)
    assert shares == pytest.approx(np.full(10, 0.1), abs=0.01)
    later = common.draw(who, 33, common.SHOCK)
    assert abs(np.corrcoef(drawn, later)[0, 1]) < 0.03


def test_a_difference_of_one_fen_is_refused(plain: list[Count]) -> None:
    wrong = [*plain[:3], plain[3]._replace(cash_fen=plain[3].cash_fen + 1)]
    with pytest.raises(OutcomesDifferError, match="month 3: cash_fen"):
        compare(CONTESTANTS[1], wrong, plain)


def test_a_slow_framework_lives_fewer_months() -> None:
    assert affordable_months(None, 1_000_000) == MONTHS
    assert affordable_months(1e-8, 1_000_000) == MONTHS
    assert affordable_months(1e-5, 1_000_000) == 12
    assert affordable_months(1.0, 1_000_000) == 1


def test_the_picture_names_every_framework_and_is_small(tmp_path: Path) -> None:
    rows = [
        Row(
            firms,
            who.name,
            "1",
            who.agents,
            MONTHS,
            firms * MONTHS,
            1.0,
            1.0,
            1.0,
            firms * 50.0 / (place + 1),
            place + 1.0,
        )
        for firms in (1_000, 10_000)
        for place, who in enumerate(CONTESTANTS)
    ]
    draw_picture(rows, {"processor": "some processor", "python": "3"}, tmp_path / "peers.svg")
    picture = (tmp_path / "peers.svg").read_text()
    assert len(picture) < 100_000
    assert all(who.name in picture for who in CONTESTANTS)
    assert "(1/3)" in picture and OURS.name in picture


def test_the_frameworks_are_pinned() -> None:
    root = Path(__file__).resolve().parents[2]
    wanted = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]["peers"]
    pinned = {line.partition("==")[0].lower() for line in (root / "constraints.txt").read_text().splitlines()}
    assert {name.partition(">")[0] for name in wanted} <= pinned
