"""The comparison of made-up numbers: no simulation runs here."""

from tests.made_up_comparison import comparison, made_up  # noqa: F401 - fixtures
