"""Evidence: every file is read without a fault, parameters name rows that there are, and a fault is one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from sim.evidence import COLUMNS, EvidenceError, evidence, read
from sim.parameters import load
from sim.population.margins import margins
from sim.study.validation.targets import targets

ROOT = Path(__file__).resolve().parents[1]
ROWS = evidence()
GOOD = {
    "id": "cash", "item": "cash lasts a month", "value": "0.34", "low": "0.3", "high": "0.4", "unit": "share",
    "period": "2020-02", "place": "China", "universe": "SMEs", "source_title": "A survey",
    "source_address": "a.example/page?id=3; doi.org/10.1/x", "read": "relay", "grade": "C", "note": "",
}  # fmt: skip


def test_every_file_is_read_and_every_row_says_what_it_is():
    files = list((ROOT / "calibration" / "evidence").glob("*.csv"))
    assert files and {row.topic for row in ROWS.values()} == {file.stem for file in files}
    assert all(row.id == id_ and row.item and row.source_title for id_, row in ROWS.items())


def test_every_row_that_a_parameter_names_exists():
    named = {id_ for entry in load().paths() for id_ in entry.evidence}
    assert named and not named - set(ROWS)


def test_every_row_is_used_or_says_that_it_is_context():
    of_margins = {id_ for margin in margins() for id_ in (margin.evidence, margin.whole_evidence)}
    of_targets = {id_ for target in targets().by_id.values() for id_ in target.entry.evidence}
    used = of_margins | of_targets | {id_ for entry in load().paths() for id_ in entry.evidence}
    context = {id_ for id_, row in ROWS.items() if row.note.startswith("context")}
    assert not set(ROWS) - used - context


def test_nothing_of_the_evidence_is_read_for_a_run():
    code = "import sys, sim; sim.run('baseline', firms=200); print('sim.evidence' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "False"


HEADER = ",".join(COLUMNS)


def file_of(folder, *rows, header=HEADER):
    lines = [header, *(",".join(f'"{row[column]}"' for column in COLUMNS) for row in rows)]
    (folder / "cash.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_row_is_typed(tmp_path):
    day = GOOD | {"id": "day", "unit": "date", "value": "2022-07-01", "low": "", "high": ""}
    rule = GOOD | {"id": "rule", "unit": "rule", "value": "half is paid", "low": "", "high": "", "read": "recalled"}
    file_of(tmp_path, GOOD, day, rule | {"source_address": ""})
    rows = read(tmp_path)
    assert (rows["cash"].value, rows["cash"].low, rows["cash"].high, rows["cash"].topic) == (0.34, 0.3, 0.4, "cash")
    assert rows["day"].value.isoformat() == "2022-07-01" and rows["day"].low is None
    assert rows["rule"].value == "half is paid"
    assert read(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"id": "Cash one"}, "id: found Cash one, allowed is lower-case letters, digits and underscores"),
        ({"item": ""}, 'item: found "", allowed is something'),
        ({"value": "34 %"}, "value: found 34 %, allowed is a plain number"),
        ({"value": "0.5"}, "low: found 0.3 to 0.4, allowed is low <= value <= high"),
        ({"high": ""}, 'high: found "", allowed is a number, as low is one'),
        ({"unit": "percent"}, "unit: found percent, allowed is one of share, share a year"),
        ({"unit": "date"}, "value: found 0.34, allowed is a date, such as 2022-07-01"),
        ({"unit": "rule"}, "low: found 0.3 to 0.4, allowed is nothing where the value is no number"),
        ({"read": "seen"}, "read: found seen, allowed is one of printed, relay, derived, recalled"),
        ({"grade": "E"}, "grade: found E, allowed is one of A, B, C, D"),
        ({"source_address": ""}, 'source_address: found "", allowed is where it was read'),
        (
            {"source_address": "https://a.example"},
            "source_address: found https://a.example, allowed is a host and path",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_file_line_and_field(tmp_path, changed, sentence):
    file_of(tmp_path, GOOD | {"id": "other"}, GOOD | changed)
    with pytest.raises(EvidenceError) as refusal:
        read(tmp_path)
    assert str(refusal.value).startswith(f"cash.csv:3: {sentence}")
    assert "cash.csv:3: " in refusal.value.zh


def test_an_id_that_is_used_twice_and_a_row_that_is_none_are_refused_together(tmp_path):
    file_of(tmp_path, GOOD, GOOD)
    with (tmp_path / "cash.csv").open("a", encoding="utf-8") as file:
        file.write("one,two\n")
    with pytest.raises(EvidenceError) as refusal:
        read(tmp_path)
    assert str(refusal.value).splitlines() == [
        "cash.csv:3: id: found cash, allowed is an id of its own (cash.csv has it)",
        "cash.csv:4: row: found 2 cells, allowed is 14 cells",
    ]
    file_of(tmp_path, header="id,value")
    with pytest.raises(EvidenceError, match=r"cash\.csv:1: columns: found id,value, allowed is id,item,value"):
        read(tmp_path)
