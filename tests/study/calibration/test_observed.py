"""How targets are compared: scales, the sides of a published interval, discrepancy by scale and grade, refusals."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sim.data_folders import own_calibration_folder
from sim.scenario.validation_errors import ScenarioError
from sim.study.calibration import discrepancy as room
from sim.study.calibration.discrepancy import discrepancy
from sim.study.calibration.observed import AMOUNT, DIFFERENCE, DIFFERENCE_OF_SHARES, SHARE, Observed, Scale, scale_of
from sim.study.validation.targets import targets


def entry(unit: str, low: float, value: float, high: float) -> SimpleNamespace:
    return SimpleNamespace(unit=unit, low=low, value=value, high=high)


@pytest.mark.parametrize(
    ("target", "values", "name"),
    [
        (entry("share", 0.2, 0.3, 0.4), [0.1, 0.9], SHARE),
        (entry("share", 0.02, 0.05, 0.08), [-0.1, 0.2], DIFFERENCE_OF_SHARES),  # a margin
        (entry("share", -0.3, -0.2, -0.1), [0.1, 0.2], DIFFERENCE_OF_SHARES),
        (entry("months", 1.0, 2.0, 3.0), [0.5, 4.0], AMOUNT),
        (entry("months", -0.5, -0.3, -0.1), [0.5, 1.0], DIFFERENCE),
    ],
)
def test_a_target_is_compared_on_the_scale_of_what_it_can_be(target: object, values: list[float], name: str) -> None:
    scale = scale_of(target, np.array(values))  # type: ignore[arg-type]
    assert scale.name == name
    inside = np.array([0.25, 0.5])
    assert scale.back(scale.to(inside)) == pytest.approx(inside)


def test_a_share_of_nobody_is_no_further_off_than_what_is_told_from_nothing() -> None:
    scale = scale_of(entry("share", 0.0002, 0.0004, 0.0006), np.array([0.0, 0.1]))  # type: ignore[arg-type]
    assert scale.least == pytest.approx(0.0001)
    assert scale.to(0.0) == scale.to(0.0001)


def test_the_side_of_the_interval_counts_and_uncertainties_add_up() -> None:
    one = np.array([1.0])
    held = Observed(("a",), (Scale(DIFFERENCE, 0.0),), 5.0 * one, 3.0 * one, 1.0 * one, 2.0 * one, 1.0 * one)
    above = held.implausibility(np.array([[7.0]]), 0.0)[0, 0]
    below = held.implausibility(np.array([[3.0]]), 0.0)[0, 0]
    assert above == pytest.approx(2.0 / np.sqrt(1.0 + 4.0 + 1.0))
    assert below == pytest.approx(2.0 / np.sqrt(9.0 + 4.0 + 1.0))
    assert held.implausibility(np.array([[7.0]]), 3.0)[0, 0] == pytest.approx(2.0 / np.sqrt(15.0))


def test_a_target_far_off_bends_the_likelihood_little() -> None:
    one = np.array([1.0])
    held = Observed(("a",), (Scale(DIFFERENCE, 0.0),), 0.0 * one, one, one, 0.0 * one, 0.0 * one)
    near, far, further = held.log_likelihood(np.array([[0.0], [10.0], [11.0]]))
    assert near > far > further
    assert far - further < 1.0  # a normal likelihood would lose 10.5


def test_what_the_model_may_be_off_by_goes_by_scale_and_grade() -> None:
    assumed = discrepancy()
    assert assumed.of(SHARE, "A") == assumed.share.value
    assert assumed.of(AMOUNT, "D") == pytest.approx(2.0 * assumed.amount.value)
    for name in (SHARE, AMOUNT, DIFFERENCE_OF_SHARES, DIFFERENCE):
        one = getattr(assumed, name)
        assert one.low < one.value < one.high
        assert one.reason.zh and one.reason.en


def test_a_discrepancy_out_of_its_range_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (own_calibration_folder() / room.FILE).read_text("utf-8")
    (tmp_path / room.FILE).write_text(text.replace("value: 0.15", "value: 0.75", 1), "utf-8")
    monkeypatch.setattr(room, "calibration_file", lambda folder, name: tmp_path / name)
    with pytest.raises(
        ScenarioError, match=r"discrepancy\.yaml:\d+.*value 0\.75 lies between low 0\.075 and high 0\.3"
    ):
        discrepancy.__wrapped__(tmp_path)  # type: ignore[attr-defined]


def test_every_target_that_is_answered_can_be_compared() -> None:
    for target in targets().by_id.values():
        scale = scale_of(target.entry, np.array([target.entry.value]))
        ends = [float(scale.to(end)) for end in (target.entry.low, target.entry.value, target.entry.high)]
        assert ends == sorted(ends), target.id
        assert ends[0] < ends[2], target.id
