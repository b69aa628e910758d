"""The rows of a table, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def tuples(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, with columns as attributes."""
    yield from table.itertuples(index=False)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, with columns as keys."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
