"""What comes in and goes out as files: whatever they are called, nothing lies outside the desk's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.desk import files
from sim.refusal import Refusal
from sim.scenario import ScenarioError
from sim.scenario.document import LARGEST_FILE
from sim.study import study_folder
from sim.study.questions.comparison import Comparison
from tests.made_up_comparison import comparison, made_up  # noqa: F401 - fixtures

IDEA = b"title: {zh: a, en: b}\nextends: full_plan\nlevers:\n  rent_waiver.months: 6\n"
BOMB = (
    b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9))
    + b"extends: full_plan\n"
)


def test_a_scenario_is_opened_under_the_name_of_its_file() -> None:
    opened = files.opened(IDEA, "my idea.yaml")
    assert opened.name == "my idea"
    assert dict(opened.levers) == {"rent_waiver.months": 6}


@pytest.mark.parametrize(
    "name", ["../../etc/idea.yaml", "/etc/idea.yaml", "..\\..\\idea.yaml", "C:\\Windows\\idea.yaml"]
)
def test_of_a_name_only_the_last_part_counts(name: str) -> None:
    assert files.opened(IDEA, name).file_name == "idea.yaml"


@pytest.mark.parametrize(
    "name", ["", "..", "../..", "<script>.yaml", "a\nb.yaml", "nul.yaml", "x" * 300 + ".yaml", ".yaml"]
)
def test_a_name_that_no_file_should_have_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises((Refusal, ScenarioError)):
        files.opened(IDEA, name)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b"[" * 100_000,
        b"!!python/object/apply:os.system ['true']",
        b"extends: full_plan\nlevers: {rent_waiver.months: -3}",
        b"extends: ../../../etc/passwd",
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"x: " + b"a" * LARGEST_FILE,
        b"",
        b"extends: full_plan\nnothing_of_ours: 1",
    ],
    ids=["bomb", "nested", "tag", "value", "path", "bytes", "nul", "large", "empty", "unknown"],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_sentences(content: bytes) -> None:
    with pytest.raises((Refusal, ScenarioError)) as refused:
        files.opened(content, "idea.yaml")
    error = refused.value
    said = [found.sentence("en") for found in error.errors] if isinstance(error, ScenarioError) else [error.en]
    assert said
    assert all(len(sentence) < 2_000 and "Traceback" not in sentence for sentence in said)


@pytest.mark.parametrize("name", ["../../away", "/tmp/away", "..", "a/b", "<b>", "方案 一"])
def test_what_is_handed_on_lies_below_the_folder_whatever_it_is_called(
    comparison: Comparison,  # noqa: F811
    tmp_path: Path,
    name: str,
) -> None:
    folder, file = files.exported(comparison, [name], "xlsx", "zh", tmp_path)
    for made in (folder, file):
        assert made.resolve().parent == tmp_path / "results" / "desk"
    assert file.read_bytes().startswith(b"PK")
    assert study_folder.load(folder).scenarios == comparison.scenarios
    assert {path.name for path in tmp_path.iterdir()} == {"results"}


def test_a_folder_that_leads_away_is_not_followed(comparison: Comparison, tmp_path: Path) -> None:  # noqa: F811
    away, started = tmp_path / "away", tmp_path / "started"
    away.mkdir()
    (started / "results").mkdir(parents=True)
    (started / "results" / "desk").symlink_to(away, target_is_directory=True)
    with pytest.raises(Refusal, match="outside"):
        files.exported(comparison, ["a"], "xlsx", "en", started)
    assert not list(away.iterdir())
