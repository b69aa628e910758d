"""How many drawn scenarios each statement is held to."""

from __future__ import annotations

import pytest


@pytest.fixture(params=[3, pytest.param(60, marks=pytest.mark.long)], ids=["few", "many"])
def rounds(request: pytest.FixtureRequest) -> int:
    """Drawn scenarios beside the busy one."""
    found: int = request.param
    return found
