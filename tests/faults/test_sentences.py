"""Whatever is wrong with a file, its sentences are for people: in one language, without the words of libraries."""

import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim import scenario
from sim.data_folders import scenarios_folder
from sim.scenario.validation_errors import MESSAGES, ValidationError
from tests.faults import targets

SHIPPED = sorted(
    (
        *((file, "scenario") for file in scenarios_folder().glob("*.yaml")),
        *((file, "catalogue") for file in scenarios_folder().glob("measures/*/*.yaml")),
        *((file, "design") for file in scenarios_folder().glob("sweeps/*.yaml")),
    ),
    key=str,
)
KINDS = ("attribute", "discover", "reach", "search", "sensitivity", "sweep")
QUESTIONS = [
    (file, kind) for kind in KINDS for file in sorted((scenarios_folder() / targets.module(kind).FOLDER).glob("*.yaml"))
]
# Words of Python, of patterns, of pydantic and of the reader of YAML.
TECHNICAL: Final = re.compile(
    r"\bNone\b|\bTrue\b|\bFalse\b|datetime|\bdate\(|\bDecimal|function-|\[key\]|constrained|literal\[|\\[dws]|\[a-z"
    r"|\^\[|pydantic|Input should|Value error|Extra inputs|Field required|type=|\btoken\b|block end|\bstream\b|scalar\b"
    r"|codec|Errno|Traceback|object at 0x|Words\(|zh="
)
QUOTED: Final = re.compile(r"'[^']*'")  # as Python writes a text
ENGLISH: Final = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}")
WORD: Final = re.compile(r"[A-Za-z]+")
PLACE: Final = re.compile(r"(\S+(:\d+)?|政策参数 \S.*|lever \S.*): ")
often = settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def for_people(text: str, errors: list[ValidationError]) -> None:
    """Check the sentences about a text; what it says itself may stand in them."""
    theirs = set(WORD.findall(text))
    for error in errors:
        for language in ("zh", "en"):
            sentence = error.sentence(language)
            ours = WORD.sub(lambda word: "" if word[0] in theirs else word[0], sentence)
            assert not TECHNICAL.search(ours), sentence
            assert not QUOTED.search(ours) or "'" in text, sentence
            if language == "zh":
                assert not ENGLISH.search(ours), sentence
                assert sentence.endswith(("。", "？")), sentence
            else:
                assert not re.search(r"[\u3400-\u9fff]{2}", ours) or re.search(r"[\u3400-\u9fff]", text), sentence
                assert sentence.endswith((".", "?")), sentence
            assert PLACE.match(sentence), sentence


SPOILT = st.sampled_from([
    "：", "，", "“", "６", "　", "\t", "@", "`", "%", "20%", "三", "1,000", "'", '"', "[", "]", "{", "}", ":", ": ",
    "-", "- ", "null", "true", "~", "2022-02-30", "2022-13-01", "2022-07-01 08:00:00", ".nan", "1e999", "-1",
    "99999999999", "&a", "*a", "!x", "|", ">", "#", "\n", "\n  ", "x", "题", "[]", "{}", "''", "[a, b]",
    "{a: 1}", "[[1]]", "{2022-07-01: x}", "1.5", "\x85",
])  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn, files: list[tuple[Path, str]]) -> tuple[str, str]:
    """A shipped file with something put in, taken out or put in place of a word, and its kind."""
    file, kind = draw(st.sampled_from(files))
    text = file.read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 3))):
        words = [found.span() for found in re.finditer(r"[^\s:,{}\[\]]+|[:,{}\[\]]", text)]
        if not words:
            break
        first, last = draw(st.sampled_from(words))
        put = draw(SPOILT | st.just(""))
        text = text[:first] + put + text[draw(st.sampled_from([first, last])) :]
    return text, kind


def faults_of(act: object, content: str) -> list[ValidationError]:
    try:
        act(content)  # type: ignore[operator]
    except scenario.ScenarioError as error:
        return error.errors
    return []


@often
@given(spoilt(SHIPPED))
def test_a_spoilt_file_is_answered_for_people(given_file: tuple[str, str]) -> None:
    text, kind = given_file
    acts = {"scenario": targets.loaded, "catalogue": targets.built, "design": targets.designed}
    for_people(text, faults_of(acts[kind], text))


@often
@given(spoilt(QUESTIONS))
def test_a_spoilt_question_is_answered_for_people(given_file: tuple[str, str]) -> None:
    text, kind = given_file
    file = targets._file(text.encode())
    for_people(text, faults_of(lambda _: targets.question(kind, file), text))


LEVERS = [entry.path for entry in scenario.lever_table("full_plan")] + [
    "firms", "world.end", "world.demand", "world.listings", "plan.rules", "parameters.firm.crowding", "all.share",
    "parameters.costs.rent", "parameters.costs.rent.catering", "parameters.world.wave.peak", "nobody.knows", "world.x",
]  # fmt: skip
VALUES = SPOILT | st.sampled_from(
    ["{catering: {2022-13: 1}}", "[{county: Yiliang}]", "[{county: 昆明, from: 2022-03-01, to: 2022-02-01}]",
     "{餐引: 1}", "[玉溪, 大理市]", "2031-01-01", "{adopted: 1, 2022-05-10: 2}", "automatic, none"]
)  # fmt: skip


@often
@given(st.sampled_from(LEVERS), VALUES)
@example("rent_waiver.fund", "true")
@example("parameters.firm.crowding", "true")
def test_a_spoilt_lever_is_answered_for_people(path: str, value: str) -> None:
    words = f"{path}={value}"
    for_people(words, faults_of(lambda given: scenario.load("full_plan", scenario.from_words([given])), words))


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_kind_of_fault_is_a_sentence_in_either_language(kind: str) -> None:
    error = ValidationError(kind, "mine.yaml", 3, "levers", "x", "y")
    assert re.fullmatch(r"mine\.yaml:3: levers: .*[\u3400-\u9fff].*。", error.sentence("zh")) or kind == "reason"
    assert re.fullmatch(r"mine\.yaml:3: levers: [ -~]*\.", error.sentence("en"))
