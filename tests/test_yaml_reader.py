"""Two readers of YAML, one of them fast: whatever the fast one takes says the same to the other."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sim import yaml_reader
from sim.data_folders import own_calibration_folder, scenarios_folder
from sim.names import CATALOGUE as NAMES
from sim.report.words.catalogue import CATALOGUE as WORDS
from sim.scenario import ScenarioError, document

SHIPPED = sorted(
    [*scenarios_folder().rglob("*.yaml"), *own_calibration_folder().rglob("*.yaml"), NAMES, *WORDS],
    key=lambda file: file.name,
)
TEXTS = [text for file in SHIPPED if len(text := file.read_text("utf-8")) < 4_000]
# What YAML could trip over, to be written anywhere into a text.
BITS = st.sampled_from([
    ":", ": ", "::", ":]", "?", "? ", "-", "- ", "[", "]", "{", "}", ",", "#", " #", "'", '"', "|", ">", ">-", ">1",
    "|2", ">#", "&a ", "*a ", "%", "@", "!", "`", "~", "null", "yes", "017", "0o17", "1_0", "1:30", ".5", "<<", "=",
    "...", "---", "\n---\n", " ", "  ", "\n", "\n  ", "\n- ", "\r", "\r\n", "\\n", "\t", "\x00", "\x85", "\u2028",
    "\ufeff", "\ufffe", "é",
])  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Some lines of a shipped file, with bits written into them."""
    lines = draw(st.sampled_from(TEXTS)).splitlines(keepends=True)
    first = draw(st.integers(0, len(lines) - 1))
    text = "".join(lines[first : first + draw(st.integers(1, 12))])
    for bit in draw(st.lists(BITS, min_size=1, max_size=4)):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + bit + text[place + draw(st.integers(0, 2)) :]
    return text


def said(text: str, yaml: YAML) -> Any:
    """What a reader makes of a text, and where it stands; None for what it does not take, or not without a remark."""
    try:
        found = document._parse(text, "file.yaml", yaml)
    except (ScenarioError, YAMLError, ValueError, RecursionError):
        return None
    return None if found.errors else (repr(found.data), found.lines, found.starts)


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
@example("a: >-\n  \n    text\n")
@example("a: >#\n  text\n")
@example("a: 1\n...\n...\n")
@example("a:\n- \n\n- b\nc:\n\nd: [e: , f]\n")
@example("%YAML 1.1\n---\na: yes\n")
@example("a: 010\nb: 1:20\nc: on\nd: 0o17\ne: 1_000\nf: 2022-06-30\n")
def test_what_the_fast_reader_takes_says_the_same_to_the_other(text: str) -> None:
    *fast, final = yaml_reader.readers(text)
    for yaml in fast:
        taken = said(text, yaml)
        assert taken is None or taken == said(text, final)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_the_fast_reader_takes_every_file_that_comes_with_the_project(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(yaml_reader.readers(text)) == 2
    assert yaml_reader.readers(text)[0].load(text) == yaml_reader.load(file) == YAML(typ="safe", pure=True).load(file)


def test_a_file_that_is_no_yaml_is_told_with_its_name_and_place(tmp_path: Path) -> None:
    file = tmp_path / "parameters.yaml"
    file.write_text("a: [1, 2\nb: 3\n")
    with pytest.raises(YAMLError, match=r'parameters.yaml", line 2'):
        yaml_reader.load(file)


def test_a_key_written_twice_is_told_as_ever(tmp_path: Path) -> None:
    file = tmp_path / "parameters.yaml"
    file.write_text("a: 1\na: 2\n")
    with pytest.raises(YAMLError, match='duplicate key "a"'):
        yaml_reader.load(file)


@pytest.mark.parametrize(
    ("keys", "found"), [((), 1), (("a",), 2), (("a", "b"), 3), (("a", "b", "c"), 3), (("a", "x"), 2), (("d", 2), 5)]
)
def test_a_value_is_on_the_line_of_its_key_or_of_what_is_above_it(tmp_path: Path, keys: tuple, found: int) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("# a comment\na:\n  b: {c: 1}\nd:\n  2: [1]\n", "utf-8")
    assert yaml_reader.line(file, keys) == found
