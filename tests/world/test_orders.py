"""Orders of firms: the table is read as it is, shops buy of wholesalers, no row is above what incomes leave of it."""

from pathlib import Path

import numpy as np
import pytest

from sim.data_folders import CALIBRATION_VARIABLE, own_calibration_folder
from sim.parameters import load
from sim.refusal import Refusal
from sim.vocabulary import SECTORS
from sim.world.orders import FILE, table, to_firms

PARAMETERS = load()
TABLE = np.array(table())
WHOLESALE, RETAIL, MANUFACTURING = map(SECTORS.index, ("wholesale", "retail", "manufacturing"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds the table alone, as it is; change it before anything is read."""
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(tmp_path))
    (tmp_path / "world").mkdir()
    (tmp_path / FILE).write_text((own_calibration_folder() / FILE).read_text("utf-8"), "utf-8")
    return tmp_path


def test_rows_sell_and_columns_buy():
    orders = to_firms(PARAMETERS)
    assert orders.shape == (len(SECTORS), len(SECTORS)) and orders.dtype == np.float64
    assert orders[MANUFACTURING, MANUFACTURING] == 0.4644  # makers of goods buy most of each other
    assert orders[MANUFACTURING].sum() == pytest.approx(0.695, abs=0.001)
    assert (orders >= 0).all() and (orders.sum(1) < 1).all()
    assert to_firms(PARAMETERS) is orders


def test_shops_buy_of_wholesalers_and_the_rest_of_their_row_keeps_its_shape():
    row, read = to_firms(PARAMETERS)[WHOLESALE], TABLE[WHOLESALE]
    assert row[RETAIL] == PARAMETERS["neighbours.wholesale_to_shops"] == 0.35
    assert row.sum() == pytest.approx(read.sum())
    others = np.arange(len(SECTORS)) != RETAIL
    assert np.allclose(row[others], read[others] * (read.sum() - 0.35) / read[others].sum())


@pytest.mark.parametrize("factor", [0.3, 1.0, 1.5])
def test_with_local_incomes_no_row_is_above_one(factor):
    changed = PARAMETERS.with_changes({"firm.local_demand_share": factor})
    orders, most = to_firms(changed), 1 - changed.by_sector("firm.local_demand_share")
    assert (orders.sum(1) <= most + 1e-12).all()
    limited = TABLE.sum(1) > most
    limited[WHOLESALE] = False  # another test's
    assert np.allclose(orders[limited].sum(1), most[limited])
    free = ~limited & (np.arange(len(SECTORS)) != WHOLESALE)
    assert (orders[free] == TABLE[free]).all()
    if factor == 1.0:
        assert [SECTORS[s] for s in np.flatnonzero(limited)] == ["mining_and_utilities", "retail"]


def test_another_folder_has_orders_of_its_own(folder):
    text = (folder / FILE).read_text("utf-8").replace("manufacturing,0.0105", "manufacturing,0.0205", 1)
    (folder / FILE).write_text(text, "utf-8")
    assert to_firms(PARAMETERS)[MANUFACTURING, 0] == 0.0205 and TABLE[MANUFACTURING, 0] == 0.0105


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("\ncatering,", "\ncaterin,", ":11: seller: found caterin, allowed is catering\n"),
        (",catering,", ",cooking,", ":1: columns: found cooking, allowed is seller, agriculture,"),
        ("\ncatering,0.0047", "\ncatering,much", ":11: agriculture: found much, allowed is a number from 0 to 1"),
        ("\ncatering,0.0047", "\ncatering,nan", ":11: agriculture: found nan, allowed is a number from 0 to 1"),
        (
            "\ncatering,0.0047",
            "\ncatering,0.9",
            ":11: catering: found 1.2981, allowed is shares that add up to no more",
        ),
        ("\ncatering,", "\ntourism,", ":11: seller: found tourism, allowed is one row for each sector"),
        ("\ncatering,", "\ntourism,", ':16: seller: found "", allowed is a row for catering too'),
        (",source\n", "\n", ":1: columns: found seller,agriculture,"),
    ],
)
def test_a_table_that_cannot_be_used_says_where(folder, old, new, sentence):
    text = (folder / FILE).read_text("utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Refusal) as refused:
        table()
    assert f"{folder / FILE}{sentence}" in f"{refused.value.en}\n"
    assert "现为" in refused.value.zh
