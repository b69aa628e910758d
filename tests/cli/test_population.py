"""The command that tells who there is, and hands the firms out."""

import json

from typer.testing import CliRunner

from sim.cli import app


def asked(*words: str):
    return CliRunner().invoke(app, ["population", *words])


def test_margins_are_told_as_json():
    answer = asked("--json")
    assert answer.exit_code == 0, answer.stderr
    told = json.loads(answer.stdout)
    (kunming,) = (row for row in told["margins"] if row["evidence"] == "market_entities_kunming_2021")
    assert kunming["used"] == "fitted" and abs(kunming["difference"]) < 1e-4
    assert kunming["share_of"]["place"] == "" and kunming["place"] == "5301"
    assert sum(place["entities"] for place in told["places"]) == 2_898_000
    assert len(told["unsaid"]) == 7


def test_firms_are_written_once(tmp_path):
    answer = asked("--out", str(tmp_path / "mine"), "--firms", "200", "--seed", "4", "--lang", "en")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.startswith("200 firms, standing for 2898000: ")
    table = (tmp_path / "mine" / "population" / "firms.csv").read_text("utf-8")
    assert len(table.splitlines()) == 201
    assert (tmp_path / "mine" / "population" / "firms.codebook.csv").is_file()
    again = asked("--out", str(tmp_path / "mine"), "--lang", "en")
    assert again.exit_code == 2 and "is there already; choose another folder" in again.stderr
    assert (tmp_path / "mine" / "population" / "firms.csv").read_text("utf-8") == table
