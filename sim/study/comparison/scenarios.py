"""Names of the scenarios that are compared when nobody names others."""

from __future__ import annotations

from typing import Final

from sim.vocabulary import ACTIONS

BASELINE: Final = "baseline"
MAIN: Final = "full_plan"  # the scenario that is drawn over the ranges of what is only assumed
ALONE: Final = tuple(f"action_{action}" for action in ACTIONS)
WITHOUT: Final = tuple(f"without_{action}" for action in ACTIONS)
DEFAULT: Final = (BASELINE, *ALONE, *WITHOUT, MAIN)
