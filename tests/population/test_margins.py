"""The table of published margins: read row by row, refused in one sentence each, held to the evidence."""

import csv
import shutil
from pathlib import Path

import pytest

from sim.data_folders import CALIBRATION_VARIABLE, own_calibration_folder
from sim.evidence import evidence
from sim.population.counties import counties
from sim.population.margins import COLUMNS, margins
from sim.refusal import Refusal
from sim.vocabulary import SECTORS, SIZES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "calibration"
    shutil.copytree(own_calibration_folder(), copy)
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(copy))
    return copy


def write(folder: Path, *rows: dict[str, str]) -> None:
    with (folder / "population" / "margins.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="")
        table.writeheader()
        table.writerows(rows)


def test_every_margin_says_what_its_evidence_says():
    known = evidence()
    for margin in margins():
        assert margin.value == known[margin.evidence].value, margin.evidence
        assert margin.unit == known[margin.evidence].unit, margin.evidence
        if margin.whole is not None:
            assert margin.whole_value == known[margin.whole_evidence].value, margin.whole_evidence
        assert margin.zh and margin.en


def test_a_share_of_the_province_is_taken_for_the_weight_of_a_place(folder):
    write(
        folder,
        {"measure": "entities", "place": "5301", "value": "3", "whole_value": "10", "used": "fitted"},
        {"measure": "entities", "place": "530402", "value": "0.05", "whole_value": "1", "used": "fitted"},
    )
    table = counties()
    assert table.prefecture_weight[0] == pytest.approx(0.3)
    assert table.weight[table.county("530402")] == pytest.approx(0.05)
    assert table.weight.sum() == pytest.approx(1)


def test_a_row_names_groups_of_sectors_and_leaves_out_what_is_all(folder):
    write(folder, {"measure": "persons", "sectors": "industry catering", "value": "12", "used": "compared"})
    (margin,) = margins()
    industry = ("mining_and_utilities", "food_manufacturing", "manufacturing")
    assert [SECTORS[index] for index in margin.part.sectors] == [*industry, "catering"]
    assert len(margin.part.sizes) == len(SIZES) and margin.published == 12 and not margin.is_total


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"measure": "firms"}, "margins.csv:2: measure: found firms, allowed is entities, registered, persons"),
        ({"used": "yes"}, "margins.csv:2: used: found yes, allowed is fitted, input, compared, missing"),
        ({"value": "many"}, "margins.csv:2: value: found many, allowed is a number above 0"),
        ({"place": "9901"}, "margins.csv:2: place: found 9901, allowed is the code of a county or a prefecture"),
        ({"sectors": "trade"}, "margins.csv:2: sectors: found trade, allowed is"),
        ({"whole_sizes": "big"}, "margins.csv:2: whole_sizes: found big, allowed is individual, medium, micro, small"),
        ({"used": "fitted"}, "margins.csv:2: used: found fitted, allowed is compared or input, unless"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_line(folder, row, said):
    write(folder, {"measure": "entities", "value": "1", "used": "compared"} | row)
    with pytest.raises(Refusal) as refused:
        margins()
    assert said in refused.value.en and "\n" not in refused.value.en
    assert "现为" in refused.value.zh


def test_other_columns_are_refused(folder):
    (folder / "population" / "margins.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(Refusal, match=r"margins\.csv:1: columns: found a,b, allowed is measure,place"):
        margins()


def test_a_province_may_do_without_margins(case: Path):
    assert margins() == ()
