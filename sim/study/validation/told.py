"""What is said of targets, as tables: their words in both languages, and the evidence that they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from sim.evidence import evidence
from sim.study.validation.targets import Target

WORDS: Final = ("title", "universe", "definition", "not_answerable")
FACTS: Final = (
    "item", "value", "unit", "period", "place", "universe", "source_title", "source_address", "read", "grade",
)  # fmt: skip


def words_of(targets: Sequence[Target]) -> pd.DataFrame:
    """target, field (WORDS; only what there is), zh, en."""
    rows = [
        (target.id, field, said.zh, said.en)
        for target in targets
        for field in WORDS
        if (said := getattr(target.entry, field)) is not None
    ]
    return pd.DataFrame(rows, columns=["target", "field", "zh", "en"])


def evidence_of(targets: Sequence[Target]) -> pd.DataFrame:
    """target, evidence (id of the row), then FACTS as texts."""
    known = evidence()
    rows = [
        (target.id, id_, *(str(getattr(known[id_], name)) for name in FACTS))
        for target in targets
        for id_ in target.entry.evidence
    ]
    return pd.DataFrame(rows, columns=["target", "evidence", *FACTS])
