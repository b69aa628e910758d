"""Rules that react, at the command line: when they acted, what can be changed of them, what a threshold does."""

import json

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app


@pytest.fixture
def shukun(tmp_path, monkeypatch):
    """Call the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words, lang="en"):
        answer = CliRunner(env={"COLUMNS": "120"}).invoke(app, [*words, "--lang", lang])
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    return call


RUN = ("run", "help_where_stopped", "--firms", "600", "--replications", "2", "--workers", "1")


def test_a_run_tells_when_and_where_each_reaction_acted(shukun):
    answer = json.loads(shukun(*RUN, "--json"))
    assert {tuple(row) for row in answer["reactions"]} == {("replication", "reaction", "place", "date", "what")}
    assert {row["replication"] for row in answer["reactions"]} == {0, 1}
    began = [row for row in answer["reactions"] if row["what"] == "begins"]
    ended = [row for row in answer["reactions"] if row["what"] == "ends"]
    assert len(began) >= len(ended) > 0
    said = {"en": ("Help where many are stopped", "First from"), "zh": ("停业多的州市实施帮扶", "首次起")}
    for lang, words in said.items():
        shown = shukun(*RUN, lang=lang)
        assert all(word in shown for word in words)


def test_a_run_without_reactions_says_nothing_of_them(shukun):
    words = ("run", "baseline", "--firms", "100", "--workers", "1")
    assert "reactions" not in json.loads(shukun(*words, "--json"))
    assert "reacted" not in shukun(*words)


def test_levers_of_reactions_are_a_group_of_their_own(shukun):
    for word, lang in (("reactions", "en"), ("触发规则", "zh")):
        found = json.loads(shukun("levers", word, "--scenario", "help_where_stopped", "--json", lang=lang))
        assert [entry["path"] for entry in found] == [
            f"reactions.help_where_stopped.{name}" for name in ("above", "delay_days", "lasts")
        ]
    assert "value above which it acts" in shukun("levers", "reactions", "--scenario", "help_where_stopped")


def test_a_threshold_can_be_swept_and_none_is_the_plan_without_what_it_begins(shukun):
    lever = ("--lever", "reactions.help_where_stopped.above=0.01,1", "--out", "swept")
    shukun("sweep", "help_where_stopped", *lever, "--firms", "400", "--replications", "2", "--workers", "1")
    given = sim.load("swept").outcomes.query("outcome == 'money_given'").sort_values("draw")["mean"].tolist()
    assert len(given) == 2 and given[0] > given[1]  # nowhere are more than all firms stopped
