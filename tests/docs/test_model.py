"""The model document names what the model has: every column of a firm, every parameter, every outcome's base."""

import re
from pathlib import Path

from sim.parameters import load
from sim.population.columns import Firms
from sim.vocabulary import FACTS, FLAGS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_.]+)`", PAGE))
PATHS = {described.path for described in load().paths()}
GROUPS = {path.split(".")[0] for path in PATHS}


def test_every_column_flag_and_fact_of_a_firm_is_described():
    missing = {*Firms._fields, *FLAGS, *FACTS} - NAMED
    assert not missing


def test_every_parameter_is_named_where_it_is_used():
    # A group stands for its members: `population.flag_share` for the share of each flag.
    missing = {path for path in PATHS if path not in NAMED and path.rsplit(".", 1)[0] not in NAMED}
    assert not missing


def test_every_path_that_is_named_exists():
    named = {name for name in NAMED if name.split(".")[0] in GROUPS and "." in name.strip(".")}
    unknown = {name for name in named if name not in PATHS and not any(p.startswith(f"{name}.") for p in PATHS)}
    assert not unknown - {"population.csv"}
