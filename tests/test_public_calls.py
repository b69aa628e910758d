"""What ``import sim`` shows: every public name, and of every call all that it takes with its defaults."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import sim
from sim.study import keywords
from sim.study.questions import questions

CALLS = [name for name in sim.__all__ if name != "Inside"]


def test_what_is_listed_is_what_is_public() -> None:
    assert [name for name in dir(sim) if not name.startswith("__")] == sorted(sim.__all__)
    assert {"__version__", "__doc__", "__all__"} <= {*dir(sim)}
    assert all(getattr(sim, name).__doc__ for name in sim.__all__)
    with pytest.raises(AttributeError, match="no attribute 'no_such'"):
        _ = sim.no_such


@pytest.mark.parametrize("name", CALLS)
def test_a_call_hides_nothing_that_it_takes(name: str) -> None:
    parameters = inspect.signature(getattr(sim, name)).parameters.values()
    assert all(one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL) for one in parameters)


@pytest.mark.parametrize("kind", questions())
def test_a_question_in_a_file_shows_its_keywords_with_their_defaults(kind: str) -> None:
    shown = inspect.signature(getattr(sim, kind)).parameters
    taken = keywords.QuestionKeywords.__optional_keys__
    assert taken <= shown.keys()
    for group in (keywords.Asking, keywords.Execution):
        for field in group.__dataclass_fields__.values():
            assert shown[field.name].default == field.default


def test_keywords_are_parted_into_their_groups() -> None:
    asking, execution = keywords.parted({"seed": 7, "workers": 2}, keywords.Asking, keywords.Execution)
    assert asking == keywords.Asking(seed=7) and execution == keywords.Execution(workers=2)


def test_all_names_can_be_imported_at_once_and_the_package_alone_is_light() -> None:
    program = (
        "import sys, sim; assert not {'pandas', 'numba', 'numpy'} & sys.modules.keys(); "
        "from sim import *; assert callable(levers) and callable(workbench_model) and Inside"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
