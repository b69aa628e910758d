"""What listings show, and that on a terminal of 80 columns nothing of it is cut, in either language."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from sim.cli import app
from sim.report.terminal import layout

ROOT = Path(__file__).resolve().parents[2]
STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ELLIPSIS = "…"


def on_a_terminal(words, place, columns=80):
    """What a command writes on a terminal, line by line, without colours."""
    ours, theirs = pty.openpty()
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sim.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=theirs, stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm", "LANG": "C.UTF-8"}, cwd=place,
    )  # fmt: skip
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    _, told = process.communicate()
    assert process.returncode == 0, told.decode()
    return [STYLE.sub("", line.rstrip("\r")) for line in written.decode().split("\n")]


def piped(*words):
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


LISTINGS = [
    ("clauses",),
    ("levers", "rent"),
    ("levers", "parameters"),
    ("levers", "world"),
    ("diff", "baseline", "full_plan"),
    ("diff", "full_plan", "plan_two_months_earlier"),
    ("diff", "full_plan", "double_outbreak"),
    ("clause", "II.1.b", "--no-effect"),
    ("clause", "I.9.d", "--firms", "300", "--replications", "2", "--workers", "1"),
    ("run", "full_plan", "--firms", "300", "--workers", "1", "--replications", "2"),
    ("compare", "full_plan", "--firms", "300", "--workers", "1", "--replications", "2", "--draws", "0",
     "--clause-replications", "0"),
    ("sweep", "full_plan", "--lever", "rent_waiver.months=0,6", "--firms", "300", "--workers", "1",
     "--replications", "2"),
    ("population",),
    ("journey", "--where", "fate=lost_either_way", "--most", "1", "--firms", "300"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "language"),
    [
        # What lives through provinces is wider in English; `make test-long` looks at the Chinese, too.
        pytest.param(words, language, marks=[pytest.mark.long] if "--firms" in words and language == "zh" else [])
        for words in LISTINGS
        for language in ("en", "zh")
    ],
    ids=lambda said: said if isinstance(said, str) else " ".join(said),
)
def test_everything_fits_80_columns_and_loses_no_word(words, language, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = on_a_terminal([*words, "--lang", language], tmp_path)
    assert max(cell_len(line.rstrip()) for line in shown) <= 80
    # A name that the table holds in a pipe stands whole on a line of the terminal.
    whole = "\n".join(shown)
    names = set(re.findall(r"(?<![\w.])[a-z]\w*_[\w.]*\w", piped(*words, "--lang", language)))
    assert [name for name in names if len(name) < 76 and name not in whole] == []
    assert ELLIPSIS not in whole


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_pipe_has_a_line_a_lever_with_all_of_it(language):
    lines = piped("levers", "--lang", language).splitlines()
    levers = json.loads(piped("levers", "--json"))
    shown = {line.split()[0]: line for line in lines if line.startswith("  ") and line.split()}
    for lever in levers:
        value = lever["value"] if isinstance(lever["value"], str) else json.dumps(lever["value"], ensure_ascii=False)
        assert value in shown[lever["path"]]
    assert not any(line != line.rstrip() or ELLIPSIS in line for line in lines)


def test_colours_that_are_forced_do_not_narrow_a_pipe(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    lines = [STYLE.sub("", line) for line in piped("levers", "rent", "--lang", "en").splitlines()]
    assert [line for line in lines if line.startswith("  rent_waiver.bearer ") and line.endswith("who bears it")]


def listed(*words):
    return {lever["path"] for lever in json.loads(piped("levers", *words, "--json"))}


def test_levers_are_found_by_group_and_by_word_in_either_language():
    everything = listed()
    assert listed("world") == listed("外部环境") == {path for path in everything if path.startswith("world.")}
    assert listed("parameters") == {path for path in everything if path.startswith("parameters.")}
    assert listed("firms") == {"firms"}
    assert (
        listed("measures")
        | listed(
            "all",
        )
        | listed("funds")
        | listed("plan")
        | listed("world")
        | {"firms"}
        | listed("parameters")
        == everything
    )
    rent, zh = listed("rent"), listed("租金")
    assert {"rent_waiver.months", "parameters.costs.rent.catering"} <= rent
    assert "rent_waiver.months" in zh
    assert not any("current" in path and "rent" not in path.replace("current", "") for path in rent)
    assert listed("RENT", "parameters") == {path for path in rent if path.startswith("parameters.")}
    assert {"rent_waiver.months", "rent_waiver_listed.months"} <= listed("II.1.b", "months") | listed(
        "II.1.a", "months"
    )


def test_levers_are_those_of_a_scenario():
    six = json.loads(piped("levers", "rent_waiver.months", "--scenario", "rent_waiver_6_months", "--json"))
    assert [(lever["path"], lever["value"]) for lever in six] == [("rent_waiver.months", 6)]
    assert "rent_waiver.months" not in listed("--scenario", "baseline")


def test_levers_are_found_by_chinese_and_english_words_of_names_units_groups_and_values():
    assert "parameters.costs.rent.catering" in listed("房租", "餐饮业") & listed("rent", "catering")
    assert "rent_waiver.flows" in listed("房租", "账单")
    assert listed("办件量") >= {"rent_waiver.delivery.capacity", "parameters.delivery.capacity.tax"}
    assert "parameters.premiums.pension" in listed("社保缴费") & listed("social insurance")
    assert {path.rpartition(".")[2] for path in listed("计发单位")} == {"per", "amount_yuan"}


def test_what_differs_between_two_scenarios_is_told_with_names():
    *_, line = filter(None, piped("diff", "full_plan", "rent_waiver_6_months", "--lang", "zh").splitlines())
    assert line.split() == ["rent_waiver.months", "3", "6", "国有房屋租金减免三个月：减免的月数"]


def test_levers_are_told_in_the_readers_language():
    [line] = [line for line in piped("levers", "world.wave", "--lang", "zh").splitlines() if "wave_factor" in line]
    assert line.split() == ["world.wave_factor", "1.0", "倍数", "0", "至", "100", "岁末年初感染高峰（倍数）"]
    [line] = [line for line in piped("levers", "world.wave", "--lang", "en").splitlines() if "wave_factor" in line]
    assert line.split()[:5] == ["world.wave_factor", "1.0", "factor", "0", "to"]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("two words", 5, ["two", "words"]),
        ("租金减免三个月", 6, ["租金减", "免三个", "月"]),
        ("省级、州市", 4, ["省", "级、", "州市"]),
        ("方案（II.1.b）", 8, ["方案", "（II.1.b", "）"]),
        ("rent_waiver免租", 11, ["rent_waiver", "免租"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("one\ntwo", 80, ["one", "two"]),
        ("", 80, [""]),
    ],
)
def test_lines_break_where_a_reader_expects_it(text, width, expected):
    assert layout.lines(text, width) == expected


def test_a_table_is_as_wide_as_its_words_need_or_told_in_blocks():
    assert layout.widths([["a", "bb"], ["ccc"]], 80) == [2, 3]
    narrow = layout.widths([["name", "x"], ["a sentence of several words that goes on and on and on"]], 40)
    assert narrow is not None
    assert sum(narrow) + 2 * layout.EDGE + layout.GAP <= 40
    assert layout.widths([["a_word_of_twenty_cells"], ["another_one_that_long"]], 40) is None
    assert list(layout.blocks(["a", "b\nc", "d"], [["1", "2\n3", ""]], 40)) == [("1", ["b / c: 2 / 3"])]
