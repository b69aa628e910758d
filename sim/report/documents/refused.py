"""Why a study is not handed on, in both languages."""

from __future__ import annotations

from sim.measure import Words
from sim.refusal import Refusal
from sim.report.words.catalogue import both


def refused(name: str, **values: Words | str | int) -> Refusal:
    """What is refused, in the words of the catalogue under ``document.fault``."""
    said = both(f"document.fault.{name}", **values)
    return Refusal(zh=said.zh, en=said.en)
