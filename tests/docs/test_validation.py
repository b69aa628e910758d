"""The documents on validation say what the committed results of this version give; checked targets are only added."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.data_folders import own_calibration_folder
from sim.study.validation import releases
from sim.study.validation.targets import targets

DOCS = Path(__file__).resolve().parents[2] / "docs"
MADE = re.compile(r"<!-- shukun (validate .*?) -->\n(.*?)\n?<!-- end -->", re.DOTALL)
PATTERNS = re.compile(r"<!-- patterns -->\n(.*?)<!-- end -->", re.DOTALL)


@pytest.mark.parametrize("name", ["validation.md", "validation.zh-CN.md"])
def test_the_document_is_what_the_command_prints(name: str) -> None:
    (found,) = MADE.finditer((DOCS / name).read_text("utf-8"))
    answer = CliRunner().invoke(app, found[1].split())
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.strip() == found[2].strip(), f"write it again: shukun {found[1]}"


def test_what_is_kept_of_this_version_is_of_the_targets_that_there_are() -> None:
    kept = releases.release(sim.__version__)
    assert kept is not None
    verdicts = dict(zip(kept.table["target"], kept.table["verdict"], strict=True))
    assert set(verdicts) == set(targets().by_id), "run shukun validate --keep again"
    unanswered = {id_ for id_, target in targets().by_id.items() if target.spec is None}
    assert {id_ for id_, verdict in verdicts.items() if verdict == "not_answerable"} == unanswered


def test_checked_targets_are_added_and_never_lost_nor_fitted() -> None:
    listed = (own_calibration_folder() / "checked_targets.txt").read_text("utf-8").split()
    use = {id_: target.entry.use for id_, target in targets().by_id.items()}
    assert len(listed) == len({*listed})
    assert [id_ for id_ in listed if id_ not in use] == [], "a checked target is gone"
    assert [id_ for id_ in listed if use[id_] == "fitted"] == [], "a checked target would be fitted"
    assert [id_ for id_, said in use.items() if said == "checked" and id_ not in listed] == [], "add it to the list"


def test_the_patterns_of_the_model_document_are_targets() -> None:
    (found,) = PATTERNS.finditer((DOCS / "model.md").read_text("utf-8"))
    patterns = re.findall(r"^\| (.+?) \| (.+?) \|$", found[1], re.MULTILINE)[1:]
    assert len(patterns) >= 5
    known = targets().by_id
    for pattern, ids in patterns:
        named = re.findall(r"`(\w+)`", ids)
        assert named, pattern
        assert [id_ for id_ in named if id_ not in known] == [], pattern
