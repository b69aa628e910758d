"""Hostile and broken files: sentences, never a traceback, a hang, code that runs or a file read that was not given."""

import csv
import io
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import sim
from sim import scenario
from sim.data_folders import scenarios_folder
from sim.scenario.schema import ScenarioFile
from sim.study import StudyError
from sim.study.arguments import arguments
from sim.world.spec import WorldSpec
from tests.faults import targets

CORPUS = Path(__file__).parent / "corpus"
LONGEST_SECONDS = 5.0
often = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*/*")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_file_of_the_corpus_is_answered_in_time(file):
    began = time.process_time()
    targets.TARGETS[file.parent.name](file.read_bytes())
    assert time.process_time() - began < LONGEST_SECONDS


def refused(text: str, kind: str) -> None:
    with pytest.raises(scenario.ScenarioError) as caught:
        scenario.load(targets._file(text.encode()))
    assert kind in {error.kind for error in caught.value.errors}


def test_a_bomb_of_aliases_is_refused_before_it_grows():
    layers = "".join(f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    began = time.process_time()
    refused(f"x0: &a0 [lol]\n{layers}", "anchor")
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("text", ["[" * 5_000, "{a: " * 5_000, "- " * 60_000, "a:\n" + "".join(
    " " * n + f"k{n}:\n" for n in range(1, 600))])  # fmt: skip
def test_a_file_nested_without_end_is_refused(text):
    began = time.process_time()
    with pytest.raises(scenario.ScenarioError):
        scenario.load(targets._file(text.encode()))
    assert time.process_time() - began < LONGEST_SECONDS


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch /tmp/x']",
        "!!python/name:os.system",
        "!ruby/object:Gem {}",
        "!!binary aGk=",
    ],
)
def test_a_tag_runs_nothing(tag):
    with targets.watched():
        refused(f"title: {tag}\n", "tag")


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "/etc/passwd", "/etc/passwd.yaml", "..", "a/../../b", "~/x", "file:///etc/passwd", "x\0y",
     "./././../x.yaml", "measures/../../../../etc/hosts.yaml"],
)  # fmt: skip
def test_what_a_scenario_extends_cannot_climb_out(name):
    text = f"title: {{zh: a, en: b}}\ndescription: {{zh: a, en: b}}\nextends: {scenario_text(name)}\n"
    assert targets.scenario_file(text.encode())


def test_many_mistakes_are_told_without_a_hang():
    began = time.process_time()
    keys_of_nobody = "".join(f"key{n}: 1\n" for n in range(2_000)) + "world:\n  demand:\n"
    said = targets.scenario_file((keys_of_nobody + "".join(f"    cat{n}: 1\n" for n in range(2_000))).encode())
    assert len(said) > 2_000
    assert time.process_time() - began < LONGEST_SECONDS


@pytest.mark.parametrize("place", ["/dev/zero", "/dev/stdin", "/"])
def test_what_is_no_file_is_not_read(place):
    with pytest.raises(scenario.ScenarioError, match="not a file"):
        scenario.load(place)


def test_a_link_to_itself_is_no_file(tmp_path):
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    with pytest.raises(scenario.ScenarioError, match="cannot be read"):
        scenario.load(tmp_path / "loop.yaml")


def test_what_a_terminal_would_obey_is_not_printed():
    said = targets.scenario_file(rb"""{"\e[2Jgone\nnext": 1, "firms": "\u202e"}""" + b"\n")
    assert said
    assert not any("\x1b" in sentence or "\u202e" in sentence for sentence in said)


@pytest.mark.parametrize("unseen", ["\\e[2J", "\\0", "\\u202e", "\\x9b", "\\x85", "\\ud800"])
@pytest.mark.parametrize("text", ['title: {{zh: a, en: "{}"}}\n', '"{}": 1\n', 'measures: ["{}"]\n'])
def test_a_text_that_nobody_would_see_is_refused(text, unseen):
    refused(text.format(unseen), "wrong_form")


def test_a_link_that_leads_out_is_not_followed(tmp_path):
    outside = tmp_path / "secret.yaml"
    outside.write_text("title: {zh: a, en: b}\ndescription: {zh: a, en: b}\n")
    inside = targets.FOLDER / "link.yaml"
    inside.symlink_to(outside)
    try:
        said = targets.scenario_file(b"title: {zh: a, en: b}\ndescription: {zh: a, en: b}\nextends: link\n")
    finally:
        inside.unlink()
    assert "lies outside" in said[0]


def scenario_text(value: object) -> str:
    """A value as YAML in one line."""
    buffer = io.StringIO()
    yaml = YAML(typ="safe")
    yaml.default_flow_style, yaml.width = True, 10**9
    yaml.dump(value, buffer)
    return buffer.getvalue().removesuffix("...\n").strip()


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.sampled_from([2**63 - 1, 2**63, -(2**64), 10**400, 0, -1]),
    st.floats(), st.text(max_size=12), st.dates(), st.datetimes(),
    st.sampled_from(["adopted", "rules", "5301", "catering", "tax", "II.1", "1e13", "190:20:30", "\x85", "\x1b"]),
    st.sampled_from([1e13, 1e-300, 9.9e12, date.min, date.max, date(2022, 7, 1)]),
)  # fmt: skip
keys = st.one_of(
    st.text(max_size=8), st.dates(), st.integers(-5, 3000), st.sampled_from(["adopted", "rules", "zh", "en"])
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)
words = {"zh": "题", "en": "title"}
levers = st.sampled_from(
    [entry.path for entry in scenario.lever_table("full_plan")]
    + ["firms", "world.end", "world.start", "world.demand", "world.listings", "plan.rules", "plan.adopted", "all.share",
       "all.delivery.way", "all", "all.", "parameters", "parameters.firm", "parameters.firm.crowding", "funds.tourism",
       "parameters.costs.rent.catering", "funds..amount_yuan", ".", "", "rent_waiver", "rent_waiver.values.months"]
)  # fmt: skip


def dumped(data: object) -> bytes:
    buffer = io.StringIO()
    yaml = YAML(typ="safe")
    yaml.dump(data, buffer)
    return buffer.getvalue().encode("utf-8", "replace")


@often
@given(st.dictionaries(st.one_of(st.sampled_from(list(ScenarioFile.model_fields)), st.text(max_size=8)), values))
def test_any_data_as_a_scenario_is_answered(data):
    targets.scenario_file(dumped({"title": words, "description": words} | data))


@often
@given(st.dictionaries(levers, values, max_size=4), st.sampled_from(["full_plan", "baseline"]))
def test_any_value_for_any_lever_is_answered(given_levers, parent):
    data = {"title": words, "description": words, "extends": parent, "levers": given_levers}
    targets.scenario_file(dumped(data))


@often
@given(st.dictionaries(st.sampled_from(list(WorldSpec.model_fields)), values, max_size=3))
def test_any_world_is_answered(world):
    targets.scenario_file(dumped({"title": words, "description": words, "extends": "full_plan", "world": world}))


@st.composite
def altered(draw):
    """A measure or a fund of the catalogue with some of its fields, at any depth, replaced or taken out."""
    known = targets.KNOWN
    data = dict(
        draw(st.sampled_from([*(dict(s.data) for s in known.sources.values()), *known.funds_file.data["funds"]]))
    )
    for _ in range(draw(st.integers(1, 3))):
        here = data
        while True:
            key = draw(st.sampled_from([*here, "values"]))
            if isinstance(here.get(key), dict) and here[key] and draw(st.booleans()):
                here[key] = here = dict(here[key])
            else:
                break
        if draw(st.booleans()):
            here[key] = draw(values)
        else:
            here.pop(key, None)
            here[draw(keys)] = draw(values)
    return data


@often
@given(altered())
def test_any_change_of_the_catalogue_is_answered(data):
    targets.catalogue_file(dumped(data))


@often
@given(altered(), st.sampled_from(["define", "funds"]))
def test_any_measure_or_fund_of_a_scenarios_own_is_answered(data, key):
    own = {"own_measure": data} if key == "define" else [data]
    targets.scenario_file(dumped({"title": words, "description": words, "extends": "full_plan", key: own}))


@often
@given(st.lists(st.tuples(levers, st.one_of(st.text(max_size=20), values.map(scenario_text))), max_size=3))
def test_any_words_for_levers_are_answered(pairs):
    targets.lever_words("\n".join(f"{path}={value}" for path, value in pairs).encode("utf-8", "replace"))


listed = st.lists(values, min_size=1, max_size=3)
ranges = st.one_of(values, st.lists(scalars, min_size=2, max_size=2), st.fixed_dictionaries({"of": listed}))
sampled = st.fixed_dictionaries(
    {"draws": st.one_of(st.integers(1, 4), scalars), "over": st.dictionaries(levers, ranges)}
)
blocks = st.one_of(
    st.fixed_dictionaries({"grid": st.dictionaries(levers, listed, max_size=2)}),
    st.fixed_dictionaries({"list": st.dictionaries(levers, listed, max_size=2)}),
    st.fixed_dictionaries({"sobol": sampled}),
    st.fixed_dictionaries({"latin_hypercube": sampled}),
    values,
)


@often
@given(st.dictionaries(st.sampled_from(["levers", "uncertainties"]), blocks, min_size=1))
def test_any_design_is_answered(design):
    targets.design_file(dumped({"title": words, "scenario": "full_plan"} | design))


QUESTIONS = (
    "scenario", "against", "over", "draws", "seed", "replications", "misses", "method", "players", "among", "orders",
    "actions", "objectives", "budget_yuan", "population", "generations", "robust", "second_order",
)  # fmt: skip


@often
@given(
    st.dictionaries(st.sampled_from(QUESTIONS), st.one_of(values, st.just("worlds"), st.dictionaries(levers, ranges)))
)
def test_any_question_is_answered(asked):
    targets.design_file(dumped({"title": words} | asked))


@often
@given(st.lists(levers, max_size=3), st.lists(st.lists(st.one_of(st.text(max_size=12), values.map(scenario_text)))))
def test_any_table_of_draws_is_answered(paths, rows):
    text = io.StringIO()
    csv.writer(text).writerows([paths, *rows])
    targets.table_of_draws(text.getvalue().encode("utf-8", "replace"))


strange = [np.int64(0), np.float64("nan"), np.arange(3), np.bool_(True), b"x", object(), set(), {}, ""]
odd = st.one_of(values, st.sampled_from(strange))
CALLS = (
    sim.run,
    sim.compare,
    sim.decide,
    sim.sweep,
    sim.attribute,
    sim.sensitivity,
    sim.discover,
    sim.search,
    sim.reach,
    sim.journey,
    sim.load,
)


@often
@given(st.sampled_from(CALLS), st.sampled_from(sorted(arguments())), odd, st.data())
def test_any_argument_of_any_call_is_answered_before_a_run(call, name, value, data):
    # With one argument that cannot be meant nothing is run, whatever the other is.
    given_too = {name: value, data.draw(st.sampled_from(["seed", "seeds", "frims"])): -1}
    required = {"run": {"scenario": "full_plan"}, "sweep": {"asked": "refund_share"}, "load": {"folder": "none"}}
    with pytest.raises(StudyError) as caught:
        call(**required.get(call.__name__, {}) | given_too)
    assert all(caught.value.sentence(language).strip() for language in ("zh", "en"))


@often
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(content):
    for target in targets.TARGETS.values():
        target(content)


def test_every_shipped_file_is_sound_or_told():
    for file in scenarios_folder().glob("*.yaml"):
        targets.scenario_file(file.read_bytes())
