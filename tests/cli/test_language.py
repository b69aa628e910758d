"""One language from the first word to the last: help, refusals and answers, wherever ``--lang`` stands."""

import re

import pytest
from typer.testing import CliRunner

from sim.cli import app

CHINESE = re.compile("[\u4e00-\u9fff]")
# Words that the library says itself; none of them may be left in Chinese help.
LIBRARY = re.compile(r"Usage|Options|Commands|Arguments|required|default|Show this|OPTIONS|COMMAND|range|<\w+>")
ENVIRONMENT = {"LANGUAGE": None, "LC_ALL": None, "LC_MESSAGES": None, "LANG": "en_US.UTF-8", "COLUMNS": "80"}
COMMANDS = [command.name for command in app.registered_commands]


@pytest.fixture
def shukun(tmp_path, monkeypatch):
    """Call the command in an empty folder, in an English environment unless told otherwise."""
    monkeypatch.chdir(tmp_path)

    def call(*words, **environment):
        return CliRunner(env={**ENVIRONMENT, **environment}).invoke(app, words, prog_name="shukun")

    return call


@pytest.mark.parametrize("command", [None, *COMMANDS])
@pytest.mark.parametrize("place", [0, -1, "="])
def test_help_is_wholly_in_the_language_asked_for(shukun, command, place):
    words = [command, "--help"] if command else ["--help"]
    asked = ["--lang=zh"] if place == "=" else ["--lang", "zh"]
    shown = shukun(*(asked + words if place == 0 else words + asked))
    assert shown.exit_code == 0
    assert shown.stdout.startswith("用法：shukun")
    assert not LIBRARY.search(shown.stdout), shown.stdout
    other = shukun(*words, "--lang", "en", LANG="zh_CN.UTF-8")
    assert other.stdout.startswith("Usage: shukun")
    assert not CHINESE.search(other.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_each_option_is(shukun, command):
    shown = shukun(command, "--help").stdout
    assert "--lang zh|en" in shown
    assert "-h, --help" in shown
    assert not re.search(r"\b(option|command|value|help)\.\w+", shown), "a name in place of its text"


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "没有"),
        ({"LANG": "zh_CN.GBK"}, "没有"),
        ({"LANG": "zh_TW"}, "没有"),
        ({"LANGUAGE": "zh_CN:en"}, "没有"),
        ({"LANGUAGE": "fr:zh"}, "没有"),
        ({"LANGUAGE": "zh", "LANG": None}, "没有"),
        ({"LC_MESSAGES": "zh_CN.UTF-8"}, "没有"),
        ({"LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "There is no"),
        ({"LANGUAGE": "zh", "LC_ALL": "C"}, "There is no"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "There is no"),
        ({"LANG": "fr_FR.UTF-8"}, "There is no"),
        ({"LANG": None}, "There is no"),
    ],
)
def test_the_environment_is_asked_as_other_programs_ask_it(shukun, environment, says):
    assert shukun("nonsense", **environment).stderr.startswith(says)


def test_of_two_languages_the_last_counts_and_behind_two_dashes_it_is_no_option(shukun):
    assert shukun("--lang", "zh", "run", "nothing", "--lang", "en").stderr.startswith("there is no scenario nothing")
    assert shukun("run", "--", "--lang=zh").stderr.startswith("there is no scenario --lang=zh")


@pytest.mark.parametrize("words", [("levers", "--lang", "fr"), ("--lang=fr", "levers"), ("--lang", "fr", "--help")])
def test_a_language_that_there_is_not_is_answered_in_one_sentence(shukun, words):
    answer = shukun(*words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == "--lang fr: give one of zh, en.\n"
    assert shukun(*words, LANG="zh_CN.UTF-8").stderr == "--lang fr：应为以下之一：zh, en。\n"


MISTAKES = {
    ("compar",): ("did you mean compare", "是否想写 compare"),
    ("nonsense",): ("allowed: compare, run", "可用：compare, run"),
    ("run",): ("SCENARIO is missing: name or file of a scenario", "缺少“情景”：情景的名称或文件"),
    ("verify",): ("STUDY is missing", "缺少“研究”"),
    ("check",): ("FILE is missing", "缺少“文件”"),
    ("run", "baseline", "full_plan"): ("takes no more arguments: full_plan", "不接受更多参数：full_plan"),
    ("run", "baseline", "--sed", "1"): ("did you mean --seed", "是否想写 --seed"),
    ("run", "baseline", "-x"): ("There is no option -x here", "没有选项 -x"),
    ("--seed", "1", "run", "baseline"): ("Write the option --seed after the command", "--seed 应写在命令之后"),
    ("run", "baseline", "--seed"): ("--seed needs a value", "--seed 之后缺少取值"),
    ("levers", "--lang"): ("--lang needs a value", "--lang 之后缺少取值"),
    ("run", "baseline", "--json=yes"): ("--json takes no value", "--json 不带取值"),
    ("run", "baseline", "--seed", "many"): ("--seed many: give a whole number from 0 to", "--seed many：应为介于 0"),
    ("run", "baseline", "--workers", "0"): ("--workers 0: give a whole number from 1 on", "不小于 1 的整数"),
    ("run", "baseline", "--replications", "1e9"): ("from 1 to 10000", "介于 1 与 10000"),
    ("sweep", "rent_waiver_months", "--seconds", "nan"): ("give a number from 0 on", "不小于 0 的数"),
    ("journey", "first"): ("FIRM first: give a whole number", "企业 first：应为整数"),
    ("levers", "xyzzy"): ("No lever matches xyzzy", "没有与 xyzzy 相符的政策参数"),
    ("levers", "full_plan"): ("write --scenario full_plan", "应写作 --scenario full_plan"),
    ("diff", "baseline"): ("SCENARIO is missing", "缺少“情景”"),
}


@pytest.mark.parametrize("words", MISTAKES, ids=" ".join)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_command_line_that_is_not_understood_gets_one_sentence(shukun, words, language):
    answer = shukun(*words, LANG={"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert len(answer.stderr.splitlines()) == 1
    assert MISTAKES[words][language == "zh"] in answer.stderr
    assert bool(CHINESE.search(answer.stderr)) == (language == "zh")


def test_what_somebody_typed_stays_on_one_line_and_moves_no_cursor(shukun):
    for words in (["full\nplan"], ["run", "full\nplan"], ["run", "a", "--x\x1b[2J"], ["levers", "\x1b[2J\n"]):
        answer = shukun(*words)
        assert answer.exit_code == 2
        assert len(answer.stderr.splitlines()) == 1
        assert "\x1b" not in answer.stderr


def test_nothing_asked_is_answered_by_the_help(shukun):
    assert shukun().exit_code == 2
    assert shukun().stdout == shukun("--help").stdout
    assert shukun("--lang", "zh").stdout == shukun("--help", "--lang", "zh").stdout


def test_the_version_is_the_packages(shukun):
    from importlib.metadata import version

    import sim

    assert sim.__version__ == version("shukun")
    assert shukun("--version").stdout == f"shukun {version('shukun')}\n"
    assert shukun("--version", "levers").exit_code == 0
    with pytest.raises(AttributeError):
        _ = sim.__verison__
