"""Kill -9 at twenty moments: nothing finished is lost, nothing half written is read, the end is the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    place = tmp_path_factory.mktemp("killed")
    words = [sys.executable, "-m", "tests.faults.killed", str(place), "20"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_twenty_commands_were_killed_and_some_came_to_an_end(told):
    assert sum(entry["killed"] for entry in told["told"]) == 20
    assert all(entry["killed"] or entry["status"] == 0 for entry in told["told"])


def test_a_finished_run_is_never_lost(told):
    assert [entry["lost"] for entry in told["told"]] == [0] * len(told["told"])


def test_whoever_opens_the_study_of_a_killed_command_finds_a_whole_one_or_none(told):
    found = {entry["study"] for entry in told["told"] if entry["killed"]}
    assert found <= {"nothing", "baseline,rent,odd_seed", "baseline,rent,tax"}


def test_the_same_command_ends_with_the_bytes_of_one_that_was_never_killed(told):
    assert all(entry["same"] for entry in told["told"] if not entry["killed"])


def test_nothing_else_is_left_beside_the_study(told):
    assert told["left"] == ["reference_0", "reference_1", "study"]
