"""What calls may be given: each argument that is not understood is one sentence, before anything runs."""

import inspect

import numpy as np
import pytest

import sim
from sim.study import StudyError, answering, arguments, workbench

LIMITS = {
    "replications": (0, "a whole number from 1 to 10000", "1 到 10000 的整数"),
    "seed": (1.5, "a whole number from 0 to", "0 到"),
    "firms": ("300", "a whole number from 1 to 20000000, or 'province'", "或 'province'"),
    "workers": (0, "a whole number of at least 1", "不小于 1 的整数"),
    "levers": ([("rent_waiver.months", 6)], "a mapping of paths to values", "从政策参数路径到值的映射"),
    "folder": ("", "the path of a folder", "文件夹的路径"),
    "progress": (3, "a function that is told the share done", "函数"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_an_argument_is_named_with_what_was_found_and_what_is_allowed_in_both_languages(name):
    value, en, zh = LIMITS[name]
    for call in (sim.compare, lambda **how: sim.sweep("refund_share", **how)):
        with pytest.raises(StudyError) as caught:
            call(**{name: value})
        assert caught.value.sentence("en").startswith(f"The argument {name} is {value!r}; it takes ")
        assert en in caught.value.sentence("en")
        assert caught.value.sentence("zh").startswith(f"参数 {name} 为 {value!r}；应为")
        assert zh in caught.value.sentence("zh")


@pytest.mark.parametrize(
    ("call", "given", "said"),
    [
        (sim.run, {"scenario": "full_plan", "follow": [-1]}, "follow is"),
        (sim.run, {"scenario": "full_plan", "firms": True}, "firms is True"),
        (sim.run, {"scenario": "full_plan", "seed": -1}, "seed is -1"),
        (sim.run, {"scenario": None}, "scenario is None"),
        (sim.compare, {"scenarios": "full_plan"}, "a list of scenarios"),
        (sim.compare, {"scenarios": []}, "at least one"),
        (sim.compare, {"draws": -1}, "draws is -1"),
        (sim.journey, {"where": {"fate": "saved"}, "most": 0}, "most is 0"),
        (sim.journey, {"where": "fate=saved"}, "where is"),
        (sim.journey, {"where": {"fate": []}}, "where is"),
        (sim.journey, {"firms": "12"}, "firms' identities"),
        (sim.attribute, {"draws": 0}, "draws is 0"),
        (sim.search, {"seconds": -1}, "seconds is -1"),
        (sim.discover, {"seconds": float("nan")}, "seconds is nan"),
        (sim.sensitivity, {"replications": True}, "replications is True"),
        (sim.sweep, {"asked": "full_plan", "grid": ["rent_waiver.months"]}, "a mapping of paths to lists"),
        (sim.sweep, {"asked": {"title": ""}, "grid": {"rent_waiver.months": [1]}}, "asked is"),
        (sim.workbench_model, {"seed": -1}, "seed is -1"),
        (sim.load, {"folder": ""}, "folder is ''"),
        (sim.save, {"study": "mine", "folder": "x"}, "a study"),
    ],
)  # fmt: skip
def test_every_call_looks_at_its_arguments(call, given, said):
    with pytest.raises(StudyError, match=said):
        call(**given)


@pytest.mark.parametrize("call", [sim.compare, sim.attribute, sim.search, sim.workbench_model])
def test_an_unknown_argument_is_told_with_the_nearest_one(call):
    with pytest.raises(StudyError, match=r"no argument replicatons; .* did you mean replications\?"):
        call(replicatons=3)


def test_arguments_that_are_missing_or_too_many_are_told():
    with pytest.raises(StudyError, match="The argument scenario is missing"):
        sim.run()
    with pytest.raises(StudyError, match="too many arguments without a name"):
        sim.run("full_plan", 300)
    with pytest.raises(StudyError, match="with its name too"):
        sim.run("full_plan", scenario="baseline")


def test_whole_numbers_of_numpy_are_whole_numbers():
    assert arguments.SEED.read(np.int64(3)) == 3
    for value in (np.bool_(True), np.float64(3.0)):
        with pytest.raises(arguments.NotAllowedError):
            arguments.SEED.read(value)


def test_the_same_scenario_twice_is_refused():
    with pytest.raises(StudyError, match="same name: full_plan"):
        sim.compare(["full_plan", "full_plan"])


def test_every_argument_of_a_call_has_its_limits():
    named = [getattr(sim, name) for name in sim.__all__]
    calls = [call for call in named if inspect.isfunction(call)] + [answering.ask, workbench.model]
    assert [one for one in named if not inspect.isfunction(one)] == [sim.Inside]  # which looks at its fields itself
    loose = {
        "how",
        "kind",
        "lang",
        "path",
        "uncertainties",
    }  # handed on, looked at as a range, or refused where it is used
    for call in calls:
        assert set(inspect.signature(call).parameters) <= {*arguments.arguments(), *loose}, call
