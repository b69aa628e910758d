"""A few targets, to be held against."""

from tests.few_targets import few_targets  # noqa: F401 - a fixture
