"""Terminals that cannot show a character, are closed, are full or stop reading: the command keeps its own status."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FEW = ("--firms", "300", "--workers", "1")
TRACES = re.compile(r"Traceback|Error\b|Exception ignored|File \"")


def started(*words, encoding=None, place=None, **streams):
    """The command in a process of its own, as the entry point starts it."""
    environment = {**os.environ, "PYTHONUTF8": "0"}
    if encoding is not None:
        environment["PYTHONIOENCODING"] = encoding
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sim.cli import main; main()"
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.Popen([sys.executable, "-c", code, *words], cwd=place, env=environment, **streams)


def ended(*words, **how):
    """Status of the command and the bytes of both its streams."""
    process = started(*words, **how)
    written, told = process.communicate(timeout=300)
    return process.returncode, written or b"", told or b""


def told_by_each(commands, place, encoding, language):
    """Of commands one after the other in one process: the statuses, and what both streams hold in the end."""
    code = (
        f"import sys, json; sys.path.insert(0, {str(ROOT)!r}); from sim.cli import main\n"
        "found = []\n"
        "for words in json.loads(sys.argv[1]):\n"
        "    sys.argv = ['shukun', *words]\n"
        "    try: main()\n"
        "    except SystemExit as ended: found.append(ended.code)\n"
        "open('statuses', 'w').write(json.dumps(found))"
    )
    asked = json.dumps([[*words, "--lang", language] for words in commands])
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-c", code, asked]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False, timeout=300)
    written, told = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert done.returncode == 0, told
    assert not TRACES.search(written + told)
    return json.loads((place / "statuses").read_text()), written, told


# A command each for every way of printing, with the status that it ends with anywhere.
READ = {
    ("--help",): 0,
    ("compare", "--help"): 0,
    ("--version",): 0,
    ("clauses",): 0,
    ("levers", "租金"): 0,
    ("levers", "−±“”"): 2,
    ("diff", "baseline", "full_plan"): 0,
    ("schema", "plan"): 0,
    ("clause", "II.1.b", "--no-effect"): 0,
    ("check", "方案.yaml"): 2,
    ("run", "情景"): 2,
    ("run", "baseline", "--seed", "许多"): 2,
    ("运行",): 2,
}
RUN = [
    ("run", "full_plan", *FEW, "--replications", "2", "--out", "结果"),
    ("compare", "full_plan", *FEW, "--replications", "2", "--draws", "2", "--clause-replications", "0"),
    ("compare", "full_plan", *FEW, "--replications", "2", "--draws", "2", "--clause-replications", "0"),  # goes on
    ("sweep", "full_plan", "--lever", "rent_waiver.months=0,6", *FEW, "--replications", "2"),
    ("clause", "II.1.b", *FEW, "--replications", "2"),
    ("journey", "--where", "fate=lost_either_way", "--most", "1", "--firms", "300"),
    ("verify", "results/comparison_full_plan-firms=300", "--sample", "1", "--workers", "1"),
    ("run", "baseline", *FEW, "--lever", "rent_waiver.months=6"),
]


@pytest.mark.parametrize(
    ("encoding", "language"),
    [
        ("gbk", "zh"),
        ("latin-1", "en"),
        ("ascii", "zh"),
        *(
            pytest.param(*rest, marks=pytest.mark.long)
            for rest in (("gbk", "en"), ("latin-1", "zh"), ("ascii", "en"), ("cp1252", "zh"))
        ),
    ],
)
def test_what_is_only_read_is_told_on_any_terminal(tmp_path, encoding, language):
    statuses, _, told = told_by_each(READ, tmp_path, encoding, language)
    assert statuses == list(READ.values())
    assert len(told.splitlines()) == statuses.count(2), told


@pytest.mark.parametrize(
    ("encoding", "language"),
    [("ascii", "en"), *(pytest.param(one, "zh", marks=pytest.mark.long) for one in ("gbk", "latin-1"))],
)
def test_what_is_run_is_told_on_any_terminal(tmp_path, encoding, language):
    statuses, written, _ = told_by_each(RUN, tmp_path, encoding, language)
    assert statuses == [0] * len(RUN)
    if language == "en":
        assert re.search(r"[-+]\d+\.\d\d \+/- \d", written), "a sign is never a question mark"
        assert "?" not in written.replace("??/report.html", ""), "but for the folder's own name"


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (("clauses", "--json"), "ascii"),
        (("clauses", "--json"), "gbk"),
        (("levers", "租金", "--json"), "latin-1"),
        (("schema",), "ascii"),
    ],
)
def test_json_is_the_same_whatever_the_terminal(words, encoding):
    _, plain, _ = ended(*words, encoding="utf-8")
    status, written, _ = ended(*words, encoding=encoding)
    assert status == 0
    assert json.loads(written.decode(encoding)) == json.loads(plain.decode())


def test_names_that_no_encoding_has_are_told_and_written(tmp_path):
    name = os.fsdecode(b"caf\xe9.yaml")
    status, written, told = ended("check", name, "--json", "--lang", "en", place=tmp_path)
    assert status == 2
    assert json.loads(written)[0]["kind"] == "unreadable"
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("words", [("--help",), ("clauses", "--json")])
def test_a_full_terminal_is_told_in_one_sentence(words):
    with Path("/dev/full").open("wb") as full:
        status, _, told = ended(*words, "--lang", "en", stdout=full)
    assert (status, told) == (1, b"The system refused: No space left on device.\n")
    with Path("/dev/full").open("wb") as full:
        assert ended("run", "nothing", stderr=full)[0] == 2


@pytest.mark.parametrize("words", [("clauses",), ("schema",), ("--help",)])
def test_a_reader_that_has_had_enough_is_told_nothing(words):
    process = started(*words, "--lang", "en")
    process.stdout.close()
    assert process.wait(timeout=300) == 1
    assert process.stderr.read() == b""
    process.stderr.close()


def test_closed_streams_are_nobody_to_tell():
    def close_both():
        os.close(1)
        os.close(2)

    for words, status in ((("clauses",), 0), (("--help",), 0), (("clauses", "--json"), 0), (("run", "nothing"), 2)):
        assert ended(*words, stdout=None, stderr=None, preexec_fn=close_both)[0] == status


def test_a_warning_is_one_line(monkeypatch, capsys):
    import warnings

    from sim.cli import streams

    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    streams.prepare()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = streams._warn
        warnings.warn("two\nlines", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == "UserWarning: two lines\n"
