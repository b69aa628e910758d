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


def test_a_share_of_nobody_is_missing(tmp_path):
    (tmp_path / "population").mkdir()
    table = "county,sector,size\n" + "530102,retail,individual\n" * 40
    (tmp_path / "population" / "firms.csv").write_text(table, "utf-8")
    answer = asked("--json", "--calibration", str(tmp_path))
    assert answer.exit_code == 0, answer.stderr
    missing = [row for row in json.loads(answer.stdout)["margins"] if row["here"] is None]
    assert missing and all(row["share_of"] and row["difference"] is None for row in missing)
    for way in ([], ["--markdown"]):
        answer = asked(*way, "--calibration", str(tmp_path), "--lang", "en")
        assert answer.exit_code == 0 and "nan" not in answer.stdout.casefold().split(), answer.stderr


def test_firms_are_written_once(tmp_path):
    answer = asked("--out", str(tmp_path / "mine"), "--firms", "200", "--seed", "4", "--lang", "en")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.startswith("200 sample firms, standing for 2898000: ")
    table = (tmp_path / "mine" / "population" / "firms.csv").read_text("utf-8")
    assert len(table.splitlines()) == 201
    assert (tmp_path / "mine" / "population" / "firms.codebook.csv").is_file()
    again = asked("--out", str(tmp_path / "mine"), "--lang", "en")
    assert again.exit_code == 2 and "is there already; choose another folder" in again.stderr
    assert (tmp_path / "mine" / "population" / "firms.csv").read_text("utf-8") == table
