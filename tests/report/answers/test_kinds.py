"""Which kinds of study there is an answer for."""

import pytest

from sim.report import answers
from sim.report.words.catalogue import catalogue


def test_a_kind_that_nobody_tells_is_refused() -> None:
    with pytest.raises(KeyError):
        answers.of("comparison")


@pytest.mark.parametrize("kind", answers.kinds())
def test_every_kind_says_what_it_asks_and_how_it_is_computed(kind: str) -> None:
    assert {f"{kind}.method", f"answer.kind.{kind}", f"answer.lead.{kind}"} <= catalogue().keys()
