"""Cells fitted to margins: all of them are met, and nothing is assumed beyond them."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.data_folders import CALIBRATION_VARIABLE, own_calibration_folder
from sim.parameters import load
from sim.population.cells import cells_of
from sim.population.counties import counties
from sim.population.fitting import BASES, fitted, places_of, province_shares
from sim.population.margins import COLUMNS, margins
from sim.refusal import Refusal
from sim.vocabulary import SECTORS, SIZES


def table(parameters=None):
    parameters = parameters or load()
    return province_shares(parameters)[:, :, None] * fitted(parameters, counties()).where


def test_every_margin_is_met():
    found, places = table(), places_of(counties())
    assert found.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.sum(axis=(0, 1)), places.share, atol=1e-9)
    for margin in margins():
        if margin.used == "fitted" and not margin.is_total:
            place = places.code.tolist().index(int(margin.part.place))
            inside = found[np.ix_(list(margin.part.sectors), list(margin.part.sizes), [place])].sum()
            whole = found[np.ix_(list(margin.whole.sectors), list(margin.whole.sizes), [place])].sum()
            assert inside / whole == pytest.approx(margin.published, rel=1e-8), margin.evidence


def test_a_place_without_figures_of_its_own_is_like_the_rest_of_the_province():
    found, places = fitted(load(), counties()), places_of(counties())
    without = [k for k in range(len(places.code)) if (found.basis[:, :, k] >= BASES.index("total")).all()]
    assert len(without) == 15
    relative = found.where[:, :, without] / found.where[:, :, without[0]][:, :, None]
    np.testing.assert_allclose(relative, np.broadcast_to(relative[:1, :1], relative.shape), rtol=1e-8)


def test_a_county_with_figures_of_its_own_is_a_place():
    places = places_of(counties())
    assert places.code[16:].tolist() == [530402, 532323]
    assert (places.of_county[counties().county("Hongta")], places.prefecture[16]) == (16, 2)
    assert places.share.sum() == pytest.approx(1)
    cells = cells_of(load(), counties(), 2_898_000, born=False).sum(axis=2)
    transport = cells[SECTORS.index("transport"), 0] / cells[:, 0].sum(axis=0)
    assert transport[16] > 2.5 * transport[2]  # Hongta's hauliers, beside the rest of Yuxi


def test_births_are_where_firms_of_their_kind_are():
    born = cells_of(load(), counties(), 400_000, born=True).sum(axis=2)
    assert born.sum() == 400_000
    assert born[:, SIZES.index("small") :].sum() == 0
    trade, hongta = SECTORS.index("transport"), 16
    alive = cells_of(load(), counties(), 400_000, born=False).sum(axis=2)
    assert born[trade, 0, hongta] == pytest.approx(alive[trade, 0, hongta], abs=2)
    assert born[trade, 1, hongta] == pytest.approx(alive[trade, 1:, hongta].sum(), abs=2)


@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_margins_are_met_whatever_the_parameters(factor):
    changed = load().with_changes(
        {"population.sector_share.individual.transport": 0.09 * factor, "population.enterprise_share": 0.15}
    )
    found, places = table(changed), places_of(counties())
    np.testing.assert_allclose(found.sum(axis=2), province_shares(changed), atol=1e-12)
    place = places.code.tolist().index(530402)
    transport = found[SECTORS.index("transport"), 0, place] / found[1:, 0, place].sum()
    assert transport == pytest.approx(12188 / 45472, rel=1e-8)


def test_margins_that_contradict_each_other_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(own_calibration_folder(), tmp_path / "calibration")
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(tmp_path / "calibration"))
    row = {"measure": "entities", "place": "5304", "whole_place": "5304", "whole_value": "10", "used": "fitted"}
    with (tmp_path / "calibration" / "population" / "margins.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, restval="")
        rows.writeheader()
        rows.writerows([row | {"sectors": "retail", "value": "6"}, row | {"sectors": "catering", "value": "5"}])
    with pytest.raises(Refusal, match="contradict each other"):
        fitted(load(), counties())


def test_a_province_without_margins_is_where_its_weights_are(case: Path):
    found = fitted(load(), counties())
    assert (found.where == counties().prefecture_weight).all()
    assert (found.basis == BASES.index("none")).all()
