"""What is asked of a run: scenario files, the catalogue of measures, levers, and every mistake in them at once.

A *scenario* says which measures are on and what their levers are set to. :func:`load` gives one; :func:`names` lists
those that come with the project; :func:`clauses` is the register of the plan, :func:`clause` one clause in full.
"""

from sim.scenario.catalogue import ClauseEntry
from sim.scenario.clause import ClauseDetail, clause
from sim.scenario.differences import Change, clauses, diff, lever_table, own_changes
from sim.scenario.json_schemas import json_schema, write_schemas
from sim.scenario.levers import LeverEntry, from_words
from sim.scenario.loader import check_files, load, names
from sim.scenario.scenario import Scenario
from sim.scenario.validation_errors import ScenarioError, ValidationError

__all__ = [
    "Change",
    "ClauseDetail",
    "ClauseEntry",
    "LeverEntry",
    "Scenario",
    "ScenarioError",
    "ValidationError",
    "check_files",
    "clause",
    "clauses",
    "diff",
    "from_words",
    "json_schema",
    "lever_table",
    "load",
    "names",
    "own_changes",

    "write_schemas",
]  # fmt: skip
