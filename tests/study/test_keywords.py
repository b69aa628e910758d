"""Keywords in groups: a call shows them one by one, as what they are, and hands them on as one thing."""

import inspect
from dataclasses import fields

import pytest

import sim
from sim.study import answering, keywords

GROUPS = {
    keywords.ExecutionKeywords: keywords.Execution,
    keywords.TimedKeywords: keywords.Execution,
    keywords.InBothWorldsKeywords: keywords.InBothWorlds,
}


@pytest.mark.parametrize("written", GROUPS)
def test_what_may_be_written_is_what_the_group_has(written):
    assert written.__optional_keys__ <= {field.name for field in fields(GROUPS[written])}


@pytest.mark.parametrize(
    ("call", "group"),
    [
        (sim.compare, keywords.Execution),
        (answering.ask, keywords.Execution),
        (sim.journey, keywords.InBothWorlds),
    ],
)
def test_a_call_shows_keywords_one_by_one_with_their_defaults(call, group):
    shown = inspect.signature(call).parameters
    assert all(one.kind is not inspect.Parameter.VAR_KEYWORD for one in shown.values())
    for field in fields(group):
        if field.name in shown:
            assert shown[field.name].default == field.default
    assert ("seconds" in shown) == (call is answering.ask)
    assert "workers" in shown or call is sim.journey
