"""Terminals that cannot show a character, are closed, are full or stop reading: the command keeps its own status."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENCODINGS = ["gbk", "latin-1", "ascii", "utf-16", "cp1252"]
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


# A command each for every way of printing, with the status that it ends with anywhere.
COMMANDS = {
    ("--help",): 0,
    ("compare", "--help"): 0,
    (): 2,
    ("clauses",): 0,
    ("levers", "租金"): 0,
    ("levers", "nothing_like_this"): 2,
    ("diff", "baseline", "full_plan"): 0,
    ("schema", "plan"): 0,
    ("clause", "II.1.b", "--no-effect"): 0,
    ("validate", "方案.yaml"): 2,
    ("run", "情景"): 2,
    ("--lang", "法语", "run", "baseline"): 2,
    ("运行",): 2,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_only_read_is_told_on_any_terminal(tmp_path, encoding, language):
    for words, status in COMMANDS.items():
        found, written, told = ended(*words, "--lang", language, encoding=encoding, place=tmp_path)
        if words[:1] == ("--lang",):  # the last one counts
            assert found in (status, 0), words
            continue
        assert found == status, (words, told)
        assert not TRACES.search(written.decode(encoding)), words
        assert not TRACES.search(told.decode(encoding)), words
        if status == 2 and words:
            assert len(told.decode(encoding).splitlines()) == 1, words


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_run_is_told_on_any_terminal(tmp_path, encoding, language):
    asked = ("--lang", language)
    for words in [
        ("run", "full_plan", *FEW, "--replications", "2", "--out", "结果"),
        ("compare", "full_plan", *FEW, "--replications", "2", "--draws", "2", "--clause-replications", "0"),
        ("compare", "full_plan", *FEW, "--replications", "2", "--draws", "2", "--clause-replications", "0"),  # goes on
        ("sweep", "full_plan", "--lever", "rent_waiver.months=0,6", *FEW, "--replications", "2"),
        ("clause", "II.1.b", *FEW, "--replications", "2"),
        ("journey", "--where", "fate=lost_either_way", "--most", "1", "--firms", "300"),
        ("verify", "results/comparison", "--sample", "1", "--workers", "1"),
        ("run", "baseline", *FEW, "--lever", "rent_waiver.months=6"),
    ]:
        status, written, told = ended(*words, *asked, encoding=encoding, place=tmp_path)
        assert status == 0, told
        assert written
        assert not TRACES.search(written.decode(encoding) + told.decode(encoding)), words


def test_a_minus_sign_is_never_a_question_mark(tmp_path):
    words = ("compare", "full_plan", *FEW, "--replications", "2", "--draws", "0", "--clause-replications", "0")
    _, plain, _ = ended(*words, "--lang", "en", place=tmp_path)
    assert "−" in plain.decode()
    for encoding in ("gbk", "ascii"):
        _, written, _ = ended(*words, "--lang", "en", encoding=encoding, place=tmp_path)
        assert re.search(r"-\d+\.\d\d", written.decode(encoding))
        assert "?" not in written.decode(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "words", [("clauses",), ("levers", "租金"), ("clause", "II.1.b", "--no-effect"), ("schema",)], ids=" ".join
)
def test_json_is_the_same_whatever_the_terminal(words, encoding):
    asked = words if words == ("schema",) else (*words, "--json")
    _, plain, _ = ended(*asked, "--lang", "zh", encoding="utf-8")
    status, written, _ = ended(*asked, "--lang", "zh", encoding=encoding)
    assert status == 0
    assert json.loads(written.decode(encoding)) == json.loads(plain.decode())


def test_names_that_no_encoding_has_are_told_and_written(tmp_path):
    name = os.fsdecode(b"caf\xe9.yaml")
    status, written, told = ended("validate", name, "--json", "--lang", "en", place=tmp_path)
    assert status == 2
    assert json.loads(written)[0]["kind"] == "unreadable"
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("words", [("levers",), ("--help",), ("clauses", "--json"), ("schema",)])
def test_a_full_terminal_is_told_in_one_sentence(words):
    with Path("/dev/full").open("wb") as full:
        status, _, told = ended(*words, "--lang", "en", stdout=full)
    assert (status, told) == (1, b"The system refused: No space left on device.\n")
    with Path("/dev/full").open("wb") as full:
        assert ended("run", "nothing", stderr=full)[0] == 2


@pytest.mark.parametrize("words", [("levers",), ("clauses",), ("schema",), ("--help",), ("levers", "world", "--json")])
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
